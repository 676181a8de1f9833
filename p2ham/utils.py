"""Small things that several controllers need."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import escape_html, to_timedelta

from p2ham import fault_messages
from p2ham.access import stored_values
from p2ham.engine import fields
from p2ham.engine.fields import Choice, Number, Text, Whole
from p2ham.engine.numbers import plain, read_number


@contextmanager
def told_of_deadlock(doc):
	"""Where the database ends a deadlock of two who save at once, the loser is told like one who came second:
	nothing of theirs was stored. (Frappe locks the rows of a table that may still be empty, and so the gap beside
	those of its neighbour.)"""
	try:
		yield
	except frappe.QueryDeadlockError:
		frappe.throw(
			_("{0}: somebody else was saving at the same moment. Nothing was stored; try again.").format(
				doc.name or doc.get("opd")
			),
			frappe.TimestampMismatchError,
			title=_("Try Again"),
		)


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	"""Do what stands in the block as `user`, then return to who was there before."""
	before, sid, data = frappe.session.user, frappe.session.sid, frappe.session.data
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)
		# Frappe forgets the login with it, and that somebody acts in another's name.
		frappe.session.sid, frappe.session.data = sid, data


def hold_to(doc, cls: type, names: Mapping[str, str] | None = None) -> None:
	"""Hold the fields of a document or row to what the instrument file allows in those of a data class:
	normalise texts, read numbers, refuse what a file could not hold.

	`names` says how a field of the document is called in the class where it is not the same. Raises
	frappe.ValidationError naming field and row. Frappe alone would silently store 0 for text in a number,
	round decimals, or keep characters that no workbook can.
	"""
	by_name = fields.kinds(cls)
	named = {**{name: name for name in by_name}, **(names or {})}
	for fieldname, name in named.items():
		kind = by_name[name]
		if not doc.meta.has_field(fieldname) or not isinstance(kind, Text | Number | Whole | Choice):
			continue
		if doc.meta.get_field(fieldname).fieldtype == "Link":
			continue  # names a record, whose own name the rules know in another form
		faults: list = []
		value = _given(doc, fieldname, kind)
		value = kind.read(value, faults)
		fault = next(iter([*faults, *kind.check(value)]), None)
		if fault:
			frappe.throw(f"{place_of(doc, fieldname)}: {escape_html(fault_messages.message(fault))}")
		doc.set(fieldname, _stored(doc, fieldname, value))


def _given(doc, fieldname: str, kind):
	"""Return what was typed or sent, as the kind reads it; 0 stands for none where none is possible."""
	value = doc.get(fieldname)
	if isinstance(kind, Whole):
		return frappe.utils.cint(value) if not isinstance(value, str) or value.strip().isdigit() else value
	if isinstance(kind, Number):
		try:
			number = read_number(value)
		except ValueError:
			return value if isinstance(value, str) else str(value)
		field = doc.meta.get_field(fieldname)
		if number is None:
			return 0 if kind.required and not field.reqd else None
		return None if not number and not kind.required and field.fieldtype == "Float" else number
	return value if value is None or isinstance(value, str) else str(value)


def _stored(doc, fieldname: str, value):
	if doc.meta.get_field(fieldname).fieldtype == "Float":
		return float(value or 0)
	if isinstance(value, Decimal):
		return plain(value)
	return "" if value is None else value


def place_of(doc, field: str) -> str:
	"""Name a field for a message, with its row if it stands in a table."""
	label = _(doc.meta.get_label(field))
	return _("Row {0}: {1}").format(doc.idx, label) if doc.get("parentfield") else label


def next_in_order(doc) -> None:
	"""Give a new criterion or indicator the last place in its instrument, unless it names one."""
	if not doc.sequence:
		last = frappe.get_all(
			doc.doctype,
			filters={"instrument": doc.instrument},
			pluck="sequence",
			order_by="sequence desc",
			limit=1,
		)
		doc.sequence = (last[0] if last else 0) + 1


def check_nip(doc, field: str) -> None:
	"""Refuse a NIP that does not have its 18 digits; it may be written with spaces, and be empty."""
	digits = (doc.get(field) or "").replace(" ", "")
	if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 18):
		frappe.throw(_("{0} must have 18 digits.").format(_(doc.meta.get_label(field))))


def time_of_day(doc, field: str) -> datetime.timedelta | None:
	"""Return the time in a field as the time since midnight, None for none, whether it comes from the database, a form
	or another program. Raises frappe.ValidationError, naming the field, for what is not a time."""
	value = doc.get(field)
	if value in (None, ""):
		return None
	try:
		return to_timedelta(value)
	except ValueError:
		frappe.throw(
			_("{0}: {1} is not a time of day.").format(
				_(doc.meta.get_label(field)), frappe.bold(escape_html(value))
			)
		)


def prepare(doc, defaults: bool = True):
	"""Make a new document ready to be stored past `insert()`: defaults (unless it has had them), owner, time, names.
	Returns it."""
	doc.set("__islocal", True)
	if defaults:
		with stored_values.links_are_known():  # they name what was read a moment ago, or is stored with it
			doc._set_defaults()
	doc.set_user_and_timestamp()
	doc.set_docstatus()
	doc.set_new_name(set_child_names=False)
	# No row of ours has a name of its own, and asking Frappe for each takes long.
	for row in doc.get_all_children():
		row.name = frappe.generate_hash(length=10)
	doc.set_parent_in_children()
	return doc


def insert_in_bulk(docs: Iterable) -> None:
	"""Store prepared documents with their rows as `db_insert` would, in one query for each DocType. Whoever calls this has
	checked the right, and everything that the controllers would."""
	rows: dict[str, list] = {}
	for doc in docs:
		for record in (doc, *doc.get_all_children()):
			rows.setdefault(record.doctype, []).append(
				record.get_valid_dict(convert_dates_to_str=True, ignore_virtual=True)
			)
	for doctype, values in rows.items():
		columns = list(values[0])
		frappe.db.bulk_insert(doctype, columns, [[row[column] for column in columns] for row in values])
