"""An instrument from the workbook that an official has edited: everything that is wrong with it at once, each fault with
the cell where it stands."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.utils import get_column_letter

from p2ham.engine import fields
from p2ham.engine import instrument as instruments
from p2ham.engine.faults import N_, Fault
from p2ham.engine.instrument import Instrument, InstrumentError, Scale
from p2ham.instruments.workbook_sheets import (
	FIELD_COLUMN,
	FORMAT_COLUMN,
	SHEETS,
	TABLES,
	VALUE_COLUMN,
	columns_in,
	max_rows,
	rows_of_instrument,
)
from p2ham.tables.columns import Column
from p2ham.tables.opening import open_sheets
from p2ham.tables.places import Cell, Places, WorkbookError
from p2ham.tables.reading import REFUSED, Row, TableReader
from p2ham.tables.values import convert, text_of
from p2ham.tables.words import Vocabulary


def load(content: bytes, known: Mapping[str, str] | None = None) -> Instrument:
	"""Return the instrument of a workbook. `known` as in `read`.

	Raises WorkbookError with every fault of the workbook and of the instrument in it, each with its cell.
	"""
	data, places = read(content, known)
	instrument, faults = _judge(data, bool(places.missing))
	faults = [*places.faults, *places.unsaid(faults)]
	if faults:
		raise WorkbookError(faults, places)
	return instrument


def _judge(data: dict, fields_only: bool) -> tuple[Instrument | None, list[Fault]]:
	"""Return the instrument, if it is one, and what is wrong with it; without whole columns only what is
	wrong within a field, because every reference would lead nowhere."""
	try:
		return instruments.read(data), []
	except InstrumentError as error:
		faults = error.faults
	if fields_only:
		within: list[Fault] = []
		within += fields.check(fields.read(Instrument, data, within))
		faults = [fault for fault in faults if fault in within or fault.place == (FORMAT_COLUMN.key,)]
	return None, faults


def read(content: bytes, known: Mapping[str, str] | None = None) -> tuple[dict, Places]:
	"""Return the plain data of a workbook, as `engine.instrument.read` takes it, and where each thing stands.

	`known` leads from a translated header or word (as `workbook_sheets.vocabulary` makes it) to the English one;
	English ones and the keys of the file are understood anyway. What is wrong with the workbook without keeping it
	from being read stands in the places' `faults`: whoever uses the data must look at them (`load` does).

	Raises WorkbookError if the bytes are no such workbook: too large, damaged, sheets missing.
	"""
	cells = open_sheets(content, SHEETS, {table: max_rows(table) for table in SHEETS})
	reader = _Reader(SHEETS, cells, Places(SHEETS), Vocabulary(known))
	return reader.read(), reader.places


class _Reader(TableReader):
	no_name = N_("has content, but no name above or beside it")

	def read(self) -> dict:
		data = self._instrument()
		for table in TABLES:
			rows = self.rows(table, columns_in(table))
			data[table] = self._scales(rows) if table == "scales" else self.entries(table, rows)
		return data

	def _instrument(self) -> dict:
		"""Return the fields of the first sheet, which stand below each other."""
		head = self.head("instrument", [FIELD_COLUMN, VALUE_COLUMN])
		position_of = {column: position for position, column in head.columns.items()}
		if len(position_of) < 2:
			# Nothing is known of any field; that the column is missing says it all.
			self.places.missing |= {(column.key, column.key) for column in rows_of_instrument()}
			return {FORMAT_COLUMN.key: instruments.FORMAT}
		data: dict = {}
		letter = get_column_letter(position_of[VALUE_COLUMN])
		for number, cells in self.cells["instrument"].items():
			if number > head.row:
				name = text_of(cells.get(position_of[FIELD_COLUMN]))
				cell = Cell(SHEETS["instrument"], number, letter, name or None)
				self._field(data, name, cells.get(position_of[VALUE_COLUMN]), cell)
		self._miss_fields(data)
		return data

	def _field(self, data: dict, name: str, value, cell: Cell) -> None:
		"""Add the field of a row of the first sheet to the data, or say what is wrong with its name."""
		names = {column: [column.label, column.key] for column in rows_of_instrument()}
		column = self.vocabulary.find(name, names)
		if column is not None and column.key not in data:
			value = convert(column.kind, value, self.vocabulary)
			data[column.key] = self.keep(value, (column.key,), cell)
		elif column is not None:
			self.places.fault_at("instrument", cell, N_('the row "{0}" stands there twice'), name)
		elif value is not None and name:
			self.places.fault_at("instrument", cell, N_('the row "{0}" is not known'), fields.shown(name))
		elif value is not None:
			self.places.fault_at("instrument", cell, self.no_name)

	def _miss_fields(self, data: dict) -> None:
		for column in rows_of_instrument():
			if column.key not in data:
				self.places.add((column.key,), Cell(SHEETS["instrument"], header=column.label))
				if column.needed:
					fault = Fault((column.key,), N_('the row "{0}" is missing'), (column.label,))
					self.places.faults.append(fault)

	def _scales(self, rows: list[Row]) -> list[dict]:
		"""Return the scales of rows with one answer each; the rows of a scale need not be neighbours."""
		found: list[dict] = []
		by_title: dict[str, int] = {}
		for row in rows:
			columns = {column.key: column for column in row.cells if not column.within}
			title = row.values.get(columns["title"])
			title = fields.kinds(Scale)["title"].read(title, []) if isinstance(title, str) else ""
			# Rows without a title are scales of their own: each of them lacks it.
			position = by_title.setdefault(title, len(found)) if title else len(found)
			place = ("scales", position)
			if position == len(found):
				self.places.add(place, Cell(SHEETS["scales"], row.number))
				found.append({**self.fill(row, columns.values(), place), "options": []})
			else:
				self._same_kind(found[position], row, columns["kind"], place)
			answer = [column for column in row.cells if column.within]
			if row.has_any(answer):
				options = found[position]["options"]
				inner = (*place, "options", len(options))
				self.places.add(inner, Cell(SHEETS["scales"], row.number))
				options.append(self.fill(row, answer, inner))
		return found

	def _same_kind(self, scale: dict, row: Row, column: Column, place: tuple) -> None:
		kind = row.values.get(column)
		if isinstance(kind, Fault):
			self.places.fault_at("scales", row.cells[column], kind.template, *kind.values)
		elif not scale["kind"] and scale["kind"] is not REFUSED:
			scale["kind"] = self.keep(kind, (*place, "kind"), row.cells[column])
		elif kind and kind != scale["kind"] and scale["kind"] is not REFUSED:
			template = N_('the scale "{0}" has another kind above: {1}')
			title, above = fields.shown(scale["title"]), fields.shown(scale["kind"])
			self.places.fault_at("scales", row.cells[column], template, title, above)
