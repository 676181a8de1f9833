"""Values as they will be stored: the one form in which rules judge a value and the database keeps it, by the type of
its field. Frappe brings values to their stored form only after all rules have looked, and in imports not at all."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from .faults import N_, Fault, FaultyError
from .fields import shown
from .numbers import plain, read_number
from .text import clean_line, clean_lines

LINES = frozenset({"Small Text", "Text", "Long Text"})
# What holds markup, code or a structure of its own: it is not read as plain text.
NOT_PLAIN = frozenset(
	{"Text Editor", "HTML Editor", "Markdown Editor", "Code", "JSON", "Geolocation", "Signature", "Password"}
)
STRUCTURED = frozenset({"JSON", "Geolocation"})
NUMBERS = frozenset({"Float", "Currency", "Percent", "Rating", "Duration"})
# What the columns of Frappe's tables hold: INT, and DECIMAL(21, 9).
MAX_WHOLE = 2**31 - 1
MAX_NUMBER = 10**12
DECIMALS = 9

# What a browser takes for a tag, a comment or the end of a tag, also unclosed; and an attribute that runs a script,
# behind a quotation mark that ends the attribute in which the text may be shown.
_TAG = re.compile(r"<[A-Za-z/!?]")
_HANDLER = re.compile(r"""["'`](?:[^<>]*[\s/"'`])?(on[a-z]{3,})\s*=""", re.IGNORECASE)

_WORDS = {"1": 1, "true": 1, "on": 1, "yes": 1, "0": 0, "false": 0, "off": 0, "no": 0, "": 0}
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_MOMENT = re.compile(
	r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6})\d*)?)?)?", re.ASCII
)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)


@dataclass(frozen=True)
class Field:
	"""What the meta says of a field: its type, the options of a Select (empty: any text), and whether it may hold
	markup: an editor, or what the meta says is no text for people; that stays as it is, byte for byte."""

	fieldtype: str
	options: tuple[str, ...] = ()
	markup: bool = False


def settle(field: Field, value):
	"""Return a value as it will be stored in a field; None stays None, which Frappe fills in.

	Raises FaultyError for what cannot be stored as what it is.
	"""
	if value is None:
		return None
	read = _READERS.get(field.fieldtype, _read_other if field.markup else _read_text)
	return read(field, value)


def _refuse(template: str, *values) -> NoReturn:
	raise FaultyError([Fault((), template, values)])


def _single(value) -> None:
	if isinstance(value, list | tuple | set | dict | bytes):
		_refuse(N_("must be a single value, not {0}"), shown(value))


def _read_other(field: Field, value):
	"""What has a form of its own is only told apart from lists and the like, and is text."""
	if field.fieldtype in STRUCTURED:
		return value
	_single(value)
	return _written(value) if isinstance(value, bool | int | float) else value


def _read_text(field: Field, value):
	text = value if isinstance(value, str) else _written(value)
	text = clean_lines(text) if field.fieldtype in LINES else clean_line(text)
	if "<" in text and _TAG.search(text):
		_refuse(N_('must be plain text without HTML; write a blank behind "<"'))
	if "=" in text and (found := _HANDLER.search(text)):
		_refuse(N_('has "{0}", which a browser could run as a script'), shown(found.group(1)))
	return text


def _written(value) -> str:
	"""Return what is no text as the text that it means."""
	_single(value)
	if isinstance(value, bool):
		_refuse(N_("must be text, not {0}"), shown(value))
	if isinstance(value, float):
		# Beyond this a number from JSON has lost digits already.
		if not abs(value) < 2**53:
			_refuse(N_("must be text, not {0}"), shown(value))
		return plain(Decimal(str(value)))
	return str(value)


def _read_select(field: Field, value):
	text = clean_line(value if isinstance(value, str) else _written(value))
	if text and field.options and text not in field.options:
		_refuse(
			N_('"{0}" is not one of: {1}'), shown(text), tuple(option for option in field.options if option)
		)
	return text


def _read_check(field: Field, value):
	if isinstance(value, bool | int):
		return int(bool(value))
	_single(value)
	word = clean_line(value).lower() if isinstance(value, str) else value
	if isinstance(word, str) and word in _WORDS:
		return _WORDS[word]
	if word in (0.0, 1.0):
		return int(word)
	_refuse(N_("must be true or false, not {0}"), shown(value))


def _number(value) -> Decimal | None:
	_single(value)
	try:
		return read_number(clean_line(value) if isinstance(value, str) else value)
	except (ValueError, ArithmeticError):
		_refuse(N_('"{0}" is not a number'), shown(value))


def _read_whole(field: Field, value):
	if type(value) is not int:
		number = _number(value)
		if number is None:
			return None
		if number != number.to_integral_value():
			_refuse(N_("must be a whole number, not {0}"), shown(value))
		value = int(number)
	if abs(value) > MAX_WHOLE:
		_refuse(N_('"{0}" is too large'), shown(value))
	return value


def _read_number(field: Field, value):
	if type(value) is not int:
		number = _number(value)
		if number is None:
			return None
		value = float(number) if abs(number) >= MAX_NUMBER else round(float(number), DECIMALS)
	if abs(value) >= MAX_NUMBER:
		_refuse(N_('"{0}" is too large'), shown(value))
	return value


def _read_date(field: Field, value):
	if isinstance(value, datetime.date):
		return value.date() if isinstance(value, datetime.datetime) else value
	_single(value)
	text = clean_line(value) if isinstance(value, str) else ""
	if value == "" or (isinstance(value, str) and not text):
		return None
	found = _DATE.fullmatch(text)
	return _built(N_('"{0}" is not a date (year-month-day)'), value, _day, found)


def _day(found: re.Match) -> str:
	return datetime.date(*map(int, found.groups())).isoformat()


def _read_moment(field: Field, value):
	if isinstance(value, datetime.date):
		return value
	_single(value)
	text = clean_line(value) if isinstance(value, str) else ""
	if isinstance(value, str) and not text:
		return None
	found = _MOMENT.fullmatch(text)
	return _built(N_('"{0}" is not a day with a time'), value, _moment, found)


def _moment(found: re.Match) -> str:
	*parts, fraction = found.groups()
	year, month, day, hour, minute, second = (int(part or 0) for part in parts)
	microsecond = int((fraction or "0").ljust(6, "0"))
	return str(datetime.datetime(year, month, day, hour, minute, second, microsecond))


def _read_time(field: Field, value):
	if isinstance(value, datetime.timedelta | datetime.time):
		return value
	_single(value)
	text = clean_line(value) if isinstance(value, str) else ""
	if isinstance(value, str) and not text:
		return None
	return _built(N_('"{0}" is not a time of day'), value, _time, _TIME.fullmatch(text))


def _time(found: re.Match) -> str:
	hour, minute, second = (int(part or 0) for part in found.groups())
	return datetime.time(hour, minute, second).isoformat()


def _built(template: str, value, build: Callable[[re.Match], str], found: re.Match | None) -> str:
	try:
		return build(found) if found else _refuse(template, shown(value))
	except ValueError as error:
		if isinstance(error, FaultyError):
			raise
		return _refuse(template, shown(value))


_READERS: dict[str, Callable] = {
	"Select": _read_select,
	"Check": _read_check,
	"Int": _read_whole,
	"Date": _read_date,
	"Datetime": _read_moment,
	"Time": _read_time,
	**dict.fromkeys(NUMBERS, _read_number),
	**dict.fromkeys(NOT_PLAIN, _read_other),
}
