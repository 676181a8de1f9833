"""Rows of many tables, collected and written in bulk past the controllers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from p2ham.instruments import store, writing

ROWS = 4_000  # kept before they are written: some megabytes


@dataclass
class Writer:
	"""Collects rows and writes them in bulk, names included; calls `written` after each batch."""

	chance: random.Random
	written: Callable[[], None] = lambda: None
	rows: dict[str, list[dict]] = field(default_factory=dict)
	waiting: int = 0

	def add(self, doctype: str, row: dict) -> None:
		# As random as Frappe's own names, since that decides how rows lie in the table.
		row.setdefault("name", f"{self.chance.getrandbits(48):012x}")
		self.rows.setdefault(doctype, []).append(row)
		self.waiting += 1

	def add_children(self, parenttype: str, parent: str, table: str, doctype: str, rows: list[dict]) -> None:
		for number, row in enumerate(rows, start=1):
			self.add(doctype, {**row, **store.child_of(parenttype, parent, table, number)})

	def flush(self, most: int = 0) -> None:
		"""Write if more than `most` rows wait."""
		if self.waiting > most:
			for doctype, rows in self.rows.items():
				writing._insert(doctype, rows)
			self.rows, self.waiting = {}, 0
			self.written()
