"""KKP HAM: what the regency and its OPD were given, year by year, and what has become of the findings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from frappe.query_builder.functions import Count, Max, Sum
from pypika.terms import Case, ValueWrapper

from p2ham.engine import follow_up as rules
from p2ham.reporting import choice, look, scoped


@dataclass(frozen=True)
class Result:
	"""What was given in one year: points from 0 to 100 and the category by the thresholds of that year's instrument.
	`best` says that no category of it is higher."""

	name: str
	year: int
	score: float
	category: str
	colour: str
	best: bool
	instrument: str
	instrument_title: str
	finding: str
	recommendation: str
	reference: str


@dataclass
class Unit:
	"""An OPD, or the regency, with its results by year."""

	opd: str
	opd_name: str
	is_regency: bool
	results: dict[int, Result] = field(default_factory=dict)

	def change(self, year: int) -> float | None:
		"""Return the points gained against the year before; None where one of the two is missing."""
		now, before = self.results.get(year), self.results.get(year - 1)
		return look.minus(now.score, before.score) if now and before else None

	def comparable(self, year: int) -> bool:
		"""Tell whether the year and the one before were given by the same instrument."""
		now, before = self.results.get(year), self.results.get(year - 1)
		return bool(now and before and now.instrument == before.instrument)


@dataclass(frozen=True)
class FollowUps:
	"""The follow-ups of a result: all, those still open, those of them that are late."""

	total: int = 0
	open: int = 0
	late: int = 0


def results(last: int | None, years: int, filters: dict | None = None) -> tuple[int | None, list[Unit]]:
	"""Return the last year, and the units with their results of as many `years` until then, the regency first, then by
	name. Without `last` it is the newest of which the reader sees a result; None where there is no result at all.

	One query, and one for a unit among the filters.
	"""
	result, instrument = scoped.table("P2HAM KKPHAM Result"), scoped.table("P2HAM Instrument")
	threshold = scoped.table("P2HAM Threshold")
	highest = (
		scoped.within("P2HAM Threshold")
		.select(threshold.parent, Max(threshold.min_score).as_("min_score"))
		.groupby(threshold.parent)
		.as_("highest")
	)
	newest = scoped.within("P2HAM KKPHAM Result").select(Max(result.assessment_year))
	until = ValueWrapper(last) if last else newest
	query = (
		scoped.within("P2HAM KKPHAM Result")
		.join(instrument)
		.on(instrument.name == result.instrument)
		.left_join(threshold)
		.on((threshold.parent == result.instrument) & (threshold.label == result.category))
		.left_join(highest)
		.on((highest.parent == threshold.parent) & (highest.min_score == threshold.min_score))
		.select(
			until.as_("until"),
			result.opd,
			result.opd_name,
			result.is_regency,
			result.name,
			result.assessment_year,
			result.score,
			result.category,
			threshold.colour,
			highest.parent,
			result.instrument,
			instrument.title,
			result.finding,
			result.recommendation,
			result.reference,
		)
		.where((result.assessment_year + years > until) & (result.assessment_year <= until))
		.orderby(result.opd)
		.orderby(result.assessment_year)
	)
	below = choice.unit(filters, result.opd)
	rows = (query if below is None else query.where(below)).run()
	units: dict[str, Unit] = {}
	for _until, opd, opd_name, is_regency, name, year, score, category, colour, best, *said in rows:
		unit = units.setdefault(opd, Unit(opd, opd_name, bool(is_regency)))
		words = (word or "" for word in said)
		unit.results[year] = Result(name, year, score, category or "", colour or "gray", bool(best), *words)
	return rows[0][0] if rows else last, sorted(
		units.values(), key=lambda unit: (not unit.is_regency, unit.opd_name)
	)


def follow_ups(year: int, today: datetime.date) -> dict[str, FollowUps]:
	"""Return the follow-ups that the reader may see by the result of a year they come from. One query."""
	follow_up, result = scoped.table("P2HAM Follow-up"), scoped.table("P2HAM KKPHAM Result")
	unfinished = follow_up.status.isin(rules.UNFINISHED)
	query = (
		scoped.within("P2HAM Follow-up")
		.join(result)
		.on(result.name == follow_up.kkpham_result)
		.select(
			result.name,
			Count("*"),
			Sum(Case().when(follow_up.status != rules.CLOSED, 1).else_(0)),
			Sum(Case().when(unfinished & (follow_up.due_date < today), 1).else_(0)),
		)
		.where(result.assessment_year == year)
		.groupby(result.name)
		.orderby(result.name)
	)
	rows = scoped.also_within(query, "P2HAM KKPHAM Result").run()
	return {name: FollowUps(total, int(still_open), int(late)) for name, total, still_open, late in rows}
