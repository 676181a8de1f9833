"""Small things that several controllers need."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.engine.fields import Kind
from p2ham.engine.numbers import read_number


def check_numbers(doc, *fields: str, least: float | None = None) -> None:
	"""Refuse text where a number belongs, or more decimals than the field keeps, naming the field: Frappe
	alone would silently store 0, or round.

	Raises frappe.ValidationError.
	"""
	for field in fields:
		value = _number(doc, field)
		if value is None:
			continue
		if least is not None and value < least:
			frappe.throw(
				_("{0}: {1} is less than {2}.").format(place_of(doc, field), frappe.bold(str(value)), least)
			)
		decimals = int(doc.meta.get_field(field).precision or 9)
		if abs(value) < 10**12 and value != round(value, decimals):
			frappe.throw(
				_("{0}: {1} has more than {2} decimals.").format(
					place_of(doc, field), frappe.bold(str(value)), decimals
				)
			)
		doc.set(field, float(value))


def check_bounds(row) -> None:
	"""Bring the bounds of a band, which may be empty for open and are therefore text, to one form."""
	for field in ("from_value", "to_value"):
		value = _number(row, field)
		row.set(field, "" if value is None else f"{value.normalize():f}")


def _number(doc, field: str):
	try:
		return read_number(doc.get(field))
	except ValueError:
		frappe.throw(
			_("{0}: {1} is not a number.").format(place_of(doc, field), frappe.bold(str(doc.get(field))))
		)


def place_of(doc, field: str) -> str:
	"""Name a field for a message, with its row if it stands in a table."""
	label = _(doc.meta.get_label(field))
	return _("Row {0}: {1}").format(doc.idx, label) if doc.get("parentfield") else label


def check_field(doc, field: str, kind: Kind) -> None:
	"""Hold a field to what the instrument file allows in it. Raises frappe.ValidationError."""
	from p2ham.instruments import said

	fault = next(kind.check(str(doc.get(field) or "")), None)
	if fault:
		frappe.throw(f"{place_of(doc, field)}: {frappe.utils.escape_html(said.message(fault))}")


def next_in_order(doc) -> None:
	"""Give a new criterion or indicator the last place in its instrument, unless it names one."""
	if not doc.sequence:
		last = frappe.get_all(
			doc.doctype,
			filters={"instrument": doc.instrument},
			pluck="sequence",
			order_by="sequence desc",
			limit=1,
		)
		doc.sequence = (last[0] if last else 0) + 1
