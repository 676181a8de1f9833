"""The evidence in the rows of an assessment: what may stand where, whether it is valid in the data year, what was returned."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import cint, escape_html

from p2ham.access import scope
from p2ham.engine import evidence as rules
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument
from p2ham.evidence import revisions

VALIDITY_DATES = ("document_date", "valid_from", "valid_until")


def use_key(use) -> tuple:
	return use.indicator, use.slot or "", use.evidence, cint(use.revision)


def check(doc, instrument: Instrument) -> None:
	"""Evidence must answer an indicator asked here, sit in one of its slots, be of the kind that is wanted there,
	and belong to this unit's line."""
	if not doc.evidence_uses:
		return
	before = doc.get_doc_before_save()
	known = {row.name: use_key(row)[:3] for row in before.evidence_uses} if before else {}
	added = [row for row in doc.evidence_uses if known.get(row.name) != use_key(row)[:3]]
	readable = scope.seen("P2HAM Evidence", [row.evidence for row in added])
	slots = {
		indicator.code: {slot.label: slot.kind for slot in indicator.evidence_slots}
		for indicator in instrument.indicators
	}
	asked = {row.indicator for row in doc.items}
	seen = set()
	for row in doc.evidence_uses:
		if row.indicator not in asked:
			frappe.throw(_("{0}: {1} is not asked of this unit.").format(_place(row), row.indicator))
		if row.slot and row.slot not in slots[row.indicator]:
			frappe.throw(
				_("{0}: the indicator has no evidence slot {1}.").format(_place(row), frappe.bold(row.slot))
			)
		if (row.indicator, row.slot, row.evidence) in seen:
			frappe.throw(_("{0}: {1} already stands there.").format(_place(row), row.evidence))
		seen.add((row.indicator, row.slot, row.evidence))
		if row in added and row.evidence not in readable:
			frappe.throw(
				_("{0}: {1} does not exist or is not yours.").format(_place(row), row.evidence),
				frappe.PermissionError,
			)
	_check_verification(doc)
	if not before or before.workflow_state == lifecycle.DRAFT:
		_follow_evidence(doc, added, slots)


def _place(use) -> str:
	return _("Evidence, row {0}").format(use.idx)


def _check_verification(doc) -> None:
	"""Whoever returns a document says why."""
	for row in doc.evidence_uses:
		if row.verification == "Returned" and not (row.note or "").strip():
			frappe.throw(
				_("{0}: a returned document needs a note that says what is wrong with it.").format(
					_place(row)
				),
				frappe.MandatoryError,
				title=_("Note Needed"),
			)


def _follow_evidence(doc, added: list, slots: dict[str, dict[str, str]]) -> None:
	"""As long as a sheet is a draft its rows follow the newest revision, and say whether that is valid in the
	data year. A step locks the documents: nobody replaces one while it is handed over."""
	evidence = frappe.qb.DocType("P2HAM Evidence")
	query = (
		frappe.qb.from_(evidence)
		.select(evidence.name, evidence.kind, evidence.mime_type, evidence.revision)
		.select(*(evidence[field] for field in VALIDITY_DATES))
		.where(evidence.name.isin(sorted({row.evidence for row in doc.evidence_uses})))
		.orderby(evidence.name)
	)
	if doc.workflow_state != lifecycle.DRAFT:
		query = query.for_update()
	documents = {row.name: row for row in query.run(as_dict=True)}
	year = frappe.db.get_value("P2HAM Period", doc.period, "data_year")
	for row in doc.evidence_uses:
		document = documents[row.evidence]
		wanted = slots[row.indicator].get(row.slot or "", rules.ANY)
		if row in added and not rules.fits(wanted, document.kind, document.mime_type):
			frappe.throw(
				_("{0}: {1} wants {2}; {3} is something else.").format(
					_place(row), frappe.bold(escape_html(row.slot)), _(wanted), row.evidence
				),
				title=_("Wrong Kind of Document"),
			)
		row.revision = document.revision or 1
		row.validity = rules.validity(year, **{field: document[field] for field in VALIDITY_DATES})


def not_valid(doc) -> list[str]:
	"""Name the documents that are not, or only partly, valid in the data year of the period."""
	uses = [row for row in doc.evidence_uses if row.validity in (rules.NOT_VALID, rules.PARTLY_VALID)]
	if not uses:
		return []
	codes = {row.indicator: row.code for row in doc.items}
	titles = revisions.by_use(uses)
	return [
		f"{codes[use.indicator]} {titles[use.evidence, use.revision].title}: {_(use.validity)}"
		for use in uses
	]


def tell_of_validity(doc) -> None:
	"""Tell whoever hands a sheet over which of its documents do not count in the data year. It is no reason to
	refuse: the verifier decides."""
	found = not_valid(doc)
	if found:
		frappe.msgprint(
			_("Not valid in all of the data year:")
			+ "<ul>"
			+ "".join(f"<li>{escape_html(text)}</li>" for text in found)
			+ "</ul>",
			title=_("Look at the Dates"),
			indicator="orange",
		)
