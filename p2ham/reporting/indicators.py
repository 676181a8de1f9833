"""Where units fall short: per indicator who meets it in full, per criterion what the units reach."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Sum

from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import round_half_up
from p2ham.engine.scoring import FULL_POINTS
from p2ham.reporting import choice, items, look, scoped, scores
from p2ham.reporting.choice import Period


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
	item = scoped.table("P2HAM Assessment Item")
	applies = items.applies(instrument, side)
	rows = (
		items.answers(period, side, filters)
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
			look.share(int(met), int(applicable)),
			float(round_half_up(items.exact(total) / int(applicable))) if applicable else None,
		)
		for code, asked, applicable, met, unanswered, total in rows
		if code in known
	]
	return sorted(found, key=lambda gap: (*gap.worst_first, place[gap.code]))


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


def by_criterion(period: Period, side: str, filters: dict | None = None) -> list[frappe._dict]:
	"""Return the units with their score per criterion (`scores`, points 0-100; None where nothing applies) and in
	total. One query, and one for a unit among the filters."""
	assessment, score = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Score")
	column = items.COLUMNS[side]
	query = (
		scoped.within("P2HAM Assessment")
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
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
		.orderby(assessment.opd)
		.orderby(score.idx)
	)
	if side == items.VERIFIED:
		query = query.where(assessment.workflow_state.isin(scores.DECIDED))
	below = choice.unit(filters, assessment.opd)
	units: dict[str, frappe._dict] = {}
	for name, opd, opd_name, total, criterion, points, nothing in (
		query if below is None else query.where(below)
	).run():
		if name not in units:
			units[name] = frappe._dict(assessment=name, opd=opd, opd_name=opd_name, total=total, scores={})
		units[name].scores[criterion] = None if nothing else points
	return list(units.values())
