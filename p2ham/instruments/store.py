"""An instrument between the rules and the site: `load` reads its records, `create` writes them."""

from __future__ import annotations

from decimal import Decimal

import frappe
from frappe import _

from p2ham.engine import instrument as engine
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


def load(name: str) -> Instrument:
	"""Read an instrument with its whole tree, in a number of queries that does not depend on its size.

	Codes of criteria and indicators are the names of their records, so that they are unique on the site.
	"""
	record = frappe.get_cached_doc("P2HAM Instrument", name)
	criteria = frappe.get_all(
		"P2HAM Criterion",
		filters={"instrument": name},
		fields=["name", "title", "weight", "parent_criterion", "sequence"],
		order_by="sequence, code",
	)
	indicators = frappe.get_all(
		"P2HAM Indicator", filters={"instrument": name}, fields=["*"], order_by="sequence, code"
	)
	names = [row.name for row in indicators]
	slots = _rows("P2HAM Evidence Slot", names)
	opd_types = _rows("P2HAM Indicator OPD Type", names)
	continues = _rows("P2HAM Indicator Predecessor", names)
	return Instrument(
		code=record.code,
		title=record.title,
		regulation=record.regulation,
		family=record.family,
		year=record.year,
		passing_score=_exact(record.passing_score) or None,
		source_note=record.source_note or "",
		thresholds=tuple(
			Threshold(row.label, _exact(row.min_score), row.colour) for row in record.thresholds
		),
		scales=load_scales({row.scale for row in indicators}),
		criteria=tuple(
			Criterion(
				row.name, row.title, _exact(row.weight), row.parent_criterion or None, row.sequence or 0
			)
			for row in criteria
		),
		indicators=tuple(
			Indicator(
				code=row.name,
				title=row.title,
				criterion=row.criterion,
				scale=row.scale,
				weight=_exact(row.weight),
				mandatory=bool(row.mandatory),
				guidance=row.guidance or "",
				principles=tuple(word for field, word in PRINCIPLE_FIELDS.items() if row[field]),
				vulnerable_groups=tuple(word for field, word in GROUP_FIELDS.items() if row[field]),
				opd_types=tuple(child.opd_type for child in opd_types.get(row.name, ())),
				continues=tuple(child.indicator for child in continues.get(row.name, ())),
				evidence_slots=tuple(
					EvidenceSlot(child.label, child.kind, bool(child.mandatory), child.example or "")
					for child in slots.get(row.name, ())
				),
			)
			for row in indicators
		),
	)


def load_scales(titles: set[str]) -> tuple[Scale, ...]:
	"""Read the answer scales with these titles."""
	if not titles:
		return ()
	options = _rows("P2HAM Scale Option", sorted(titles))
	return tuple(
		Scale(row.name, row.kind, tuple(scale_option(option) for option in options.get(row.name, ())))
		for row in frappe.get_all(
			"P2HAM Answer Scale",
			filters={"name": ("in", sorted(titles))},
			fields=["name", "kind"],
			order_by="name",
		)
	)


def scale_option(row) -> ScaleOption:
	"""Turn a row of P2HAM Scale Option into the rules' form; a 'to' not above 'from' means open-ended."""
	lower, upper = _exact(row.from_value), _exact(row.to_value)
	return ScaleOption(
		row.label,
		_exact(row.points),
		bool(row.not_applicable),
		lower,
		upper if upper > lower else None,
	)


def _exact(value) -> Decimal:
	return read_number(value) or Decimal(0)


def _rows(child: str, parents: list[str]) -> dict[str, list]:
	found: dict[str, list] = {}
	if parents:
		for row in frappe.get_all(
			child, filters={"parent": ("in", parents)}, fields=["*"], order_by="parent, idx"
		):
			found.setdefault(row.parent, []).append(row)
	return found


