"""Scripts planted in what people type: a numbered payload in each text field of each DocType of ours, and a look at which
of them a browser would run."""

from __future__ import annotations

import json
from typing import NamedTuple

import frappe
from pypika.functions import Concat

TEXT = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "HTML Editor", "Markdown Editor")
# Text that the app reckons with or reads as JSON: nobody types it, and no page can be drawn from anything else.
RECKONED = (
	*("content", "figures", "self_answer", "verified_answer", "from_value", "to_value"),
	*("from_state", "to_state", "duty", "acting", "old_parent", "reminders_owed", "remind_again_days"),
)
HASHES = ("hash", "sha256")
# In the text, out of an attribute, as an attribute, in SVG, and as JSON with its quotes.
PAYLOADS = (
	"\"'><img src=data: onerror=planted({0})><svg onload=planted({0})>",
	"<script>planted({0})</script><img src=data: onerror=planted({0})>",
	'"<img src=data: onerror=planted({0})>"',
	'" autofocus onfocus=planted({0}) onmouseover=planted({0}) x="',
	"<svg onload=planted({0})><a href=javascript:planted({0})>x</a>",
	"javascript:planted({0})",
)
ADDRESS = len(PAYLOADS) - 1
# Kept before anything of a page runs. What ran is remembered; what would run at a touch is looked for.
BEFORE_EACH_PAGE = r"""
window.has_run = new Set();
window.planted = (number) => has_run.add(number);
window.planted_here = () => {
	const found = new Map([...has_run].map((number) => [number, "it ran"]));
	const look = (root) => {
		for (const element of root.querySelectorAll("*")) {
			for (const { name, value } of [...element.attributes]) {
				const runs = /^on/i.test(name) || (/^(xlink:)?(href|src|action|formaction)$/i.test(name)
					&& /^\s*javascript:/i.test(value));
				const number = runs && /planted\((\d+)\)/.exec(value);
				if (!number) continue;
				found.set(Number(number[1]), element.outerHTML.slice(0, 300));
				element.removeAttribute(name); // pages of the desk stay where they were drawn
			}
			if (element.shadowRoot) look(element.shadowRoot);
		}
	};
	look(document);
	has_run.clear();
	return [...found];
};
// Which of them the page holds at all, as text or as what stands in an input.
window.shown_here = () => {
	const found = new Set();
	const take = (text) => [...text.matchAll(/planted\((\d+)\)/g)].forEach((each) => found.add(Number(each[1])));
	const look = (root) => {
		take((root.documentElement || root).innerHTML);
		for (const element of root.querySelectorAll("*")) {
			if (element.shadowRoot) look(element.shadowRoot);
			else if (typeof element.value === "string") take(element.value);
		}
	};
	look(document);
	return [...found];
};
"""


class Field(NamedTuple):
	doctype: str
	name: str

	def __str__(self) -> str:
		return f"{self.doctype}.{self.name}"


def doctypes(**filters) -> list[str]:
	"""Our DocTypes, of the meta."""
	return frappe.get_all("DocType", filters={"module": "P2HAM", **filters}, pluck="name", order_by="name")


def is_typed(field) -> bool:
	"""Tell whether somebody types what stands in a field, there or where it is fetched from."""
	return (
		field.fieldtype in TEXT and field.fieldname not in RECKONED and not field.fieldname.endswith(HASHES)
	)


def fields() -> list[Field]:
	"""Every text field of every DocType of ours, rows included."""
	return [
		Field(doctype, field.fieldname)
		for doctype in doctypes(name=("!=", "P2HAM Assessment Snapshot"))  # which nobody reads in the desk
		for field in frappe.get_meta(doctype).fields
		if is_typed(field) and is_long_enough(field)
	]


def is_long_enough(field) -> bool:
	"""Tell whether a payload fits into the column; into what is shorter, such as a code, no script does."""
	return field.fieldtype != "Data" or (field.length or 140) >= max(map(len, PAYLOADS)) + 3


def payload(number: int, way: int = 0) -> str:
	return PAYLOADS[way].format(number)


def make_missing() -> list[str]:
	"""Give each DocType without a record one, past all rules; return their names. Links lead to what is there."""
	made = []
	for doctype in doctypes(istable=0, issingle=0):
		if not frappe.db.count(doctype):
			record = frappe.new_doc(doctype)
			fill(record)
			record.set_new_name(set_name=f"PLANTED-{len(made)}")
			record.db_insert()
			made.append(doctype)
	return made


def fill(record) -> None:
	for field in record.meta.fields:
		if field.fieldtype == "Link" and not record.get(field.fieldname):
			record.set(field.fieldname, frappe.db.get_value(field.options, {}, "name", order_by="creation"))
		elif field.fieldtype == "Select" and field.reqd and not record.get(field.fieldname):
			record.set(field.fieldname, next(filter(None, (field.options or "").split("\n")), None))
		elif field.fieldtype == "Date" and not record.get(field.fieldname):
			record.set(field.fieldname, frappe.utils.nowdate())


def plant(found: list[Field], way: int = 0) -> None:
	"""Put the payload of each field straight into its column, in every row, as an old site may hold it; an address gets
	one that runs when it is followed."""
	for number, (doctype, name) in enumerate(found):
		text = payload(number, ADDRESS if name in ("url", "website") else way)
		meta = frappe.get_meta(doctype)
		if meta.issingle:
			frappe.db.set_single_value(doctype, name, text, update_modified=False)
		elif meta.get_field(name).unique:
			last = frappe.db.get_value(doctype, {}, "name", order_by="modified desc")
			frappe.db.set_value(doctype, last, name, text, update_modified=False)
		else:
			frappe.qb.update(frappe.qb.DocType(doctype)).set(name, text).run()
	keep_answers(found, way)
	frappe.db.commit()
	frappe.clear_cache()


def keep_answers(found: list[Field], way: int) -> None:
	"""The answers of sheets are labels of a scale: of each scale the first label stays planted, the others are told apart
	from it, and what was answered is answered so."""
	label = payload(found.index(Field("P2HAM Scale Option", "label")), way)
	option = frappe.qb.DocType("P2HAM Scale Option")
	frappe.qb.update(option).set(option.label, Concat(option.idx, label)).where(option.idx > 1).run()
	item = frappe.qb.DocType("P2HAM Assessment Item")
	for field in ("self_answer", "verified_answer"):
		answered = item[field].isnotnull() & (item[field] != "")
		frappe.qb.update(item).set(item[field], label).where(answered).run()


def plant_traces(found: list[Field], user: str) -> None:
	"""Tell of the planted texts what Frappe keeps beside documents: a version, and an entry in the search."""
	for number, (doctype, name) in enumerate(found):
		meta = frappe.get_meta(doctype)
		if meta.istable or meta.issingle:
			continue
		record = frappe.db.get_value(doctype, {}, "name", order_by="creation desc")
		if record and meta.track_changes:
			changed = json.dumps({"changed": [[name, payload(number), payload(number, 2)]]})
			version = frappe.new_doc("Version")
			version.update({"ref_doctype": doctype, "docname": record, "data": changed})
			version.set_new_name()
			version.db_insert()
	frappe.db.commit()
