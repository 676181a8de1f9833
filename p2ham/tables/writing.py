"""Writing workbooks that look alike."""

from __future__ import annotations

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE


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
