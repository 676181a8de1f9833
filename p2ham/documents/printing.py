"""Who may print a document: the same conditions as for Frappe's own print view."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import cint


def check_may_print(doc) -> None:
	"""Check the right to print, and the site's Print Settings. Raises frappe.PermissionError."""
	doc.check_permission("print")
	if refusal := refusal_of(doc.meta, doc.docstatus):
		frappe.throw(refusal, frappe.PermissionError)


def refusal_of(meta, docstatus: int) -> str:
	"""Say why the site's Print Settings let no document in this state be printed, empty where they do."""
	if not meta.is_submittable:
		return ""
	settings = frappe.get_cached_doc("Print Settings")
	if docstatus == 0 and not cint(settings.allow_print_for_draft):
		return _("Not allowed to print draft documents")
	if docstatus == 2 and not cint(settings.allow_print_for_cancelled):
		return _("Not allowed to print cancelled documents")
	return ""
