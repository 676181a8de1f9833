"""How well units serve the vulnerable groups and fulfil the principles: means over the indicators flagged for them."""

from __future__ import annotations

from dataclasses import dataclass

from frappe import _
from frappe.query_builder.functions import Sum

from p2ham.engine.faults import N_
from p2ham.engine.instrument import Instrument
from p2ham.figures import cells, choice, items, scoped
from p2ham.figures.choice import Period
from p2ham.instruments import store

# Fields of P2HAM Indicator, in the order of the regulation (Pasal 1(7) of Permenkumham 25/2023 names the groups).
GROUPS = {
	"elderly": N_("Elderly"),
	"children": N_("Children"),
	"maternal": N_("Pregnant and Breast-feeding Women"),
	"disability": N_("Persons with Disabilities"),
}
PRINCIPLES = {
	"non_discrimination": N_("Non-discrimination"),
	"participation": N_("Participation"),
	"accountability": N_("Accountability"),
	"transparency": N_("Transparency"),
}
ASPECTS = {**GROUPS, **PRINCIPLES}


def aspect_of(filters: dict | None) -> str | None:
	"""Return the field of the group or principle that the filter `aspect` names as it is shown, None for all."""
	fields = {label: field for field, label in ASPECTS.items()}
	return fields.get(choice.one_of(filters, "aspect", _("Group or Principle"), tuple(fields)))


def indicators_of(instrument: Instrument, aspect: str | None) -> set[str]:
	"""Return the indicators flagged for a group or principle; all for none."""
	word = {**store.GROUP_FIELDS, **store.PRINCIPLE_FIELDS}.get(aspect)
	return {
		indicator.code
		for indicator in instrument.indicators
		if aspect is None or word in indicator.vulnerable_groups or word in indicator.principles
	}


@dataclass(frozen=True)
class Unit:
	"""A unit's means per aspect, in points from 0 to 100; None where no indicator of the aspect applies to it."""

	assessment: str
	opd: str
	opd_name: str
	means: dict[str, float | None]


def of_units(period: Period, instrument: Instrument, side: str, filters: dict | None = None) -> list[Unit]:
	"""Return the means of each unit, weighted as its sheet is. An indicator that does not apply leaves numerator and
	denominator, an unanswered one counts 0. One query, and one for a unit among the filters."""
	assessment = scoped.table("P2HAM Assessment")
	item, indicator = scoped.table("P2HAM Assessment Item"), scoped.table("P2HAM Indicator")
	weight = item.weight * items.applies(instrument, side)
	query = items.answers(period, side, filters).join(indicator).on(indicator.name == item.indicator)
	query = query.select(assessment.name, assessment.opd, assessment.opd_name)
	for field in ASPECTS:
		counted = weight * indicator[field]
		query = query.select(Sum(counted * items.points(side)), Sum(counted))
	rows = query.groupby(assessment.name, assessment.opd, assessment.opd_name).orderby(assessment.opd).run()
	return [
		Unit(
			name,
			opd,
			opd_name,
			{field: items.ratio(sums[2 * place], sums[2 * place + 1]) for place, field in enumerate(ASPECTS)},
		)
		for name, opd, opd_name, *sums in rows
	]


def of_all(units: list[Unit]) -> dict[str, float | None]:
	"""Return the mean of the units' means per aspect: each unit counts the same, however many indicators it has."""
	return {
		field: cells.mean([unit.means[field] for unit in units if unit.means[field] is not None])
		for field in ASPECTS
	}
