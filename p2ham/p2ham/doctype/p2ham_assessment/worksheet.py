"""The rows of an assessment and everything computed from them: points, scores, completeness, hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import escape_html

from p2ham.engine import completeness, lifecycle, scoring, snapshot
from p2ham.engine.completeness import Gap, ItemState
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import read_number
from p2ham.engine.scoring import CriterionWeight, ScoredItem
from p2ham.instruments import said, store

SIDES = ("self", "verified")


def build(doc) -> None:
	"""Fill the rows of a new assessment from its instrument, keeping the answers that came with it.

	Raises frappe.ValidationError for an answer to an indicator that the instrument does not ask this unit.
	"""
	doc.instrument, doc.assessment_year = frappe.db.get_value(
		"P2HAM Period", doc.period, ["instrument", "assessment_year"]
	) or (None, None)
	if not doc.instrument:
		return
	given = {row.indicator: row for row in doc.items}
	opd_type = frappe.db.get_value("P2HAM OPD", doc.opd, "opd_type")
	asked = [
		indicator
		for indicator in store.load(doc.instrument).indicators
		if not indicator.opd_types or opd_type in indicator.opd_types
	]
	unknown = sorted(set(given) - {indicator.code for indicator in asked})
	if unknown:
		frappe.throw(
			_("{0}: {1} is not asked of this unit by {2}.").format(
				_("Indicator"), ", ".join(unknown), doc.instrument
			)
		)
	refuse_foreign_answers(doc)
	codes = dict(
		frappe.get_all(
			"P2HAM Indicator",
			filters={"instrument": doc.instrument},
			fields=["name", "code"],
			order_by="name",
			as_list=True,
		)
	)
	doc.set("items", [])
	for indicator in asked:
		row = given.get(indicator.code)
		doc.append(
			"items",
			{
				"indicator": indicator.code,
				"code": codes[indicator.code],
				"title": indicator.title,
				"criterion": indicator.criterion,
				"scale": indicator.scale,
				"weight": float(indicator.weight),
				"mandatory": int(indicator.mandatory),
				"self_answer": row.self_answer if row else None,
				"self_note": row.self_note if row else None,
			},
		)
	for use in doc.evidence_uses:
		use.verification, use.note = "Pending", None


def refuse_foreign_answers(doc) -> None:
	"""Whoever starts an assessment fills at most the unit's side of it, and a manager not even that."""
	from p2ham.access import duties

	if not doc.amended_from:  # an amended one is a copy: the verifier's side is left behind
		verified = [row for row in doc.items if row.verified_answer or row.verified_note]
		if verified:
			frappe.throw(
				_("A new assessment cannot carry verified answers: {0}.").format(
					", ".join(row.indicator for row in verified)
				),
				frappe.PermissionError,
			)
	answered = any(row.self_answer or row.self_note for row in doc.items) or doc.evidence_uses
	held = duties.names(duties.for_unit(doc.opd))
	if answered and not held.intersection(lifecycle.UNIT_DUTIES):
		frappe.throw(
			_("Only the clerk or head of {0} answers for this unit.").format(doc.opd), frappe.PermissionError
		)


def recompute(doc) -> None:
	"""Set points, scores by criterion, totals, category, `meets` and completeness from the answers.

	Raises frappe.ValidationError, with row and field, for an answer that its scale does not know.
	"""
	instrument = store.load(doc.instrument)
	_reset_what_changed(doc)
	_check_evidence(doc, instrument)
	store_results(doc, compute(doc, instrument))


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
		completeness=completeness.share_complete(item_states(doc, instrument)),
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


def _reset_what_changed(doc) -> None:
	"""A changed answer or document has to be verified anew."""
	before = doc.get_doc_before_save()
	if not before or before.workflow_state != lifecycle.DRAFT:
		return
	answers = {row.name: row.self_answer or "" for row in before.items}
	for row in doc.items:
		if (row.self_answer or "") != answers.get(row.name, ""):
			row.verified_answer = None
	uses = {row.name: (row.indicator, row.slot or "", row.evidence) for row in before.evidence_uses}
	for row in doc.evidence_uses:
		if uses.get(row.name) != (row.indicator, row.slot or "", row.evidence):
			row.verification, row.note = "Pending", None


