"""The official PDF: a document's template in a page frame, set by WeasyPrint."""

from __future__ import annotations

import base64
import binascii
import gc
import io
from collections.abc import Sequence
from html import escape
from itertools import accumulate

import frappe
from frappe import _

FRAME = "p2ham/templates/documents/official.html"


class FetchRefused(ValueError):
	"""Something in a document asked for an address; documents carry everything they need."""


def render(template: str, context: dict, frame: dict) -> bytes:
	"""Return the PDF of a document.

	`template` is the path of the document's template and `context` what that prints. `frame` is what stands
	around it on every page: `title`, `footer` (lines) and `mark` (marks.Mark).
	"""
	return html_to_pdf(html_of(template, context, frame))


def html_of(template: str, context: dict, frame: dict) -> str:
	"""Return the whole page that `render` sets. `frame` of a part of a document has also `pages`, how many the whole
	has, and `pages_before` this part."""
	return (
		frappe.get_jenv()
		.get_template(FRAME)
		.render({**context, "frame": frame, "body": template, "watermark": watermark(frame["mark"].word)})
	)


def render_portions(template: str, portions: Sequence[dict], frame: dict) -> bytes:
	"""Return the PDF of a long document whose pages are set portion by portion, since WeasyPrint keeps a whole
	document in memory. Each portion begins a page; the pages are numbered through.

	`portions` are the contexts of the template; for the others see `render`. More than one are set twice, first to
	know how many pages there are.
	"""
	if len(portions) == 1:
		return render(template, portions[0], frame)
	from pypdf import PdfWriter

	writer, pages = PdfWriter(), [0]
	for context in portions:
		pages.append(len(layout(html_of(template, context, frame)).pages))
		gc.collect()  # a layout refers to itself, and would wait for the next one to be there too
	for context, before in zip(portions, accumulate(pages), strict=False):
		part = {**frame, "pages": sum(pages), "pages_before": before}
		writer.append(io.BytesIO(render(template, context, part)))
		gc.collect()
	writer.add_metadata({"/Title": frame["title"]})
	written = io.BytesIO()
	writer.write(written)
	return written.getvalue()


def html_to_pdf(html: str) -> bytes:
	"""Set a whole HTML page and return it as PDF."""
	return layout(html).write_pdf()


def layout(html: str):
	"""Set a whole HTML page; return WeasyPrint's document. Nothing is fetched: neither from the network nor from the server's disk."""
	try:
		from weasyprint import HTML
	except OSError as error:  # the Python package is there, the system's libpango is not
		frappe.throw(
			_("The PDF cannot be made, because a system library of WeasyPrint is missing: {0}").format(error),
			title=_("PDF Not Possible"),
		)
	return HTML(string=html, url_fetcher=fetch_embedded).render()


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
