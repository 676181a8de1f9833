"""An instrument from the site to the rules: `load` reads its records, in a number of queries that does not depend on its size."""

from __future__ import annotations

from decimal import Decimal

import frappe

from p2ham.engine import instrument as instrument_rules
from p2ham.engine.comparison import Reference
from p2ham.engine.instrument import (
	Criterion,
	EvidenceSlot,
	Indicator,
	Instrument,
	Scale,
	ScaleOption,
	Threshold,
)
from p2ham.engine.numbers import read_number

# Field of P2HAM Indicator -> word of the instrument file.
PRINCIPLE_FIELDS = {
	"non_discrimination": "Non-discrimination",
	"participation": "Participation",
	"accountability": "Accountability",
	"transparency": "Transparency",
}
GROUP_FIELDS = {
	"elderly": "Elderly",
	"children": "Children",
	"maternal": "Maternal",
	"disability": "Disability",
}
INDICATOR_ROWS = ("P2HAM Evidence Slot", "P2HAM Indicator OPD Type", "P2HAM Indicator Predecessor")


def record_name(instrument: str, code: str) -> str:
	"""Return the name of the record of a criterion or indicator."""
	return f"{instrument}-{code}"


def load(name: str, anew: bool = False) -> Instrument:
	"""Read an instrument with its whole tree. Codes of criteria and indicators are the names of their
	records, so that they are unique on the site.

	One past Draft no longer changes and is kept in the site's cache, unless it is wanted `anew`. Its time stamp,
	read in the transaction at hand, says whether what is kept is the same: an activation that is taken back
	leaves a stamp that never comes again. A draft is always read.
	"""
	status, stamp = frappe.db.get_value("P2HAM Instrument", name, ["status", "modified"]) or (None, None)
	if anew or status in (None, "Draft"):
		return _load(name, lambda row: row.name)
	key = f"p2ham_instrument::{name}"
	kept_stamp, instrument = frappe.cache.get_value(key) or (None, None)
	if kept_stamp != stamp:
		instrument = _load(name, lambda row: row.name)
		frappe.cache.set_value(key, (stamp, instrument))
	return instrument


def load_for_file(name: str) -> Instrument:
	"""Read an instrument as its file says it: with the codes of the regulation."""
	return instrument_rules.canonical(_load(name, lambda row: row.code))


def _load(name: str, code_of) -> Instrument:
	# Not from the cache of documents: it may be younger or older than what this transaction sees of the tree.
	record = frappe.get_doc("P2HAM Instrument", name)
	criteria = frappe.get_all(
		"P2HAM Criterion",
		filters={"instrument": name},
		fields=["name", "code", "title", "weight", "weight_total", "parent_criterion"],
		order_by="sequence, code",
	)
	indicators = frappe.get_all(
		"P2HAM Indicator", filters={"instrument": name}, fields=["*"], order_by="sequence, code"
	)
	names = [row.name for row in indicators]
	slots, opd_types, continues = (_rows(doctype, names) for doctype in INDICATOR_ROWS)
	codes = {row.name: code_of(row) for row in criteria}
	return Instrument(
		code=record.code,
		title=record.title,
		regulation=record.regulation,
		family=record.family,
		year=record.year,
		passing_score=_exact(record.passing_score) or None,
		template=bool(record.template),
		source_note=record.source_note or "",
		unverified_note=record.unverified_note or "",
		weight_total=_exact(record.weight_total) or None,
		thresholds=tuple(
			Threshold(row.label, _exact(row.min_score), row.colour) for row in record.thresholds
		),
		scales=load_scales({row.scale for row in indicators if row.scale}),
		criteria=tuple(
			Criterion(
				code=codes[row.name],
				title=row.title,
				weight=_exact(row.weight),
				weight_total=_exact(row.weight_total) or None,
				parent=codes.get(row.parent_criterion, row.parent_criterion) or None,
			)
			for row in criteria
		),
		indicators=tuple(
			Indicator(
				code=code_of(row),
				title=row.title,
				criterion=codes.get(row.criterion, row.criterion),
				scale=row.scale,
				weight=_exact(row.weight),
				mandatory=bool(row.mandatory),
				guidance=row.guidance or "",
				principles=tuple(word for field, word in PRINCIPLE_FIELDS.items() if row[field]),
				vulnerable_groups=tuple(word for field, word in GROUP_FIELDS.items() if row[field]),
				opd_types=tuple(child.opd_type for child in opd_types.get(row.name, ())),
				continues=tuple(child.reference for child in continues.get(row.name, ()) if child.reference),
				evidence_slots=tuple(
					EvidenceSlot(child.label, child.kind, bool(child.mandatory), child.example or "")
					for child in slots.get(row.name, ())
				),
			)
			for row in indicators
		),
	)


def load_scales(titles: set[str]) -> tuple[Scale, ...]:
	"""Read the answer scales with these titles, in the order of their titles."""
	if not titles:
		return ()
	options = _rows("P2HAM Scale Option", sorted(titles))
	found = frappe.get_all(
		"P2HAM Answer Scale",
		filters={"name": ("in", sorted(titles))},
		fields=["name", "kind"],
		order_by="name",
	)
	scales = (
		Scale(row.name, row.kind, tuple(scale_option(option) for option in options.get(row.name, ())))
		for row in found
	)
	return tuple(sorted(scales, key=lambda scale: scale.title))


def scale_option(row) -> ScaleOption:
	"""Turn a row of P2HAM Scale Option into the rules' form; an empty bound of a band is open."""
	return ScaleOption(
		row.label,
		_exact(row.points),
		bool(row.not_applicable),
		read_number(row.from_value),
		read_number(row.to_value),
	)


def continuations(*instruments: str) -> dict[Reference, tuple[Reference, ...]]:
	"""Return which older indicators each indicator of the site continues, as (instrument, code).

	Only what is past Draft says so, and the `instruments` named: a draft must not change what others mean.
	"""
	indicator = frappe.qb.DocType("P2HAM Indicator")
	row = frappe.qb.DocType("P2HAM Indicator Predecessor")
	record = frappe.qb.DocType("P2HAM Instrument")
	found: dict[Reference, tuple[Reference, ...]] = {}
	for instrument, code, reference in (
		frappe.qb.from_(row)
		.join(indicator)
		.on(row.parent == indicator.name)
		.join(record)
		.on(indicator.instrument == record.name)
		.select(indicator.instrument, indicator.code, row.reference)
		.where(row.reference.isnotnull() & (row.reference != ""))
		.where((record.status != "Draft") | record.name.isin([*instruments, ""]))
		.orderby(indicator.instrument)
		.orderby(indicator.code)
		.orderby(row.idx)
		.run()
	):
		newer = instrument, code
		found[newer] = (*found.get(newer, ()), tuple(reference.split(":", 1)))
	return found


def _rows(child: str, parents: list[str]) -> dict[str, list]:
	found: dict[str, list] = {}
	if parents:
		for row in frappe.get_all(
			child, filters={"parent": ("in", parents)}, fields=["*"], order_by="parent, idx"
		):
			found.setdefault(row.parent, []).append(row)
	return found


def _exact(value) -> Decimal:
	return read_number(value) or Decimal(0)


def child_of(parenttype: str, parent: str, field: str, number: int) -> dict:
	return {"parenttype": parenttype, "parent": parent, "parentfield": field, "idx": number}
