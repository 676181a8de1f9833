"""Doors of the official documents: each gives one document as the PDF that is signed."""

import re

import frappe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.utils import cint

from p2ham.documents import assessment_sheet as sheet_of
from p2ham.documents import evidence_list as list_of
from p2ham.documents import pdf


@frappe.whitelist(methods=["GET"])
def assessment_sheet(name: str) -> None:
	"""Show the Lembar Penilaian of an assessment as PDF. Raises frappe.PermissionError."""
	doc = frappe.get_doc("P2HAM Assessment", name)
	check_may_print(doc)
	sheet = sheet_of.assessment_sheet(doc)
	content = pdf.render(sheet_of.TEMPLATE, {"sheet": sheet}, sheet["frame"])
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="PDF", method="Official PDF")
	respond(file_name("Lembar-Penilaian", doc.name), content)


@frappe.whitelist(methods=["GET"])
def evidence_list(name: str) -> None:
	"""Show the Daftar Data Dukung of an assessment as PDF, without what the user may not see of it. Raises
	frappe.PermissionError."""
	doc = frappe.get_doc("P2HAM Assessment", name)
	check_may_print(doc)
	content = list_of.render(list_of.evidence_list(doc))
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="PDF", method="Evidence List")
	respond(file_name("Daftar-Data-Dukung", doc.name), content)


def check_may_print(doc) -> None:
	"""The same conditions as for Frappe's own print view: the right to print, and the site's Print Settings."""
	doc.check_permission("print")
	settings = frappe.get_cached_doc("Print Settings")
	if doc.docstatus == 0 and not cint(settings.allow_print_for_draft):
		frappe.throw(_("Not allowed to print draft documents"), frappe.PermissionError)
	if doc.docstatus == 2 and not cint(settings.allow_print_for_cancelled):
		frappe.throw(_("Not allowed to print cancelled documents"), frappe.PermissionError)


def file_name(kind: str, name: str, ending: str = "pdf") -> str:
	"""Return e.g. "Lembar-Penilaian-DISDUKCAPIL-P2HAM-2024.pdf", safe for every disk and header."""
	return re.sub(r"[^A-Za-z0-9.]+", "-", f"{kind}-{name}").strip("-.") + f".{ending}"


def respond(name: str, content: bytes) -> None:
	"""Hand out a PDF that the browser shows instead of storing it."""
	frappe.local.response.update(
		{
			"type": "download",
			"display_content_as": "inline",
			"content_type": "application/pdf",
			"filename": name,
			"filecontent": content,
		}
	)
