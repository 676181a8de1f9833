"""The table of an assessment on paper: criteria in the order of their tree, below each its indicators with answers and evidence."""

from __future__ import annotations

import frappe
from frappe.utils import cint

from p2ham.assessment.source import Source
from p2ham.documents.assessment_parts import VERIFICATIONS
from p2ham.engine.instrument import Scale
from p2ham.engine.numbers import read_number
from p2ham.paper import indonesian
from p2ham.paper.parts import NOTHING

# A row that would fill most of a page may be cut in two, all others stay whole. Its narrowest column with
# running text takes about 26 characters a line.
TALL_ROW_LINES = 30

LINE_LENGTH = 26


class Rows:
	"""The lines of the table: criteria in tree order, below each its indicators."""

	def __init__(self, source: Source):
		self.doc, self.instrument, self.verified = source.doc, source.instrument, source.is_verified
		instrument, doc = source.instrument, source.doc
		self.scales = {scale.title: scale for scale in instrument.scales}
		self.scores = {row.criterion: row for row in doc.scores}
		self.children: dict[str | None, list] = {}
		for criterion in instrument.criteria:
			self.children.setdefault(criterion.parent, []).append(criterion)
		self.items: dict[str, list] = {}
		for row in doc.items:
			self.items.setdefault(row.criterion, []).append(row)
		self.evidence = _evidence(source)

	def in_tree_order(self, parent: str | None = None, depth: int = 0) -> list[dict]:
		found = []
		for criterion in self.children.get(parent, ()):
			below = [self._item(row) for row in self.items.get(criterion.code, ())]
			below += self.in_tree_order(criterion.code, depth + 1)
			if below:  # a criterion that asks nothing of this unit is not printed
				found += [{**self._criterion(criterion), "depth": depth}, *below]
		return found

	def recap(self) -> list[dict]:
		"""The criteria at the top of the tree with their scores."""
		return [
			self._criterion(criterion) for criterion in self.children.get(None, ()) if self._asks(criterion)
		]

	def total(self) -> dict:
		return {
			"self": indonesian.score(self.doc.self_score),
			"verified": indonesian.score(self.doc.verified_score) if self.verified else NOTHING,
		}

	def _criterion(self, criterion) -> dict:
		scores = self.scores.get(criterion.code)
		return {
			"kind": "criterion",
			"code": criterion.code.removeprefix(f"{self.doc.instrument}-"),
			"title": criterion.title,
			"weight": indonesian.number(criterion.weight),
			"self": self._score(criterion, scores, "self"),
			"verified": self._score(criterion, scores, "verified") if self.verified else NOTHING,
		}

	def _score(self, criterion, scores, side: str) -> str:
		"""A criterion in which nothing applies has no score; it is stored as 0."""
		if not scores or not self._applies(criterion, side):
			return NOTHING
		return indonesian.score(scores.get(f"{side}_score"))

	def _asks(self, criterion) -> bool:
		return bool(self.items.get(criterion.code)) or any(
			self._asks(child) for child in self.children.get(criterion.code, ())
		)

	def _applies(self, criterion, side: str) -> bool:
		return any(
			not _not_applicable(self.scales[row.scale], row.get(f"{side}_answer"))
			for row in self.items.get(criterion.code, ())
		) or any(self._applies(child, side) for child in self.children.get(criterion.code, ()))

	def _item(self, row) -> dict:
		scale = self.scales[row.scale]
		notes = [row.self_note or "", row.verified_note or ""]
		evidence = self.evidence.get(row.indicator, [])
		return {
			"kind": "item",
			"code": row.code,
			"title": row.title,
			"mandatory": bool(row.mandatory),
			"weight": indonesian.number(row.weight),
			"self": _answer(scale, row.self_answer, row.self_points, "belum dijawab"),
			"verified": _answer(scale, row.verified_answer, row.verified_points, NOTHING),
			"differs": bool(row.verified_answer) and row.verified_answer != row.self_answer,
			"self_note": notes[0].strip(),
			"verified_note": notes[1].strip(),
			"evidence": evidence,
			"tall": max(_lines(notes), _lines([use["title"] + use["note"] for use in evidence]))
			> TALL_ROW_LINES,
		}


def _lines(texts: list[str]) -> int:
	"""Estimate how many lines texts take in a column."""
	return sum(1 + len(line) // LINE_LENGTH for text in texts for line in text.splitlines())


def _answer(scale: Scale, answer: str | None, points, empty: str) -> dict:
	"""An answer and its points as printed; what does not apply has no points."""
	if not answer:
		return {"answer": empty, "points": NOTHING, "given": False}
	applies = not _not_applicable(scale, answer)
	return {
		"answer": _in_words(scale, answer),
		"points": indonesian.number(points) if applies else NOTHING,
		"given": True,
	}


def _not_applicable(scale: Scale, answer: str | None) -> bool:
	return any(option.not_applicable and option.label == answer for option in scale.options)


def _in_words(scale: Scale, answer: str) -> str:
	"""Numbers get their decimal comma, percentages their sign; words stay as they are."""
	if scale.kind == "Options":
		return answer
	try:
		value = read_number(answer)
	except ValueError:
		return answer
	return indonesian.number(value) + ("%" if scale.kind == "Percentage" else "")


def _evidence(source: Source) -> dict[str, list[dict]]:
	"""The documents of each indicator: title, what the verifier says of it, their note.

	A title may name a citizen. For a document that shows personal data, and for one that the reader may not
	open, the sheet names what was asked for instead (UU 27/2022; p2ham.access.scope).
	"""
	shown = set()
	uses = source.doc.evidence_uses
	if uses and frappe.has_permission("P2HAM Evidence", "read"):
		shown = set(
			frappe.get_list(
				"P2HAM Evidence",
				filters={
					"name": ("in", sorted({row.evidence for row in uses})),
					"contains_personal_data": 0,
				},
				order_by="name",
				limit_page_length=0,
				pluck="name",
			)
		)
	found: dict[str, list[dict]] = {}
	for row in uses:
		revision = source.evidence.get((row.evidence, row.revision or 1))
		seen = revision and row.evidence in shown and not cint(revision.contains_personal_data)
		found.setdefault(row.indicator, []).append(
			{
				"title": (revision.title if seen else "") or row.slot or row.evidence,
				"name": row.evidence,
				"verification": VERIFICATIONS[row.verification or "Pending"],
				"note": (row.note or "").strip(),
			}
		)
	return found
