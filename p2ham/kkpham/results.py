"""KKP HAM: what the regency and its OPD were given, year by year, and what has become of the findings."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from frappe.query_builder.functions import Count, Max, Sum
from pypika.terms import Case

from p2ham.engine import follow_up as rules
from p2ham.figures import cells, choice, scoped
from p2ham.figures.scores import DECIDED

FAMILY = "KKP HAM"


@dataclass(frozen=True)
class Score:
	"""What was given in one year: points from 0 to 100, the document that says so, and the instrument."""

	points: float
	result: str
	instrument: str


@dataclass(frozen=True)
class Given:
	"""The result of one unit in one year, as the record of it says; the fields are called as there."""

	assessment_year: int
	data_year: int
	score: float
	category: str | None
	reference: str | None
	instrument: str


@dataclass(frozen=True)
class Latest:
	"""What was said in the last year: the category by the thresholds of that year's instrument, of which no other is
	higher if it is the `best`, and how many follow-ups that the reader may see have come of it."""

	category: str
	colour: str
	best: bool
	finding: str
	recommendation: str
	reference: str
	follow_ups: int
	open: int
	late: int


@dataclass(frozen=True)
class Forecast:
	"""What the unit's own assessment says before the ministry does: points from 0 to 100, as verified once it is decided,
	else the unit's own."""

	points: float
	assessment: str
	state: str
	instrument: str


@dataclass
class Unit:
	"""An OPD, or the regency, with its scores by year, and what was said in the last."""

	opd: str
	opd_name: str
	is_regency: bool
	scores: dict[int, Score] = field(default_factory=dict)
	latest: Latest | None = None
	forecast: Forecast | None = None

	def difference(self, year: int) -> float | None:
		"""Return by how many points the ministry gave more than the own forecast; None where one of the two is missing."""
		given = self.scores.get(year)
		return cells.minus(given.points, self.forecast.points) if given and self.forecast else None

	def change(self, year: int) -> float | None:
		"""Return the points gained against the year before; None where one of the two is missing."""
		now, before = self.scores.get(year), self.scores.get(year - 1)
		return cells.minus(now.points, before.points) if now and before else None

	def instruments(self, year: int) -> set[str]:
		"""Return the instruments by which the scores of a year and of the year before were given: two, unless they can be
		compared."""
		return {self.scores[each].instrument for each in (year - 1, year) if each in self.scores}


def results(
	last: int | None, years: int, today: datetime.date, filters: dict | None = None
) -> tuple[int | None, list[Unit]]:
	"""Return the last year, and the units with their scores of as many `years` until then, the regency first, then by
	name. Without `last` it is the newest of which the reader sees a result; None where there is no result at all.

	Three queries, and one for a unit among the filters.
	"""
	rows = _given(last, years)
	# Without a year all are read: asking which is the newest would be one more query, and an OPD has one row in a year.
	last = last or max((year for year, *_rest in rows), default=None)
	below = choice.units(filters)
	units: dict[str, Unit] = {}
	said: dict[str, tuple] = {}
	for year, opd, opd_name, is_regency, points, name, instrument, *words in rows:
		if year > last - years and (below is None or opd in below):
			unit = units.setdefault(opd, Unit(opd, opd_name, bool(is_regency)))
			unit.opd_name = opd_name  # as it was called last
			unit.scores[year] = Score(points, name, instrument)
			if year == last:
				said[opd] = words
	if said:
		done = _follow_ups([units[opd].scores[last].result for opd in said], today)
		for opd, words in said.items():
			units[opd].latest = _latest(*words, done.get(units[opd].scores[last].result))
	if units:
		own = forecasts([last], units)
		for unit in units.values():
			unit.forecast = own.get((unit.opd, last))
	return last, sorted(units.values(), key=lambda unit: (not unit.is_regency, unit.opd_name))


