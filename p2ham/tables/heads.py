"""The head of a table: its first row that is not empty has the names of the columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import shown
from p2ham.tables.opening import Cells

HAS_NO_NAME = N_("has content, but no name above it")
IS_UNKNOWN = N_('the column "{0}" is not known')
IS_THERE_TWICE = N_('the column "{0}" stands there twice')
IS_MISSING = N_('the column "{0}" is missing')

Thing = TypeVar("Thing")


@dataclass
class Head(Generic[Thing]):
	"""Which column holds what, by the number of the column: names as they are written, and the things they are names of.

	`faults` are those of single columns, without a place; `used` are the columns that have something below the head.
	"""

	row: int
	used: set[int] = field(default_factory=set)
	names: dict[int, str] = field(default_factory=dict)
	columns: dict[int, Thing] = field(default_factory=dict)
	faults: dict[int, Fault] = field(default_factory=dict)

	def missing(self, needed: Iterable[Thing]) -> list[Thing]:
		"""Return those of the needed things that no column holds."""
		there = list(self.columns.values())
		return [thing for thing in needed if thing not in there]


def read_head(
	rows: Cells, text_of: Callable[[object], str], find: Callable[[str], Thing | None]
) -> Head[Thing]:
	"""Return the head of a table. `text_of` reads the cell with a name, `find` tells what it is the name of, None if
	of nothing. A column that is not known does no harm as long as it is empty."""
	head = Head(min(rows, default=1))
	head.used = {position for number, cells in rows.items() if number > head.row for position in cells}
	for position in sorted(head.used | set(rows.get(head.row, ()))):
		name = head.names[position] = text_of(rows[head.row].get(position))
		thing = find(name)
		if not name:
			head.faults[position] = Fault((), HAS_NO_NAME)
		elif thing is None:
			if position in head.used:
				head.faults[position] = Fault((), IS_UNKNOWN, (shown(name),))
		elif thing in head.columns.values():
			head.faults[position] = Fault((), IS_THERE_TWICE, (shown(name),))
		else:
			head.columns[position] = thing
	return head
