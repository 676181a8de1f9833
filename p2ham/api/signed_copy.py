"""Doors of signed copies: what was signed comes back to the approved assessment."""

import frappe
from frappe import _
from frappe.utils import cint

from p2ham.access import keepers
from p2ham.assessment import signed_copies
from p2ham.evidence import intake
from p2ham.utils import told_of_deadlock


@frappe.whitelist(methods=["POST"])
def keep(
	assessment: str, document: str, signed_on: str | None = None, electronic: int = 0, note: str = ""
) -> dict:
	"""Keep the file that is sent along as `file` as the signed copy of a document (its Indonesian title) of an approved
	assessment; `signed_on` is the day on the paper, `electronic` says that it carries an electronic signature, which is
	not verified. A copy of the same document that was there before stays, behind this one.

	Raises frappe.PermissionError and frappe.ValidationError; nothing is stored then.
	"""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("read")
	signed_copies.check_may_add(doc)
	sent = frappe.request.files.get("file") if frappe.request else None
	if not sent:
		frappe.throw(_("{0}: no file was sent.").format(_("File")), frappe.MandatoryError)
	looked = intake.look_at_signed(sent.filename, sent.stream.read())
	with told_of_deadlock(doc):
		# Locked only now, since looking takes its time: as it is at this moment, it may have been cancelled.
		doc = frappe.get_doc("P2HAM Assessment", assessment, for_update=True)
		record = signed_copies.add(doc, looked, document, signed_on, bool(cint(electronic)), note)
	return {"name": record.name, "sha256": record.sha256, "file": record.file}


@frappe.whitelist(methods=["GET", "POST"])
def get_signed_copies(assessment: str) -> dict:
	"""Return the signed copies of an assessment, the newest first, and what a new one may be: `may_add`, the titles of
	`documents`, the endings in `types` and the size in `max_mb` (0 for no limit).

	Raises frappe.PermissionError.
	"""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("read")
	return {
		"copies": signed_copies.for_assessment(doc.name),
		"may_add": bool(keepers.held_for(doc)),
		"documents": signed_copies.documents(),
		"types": list(intake.SIGNED),
		"max_mb": cint(frappe.get_cached_doc("P2HAM Settings").evidence_max_mb),
	}