def _given(last: int | None, years: int) -> list[tuple]:
	"""Return (year, OPD, its name, whether it is the regency, score, result, instrument, category, its colour, whether it
	is the highest, finding, recommendation, reference) of `years` until `last`, of all years without it, oldest first.
	One query."""
	result = scoped.table("P2HAM KKPHAM Result")
	threshold, on, best = threshold_of(result.instrument, result.category)
	query = (
		scoped.within("P2HAM KKPHAM Result")
		.left_join(threshold)
		.on(on)
		.select(
			result.assessment_year,
			result.opd,
			result.opd_name,
			result.is_regency,
			result.score,
			result.name,
			result.instrument,
			result.category,
			threshold.colour,
			best,
			result.finding,
			result.recommendation,
			result.reference,
		)
		.orderby(result.assessment_year)
	)
	if last:
		query = query.where((result.assessment_year > last - years) & (result.assessment_year <= last))
	return query.run()


def threshold_of(instrument, category) -> tuple:
	"""Return the table of thresholds to join, on what, and the field that says whether no category of the instrument is
	higher than this one."""
	each = scoped.table("P2HAM Threshold")
	threshold = each.as_("threshold")
	highest = (
		scoped.within("P2HAM Threshold").select(Max(each.min_score)).where(each.parent == threshold.parent)
	)
	on = (threshold.parent == instrument) & (threshold.label == category)
	return threshold, on, threshold.min_score == highest


def _latest(category, colour, best, finding, recommendation, reference, numbers) -> Latest:
	return Latest(
		category or "",
		colour or "gray",
		bool(best),
		finding or "",
		recommendation or "",
		reference or "",
		*(numbers or (0, 0, 0)),
	)


def course(opd: str, last: int) -> list[Given]:
	"""Return what a unit was given in each year until `last`, oldest first. One query."""
	result = scoped.table("P2HAM KKPHAM Result")
	rows = (
		scoped.within("P2HAM KKPHAM Result")
		.select(*(result[each.name] for each in fields(Given)))
		.where((result.opd == opd) & (result.assessment_year <= last))
		.orderby(result.assessment_year)
		.run()
	)
	return [Given(*row) for row in rows]


def forecasts(years: Iterable[int], opds: Iterable[str]) -> dict[tuple[str, int], Forecast]:
	"""Return what the assessments with an instrument of KKP HAM say of each of these units and years; of several rounds
	in a year the last. One query."""
	assessment, instrument = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Instrument")
	period = scoped.table("P2HAM Period")
	rows = (
		scoped.within("P2HAM Assessment")
		.join(instrument)
		.on(instrument.name == assessment.instrument)
		.join(period)
		.on(period.name == assessment.period)
		.select(
			assessment.opd,
			assessment.assessment_year,
			assessment.workflow_state,
			assessment.self_score,
			assessment.verified_score,
			assessment.name,
			assessment.instrument,
		)
		.where((instrument.family == FAMILY) & (assessment.docstatus < 2))
		.where(assessment.assessment_year.isin(list(years)) & assessment.opd.isin(list(opds)))
		.orderby(period.fill_from)
		.orderby(assessment.name)
		.run()
	)
	return {
		(unit, year): Forecast((verified if state in DECIDED else own) or 0.0, name, state, asked)
		for unit, year, state, own, verified, name, asked in rows
	}


def titles(instruments: set[str]) -> list[str]:
	"""Return the titles of instruments in their order. One query."""
	instrument = scoped.table("P2HAM Instrument")
	query = scoped.within("P2HAM Instrument").select(instrument.title)
	return sorted(query.where(instrument.name.isin(sorted(instruments))).run(pluck=True))


def _follow_ups(results: Iterable[str], today: datetime.date) -> dict[str, tuple[int, ...]]:
	"""Return how many follow-ups of results there are, how many of them are not closed, and late, by the result. One
	query."""
	follow_up = scoped.table("P2HAM Follow-up")
	rows = (
		scoped.within("P2HAM Follow-up")
		.select(follow_up.kkpham_result, *tally(follow_up, today))
		.where(follow_up.kkpham_result.isin(list(results)))
		.groupby(follow_up.kkpham_result)
		.run()
	)
	return {result: tuple(map(int, numbers)) for result, *numbers in rows}


def tally(follow_up, today: datetime.date) -> tuple:
	"""Return what counts rows of P2HAM Follow-up: all, those not closed, and those of them that are late."""
	late = follow_up.status.isin(rules.UNFINISHED) & (follow_up.due_date < today)
	return (
		Count("*"),
		Sum(Case().when(follow_up.status != rules.CLOSED, 1).else_(0)),
		Sum(Case().when(late, 1).else_(0)),
	)
