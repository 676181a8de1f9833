"""KKP HAM: what the regency and its OPD were given, year by year, and what has become of the findings."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from frappe.query_builder.functions import Count, Max, Sum
from pypika.terms import Case

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


def newest_year() -> int | None:
	"""Return the newest year of which the reader sees a result. One query."""
	result = scoped.table("P2HAM KKPHAM Result")
	((year,),) = scoped.within("P2HAM KKPHAM Result").select(Max(result.assessment_year)).run()
	return year


def results(first: int, last: int, filters: dict | None = None) -> list[Unit]:
	"""Return the units with their results of the years from `first` to `last`, the regency first, then by name. Two
	queries, and one for a unit among the filters."""
	result, instrument = scoped.table("P2HAM KKPHAM Result"), scoped.table("P2HAM Instrument")
	query = (
		scoped.within("P2HAM KKPHAM Result")
		.join(instrument)
		.on(instrument.name == result.instrument)
		.select(
			result.name,
			result.opd,
			result.opd_name,
			result.is_regency,
			result.assessment_year,
			result.score,
			result.category,
			result.instrument,
			instrument.title.as_("instrument_title"),
			result.finding,
			result.recommendation,
			result.reference,
		)
		.where((result.assessment_year >= first) & (result.assessment_year <= last))
		.orderby(result.opd)
		.orderby(result.assessment_year)
	)
	below = choice.unit(filters, result.opd)
	rows = (query if below is None else query.where(below)).run(as_dict=True)
	colours, best = _thresholds()
	units: dict[str, Unit] = {}
	for row in rows:
		unit = units.setdefault(row.opd, Unit(row.opd, row.opd_name, bool(row.is_regency)))
		unit.results[row.assessment_year] = Result(
			name=row.name,
			year=row.assessment_year,
			score=row.score,
			category=row.category or "",
			colour=colours.get((row.instrument, row.category), "gray"),
			best=best.get(row.instrument) == row.category,
			instrument=row.instrument,
			instrument_title=row.instrument_title,
			finding=row.finding or "",
			recommendation=row.recommendation or "",
			reference=row.reference or "",
		)
	return sorted(units.values(), key=lambda unit: (not unit.is_regency, unit.opd_name))


def _thresholds() -> tuple[dict[tuple[str, str], str], dict[str, str]]:
	"""The colour of each category, and the highest category of each instrument."""
	threshold, instrument = scoped.table("P2HAM Threshold"), scoped.table("P2HAM Instrument")
	rows = (
		scoped.within("P2HAM Threshold")
		.join(instrument)
		.on(instrument.name == threshold.parent)
		.select(threshold.parent, threshold.label, threshold.colour)
		.where(instrument.family == "KKP HAM")
		.orderby(threshold.parent)
		.orderby(threshold.min_score)
		.run()
	)
	colours = {(parent, label): colour for parent, label, colour in rows}
	return colours, {parent: label for parent, label, _colour in rows}


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
