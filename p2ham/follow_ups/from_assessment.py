"""Follow-ups of an approved assessment: one for every indicator whose verified answer did not earn full points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import frappe
from frappe import _

from p2ham.assessment import results
from p2ham.engine import follow_up as rules
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import plain, round_half_up
from p2ham.follow_ups.suggestion import Group, Suggestion
from p2ham.instruments import store

# The field of P2HAM Follow-up that names the source.
FIELD = "assessment"


def groups(doc) -> list[Group]:
	"""Return what is not fully met, by criterion of the highest level, in the order of instrument and sheet.

	The number of queries does not depend on the size of the sheet. Raises frappe.ValidationError for an assessment
	that is not approved.
	"""
	if doc.workflow_state != lifecycle.APPROVED:
		frappe.throw(
			_("{0} is {1}. Follow-ups are suggested from an approved assessment.").format(
				doc.name, _(doc.workflow_state)
			),
			title=_("Not Approved"),
		)
	instrument = store.load(doc.instrument)
	present, top = _present(doc), _highest(instrument)
	found: dict[str, list[Suggestion]] = {
		criterion.code: [] for criterion in instrument.criteria if not criterion.parent
	}
	for row, points in _unmet(doc, instrument):
		found[top[row.criterion]].append(
			Suggestion(
				key=row.indicator,
				opd=doc.opd,
				recommendation=_recommendation(row, plain(round_half_up(points))),
				indicator=row.indicator,
				present=tuple(present[row.indicator]),
			)
		)
	titles = {criterion.code: criterion.title for criterion in instrument.criteria}
	return [Group(titles[code], tuple(suggestions)) for code, suggestions in found.items() if suggestions]


def counts(doc) -> dict | None:
	"""Return how many indicators of an approved assessment are not fully met (`unmet`), and how many of these have a
	follow-up (`followed`); None for one that is not approved."""
	if doc.workflow_state != lifecycle.APPROVED:
		return None
	present = _present(doc)
	unmet = [row.indicator for row, _points in _unmet(doc, store.load(doc.instrument))]
	return {"unmet": len(unmet), "followed": sum(indicator in present for indicator in unmet)}


def _unmet(doc, instrument: Instrument) -> Iterator[tuple]:
	"""Yield each row that leaves something to do, with its verified points (0-100)."""
	points = results.compute(doc, instrument).points["verified"]
	for row in doc.items:
		if rules.is_unmet(points[row.indicator]):
			yield row, points[row.indicator].value


def _highest(instrument: Instrument) -> dict[str, str]:
	"""Return for each criterion the one of the highest level that it belongs to."""
	parents = {criterion.code: criterion.parent for criterion in instrument.criteria}

	def climb(code: str) -> str:
		return climb(parents[code]) if parents[code] else code

	return {code: climb(code) for code in parents}


def _present(doc) -> defaultdict[str, list[str]]:
	"""Return the follow-ups of this assessment by indicator, those of a cancelled one that it replaces included: what was
	asked of the unit then is still asked. One query."""
	follow_up, sheet = frappe.qb.DocType("P2HAM Follow-up"), frappe.qb.DocType("P2HAM Assessment")
	rows = (
		frappe.qb.from_(follow_up)
		.join(sheet)
		.on(sheet.name == follow_up.assessment)
		.select(follow_up.indicator, follow_up.name)
		.where((sheet.opd == doc.opd) & (sheet.period == doc.period) & follow_up.indicator.isnotnull())
		.orderby(follow_up.name)
		.run()
	)
	found = defaultdict(list)
	for indicator, name in rows:
		found[indicator].append(name)
	return found


def _recommendation(row, points: str) -> str:
	"""Say in the reader's language what should be better: they edit it before it is created."""
	sentences = [
		_("Meet the indicator {0} {1}.").format(row.code, row.title.rstrip(". ")),
		_("Verified: {0} ({1} points).").format(_(row.verified_answer), points),
	]
	note = (row.verified_note or "").strip()
	if note:
		sentences.append(_("Verifier's note: {0}").format(note))
	return " ".join(sentences)
