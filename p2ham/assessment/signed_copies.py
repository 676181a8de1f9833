"""Signed copies of the documents of an approved assessment: who adds one, what is checked, which of them count."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, now_datetime

from p2ham.access import keepers
from p2ham.access.stored_values import settled
from p2ham.assessment import log
from p2ham.engine import lifecycle
from p2ham.engine.duties import BAGIAN_HUKUM
from p2ham.evidence import intake

LONGEST_NOTE = 500


def documents() -> list[str]:
	"""Return the titles of the documents of which signed copies are kept."""
	return frappe.get_meta("P2HAM Signed Copy").get_options("document").split("\n")


def check_may_add(assessment) -> None:
	"""Raise frappe.PermissionError where the session's user may not add a copy now, Administrator included."""
	if not keepers.held_for(assessment):
		frappe.throw(
			_("{0}: only {1} keep signed copies, and only of an approved assessment.").format(
				assessment.name, ", ".join(_(duty) for duty in BAGIAN_HUKUM)
			),
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)


def add(assessment, looked: intake.Looked, document: str, signed_on, electronic: bool, note: str):
	"""Add a copy to a stored, locked assessment, and its hash to the log, in one transaction. Return the record.

	Raises frappe.PermissionError and frappe.ValidationError.
	"""
	check_may_add(assessment)
	if document not in documents():
		frappe.throw(
			_("{0}: choose one of {1}.").format(
				frappe.bold(_("Document")), escape_html(", ".join(documents()))
			)
		)
	signed_on = settled("P2HAM Signed Copy", "signed_on", signed_on)
	day, note = getdate(signed_on) if signed_on else None, settled("P2HAM Signed Copy", "note", note)
	if day and day > getdate():
		frappe.throw(_("{0} must not be in the future.").format(frappe.bold(_("Signed On"))))
	if len(note) > LONGEST_NOTE:
		frappe.throw(_("{0}: at most {1} characters.").format(frappe.bold(_("Note")), LONGEST_NOTE))
	others = _of_assessment(assessment.name, lock=True)
	before = next((row for row in others if row.document == document), None)
	if before and before.sha256 == looked.sha256:
		frappe.throw(
			_("{0} is this very file already.").format(before.name),
			frappe.DuplicateEntryError,
			title=_("Already There"),
		)
	record = frappe.get_doc(
		{
			"doctype": "P2HAM Signed Copy",
			"assessment": assessment.name,
			"document": document,
			"sequence": (others[0].sequence if others else 0) + 1,
			"replaces": before.name if before else None,
			"signed_on": day,
			"electronic": int(electronic),
			"note": note,
			"added_by": frappe.session.user,
			"added_on": now_datetime().replace(microsecond=0),
		}
	)
	record.keep(looked)
	state = assessment.workflow_state
	log.append(
		assessment,
		lifecycle.KEEP_COPY,
		state,
		state,
		note=f"{document}: SHA-256 {record.sha256}",
		held=keepers.held_for(assessment),
	)
	return record


def for_assessment(assessment: str) -> list[frappe._dict]:
	"""Return the copies of an assessment, the newest first; `current` are those that no newer one stands before."""
	rows = _of_assessment(assessment)
	replaced = {row.replaces for row in rows}
	for row in rows:
		row.current = row.name not in replaced
	return rows


def _of_assessment(assessment: str, lock: bool = False) -> list[frappe._dict]:
	table = frappe.qb.DocType("P2HAM Signed Copy")
	query = (
		frappe.qb.from_(table)
		.select(
			table.name,
			table.document,
			table.sequence,
			table.replaces,
			table.file,
			table.sha256,
			table.signed_on,
			table.electronic,
			table.note,
			table.added_by,
			table.added_on,
		)
		.where(table.assessment == assessment)
		.orderby(table.sequence, order=frappe.qb.desc)
	)
	return (query.for_update() if lock else query).run(as_dict=True)
