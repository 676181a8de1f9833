"""Brings results of KKP HAM from a workbook to the site: looks first and says what would change, then writes what was
looked at, all of it or nothing.

Who may do so is asked by the doors; each result is saved by its own document, which asks again. Looking takes a number of
queries that does not depend on the size of the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate

from p2ham import fault_messages
from p2ham.engine import kkpham_import as rules
from p2ham.engine.faults import Fault
from p2ham.engine.numbers import read_number, round_half_up
from p2ham.figures import cells
from p2ham.kkpham import result_table, rights
from p2ham.tables.places import WorkbookError
from p2ham.utils import told_of_deadlock

RESULT = "P2HAM KKPHAM Result"


@dataclass(frozen=True)
class Line:
	"""A row of the file beside the result that is there."""

	entry: rules.Entry
	present: rules.Present | None

	@property
	def kind(self) -> str:
		return rules.kind(self.entry, self.present)

	@property
	def stamp(self) -> str:
		return self.present.stamp if self.present else ""


@dataclass(frozen=True)
class Preview:
	"""What a file would do. With `faults` of the file as a whole it has no lines."""

	digest: str
	faults: list[Fault]
	lines: list[Line] = field(default_factory=list)


def digest_of(content: bytes) -> str:
	return hashlib.sha256(content).hexdigest()


def preview(content: bytes) -> Preview:
	"""Look at a workbook; nothing is written."""
	digest = digest_of(content)
	try:
		rows = result_table.load(content)
	except WorkbookError as error:
		return Preview(digest, error.faults)
	entries, faults = rules.read(rows, known())
	present = _present([entry.key for entry in entries if entry.key])
	return Preview(digest, faults, [Line(entry, present.get(entry.key)) for entry in entries])


def known() -> rules.Known:
	"""Return the units and the instruments in use that a file may name. Three queries."""
	units = frappe.get_all("P2HAM OPD", fields=["name", "opd_name"], order_by="lft", as_list=True)
	instruments = frappe.get_all(
		"P2HAM Instrument",
		filters={"family": rights.FAMILY, "status": ("!=", "Draft")},
		fields=["name", "title"],
		order_by="year desc, name",
		as_list=True,
	)
	asked: dict[str, dict[str, str]] = {name: {} for name, _title in instruments}
	for row in frappe.get_all(
		"P2HAM Criterion",
		filters={"instrument": ("in", [*asked, ""]), "parent_criterion": ("is", "not set")},
		fields=["name", "code", "instrument"],
		order_by="sequence, code",
	):
		asked[row.instrument][row.code] = row.name
	return rules.Known(
		dict(units), tuple(rules.Asked(name, title, asked[name]) for name, title in instruments)
	)


def _present(keys: list[tuple[str, int]]) -> dict[tuple[str, int], rules.Present]:
	"""Return the results that are there of some units and years. Two queries."""
	rows = frappe.get_all(
		RESULT,
		filters={
			"opd": ("in", [*{opd for opd, _year in keys}, ""]),
			"assessment_year": ("in", [*{year for _opd, year in keys}, 0]),
		},
		fields=["name", "modified", *rules.COLUMNS],
		order_by="name",
	)
	scores: dict[str, dict[str, Decimal]] = {row.name: {} for row in rows}
	for row in frappe.get_all(
		"P2HAM KKPHAM Right",
		filters={"parent": ("in", [*scores, ""]), "parenttype": RESULT},
		fields=["parent", "criterion", "score"],
		order_by="parent, idx",
	):
		scores[row.parent][row.criterion] = _points(row.score)
	return {
		(row.opd, row.assessment_year): rules.Present(
			row.name,
			str(row.modified),
			{name: _stored(name, row[name]) for name in rules.COLUMNS},
			scores[row.name],
		)
		for row in rows
	}


def _stored(name: str, value):
	"""Return a stored value in the form in which the rules read it from a cell."""
	if name == "score":
		return _points(value)
	if name == "reviewed_on":
		return getdate(value) if value else None
	if name in ("assessment_year", "data_year"):
		return cint(value)
	return (value or "").replace("\r\n", "\n").strip() or None


def _points(value: float) -> Decimal:
	return round_half_up(read_number(value))


# What people read


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
	return {"place": _place(fault), "text": fault_messages.message(fault)}


def _place(fault: Fault) -> str:
	"""Return where a fault stands as people find it: "B5 (Nilai)", the sheet, or nothing for the file."""
	if len(fault.place) < 3:
		return fault.place[0] if fault.place else ""
	row, letter, name = fault.place
	return f"{letter}{row}" + (f" ({name})" if name else "") if letter else _("Row {0}").format(row)


# Writing


def apply(content: bytes, digest: str, chosen: Mapping[int, str]) -> dict[str, int]:
	"""Write the chosen rows of a file, {number of the row: stamp as it was previewed}; return how many became "created" and
	"changed".

	Raises frappe.ValidationError, naming the row or the result, where the file or a result is another than was
	previewed, or a row is faulty: then nothing is written, as the request ends without a commit.
	"""
	if digest != digest_of(content):
		frappe.throw(_("The file is another than the one that was previewed. Look at the preview again."))
	by_number = {line.entry.number: line for line in preview(content).lines}
	lines = []
	for number, stamp in sorted(chosen.items()):
		line = by_number.get(number)
		if line is None:
			frappe.throw(_("Row {0} has no result that could be imported.").format(number))
		_check_faultless(line)
		if line.stamp != stamp:
			_refuse_stale(line)
		lines.append(line)
	written = {"created": 0, "changed": 0}
	for line in lines:
		if line.kind == rules.UNCHANGED:
			continue
		_write(line)
		written["changed" if line.present else "created"] += 1
	return written


def _check_faultless(line: Line) -> None:
	if line.entry.faults:
		fault_messages.throw(
			_("Row {0} is faulty:").format(line.entry.number),
			[f"{_place(fault)}: {fault_messages.message(fault)}" for fault in line.entry.faults],
			_("Not Imported"),
		)


def _refuse_stale(line: Line) -> None:
	name = line.present.name if line.present else " ".join(map(str, line.entry.key))
	frappe.throw(
		_(
			"Row {0}: {1} has been changed since the preview. Nothing was imported; look at the preview again."
		).format(line.entry.number, frappe.bold(name)),
		frappe.TimestampMismatchError,
		title=_("Not Imported"),
	)


def _write(line: Line) -> None:
	entry = line.entry
	if line.present:
		doc = frappe.get_doc(RESULT, line.present.name)
		if str(doc.modified) != line.stamp:
			_refuse_stale(line)
	else:
		doc = frappe.new_doc(RESULT)
	changed = rules.changes(entry, line.present)
	doc.update({change.field: change.new for change in changed if not change.right})
	_set_scores(doc, {change.right: change.new for change in changed if change.right})
	with told_of_deadlock(doc):
		doc.save()


def _set_scores(doc, scores: dict[str, Decimal | None]) -> None:
	"""Set the scores of rights; None takes the row away."""
	scores = dict(scores)
	kept = []
	for row in doc.rights:
		new = scores.pop(row.criterion, row.score)
		if new is not None:
			row.score = float(new)
			kept.append(row)
	doc.set("rights", kept)
	for criterion, score in scores.items():
		if score is not None:
			doc.append("rights", {"criterion": criterion, "score": float(score)})


def template(instrument: str) -> bytes:
	"""Return the Excel form for the results by an instrument of KKP HAM in use. Raises frappe.DoesNotExistError."""
	found = known()
	asked = next((each for each in found.instruments if each.name == instrument), None)
	if asked is None:
		frappe.throw(
			_("{0}: {1} does not exist.").format(_("Instrument"), instrument), frappe.DoesNotExistError
		)
	titles = {code: rights.of(instrument)[name].title for code, name in asked.rights.items()}
	return result_table.write(instrument, titles, found.units)
