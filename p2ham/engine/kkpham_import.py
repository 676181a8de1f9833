"""Results of KKP HAM from a table that people fill in: what each row says, everything that is wrong with it, and what it
would change.

The cells come as Python values, by row and column number; one whose content says nothing (an error, a percentage) comes
as the Fault that tells why. An empty cell changes nothing: only what a file says is written.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .faults import N_, Fault
from .fields import LINE, comparable, shown
from .numbers import plain, read_number, round_half_up
from .scoring import FULL_POINTS

# As officials call them; a template is Indonesian whatever the language of the desk.
SHEET = "Hasil KKP HAM"
COLUMNS = {
	"opd": "OPD",
	"assessment_year": "Tahun Penilaian",
	"data_year": "Tahun Data",
	"instrument": "Instrumen",
	"score": "Nilai",
	"reviewed_on": "Tanggal Reviu",
	"reference": "Nomor/Referensi",
	"finding": "Temuan",
	"recommendation": "Rekomendasi",
}
NEEDED = ("opd", "assessment_year", "instrument", "score")
FIRST_YEAR, LAST_YEAR = 2000, 2100

NEW, CHANGED, UNCHANGED, FAULTY = N_("New"), N_("Changed"), N_("Unchanged"), N_("Faulty")

IS_EMPTY = N_("must be filled")
IS_DATE = N_("is a date; format the cell as text or number and type it again")
IS_NO_NUMBER = N_('"{0}" is no number')
IS_OUT_OF_RANGE = N_("{0} does not lie between {1} and {2}")
IS_NO_YEAR = N_('"{0}" is no year between {1} and {2}')
IS_TOO_LATE = N_("{0} is later than the assessment year {1}")
IS_NO_DAY = N_('"{0}" is no date; write it as 31/12/2024')
IS_TOO_LONG = N_("is longer than {0} characters")
IS_UNKNOWN_UNIT = N_('there is no unit "{0}"')
IS_LIKE_UNIT = N_('there is no unit "{0}"; do you mean {1}?')
IS_AMBIGUOUS = N_('"{0}" is the name of several units; write the abbreviation: {1}')
IS_UNKNOWN_INSTRUMENT = N_('there is no instrument "{0}" of KKP HAM in use')
IS_LIKE_INSTRUMENT = N_('there is no instrument "{0}" of KKP HAM in use; do you mean {1}?')
IS_OF_ANOTHER = N_("{0} has no right with the code {1}")
IS_THERE_TWICE = N_("the unit stands in the file for {0} more than once: rows {1}")
COLUMN_IS_UNKNOWN = N_('the column "{0}" is not known')
COLUMN_HAS_NO_NAME = N_("has content, but no name above it")
COLUMN_IS_THERE_TWICE = N_('the column "{0}" stands there twice')
COLUMN_IS_MISSING = N_('the column "{0}" is missing')
NO_ROW = N_("has no row with a result")

MONTHS = (
	"januari",
	"februari",
	"maret",
	"april",
	"mei",
	"juni",
	"juli",
	"agustus",
	"september",
	"oktober",
	"november",
	"desember",
)

Rows = Mapping[int, Mapping[int, object]]


@dataclass(frozen=True)
class Asked:
	"""An instrument by which results are given: the record of each right by its code."""

	name: str
	title: str
	rights: Mapping[str, str]


@dataclass(frozen=True)
class Known:
	"""What the site has: full names of units by abbreviation, and the instruments of KKP HAM in use."""

	units: Mapping[str, str]
	instruments: tuple[Asked, ...]


@dataclass(frozen=True)
class Entry:
	"""What one row says: values by field, scores (points 0-100) by the record of the right; what is empty or wrong is in
	neither. The place of a fault is (row, letter of the column, name of the column)."""

	number: int
	values: Mapping[str, object]
	scores: Mapping[str, Decimal]
	faults: tuple[Fault, ...] = ()

	@property
	def key(self) -> tuple[str, int] | None:
		"""The unit and the year, of which there is one result; None where one of them cannot be read."""
		opd, year = self.values.get("opd"), self.values.get("assessment_year")
		return (opd, year) if opd and year else None


@dataclass(frozen=True)
class Present:
	"""A result that is there: `stamp` says in which version."""

	name: str
	stamp: str
	values: Mapping[str, object]
	scores: Mapping[str, Decimal]


@dataclass(frozen=True)
class Change:
	"""What becomes of one field, or, with `right`, of the score of one right."""

	field: str
	old: object
	new: object
	right: str = ""


@dataclass
class _Head:
	"""Which column holds what: a field or the code of a right, by the number of the column."""

	row: int
	names: dict[int, str] = field(default_factory=dict)
	fields: dict[int, str] = field(default_factory=dict)
	rights: dict[int, str] = field(default_factory=dict)


def letter(position: int) -> str:
	"""Return the letters of a column as a spreadsheet shows them: 1 is A, 27 is AA."""
	letters = ""
	while position:
		position, rest = divmod(position - 1, 26)
		letters = chr(ord("A") + rest) + letters
	return letters


def read(rows: Rows, known: Known) -> tuple[list[Entry], list[Fault]]:
	"""Return what the rows of a table say, and what is wrong with the table as a whole: with such a fault none of it can
	be used. The first row that is not empty has the names of the columns."""
	head, faults = _head(rows, known)
	if faults:
		return [], faults
	entries = [_entry(number, rows[number], head, known) for number in sorted(rows) if number > head.row]
	return (_without_doubles(entries, head), []) if entries else ([], [Fault((), NO_ROW)])


def changes(entry: Entry, present: Present | None) -> list[Change]:
	"""Return what an entry without faults would change in the result that is there; all it says, if there is none."""
	values = dict(entry.values)
	old_values, old_scores = (present.values, present.scores) if present else ({}, {})
	if not present:
		values.setdefault("data_year", values["assessment_year"] - 1)
	found = [
		Change(name, old_values.get(name), values[name])
		for name in COLUMNS
		if name in values and values[name] != old_values.get(name)
	]
	found += [
		Change("rights", old_scores.get(right), score, right)
		for right, score in entry.scores.items()
		if score != old_scores.get(right)
	]
	if present and values["instrument"] != old_values["instrument"]:
		# What another instrument asked is none of its rights.
		found += [
			Change("rights", score, None, right)
			for right, score in old_scores.items()
			if right not in entry.scores
		]
	return found


def kind(entry: Entry, present: Present | None) -> str:
	"""Return what would become of an entry: NEW, CHANGED, UNCHANGED or FAULTY."""
	if entry.faults:
		return FAULTY
	if not present:
		return NEW
	return CHANGED if changes(entry, present) else UNCHANGED


# The head


def _head(rows: Rows, known: Known) -> tuple[_Head, list[Fault]]:
	head = _Head(min(rows, default=1))
	faults = []
	fields = {_comparable(title): name for name, title in COLUMNS.items()}
	codes = {comparable(code): code for asked in known.instruments for code in asked.rights}
	used = {position for number, cells in rows.items() if number > head.row for position in cells}
	for position in sorted(used | set(rows.get(head.row, ()))):
		name = _text(rows[head.row].get(position))
		place = (head.row, letter(position), "")
		# The title of a right may follow its code.
		words = name.split() or [""]
		found, code = fields.get(_comparable(name)), codes.get(comparable(words[0]))
		if not name:
			faults.append(Fault(place, COLUMN_HAS_NO_NAME))
		elif not found and code is None:
			if position in used:
				faults.append(Fault(place, COLUMN_IS_UNKNOWN, (shown(name),)))
		elif found in head.fields.values() or (not found and code in head.rights.values()):
			faults.append(Fault(place, COLUMN_IS_THERE_TWICE, (shown(name),)))
		elif found:
			head.fields[position] = found
		else:
			head.rights[position] = code
		head.names[position] = COLUMNS.get(found) or name
	faults += [
		Fault((head.row, "", ""), COLUMN_IS_MISSING, (COLUMNS[name],))
		for name in NEEDED
		if name not in head.fields.values()
	]
	return head, faults


# A row


def _entry(number: int, cells: Mapping[int, object], head: _Head, known: Known) -> Entry:
	values: dict[str, object] = {}
	scores: dict[str, Decimal] = {}
	faults: list[Fault] = []

	def place_of(position: int) -> tuple:
		return number, letter(position), head.names[position]

	for position, name in head.fields.items():
		value = cells.get(position)
		if value is None:
			if name in NEEDED:
				faults.append(Fault(place_of(position), IS_EMPTY))
			continue
		try:
			values[name] = _READERS[name](value, known)
		except _Refused as refused:
			faults.append(refused.fault.below(*place_of(position)))
	asked = next((each for each in known.instruments if each.name == values.get("instrument")), None)
	for position, code in head.rights.items():
		value = cells.get(position)
		if value is None or asked is None:
			continue  # without an instrument there is nothing to hold it against
		try:
			if code not in asked.rights:
				raise _Refused(IS_OF_ANOTHER, asked.title, code)
			scores[asked.rights[code]] = _score(value, known)
		except _Refused as refused:
			faults.append(refused.fault.below(*place_of(position)))
	data_year, year = values.get("data_year"), values.get("assessment_year")
	if data_year and year and data_year > year:
		position = next(place for place, name in head.fields.items() if name == "data_year")
		faults.append(Fault(place_of(position), IS_TOO_LATE, (data_year, year)))
	return Entry(number, values, scores, tuple(faults))


def _without_doubles(entries: list[Entry], head: _Head) -> list[Entry]:
	"""Fault every row of a unit and year that stand there more than once: nobody knows which is meant."""
	rows: dict[tuple, list[int]] = {}
	for entry in entries:
		if entry.key:
			rows.setdefault(entry.key, []).append(entry.number)
	position = next(place for place, name in head.fields.items() if name == "opd")
	found = []
	for entry in entries:
		same = rows.get(entry.key, [])
		if len(same) > 1:
			place = (entry.number, letter(position), COLUMNS["opd"])
			fault = Fault(place, IS_THERE_TWICE, (entry.key[1], ", ".join(map(str, same))))
			entry = replace(entry, faults=(*entry.faults, fault))
		found.append(entry)
	return found


class _Refused(Exception):
	def __init__(self, template: str, *values):
		super().__init__(template)
		self.fault = Fault((), template, values)


def _unit(value, known: Known) -> str:
	text = _line(value, known)
	wanted = _comparable(text)
	if by_abbreviation := [unit for unit in known.units if _comparable(unit) == wanted]:
		return by_abbreviation[0]
	named = sorted(unit for unit, name in known.units.items() if _comparable(name) == wanted)
	if len(named) > 1:
		raise _Refused(IS_AMBIGUOUS, shown(text), ", ".join(named))
	if named:
		return named[0]
	like = _nearest(wanted, ((unit, called) for unit, name in known.units.items() for called in (unit, name)))
	if like is None:
		raise _Refused(IS_UNKNOWN_UNIT, shown(text))
	raise _Refused(IS_LIKE_UNIT, shown(text), f"{like} ({known.units[like]})")


def _instrument(value, known: Known) -> str:
	text = _line(value, known)
	wanted = _comparable(text)
	for asked in known.instruments:
		if wanted in (_comparable(asked.name), _comparable(asked.title)):
			return asked.name
	called = ((asked.name, word) for asked in known.instruments for word in (asked.name, asked.title))
	like = _nearest(wanted, called)
	if like is None:
		raise _Refused(IS_UNKNOWN_INSTRUMENT, shown(text))
	raise _Refused(IS_LIKE_INSTRUMENT, shown(text), like)


def _nearest(wanted: str, called: Iterable[tuple[str, str]]) -> str | None:
	"""Return that of some things one of whose names is most like what was written; None if none is like it."""
	names: dict[str, str] = {}
	for thing, name in called:
		names.setdefault(_comparable(name), thing)
	found = difflib.get_close_matches(wanted[:LINE], names, n=1, cutoff=0.6)
	return names[found[0]] if found else None


def _score(value, known: Known) -> Decimal:
	number = _number(value)
	if not 0 <= number <= FULL_POINTS:
		raise _Refused(IS_OUT_OF_RANGE, shown(_text(value)), 0, plain(FULL_POINTS))
	return round_half_up(number)


def _year(value, known: Known) -> int:
	try:
		number = _number(value)
	except _Refused as refused:
		if refused.fault.template == IS_DATE:
			raise
		number = Decimal(0)
	if number != int(number) or not FIRST_YEAR <= number <= LAST_YEAR:
		raise _Refused(IS_NO_YEAR, shown(_text(value)), FIRST_YEAR, LAST_YEAR)
	return int(number)


def _number(value) -> Decimal:
	_refuse_unusable(value)
	_refuse_date(value)
	try:
		# Fifteen digits are what a spreadsheet keeps: 0.1 + 0.2 is 0.3.
		number = read_number(format(value, ".15g") if isinstance(value, float) else value)
	except ValueError:
		raise _Refused(IS_NO_NUMBER, shown(_text(value))) from None
	if number is None:
		raise _Refused(IS_EMPTY)
	return number


def _day(value, known: Known) -> datetime.date:
	_refuse_unusable(value)
	if isinstance(value, datetime.datetime):
		return value.date()
	if isinstance(value, datetime.date):
		return value
	text = _text(value)
	day = _day_of(text)
	if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
		raise _Refused(IS_NO_DAY, shown(text))
	return day


def _day_of(text: str) -> datetime.date | None:
	"""Read a date as it is written in Indonesia (31/12/2024, 31 Desember 2024) or by programs (2024-12-31)."""
	try:
		if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII):
			return datetime.date(*map(int, found.groups()))
		if found := re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", text, re.ASCII):
			return datetime.date(*map(int, reversed(found.groups())))
		found = re.fullmatch(r"(\d{1,2}) ([a-z]+) (\d{4})", " ".join(text.casefold().split()), re.ASCII)
		if found and found[2] in MONTHS:
			return datetime.date(int(found[3]), MONTHS.index(found[2]) + 1, int(found[1]))
	except ValueError:  # 31 February
		pass
	return None


def _line(value, known: Known) -> str:
	text = " ".join(_words(value, known).split())
	if len(text) > LINE:
		raise _Refused(IS_TOO_LONG, LINE)
	return text


def _words(value, known: Known) -> str:
	_refuse_unusable(value)
	_refuse_date(value)
	return _text(value)


def _refuse_unusable(value) -> None:
	if isinstance(value, Fault):
		raise _Refused(value.template, *value.values)


def _refuse_date(value) -> None:
	if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
		raise _Refused(IS_DATE)


_READERS = {
	"opd": _unit,
	"assessment_year": _year,
	"data_year": _year,
	"instrument": _instrument,
	"score": _score,
	"reviewed_on": _day,
	"reference": _line,
	"finding": _words,
	"recommendation": _words,
}


def _text(value) -> str:
	"""Return the value of a cell as text, numbers as a spreadsheet shows them, lines as the database keeps them."""
	if value is None or isinstance(value, Fault):
		return ""
	if isinstance(value, float):
		return plain(Decimal(format(value, ".15g"))) if value == value and abs(value) < 1e15 else str(value)
	lines = str(value).replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")
	return "".join(_printable(lines)).strip()


def _printable(text: str) -> Iterator[str]:
	"""Leave out what no database keeps: control characters and halves of characters."""
	return (each for each in text if each in "\n\t" or (each.isprintable() or each.isspace()))


def _comparable(text: str) -> str:
	return comparable(" ".join(text.split()))
