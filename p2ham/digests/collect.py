"""What there is to remind of today, and whom: deadlines of periods, evidence, follow-ups. A number of queries that
depends neither on that of the reminders nor on that of the people."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

import frappe
from frappe.utils import add_days, cint, getdate

from p2ham.engine import follow_up as follow_ups
from p2ham.engine import reminders as rules
from p2ham.engine import windows
from p2ham.evidence import expiry as evidence
from p2ham.figures import choice, progress
from p2ham.notices.recipients import Recipients

# The groups of a digest, in their order; also its fields that count them.
LATE, DUE, EXPIRING, FOLLOW_UPS = "late", "due", "expiring", "follow_ups"
GROUPS = (LATE, DUE, EXPIRING, FOLLOW_UPS)


@dataclass(frozen=True)
class Item:
	"""One line: about which unit, which document, what is to be done (a marked English word or a text of people's
	own; empty for what is not named), the last day and by how many days it is over."""

	group: str
	doctype: str
	name: str
	opd_name: str
	about: str
	last: datetime.date
	late: int = 0
	next: str = ""


@dataclass
class Collected:
	"""What each person is reminded of, and which evidence is said with it: name -> who is told."""

	items: dict[str, dict[Item, None]] = field(default_factory=lambda: defaultdict(dict))
	evidence: dict[str, set[str]] = field(default_factory=dict)

	def add(self, item: Item, users: Iterable[str]) -> None:
		for user in users:
			self.items[user][item] = None


@dataclass(frozen=True)
class Days:
	"""Today, and when reminders were last said: `usual`, None for never; to some users earlier (`owed`)."""

	today: datetime.date
	usual: datetime.date | None
	owed: Mapping[str, datetime.date] = field(default_factory=dict)

	@property
	def since(self) -> datetime.date:
		"""The last day whose milestones were said. A site that never said any begins with those of today."""
		return min(self.usual or self.today - datetime.timedelta(days=1), self.today)

	def told(self, users: Iterable[str], falls: Callable[[datetime.date], bool]) -> list[str]:
		"""Keep of these users those for whom something falls into the days since they were last told."""
		answers = {day: falls(day) for day in {self.since, *self.owed.values()}}
		return [user for user in users if answers[self.owed.get(user, self.since)]]


def collect(settings, people: Recipients, days: Days) -> Collected:
	"""Return what falls due today or fell due since people were last told."""
	collector = Collector(settings.plan(), people, days, Collected())
	collector.deadlines(bool(cint(settings.remind_deadlines)), bool(cint(settings.remind_late)))
	if cint(settings.remind_follow_ups):
		collector.follow_ups()
	if cint(settings.remind_evidence) and cint(settings.reminder_days):
		collector.evidence(cint(settings.reminder_days))
	return collector.found


@dataclass(frozen=True)
class Collector:
	plan: rules.Plan
	people: Recipients
	days: Days
	found: Collected

	def deadlines(self, before: bool, late: bool) -> None:
		"""Add the next step of each unit in the periods that are open, by its own calendar."""
		periods = {period.name: period for period in choice.every() if period.status == progress.OPEN}
		if not periods or not (before or late):
			return
		for unit in progress.of_periods(periods.values()):
			if not unit.deadline or not self._is_active(unit.opd):
				continue
			period, window = periods[unit.period], progress.WINDOWS[unit.state]
			whom = rules.WHOM[window]
			item = Item(
				LATE if unit.late else DUE,
				"P2HAM Assessment" if unit.assessment else "P2HAM Period",
				unit.assessment or unit.period,
				unit.opd_name,
				period.title,
				unit.deadline,
				unit.late,
				progress.NEXT[unit.state],
			)
			if before:
				first = getdate(period.fill_from) if window == windows.FILL else None
				self._add_before(item, whom, unit.opd, first)
			if late:
				self._add_late(item, whom, unit.opd)

	def follow_ups(self) -> None:
		whom = rules.WHOM[rules.FOLLOW_UP]
		for row in frappe.get_all(
			"P2HAM Follow-up",
			filters={"status": ("in", follow_ups.UNFINISHED), "due_date": ("is", "set")},
			fields=["name", "opd", "recommendation", "due_date", "status"],
			order_by="due_date, name",
		):
			if not self._is_active(row.opd):
				continue
			last = getdate(row.due_date)
			item = Item(
				FOLLOW_UPS,
				"P2HAM Follow-up",
				row.name,
				self.people.units[row.opd].opd_name,
				row.recommendation,
				last,
				follow_ups.days_late(last, row.status, self.days.today),
			)
			self._add_before(item, whom, row.opd)
			self._add_late(item, whom, row.opd)

	def evidence(self, ahead: int) -> None:
		"""Add what expires within `ahead` days or has since the last run, each document once for each `valid_until`."""
		today = self.days.today
		users = {opd: self.people.of_unit(opd) for opd in self.people.units if self._is_active(opd)}
		opds = [opd for opd in users if users[opd]]
		first = min(self.days.usual or today, today)
		for row in evidence.due(opds, first, getdate(add_days(today, ahead))):
			last = getdate(row.valid_until)
			item = Item(
				EXPIRING,
				evidence.EVIDENCE,
				row.name,
				self.people.units[row.opd].opd_name,
				# A mail is read on the way, and later: what shows citizens is not named there.
				"" if row.contains_personal_data else row.title,
				last,
				max((today - last).days, 0),
			)
			self.found.add(item, users[row.opd])
			self.found.evidence[row.name] = users[row.opd]

	def _add_before(self, item: Item, whom: rules.Whom, opd: str, first: datetime.date | None = None) -> None:
		falls = partial(self.plan.is_due, item.last, today=self.days.today, first=first)
		self.found.add(item, self.days.told(self.people.concerned(whom.before, [opd]), falls))

	def _add_late(self, item: Item, whom: rules.Whom, opd: str) -> None:
		for duties, falls in ((whom.late, self.plan.is_late), (whom.escalated, self.plan.is_escalated)):
			users = self.people.concerned(duties, [opd])
			self.found.add(item, self.days.told(users, partial(falls, item.last, today=self.days.today)))

	def _is_active(self, opd: str) -> bool:
		return opd in self.people.units and bool(self.people.units[opd].is_active)
