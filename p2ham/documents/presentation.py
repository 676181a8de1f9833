"""The presentation for a meeting: one screen per topic, in the desk and as a PDF deck from the same template.

Every figure comes from a report, run for who presents, so that nothing is shown that they may not see.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.documents import report_sheet
from p2ham.engine.faults import N_
from p2ham.figures import cells, choice
from p2ham.paper import indonesian, pdf
from p2ham.paper.letterhead import emblem
from p2ham.reports import result
from p2ham.reports.result import Result

TEMPLATE = "p2ham/templates/documents/presentation.html"


@dataclass(frozen=True)
class Topic:
	"""A screen: the report it comes from, its heading, which columns of the first rows it shows."""

	report: str
	heading: str
	columns: tuple[str, ...] = ()
	rows: int = 6


TOPICS = (
	Topic("P2HAM Progress", N_("How Far the Period Is")),
	Topic(
		"P2HAM Scoreboard",
		N_("Results of the Units"),
		("rank", "opd_name", "verified_score", "category", "score_change"),
	),
	Topic("P2HAM Indicator Gap", N_("Where Most Units Fall Short")),
	Topic("P2HAM Vulnerable Groups and Principles", N_("How the Vulnerable Are Served")),
	Topic("P2HAM Year Comparison", N_("Over the Years")),
	Topic("P2HAM Participation", N_("Who Takes Part")),
	Topic("KKP HAM Review", N_("KKP HAM Results")),
	Topic("P2HAM Follow-up Status", N_("What Is Being Improved")),
)
# A screen that is read from the last row has room for no more.
MAX_LABELS, MAX_BARS = 8, 16
# Pixels that all bars share, and how thick one is at least and at most.
BARS, THINNEST, THICKEST = 260, 15, 44
MAX_COLUMNS = 6


def presentation(period: str | None = None) -> dict:
	"""Return what the screens show for the session's user: those topics whose report they may run and which have
	something to show.

	Raises frappe.DoesNotExistError for a period that does not exist or that the user may not see.
	"""
	periods = choice.periods({"period": period})
	slides = []
	if periods:
		filters = {"period": periods.chosen.name}
		slides = [slide for topic in TOPICS if may_run(topic.report) for slide in _slides(topic, filters)]
	settings = frappe.get_cached_doc("P2HAM Settings")
	return {
		"regency": settings.regency_name or "",
		"emblem": emblem(settings.emblem),
		"title": periods.chosen.title if periods else choice.no_period(),
		"instrument": periods.chosen.instrument_title if periods else "",
		"date": indonesian.long_date(getdate(nowdate())),
		"notice": settings.notice or "",
		"slides": slides,
	}


def may_run(report: str) -> bool:
	"""Tell whether the session's user may run a report, and whether it is there."""
	if not frappe.db.exists("Report", report):
		return False
	record = result.scoped_report(report)
	return bool(record.is_permitted() and frappe.has_permission(record.ref_doctype, "report"))


def _slides(topic: Topic, filters: dict) -> list[dict]:
	found = result.run(topic.report, filters)
	if not found.rows:
		return []
	return [
		{
			"heading": _(topic.heading),
			"notices": found.notices,
			# What waits for who presents is nobody else's business in the room.
			"cards": report_sheet.cards([card for card in found.cards if not card.get(cells.PERSONAL)]),
			"chart": _chart(found.chart),
			"table": _table(topic, found),
		}
	]


def _chart(chart: dict | None) -> dict | None:
	if not chart:
		return None
	drawn = report_sheet.chart(_shortened(chart))
	if drawn:
		bars = len(drawn["bars"]) * (1 if drawn["stacked"] else len(drawn["series"]))
		drawn["thickness"] = max(THINNEST, min(THICKEST, BARS // bars))
	return drawn


def _shortened(chart: dict) -> dict:
	data = chart["data"]
	# The latest points of a line matter most, the first bars of a ranking.
	labels = min(MAX_LABELS, MAX_BARS // len(data["datasets"]))
	part = slice(-labels, None) if chart["type"] == "line" else slice(labels)
	return {
		**chart,
		"data": {
			"labels": data["labels"][part],
			"datasets": [{**dataset, "values": dataset["values"][part]} for dataset in data["datasets"]],
		},
	}


def _table(topic: Topic, found: Result) -> dict | None:
	columns = [column for column in found.columns if column["fieldname"] in topic.columns][:MAX_COLUMNS]
	if not columns:
		return None
	return {
		"columns": [
			{"label": column["label"], "number": column["fieldtype"] in result.NUMBERS} for column in columns
		],
		"rows": [report_sheet.cells_of_row(row, columns) for row in found.rows[: topic.rows]],
		"left_out": max(0, len(found.rows) - topic.rows),
	}


def html(shown: dict, paged: bool = False) -> str:
	"""Return the screens as a page of HTML, `paged` for print."""
	return frappe.get_jenv().get_template(TEMPLATE).render({"deck": shown, "paged": paged})


def render(shown: dict) -> bytes:
	"""Return the screens as a PDF deck, one page each."""
	return pdf.html_to_pdf(html(shown, paged=True))
