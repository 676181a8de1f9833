"""The week of who decides: how far the open periods are, what waits for them, who is late, what comes next. Everything
as their own scope shows it: this asks what the reports ask, as the session's user."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from frappe import _
from frappe.utils import (
	add_days,
	fmt_money,
	get_url_to_form,
	get_url_to_list,
	get_url_to_report_with_filters,
	getdate,
)

from p2ham.engine import follow_up as rules
from p2ham.engine import lifecycle
from p2ham.engine.guidance import SCHEDULED
from p2ham.figures import cells, choice, progress, scoped
from p2ham.follow_ups import overview
from p2ham.notices import wording
from p2ham.reports import years

TEMPLATE = "p2ham/templates/emails/weekly.html"
# Meetings of the coming two weeks; as many names as a glance takes in.
DAYS_AHEAD = 14
MAX_NAMES = 25


@dataclass(frozen=True)
class Round:
	"""A period that is open: its units as they stand, and the mean verified score (points 0-100) so far."""

	period: choice.Period
	units: list[progress.Unit]
	mean: float | None

	@property
	def late(self) -> list[progress.Unit]:
		return sorted(
			(unit for unit in self.units if unit.late), key=lambda unit: (-unit.late, unit.opd_name)
		)


@dataclass(frozen=True)
class Week:
	"""What the reader finds on `today`: open follow-ups are those that are not done, `late` some of them."""

	today: datetime.date
	rounds: list[Round]
	waiting: list[progress.Unit]
	follow_ups: int
	late_follow_ups: int
	meetings: list[dict]

	def subject(self) -> str:
		return _("P2HAM this week: {0} wait for you, {1} units late").format(
			len(self.waiting), sum(len(found.late) for found in self.rounds)
		)

	def for_template(self) -> dict:
		titles = {found.period.name: found.period.title for found in self.rounds}
		return {
			"title": _("P2HAM this week, {0}").format(wording.day(self.today)),
			"waiting": {
				"title": _("What waits for you"),
				"none": _("Nothing waits for you."),
				"lines": [
					{
						"name": wording.plain(unit.opd_name),
						"about": wording.plain(titles[unit.period]),
						"when": _until(unit),
						"late": bool(unit.late),
						"address": address(unit),
					}
					for unit in self.waiting[:MAX_NAMES]
				],
				"more": _more(len(self.waiting) - MAX_NAMES),
				"address": get_url_to_list("P2HAM Assessment"),
			},
			"rounds": [_round(found) for found in self.rounds],
			"follow_ups": {
				"title": _("Follow-ups"),
				"text": _("{0} open, {1} of them late").format(self.follow_ups, self.late_follow_ups),
				"address": get_url_to_list("P2HAM Follow-up"),
			},
			"meetings": {
				"title": _("Next meetings"),
				"lines": [
					{
						"name": wording.plain(row.subject),
						"about": " · ".join(filter(None, [_(row.kind), wording.plain(row.place)])),
						"when": wording.day(row.date),
						"address": get_url_to_form("P2HAM Guidance", row.name),
					}
					for row in self.meetings
				],
			},
		}


def look(today: datetime.date) -> Week | None:
	"""Return the week of the session's user; None where nothing is going on. A number of queries that does not depend
	on that of the units or periods."""
	periods = [period for period in choice.every() if period.status == progress.OPEN]
	units = progress.of_periods(periods) if periods else []
	means = years.trend(tuple(periods)) if periods else []
	waiting = [unit for found in progress.to_do(periods).values() for unit in found if unit.assessment]
	open_ones = [row for row in overview.found({}, today) if row["status"] in rules.UNFINISHED]
	week = Week(
		today,
		[
			Round(period, [unit for unit in units if unit.period == period.name], mean)
			for period, mean in zip(periods, means, strict=True)
		],
		waiting,
		len(open_ones),
		sum(row["late"] > 0 for row in open_ones),
		_meetings(today),
	)
	return week if week.rounds or week.follow_ups or week.meetings else None


def _meetings(today: datetime.date) -> list[dict]:
	guidance = scoped.table("P2HAM Guidance")
	return (
		scoped.within("P2HAM Guidance")
		.select(guidance.name, guidance.kind, guidance.subject, guidance.date, guidance.place)
		.where(guidance.status == SCHEDULED)
		.where(guidance.date[today : getdate(add_days(today, DAYS_AHEAD))])
		.orderby(guidance.date)
		.orderby(guidance.name)
		.run(as_dict=True)
	)


def _round(found: Round) -> dict:
	period, late = found.period, found.late
	states = Counter(unit.state for unit in found.units if unit.state in progress.ORDER)
	approved, total = states[lifecycle.APPROVED], sum(states.values())
	facts = [
		(_("Units taking part"), str(total)),
		(_("Target"), _("{0} of {1} approved").format(approved, period.target_units or total)),
		(_("Mean verified score"), fmt_money(found.mean, precision=2) if found.mean is not None else "–"),
	]
	ends = [
		(_("Filling until"), period.fill_until),
		(_("Review until"), period.review_until),
		(_("Approval until"), period.approve_until),
	]
	return {
		"title": wording.plain(period.title),
		"address": get_url_to_report_with_filters("P2HAM Progress", urlencode({"period": period.name})),
		"open": _("Progress"),
		"states": [(cells.word(state), states[state]) for state in progress.ORDER],
		"facts": [*facts, *((label, wording.day(day)) for label, day in ends if day)],
		"late_title": _("Late: {0} units").format(len(late)) if late else "",
		"late": [
			{
				"name": wording.plain(unit.opd_name),
				"about": cells.word(unit.state),
				"when": days_late(unit.late),
				"address": address(unit),
			}
			for unit in late[:MAX_NAMES]
		],
		"more": _more(len(late) - MAX_NAMES),
	}


def _until(unit: progress.Unit) -> str:
	if unit.late:
		return days_late(unit.late)
	return _("until {0}").format(wording.day(unit.deadline)) if unit.deadline else ""


def address(unit: progress.Unit) -> str:
	"""Return the way to the assessment of a unit, or to the period where it has not begun."""
	if unit.assessment:
		return get_url_to_form("P2HAM Assessment", unit.assessment)
	return get_url_to_form("P2HAM Period", unit.period)


def days_late(days: int) -> str:
	return _("{0} days late").format(days) if days > 1 else _("1 day late")


def _more(number: int) -> str:
	return _("... and {0} more").format(number) if number > 0 else ""
