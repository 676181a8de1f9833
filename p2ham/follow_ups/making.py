"""From suggestions to follow-ups: what their sources propose, and all that was chosen of it made together.

A source is a document from which follow-ups come. Its module in this folder has `FIELD`, the field of P2HAM Follow-up
that names it, `groups(doc)`, and where it has something to write back `created(doc, names)`, which is called in the
same transaction with the follow-up made of each key.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham import fault_messages
from p2ham.follow_ups import defaults
from p2ham.follow_ups.suggestion import Group
from p2ham.utils import told_of_deadlock

FOLLOW_UP = "P2HAM Follow-up"
SOURCES = {
	"P2HAM Assessment": "p2ham.follow_ups.from_assessment",
	"P2HAM KKPHAM Result": "p2ham.follow_ups.from_result",
	"P2HAM Guidance": "p2ham.follow_ups.from_guidance",
}
# What Bagian Hukum sends of each suggestion it has chosen; `present` are the follow-ups that it was shown of it.
TEXTS = ("key", "opd", "recommendation", "action", "responsible")


def source_of(doctype: str):
	"""Return the module that suggests follow-ups from documents of this DocType.

	Raises frappe.ValidationError for one that is no source.
	"""
	if doctype not in SOURCES:
		frappe.throw(_("{0}: follow-ups are not suggested from this.").format(_(doctype)))
	return frappe.get_module(SOURCES[doctype])


def groups(doc) -> list[Group]:
	"""Return what a document suggests, with who could do it until when; whoever calls has checked who may see it."""
	return defaults.complete(source_of(doc.doctype).groups(doc))


def create(doc, rows: list[dict]) -> list[str]:
	"""Make a follow-up of each row, as the session's user; return their names. All are made or none.

	`doc` is locked: who comes second at the same moment is told what the first has made. Raises
	frappe.ValidationError with everything that is wrong, by row, and frappe.TimestampMismatchError.
	"""
	source = source_of(doc.doctype)
	suggested = {row.key: row for group in source.groups(doc) for row in group.suggestions}
	with told_of_deadlock(doc):
		_refuse_made_meanwhile(doc, source.FIELD)
		faults = list(_faults(doc, rows, suggested))
		if faults:
			fault_messages.throw(
				_("Nothing was created. Please correct:"), faults, _("Follow-ups Not Created")
			)
		names = {}
		for number, row in enumerate(rows, start=1):
			suggestion = suggested[_text(row, "key")]
			names[suggestion.key] = _insert(doc, source.FIELD, number, row, suggestion)
		if hasattr(source, "created"):
			source.created(doc, names)
	return list(names.values())


def _refuse_made_meanwhile(doc, field: str) -> None:
	"""Refuse where somebody has made follow-ups of the source since this transaction began to read: what is suggested
	does not know of them yet. A plain read sees the beginning, a locking one what is committed now."""
	follow_up = frappe.qb.DocType(FOLLOW_UP)
	query = frappe.qb.from_(follow_up).select(follow_up.name).where(follow_up[field] == doc.name)
	known = set(query.run(pluck=True))
	new = sorted(set(query.for_update().run(pluck=True)) - known)
	if new:
		frappe.throw(
			_(
				"{0}: somebody else has just created follow-ups ({1}). Nothing was created; look at the suggestions again."
			).format(doc.name, ", ".join(new)),
			frappe.TimestampMismatchError,
			title=_("Try Again"),
		)


def _faults(doc, rows: list[dict], suggested: dict) -> Iterable[str]:
	"""Yield everything that is wrong with the rows in words, each with the number of its row."""
	if not rows:
		yield _("No follow-up was chosen.")
	units = {
		row.name: row.is_active
		for row in frappe.get_all(
			"P2HAM OPD",
			filters={"name": ("in", [*filter(None, (_text(row, "opd") for row in rows)), ""])},
			fields=["name", "is_active"],
			order_by="name",
		)
	}
	seen = set()
	for number, row in enumerate(rows, start=1):
		for fault in _row_faults(doc, row, suggested, units, seen):
			yield _("Row {0}: {1}").format(number, fault)


def _row_faults(doc, row: dict, suggested: dict, units: dict, seen: set) -> Iterable[str]:
	key = _text(row, "key")
	if key not in suggested:
		called = row.get("key") if isinstance(row, dict) else row
		yield _("{0} is not suggested by {1}.").format(called or "?", doc.name)
		return
	if key in seen:
		yield _("{0} is named twice.").format(key)
	seen.add(key)
	shown = row.get("present")
	shown = [name for name in shown if isinstance(name, str)] if isinstance(shown, list) else []
	unseen = sorted(set(suggested[key].present) - set(shown))
	if unseen:
		yield _("{0} has a follow-up already ({1}). Choose it again if another one is wanted.").format(
			key, ", ".join(unseen)
		)
	for field in TEXTS:
		if not isinstance(row.get(field), str | None):
			yield _("{0}: a text is wanted.").format(_label(field))
	if not _text(row, "recommendation"):
		yield _("{0} must be filled.").format(_label("recommendation"))
	opd = _text(row, "opd")
	if not opd:
		yield _("{0} must be filled.").format(_label("opd"))
	elif opd not in units:
		yield _("{0}: {1} does not exist.").format(_label("opd"), opd)
	elif not units[opd]:
		yield _("{0}: {1} is not active any more.").format(_label("opd"), opd)
	yield from _date_faults(row)


def _date_faults(row: dict) -> Iterable[str]:
	value = row.get("due_date")
	label = _label("due_date")
	if not value:
		yield _("{0} must be filled.").format(label)
		return
	day = _day(value)
	if day is None:
		yield _("{0}: {1} is not a date.").format(label, value)
	elif day < getdate(nowdate()):
		yield _("{0}: {1} is past.").format(label, frappe.format(day, "Date"))


def _day(value) -> datetime.date | None:
	try:
		return datetime.date.fromisoformat(value)
	except (TypeError, ValueError):
		return None


def _text(row, field: str) -> str:
	"""Return what a row says in a field, empty for what is no text."""
	value = row.get(field) if isinstance(row, dict) else None
	return value.strip() if isinstance(value, str) else ""


def _label(field: str) -> str:
	return _(frappe.get_meta(FOLLOW_UP).get_label(field))


def _insert(doc, field: str, number: int, row: dict, suggestion) -> str:
	"""Make one follow-up. What its own checks refuse is said with the number of the row."""
	follow_up = frappe.get_doc(
		{
			"doctype": FOLLOW_UP,
			**{name: _text(row, name) for name in TEXTS if name != "key"},
			"due_date": _day(row["due_date"]),
			"indicator": suggestion.indicator or None,
			field: doc.name,
		}
	)
	try:
		return follow_up.insert().name
	except frappe.ValidationError as error:
		if isinstance(error, frappe.TimestampMismatchError):
			raise
		frappe.clear_last_message()
		frappe.throw(_("Row {0}: {1}").format(number, str(error)), title=_("Follow-ups Not Created"))
