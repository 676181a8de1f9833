"""Results of KKP HAM from a table that people fill in: what each row says, and everything that is wrong with it.

The cells come as `p2ham.tables.opening` has them, by row and column number. An empty cell changes nothing: only what a
file says is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from openpyxl.utils import get_column_letter

from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import comparable
from p2ham.engine.kkpham_import import COLUMNS, NEEDED, Asked, Entry, Known
from p2ham.kkpham.result_cells import IS_EMPTY, READERS, Refused, read_score, text_of
from p2ham.tables import heads
from p2ham.tables.heads import Head, read_head
from p2ham.tables.opening import Cells
from p2ham.tables.words import loosened

IS_TOO_LATE = N_("{0} is later than the assessment year {1}")
IS_OF_ANOTHER = N_("{0} has no right with the code {1}")
IS_THERE_TWICE = N_("the unit stands in the file for {0} more than once: rows {1}")
NO_ROW = N_("has no row with a result")


@dataclass(frozen=True)
class Meaning:
	"""What a column holds: a field of the result, or the score of the right with this code."""

	field: str = ""
	right: str = ""


def read(rows: Cells, known: Known) -> tuple[list[Entry], list[Fault]]:
	"""Return what the rows of a table say, and what is wrong with the table as a whole: with such a fault none of it can
	be used. The first row that is not empty has the names of the columns."""
	head = read_head(rows, text_of, _finder(known))
	if faults := _faults_of_head(head):
		return [], faults
	entries = [
		_entry(number, cells, head, known) for number, cells in sorted(rows.items()) if number > head.row
	]
	return (_without_doubles(entries, head), []) if entries else ([], [Fault((), NO_ROW)])


# The head


def _finder(known: Known) -> Callable[[str], Meaning | None]:
	"""Return what tells the field or the right that a column is named after."""
	fields = {loosened(title): Meaning(field=name) for name, title in COLUMNS.items()}
	rights = {comparable(code): Meaning(right=code) for asked in known.instruments for code in asked.rights}

	def find(name: str) -> Meaning | None:
		# The title of a right may follow its code.
		words = name.split() or [""]
		return fields.get(loosened(name)) or rights.get(comparable(words[0]))

	return find


def _faults_of_head(head: Head[Meaning]) -> list[Fault]:
	faults = [
		fault.below(head.row, get_column_letter(position), "") for position, fault in head.faults.items()
	]
	missing = head.missing(Meaning(field=name) for name in NEEDED)
	return faults + [
		Fault((head.row, "", ""), heads.IS_MISSING, (COLUMNS[meaning.field],)) for meaning in missing
	]


def _place_in(head: Head[Meaning], number: int, position: int) -> tuple[int, str, str]:
	"""Return the place of a cell: its row, the letter and the name of its column."""
	name = COLUMNS.get(head.columns[position].field) or head.names[position]
	return number, get_column_letter(position), name


def _position_of(head: Head[Meaning], field: str) -> int:
	return next(position for position, meaning in head.columns.items() if meaning.field == field)


# A row


def _entry(number: int, cells: Mapping[int, object], head: Head[Meaning], known: Known) -> Entry:
	faults: list[Fault] = []
	values = _values(number, cells, head, known, faults)
	asked = next((each for each in known.instruments if each.name == values.get("instrument")), None)
	# Without an instrument there is nothing to hold the scores of rights against.
	scores = _scores(number, cells, head, asked, faults) if asked else {}
	data_year, year = values.get("data_year"), values.get("assessment_year")
	if data_year and year and data_year > year:
		place = _place_in(head, number, _position_of(head, "data_year"))
		faults.append(Fault(place, IS_TOO_LATE, (data_year, year)))
	return Entry(number, values, scores, tuple(faults))


def _values(
	number: int, cells: Mapping[int, object], head: Head[Meaning], known: Known, faults: list[Fault]
) -> dict[str, object]:
	values: dict[str, object] = {}
	for position, meaning in head.columns.items():
		if not meaning.field:
			continue
		place, value = _place_in(head, number, position), cells.get(position)
		if value is None and meaning.field in NEEDED:
			faults.append(Fault(place, IS_EMPTY))
		elif value is not None:
			try:
				values[meaning.field] = READERS[meaning.field](value, known)
			except Refused as refused:
				faults.append(refused.fault.below(*place))
	return values


def _scores(
	number: int, cells: Mapping[int, object], head: Head[Meaning], asked: Asked, faults: list[Fault]
) -> dict[str, Decimal]:
	scores: dict[str, Decimal] = {}
	for position, meaning in head.columns.items():
		value = cells.get(position)
		if not meaning.right or value is None:
			continue
		try:
			if meaning.right not in asked.rights:
				raise Refused(IS_OF_ANOTHER, asked.title, meaning.right)
			scores[asked.rights[meaning.right]] = read_score(value)
		except Refused as refused:
			faults.append(refused.fault.below(*_place_in(head, number, position)))
	return scores


def _without_doubles(entries: list[Entry], head: Head[Meaning]) -> list[Entry]:
	"""Fault every row of a unit and year that stand there more than once: nobody knows which is meant."""
	rows: dict[tuple, list[int]] = {}
	for entry in entries:
		if entry.key:
			rows.setdefault(entry.key, []).append(entry.number)
	letter = get_column_letter(_position_of(head, "opd"))
	found = []
	for entry in entries:
		same = rows.get(entry.key, [])
		if len(same) > 1:
			place = (entry.number, letter, COLUMNS["opd"])
			fault = Fault(place, IS_THERE_TWICE, (entry.key[1], ", ".join(map(str, same))))
			entry = replace(entry, faults=(*entry.faults, fault))
		found.append(entry)
	return found
