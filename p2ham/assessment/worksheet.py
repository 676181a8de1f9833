"""The rows of an assessment and everything computed from them: points, scores, completeness, hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, escape_html

from p2ham import fault_messages
from p2ham.access import scope
from p2ham.engine import completeness, lifecycle, scoring, snapshot, verification
from p2ham.engine import evidence as engine
from p2ham.engine.completeness import Gap, ItemState
from p2ham.engine.instrument import Indicator, Instrument
from p2ham.engine.numbers import read_number
from p2ham.engine.scoring import CriterionWeight, ScoredItem
from p2ham.evidence import revisions
from p2ham.instruments import store

SIDES = ("self", "verified")
VALIDITY_DATES = ("document_date", "valid_from", "valid_until")


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
	asked = asked_of(store.load(doc.instrument), opd_type)
	unknown = sorted(set(given) - {indicator.code for indicator in asked})
	if unknown:
		frappe.throw(
			_("{0}: {1} is not asked of this unit by {2}.").format(
				_("Indicator"), ", ".join(unknown), doc.instrument
			)
		)
	refuse_foreign_answers(doc)
	set_items(doc, asked, codes_of(doc.instrument))
	for row in doc.items:
		if row.indicator in given:
			row.self_answer, row.self_note = given[row.indicator].self_answer, given[row.indicator].self_note
	for use in doc.evidence_uses:
		use.verification, use.note, use.carried_over = "Pending", None, 0


def asked_of(instrument: Instrument, opd_type: str | None) -> list[Indicator]:
	"""Return the indicators that a unit of this type is asked."""
	return [row for row in instrument.indicators if not row.opd_types or opd_type in row.opd_types]


def codes_of(instrument: str) -> dict[str, str]:
	"""Return the code in the regulation of each indicator of an instrument, by the name of its record."""
	return dict(
		frappe.get_all(
			"P2HAM Indicator",
			filters={"instrument": instrument},
			fields=["name", "code"],
			order_by="name",
			as_list=True,
		)
	)


def set_items(doc, asked: list[Indicator], codes: Mapping[str, str]) -> None:
	"""Give an assessment an empty row for each indicator that is asked."""
	doc.set("items", [])
	for indicator in asked:
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
				"self_answer": None,
				"self_note": None,
				"carried_over": 0,
				"carried_from": None,
			},
		)


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
	_check_evidence(doc, instrument)
	_check_carried_over(doc)
	_reset_what_changed(doc)
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


def _check_carried_over(doc) -> None:
	"""What was carried over is confirmed, never the other way round: only making the assessments of a period says
	where an answer comes from. Raises frappe.PermissionError."""
	before = doc.get_doc_before_save()
	if not before:
		return
	for table in ("items", "evidence_uses"):
		marked = {row.name for row in before.get(table) if row.carried_over}
		for row in doc.get(table):
			if cint(row.carried_over) and row.name not in marked:
				frappe.throw(
					_("{0}, row {1}: {2} can be confirmed, but not set.").format(
						_(doc.meta.get_label(table)), row.idx, _(row.meta.get_label("carried_over"))
					),
					frappe.PermissionError,
					title=_("Change Not Allowed"),
				)


def _reset_what_changed(doc) -> None:
	"""A changed answer or document has to be verified anew, and is no longer what was carried over."""
	before = doc.get_doc_before_save()
	if not before or before.workflow_state != lifecycle.DRAFT:
		return
	answers = {row.name: row.self_answer or "" for row in before.items}
	answered = set()
	for row in doc.items:
		if (row.self_answer or "") != answers.get(row.name, ""):
			row.verified_answer = None
			row.carried_over, row.carried_from = 0, None
			answered.add(row.indicator)
	uses = {row.name: _use_key(row) for row in before.evidence_uses}
	for row in doc.evidence_uses:
		if uses.get(row.name) != _use_key(row):
			row.verification, row.note = "Pending", None
			row.carried_over = 0
		# Who answers anew has looked at what stands beside the answer.
		if row.indicator in answered:
			row.carried_over = 0


def _use_key(use) -> tuple:
	return use.indicator, use.slot or "", use.evidence, cint(use.revision)


def _check_evidence(doc, instrument: Instrument) -> None:
	"""Evidence must answer an indicator asked here, sit in one of its slots, be of the kind that is wanted there,
	and belong to this unit's line."""
	if not doc.evidence_uses:
		return
	before = doc.get_doc_before_save()
	known = {row.name: _use_key(row)[:3] for row in before.evidence_uses} if before else {}
	added = [row for row in doc.evidence_uses if known.get(row.name) != _use_key(row)[:3]]
	readable = scope.seen("P2HAM Evidence", [row.evidence for row in added])
	slots = {
		indicator.code: {slot.label: slot.kind for slot in indicator.evidence_slots}
		for indicator in instrument.indicators
	}
	asked = {row.indicator for row in doc.items}
	seen = set()
	for row in doc.evidence_uses:
		if row.indicator not in asked:
			frappe.throw(_("{0}: {1} is not asked of this unit.").format(_place(row), row.indicator))
		if row.slot and row.slot not in slots[row.indicator]:
			frappe.throw(
				_("{0}: the indicator has no evidence slot {1}.").format(_place(row), frappe.bold(row.slot))
			)
		if (row.indicator, row.slot, row.evidence) in seen:
			frappe.throw(_("{0}: {1} already stands there.").format(_place(row), row.evidence))
		seen.add((row.indicator, row.slot, row.evidence))
		if row in added and row.evidence not in readable:
			frappe.throw(
				_("{0}: {1} does not exist or is not yours.").format(_place(row), row.evidence),
				frappe.PermissionError,
			)
	_check_verification(doc)
	if not before or before.workflow_state == lifecycle.DRAFT:
		_follow_evidence(doc, added, slots)


