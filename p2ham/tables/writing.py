"""Writing workbooks that look alike: cells whose text stays text, heads, pages, what Excel offers and refuses."""

from __future__ import annotations

import io
from collections.abc import Iterable

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

HEAD = PatternFill("solid", start_color="1F4E78")
HEAD_OPTIONAL = PatternFill("solid", start_color="5B7F9E")
LINE = Side(style="thin", color="D0D7DE")
BORDER = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
WRAPPED = Alignment(wrap_text=True, vertical="top")

MAX_FORMULA = 255  # characters of a list that stands in the rule itself

LINE_HEIGHT, MAX_LINES = 15, 15


def put(sheet, row: int, column: int, value, **style):
	"""Write a cell. Text stays text, whatever it begins with: a formula in somebody's note must not run."""
	cell = sheet.cell(row, column)
	if isinstance(value, str):
		cell.value = ILLEGAL_CHARACTERS_RE.sub(" ", value)
		cell.data_type = "s"
	else:
		cell.value = value
	for name, given in style.items():
		setattr(cell, name, given)
	return cell


def dress_head(cell, needed: bool) -> None:
	"""Make a cell look like the head of a column, darker if its column must be filled."""
	cell.font = Font(bold=True, color="FFFFFF")
	cell.fill = HEAD if needed else HEAD_OPTIONAL
	cell.alignment = Alignment(wrap_text=True, vertical="center")


def lay_out_page(sheet) -> None:
	"""Print a sheet across A4, its head on every page."""
	sheet.print_title_rows = "1:1"
	sheet.page_setup.orientation = "landscape"
	sheet.page_setup.paperSize = sheet.PAPERSIZE_A4


def words_to_choose(words: Iterable[str]) -> str | None:
	"""Return the formula of a list of words, None where Excel could not have them in a rule."""
	words = list(words)
	formula = f'"{",".join(words)}"'
	if len(formula) > MAX_FORMULA or any("," in word or '"' in word for word in words):
		return None
	return formula


def offer(sheet, cells: str, formula: str) -> None:
	"""Let Excel offer a list for some cells; what is not in it may be typed as well."""
	restrict(sheet, cells, DataValidation("list", formula1=formula, showErrorMessage=False))


def restrict(sheet, cells: str, rule: DataValidation) -> None:
	"""Hold some cells to a rule; they may be empty."""
	rule.allow_blank = True
	rule.add(cells)
	sheet.add_data_validation(rule)


def fit_rows(sheet) -> None:
	"""Give rows the height of their longest cell, up to a limit: not every program does so by itself."""
	for row in sheet.iter_rows(min_row=2):
		lines = 1
		for cell in row:
			width = sheet.column_dimensions[cell.column_letter].width
			text = str(cell.value or "").split("\n")
			lines = max(lines, sum(1 + int(len(line) * 1.1 / width) for line in text))
		sheet.row_dimensions[row[0].row].height = LINE_HEIGHT * min(lines, MAX_LINES)


def saved(book: Workbook) -> bytes:
	"""Return a workbook as the bytes of an .xlsx file."""
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()
