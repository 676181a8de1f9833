"""An instrument as the workbook that an official edits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from openpyxl.styles import Alignment, Font

from p2ham.engine import fields
from p2ham.engine import instrument as instruments
from p2ham.engine.faults import N_
from p2ham.engine.fields import Choice, Flag, Number, Text, Whole, Words
from p2ham.engine.instrument import Instrument
from p2ham.instruments.workbook_sheets import (
	FIELD_COLUMN,
	FORMAT_COLUMN,
	REFERENCES,
	SHEETS,
	TABLES,
	VALUE_COLUMN,
	columns_in,
	max_rows,
	rows_of_instrument,
)
from p2ham.tables.columns import Column
from p2ham.tables.template import TableWriter
from p2ham.tables.writing import fit_rows

MIN_SLOTS = 3  # evidence slots for which there are columns even if no indicator has that many


def write(instrument: Instrument, translate: Callable[[str], str] = str) -> bytes:
	"""Return an instrument as the bytes of an .xlsx file, its headers, words and notes through `translate`.

	The instrument must pass `check`. Raises WorkbookError if the workbook would be larger than `load` takes.
	"""
	instrument = instruments.canonical(instrument)
	fullest = max((len(row.evidence_slots) for row in instrument.indicators), default=0)
	columns = {table: columns_in(table, max(fullest, MIN_SLOTS)) for table in TABLES}
	return _Writer(SHEETS, columns, translate).write(instrument)


class _Writer(TableWriter):
	references = REFERENCES

	def write(self, instrument: Instrument) -> bytes:
		self.book.properties.title = instrument.title
		self.book.properties.subject = instrument.regulation
		data = instruments.plain(instrument)
		self._instrument(data)
		for table in TABLES:
			self.table(table, self._rows(table, data[table]))
		return self.content()

	def _instrument(self, data: dict) -> None:
		sheet = self.sheet("instrument", [FIELD_COLUMN, VALUE_COLUMN], widths=(28, 100))
		for number, column in enumerate(rows_of_instrument(), start=2):
			name = self.put(sheet.cell(number, 1), Text(""), column.header(self.translate))
			name.font = Font(bold=True)
			self.add_note(name, column)
			value = self.put(sheet.cell(number, 2), column.kind, data[column.key])
			value.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
			self.validate(sheet, column, value.coordinate)
		fit_rows(sheet)

	def _rows(self, table: str, data: list[dict]) -> Iterator[list]:
		"""Yield the values of each row of a sheet: an entry, of the scales an answer."""
		for entry in data:
			for answer in (entry["options"] or [{}]) if table == "scales" else [None]:
				yield [_value_in(column, entry, answer) for column in self.columns[table]]

	def max_rows(self, table: str) -> int:
		return max_rows(table)

	def width(self, column: Column) -> int:
		kind = column.kind
		if isinstance(kind, Flag | Number | Whole | Choice | Words):
			return super().width(column)
		if column.key == "code" or REFERENCES.get(column.key) == ("criteria", "code"):
			return 14
		return 60 if column.key in ("title", "guidance") and kind.most > fields.LINE else 34

	def notes(self, column: Column) -> Iterator[tuple]:
		if column is FORMAT_COLUMN:
			yield (N_("Leave it as it is."),)
		else:
			yield from super().notes(column)

	def notes_of_kind(self, column: Column) -> Iterator[tuple]:
		yield from super().notes_of_kind(column)
		if column.key == "continues":
			yield (N_("Older indicators as INSTRUMENT:CODE."),)
		if column.key == "opd_types":
			yield (N_("Empty: all units."),)
		if column.label == "Scale" and column.key == "title":
			yield (N_("One row for each answer, the scale's name and kind in every row."),)
		if column.key in ("from", "to"):
			yield (N_("For bands only: From belongs to the band, To does not; empty means open."),)

	def note_if_needed(self, column: Column) -> str:
		if column.number:
			return N_("Needed where there is evidence with this number.")
		return N_("Empty only for a percentage.") if column.within else super().note_if_needed(column)


def _value_in(column: Column, entry: dict, answer: dict | None):
	if not column.within:
		return entry.get(column.key)
	if answer is not None:
		return answer.get(column.key)
	found = entry[column.within]
	if not column.number:
		return column.key in found
	return found[column.number - 1].get(column.key) if column.number <= len(found) else None