def _place(use) -> str:
	return _("Evidence, row {0}").format(use.idx)


def _check_verification(doc) -> None:
	"""Whoever returns a document says why."""
	for row in doc.evidence_uses:
		if row.verification == "Returned" and not (row.note or "").strip():
			frappe.throw(
				_("{0}: a returned document needs a note that says what is wrong with it.").format(
					_place(row)
				),
				frappe.MandatoryError,
				title=_("Note Needed"),
			)


def _follow_evidence(doc, added: list, slots: dict[str, dict[str, str]]) -> None:
	"""As long as a sheet is a draft its rows follow the newest revision, and say whether that is valid in the
	data year. A step locks the documents: nobody replaces one while it is handed over."""
	evidence = frappe.qb.DocType("P2HAM Evidence")
	query = (
		frappe.qb.from_(evidence)
		.select(evidence.name, evidence.kind, evidence.mime_type, evidence.revision)
		.select(*(evidence[field] for field in VALIDITY_DATES))
		.where(evidence.name.isin(sorted({row.evidence for row in doc.evidence_uses})))
		.orderby(evidence.name)
	)
	if doc.workflow_state != lifecycle.DRAFT:
		query = query.for_update()
	documents = {row.name: row for row in query.run(as_dict=True)}
	year = frappe.db.get_value("P2HAM Period", doc.period, "data_year")
	for row in doc.evidence_uses:
		document = documents[row.evidence]
		wanted = slots[row.indicator].get(row.slot or "", engine.ANY)
		if row in added and not engine.fits(wanted, document.kind, document.mime_type):
			frappe.throw(
				_("{0}: {1} wants {2}; {3} is something else.").format(
					_place(row), frappe.bold(escape_html(row.slot)), _(wanted), row.evidence
				),
				title=_("Wrong Kind of Document"),
			)
		row.revision = document.revision or 1
		row.validity = engine.validity(year, **{field: document[field] for field in VALIDITY_DATES})


def not_valid(doc) -> list[str]:
	"""Name the documents that are not, or only partly, valid in the data year of the period."""
	uses = [row for row in doc.evidence_uses if row.validity in (engine.NOT_VALID, engine.PARTLY_VALID)]
	if not uses:
		return []
	codes = {row.indicator: row.code for row in doc.items}
	titles = revisions.of(uses)
	return [
		f"{codes[use.indicator]} {titles[use.evidence, use.revision].title}: {_(use.validity)}"
		for use in uses
	]


