"""Where something stands in a workbook, and the one error of a workbook that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from p2ham.engine.faults import Fault, FaultyError
from p2ham.engine.fields import IS_MISSING


@dataclass(frozen=True)
class Cell:
	"""Where something stands in a workbook, as exactly as it is known; `header` as it is written there."""

	sheet: str
	row: int | None = None
	column: str | None = None
	header: str | None = None

	def __str__(self) -> str:
		address = f"{self.column or ''}{self.row or ''}"
		return self.sheet + (f"!{address}" if address else "") + (f" ({self.header})" if self.header else "")


class Places:
	"""Where the places of faults stand in the workbook. `faults` are those of the workbook itself that did
	not keep it from being read: columns nobody knows, dates and errors in cells. `sheets` are the names of the
	sheets by the first step of a place; what is nowhere else stands in the first of them."""

	def __init__(self, sheets: Mapping[str, str] | None = None):
		self._sheets = sheets or {}
		self.faults: list[Fault] = []
		# Needed columns that are missing, as (table, key): then nothing can be said across the tables.
		self.missing: set[tuple[str, str]] = set()
		self._cells: dict[tuple, Cell] = {}

	def cell_of(self, place: tuple[str | int, ...]) -> Cell:
		"""Return the cell of a place, or of the nearest one above it, or at least its sheet."""
		for length in range(len(place), 0, -1):
			if found := self._cells.get(place[:length]):
				return found
		return Cell(self._sheets.get(place[0] if place else "", next(iter(self._sheets.values()), "")))

	def add(self, place: tuple[str | int, ...], cell: Cell) -> None:
		self._cells[place] = cell

	def unsaid(self, faults: Iterable[Fault]) -> list[Fault]:
		"""Return those of the faults of the data that are not said by a fault of the workbook: what it has wrong in a
		cell, and what is missing because its whole column is."""
		said = {fault.place for fault in self.faults}
		return [fault for fault in faults if fault.place not in said and not self._lacks_column(fault)]

	def _lacks_column(self, fault: Fault) -> bool:
		return fault.template == IS_MISSING and (fault.place[0], fault.place[-1]) in self.missing

	def fault_at(self, table: str, cell: Cell, template: str, *values) -> None:
		"""Add a fault that belongs to a cell rather than to a place in the data."""
		place = (table, f"{cell.column or ''}{cell.row or ''}" or str(cell.header))
		self.add(place, cell)
		self.faults.append(Fault(place, template, values))


class WorkbookError(FaultyError):
	"""The workbook cannot be used; `faults` lists everything found, `cell` says where each stands."""

	def __init__(self, faults: Iterable[Fault], places: Places | None = None):
		super().__init__(faults)
		self.places = places or Places()
		self.args = ("\n".join(f"{self.cell(fault)}: {fault.message}" for fault in self.faults),)

	def cell(self, fault: Fault) -> Cell:
		return self.places.cell_of(fault.place)
