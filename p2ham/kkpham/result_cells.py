"""What the cells of a table with results of KKP HAM may say: units, instruments, scores, years, days, texts.

Each reader takes the value of a cell that is not empty, and what the site has. Raises Refused with what is wrong.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import LINE, shown
from p2ham.engine.kkpham_import import Known
from p2ham.engine.numbers import plain, read_number, round_half_up
from p2ham.engine.scoring import FULL_POINTS
from p2ham.tables import values
from p2ham.tables.words import loosened

FIRST_YEAR, LAST_YEAR = 2000, 2100

IS_EMPTY = N_("must be filled")
IS_DATE = N_("is a date; format the cell as text or number and type it again")
IS_NO_NUMBER = N_('"{0}" is no number')
IS_OUT_OF_RANGE = N_("{0} does not lie between {1} and {2}")
IS_NO_YEAR = N_('"{0}" is no year between {1} and {2}')
IS_NO_DAY = N_('"{0}" is no date; write it as 31/12/2024')
IS_TOO_LONG = N_("is longer than {0} characters")
IS_UNKNOWN_UNIT = N_('there is no unit "{0}"')
IS_LIKE_UNIT = N_('there is no unit "{0}"; do you mean {1}?')
IS_AMBIGUOUS = N_('"{0}" is the name of several units; write the abbreviation: {1}')
IS_UNKNOWN_INSTRUMENT = N_('there is no instrument "{0}" of KKP HAM in use')
IS_LIKE_INSTRUMENT = N_('there is no instrument "{0}" of KKP HAM in use; do you mean {1}?')

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


class Refused(Exception):
	"""A cell that says nothing of use; `fault` tells why, without a place."""

	def __init__(self, template: str, *values):
		super().__init__(template)
		self.fault = Fault((), template, values)


def _unit(value, known: Known) -> str:
	text = _line(value, known)
	wanted = loosened(text)
	if by_abbreviation := [unit for unit in known.units if loosened(unit) == wanted]:
		return by_abbreviation[0]
	named = sorted(unit for unit, name in known.units.items() if loosened(name) == wanted)
	if len(named) > 1:
		raise Refused(IS_AMBIGUOUS, shown(text), ", ".join(named))
	if named:
		return named[0]
	like = _nearest(wanted, ((unit, called) for unit, name in known.units.items() for called in (unit, name)))
	if like is None:
		raise Refused(IS_UNKNOWN_UNIT, shown(text))
	raise Refused(IS_LIKE_UNIT, shown(text), f"{like} ({known.units[like]})")


def _instrument(value, known: Known) -> str:
	text = _line(value, known)
	wanted = loosened(text)
	for asked in known.instruments:
		if wanted in (loosened(asked.name), loosened(asked.title)):
			return asked.name
	called = ((asked.name, word) for asked in known.instruments for word in (asked.name, asked.title))
	like = _nearest(wanted, called)
	if like is None:
		raise Refused(IS_UNKNOWN_INSTRUMENT, shown(text))
	raise Refused(IS_LIKE_INSTRUMENT, shown(text), like)


def _nearest(wanted: str, called: Iterable[tuple[str, str]]) -> str | None:
	"""Return that of some things one of whose names is most like what was written; None if none is like it."""
	names: dict[str, str] = {}
	for thing, name in called:
		names.setdefault(loosened(name), thing)
	found = difflib.get_close_matches(wanted[:LINE], names, n=1, cutoff=0.6)
	return names[found[0]] if found else None


def read_score(value, known: Known | None = None) -> Decimal:
	"""Return points, 0 to 100, rounded to two decimals."""
	number = _number(value)
	if not 0 <= number <= FULL_POINTS:
		raise Refused(IS_OUT_OF_RANGE, shown(text_of(value)), 0, plain(FULL_POINTS))
	return round_half_up(number)


def _year(value, known: Known) -> int:
	try:
		number = _number(value)
	except Refused as refused:
		if refused.fault.template == IS_DATE:
			raise
		number = Decimal(0)
	if number != int(number) or not FIRST_YEAR <= number <= LAST_YEAR:
		raise Refused(IS_NO_YEAR, shown(text_of(value)), FIRST_YEAR, LAST_YEAR)
	return int(number)


def _number(value) -> Decimal:
	_refuse_unusable(value)
	_refuse_date(value)
	try:
		# Fifteen digits are what a spreadsheet keeps: 0.1 + 0.2 is 0.3.
		number = read_number(format(value, ".15g") if isinstance(value, float) else value)
	except ValueError:
		raise Refused(IS_NO_NUMBER, shown(text_of(value))) from None
	if number is None:
		raise Refused(IS_EMPTY)
	return number


def _day(value, known: Known) -> datetime.date:
	_refuse_unusable(value)
	if isinstance(value, datetime.datetime):
		return value.date()
	if isinstance(value, datetime.date):
		return value
	text = text_of(value)
	day = _day_of(text)
	if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
		raise Refused(IS_NO_DAY, shown(text))
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
		raise Refused(IS_TOO_LONG, LINE)
	return text


def _words(value, known: Known) -> str:
	_refuse_unusable(value)
	_refuse_date(value)
	return text_of(value)


def _refuse_unusable(value) -> None:
	if isinstance(value, Fault):
		raise Refused(value.template, *value.values)


def _refuse_date(value) -> None:
	if values.is_day_or_time(value):
		raise Refused(IS_DATE)


READERS = {
	"opd": _unit,
	"assessment_year": _year,
	"data_year": _year,
	"instrument": _instrument,
	"score": read_score,
	"reviewed_on": _day,
	"reference": _line,
	"finding": _words,
	"recommendation": _words,
}


def text_of(value) -> str:
	"""Return the value of a cell as text, numbers as a spreadsheet shows them, lines as the database keeps them."""
	if value is None or isinstance(value, Fault):
		return ""
	if isinstance(value, float):
		return plain(values.exact(value)) if value == value and abs(value) < 1e15 else str(value)
	lines = values.text_of(value).replace("\r\n", "\n").replace("\r", "\n")
	return "".join(_printable(lines)).strip()


def _printable(text: str) -> Iterator[str]:
	"""Leave out what no database keeps: control characters and halves of characters."""
	return (each for each in text if each in "\n\t" or (each.isprintable() or each.isspace()))
