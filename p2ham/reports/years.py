"""The results of units over the years, each year with the instrument it was asked by."""

from __future__ import annotations

from dataclasses import dataclass, field

from frappe.query_builder.functions import Count, Sum

from p2ham.engine.numbers import round_half_up
from p2ham.figures import cells, choice, items, scoped, scores
from p2ham.figures.choice import Period


@dataclass
class Unit:
	"""A unit with the verified scores (points 0-100) of its decided assessments, and their names, by period."""

	opd: str
	opd_name: str
	scores: dict[str, float] = field(default_factory=dict)
	assessments: dict[str, str] = field(default_factory=dict)

	def change(self, before: Period, now: Period) -> float | None:
		"""Return the points gained from one period to another; None where it has no result in one of them."""
		return cells.minus(self.scores.get(now.name), self.scores.get(before.name))


def of_units(periods: tuple[Period, ...], filters: dict | None = None) -> list[Unit]:
	"""Return the units that have a result in one of the periods, by name. One query, and one for a unit among the
	filters."""
	assessment = scoped.table("P2HAM Assessment")
	query = (
		scoped.within("P2HAM Assessment")
		.select(
			assessment.name, assessment.opd, assessment.opd_name, assessment.period, assessment.verified_score
		)
		.where(assessment.period.isin([period.name for period in periods]))
		.where((assessment.docstatus < 2) & assessment.workflow_state.isin(scores.DECIDED))
		.orderby(assessment.opd)
	)
	below = choice.unit(filters, assessment.opd)
	units: dict[str, Unit] = {}
	for name, opd, opd_name, period, score in (query if below is None else query.where(below)).run():
		unit = units.setdefault(opd, Unit(opd, opd_name))
		unit.scores[period], unit.assessments[period] = score, name
	return list(units.values())


@dataclass
class Criterion:
	"""A criterion without another above it, with the verified scores (points 0-100) of a unit by period."""

	title: str
	instrument_title: str
	scores: dict[str, float] = field(default_factory=dict)


def criteria(unit: Unit, periods: tuple[Period, ...]) -> list[Criterion]:
	"""Return the criteria of a unit's years, those of the newest instrument first; one in which nothing applies is left
	out. One query, however many instruments there were."""
	assessment, score = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Score")
	criterion = scoped.table("P2HAM Criterion")
	rows = (
		scoped.within("P2HAM Assessment")
		.join(score)
		.on(score.parent == assessment.name)
		.join(criterion)
		.on(criterion.name == score.criterion)
		.select(
			criterion.name, criterion.title, criterion.instrument, assessment.period, score.verified_score
		)
		.where(assessment.name.isin(list(unit.assessments.values())))
		.where(criterion.parent_criterion.isnull() | (criterion.parent_criterion == ""))
		.where(score.verified_not_applicable == 0)
		.orderby(criterion.sequence)
		.orderby(criterion.code)
		.run()
	)
	place = {period.instrument: number for number, period in enumerate(periods)}
	titles = {period.instrument: period.instrument_title for period in periods}
	found: dict[str, Criterion] = {}
	for name, title, instrument, period, value in sorted(rows, key=lambda row: -place[row[2]]):
		found.setdefault(name, Criterion(title, titles[instrument])).scores[period] = value
	return list(found.values())


def trend(periods: tuple[Period, ...]) -> list[float | None]:
	"""Return the mean verified score (points 0-100) of the decided assessments of each period that the reader may
	see. One query."""
	assessment = scoped.table("P2HAM Assessment")
	rows = (
		scoped.within("P2HAM Assessment")
		.select(assessment.period, Sum(assessment.verified_score), Count("*"))
		.where(assessment.period.isin([period.name for period in periods]))
		.where((assessment.docstatus < 2) & assessment.workflow_state.isin(scores.DECIDED))
		.groupby(assessment.period)
		.orderby(assessment.period)
		.run()
	)
	means = {period: float(round_half_up(items.exact(total) / number)) for period, total, number in rows}
	return [means.get(period.name) for period in periods]
