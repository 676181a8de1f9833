"""What a workbook with results of KKP HAM would change: its rows beside the results that are there.

Looking takes a number of queries that does not depend on the size of the file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe.utils import cint, getdate

from p2ham.engine import kkpham_import as rules
from p2ham.engine.faults import Fault
from p2ham.engine.numbers import read_number, round_half_up
from p2ham.kkpham import result_rows, result_table, rights
from p2ham.tables.places import WorkbookError

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
	entries, faults = result_rows.read(rows, known())
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
