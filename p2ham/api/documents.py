"""The door of the official documents: gives one document as the PDF that is signed."""

import re

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log

from p2ham.documents import catalogue
from p2ham.documents.print_rights import check_may_print


@frappe.whitelist(methods=["GET"])
def show(document: str, name: str, unit: str | None = None) -> None:
	"""Show an official document as PDF: `document` is its key in `p2ham.documents.catalogue`, `name` the record it is
	printed of; `unit` chooses one of several that one record has.

	Raises frappe.PermissionError, and frappe.ValidationError where this document cannot be made of the record.
	"""
	kind = catalogue.by_key(document)
	doc = frappe.get_doc(kind.doctype, name)
	check_may_print(doc)
	content = kind.render(doc, **({"unit": unit} if unit else {}))
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="PDF", method=kind.title)
	respond(file_name(kind.title.removesuffix(" P2HAM"), unit or doc.name), content)


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
