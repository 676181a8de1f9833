"""What an assessment still lacks before it is handed over, and before it is reviewed."""

from __future__ import annotations

from frappe import _
from frappe.utils import cint

from p2ham import fault_messages
from p2ham.engine import completeness, scoring, verification
from p2ham.engine.completeness import Gap, ItemState
from p2ham.engine.instrument import Instrument
from p2ham.instruments import store


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
		fault_messages.throw(
			_("{0} cannot be submitted yet. Missing:").format(doc.name),
			(describe(gap) for gap in gaps),
			_("Incomplete"),
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
		fault_messages.throw(
			_("{0} cannot be reviewed yet. Not verified:").format(doc.name),
			(describe_open(point) for point in found),
			_("Not Verified"),
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
