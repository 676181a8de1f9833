"""The official PDF: a document's template in a page frame, set by WeasyPrint."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable
from html import escape

import frappe
from frappe import _

FRAME = "p2ham/templates/documents/official.html"
NUMBERS = "p2ham/templates/documents/page_numbers.html"


class FetchRefused(ValueError):
	"""Something in a document asked for an address; documents carry everything they need."""


def render(template: str, context: dict, frame: dict) -> bytes:
	"""Return the PDF of a document.

	`template` is the path of the document's template and `context` what that prints. `frame` is what stands
	around it on every page: `title`, `footer` (lines) and `mark` (a warning on every page, may be empty); a part of
	a document (`render_portions`) is a `portion`, without page numbers, and `continued` if it is not the first.
	"""
	html = (
		frappe.get_jenv()
		.get_template(FRAME)
		.render({**context, "frame": frame, "body": template, "watermark": watermark(frame["mark"])})
	)
	return html_to_pdf(html)


def render_portions(template: str, portions: Iterable[dict], frame: dict, page: str) -> bytes:
	"""Return the PDF of a long document whose pages are set portion by portion, since WeasyPrint keeps a whole
	document in memory. Each portion begins a page; the pages are numbered through.

	`portions` are the contexts of the template, `page` the size and margins of its pages in CSS; for the others
	see `render`.
	"""
	from pypdf import PdfReader, PdfWriter

	def read(content: bytes):
		return PdfReader(io.BytesIO(content)).pages

	writer = PdfWriter()
	for context in portions:
		frame = {**frame, "portion": True, "continued": len(writer.pages) > 0}
		for sheet in read(render(template, context, frame)):
			writer.add_page(sheet)
	numbers = {"pages": len(writer.pages), "page": page}
	numbered = read(render(NUMBERS, numbers, {"title": "", "footer": (), "mark": ""}))
	for sheet, number in zip(writer.pages, numbered, strict=True):
		sheet.merge_page(number)
	writer.add_metadata({"/Title": frame["title"]})
	written = io.BytesIO()
	writer.write(written)
	return written.getvalue()


def html_to_pdf(html: str) -> bytes:
	"""Set a whole HTML page. Nothing is fetched: neither from the network nor from the server's disk."""
	try:
		from weasyprint import HTML
	except OSError as error:  # the Python package is there, the system's libpango is not
		frappe.throw(
			_("The PDF cannot be made, because a system library of WeasyPrint is missing: {0}").format(error),
			title=_("PDF Not Possible"),
		)
	return HTML(string=html, url_fetcher=fetch_embedded).write_pdf()


def fetch_embedded(url: str, *args, **kwargs):
	"""WeasyPrint's url_fetcher: gives what a data: URI holds and refuses every other address.

	Raises FetchRefused; WeasyPrint then leaves the picture or style sheet out.
	"""
	header, comma, payload = url.partition(",")
	if not comma or not header.startswith("data:image/") or not header.endswith(";base64"):
		raise FetchRefused(f"address refused: {url[:60]}")
	try:
		content = base64.b64decode(payload, validate=True)
	except binascii.Error:
		raise FetchRefused("broken data URI") from None
	mime_type = header[len("data:") : -len(";base64")]
	try:  # WeasyPrint 68 wants this class, 59 does not have it
		from weasyprint.urls import URLFetcherResponse
	except ImportError:
		return {"string": content, "mime_type": mime_type}
	return URLFetcherResponse(url, content, {"Content-Type": mime_type})


def watermark(text: str | None) -> str:
	"""Return a pale slanting text as the page's background picture (data URI), empty for no text."""
	if not text:
		return ""
	svg = (
		'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="520" viewBox="0 0 900 520">'
		'<text x="450" y="285" text-anchor="middle" transform="rotate(-27 450 260)" fill="#efefef" '
		'font-family="Liberation Sans, DejaVu Sans, sans-serif" font-weight="bold" font-size="92">'
		f"{escape(text)}</text></svg>"
	)
	return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
