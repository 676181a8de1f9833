"""The numbers of the documents of an approved assessment: the agenda clerk gives them when the papers are signed, so they
come after the decision, are no part of what was approved, and stand in the log."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import keepers
from p2ham.access.stored_values import settled
from p2ham.assessment import log
from p2ham.documents import catalogue
from p2ham.engine import lifecycle
from p2ham.engine.duties import BAGIAN_HUKUM

FIELDS = ("sheet_number", "record_number")
LONGEST = 140


def give(doc, numbers: dict[str, str]) -> None:
	"""Store numbers (field -> number, empty to take one away) of a locked, stored assessment, and log them.

	Raises frappe.PermissionError for who may not, and frappe.ValidationError for a number that is too long or
	already stands on another assessment.
	"""
	held = keepers.held_for(doc)
	if not held:
		frappe.throw(
			_("{0}: only {1} give numbers, and only to documents of an approved assessment.").format(
				doc.name, ", ".join(_(duty) for duty in BAGIAN_HUKUM)
			),
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)
	given = {field: settled(doc.doctype, field, numbers[field] or "") for field in FIELDS if field in numbers}
	wanted = {field: " ".join(number.split()) for field, number in given.items()}
	changed = {field: number for field, number in wanted.items() if number != (doc.get(field) or "")}
	if not changed:
		return
	for field, number in changed.items():
		_check(doc, field, number)
	note = "; ".join(
		f"{_title(field)}: {number or '–'}" + (f" (semula {doc.get(field)})" if doc.get(field) else "")
		for field, number in changed.items()
	)
	frappe.db.set_value(doc.doctype, doc.name, changed)
	doc.update(changed)
	log.append(doc, lifecycle.NUMBER, doc.workflow_state, doc.workflow_state, note=note, held=held)


def _check(doc, field: str, number: str) -> None:
	label = frappe.bold(_(doc.meta.get_label(field)))
	if len(number) > LONGEST:
		frappe.throw(_("{0}: at most {1} characters.").format(label, LONGEST))
	if not number:
		return
	other = frappe.db.get_value(
		doc.doctype, {field: number, "name": ("!=", doc.name), "docstatus": ("<", 2)}, "name"
	)
	if other:
		frappe.throw(
			_("{0}: the number {1} already stands on {2}.").format(
				label, frappe.bold(frappe.utils.escape_html(number)), other
			),
			frappe.DuplicateEntryError,
			title=_("Already There"),
		)


def _title(field: str) -> str:
	"""Return the documents that a number stands on, as the log names them."""
	return " / ".join(
		kind.title
		for kind in catalogue.KINDS
		if kind.doctype == "P2HAM Assessment" and kind.number_field == field and kind.own_number
	)
