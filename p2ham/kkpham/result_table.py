"""The Excel form in which results of KKP HAM are typed in: the template, and the cells of one that comes back.

Its words are Indonesian whatever the language of the desk, since the file goes around among offices.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from p2ham.engine import kkpham_import as rules
from p2ham.tables.opening import Cells, open_sheets
from p2ham.tables.writing import BORDER, WRAPPED, dress_head, lay_out_page, offer, put, restrict, saved

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


def load(content: bytes) -> Cells:
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
		column.alignment = WRAPPED
		if name == "score" or name not in rules.COLUMNS:
			_allow_points(sheet, position)
	# Full names are understood as well.
	offer(sheet, _cells_below(1), f"'{UNITS}'!$A$2:$A${len(units) + 1}")
	offer(sheet, _cells_below(1 + list(rules.COLUMNS).index("instrument")), f'"{instrument}"')
	sheet.freeze_panes = "B2"
	lay_out_page(sheet)
	_list_units(book.create_sheet(UNITS), units)
	_explain(book.create_sheet(HELP), instrument)
	return saved(book)


def _head(sheet, heads: list[tuple[str, int, bool]]) -> None:
	for position, (title, width, needed) in enumerate(heads, start=1):
		dress_head(put(sheet, 1, position, title, border=BORDER), needed)
		sheet.column_dimensions[get_column_letter(position)].width = width
	sheet.row_dimensions[1].height = HEAD_HEIGHT


def _allow_points(sheet, position: int) -> None:
	rule = DataValidation("decimal", operator="between", formula1="0", formula2="100")
	# Only a warning: a number with a decimal comma typed as text is understood as well.
	rule.errorStyle, rule.showErrorMessage = "warning", True
	rule.error = "Nilai adalah angka dari 0 sampai 100."
	restrict(sheet, _cells_below(position), rule)


def _cells_below(position: int) -> str:
	letter = get_column_letter(position)
	return f"{letter}2:{letter}{LAST_ROW}"


def _list_units(sheet, units: Mapping[str, str]) -> None:
	_head(sheet, [("Singkatan", 24, False), ("Nama Lengkap", 70, False)])
	sheet.row_dimensions[1].height = 24
	for number, row in enumerate(units.items(), start=2):
		for position, text in enumerate(row, start=1):
			put(sheet, number, position, text, border=BORDER)
	sheet.freeze_panes = "A2"


def _explain(sheet, instrument: str) -> None:
	sheet.column_dimensions["A"].width = 110
	title = sheet.cell(1, 1, f"Pengisian hasil KKP HAM menurut instrumen {instrument}")
	title.font = Font(bold=True, size=13)
	for number, line in enumerate(LINES, start=3):
		sheet.cell(number, 1, line).alignment = Alignment(wrap_text=True, vertical="top")
