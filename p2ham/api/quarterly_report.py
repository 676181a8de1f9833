"""Doors of a quarterly report: its figures anew, and that it was sent."""

import frappe


@frappe.whitelist(methods=["POST"])
def refresh_figures(report: str) -> str:
	"""Freeze the figures of a report that is not sent as they are now; return their SHA-256.

	Raises frappe.PermissionError for whoever does not keep it, and once it was sent.
	"""
	doc = frappe.get_doc("P2HAM Quarterly Report", report)
	doc.check_permission("write")
	doc.refresh_figures()
	return doc.figures_hash


@frappe.whitelist(methods=["POST"])
def mark_as_sent(report: str) -> None:
	"""Say that a report was sent; nothing of it changes afterwards.

	Raises frappe.PermissionError for whoever does not keep it, and frappe.MandatoryError where it lacks its number, its
	date or its addressee.
	"""
	doc = frappe.get_doc("P2HAM Quarterly Report", report)
	doc.check_permission("write")
	doc.mark_as_sent()
