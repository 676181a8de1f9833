"""Last year's answers and documents for new assessments: from the records to the rules (`engine.carry_over`) and into
the rows. The number of queries does not depend on the number of units."""

from __future__ import annotations

from collections.abc import Iterable

import frappe

from p2ham.engine import carry_over, comparison, lifecycle
from p2ham.engine.instrument import Indicator, Instrument
from p2ham.instruments import store

RETURNED = "Returned"


class Carrying:
	"""What can be carried over to the assessments of some units in a period: of each unit, from its latest approved
	assessment of an earlier year in the same family of instruments.

	Whoever makes assessments sees none of it; it was the unit's own before and stays so.
	"""

	def __init__(self, period, instrument: Instrument, units: list[str]):
		self.period, self.instrument = period, instrument
		self.scales = {scale.title: scale for scale in instrument.scales}
		self.sources = _latest(period, units)
		names = [row.name for row in self.sources.values()]
		self.items, (self.uses, self.revisions) = _items(names), _uses(names)
		self.continues = store.continuations(period.instrument) if names else {}
		self.before: dict[str, dict[str, tuple[str, ...]]] = {}

	def fill(self, doc, asked: list[Indicator]) -> bool:
		"""Fill the rows of a new assessment, marked as carried over; tell whether there was anything."""
		source = self.sources.get(doc.opd)
		if not source:
			return False
		before = self.predecessors(source.instrument)
		wanted = [carry_over.Asked(row.code, self.scales[row.scale], row.evidence_slots) for row in asked]
		answers = carry_over.answers(wanted, self.items.get(source.name, ()), before)
		for row in doc.items:
			if row.indicator in answers:
				row.self_answer = answers[row.indicator].answer
				row.self_note = answers[row.indicator].note or None
				row.carried_over, row.carried_from = 1, source.name
		uses = carry_over.documents(wanted, self.uses.get(source.name, ()), before, self.period.data_year)
		for use in uses:
			doc.append(
				"evidence_uses",
				{
					"indicator": use.code,
					"slot": use.slot,
					"evidence": use.document.evidence,
					"verification": "Pending",
					"revision": self.revisions[use.document.evidence],
					"validity": use.validity,
					"carried_over": 1,
				},
			)
		return bool(answers or uses)

	def predecessors(self, older: str) -> dict[str, tuple[str, ...]]:
		"""Return, by the names of the records, which indicators of an instrument each one asked now goes on from."""
		if older not in self.before:
			newer = self.period.instrument
			codes = [row.code.removeprefix(f"{newer}-") for row in self.instrument.indicators]
			found = comparison.predecessors(older, newer, codes, self.continues)
			self.before[older] = {
				store.record_name(newer, code): tuple(store.record_name(older, old) for old in olds)
				for code, olds in found.items()
			}
		return self.before[older]


def _latest(period, units: list[str]) -> dict[str, frappe._dict]:
	"""Return the assessment from which each unit goes on, by unit; a year may have had several rounds."""
	sheet, earlier = frappe.qb.DocType("P2HAM Assessment"), frappe.qb.DocType("P2HAM Period")
	rows = (
		frappe.qb.from_(sheet)
		.join(earlier)
		.on(sheet.period == earlier.name)
		.select(sheet.name, sheet.opd, sheet.instrument)
		.where(sheet.opd.isin([*units, ""]))
		.where((sheet.docstatus == 1) & (sheet.workflow_state == lifecycle.APPROVED))
		.where((earlier.family == period.family) & (earlier.assessment_year < period.assessment_year))
		.orderby(earlier.assessment_year)
		.orderby(earlier.fill_from)
		.orderby(earlier.creation)
		.run(as_dict=True)
	)
	return {row.opd: row for row in rows}


def _items(assessments: Iterable[str]) -> dict[str, list[carry_over.Accepted]]:
	found: dict[str, list[carry_over.Accepted]] = {}
	for row in frappe.get_all(
		"P2HAM Assessment Item",
		filters={"parent": ("in", [*assessments, ""]), "parenttype": "P2HAM Assessment"},
		fields=["parent", "indicator", "verified_answer", "self_note"],
		order_by="parent, idx",
	):
		item = carry_over.Accepted(row.indicator, row.verified_answer or "", row.self_note or "")
		found.setdefault(row.parent, []).append(item)
	return found


def _uses(assessments: Iterable[str]) -> tuple[dict[str, list[carry_over.Document]], dict[str, int]]:
	"""Return the documents that these assessments rested on, as they are now, and their newest revisions. What the
	verifier has returned stays behind."""
	use, evidence = frappe.qb.DocType("P2HAM Evidence Use"), frappe.qb.DocType("P2HAM Evidence")
	found: dict[str, list[carry_over.Document]] = {}
	revisions: dict[str, int] = {}
	for row in (
		frappe.qb.from_(use)
		.join(evidence)
		.on(use.evidence == evidence.name)
		.select(use.parent, use.indicator, use.slot, use.evidence)
		.select(evidence.kind, evidence.mime_type, evidence.revision)
		.select(evidence.document_date, evidence.valid_from, evidence.valid_until)
		.where((use.parenttype == "P2HAM Assessment") & use.parent.isin([*assessments, ""]))
		.where(use.verification.isnull() | (use.verification != RETURNED))
		.orderby(use.parent)
		.orderby(use.idx)
		.run(as_dict=True)
	):
		revisions[row.evidence] = row.revision or 1
		found.setdefault(row.parent, []).append(
			carry_over.Document(
				evidence=row.evidence,
				code=row.indicator,
				slot=row.slot or "",
				kind=row.kind,
				mime_type=row.mime_type or "",
				document_date=row.document_date,
				valid_from=row.valid_from,
				valid_until=row.valid_until,
			)
		)
	return found, revisions
