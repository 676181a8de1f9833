"""Units that documents name."""

from __future__ import annotations

import frappe
from frappe import _


def check_exist(rows) -> None:
	"""Refuse a document or rows whose unit does not exist: Frappe 15 lets a link pass from which something is fetched.

	Raises frappe.LinkValidationError, naming field and row.
	"""
	named = {row.opd for row in rows if row.opd}
	there = set(
		frappe.get_all("P2HAM OPD", filters={"name": ("in", [*named, ""])}, pluck="name", order_by="name")
	)
	for row in rows:
		if row.opd and row.opd not in there:
			label = _(row.meta.get_label("opd"))
			place = _("Row {0}: {1}").format(row.idx, label) if row.get("parentfield") else label
			frappe.throw(_("{0}: {1} does not exist.").format(place, row.opd), frappe.LinkValidationError)
