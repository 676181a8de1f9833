"""What is being improved: each follow-up with who does what until when, the latest first."""

from __future__ import annotations

from collections import Counter

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.engine import follow_up as rules
from p2ham.figures import cells, choice
from p2ham.follow_ups import overview

COLOURS = {
	rules.OPEN: "orange",
	rules.IN_PROGRESS: "blue",
	rules.COMPLETED: "cyan",
	rules.CLOSED: "green",
}


def execute(filters: dict | None = None):
	choice.one_of(filters, "status", _("Status"), tuple(COLOURS))
	if (filters or {}).get("period"):
		choice.periods(filters)  # a period that does not exist is named
	found = overview.found(filters, getdate(nowdate()))
	if choice.flag(filters, "overdue"):
		found = [row for row in found if row["late"]]
	by_status = Counter(row["status"] for row in found)
	return columns(), rows(found), None, chart(by_status), summary(found, by_status)


def columns() -> list[dict]:
	return [
		cells.column("opd_name", _("Unit"), width=230),
		cells.column("source", _("From"), width=200),
		cells.column("indicator_title", _("Indicator"), width=220),
		cells.column("recommendation", _("Recommendation"), width=240),
		cells.column("action", _("Action"), width=240),
		cells.column("responsible", _("Responsible"), width=160),
		cells.column("due_date", _("Due Date"), "Date", 110),
		cells.count("late", _("Days Late"), 90),
		cells.percent("progress", _("Progress (%)"), 110, heat=1),
		cells.count("evidence", _("Evidence"), 90),
		cells.column("status_name", _("Status"), width=120),
	]


def rows(found: list[dict]) -> list[dict]:
	for row in found:
		doctype, row["source"] = overview.source(row)
		cells.link(row, "opd_name", "P2HAM Follow-up", row["name"])
		cells.link(row, "recommendation", "P2HAM Follow-up", row["name"])
		if doctype:
			cells.link(row, "source", doctype, row["source"])
		if row["indicator"]:
			cells.link(row, "indicator_title", "P2HAM Indicator", row["indicator"])
		status = row["status"]
		row["status_name"] = cells.word(status)
		cells.paint(row, "status_name", COLOURS.get(status))
		if row["late"]:
			cells.paint(row, "late", "red")
		else:
			row["late"] = None
	return found


def chart(by_status: Counter) -> dict | None:
	if not by_status:
		return None
	return cells.bars(
		[_(status) for status in COLOURS],
		{_("Follow-ups"): [by_status[status] for status in COLOURS]},
	)


def summary(found: list, by_status: Counter) -> list[dict]:
	late = sum(bool(row["late"]) for row in found)
	unfinished = sum(by_status[status] for status in rules.UNFINISHED)
	return [
		cells.card(_("Follow-ups"), len(found)),
		cells.card(_("Still Open"), unfinished, "orange" if unfinished else ""),
		cells.card(_("Late"), late, "red" if late else ""),
		cells.share_card(_("Closed"), by_status[rules.CLOSED], len(found), "green"),
	]
