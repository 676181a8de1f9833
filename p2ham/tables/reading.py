"""Reading tables whose columns are kinds of fields: plain data for `p2ham.engine.fields.read`, and where each thing
stands.

	places = Places(SHEETS)
	reader = TableReader(SHEETS, open_sheets(content, SHEETS), places, Vocabulary(known))
	data = {table: reader.entries(table, reader.rows(table, columns_of(cls))) for table, cls in TABLES.items()}

Whoever uses the data looks at `places.faults` as well; `Places.unsaid` leaves of other faults what is not in there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from openpyxl.utils import get_column_letter

from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import shown
from p2ham.tables.columns import Column, find_column
from p2ham.tables.heads import HAS_NO_NAME, IS_MISSING, Head, read_head
from p2ham.tables.opening import Cells
from p2ham.tables.places import Cell, Places
from p2ham.tables.values import convert, says_something, text_of
from p2ham.tables.words import Vocabulary

# Stands in the data for an unusable cell. No field takes an object, so the data cannot pass for right.
REFUSED: dict = {}


@dataclass
class Row:
	"""The values of a row by column; `cells` says where each stands, `columns` what the table may have."""

	number: int
	columns: list[Column]
	values: dict[Column, object] = field(default_factory=dict)
	cells: dict[Column, Cell] = field(default_factory=dict)

	@property
	def is_empty(self) -> bool:
		return not self.has_any(self.values)

	def has_any(self, columns: Iterable[Column]) -> bool:
		return any(says_something(self.values.get(column)) for column in columns)


class TableReader:
	"""Reads the tables of one workbook. `sheets` are the names of the sheets and `cells` what they hold, by table."""

	no_name = HAS_NO_NAME

	def __init__(
		self,
		sheets: Mapping[str, str],
		cells: Mapping[str, Cells],
		places: Places,
		vocabulary: Vocabulary | None = None,
	):
		self.sheets = sheets
		self.cells = cells
		self.places = places
		self.vocabulary = vocabulary or Vocabulary()

	def head(self, table: str, columns: list[Column]) -> Head[Column]:
		"""Return the head of a table; what is wrong with it is among the faults of the places."""
		head = read_head(self.cells[table], text_of, lambda name: find_column(name, columns, self.vocabulary))
		for position, fault in head.faults.items():
			name = head.names[position]
			if name or position in head.used:
				cell = self._cell(table, head.row, position, name)
				self.places.fault_at(table, cell, fault.template if name else self.no_name, *fault.values)
		for column in head.missing(column for column in columns if column.needed):
			self.places.missing.add((table, column.key))
			cell = Cell(self.sheets[table], header=column.label)
			self.places.fault_at(table, cell, IS_MISSING, column.label)
		return head

	def _cell(self, table: str, row: int, position: int, header: str) -> Cell:
		return Cell(self.sheets[table], row, get_column_letter(position), header or None)

	def rows(self, table: str, columns: list[Column]) -> list[Row]:
		"""Return the rows of a table that say something."""
		head = self.head(table, columns)
		absent = [column for column in head.missing(columns) if not column.number]
		found = []
		for number, cells in sorted(self.cells[table].items()):
			if number <= head.row:
				continue
			row = Row(number, columns)
			for position, column in head.columns.items():
				row.values[column] = convert(column.kind, cells.get(position), self.vocabulary)
				row.cells[column] = self._cell(table, number, position, head.names[position])
			if not row.is_empty:
				for column in absent:
					row.cells[column] = Cell(self.sheets[table], number, header=column.label)
				found.append(row)
		return found

	def keep(self, value, place: tuple, cell: Cell):
		"""Note where a value stands; say what is wrong with it and put something refused in its place."""
		self.places.add(place, cell)
		if isinstance(value, Fault):
			self.places.faults.append(value.below(*place))
			return REFUSED
		return value

	def fill(self, row: Row, columns: Iterable[Column], place: tuple) -> dict:
		"""Return the values of some columns of a row by their keys."""
		return {
			column.key: self.keep(row.values.get(column), (*place, column.key), row.cells[column])
			for column in columns
		}

	def entries(self, table: str, rows: list[Row]) -> list[dict]:
		"""Return the objects of a table with one in each row."""
		return [self._entry(row, (table, position)) for position, row in enumerate(rows)]

	def _entry(self, row: Row, place: tuple) -> dict:
		self.places.add(place, Cell(next(iter(row.cells.values())).sheet, row.number))
		entry = self.fill(row, (column for column in row.cells if not column.within), place)
		for column in row.cells:
			if column.within and not column.number:
				self._add_word(entry, row, column, place)
		for (within, _number), group in _groups(row).items():
			listed = entry.setdefault(within, [])
			if row.has_any(group):
				listed.append(self._listed(row, group, (*place, within, len(listed))))
		return entry

	def _add_word(self, entry: dict, row: Row, column: Column, place: tuple) -> None:
		"""Add the word of a column to its list if the row says yes to it."""
		cell = row.cells[column]
		if column.within not in entry:
			self.places.add((*place, column.within), cell)
		place = (*place, column.within, column.key)
		value = self.keep(row.values.get(column), place, cell)
		chosen = entry.setdefault(column.within, [])
		if value is True:
			chosen.append(column.key)
		elif isinstance(value, str):
			template = N_('"{0}" is neither yes (x) nor no (empty)')
			self.places.faults.append(Fault(place, template, (shown(value),)))

	def _listed(self, row: Row, group: list[Column], place: tuple) -> dict:
		"""Return an object of a list that lies in columns side by side."""
		first = group[0]
		self.places.add(place, row.cells[first])
		entry = self.fill(row, group, place)
		# A group of columns may lack one; whoever is told that something is missing learns what.
		for column in row.columns:
			if column.within == first.within and column.key not in entry:
				header = f"{column.label} {first.number}"
				self.places.add((*place, column.key), replace(row.cells[first], column=None, header=header))
		return entry


def _groups(row: Row) -> dict[tuple[str, int], list[Column]]:
	"""Return the columns side by side of a row, by list and number."""
	groups: dict[tuple[str, int], list[Column]] = {}
	for column in sorted(row.cells, key=lambda column: column.number):
		if column.number:
			groups.setdefault((column.within, column.number), []).append(column)
	return groups
