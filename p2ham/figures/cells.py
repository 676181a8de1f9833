"""How the figures of a report are shown: columns, colours, links, cards and charts.

The screen (public/js/reports/reports.js), the Excel file (reports/spreadsheet.py) and the PDF (documents/report_sheet.py) all
read what is said here, so that they look alike. A row is a dict with the values of its columns, in words of the
reader's language where they are words, and beside them, under PAINT, SIGN, DOUBT and LINK, what a cell looks like and where it
leads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb
from decimal import Decimal
from fractions import Fraction

import frappe
from frappe import _
from frappe.utils import escape_html, flt, fmt_money

from p2ham.engine import lifecycle
from p2ham.engine.numbers import round_half_up

PAINT = "_paint"
SIGN = "_sign"
LINK = "_link"
DOUBT = "_doubt"
# Set in a card that is about the reader, not about what the report shows.
PERSONAL = "personal"
DOUBT_MARK = " *"

# Colours of thresholds and states, as the desk names them -> how they print.
COLOURS = {
	"green": "#2f9d58",
	"light-green": "#7bbf6a",
	"blue": "#2b7bb9",
	"cyan": "#1b9aa8",
	"yellow": "#d9a514",
	"orange": "#e07b23",
	"red": "#c9403a",
	"purple": "#7d5ba6",
	"pink": "#c2578f",
	"gray": "#8d99a1",
	"darkgrey": "#5c6970",
}
STATE_COLOURS = {
	lifecycle.DRAFT: "gray",
	lifecycle.SUBMITTED: "orange",
	lifecycle.REVIEWED: "blue",
	lifecycle.APPROVED: "green",
	lifecycle.CANCELLED: "red",
}
# Charts: the unit's own side pale, the verified side dark, further series after them.
PALE, DARK = "#9fb9c0", "#0f5c6e"
SERIES = (
	DARK,
	"#d98e32",
	PALE,
	"#7a9e7e",
	"#8a6f9e",
	"#b5524a",
	"#4f7cac",
	"#5c6970",
	"#b8a03a",
	"#3e8e8e",
	"#c07a9b",
)
# Pixels that a letter of a head needs, and what stands beside it; a head longer than WIDEST_HEAD is cut.
LETTER, BESIDE, WIDEST_HEAD = 7.5, 34, 190
RIGHT = ("Int", "Float", "Percent", "Currency")
# Fewer bars than this would stand like walls.
FEW_BARS = 5
# A chart with more bars than this is a carpet; the table has all of them.
MAX_BARS = 25


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **extra) -> dict:
	"""Return a column, at least as wide as its head, which is longer in some languages than in others. `extra` are
	Frappe's (options, precision, align), and `heat`: 1 for a figure from 0 to 100 whose cell is coloured from red to
	green."""
	width = max(width, min(round(LETTER * len(label)) + BESIDE, WIDEST_HEAD))
	if fieldtype not in RIGHT:
		extra = {"align": "left", **extra}  # else the desk sets words right whose first row is empty
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **extra}


def score(fieldname: str, label: str, width: int = 110, **extra) -> dict:
	"""Return a column of points from 0 to 100 with two decimals."""
	return column(fieldname, label, "Float", width, precision=2, **extra)


def percent(fieldname: str, label: str, width: int = 110, **extra) -> dict:
	"""Return a column of a share in percent with one decimal."""
	return column(fieldname, label, "Float", width, precision=1, **extra)


def count(fieldname: str, label: str, width: int = 90, **extra) -> dict:
	"""Return a column of whole numbers."""
	return column(fieldname, label, "Int", width, **extra)


def paint(row: dict, fieldname: str, colour: str | None) -> None:
	"""Show a cell as a pill in one of COLOURS."""
	row.setdefault(PAINT, {})[fieldname] = colour if colour in COLOURS else "gray"


def doubt(row: dict, fieldname: str) -> None:
	"""Mark a figure that compares what is not quite comparable; the message of the report says why."""
	row.setdefault(DOUBT, {})[fieldname] = DOUBT_MARK


def pale(colour: str) -> str:
	"""Return a colour as a background on which black can be read: the same, four fifths white."""
	parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
	return "#" + "".join(f"{round(255 - (255 - part) * 0.22):02x}" for part in parts)


def heat(value: float) -> str:
	"""Return the background of a figure from 0 to 100: red over yellow to green, as public/js/reports/reports.js has it."""
	hue = max(0.0, min(100.0, flt(value))) * 1.2 / 360
	return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, 0.82, 0.62))


def sign(row: dict, fieldname: str) -> None:
	"""Show a change in green if it is one for the better, in red if for the worse."""
	if row.get(fieldname):
		row.setdefault(SIGN, {})[fieldname] = "green" if row[fieldname] > 0 else "red"


def link(row: dict, fieldname: str, doctype: str, name: str | None) -> None:
	"""Make a cell lead to the document it is about."""
	if name:
		row.setdefault(LINK, {})[fieldname] = {"doctype": doctype, "name": name}


def link_list(row: dict, fieldname: str, doctype: str, **filters) -> None:
	"""Make a figure lead to the list of the documents it counts."""
	row.setdefault(LINK, {})[fieldname] = {"doctype": doctype, "filters": filters}


def link_report(row: dict, fieldname: str, report: str, **filters) -> None:
	"""Make a figure lead to another report, which says what it is made of."""
	row.setdefault(LINK, {})[fieldname] = {"report": report, "filters": filters}


def word(value: str) -> str:
	"""Return a stored value in the reader's language. A long report shows a few words very often, and asking Frappe
	for each of them takes longer than fetching the figures."""
	key = frappe.local.lang, value
	try:
		known = frappe.local.p2ham_words
	except AttributeError:
		known = frappe.local.p2ham_words = {}
	if key not in known:
		known[key] = _(value)
	return known[key]


def state(row: dict, value: str, fieldname: str = "state") -> None:
	"""Show the state of an assessment: translated, in its colour."""
	row[fieldname] = word(value)
	paint(row, fieldname, STATE_COLOURS.get(value))


def share(part: float, whole: float) -> float | None:
	"""Return a part of a whole in percent, half up to one decimal; None of nothing."""
	return float(round_half_up(Fraction(part) / Fraction(whole) * 100, 1)) if whole else None


def mean(values: Sequence[float]) -> float | None:
	"""Return the mean of points, half up to two decimals; None of nothing."""
	if not values:
		return None
	# Points have at most nine decimals, so their sum is exact; a sum of fractions takes ten times as long.
	total = sum((Decimal(str(value)) for value in values), Decimal())
	return float(round_half_up(Fraction(total) / len(values)))


def minus(now: float | None, before: float | None) -> float | None:
	"""Return the difference of two figures with at most two decimals, None where one is missing."""
	if now is None or before is None:
		return None
	# The nearest number with two decimals is exactly theirs; 0.0 takes the sign from a zero.
	return round(now - before, 2) + 0.0


def notice(lines: Sequence[str]) -> str | None:
	"""Return what a report says above its figures: lines of text, which become HTML here; None for none."""
	return "<br>".join(escape_html(line) for line in lines) or None


def card(label: str, value: float | int | None, colour: str = "", precision: int | None = None) -> dict:
	"""Return a card of the summary; a figure with decimals names how many, None is a dash."""
	if value is None:
		return {"label": label, "value": "–", "datatype": "Data", **_indicator(colour)}
	if precision is None:
		return {"label": label, "value": value, "datatype": "Int", **_indicator(colour)}
	# As text: the desk shows the numbers of a summary with the site's precision.
	return {"label": label, "value": decimal(value, precision), "datatype": "Data", **_indicator(colour)}


def share_card(label: str, part: float, whole: float, colour: str = "") -> dict:
	"""Return a card with a part of a whole in percent."""
	found = share(part, whole)
	value = "–" if found is None else f"{decimal(found, 1)}%"
	return {"label": label, "value": value, "datatype": "Data", **_indicator(colour)}


def word_card(label: str, value: str, colour: str = "") -> dict:
	"""Return a card with a word on it."""
	return {"label": label, "value": value or "–", "datatype": "Data", **_indicator(colour)}


def _indicator(colour: str) -> dict:
	return {"indicator": colour.capitalize()} if colour else {}


def decimal(value: float, precision: int) -> str:
	"""Return a number as the site writes numbers."""
	# Not format_value, which leaves the decimals out where they are zero.
	return fmt_money(flt(value, precision), precision, format=frappe.get_system_settings("number_format"))


def bars(
	labels: Sequence[str],
	series: Mapping[str, Sequence[float | None]],
	colours: Sequence[str] = SERIES,
	stacked: bool = False,
	kind: str = "bar",
	title: str = "",
) -> dict | None:
	"""Return a chart with a bar (or, as `kind` "line", a point) per label and series; None for nothing to draw."""
	if not labels:
		return None
	shown = slice(MAX_BARS if kind == "bar" else None)
	return {
		"data": {
			"labels": list(labels)[shown],
			"datasets": [
				{"name": name, "values": [_point(value) for value in list(values)[shown]], "chartType": kind}
				for name, values in series.items()
			],
		},
		"type": kind,
		"title": title,
		"colors": list(colours)[: len(series)],
		"fieldtype": "Float",
		"barOptions": {"spaceRatio": 0.7 if len(labels) < FEW_BARS else 0.4, "stacked": int(stacked)},
		"axisOptions": {"shortenYAxisNumbers": 1},
	}


def _point(value: float | None) -> float | None:
	return None if value is None else flt(value, 2)
