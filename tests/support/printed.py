"""Reading official documents: their text, page by page, in both engines."""

from __future__ import annotations

import io
import re

import frappe

from p2ham.documents import catalogue

DOOR = "/api/method/p2ham.api.documents.show"


class Page(str):
	"""The words of a page, with single spaces. `in` does not look at spaces: between two cells of a table there is
	none in the PDF."""

	def __new__(cls, text: str):
		return super().__new__(cls, re.sub(r"\s+", " ", text).strip())

	def __contains__(self, part: str) -> bool:
		return _without_spaces(part) in _without_spaces(self)


def _without_spaces(text: str) -> str:
	return re.sub(r"\s+", "", text)


def pages(content: bytes) -> list[Page]:
	from pypdf import PdfReader

	return [Page(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def whole(found: list[Page]) -> Page:
	"""Return the words of all pages."""
	return Page(" ".join(found))


def official(key: str, doc, **choice) -> list[Page]:
	"""Return the words of the official PDF, page by page."""
	return pages(catalogue.by_key(key).render(doc, **choice))


def view(key: str, doc) -> list[Page]:
	"""Return the words of the PDF that the desk's print view gives, page by page."""
	title = catalogue.by_key(key).title
	return pages(frappe.get_print(doc.doctype, doc.name, title, as_pdf=True))


def html_view(key: str, doc) -> str:
	return frappe.get_print(doc.doctype, doc.name, catalogue.by_key(key).title)