def create(instrument: Instrument) -> str:
	"""Write an instrument to the site as a Draft with its criteria, indicators and scales; return its name.

	Raises frappe.DuplicateEntryError if the code is taken, and frappe.ValidationError if a scale of that title
	exists with other answers.
	"""
	if frappe.db.exists("P2HAM Instrument", instrument.code):
		frappe.throw(
			_("An instrument with code {0} already exists.").format(instrument.code),
			frappe.DuplicateEntryError,
		)
	for scale in instrument.scales:
		_ensure_scale(scale)
	record = frappe.get_doc(
		{
			"doctype": "P2HAM Instrument",
			"code": instrument.code,
			"title": instrument.title,
			"regulation": instrument.regulation,
			"family": instrument.family,
			"year": instrument.year,
			"passing_score": float(instrument.passing_score or 0),
			"source_note": instrument.source_note,
			"thresholds": [
				{"label": row.label, "min_score": float(row.min_score), "colour": row.colour}
				for row in instrument.thresholds
			],
		}
	).insert()
	for criterion in _parents_first(instrument.criteria):
		frappe.get_doc(
			{
				"doctype": "P2HAM Criterion",
				"instrument": record.name,
				"code": criterion.code,
				"title": criterion.title,
				"weight": float(criterion.weight),
				"sequence": criterion.sequence,
				"parent_criterion": f"{record.name}-{criterion.parent}" if criterion.parent else None,
			}
		).insert()
	for sequence, indicator in enumerate(instrument.indicators, start=1):
		_create_indicator(record.name, sequence, indicator)
	return record.name


def _create_indicator(instrument: str, sequence: int, indicator: Indicator) -> None:
	for opd_type in indicator.opd_types:
		if not frappe.db.exists("P2HAM OPD Type", opd_type):
			frappe.get_doc({"doctype": "P2HAM OPD Type", "type_name": opd_type}).insert()
	frappe.get_doc(
		{
			"doctype": "P2HAM Indicator",
			"instrument": instrument,
			"code": indicator.code,
			"criterion": f"{instrument}-{indicator.criterion}",
			"title": indicator.title,
			"guidance": indicator.guidance,
			"scale": indicator.scale,
			"weight": float(indicator.weight),
			"mandatory": int(indicator.mandatory),
			"sequence": sequence,
			**{field: int(word in indicator.principles) for field, word in PRINCIPLE_FIELDS.items()},
			**{field: int(word in indicator.vulnerable_groups) for field, word in GROUP_FIELDS.items()},
			"opd_types": [{"opd_type": opd_type} for opd_type in indicator.opd_types],
			"continues": [{"indicator": name} for name in _predecessors(indicator)],
			"evidence_slots": [
				{
					"label": slot.label,
					"kind": slot.kind,
					"mandatory": int(slot.mandatory),
					"example": slot.example,
				}
				for slot in indicator.evidence_slots
			],
		}
	).insert()


def _predecessors(indicator: Indicator) -> list[str]:
	"""Return the records that "INSTRUMENT:CODE" names; older instruments need not be on the site."""
	names = [reference.replace(":", "-") for reference in indicator.continues]
	return [name for name in names if frappe.db.exists("P2HAM Indicator", name)]


def _parents_first(criteria: tuple[Criterion, ...]) -> list[Criterion]:
	ordered, placed, waiting = [], set(), list(criteria)
	while waiting:
		ready = [criterion for criterion in waiting if not criterion.parent or criterion.parent in placed]
		ordered += ready
		placed.update(criterion.code for criterion in ready)
		waiting = [criterion for criterion in waiting if criterion not in ready]
	return ordered


def _ensure_scale(scale: Scale) -> None:
	if frappe.db.exists("P2HAM Answer Scale", scale.title):
		(stored,) = load_scales({scale.title})
		if stored != _stored_form(scale):
			frappe.throw(
				_(
					"The scale {0} exists on this site with other answers; give the one in the file another title."
				).format(frappe.bold(scale.title))
			)
		return
	frappe.get_doc(
		{
			"doctype": "P2HAM Answer Scale",
			"title": scale.title,
			"kind": scale.kind,
			"options": [
				{
					"label": option.label,
					"points": float(option.points),
					"not_applicable": int(option.not_applicable),
					"from_value": float(option.lower or 0),
					"to_value": float(option.upper or 0),
				}
				for option in scale.options
			],
		}
	).insert()


def _stored_form(scale: Scale) -> Scale:
	"""Return a scale as it reads after having been stored: empty bounds of bands become 0."""
	return Scale(
		scale.title,
		scale.kind,
		tuple(
			ScaleOption(
				option.label, option.points, option.not_applicable, option.lower or Decimal(0), option.upper
			)
			for option in scale.options
		),
	)


def install_shipped() -> list[str]:
	"""Create the shipped instruments that the site does not have yet; return the names of the new ones."""
	from p2ham.instruments import shipped_files

	created = []
	for path in shipped_files():
		instrument = engine.loads(path.read_text(encoding="utf-8"))
		if not frappe.db.exists("P2HAM Instrument", instrument.code):
			created.append(create(instrument))
	return created
