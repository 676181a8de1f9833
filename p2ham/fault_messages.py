"""Faults of the rules in the user's language, with the place where they are found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html

from p2ham.engine import fields
from p2ham.engine.faults import Fault
from p2ham.engine.fields import Rows
from p2ham.engine.instrument import Instrument


def message(fault: Fault) -> str:
	"""Return what a fault says, translated, as plain text."""
	return _(fault.template).format(*fault.values)


def where(thing, place: tuple[str | int, ...]) -> str:
	"""Return a place in an instrument or a scale in words: "Indicator A1, Evidence Slot Foto, Kind".

	A row is named by its first field, as people know it, or by its number where that is empty.
	"""
	if not place:
		return ""
	key, *rest = place
	for name, kind in fields.kinds(type(thing)).items():
		if fields.key_of(name, kind) != key:
			continue
		if not isinstance(kind, Rows) or not rest:
			return _(kind.label)
		position, *further = rest
		row = getattr(thing, name)[position]
		called = getattr(row, next(iter(fields.kinds(type(row))))) or f"#{position + 1}"
		return ", ".join(filter(None, [f"{_(kind.one)} {called}", where(row, tuple(further))]))
	return str(key)


def sentence(thing, fault: Fault) -> str:
	"""Return place and message of a fault found in an instrument or a scale, as plain text."""
	place = where(thing, fault.place) or (_("Instrument") if isinstance(thing, Instrument) else _("Scale"))
	return f"{place}: {message(fault)}"


def throw(intro: str, sentences: Iterable[str], title: str) -> NoReturn:
	"""Raise frappe.ValidationError with a list of sentences."""
	frappe.throw(
		intro + "<ul>" + "".join(f"<li>{escape_html(text)}</li>" for text in sentences) + "</ul>", title=title
	)
