"""An instrument between the rules and the site: `load` reads its records, `create` writes them.

Both take a number of queries that does not depend on the size of the instrument. `create` writes in bulk, past
the controllers, because the rules have checked the instrument as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.utils import now
from frappe.utils.global_search import update_global_search
from pypika import CustomFunction

from p2ham.engine import instrument as instrument_rules
from p2ham.engine.comparison import Reference
from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import comparable
from p2ham.engine.instrument import (
	Criterion,
	EvidenceSlot,
	Indicator,
	Instrument,
	InstrumentError,
	Scale,
	ScaleOption,
	Threshold,
)
from p2ham.engine.numbers import plain, read_number

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
PARTS = ("P2HAM Instrument", "P2HAM Criterion", "P2HAM Indicator", "P2HAM Answer Scale", "P2HAM OPD Type")


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
				**_child_of("P2HAM Answer Scale", scale.title, "options", number),
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
				**_child_of("P2HAM Indicator", name, "evidence_slots", number),
				"label": slot.label,
				"kind": slot.kind,
				"mandatory": int(slot.mandatory),
				"example": slot.example,
			}
			for number, slot in enumerate(indicator.evidence_slots, start=1)
		]
		types += [
			{**_child_of("P2HAM Indicator", name, "opd_types", number), "opd_type": word}
			for number, word in enumerate(indicator.opd_types, start=1)
		]
		older += [
			{**_child_of("P2HAM Indicator", name, "continues", number), "reference": reference}
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


def _child_of(parenttype: str, parent: str, field: str, number: int) -> dict:
	return {"parenttype": parenttype, "parent": parent, "parentfield": field, "idx": number}


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


def _text(value: Decimal | None) -> str:
	"""Return a bound as it is stored: exact, without trailing zeros, empty for open."""
	return "" if value is None else plain(value)


def install_shipped() -> list[str]:
	"""Create the shipped instruments that the site does not have yet; return the names of the new ones."""
	from p2ham.instruments import shipped_files

	created = []
	for path in shipped_files():
		instrument = instrument_rules.loads(path.read_text(encoding="utf-8"))
		if not frappe.db.exists("P2HAM Instrument", instrument.code):
			created.append(create(instrument))
	return created
