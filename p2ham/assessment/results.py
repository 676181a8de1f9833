"""What is computed from the answers of an assessment: points, scores, category, whether it meets the criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import escape_html

from p2ham import fault_messages
from p2ham.assessment import readiness
from p2ham.engine import completeness, lifecycle, scoring
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import read_number
from p2ham.engine.scoring import CriterionWeight, ScoredItem

SIDES = ("self", "verified")


@dataclass(frozen=True)
class Results:
	"""Everything that is computed from the answers of an assessment: for each side the points by item and
	the result, and what follows from both."""

	points: Mapping[str, Mapping[str, scoring.Points]]
	results: Mapping[str, scoring.Result]
	criteria: tuple[str, ...]
	category: str
	meets: bool
	completeness: int


def compute(doc, instrument: Instrument) -> Results:
	"""Compute an assessment from its answers; changes nothing.

	Raises frappe.ValidationError for an answer that its scale does not know, and for data that cannot be
	scored.
	"""
	points = {side: _points(doc, instrument, side) for side in SIDES}
	results = {side: _score(doc, instrument, points[side]) for side in SIDES}
	final = results["verified" if is_verified(doc) else "self"]
	return Results(
		points=points,
		results=results,
		criteria=tuple(criterion.code for criterion in instrument.criteria),
		category=final.category.label if final.category else "",
		meets=final.meets,
		completeness=completeness.share_complete(readiness.item_states(doc, instrument)),
	)


def store_results(doc, computed: Results) -> None:
	"""Write what was computed into the document."""
	if [row.criterion for row in doc.scores] != list(computed.criteria):
		doc.set("scores", [])
		for criterion in computed.criteria:
			doc.append("scores", {"criterion": criterion})
	for row, field, value in stored_values(doc, computed):
		row.set(field, value)


def stored_values(doc, computed: Results):
	"""Yield every computed figure as (document or row, field, value as it is stored)."""
	for side in SIDES:
		for row in doc.items:
			yield row, f"{side}_points", float(computed.points[side][row.indicator].value or 0)
		result = computed.results[side]
		for row in doc.scores:
			score = result.criteria.get(row.criterion)
			yield row, f"{side}_score", float(score or 0)
			yield row, f"{side}_not_applicable", int(score is None)
		yield doc, f"{side}_score", float(result.total or 0)
	yield doc, "category", computed.category
	yield doc, "meets", int(computed.meets)
	yield doc, "completeness", computed.completeness


def is_verified(doc) -> bool:
	"""Tell whether the verified side is the result: handed over, and every item verified. Before that it is
	a sum of gaps and only misleads."""
	return doc.workflow_state != lifecycle.DRAFT and all(row.verified_answer for row in doc.items)


def _points(doc, instrument: Instrument, side: str) -> dict[str, scoring.Points]:
	scales = {scale.title: scale for scale in instrument.scales}
	found = {}
	for row in doc.items:
		try:
			points = scoring.points_for(scales[row.scale], row.get(f"{side}_answer"))
		except scoring.AnswerError as error:
			frappe.throw(
				_("{0} {1}: {2} is not an answer of its scale. Possible: {3}.").format(
					row.code,
					escape_html(row.title),
					frappe.bold(escape_html(error.answer)),
					escape_html(error.allowed),
				)
				+ f" ({_(row.meta.get_label(f'{side}_answer'))})",
				title=_("Answer Not on the Scale"),
			)
		found[row.indicator] = points
	return found


def _score(doc, instrument: Instrument, points: dict[str, scoring.Points]) -> scoring.Result:
	try:
		return scoring.score(
			[
				CriterionWeight(criterion.code, criterion.weight, criterion.parent)
				for criterion in instrument.criteria
			],
			[
				ScoredItem(
					row.indicator,
					row.criterion,
					read_number(row.weight),
					points[row.indicator],
					bool(row.mandatory),
				)
				for row in doc.items
			],
			instrument.thresholds,
			instrument.passing_score,
		)
	except scoring.ScoringError as error:
		fault_messages.throw(
			_("{0} cannot be scored:").format(doc.name),
			[fault_messages.message(fault) for fault in error.faults],
			_("Cannot Be Scored"),
		)
