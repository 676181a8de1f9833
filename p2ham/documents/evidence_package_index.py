"""The workbook in a package that says what is in it, and what is not and why."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from p2ham.documents import assessment_parts
from p2ham.documents.evidence_list import VALIDITIES
from p2ham.evidence.contents import Entry

# (head, width in characters, value); an official document, hence Indonesian and not translated.
COLUMNS = (
	("No", 6, lambda entry: entry.number),
	("Kode", 9, lambda entry: entry.code),
	("Indikator", 42, lambda entry: entry.indicator),
	("Data dukung yang diminta", 34, lambda entry: entry.slot),
	("Dokumen", 42, lambda entry: entry.title),
	("Berkas", 60, lambda entry: entry.path),
	("Tanggal dokumen", 13, lambda entry: entry.document_date),
	("Berlaku sampai", 13, lambda entry: entry.valid_until),
	("Keabsahan", 16, lambda entry: VALIDITIES.get(entry.validity, "")),
	("Verifikasi", 17, lambda entry: assessment_parts.VERIFICATIONS[entry.verification]),
	("Catatan", 36, lambda entry: entry.note),
	("Data pribadi", 10, lambda entry: "ya" if entry.personal else ""),
	("Keterangan", 40, lambda entry: entry.left_out or entry.remark),
	("Ukuran (bita)", 13, lambda entry: entry.size or None),
	("SHA-256", 68, lambda entry: entry.sha256),
	("Nomor data dukung", 24, lambda entry: entry.evidence),
)
DATE, BYTES = "dd/mm/yyyy", "#,##0"
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEAD = {"font": Font(bold=True, color="FFFFFF"), "fill": PatternFill("solid", fgColor="1F5C6E")}


def workbook(entries: list[Entry]) -> bytes:
	"""Return the .xlsx of some evidence, row by row, so that it needs no memory for its cells."""
	book = Workbook(write_only=True)
	sheet = book.create_sheet("Daftar Data Dukung")
	for position, (_text, width, _value) in enumerate(COLUMNS, start=1):
		sheet.column_dimensions[get_column_letter(position)].width = width
	sheet.freeze_panes = "B2"
	sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(entries) + 1}"
	sheet.print_title_rows = "1:1"
	sheet.page_setup.orientation = "landscape"
	sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
	sheet.append([_head(sheet, text) for text, _width, _value in COLUMNS])
	for entry in entries:
		sheet.append([_cell(sheet, value(entry)) for _text, _width, value in COLUMNS])
	written = io.BytesIO()
	book.save(written)
	return written.getvalue()


def _head(sheet, text: str) -> WriteOnlyCell:
	cell = _cell(sheet, text)
	cell.font, cell.fill = HEAD["font"], HEAD["fill"]
	return cell


def _cell(sheet, value) -> WriteOnlyCell:
	cell = WriteOnlyCell(sheet, value=None)
	cell.alignment = WRAPPED
	if isinstance(value, str):
		cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
		# Whatever it looks like, it is text: openpyxl takes "=1+1" for a formula and "#N/A" for an error.
		cell.data_type = "s"
		cell.quotePrefix = value[:1] in tuple("=+-@")
	elif value is not None:
		cell.value = value
		cell.number_format = BYTES if isinstance(value, int) else DATE
	return cell
