"""An active instrument does not change: neither itself nor its criteria, indicators and scales."""

from __future__ import annotations

import frappe
from frappe import _

DRAFT = "Draft"


def refuse_if_frozen(instrument: str, what: str) -> None:
	"""Raise frappe.PermissionError if `instrument` is past Draft; `what` names the record at hand."""
	status = frappe.db.get_value("P2HAM Instrument", instrument, "status")
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
