"""Values of our documents are judged as they will be stored: before any right, hook or rule looks at a document, each
value of it and of its rows takes the form in which the database keeps it (p2ham/engine/values.py), or is refused in words.

All of Frappe's doors to a document (REST, forms, bulk edit, imports, submit, cancel) end in `insert` or `save`. Both begin
with `_set_defaults`, so that defaults are values like any other; nothing has looked at the document before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.model.base_document import BaseDocument
from frappe.model.document import Document
from frappe.utils import escape_html
from frappe.utils.nestedset import NestedSet

from p2ham.engine.faults import FaultyError
from p2ham.engine.values import Field, settle

if TYPE_CHECKING:
	from frappe.model.document import Document as _MixedWith
else:
	_MixedWith = object

# Frappe's own columns, which the meta does not list, by what they hold.
OWN_COLUMNS = {
	**dict.fromkeys(("name", "owner", "modified_by", "parent", "parenttype", "parentfield"), Field("Data")),
	**dict.fromkeys(("_user_tags", "_comments", "_assign", "_liked_by"), Field("Data", markup=True)),
	"creation": Field("Datetime"),
	"idx": Field("Int"),
	"docstatus": Field("Int"),
}
# What Frappe compares as text with the stored one: only told apart from lists and the like.
AS_GIVEN = {"modified": Field("Code")}
EDITORS = ("Text Editor", "HTML Editor", "Markdown Editor", "Code")


_links_known: ContextVar[bool] = ContextVar("p2ham_links_known", default=False)


@contextmanager
def links_are_known() -> Iterator[None]:
	"""Take links as they stand in this block, of what the app makes in bulk."""
	token = _links_known.set(True)
	try:
		yield
	finally:
		_links_known.reset(token)


class SettlesValues(_MixedWith):
	"""What every controller of ours begins with, together with a class of Frappe's."""

	# Tables of which the app takes rows away by itself, past whoever has the document open.
	TAKEN_AWAY: tuple[str, ...] = ()

	def _set_defaults(self):
		# Once for what came, since the defaults of rows depend on it, and Frappe sets none in imports.
		settle_values(self)
		self.set_name_aside()
		super()._set_defaults()
		if self.is_new():
			settle_values(self)

	def set_name_aside(self):
		"""What is new has no name before its fields give it one: no rule asks by a name that the client made up, and no
		import brings one, which Frappe would take."""
		if self.is_new() and not self.flags.name_set and not self.meta.issingle:
			self.name = None

	def check_if_latest(self):
		# Frappe's word first: what somebody else has changed meanwhile is no fault of the rows.
		super().check_if_latest()
		refuse_rows_of_another(self)

	def extend(self, key, value):
		"""Take rows; anything but a list of rows is refused, where Frappe would break off without a word."""
		if isinstance(value, str | bytes | dict) or not isinstance(value, Iterable):
			refuse(self, key, _("must be a list"))
		return super().extend(key, value)

	def _init_child(self, value, key):
		if not isinstance(value, dict | BaseDocument):
			refuse(self, key, _("must be a list"))
		return super()._init_child(value, key)


class Record(SettlesValues, Document):
	"""The base of the controllers of our documents."""


class TreeRecord(SettlesValues, NestedSet):
	"""The base of the controllers of our documents that form a tree."""


def settle_values(doc) -> None:
	"""Bring all values of a document and its rows to the form in which they are stored.

	Raises frappe.ValidationError, naming row and field, for a value that has none. A value that stands there already is
	not held against whoever saves next.
	"""
	records = [doc]
	for table in doc.meta.get_table_fields():
		for row in doc.get(table.fieldname) or ():
			records.append(row)
	for record in records:
		_settle_record(record)
		if not _links_known.get():
			_settle_links(record)


def settled(doctype: str, fieldname: str, value):
	"""Return a value as it will be stored in a field, for doors that take it by itself and judge it before a document
	has it. Raises frappe.ValidationError."""
	try:
		return settle(_fields(doctype)[fieldname], value)
	except FaultyError as error:
		refuse(frappe.new_doc(doctype), fieldname, _message(error.faults[0]))


def _settle_record(doc) -> None:
	values = doc.__dict__
	for fieldname, field in _fields(doc.doctype).items():
		value = values.get(fieldname)
		if value is None or (value == "" and field.fieldtype not in ("Date", "Datetime", "Time")):
			continue
		try:
			new = settle(field, value)
		except FaultyError as error:
			if not _stands_there(doc, fieldname, value):
				refuse(doc, fieldname, _message(error.faults[0]))
			continue
		if new is not value:
			values[fieldname] = new


