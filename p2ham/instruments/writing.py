"""An instrument from the rules to the site: what of it does not fit this site, and writing it, in a number of queries that does
not depend on its size.

It is written in bulk, past the controllers, because the rules have checked the instrument as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.utils import now
from frappe.utils.global_search import update_global_search
from pypika import CustomFunction

from p2ham.engine import instrument as instrument_rules
from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import comparable
from p2ham.engine.instrument import Criterion, Indicator, Instrument, InstrumentError, Scale
from p2ham.engine.numbers import plain
from p2ham.instruments import shipped_files
from p2ham.instruments.store import (
	GROUP_FIELDS,
	INDICATOR_ROWS,
	PRINCIPLE_FIELDS,
	child_of,
	continuations,
	load_scales,
	record_name,
)

PARTS = ("P2HAM Instrument", "P2HAM Criterion", "P2HAM Indicator", "P2HAM Answer Scale", "P2HAM OPD Type")


def site_faults(instrument: Instrument, replace: bool = False) -> list[Fault]:
	"""Return what keeps a valid instrument from being written to this site: its code is taken, a scale of
	that title has other answers, a kind of unit is spelled otherwise."""
	faults = []
	present = frappe.db.get_value("P2HAM Instrument", instrument.code, ["name", "status"], as_dict=True)
	if present and not replace:
		faults.append(Fault(("code",), N_("an instrument with the code {0} already exists"), (present.name,)))
	elif present and present.status != "Draft":
		faults.append(
			Fault(
				("code",),
				N_("the instrument {0} is past Draft and cannot be replaced; give the new one another code"),
				(present.name,),
			)
		)
	stored = {scale.title: scale for scale in load_scales({scale.title for scale in instrument.scales})}
	by_name = {comparable(title): title for title in stored}
	shared = _scales_of_others(set(stored), instrument.code)
	for position, scale in enumerate(instrument.scales):
		title = by_name.get(comparable(scale.title))
		rewritten = present and replace and title not in shared
		if title and stored[title] != scale and not (rewritten and title == scale.title):
			faults.append(
				Fault(
					("scales", position),
					N_('the scale "{0}" exists on this site with other answers; give this one another title'),
					(title,),
				)
			)
	types = {
		comparable(name): name for name in frappe.get_all("P2HAM OPD Type", pluck="name", order_by="name")
	}
	for position, indicator in enumerate(instrument.indicators):
		for number, word in enumerate(indicator.opd_types):
			known = types.setdefault(comparable(word), word)
			if known != word:
				faults.append(
					Fault(
						("indicators", position, "opd_types", number),
						N_('"{0}" is spelled "{1}" on this site'),
						(word, known),
					)
				)
	return faults


def circular_faults(instrument: Instrument) -> list[Fault]:
	"""Return where an instrument continues one that, over others, continues it: then neither is the older."""
	older_of: dict[str, set[str]] = {}
	for (newer, _code), references in continuations().items():
		older_of.setdefault(newer, set()).update(older for older, _code in references)

	def leads_back(start: str) -> bool:
		waiting, seen = [start], set()
		while waiting:
			name = waiting.pop()
			if name == instrument.code:
				return True
			if name not in seen:
				seen.add(name)
				waiting += older_of.get(name, ())
		return False

	names = {
		reference.partition(":")[0]
		for indicator in instrument.indicators
		for reference in indicator.continues
	}
	circular = {name for name in names if leads_back(name)}
	return [
		Fault(
			("indicators", position, "continues", number),
			N_("{0} itself continues {1}"),
			(reference.partition(":")[0], instrument.code),
		)
		for position, indicator in enumerate(instrument.indicators)
		for number, reference in enumerate(indicator.continues)
		if reference.partition(":")[0] in circular
	]


def _scales_of_others(titles: set[str], instrument: str) -> set[str]:
	"""Return those of the scales that indicators of other instruments use."""
	return set(
		frappe.get_all(
			"P2HAM Indicator",
			filters={"scale": ("in", [*sorted(titles), ""]), "instrument": ("!=", instrument)},
			pluck="scale",
			distinct=True,
			order_by="scale",
		)
	)


def create(instrument: Instrument, replace: bool = False) -> str:
	"""Write an instrument to the site as a Draft with its criteria, indicators and scales; return its name.

	With `replace`, a draft of the same code is written anew. Raises InstrumentError with everything that does
	not fit this site, before anything is written, and frappe.PermissionError.
	"""
	for doctype in PARTS:
		frappe.has_permission(doctype, "create", throw=True)
	faults = site_faults(instrument, replace)
	if faults:
		raise InstrumentError(faults)
	# Of two who import the same at once the second waits here, and then finds it there.
	replaced = frappe.db.get_value("P2HAM Instrument", instrument.code, "name", for_update=True)
	if replaced:
		remove_tree(instrument.code)
		record = frappe.get_doc("P2HAM Instrument", instrument.code)
	else:
		record = frappe.new_doc("P2HAM Instrument")
	record.update(_record(instrument))
	record.save() if replaced else record.insert()
	try:
		_write_scales(instrument.scales)
		_write_opd_types(instrument)
	except Exception as error:
		# These are named by free text, and each database has its own idea of which texts are the same.
		if not (error.args and frappe.db.is_duplicate_entry(error)):
			raise
		raise InstrumentError(
			[Fault((), N_("two scales or kinds of units have names that the database takes for the same"))]
		) from None
	_write_criteria(record.name, instrument.criteria)
	for row in _write_indicators(record.name, instrument.indicators):
		# As saving a document does, for the desk's search.
		update_global_search(frappe.get_doc({"doctype": "P2HAM Indicator", **row}))
	_link_continuations(instrument)
	return record.name


def _record(instrument: Instrument) -> dict:
	return {
		"code": instrument.code,
		"title": instrument.title,
		"regulation": instrument.regulation,
		"family": instrument.family,
		"year": instrument.year,
		"passing_score": float(instrument.passing_score or 0),
		"template": int(instrument.template),
		"source_note": instrument.source_note,
		"unverified_note": instrument.unverified_note,
		"weight_total": float(instrument.weight_total or 0),
		"thresholds": [
			{"label": row.label, "min_score": float(row.min_score), "colour": row.colour}
			for row in instrument.thresholds
		],
	}


def _write_scales(scales: Iterable[Scale]) -> None:
	"""Write what is new or has changed; `site_faults` has made sure that nobody else uses what changes."""
	stored = {scale.title: scale for scale in load_scales({scale.title for scale in scales})}
	changed = [scale for scale in scales if stored.get(scale.title) != scale]
	old = [scale.title for scale in changed if scale.title in stored]
	if old:
		frappe.db.delete("P2HAM Scale Option", {"parent": ("in", old)})
		frappe.db.delete("P2HAM Answer Scale", {"name": ("in", old)})
	_insert(
		"P2HAM Answer Scale", [{"name": row.title, "title": row.title, "kind": row.kind} for row in changed]
	)
	_insert(
		"P2HAM Scale Option",
		[
			{
				**child_of("P2HAM Answer Scale", scale.title, "options", number),
				"label": option.label,
				"points": float(option.points),
				"not_applicable": int(option.not_applicable),
				"from_value": _text(option.lower),
				"to_value": _text(option.upper),
			}
			for scale in changed
			for number, option in enumerate(scale.options, start=1)
		],
	)


def _write_opd_types(instrument: Instrument) -> None:
	wanted = dict.fromkeys(word for indicator in instrument.indicators for word in indicator.opd_types)
	present = set(frappe.get_all("P2HAM OPD Type", pluck="name", order_by="name"))
	_insert("P2HAM OPD Type", [{"name": word, "type_name": word} for word in wanted if word not in present])


def _write_criteria(instrument: str, criteria: Iterable[Criterion]) -> None:
	_insert(
		"P2HAM Criterion",
		[
			{
				"name": record_name(instrument, row.code),
				"instrument": instrument,
				"code": row.code,
				"title": row.title,
				"weight": float(row.weight),
				"weight_total": float(row.weight_total or 0),
				"sequence": sequence,
				"parent_criterion": record_name(instrument, row.parent) if row.parent else None,
			}
			for sequence, row in enumerate(criteria, start=1)
		],
	)


def _write_indicators(instrument: str, indicators: Iterable[Indicator]) -> list[dict]:
	"""Write indicators with their rows; return what was written of the indicators themselves."""
	rows = [
		{
			"name": record_name(instrument, row.code),
			"instrument": instrument,
			"code": row.code,
			"criterion": record_name(instrument, row.criterion),
			"title": row.title,
			"guidance": row.guidance,
			"scale": row.scale,
			"weight": float(row.weight),
			"mandatory": int(row.mandatory),
			"sequence": sequence,
			**{field: int(word in row.principles) for field, word in PRINCIPLE_FIELDS.items()},
			**{field: int(word in row.vulnerable_groups) for field, word in GROUP_FIELDS.items()},
		}
		for sequence, row in enumerate(indicators, start=1)
	]
	_insert("P2HAM Indicator", rows)
	slots, types, older = [], [], []
	for indicator in indicators:
		name = record_name(instrument, indicator.code)
		slots += [
			{
				**child_of("P2HAM Indicator", name, "evidence_slots", number),
				"label": slot.label,
				"kind": slot.kind,
				"mandatory": int(slot.mandatory),
				"example": slot.example,
			}
			for number, slot in enumerate(indicator.evidence_slots, start=1)
		]
		types += [
			{**child_of("P2HAM Indicator", name, "opd_types", number), "opd_type": word}
			for number, word in enumerate(indicator.opd_types, start=1)
		]
		older += [
			{**child_of("P2HAM Indicator", name, "continues", number), "reference": reference}
			for number, reference in enumerate(indicator.continues, start=1)
		]
	for doctype, children in zip(INDICATOR_ROWS, (slots, types, older), strict=True):
		_insert(doctype, children)
	return rows


def _link_continuations(instrument: Instrument) -> None:
	"""Link references to indicators that are on the site: of this instrument, and of newer ones to it."""
	row = frappe.qb.DocType("P2HAM Indicator Predecessor")
	indicator = frappe.qb.DocType("P2HAM Indicator")
	ours = {
		f"{instrument.code}:{entry.code}": record_name(instrument.code, entry.code)
		for entry in instrument.indicators
	}
	wanted = {reference for entry in instrument.indicators for reference in entry.continues}
	wanted |= set(
		frappe.qb.from_(row)
		.select(row.reference)
		.distinct()
		.where(row.reference.like(f"{instrument.code}:%"))
		.orderby(row.reference)
		.run(pluck=True)
	)
	names = {reference: reference.replace(":", "-") for reference in wanted}
	present = set(
		frappe.qb.from_(indicator)
		.select(indicator.name)
		.where(indicator.name.isin([*sorted(names.values()), ""]))
		.orderby(indicator.name)
		.run(pluck=True)
	) | set(ours.values())
	linked = [reference for reference, name in names.items() if name in present]
	if linked:
		link_references(linked)


def link_references(references: Iterable[str]) -> None:
	"""Point rows that name these indicators (INSTRUMENT:CODE) to their records, in one query."""
	row = frappe.qb.DocType("P2HAM Indicator Predecessor")
	replaced = CustomFunction("REPLACE", ["text", "what", "by"])
	(
		frappe.qb.update(row)
		.set(row.indicator, replaced(row.reference, ":", "-"))
		.where(row.reference.isin(sorted(references)))
		.run()
	)


def remove_tree(instrument: str) -> None:
	"""Remove criteria and indicators of an instrument with their rows, past the controllers: the caller has
	made sure that nothing uses them. References of newer instruments stay as text."""
	names = frappe.get_all(
		"P2HAM Indicator", filters={"instrument": instrument}, pluck="name", order_by="name"
	)
	if names:
		for doctype in INDICATOR_ROWS:
			frappe.db.delete(doctype, {"parent": ("in", names), "parenttype": "P2HAM Indicator"})
		frappe.db.set_value(
			"P2HAM Indicator Predecessor",
			{"indicator": ("in", names)},
			"indicator",
			None,
			update_modified=False,
		)
		frappe.db.delete("__global_search", {"doctype": "P2HAM Indicator", "name": ("in", names)})
	for doctype in ("P2HAM Indicator", "P2HAM Criterion"):
		frappe.db.delete(doctype, {"instrument": instrument})


def _insert(doctype: str, rows: list[dict]) -> None:
	"""Insert records of one DocType in one query, with what Frappe writes into every record."""
	if not rows:
		return
	at, user = now(), frappe.session.user
	common = {"creation": at, "modified": at, "owner": user, "modified_by": user, "docstatus": 0, "idx": 0}
	rows = [{**common, "name": None, **row} for row in rows]
	for row in rows:
		row["name"] = row["name"] or frappe.generate_hash(length=10)
	columns = list(rows[0])
	frappe.db.bulk_insert(doctype, columns, [[row[column] for column in columns] for row in rows])


def _text(value: Decimal | None) -> str:
	"""Return a bound as it is stored: exact, without trailing zeros, empty for open."""
	return "" if value is None else plain(value)


def install_shipped() -> list[str]:
	"""Create the shipped instruments that the site does not have yet; return the names of the new ones."""

	created = []
	for path in shipped_files():
		instrument = instrument_rules.loads(path.read_text(encoding="utf-8"))
		if not frappe.db.exists("P2HAM Instrument", instrument.code):
			created.append(create(instrument))
	return created
