"""When something may be done in a period: the windows for filling, review and approval of one unit."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

FILL = "fill"
REVIEW = "review"
APPROVE = "approve"
# While the period is open, whatever its dates say.
ANY_DAY = "any day"

# Fields of a period that bound each window: (first day or None, last day). A participant's row may carry the
# last one too, for its own unit.
WINDOWS: Mapping[str, tuple[str | None, str]] = {
	FILL: ("fill_from", "fill_until"),
	REVIEW: (None, "review_until"),
	APPROVE: (None, "approve_until"),
}
OVERRIDES = tuple(last for _first, last in WINDOWS.values())
# All dates of a period, in their order.
DATES = ("fill_from", *OVERRIDES)


class Standing(Enum):
	"""Why something may be done today, or not."""

	OPEN = "open"
	PERIOD_NOT_OPEN = "period not open"
	WITHDRAWN = "withdrawn"
	TOO_EARLY = "too early"
	TOO_LATE = "too late"


@dataclass(frozen=True)
class Calendar:
	"""What counts for one unit in a period: is the period open, does the unit still take part, and the dates.

	`own` are the unit's own last days by field, given by who keeps the period, `corrections` those that a return
	has given, by window. They count where they are later than the period's.
	"""

	is_open: bool
	withdrawn: bool
	dates: Mapping[str, datetime.date | None]
	own: Mapping[str, datetime.date | None] = field(default_factory=dict)
	corrections: Mapping[str, datetime.date] = field(default_factory=dict)

	def bounds(self, window: str) -> tuple[datetime.date | None, datetime.date | None]:
		"""Return first and last day of a window; None where nothing bounds it."""
		if window not in WINDOWS:
			return None, None
		first_field, last_field = WINDOWS[window]
		last = self.dates.get(last_field)
		if last:
			later = (self.own.get(last_field), self.corrections.get(window))
			last = max([last, *(day for day in later if day)])
		return (self.dates.get(first_field) if first_field else None), last

	def standing(self, window: str, today: datetime.date) -> Standing:
		if not self.is_open:
			return Standing.PERIOD_NOT_OPEN
		if self.withdrawn:
			return Standing.WITHDRAWN
		first, last = self.bounds(window)
		if first and today < first:
			return Standing.TOO_EARLY
		if last and today > last:
			return Standing.TOO_LATE
		return Standing.OPEN
