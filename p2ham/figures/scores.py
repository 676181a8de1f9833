"""Where the units of a period stand: scores of both sides, category and verdict."""

from __future__ import annotations

import frappe

from p2ham.engine import lifecycle
from p2ham.engine.ranking import places
from p2ham.figures import choice, scoped
from p2ham.figures.choice import Period

# A verified score is a result once Kabag Hukum has reviewed it.
DECIDED = (lifecycle.REVIEWED, lifecycle.APPROVED)
# The anonymous distribution says nothing where it could be told who is meant.
MIN_UNITS = 5


def of_period(period: Period, filters: dict | None = None) -> list[frappe._dict]:
	"""Return the assessments of a period that the reader may see, cancelled ones left out, by unit.

	`verified_score` (points 0-100), `category` and `meets` are None unless the assessment is decided, `approved_on`
	unless it is approved. `filters` may narrow by `opd` (with everything below it). One query, and one for that filter.
	"""
	assessment = scoped.table("P2HAM Assessment")
	query = (
		scoped.within("P2HAM Assessment")
		.select(
			assessment.name.as_("assessment"),
			assessment.opd,
			assessment.opd_name,
			assessment.self_score,
			assessment.verified_score,
			assessment.category,
			assessment.meets,
			assessment.workflow_state,
			assessment.completeness,
			assessment.approved_on,
		)
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
		.orderby(assessment.opd)
	)
	below = choice.unit(filters, assessment.opd)
	rows = (query if below is None else query.where(below)).run(as_dict=True)
	for row in rows:
		if row.workflow_state not in DECIDED:
			row.verified_score = row.category = row.meets = None
		if row.workflow_state != lifecycle.APPROVED:
			row.approved_on = None
	return rows


def results_of(period: Period) -> list[frappe._dict]:
	"""Return `opd` and `verified_score` (points 0-100) of the decided assessments of a period that the reader may
	see, by unit: what another period is compared with. One query."""
	assessment = scoped.table("P2HAM Assessment")
	return (
		scoped.within("P2HAM Assessment")
		.select(assessment.opd, assessment.verified_score)
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
		.where(assessment.workflow_state.isin(DECIDED))
		.orderby(assessment.opd)
		.run(as_dict=True)
	)


def ranks(rows: list) -> dict[str, int]:
	"""Return the place of each unit that has one, by its verified score among `rows`."""
	found = zip(rows, places(row.verified_score for row in rows), strict=True)
	return {row.opd: place for row, place in found if place}


def distribution(period: Period) -> list[tuple[str, int]]:
	"""Return how many decided units of the whole regency reach each category, without saying which; nothing where
	fewer than MIN_UNITS are decided. One query.

	This looks past the scope on purpose: P2HAM Settings allow it, and no unit can be told from it.
	"""
	counts = scoped.anonymous_counts(
		"P2HAM Assessment",
		"category",
		{"period": period.name, "workflow_state": DECIDED, "docstatus": (0, 1)},
	)
	return counts if sum(number for _category, number in counts) >= MIN_UNITS else []
