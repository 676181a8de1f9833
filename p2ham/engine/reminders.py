"""When somebody is reminded: which day before a deadline, which day after it, and which week.

A run says what fell due since the last one: a milestone is said by the first run on or after its day, and by no other.
Run twice a day it says nothing new; run a week late it says once what it missed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import windows
from .duties import BAGIAN_HUKUM, KABAG_HUKUM, OPD_HEAD, SEKDA, UNIT_DUTIES
from .faults import N_, Fault, FaultyError

# Names of weekdays as stored, in the order of datetime.date.weekday().
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# The longest time before or after a deadline that makes sense in a programme of one year.
MAX_DAYS = 366

# What else than the window of a period has a last day.
FOLLOW_UP = "follow-up"


@dataclass(frozen=True)
class Whom:
	"""Who is told before a last day, who when it is over, and who besides when it stays so. Duties of a unit mean
	those of the unit concerned."""

	before: tuple[str, ...]
	late: tuple[str, ...]
	escalated: tuple[str, ...]


# For each window of a period, and for follow-ups.
WHOM: Mapping[str, Whom] = {
	windows.FILL: Whom(UNIT_DUTIES, (OPD_HEAD,), (KABAG_HUKUM,)),
	windows.REVIEW: Whom(BAGIAN_HUKUM, BAGIAN_HUKUM, (KABAG_HUKUM,)),
	windows.APPROVE: Whom((SEKDA,), (SEKDA,), (KABAG_HUKUM,)),
	FOLLOW_UP: Whom(UNIT_DUTIES, (OPD_HEAD,), (KABAG_HUKUM,)),
}


@dataclass(frozen=True)
class Plan:
	"""When reminders come, in days: `before` the last day; every `late_every` days from the day after it on (0: that
	day only); from `escalate` days after it on also to others (0: never), as often."""

	before: tuple[int, ...] = ()
	late_every: int = 0
	escalate: int = 0

	def is_due(
		self,
		last: datetime.date,
		since: datetime.date,
		today: datetime.date,
		first: datetime.date | None = None,
	) -> bool:
		"""Tell whether a reminder before the day `last` fell on a day after `since`, until today. None comes before
		`first`, the day from which something can be done at all, and none once the last day is over."""
		if today > last or (first and today < first):
			return False
		days = (last - datetime.timedelta(days=days) for days in self.before)
		return any(since < max(day, first or day) <= today for day in days)

	def is_late(self, last: datetime.date, since: datetime.date, today: datetime.date) -> bool:
		"""Tell whether a reminder that `last` is over fell on a day after `since`, until today."""
		return _falls(last + datetime.timedelta(days=1), self.late_every, since, today)

	def is_escalated(self, last: datetime.date, since: datetime.date, today: datetime.date) -> bool:
		"""Tell the same of a reminder to those who are told besides."""
		if not self.escalate:
			return False
		return _falls(last + datetime.timedelta(days=self.escalate), self.late_every, since, today)


def _falls(start: datetime.date, every: int, since: datetime.date, today: datetime.date) -> bool:
	"""Tell whether `start`, or a day any number of times `every` days after it, lies after `since` and not after
	today."""
	if today < start or since >= today:
		return False
	newest = start + datetime.timedelta(days=(today - start).days // every * every) if every else start
	return newest > since


def plan(first: int, again: str, late_every: int, escalate: int) -> Plan:
	"""Return the plan of the settings; without a first reminder there is none before the last day at all.

	Raises FaultyError for days that are none.
	"""
	before = {first, *(day for day in days(again) if day < first)} if first else set()
	return Plan(tuple(sorted(before, reverse=True)), late_every, escalate)


def days(text: str) -> tuple[int, ...]:
	"""Read a list of days as people write it ("3, 1, 0"), the most first. Raises FaultyError naming what is no number
	of days."""
	words = [word for word in (text or "").replace(";", ",").replace("\n", ",").split(",") if word.strip()]
	faults, found = [], set()
	for word in map(str.strip, words):
		if word.isascii() and word.isdigit() and len(word) < 5 and int(word) <= MAX_DAYS:
			found.add(int(word))
		else:
			faults.append(
				Fault((), N_("{0} is not a number of days between {1} and {2}."), (word, 0, MAX_DAYS))
			)
	if faults:
		raise FaultyError(faults)
	return tuple(sorted(found, reverse=True))


def written(numbers: Iterable[int]) -> str:
	"""Write a list of days as `days` reads it."""
	return ", ".join(map(str, numbers))


def week_of(today: datetime.date, weekday: str) -> datetime.date:
	"""Return the day on which the week of `today` began, if weeks begin on `weekday` (one of WEEKDAYS)."""
	return today - datetime.timedelta(days=(today.weekday() - WEEKDAYS.index(weekday)) % 7)
