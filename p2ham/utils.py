"""Small things that several controllers need."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.engine.numbers import read_number


def check_numbers(doc, *fields: str, least: float | None = None) -> None:
	"""Refuse text where a number belongs, naming the field: Frappe alone would silently store 0.

	Raises frappe.ValidationError.
	"""
	for field in fields:
		place = _(doc.meta.get_label(field))
		if doc.get("parentfield"):
			place = _("Row {0}: {1}").format(doc.idx, place)
		try:
			value = read_number(doc.get(field))
		except ValueError:
			frappe.throw(_("{0}: {1} is not a number.").format(place, frappe.bold(str(doc.get(field)))))
		if value is not None:
			if least is not None and value < least:
				frappe.throw(_("{0}: {1} is less than {2}.").format(place, frappe.bold(str(value)), least))
			doc.set(field, float(value))
