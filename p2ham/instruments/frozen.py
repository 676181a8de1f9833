"""An active instrument does not change: neither itself nor its criteria, indicators and scales. One that is in
use is not deleted."""

from __future__ import annotations

import frappe
from frappe import _

DRAFT = "Draft"


def refuse_if_frozen(instrument: str, what: str) -> None:
	"""Raise frappe.PermissionError if `instrument` is past Draft; `what` names the record at hand.

	Locks the instrument until the transaction ends, so that nobody activates it over an unfinished change.
	"""
	status = frappe.db.get_value("P2HAM Instrument", instrument, "status", for_update=True)
	if status and status != DRAFT:
		frappe.throw(
			_("{0}: the instrument {1} is {2} and no longer changes. Make a new version of it.").format(
				what, instrument, _(status)
			),
			frappe.PermissionError,
			title=_("Instrument Frozen"),
		)


def check_scale(scale, deleting: bool = False) -> None:
	"""Refuse a change of a scale that an instrument past Draft uses."""
	if scale.is_new() or (not deleting and not _changed(scale)):
		return
	indicator = frappe.qb.DocType("P2HAM Indicator")
	instrument = frappe.qb.DocType("P2HAM Instrument")
	used = (
		frappe.qb.from_(indicator)
		.join(instrument)
		.on(indicator.instrument == instrument.name)
		.select(instrument.name)
		.where((indicator.scale == scale.name) & (instrument.status != DRAFT))
		.orderby(instrument.name)
		.limit(1)
		.run(pluck=True)
	)
	if used:
		refuse_if_frozen(used[0], scale.name)


def _changed(scale) -> bool:
	from p2ham.access.guard import changes

	return bool(changes(scale.get_doc_before_save(), scale))


def refuse_if_used(instrument: str) -> None:
	"""Raise frappe.LinkExistsError, naming them, if periods, assessments or newer instruments rest on an
	instrument."""
	users = [
		f"{_(doctype)} {name}"
		for doctype in ("P2HAM Period", "P2HAM Assessment")
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
