"""What happens when, for the calendar: of each kind only what the reader may see."""

from __future__ import annotations

import datetime

from frappe import _
from frappe.utils import get_time
from pypika.terms import Criterion

from p2ham.access import duties
from p2ham.engine import follow_up, participation, period_life, windows
from p2ham.engine.guidance import CANCELLED
from p2ham.figures import scoped

PERIOD, GUIDANCE, FOLLOW_UP = "P2HAM Period", "P2HAM Guidance", "P2HAM Follow-up"
# A kind of event and its colour in the calendar.
COLOURS = {
	"filling": "#b8d8f8",
	"review": "#ffd9a8",
	"approval": "#c9e8c5",
	"own": "#ffc4c4",
	"guidance": "#dccbf5",
	"follow-up": "#f5e6a8",
}
KINDS = dict(zip(windows.OVERRIDES, ("filling", "review", "approval"), strict=True))


def between(first: datetime.date, last: datetime.date) -> list[dict]:
	"""Return the events of the session's user from a day to a day, both included. The number of queries does not depend on
	how many there are."""
	return [
		*_periods(first, last),
		*_own_dates(first, last),
		*_guidance(first, last),
		*_follow_ups(first, last),
	]


def _event(kind: str, doctype: str, name: str, title: str, day, **more) -> dict:
	"""Return an event as Frappe's calendar wants it; one document may have several. What is submitted cannot be dragged
	there, and so nothing here can."""
	return {
		"name": "|".join([doctype, name, kind, str(day), title]),
		"about": doctype,
		"document": name,
		"kind": kind,
		"title": title,
		"tooltip": title,
		"color": COLOURS[kind],
		"start": str(day),
		"end": str(day),
		"all_day": 1,
		"docstatus": 1,
		**more,
	}


def _periods(first: datetime.date, last: datetime.date) -> list[dict]:
	period = scoped.table(PERIOD)
	query = (
		scoped.within(PERIOD)
		.select(period.name, period.title, *(period[field] for field in windows.DATES))
		.where((period.fill_from <= last) & (period.approve_until >= first))
		.orderby(period.fill_from)
		.orderby(period.name)
	)
	if not duties.is_master_data_keeper():
		query = query.where(period.status != "Draft")
	rows = query.run(as_dict=True)
	words = _deadlines()
	found = []
	for row in rows:
		if row.fill_from <= last and row.fill_until >= first:
			title = _("Filling: {0}").format(row.title)
			found.append(_event("filling", PERIOD, row.name, title, row.fill_from, end=str(row.fill_until)))
		found += [
			_event(kind, PERIOD, row.name, f"{words[field]}: {row.title}", row[field])
			for field, kind in KINDS.items()
			if first <= row[field] <= last
		]
	return found


def _own_dates(first: datetime.date, last: datetime.date) -> list[dict]:
	"""Later last days of units that the reader follows."""
	row, period, unit = (scoped.table(name) for name in ("P2HAM Period Participant", PERIOD, "P2HAM OPD"))
	query = (
		scoped.within("P2HAM Period Participant")
		.join(period)
		.on((row.parent == period.name) & (row.parenttype == PERIOD))
		.join(unit)
		.on(row.opd == unit.name)
		.select(period.name, period.title, row.opd, *(row[field] for field in windows.OVERRIDES))
		.where((period.status == period_life.OPEN) & (row.status != participation.WITHDRAWN))
		.where(Criterion.any(row[field].between(first, last) for field in windows.OVERRIDES))
		.orderby(period.name)
		.orderby(row.idx)
	)
	query = scoped.also_within(query, "P2HAM OPD")
	words = _deadlines()
	return [
		_event("own", PERIOD, one.name, f"{one.opd}, {words[field]}: {one.title}", one[field])
		for one in query.run(as_dict=True)
		for field in windows.OVERRIDES
		if one[field] and first <= one[field] <= last
	]


def _deadlines() -> dict[str, str]:
	return {
		"fill_until": _("Fill Until"),
		"review_until": _("Review Until"),
		"approve_until": _("Approve Until"),
	}


def _guidance(first: datetime.date, last: datetime.date) -> list[dict]:
	guidance = scoped.table(GUIDANCE)
	rows = (
		scoped.within(GUIDANCE)
		.select(guidance.name, guidance.subject, guidance.date, guidance.start_time, guidance.end_time)
		.where(guidance.date[first:last] & (guidance.status != CANCELLED))
		.orderby(guidance.date)
		.orderby(guidance.name)
		.run(as_dict=True)
	)
	return [_event("guidance", GUIDANCE, row.name, row.subject, row.date, **_times(row)) for row in rows]


def _times(row) -> dict:
	"""Return when a meeting begins and ends; one without times takes the day."""
	if row.start_time is None:
		return {}
	begins = datetime.datetime.combine(row.date, get_time(str(row.start_time)))
	ends = datetime.datetime.combine(row.date, get_time(str(row.end_time))) if row.end_time else begins
	return {
		"start": str(begins),
		"end": str(max(ends, begins + datetime.timedelta(minutes=30))),
		"all_day": 0,
	}


def _follow_ups(first: datetime.date, last: datetime.date) -> list[dict]:
	task = scoped.table(FOLLOW_UP)
	rows = (
		scoped.within(FOLLOW_UP)
		.select(task.name, task.opd, task.recommendation, task.due_date)
		.where(task.due_date[first:last] & task.status.isin(follow_up.UNFINISHED))
		.orderby(task.due_date)
		.orderby(task.name)
		.run(as_dict=True)
	)
	return [
		_event("follow-up", FOLLOW_UP, row.name, f"{row.opd}: {row.recommendation}"[:140], row.due_date)
		for row in rows
	]
