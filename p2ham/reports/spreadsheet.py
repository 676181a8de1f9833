"""A report as an Excel file that looks like the screen: cards, chart, coloured cells, figures as numbers."""

from __future__ import annotations

import io

from frappe import _
from frappe.utils import cint, get_datetime, get_url_to_form, getdate
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from p2ham.figures import cells
from p2ham.reports.result import NUMBERS, Result
from p2ham.tables.writing import put

HEAD = PatternFill("solid", fgColor=cells.DARK.lstrip("#"))
LINE = Border(bottom=Side("thin", color="D5DCDF"))
WIDEST = 60


def write(result: Result) -> bytes:
	"""Return the workbook of a report: one sheet with the figures, and one with its chart where it has one."""
	book = Workbook()
	sheet = book.active
	sheet.title = _sheet_name(result.title)
	row = _heading(sheet, result)
	_table(sheet, result, row)
	if result.chart:
		_chart(book.create_sheet(_sheet_name(_("Chart"))), result)
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def _sheet_name(title: str) -> str:
	return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31]


def _heading(sheet, result: Result) -> int:
	"""Write what stands above the table; return the row of its head."""
	put(sheet, 1, 1, result.title, font=Font(bold=True, size=14))
	row = 2
	for label, value in result.filters:
		put(sheet, row, 1, f"{label}: {value}", font=Font(color="5C6970"))
		row += 1
	for notice in result.notices:
		put(sheet, row, 1, notice, font=Font(italic=True))
		row += 1
	if result.cards:
		row += 1
		for number, card in enumerate(result.cards, start=1):
			put(sheet, row, number, card["label"], font=Font(size=9, color="5C6970"))
			put(sheet, row + 1, number, card["value"], font=Font(bold=True, size=12)).alignment = Alignment(
				horizontal="left"
			)
		row += 2
	return row + 1


def _table(sheet, result: Result, head: int) -> None:
	for number, column in enumerate(result.columns, start=1):
		put(
			sheet,
			head,
			number,
			column["label"],
			font=Font(bold=True, color="FFFFFF"),
			fill=HEAD,
			alignment=Alignment(wrap_text=True, vertical="center"),
		)
		width = max(cint(column.get("width")) / 7, 8)
		sheet.column_dimensions[get_column_letter(number)].width = min(width, WIDEST)
	for place, row in enumerate(result.rows, start=head + 1):
		for number, column in enumerate(result.columns, start=1):
			_cell(sheet, place, number, column, row)
	last = head + len(result.rows)
	if result.columns:
		sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(result.columns))}{last}"
	sheet.freeze_panes = f"A{head + 1}"
	sheet.print_title_rows = f"{head}:{head}"
	sheet.page_setup.orientation = "landscape"
	sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
	sheet.page_setup.fitToHeight = 0
	sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _cell(sheet, place: int, number: int, column: dict, row: dict) -> None:
	name = column["fieldname"]
	cell = put(sheet, place, number, _value(row.get(name), column), border=LINE)
	cell.alignment = Alignment(
		vertical="top", wrap_text=column["fieldtype"] in ("Data", "Text", "Small Text")
	)
	if column["fieldtype"] in ("Float", "Percent", "Currency"):
		cell.number_format = f"0.{'0' * cint(column.get('precision', 2))}"
		if name in row.get(cells.DOUBT, {}):
			cell.number_format += f'"{cells.DOUBT_MARK}"'
	elif column["fieldtype"] == "Date":
		cell.number_format = "yyyy-mm-dd"
	elif column["fieldtype"] == "Datetime":
		cell.number_format = "yyyy-mm-dd hh:mm"
	paint = row.get(cells.PAINT, {}).get(name)
	sign = row.get(cells.SIGN, {}).get(name)
	if paint:
		cell.fill = PatternFill("solid", fgColor=cells.pale(cells.COLOURS[paint]).lstrip("#"))
	if column.get("heat") and row.get(name) is not None:
		cell.fill = PatternFill("solid", fgColor=cells.heat(row[name]).lstrip("#"))
	if sign:
		cell.font = Font(color=cells.COLOURS[sign].lstrip("#"))
	link = row.get(cells.LINK, {}).get(name)
	if link and link.get("name") and cell.value is not None:  # else the address would become the value
		cell.hyperlink = get_url_to_form(link["doctype"], link["name"])


def _value(value, column: dict):
	if value is None or value == "":
		return None
	if column["fieldtype"] in NUMBERS:
		return float(value) if column["fieldtype"] != "Int" else cint(value)
	if column["fieldtype"] == "Check":
		return _("Yes") if cint(value) else _("No")
	if column["fieldtype"] == "Date":
		return getdate(value)
	if column["fieldtype"] == "Datetime":
		return get_datetime(value).replace(microsecond=0)
	return str(value)


def _chart(sheet, result: Result) -> None:
	"""Write the figures of the chart and draw it beside them, as one that Excel can change."""
	data = result.chart["data"]
	for number, dataset in enumerate(data["datasets"], start=2):
		put(sheet, 1, number, dataset["name"], font=Font(bold=True))
		for row, value in enumerate(dataset["values"], start=2):
			put(sheet, row, number, value)
	for row, label in enumerate(data["labels"], start=2):
		put(sheet, row, 1, str(label))
	drawn = LineChart() if result.chart["type"] == "line" else BarChart()
	last = len(data["labels"]) + 1
	drawn.add_data(
		Reference(sheet, min_col=2, max_col=len(data["datasets"]) + 1, min_row=1, max_row=last),
		titles_from_data=True,
	)
	drawn.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
	drawn.title = result.chart.get("title") or result.title
	drawn.width, drawn.height = 28, 13
	drawn.x_axis.delete = drawn.y_axis.delete = False
	if result.chart.get("barOptions", {}).get("stacked") and isinstance(drawn, BarChart):
		drawn.grouping, drawn.overlap = "stacked", 100
	for series, colour in zip(drawn.series, result.chart.get("colors") or (), strict=False):
		series.graphicalProperties.solidFill = colour.lstrip("#")
		series.graphicalProperties.line.solidFill = colour.lstrip("#")
	sheet.add_chart(drawn, f"{get_column_letter(len(data['datasets']) + 3)}2")
