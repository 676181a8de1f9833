"""The term of a duty: from a day to a day, both included; without a last day it lasts until it is ended."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
	first: datetime.date
	last: datetime.date | None = None

	def includes(self, day: datetime.date) -> bool:
		return self.first <= day and (self.last is None or day <= self.last)

	def overlaps(self, other: Term) -> bool:
		"""Tell whether there is a day that lies in both terms."""
		return (other.last is None or self.first <= other.last) and (
			self.last is None or other.first <= self.last
		)
