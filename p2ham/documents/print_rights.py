"""Who may print a document: the same conditions as for Frappe's own print view. And what its formats show of text."""

from __future__ import annotations

from functools import partial

import frappe
from frappe import _
from frappe.utils import cint, escape_html


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


# Fields whose text Frappe's Standard format puts into the page as it stands, and may break into lines
_LINES = ("Small Text", "Text", "Long Text")
_HTML = ("Text Editor", "HTML Editor", "Markdown Editor", "HTML")


def show_text_as_text(doc, method: str | None = None, settings=None) -> None:
	"""`before_print` of our DocTypes: in a format that shows fields as Frappe formats them, as Standard does, text is
	escaped. Our own formats escape what they show themselves."""
	for record in (doc, *doc.get_all_children()):
		record.get_formatted = partial(_formatted, record)


def _formatted(record, fieldname: str, *given, **named) -> str:
	"""Format a field like Frappe, its text escaped."""
	field = record.meta.get_field(fieldname)
	plain = type(record).get_formatted
	if not field or field.fieldtype in _HTML:
		return plain(record, fieldname, *given, **named)
	text = record.get(fieldname)
	if field.fieldtype not in _LINES or not text:
		shown = plain(record, fieldname, *given, **named)
		return escape_html(shown) if isinstance(shown, str) and "<" in shown else shown
	record.set(fieldname, escape_html(text))
	try:
		return plain(record, fieldname, *given, **named)
	finally:
		record.set(fieldname, text)
