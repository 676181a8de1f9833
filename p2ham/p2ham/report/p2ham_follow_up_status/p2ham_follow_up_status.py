"""What is being improved: each follow-up with who does what until when, the latest first."""

from __future__ import annotations

from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.engine import follow_up as rules
from p2ham.reporting import choice, follow_ups, look

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
	found = follow_ups.found(filters, getdate(nowdate()))
	if choice.flag(filters, "overdue"):
		found = [row for row in found if row.late]
	return columns(), rows(found), None, chart(found), summary(found)


def columns() -> list[dict]:
	return [
		look.column("opd_name", _("Unit"), width=230),
		look.column("source", _("From"), width=200),
		look.column("indicator_title", _("Indicator"), width=220),
		look.column("recommendation", _("Recommendation"), width=240),
		look.column("action", _("Action"), width=240),
		look.column("responsible", _("Responsible"), width=160),
		look.column("due_date", _("Due Date"), "Date", 110),
		look.count("late", _("Days Late"), 90),
		look.percent("progress", _("Progress (%)"), 110, heat=1),
		look.column("status_name", _("Status"), width=120),
	]


def rows(found: list) -> list[dict]:
	for row in found:
		doctype, name = follow_ups.source(row)
		row.source = name
		if doctype:
			look.link(row, "source", doctype, name)
		if row.indicator:
			look.link(row, "indicator_title", "P2HAM Indicator", row.indicator)
		for field in ("opd_name", "recommendation"):
			look.link(row, field, "P2HAM Follow-up", row.name)
		row.status_name = look.word(row.status)
		look.paint(row, "status_name", COLOURS.get(row.status))
		row.late = row.late or None
		if row.late:
			look.paint(row, "late", "red")
	return found


def chart(found: list) -> dict | None:
	if not found:
		return None
	return look.bars(
		[_(status) for status in COLOURS],
		{_("Follow-ups"): [sum(row.status == status for row in found) for status in COLOURS]},
	)


def summary(found: list) -> list[dict]:
	late = sum(bool(row.late) for row in found)
	unfinished = sum(row.status in rules.UNFINISHED for row in found)
	closed = sum(row.status == rules.CLOSED for row in found)
	return [
		look.card(_("Follow-ups"), len(found)),
		look.card(_("Still Open"), unfinished, "orange" if unfinished else ""),
		look.card(_("Late"), late, "red" if late else ""),
		look.share_card(_("Closed"), closed, len(found), "green"),
	]
