"""An active instrument does not change: neither itself nor its criteria, indicators and scales. One that is in
use is not deleted."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt

from p2ham.access.guard import NUMERIC, WHOLE, WITHOUT_VALUE
from p2ham.engine.instrument_life import DRAFT


def refuse_if_frozen(instrument: str, what: str) -> None:
	"""Raise frappe.PermissionError if `instrument` is past Draft; `what` names the record at hand.

	Locks the instrument until the transaction ends, so that nobody activates it over an unfinished change.
	"""
	status = frappe.db.get_value("P2HAM Instrument", instrument, "status", for_update=True)
	if status and status != DRAFT:
		frappe.throw(
			_("{0}: the instrument {1} is {2} and no longer changes. Make a new version of it.").format(
				escape_html(what), instrument, _(status)
			),
			frappe.PermissionError,
			title=_("Instrument Frozen"),
		)


def check_scale(scale, deleting: bool = False) -> None:
	"""Refuse a change of a scale that an instrument past Draft uses.

	Locks the instruments that use it, so that none of them is activated over an unfinished change.
	"""
	if scale.is_new() or (not deleting and same(scale.get_doc_before_save(), scale)):
		return
	indicator = frappe.qb.DocType("P2HAM Indicator")
	instrument = frappe.qb.DocType("P2HAM Instrument")
	users = frappe.qb.from_(indicator).select(indicator.instrument).where(indicator.scale == scale.name)
	for name in (
		frappe.qb.from_(instrument)
		.select(instrument.name)
		.where(instrument.name.isin(users))
		.orderby(instrument.name)
		.run(pluck=True)
	):
		refuse_if_frozen(name, scale.name)


def same(before, after, but: tuple[str, ...] = ()) -> bool:
	"""Tell whether two versions of a document say exactly the same: every field but those in `but`, and every
	row in its place. The guard of assessments forgives spaces and order; what is frozen does not."""
	return _exactly(before, but) == _exactly(after, but)


def _exactly(doc, but: tuple[str, ...] = ()) -> list:
	values = []
	for field in doc.meta.fields:
		if field.fieldname in but or field.fieldtype in WITHOUT_VALUE:
			continue
		value = doc.get(field.fieldname)
		if field.fieldtype in frappe.model.table_fields:
			value = [(row.name, _exactly(row)) for row in value or ()]
		elif field.fieldtype in NUMERIC:
			value = round(flt(value), 9)
		elif field.fieldtype in WHOLE:
			value = cint(value)
		else:
			value = "" if value is None else str(value)
		values.append(value)
	return [cint(doc.docstatus), values]


def lock_parts(instrument: str) -> None:
	"""Lock criteria, indicators and scales of an instrument until the transaction ends.

	Raises frappe.TimestampMismatchError if somebody has changed one of them since this transaction began:
	what it reads is older than that, and would be checked in vain.
	"""
	criterion, indicator, scale = map(
		frappe.qb.DocType, ("P2HAM Criterion", "P2HAM Indicator", "P2HAM Answer Scale")
	)
	scales = frappe.qb.from_(indicator).select(indicator.scale).where(indicator.instrument == instrument)
	for table, condition in (
		(criterion, criterion.instrument == instrument),
		(indicator, indicator.instrument == instrument),
		(scale, scale.name.isin(scales)),
	):
		rows = frappe.qb.from_(table).select(table.name, table.modified).where(condition)
		if sorted(rows.run()) != sorted(rows.for_update().run()):
			frappe.throw(
				_("{0}: somebody is changing its criteria, indicators or scales. Try again.").format(
					instrument
				),
				frappe.TimestampMismatchError,
			)


def refuse_renaming(opd_type: str, into: str | None = None) -> None:
	"""Raise frappe.PermissionError if an instrument past Draft asks indicators of this kind of unit, or of the
	one that it would be merged `into`: another name would change whom it asks."""
	row = frappe.qb.DocType("P2HAM Indicator OPD Type")
	indicator = frappe.qb.DocType("P2HAM Indicator")
	instrument = frappe.qb.DocType("P2HAM Instrument")
	users = (
		frappe.qb.from_(row)
		.join(indicator)
		.on(row.parent == indicator.name)
		.join(instrument)
		.on(indicator.instrument == instrument.name)
		.select(instrument.name)
		.distinct()
		.where(row.opd_type.isin([opd_type, into or opd_type]) & (instrument.status != DRAFT))
		.orderby(instrument.name)
		.run(pluck=True)
	)
	if users:
		frappe.throw(
			_("{0} keeps its name: {1} asks indicators of this kind of unit and no longer changes.").format(
				frappe.bold(opd_type), ", ".join(users)
			),
			frappe.PermissionError,
			title=_("Instrument Frozen"),
		)


def refuse_if_used(instrument: str) -> None:
	"""Raise frappe.LinkExistsError, naming them, if periods, assessments, results or newer instruments rest on an
	instrument."""
	users = [
		f"{_(doctype)} {name}"
		for doctype in ("P2HAM Period", "P2HAM Assessment", "P2HAM KKPHAM Result")
		for name in frappe.get_all(
			doctype, filters={"instrument": instrument}, pluck="name", order_by="name", limit=5
		)
	]
	users += [f"{_('P2HAM Instrument')} {name}" for name in _newer(instrument)]
	if users:
		frappe.throw(
			_("{0} cannot be deleted, it is in use: {1}.").format(frappe.bold(instrument), ", ".join(users)),
			frappe.LinkExistsError,
			title=_("Instrument in Use"),
		)


def _newer(instrument: str) -> list[str]:
	"""Return the instruments whose indicators continue those of `instrument`."""
	row = frappe.qb.DocType("P2HAM Indicator Predecessor")
	indicator = frappe.qb.DocType("P2HAM Indicator")
	return (
		frappe.qb.from_(row)
		.join(indicator)
		.on(row.parent == indicator.name)
		.select(indicator.instrument)
		.distinct()
		.where(row.reference.like(f"{instrument}:%") & (indicator.instrument != instrument))
		.orderby(indicator.instrument)
		.run(pluck=True)
	)