def _check_evidence(doc, instrument: Instrument) -> None:
	"""Evidence must answer an indicator asked here, sit in one of its slots, and belong to this unit's line."""
	if not doc.evidence_uses:
		return
	before = doc.get_doc_before_save()
	known = {row.name for row in before.evidence_uses} if before else set()
	slots = {
		indicator.code: {slot.label for slot in indicator.evidence_slots}
		for indicator in instrument.indicators
	}
	asked = {row.indicator for row in doc.items}
	seen = set()
	for row in doc.evidence_uses:
		place = _("Evidence, row {0}").format(row.idx)
		if row.indicator not in asked:
			frappe.throw(_("{0}: {1} is not asked of this unit.").format(place, row.indicator))
		if row.slot and row.slot not in slots[row.indicator]:
			frappe.throw(
				_("{0}: the indicator has no evidence slot {1}.").format(place, frappe.bold(row.slot))
			)
		if (row.indicator, row.slot, row.evidence) in seen:
			frappe.throw(_("{0}: {1} already stands there.").format(place, row.evidence))
		seen.add((row.indicator, row.slot, row.evidence))
		if row.name not in known and not frappe.has_permission("P2HAM Evidence", "read", row.evidence):
			frappe.throw(
				_("{0}: {1} does not exist or is not yours.").format(place, row.evidence),
				frappe.PermissionError,
			)


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
		said.throw(
			_("{0} cannot be scored:").format(doc.name),
			[said.message(fault) for fault in error.faults],
			_("Cannot Be Scored"),
		)


def item_states(doc, instrument: Instrument | None = None) -> list[ItemState]:
	"""Return the unit's side of an assessment as the rules of completeness want it."""
	instrument = instrument or store.load(doc.instrument)
	indicators = {indicator.code: indicator for indicator in instrument.indicators}
	scales = {scale.title: scale for scale in instrument.scales}
	filled: dict[str, set[str]] = {}
	for use in doc.evidence_uses:
		filled.setdefault(use.indicator, set()).add(use.slot)
	return [
		ItemState(
			code=row.code,
			title=row.title,
			points=scoring.points_for(scales[row.scale], row.self_answer),
			slots=indicators[row.indicator].evidence_slots,
			filled_slots=frozenset(filled.get(row.indicator, ())),
		)
		for row in doc.items
	]


def missing(doc) -> list[completeness.Missing]:
	"""List what the unit has to do before it can submit."""
	return completeness.missing(item_states(doc))


def refuse_incomplete(doc) -> None:
	gaps = missing(doc)
	if gaps:
		frappe.throw(
			_("{0} cannot be submitted yet. Missing:").format(doc.name)
			+ "<ul>"
			+ "".join(f"<li>{escape_html(describe(gap))}</li>" for gap in gaps)
			+ "</ul>",
			title=_("Incomplete"),
		)


def describe(gap: completeness.Missing) -> str:
	"""Say one gap in words, e.g. "A3 Ruang laktasi: answer"."""
	if gap.gap is Gap.ANSWER:
		return _("{0} {1}: answer").format(gap.code, gap.title)
	return _("{0} {1}: evidence ({2})").format(gap.code, gap.title, gap.slot)


def refuse_unverified(doc) -> None:
	"""A review covers the whole sheet: every item has a verified answer, every evidence has been looked at."""
	open_items = [
		f"{row.code} {row.title}: {_('Verified Answer')}" for row in doc.items if not row.verified_answer
	]
	codes = {row.indicator: row.code for row in doc.items}
	open_items += [
		f"{codes.get(row.indicator, row.indicator)} {row.slot or row.evidence}: {_('Verification')}"
		for row in doc.evidence_uses
		if row.verification == "Pending"
	]
	if open_items:
		frappe.throw(
			_("{0} cannot be reviewed yet. Not verified:").format(doc.name)
			+ "<ul>"
			+ "".join(f"<li>{escape_html(text)}</li>" for text in open_items)
			+ "</ul>",
			title=_("Not Verified"),
		)


def content(doc) -> dict:
	"""Return what an assessment says, as the log and the approval seal it."""
	fingerprints = dict(
		frappe.get_all(
			"P2HAM Evidence",
			filters={"name": ("in", [row.evidence for row in doc.evidence_uses] or [""])},
			fields=["name", "sha256"],
			order_by="name",
			as_list=True,
		)
	)
	answers = (
		"self_answer",
		"self_note",
		"self_points",
		"verified_answer",
		"verified_note",
		"verified_points",
	)
	return {
		"name": doc.name,
		"opd": doc.opd,
		"period": doc.period,
		"instrument": doc.instrument,
		"self_score": _two_decimals(doc.self_score),
		"verified_score": _two_decimals(doc.verified_score),
		"category": doc.category or "",
		"meets": int(doc.meets or 0),
		"items": [
			{
				"indicator": row.indicator,
				"criterion": row.criterion,
				"weight": read_number(row.weight),
				**{
					field: _two_decimals(row.get(field)) if field.endswith("points") else row.get(field) or ""
					for field in answers
				},
			}
			for row in doc.items
		],
		"evidence": [
			{
				"indicator": row.indicator,
				"slot": row.slot or "",
				"evidence": row.evidence,
				"sha256": fingerprints.get(row.evidence) or "",
				"verification": row.verification or "",
				"note": row.note or "",
			}
			for row in doc.evidence_uses
		],
	}


def _two_decimals(value) -> str:
	return f"{float(value or 0):.2f}"


def content_hash(doc) -> str:
	"""Return the SHA-256 of what an assessment says."""
	return snapshot.sha256(content(doc))
