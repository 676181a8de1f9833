"""What leaves as a spreadsheet: text stays text. A cell that begins with `=` is a formula to Excel, and one in the name of
a unit would run on the machine of whoever opens an export.

Frappe writes such files in many places, all of them in the answer to a request, so the answer is looked at
(`after_request`); reports that are mailed are the one exception.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from urllib.parse import unquote

import frappe
from frappe.email.doctype.auto_email_report.auto_email_report import AutoEmailReport
from openpyxl import load_workbook

GUARD = "'"  # what spreadsheets take as: text follows
RUNS = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?%?", re.IGNORECASE)
FORMULA = re.compile(rb"<f[ >/]")
ENDING = re.compile(r"\.(xlsx|csv)\"?\s*(;|$)", re.IGNORECASE)
METHOD = re.compile(r"/method/([^/.]+)\.")


def after_request(response, request) -> None:
	"""Frappe's hook of the same name: make text of what is a formula in a spreadsheet that this request has written."""
	if response is None or response.status_code != 200:
		return
	named = ENDING.search(unquote(response.headers.get("Content-Disposition") or ""))
	if named and is_written_by_frappe(request):
		response.set_data(as_text(response.get_data(), named.group(1).lower()))


def is_written_by_frappe(request) -> bool:
	"""Tell whether the request has a file written, other than by another app: a stored one is given as it is."""
	if not request.path.startswith("/api/") and not frappe.form_dict.get("cmd"):
		return False
	called = METHOD.search(request.path)
	app = called.group(1) if called else (frappe.form_dict.get("cmd") or "frappe.").split(".")[0]
	stored = "download_file" in (request.path + (frappe.form_dict.get("cmd") or ""))
	return not stored and (app == "frappe" or app not in frappe.get_installed_apps())


def as_text(content: bytes, kind: str) -> bytes:
	"""Return a spreadsheet ("xlsx" or "csv") in which no text is a formula; one without any comes back as it is."""
	return of_workbook(content) if kind == "xlsx" else of_csv(content)


def of_workbook(content: bytes) -> bytes:
	with zipfile.ZipFile(io.BytesIO(content)) as parts:
		sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
		if not any(FORMULA.search(parts.read(name)) for name in sheets):
			return content
	book = load_workbook(io.BytesIO(content))
	for sheet in book:
		for row in sheet.iter_rows():
			for cell in row:
				if cell.data_type == "f":
					cell.data_type = "s"
					cell.quotePrefix = True  # stays text also when somebody edits the cell
	written = io.BytesIO()
	book.save(written)
	return written.getvalue()


def of_csv(content: bytes) -> bytes:
	text = content.decode("utf-8-sig")
	if not any(sign in text for sign in RUNS):
		return content
	mark = content[: len(content) - len(text.encode())]
	csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a text may be longer than most
	delimiter = _delimiter()
	rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
	if not any(is_formula(cell) for row in rows for cell in row):
		return content
	written = io.StringIO(newline="")
	csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
		[GUARD + cell if is_formula(cell) else cell for cell in row] for row in rows
	)
	return mark + written.getvalue().encode()


def _delimiter() -> str:
	"""Return what separates the cells: what was asked for, as Frappe reads it."""
	asked = frappe.form_dict.get("csv_delimiter") if frappe.request else None
	return asked[0] if asked and isinstance(asked, str) else ","


def is_formula(cell: str) -> bool:
	"""Tell whether a spreadsheet would reckon with a cell of a CSV file. A number is none, whatever its sign."""
	return cell.startswith(RUNS) and not NUMBER.fullmatch(cell)


class GuardedAutoEmailReport(AutoEmailReport):
	"""A report that is mailed: its attachment is written by no request."""

	def get_report_content(self):
		content = super().get_report_content()
		if not content or self.format not in ("XLSX", "CSV"):
			return content
		if self.format == "XLSX":
			return of_workbook(content)
		return of_csv(content.encode()).decode()
