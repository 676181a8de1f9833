"""A report on paper: letterhead, what was chosen, cards, chart and table, as the screen shows them.

Not a document of the procedure, so its words are in the reader's language.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from p2ham.figures import cells
from p2ham.paper import indonesian, marks, pdf
from p2ham.paper.letterhead import letterhead
from p2ham.reports.result import NUMBERS, Result, text_of

TEMPLATE = "p2ham/templates/documents/report_sheet.html"
# WeasyPrint keeps a whole portion in memory.
PORTION = 150
MAX_ROWS = 1500
# A figure is set large; words are not.
LONG = 14


def report_sheet(result: Result) -> dict:
	"""Return what the PDF of a report prints, all of it as text. More than MAX_ROWS rows are not printed; a notice
	then says how many are left out."""
	left_out = len(result.rows) - MAX_ROWS
	notices = list(result.notices)
	if left_out > 0:
		notices.append(
			_("{0} further rows are not printed. Narrow the filters, or take the Excel file.").format(
				left_out
			)
		)
	total = sum(cint(column.get("width")) or 100 for column in result.columns)
	return {
		"letterhead": letterhead([]),
		"title": result.title.upper(),
		"filters": result.filters,
		"notices": notices,
		"cards": cards(result.cards),
		"chart": chart(result.chart),
		"columns": [
			{
				"label": column["label"],
				"share": round(100 * (cint(column.get("width")) or 100) / total, 2),
				"number": column["fieldtype"] in NUMBERS,
			}
			for column in result.columns
		],
		"rows": [cells_of_row(row, result.columns) for row in result.rows[:MAX_ROWS]],
		"small": len(result.columns) > 9,
		"frame": {
			"title": result.title,
			"footer": [
				result.title,
				_("Printed on {0} by {1}").format(
					indonesian.long_date(now_datetime().date()), frappe.utils.get_fullname()
				),
			],
			"mark": marks.VALID,
		},
	}


def render(sheet: dict) -> bytes:
	"""Return the PDF of what `report_sheet` gave."""
	rows = sheet["rows"]
	pieces = [rows[at : at + PORTION] for at in range(0, len(rows), PORTION)] or [[]]
	contexts = [
		{"sheet": {**sheet, "rows": piece, "begins": number == 0}} for number, piece in enumerate(pieces)
	]
	return pdf.render_portions(TEMPLATE, contexts, sheet["frame"])


def cards(found: list[dict]) -> list[dict]:
	"""Return the cards of a report with their colour, and whether they hold words instead of a figure."""
	return [
		{
			**card,
			"colour": cells.COLOURS.get((card.get("indicator") or "").lower(), cells.DARK),
			"long": len(str(card["value"])) > LONG,
		}
		for card in found
	]


def cells_of_row(row: dict, columns: list[dict]) -> list[dict]:
	"""Return a row as it is set: text and looks of each cell."""
	return [
		{
			"text": _plus(row, column["fieldname"])
			+ text_of(row.get(column["fieldname"]), column)
			+ row.get(cells.DOUBT, {}).get(column["fieldname"], ""),
			"number": column["fieldtype"] in NUMBERS,
			**_looks(row, column),
		}
		for column in columns
	]


def _plus(row: dict, name: str) -> str:
	return "+" if name in row.get(cells.SIGN, {}) and row[name] > 0 else ""


def _looks(row: dict, column: dict) -> dict:
	name = column["fieldname"]
	value = row.get(name)
	if value in (None, ""):
		return {}
	if name in row.get(cells.PAINT, {}):
		return {"background": cells.pale(cells.COLOURS[row[cells.PAINT][name]])}
	if column.get("heat"):
		return {"background": cells.heat(value)}
	if name in row.get(cells.SIGN, {}):
		return {"ink": cells.COLOURS[row[cells.SIGN][name]]}
	return {}


def chart(drawn: dict | None) -> dict | None:
	"""Return a chart as lying bars, which every engine can set: per label one bar for each series, or one of several
	pieces where they are stacked. Widths are percent of the longest."""
	if not drawn or not drawn["data"]["labels"]:
		return None
	datasets = drawn["data"]["datasets"]
	colours = drawn.get("colors") or cells.SERIES
	stacked = bool(cint(drawn.get("barOptions", {}).get("stacked")))
	per_label = list(zip(*(dataset["values"] for dataset in datasets), strict=True))
	known = [[value for value in values if value is not None] for values in per_label]
	longest = max((sum(values) if stacked else max(values) for values in known if values), default=0) or 1
	whole = all(float(value).is_integer() for values in known for value in values)

	def bar(value: float | None, number: int) -> dict:
		return {
			"width": round(max(0, value or 0) * 100 / longest, 2),
			"text": "–" if value is None else cells.decimal(value, 0 if whole else 2),
			"colour": colours[number % len(colours)],
		}

	return {
		"title": drawn.get("title") or "",
		"stacked": stacked,
		"series": [
			{"name": dataset["name"], "colour": colours[number % len(colours)]}
			for number, dataset in enumerate(datasets)
		],
		"bars": [
			{"label": str(label), "pieces": [bar(value, number) for number, value in enumerate(values)]}
			for label, values in zip(drawn["data"]["labels"], per_label, strict=True)
		],
	}
