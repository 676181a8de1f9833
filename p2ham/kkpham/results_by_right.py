"""KKP HAM right by right: what the ministry gave, what the own assessment says, whose right it is, and what is being
done."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from p2ham.engine.fields import comparable
from p2ham.figures import cells, choice, scoped
from p2ham.figures.scores import DECIDED
from p2ham.kkpham.results import tally, threshold_of


@dataclass
class Right:
	"""One right in the result of one unit and year: points from 0 to 100. It is `weak` below the highest category of the
	instrument. `before` is what it was given the year before, by another instrument if `asked_otherwise`; `owners` are
	those OPD, and the follow-ups those, that the reader may see."""

	opd: str
	opd_name: str
	is_regency: bool
	result: str
	criterion: str
	title: str
	points: float
	category: str
	colour: str
	weak: bool
	before: float | None = None
	asked_otherwise: bool = False
	forecast: float | None = None
	assessment: str = ""
	owners: list[tuple[str, str]] = field(default_factory=list)
	follow_ups: int = 0
	open: int = 0
	late: int = 0

	@property
	def code(self) -> str:
		"""As the regulation numbers the right: its record is called INSTRUMENT-CODE, and codes have no hyphen."""
		return self.criterion.rpartition("-")[2]

	@property
	def change(self) -> float | None:
		return cells.minus(self.points, self.before)

	@property
	def difference(self) -> float | None:
		return cells.minus(self.points, self.forecast)


def of_year(
	year: int | None, today: datetime.date, filters: dict | None = None
) -> tuple[int | None, list[Right]]:
	"""Return the year, and the rights in its results, the weakest of each unit first: those of the regency, or of a unit
	among the filters with everything below it. Without `year` it is the newest of which the reader sees rights; None where
	there is none at all.

	Four queries, and one for a unit among the filters.
	"""
	rows = _given(year, choice.units(filters))
	year = year or max((each for each, _instrument, _right in rows), default=None)
	return year, _completed(rows, year, today) if year else []


def of_unit(opd: str, year: int, today: datetime.date) -> list[Right]:
	"""Return the rights in the result of one unit and year, the weakest first. Four queries."""
	return _completed(_given(year, frozenset({opd})), year, today)


def _completed(rows: list[tuple[int, str, Right]], year: int, today: datetime.date) -> list[Right]:
	"""Return the rights of a year with everything that is known of them."""
	found = [(instrument, right) for each, instrument, right in rows if each == year]
	_compare(found, [(instrument, right) for each, instrument, right in rows if each == year - 1])
	rights = [right for _instrument, right in found]
	if rights:
		_add_forecast(rights, year)
		_add_owners(rights)
		_add_follow_ups(rights, today)
	return sorted(rights, key=lambda right: (not right.is_regency, right.opd_name, right.points, right.title))


def _given(year: int | None, units: frozenset[str] | None) -> list[tuple[int, str, Right]]:
	"""Return (year, instrument, right) of the year and the one before it, of all years without a year. One query."""
	result, right = scoped.table("P2HAM KKPHAM Result"), scoped.table("P2HAM KKPHAM Right")
	threshold, on, best = threshold_of(result.instrument, right.category)
	query = (
		scoped.within("P2HAM KKPHAM Result")
		.join(right)
		.on(right.parent == result.name)
		.left_join(threshold)
		.on(on)
		.select(
			result.assessment_year,
			result.instrument,
			result.opd,
			result.opd_name,
			result.is_regency,
			result.name,
			right.criterion,
			right.title,
			right.score,
			right.category,
			threshold.colour,
			best,
		)
		.orderby(result.name)
		.orderby(right.idx)
	)
	query = query.where(result.is_regency == 1 if units is None else result.opd.isin(sorted(units)))
	if year:
		query = query.where(result.assessment_year.isin([year - 1, year]))
	return [
		(
			each_year,
			instrument,
			Right(
				opd=opd,
				opd_name=opd_name or opd,
				is_regency=bool(is_regency),
				result=name,
				criterion=criterion,
				title=title or criterion,
				points=points,
				category=category or "",
				colour=colour or "gray",
				weak=not best,
			),
		)
		for (
			each_year,
			instrument,
			opd,
			opd_name,
			is_regency,
			name,
			criterion,
			title,
			points,
			category,
			colour,
			best,
		) in query.run()
	]


def _compare(found: list[tuple[str, Right]], before: list[tuple[str, Right]]) -> None:
	"""Find what each right was given the year before: the same right, else one of another instrument that is called so."""
	same = {(right.opd, right.criterion): right.points for _instrument, right in before}
	called = {
		(right.opd, comparable(right.title)): (instrument, right.points) for instrument, right in before
	}
	for instrument, right in found:
		right.before = same.get((right.opd, right.criterion))
		if right.before is None:
			asked_by, points = called.get((right.opd, comparable(right.title)), (instrument, None))
			right.before, right.asked_otherwise = points, asked_by != instrument


def _add_forecast(rights: list[Right], year: int) -> None:
	"""Add what the own assessments with an instrument of KKP HAM say; of several rounds in a year the last. One query."""
	assessment, score = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Score")
	period = scoped.table("P2HAM Period")
	rows = (
		scoped.within("P2HAM Assessment")
		.join(period)
		.on(period.name == assessment.period)
		.join(score)
		.on(score.parent == assessment.name)
		.select(
			assessment.opd,
			assessment.name,
			assessment.workflow_state,
			score.criterion,
			score.self_score,
			score.self_not_applicable,
			score.verified_score,
			score.verified_not_applicable,
		)
		.where((assessment.assessment_year == year) & (assessment.docstatus < 2))
		.where(assessment.opd.isin(sorted({right.opd for right in rights})))
		# A criterion belongs to one instrument, which is of KKP HAM, as the result's is.
		.where(score.criterion.isin(sorted({right.criterion for right in rights})))
		.orderby(period.fill_from)
		.orderby(assessment.name)
		.run()
	)
	found = {}
	for opd, name, state, criterion, own, own_not, verified, verified_not in rows:
		points, applies = (verified, not verified_not) if state in DECIDED else (own, not own_not)
		found[opd, criterion] = (points or 0.0 if applies else None, name)
	for right in rights:
		right.forecast, right.assessment = found.get((right.opd, right.criterion), (None, ""))


def _add_owners(rights: list[Right]) -> None:
	"""Add the OPD that own the rights. One query."""
	owners = owners_of({right.criterion for right in rights})
	for right in rights:
		right.owners = owners.get(right.criterion, [])


def owners_of(criteria: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
	"""Return (OPD, full name) of the owners of rights, by the right, those that the reader may see. One query."""
	owner, unit = scoped.table("P2HAM Right Owner"), scoped.table("P2HAM OPD")
	query = (
		scoped.within("P2HAM Right Owner")
		.join(unit)
		.on(unit.name == owner.opd)
		.select(owner.criterion, owner.opd, unit.opd_name)
		.where(owner.criterion.isin(sorted(criteria) or [""]))
		.orderby(unit.opd_name)
		.orderby(owner.opd)
	)
	found: dict[str, list[tuple[str, str]]] = {}
	for criterion, opd, opd_name in scoped.also_within(query, "P2HAM OPD").run():
		found.setdefault(criterion, []).append((opd, opd_name))
	return found


def _add_follow_ups(rights: list[Right], today: datetime.date) -> None:
	"""Add how many follow-ups there are of each right, how many of them are not closed, and late. One query."""
	follow_up = scoped.table("P2HAM Follow-up")
	rows = (
		scoped.within("P2HAM Follow-up")
		.select(follow_up.kkpham_result, follow_up.criterion, *tally(follow_up, today))
		.where(follow_up.kkpham_result.isin(sorted({right.result for right in rights})))
		.where(follow_up.criterion.isin(sorted({right.criterion for right in rights})))
		.groupby(follow_up.kkpham_result, follow_up.criterion)
		.orderby(follow_up.kkpham_result, follow_up.criterion)
		.run()
	)
	found = {(result, criterion): tuple(map(int, numbers)) for result, criterion, *numbers in rows}
	for right in rights:
		right.follow_ups, right.open, right.late = found.get((right.result, right.criterion), (0, 0, 0))
