"""Personal data of citizens in evidence: the search in the background, and who may say that it found nothing.

UU 27/2022 makes the regency answerable; a flagged document is hidden from observers and its downloads are logged.
"""

from __future__ import annotations

from pathlib import Path

import frappe
from frappe import _
from frappe.utils import now_datetime

from p2ham.access import files
from p2ham.access.stored_values import settled
from p2ham.evidence import intake, revisions, sandbox

PATIENCE = 120.0  # seconds; what a scanned law of a thousand pages needs


def enqueue_search(evidence: str, revision: int) -> None:
	frappe.enqueue(
		"p2ham.evidence.personal_data_search.search",
		queue="long",
		enqueue_after_commit=True,
		evidence=evidence,
		revision=revision,
	)


def search(evidence: str, revision: int) -> None:
	"""Background job: search a revision for personal data and store what was found; run twice, it does the same."""
	file = frappe.db.get_value(
		"P2HAM Evidence Revision", {"parent": evidence, "revision": revision}, "file", order_by="name"
	)
	stored = frappe.db.get_value(
		"File",
		{"file_url": file, "attached_to_doctype": "P2HAM Evidence", "attached_to_name": evidence},
		"name",
		order_by="creation",
	)
	if not stored:
		return  # replaced or deleted meanwhile
	record = frappe.get_doc("File", stored)
	report = sandbox.inspect(
		record.file_name, Path(record.get_full_path()), intake.offices(), PATIENCE, scan=True
	)
	_store(evidence, revision, report)


def _store(evidence: str, revision: int, report) -> None:
	# Locked, and past the document: who has it open must not be told that it was changed.
	newest = frappe.db.get_value("P2HAM Evidence", evidence, "revision", for_update=True)
	if newest != revision:
		return
	frappe.db.delete("P2HAM Evidence Finding", {"parent": evidence, "revision": revision})
	for position, found in enumerate(report.findings, start=1):
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence Finding",
				"parent": evidence,
				"parenttype": "P2HAM Evidence",
				"parentfield": "findings",
				"idx": position,
				**revisions.finding(found, revision),
			}
		).db_insert()
	status = intake.NOT_POSSIBLE if report.refused or report.partial else intake.status(report)
	values = {"scan_status": intake.FOUND if report.findings else status}
	if report.findings:
		values["contains_personal_data"] = 1
		sha256 = frappe.db.get_value(
			"P2HAM Evidence Revision", {"parent": evidence, "revision": revision}, "sha256", order_by="name"
		)
		revisions.flag_content([sha256])
	frappe.db.set_value("P2HAM Evidence", evidence, values, update_modified=False)
	frappe.clear_document_cache("P2HAM Evidence", evidence)
	if report.findings:
		_tell(evidence)
	frappe.publish_realtime(
		"p2ham_evidence_searched",
		{"name": evidence},
		doctype="P2HAM Evidence",
		docname=evidence,
		after_commit=True,
	)


def _tell(evidence: str) -> None:
	"""Tell who uploaded the file, once the search is over, that it is flagged and what they can do."""
	doc = frappe.get_doc("P2HAM Evidence", evidence)
	user = doc.revisions[-1].added_by
	if not user or user == "Administrator":
		return
	lang = frappe.db.get_value("User", user, "language") or None
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": user,
			"from_user": user,
			"type": "Alert",
			"document_type": doc.doctype,
			"document_name": doc.name,
			# Not its title, which may name citizens itself: Frappe mails notifications.
			"subject": _("{0} shows personal data. Replace the file, or keep it flagged.", lang).format(
				doc.name
			),
		}
	).insert(ignore_permissions=True)


def clear(evidence: str, note: str) -> None:
	"""Say that what was found in the newest revision is no personal data, with the reason.

	Raises frappe.PermissionError for everybody but Bagian Hukum, and for whoever is of the unit itself;
	frappe.ValidationError without a reason or where nothing was found.
	"""
	doc = frappe.get_doc("P2HAM Evidence", evidence)
	doc.check_permission("read")
	files.check_may_clear(doc.opd)
	note = settled(doc.doctype, "cleared_note", note or "")
	if not note:
		frappe.throw(_("Give a reason."), frappe.MandatoryError)
	if not doc.findings:
		frappe.throw(_("{0}: nothing was found in this file.").format(doc.name))
	doc.cleared_note, doc.cleared_by, doc.cleared_on = note, frappe.session.user, now_datetime()
	doc.contains_personal_data = 0
	doc.save_cleared()
