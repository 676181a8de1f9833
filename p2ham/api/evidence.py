"""Doors of evidence: a document is added from the indicator that wants it, in one step."""

import frappe
from frappe import _

from p2ham.engine import lifecycle
from p2ham.evidence import downloads as download_log


@frappe.whitelist(methods=["POST"])
def add_to_assessment(
	assessment: str,
	indicator: str,
	slot: str = "",
	title: str = "",
	file_url: str = "",
	url: str = "",
	evidence: str = "",
	contains_personal_data: int = 0,
) -> dict:
	"""Store a file or link as evidence of the assessment's unit (or take an existing one) and use it for an
	indicator; return the names of both. Nothing is stored if either is refused.

	Raises frappe.PermissionError or frappe.ValidationError.
	"""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("write")
	if doc.workflow_state != lifecycle.DRAFT:
		frappe.throw(
			_("{0} is {1}; evidence can be added in the state {2} only.").format(
				assessment, _(doc.workflow_state), _(lifecycle.DRAFT)
			),
			frappe.PermissionError,
		)
	if not evidence:
		record = frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": title or slot,
				"opd": doc.opd,
				"kind": "Link" if url else "File",
				"file": file_url or None,
				"url": url or None,
				"contains_personal_data": contains_personal_data,
			}
		)
		evidence = record.insert().name
	doc.append("evidence_uses", {"indicator": indicator, "slot": slot, "evidence": evidence})
	doc.save()
	return {"assessment": doc.name, "evidence": evidence, "modified": str(doc.modified)}


@frappe.whitelist(methods=["GET", "POST"])
def downloads(name: str) -> list[dict]:
	"""Return who was handed the files of an evidence flagged as personal, the latest 50 first.

	Raises frappe.PermissionError for who is not Kabag Hukum, verifier or head of the unit.
	"""
	return download_log.of(name)
