"""Where units fall short: per indicator who meets it in full, per criterion what the units reach."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Sum
from pypika.queries import QueryBuilder

from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import round_half_up
from p2ham.engine.scoring import FULL_POINTS
from p2ham.figures import cells, items, scoped
from p2ham.figures.choice import Period
from p2ham.instruments import store


@dataclass(frozen=True)
class Gap:
	"""An indicator over the units that were asked it. `share` is percent of those it applies to that meet it in full,
	`mean` their points (0-100); both None where it applies to none."""

	code: str
	title: str
	criterion: str
	asked: int
	applicable: int
	met: int
	unanswered: int
	share: float | None
	mean: float | None

	@property
	def lacking(self) -> int:
		return self.applicable - self.met

	@property
	def not_applicable(self) -> int:
		return self.asked - self.applicable

	@property
	def worst_first(self) -> tuple:
		unknown = self.share is None
		return unknown, 0 if unknown else self.share, 0 if unknown else self.mean


def gaps(
	period: Period,
	instrument: Instrument,
	side: str,
	filters: dict | None = None,
) -> list[Gap]:
	"""Return the indicators of a period that somebody was asked, worst first. One query, and one for a unit among the
	filters."""
	return gaps_among(items.sheets(period, side, filters), instrument, side)


def gaps_among(sheets: QueryBuilder, instrument: Instrument, side: str) -> list[Gap]:
	"""Return the indicators that the assessments of a query were asked, worst first. One query."""
	item = scoped.table("P2HAM Assessment Item")
	applies = items.applies(instrument, side)
	rows = (
		items.for_sheets(sheets)
		.select(
			item.indicator,
			Count("*"),
			Sum(applies),
			Sum(items.meets(side) * applies),
			Sum(items.unanswered(side)),
			Sum(items.points(side) * applies),
		)
		.groupby(item.indicator)
		.orderby(item.indicator)
		.run()
	)
	known = {indicator.code: indicator for indicator in instrument.indicators}
	place = {code: number for number, code in enumerate(known)}
	found = [
		Gap(
			code,
			known[code].title,
			known[code].criterion,
			int(asked),
			int(applicable),
			int(met),
			int(unanswered),
			cells.share(int(met), int(applicable)),
			float(round_half_up(items.exact(total) / int(applicable))) if applicable else None,
		)
		for code, asked, applicable, met, unanswered, total in rows
		if code in known
	]
	return sorted(found, key=lambda gap: (*gap.worst_first, place[gap.code]))


def weakest(period: Period, number: int, side: str = items.VERIFIED) -> list[Gap]:
	"""Return those `number` indicators of a period that the smallest share of units meets in full, worst first;
	one that applies to nobody is none of them. One query besides those for the instrument."""
	found = gaps(period, store.load(period.instrument), side)
	return [gap for gap in found if gap.share is not None][:number]


def units(period: Period, side: str, filters: dict | None = None) -> int:
	"""Return how many units the figures are made of. One query, and one for a unit among the filters."""
	return items.sheets(period, side, filters).select(Count("*")).run()[0][0]


def lacking(
	period: Period, instrument: Instrument, side: str, indicator: str, filters: dict | None = None
) -> list[frappe._dict]:
	"""Return the units that do not meet an indicator in full although it applies to them, fewest points first, with
	what they answered and noted. One query, and one for a unit among the filters."""
	assessment, item = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Item")
	return (
		items.answers(period, side, filters)
		.select(
			assessment.name.as_("assessment"),
			assessment.opd,
			assessment.opd_name,
			assessment.workflow_state,
			items.answer(side).as_("answer"),
			items.points(side).as_("points"),
			item[f"{items.COLUMNS[side]}_note"].as_("note"),
		)
		.where(item.indicator == indicator)
		.where((items.points(side) < int(FULL_POINTS)) & (items.applies(instrument, side) == 1))
		.orderby(items.points(side), order=Order.asc)
		.orderby(assessment.opd, order=Order.asc)
		.run(as_dict=True)
	)


def by_criterion(
	period: Period, instrument: Instrument, side: str, filters: dict | None = None
) -> list[frappe._dict]:
	"""Return the units with their score per criterion (`scores`) and in `total`, points 0-100; None where nothing
	applies. One query, and one for a unit among the filters."""
	assessment, score = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Score")
	column = items.COLUMNS[side]
	rows = (
		items.sheets(period, side, filters)
		.join(score)
		.on(score.parent == assessment.name)
		.select(
			assessment.name,
			assessment.opd,
			assessment.opd_name,
			assessment[f"{column}_score"].as_("total"),
			score.criterion,
			score[f"{column}_score"].as_("score"),
			score[f"{column}_not_applicable"].as_("not_applicable"),
		)
		.orderby(assessment.opd)
		.orderby(score.idx)
		.run()
	)
	found: dict[str, frappe._dict] = {}
	for name, opd, opd_name, total, criterion, points, nothing in rows:
		if name not in found:
			found[name] = frappe._dict(assessment=name, opd=opd, opd_name=opd_name, total=total, scores={})
		found[name].scores[criterion] = None if nothing else points
	counting = [
		criterion.code for criterion in instrument.criteria if not criterion.parent and criterion.weight
	]
	for unit in found.values():
		if all(unit.scores.get(code) is None for code in counting):
			unit.total = None  # stored as 0
	return list(found.values())
