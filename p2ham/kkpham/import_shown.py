"""A preview of results of KKP HAM in words, as people read it before they import."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import formatdate

from p2ham import fault_messages
from p2ham.engine import kkpham_import as rules
from p2ham.engine.faults import Fault
from p2ham.figures import cells
from p2ham.kkpham.import_preview import RESULT, Line, Preview


def as_shown(found: Preview) -> dict:
	"""Return a preview in words: `rows` with their kind, what changes from old to new, and faults with their place."""
	titles = _titles(found.lines)
	rows = [_row_shown(line, titles) for line in found.lines]
	kinds = (rules.NEW, rules.CHANGED, rules.UNCHANGED, rules.FAULTY)
	return {
		"digest": found.digest,
		"faults": [_fault_shown(fault) for fault in found.faults],
		"rows": rows,
		"counts": {kind: sum(row["kind"] == kind for row in rows) for kind in kinds},
	}


def _row_shown(line: Line, titles: Mapping[str, str]) -> dict:
	entry = line.entry
	opd, year = entry.values.get("opd"), entry.values.get("assessment_year")
	changed = [] if entry.faults else rules.changes(entry, line.present)
	return {
		"row": entry.number,
		"kind": line.kind,
		"unit": titles.get(opd, ""),
		"year": year,
		"name": line.present.name if line.present else "",
		"stamp": line.stamp,
		"changes": [
			{
				"label": titles[change.right] if change.right else _(_label(change.field)),
				"old": _value_shown(change.old),
				"new": _value_shown(change.new),
			}
			for change in changed
			if change.field not in ("opd", "assessment_year")
		],
		"faults": [_fault_shown(fault) for fault in entry.faults],
	}


def _titles(lines: list[Line]) -> dict[str, str]:
	"""Return full names of units and titles of rights by the names of their records. Two queries."""
	units = {line.entry.values.get("opd") or "" for line in lines}
	criteria = {right for line in lines for right in line.entry.scores}
	criteria.update(right for line in lines if line.present for right in line.present.scores)
	found = frappe.get_all(
		"P2HAM OPD",
		filters={"name": ("in", [*units, ""])},
		fields=["name", "opd_name"],
		order_by="name",
		as_list=True,
	)
	found += frappe.get_all(
		"P2HAM Criterion",
		filters={"name": ("in", [*criteria, ""])},
		fields=["name", "title"],
		order_by="name",
		as_list=True,
	)
	return dict(found)


def _label(name: str) -> str:
	return frappe.get_meta(RESULT).get_label(name)


def _value_shown(value) -> str:
	if value in (None, ""):
		return ""
	if isinstance(value, Decimal):
		return cells.decimal(float(value), 2)
	return str(value) if isinstance(value, int | str) else formatdate(value)


def _fault_shown(fault: Fault) -> dict:
	return {"place": place_of(fault), "text": fault_messages.message(fault)}


def place_of(fault: Fault) -> str:
	"""Return where a fault stands as people find it: "B5 (Nilai)", the sheet, or nothing for the file."""
	if len(fault.place) < 3:
		return fault.place[0] if fault.place else ""
	row, letter, name = fault.place
	return f"{letter}{row}" + (f" ({name})" if name else "") if letter else _("Row {0}").format(row)
