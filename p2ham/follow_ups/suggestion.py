"""A follow-up that is proposed and not made yet."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class Suggestion:
	"""One follow-up that its source suggests. Bagian Hukum changes everything but `key`, which names it within the source;
	`present` are the follow-ups that there are of it already, so that none is made twice by mistake."""

	key: str
	opd: str
	recommendation: str
	indicator: str = ""
	action: str = ""
	responsible: str = ""
	due_date: datetime.date | None = None
	present: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
	"""Suggestions under one heading: of a criterion, of a right, of a meeting."""

	title: str
	suggestions: tuple[Suggestion, ...]