def tell_of_validity(doc) -> None:
	"""Tell whoever hands a sheet over which of its documents do not count in the data year. It is no reason to
	refuse: the verifier decides."""
	found = not_valid(doc)
	if found:
		frappe.msgprint(
			_("Not valid in all of the data year:")
			+ "<ul>"
			+ "".join(f"<li>{escape_html(text)}</li>" for text in found)
			+ "</ul>",
			title=_("Look at the Dates"),
			indicator="orange",
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
		fault_messages.throw(
			_("{0} cannot be scored:").format(doc.name),
			[fault_messages.message(fault) for fault in error.faults],
			_("Cannot Be Scored"),
		)


def item_states(doc, instrument: Instrument | None = None) -> list[ItemState]:
	"""Return the unit's side of an assessment as the rules of completeness want it."""
	instrument = instrument or store.load(doc.instrument)
	indicators = {indicator.code: indicator for indicator in instrument.indicators}
	scales = {scale.title: scale for scale in instrument.scales}
	filled: dict[str, set[str]] = {}
	unconfirmed = {row.indicator for row in doc.items if cint(row.get("carried_over"))}
	for use in doc.evidence_uses:
		filled.setdefault(use.indicator, set()).add(use.slot)
		if cint(use.get("carried_over")):
			unconfirmed.add(use.indicator)
	return [
		ItemState(
			code=row.code,
			title=row.title,
			points=scoring.points_for(scales[row.scale], row.self_answer),
			slots=indicators[row.indicator].evidence_slots,
			filled_slots=frozenset(filled.get(row.indicator, ())),
			unconfirmed=row.indicator in unconfirmed,
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
	if gap.gap is Gap.CONFIRMATION:
		return _("{0} {1}: confirm what was carried over").format(gap.code, gap.title)
	return _("{0} {1}: evidence ({2})").format(gap.code, gap.title, gap.slot)


def unverified(doc, instrument: Instrument | None = None) -> list[verification.Open]:
	"""List what a verifier has to do before the sheet can be reviewed."""
	instrument = instrument or store.load(doc.instrument)
	mandatory = {
		indicator.code: {slot.label for slot in indicator.evidence_slots if slot.mandatory}
		for indicator in instrument.indicators
	}
	uses: dict[str, list[verification.Looked]] = {}
	for use in doc.evidence_uses:
		slot = use.slot or ""
		uses.setdefault(use.indicator, []).append(
			verification.Looked(slot, use.verification or "", slot in mandatory[use.indicator], use.evidence)
		)
	return verification.open_points(
		verification.Judged(
			code=row.code,
			title=row.title,
			answered=bool(row.verified_answer),
			full_points=float(row.verified_points or 0) >= scoring.FULL_POINTS,
			has_note=bool((row.verified_note or "").strip()),
			uses=tuple(uses.get(row.indicator, ())),
		)
		for row in doc.items
	)


def refuse_unverified(doc) -> None:
	"""A review covers the whole sheet: every item has a verified answer, every evidence has been looked at, and
	full points without what was wanted are explained."""
	found = unverified(doc)
	if found:
		frappe.throw(
			_("{0} cannot be reviewed yet. Not verified:").format(doc.name)
			+ "<ul>"
			+ "".join(f"<li>{escape_html(describe_open(point))}</li>" for point in found)
			+ "</ul>",
			title=_("Not Verified"),
		)


def describe_open(point: verification.Open) -> str:
	"""Say in words what is still to verify, e.g. "A3 Ruang laktasi: Verified Answer"."""
	if point.kind is verification.Kind.ANSWER:
		return f"{point.code} {point.title}: {_('Verified Answer')}"
	if point.kind is verification.Kind.EVIDENCE:
		return f"{point.code} {point.slot}: {_('Verification')}"
	return _("{0} {1}: full points although {2} was returned; a note must say why.").format(
		point.code, point.title, point.slot
	)


def content(doc, rests_on: Mapping | None = None) -> dict:
	"""Return what an assessment says, as the log and the approval seal it. `rests_on` are the revisions of its
	documents, by evidence and revision, where the caller has them."""
	if rests_on is None:
		rests_on = revisions.of(doc.evidence_uses)
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
				"sha256": _fingerprint(rests_on, row),
				"verification": row.verification or "",
				"note": row.note or "",
			}
			for row in doc.evidence_uses
		],
	}


def _fingerprint(rests_on: Mapping, use) -> str:
	revision = rests_on.get((use.evidence, use.revision or 1))
	return (revision and revision.sha256) or ""


def _two_decimals(value) -> str:
	return f"{float(value or 0):.2f}"


def content_hash(doc, rests_on: Mapping | None = None) -> str:
	"""Return the SHA-256 of what an assessment says; `rests_on` as for `content`."""
	return snapshot.sha256(content(doc, rests_on))
