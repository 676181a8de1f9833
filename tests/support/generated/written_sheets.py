"""The rows that a sheet of a generated regency is: its own, its tables, what is sealed, and its log."""

from __future__ import annotations

import frappe

from generated.rows import Writer
from generated.sheet import FIGURES, HEAD, Sheet
from p2ham.assessment import log

SHEET = "P2HAM Assessment"
TABLES = (
	("items", "P2HAM Assessment Item"),
	("scores", "P2HAM Assessment Score"),
	("evidence_uses", "P2HAM Evidence Use"),
)


def write(writer: Writer, sheet: Sheet, stamps: dict) -> None:
	common = {**stamps, "docstatus": sheet.docstatus}
	writer.add(SHEET, {**{name: sheet.get(name) for name in (*HEAD, *FIGURES)}, **common})
	for table, child in TABLES:
		rows = [{**row, **common} for row in sheet.get(table)]
		writer.add_children(SHEET, sheet.name, table, child, rows)


def write_snapshot(writer: Writer, sealed: dict, stamps: dict) -> None:
	writer.add("P2HAM Assessment Snapshot", {**sealed, **stamps})


def write_log(writer: Writer, sheet: str, entries: list[frappe._dict]) -> None:
	for entry in entries:
		stamps = {
			"creation": entry["at"],
			"modified": entry["at"],
			"owner": entry.user,
			"modified_by": entry.user,
		}
		writer.add("P2HAM Assessment Log", {"name": log.entry_name(sheet, entry.sequence), **entry, **stamps})
