"""The Excel form in which results of KKP HAM are typed in: the template, and the cells of one that comes back.

Its words are Indonesian whatever the language of the desk, since the file goes around among offices.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from p2ham.engine import kkpham_import as rules
from p2ham.tables.opening import open_sheets
from p2ham.tables.writing import put

UNITS, HELP = "Perangkat Daerah", "Petunjuk"
LAST_ROW = 500  # as far as Excel offers what can be chosen; rows below are read as well
WIDTHS = {
	"opd": 18,
	"assessment_year": 11,
	"data_year": 9,
	"instrument": 26,
	"score": 9,
	"reviewed_on": 14,
	"reference": 30,
	"finding": 44,
	"recommendation": 44,
}
RIGHT_WIDTH, HEAD_HEIGHT = 15, 62
TEXT, NUMBER, YEAR, DAY = "@", "General", "0", "dd/mm/yyyy"
FORMATS = {"assessment_year": YEAR, "data_year": YEAR, "score": NUMBER, "reviewed_on": DAY}

_HEAD = PatternFill("solid", start_color="1F4E78")
_HEAD_OPTIONAL = PatternFill("solid", start_color="5B7F9E")
_LINE = Side(style="thin", color="D0D7DE")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)

LINES = (
	"Isi satu baris untuk setiap perangkat daerah dan tahun penilaian; kabupaten/kota sendiri adalah akar pohon"
	" perangkat daerah.",
	"Kolom berjudul biru tua wajib diisi, yang lain boleh kosong. Sel kosong tidak mengubah apa pun.",
	"OPD: singkatan atau nama lengkap, seperti pada lembar Perangkat Daerah.",
	"Tahun Data: bila kosong, satu tahun sebelum tahun penilaian.",
	"Nilai, juga nilai setiap hak: angka dari 0 sampai 100, koma desimal boleh (87,5).",
	"Tanggal Reviu: tanggal, misalnya 31/12/2024.",
	"Kolom hak diawali kode hak menurut instrumen. Kolom yang tidak dipakai boleh dihapus; nama kolom jangan diubah.",
	"Sebelum disimpan, pratinjau menunjukkan apa yang baru, apa yang berubah, dan apa yang salah.",
)


def load(content: bytes) -> rules.Rows:
	"""Return the cells of a workbook as the rules take them.

	Raises `p2ham.tables.places.WorkbookError` for bytes that are no such workbook: too large, damaged, without the
	sheet.
	"""
	(rows,) = open_sheets(content, {rules.SHEET: rules.SHEET}).values()
	return rows


def write(instrument: str, rights: Mapping[str, str], units: Mapping[str, str]) -> bytes:
	"""Return the template for the results by an instrument, as the bytes of an .xlsx file: `rights` are titles by code,
	`units` full names by abbreviation."""
	book = Workbook()
	sheet = book.active
	sheet.title = rules.SHEET
	heads = [(title, WIDTHS[name], name in rules.NEEDED) for name, title in rules.COLUMNS.items()]
	heads += [(f"{code} {title}", RIGHT_WIDTH, False) for code, title in rights.items()]
	_head(sheet, heads)
	for position, name in enumerate([*rules.COLUMNS, *rights], start=1):
		column = sheet.column_dimensions[get_column_letter(position)]
		column.number_format = FORMATS.get(name, TEXT if name in rules.COLUMNS else NUMBER)
		column.alignment = Alignment(wrap_text=True, vertical="top")
		if name == "score" or name not in rules.COLUMNS:
			_allow_points(sheet, position)
	_offer(sheet, 1, f"'{UNITS}'!$A$2:$A${len(units) + 1}")
	_offer(sheet, 1 + list(rules.COLUMNS).index("instrument"), f'"{instrument}"')
	sheet.freeze_panes = "B2"
	sheet.print_title_rows = "1:1"
	sheet.page_setup.orientation = "landscape"
	sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
	_list_units(book.create_sheet(UNITS), units)
	_explain(book.create_sheet(HELP), instrument)
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def _head(sheet, heads: list[tuple[str, int, bool]]) -> None:
	for position, (title, width, needed) in enumerate(heads, start=1):
		put(
			sheet,
			1,
			position,
			title,
			font=Font(bold=True, color="FFFFFF"),
			fill=_HEAD if needed else _HEAD_OPTIONAL,
			alignment=Alignment(wrap_text=True, vertical="center"),
			border=_BORDER,
		)
		sheet.column_dimensions[get_column_letter(position)].width = width
	sheet.row_dimensions[1].height = HEAD_HEIGHT


def _allow_points(sheet, position: int) -> None:
	rule = DataValidation("decimal", operator="between", formula1="0", formula2="100", allow_blank=True)
	# Only a warning: a number with a decimal comma typed as text is understood as well.
	rule.errorStyle, rule.showErrorMessage = "warning", True
	rule.error = "Nilai adalah angka dari 0 sampai 100."
	_validate(sheet, position, rule)


def _offer(sheet, position: int, formula: str) -> None:
	rule = DataValidation("list", formula1=formula, allow_blank=True)
	rule.showErrorMessage = False  # full names are understood as well
	_validate(sheet, position, rule)


def _validate(sheet, position: int, rule: DataValidation) -> None:
	letter = get_column_letter(position)
	rule.add(f"{letter}2:{letter}{LAST_ROW}")
	sheet.add_data_validation(rule)


def _list_units(sheet, units: Mapping[str, str]) -> None:
	_head(sheet, [("Singkatan", 24, False), ("Nama Lengkap", 70, False)])
	sheet.row_dimensions[1].height = 24
	for number, row in enumerate(units.items(), start=2):
		for position, text in enumerate(row, start=1):
			put(sheet, number, position, text, border=_BORDER)
	sheet.freeze_panes = "A2"


def _explain(sheet, instrument: str) -> None:
	sheet.column_dimensions["A"].width = 110
	title = sheet.cell(1, 1, f"Pengisian hasil KKP HAM menurut instrumen {instrument}")
	title.font = Font(bold=True, size=13)
	for number, line in enumerate(LINES, start=3):
		sheet.cell(number, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