def _settle_links(doc) -> None:
	"""Let links name records as they are called: a database finds DINKES by "dinkes" too, and rules compare exactly.
	Frappe asks the same a moment later and is answered from its cache; what is not there it refuses itself."""
	values = doc.__dict__
	for fieldname, linked in _links(doc.doctype):
		if value := values.get(fieldname):
			values[fieldname] = _name_of(linked, value) or value


def _name_of(doctype: str, value: str) -> str | None:
	"""Return what the record is called that a database finds by a value. That there is none is not remembered: it may be
	stored a moment later, by the same request."""
	name = frappe.db.get_value(doctype, value, "name", cache=True)
	if name is None:
		kept = frappe.db.value_cache
		for key in [key for key in kept if isinstance(key, tuple) and key[:2] == (doctype, value)]:
			del kept[key]
	return name


def _fields(doctype: str) -> dict[str, Field]:
	"""Return the fields of a DocType that hold a value, those of the site's own included, and Frappe's columns."""
	meta = frappe.get_meta(doctype)
	known = _known()
	if doctype not in known or known[doctype][0] is not meta:
		known[doctype] = (meta, _fields_of(meta), _links_of(meta))
	return known[doctype][1]


def _links(doctype: str) -> list[tuple[str, str]]:
	"""Return the links of a DocType, as field and linked DocType."""
	_fields(doctype)
	return _known()[doctype][2]


def _links_of(meta) -> list[tuple[str, str]]:
	links = [(field.fieldname, field.options) for field in meta.get_link_fields() if field.options]
	return [(field, linked) for field, linked in links if not frappe.get_meta(linked).get("is_virtual")]


def _known() -> dict[str, tuple]:
	"""Return what this request has read of metas already; a meta that changes is another object."""
	if not hasattr(frappe.local, "p2ham_fields"):
		frappe.local.p2ham_fields = {}
	return frappe.local.p2ham_fields


def _fields_of(meta) -> dict[str, Field]:
	return {
		**OWN_COLUMNS,
		**AS_GIVEN,
		**{
			field.fieldname: _field(field)
			for field in meta.fields
			if field.fieldtype not in no_value_fields and not field.get("is_virtual")
		},
	}


def _field(field) -> Field:
	options = (field.options or "").split("\n") if field.fieldtype == "Select" else []
	# Frappe's own exemption from cleaning is for what is no text for people (ignore_xss_filter).
	markup = bool(field.get("ignore_xss_filter")) or field.fieldtype in EDITORS
	if field.fieldname == "naming_series" or not any(options):
		options = []
	return Field(field.fieldtype, tuple(option.strip() for option in options), markup)


def _stands_there(doc, fieldname: str, value) -> bool:
	"""Say whether this is the stored value. Asked only for what would be refused."""
	if not isinstance(value, str) or doc.get("__islocal") or not isinstance(doc.name, str):
		return False
	if fieldname in OWN_COLUMNS:
		return False
	if doc.meta.issingle:
		return frappe.db.get_single_value(doc.doctype, fieldname) == value
	return frappe.db.get_value(doc.doctype, doc.name, fieldname) == value


def _message(fault) -> str:
	"""Return what a fault says, translated, the options of a Select as the form shows them."""
	values = [", ".join(map(_, value)) if isinstance(value, tuple) else value for value in fault.values]
	return _(fault.template).format(*values)


def refuse(doc, fieldname: str, why: str) -> None:
	"""Raise frappe.ValidationError with a sentence that names the field, and the row if it stands in one."""
	known = fieldname in OWN_COLUMNS or doc.meta.has_field(fieldname)
	label = _(doc.meta.get_label(fieldname)) if known else fieldname
	place = _("Row {0}: {1}").format(doc.get("idx") or "", label) if doc.get("parentfield") else label
	frappe.throw(f"{escape_html(place)}: {escape_html(why)}", title=_("Not Possible"))


def refuse_rows_of_another(doc) -> None:
	"""Refuse rows that are said to be stored but are not among those of the stored document: Frappe would take a row with
	that name away from where it stands, or drop one that stands nowhere without a word.

	Raises frappe.ValidationError, and frappe.TimestampMismatchError where the row is not there (any more); those that only
	the app writes (`TAKEN_AWAY`) it also takes away in the background.
	"""
	before = doc.get_doc_before_save()
	for table in doc.meta.get_table_fields() if before else ():
		stored = {row.name for row in before.get(table.fieldname) or ()}
		for row in doc.get(table.fieldname) or ():
			if row.name in stored or row.get("__islocal"):
				continue
			if frappe.db.get_value(table.options, row.name, "parent") not in (None, doc.name):
				refuse(doc, table.fieldname, _("row {0} does not belong to this document").format(row.name))
			if table.fieldname not in doc.TAKEN_AWAY:
				frappe.throw(
					_("{0} was changed by somebody else after you had opened it. Load it again.").format(
						doc.name
					),
					frappe.TimestampMismatchError,
				)
