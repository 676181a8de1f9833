"""What the value of a cell is for a kind of field. What does not fit stays as it is, so that whoever reads the data
names it."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

from p2ham.engine import fields
from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import Choice, Flag, Kind, Number, Whole, Words
from p2ham.engine.numbers import read_number
from p2ham.tables.words import Vocabulary

IS_DATE = N_("is a date; format the cell as text and type it again")

YES = frozenset(("x", "✓", "✔", "ya", "y", "yes", "true", "1"))
NO = frozenset(("tidak", "no", "false", "0", "-"))


def says_something(value) -> bool:
	"""Whether a value makes its row or group one that counts: "no" everywhere is as good as empty."""
	return value is not None and value is not False and value != "" and value != []


def is_day_or_time(value) -> bool:
	"""Whether Excel made a date or a time of what somebody typed."""
	return isinstance(value, datetime.date | datetime.time | datetime.timedelta)


def exact(value: int | float) -> Decimal:
	"""Return a number as Excel shows it, which keeps 15 digits: 0.1 + 0.2 is 0.3."""
	return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def text_of(value) -> str:
	"""Return the value of a cell as text, numbers as Excel shows them."""
	if value is None:
		return ""
	if isinstance(value, Fault):
		return str(value.values[0]) if value.values else ""
	if isinstance(value, float):
		return format(exact(value), "f")
	if isinstance(value, str):
		# Excel's way to store the carriage return of a text that was pasted.
		return value.replace("_x000D_", "\r")
	return str(value)


def convert(kind: Kind, value, vocabulary: Vocabulary):
	"""Return the value of a cell as plain data for a kind; a Fault where the cell says nothing, None where it is empty."""
	if value is None or isinstance(value, Fault):
		return value
	if isinstance(kind, Flag):
		return _flag(value, vocabulary)
	if isinstance(kind, Number | Whole):
		return _number(kind, value)
	if isinstance(value, bool):
		return [value] if isinstance(kind, Words) else value
	if is_day_or_time(value):
		return Fault((), IS_DATE)
	text = text_of(value)
	if isinstance(kind, Choice):
		return _choice(kind, text, vocabulary)
	if isinstance(kind, Words):
		return [word.strip() for word in re.split(r"[\r\n;]", text) if word.strip()]
	return text


def _choice(kind: Choice, text: str, vocabulary: Vocabulary) -> str:
	if text in kind.words:
		return text
	return vocabulary.find(text, {word: [word] for word in kind.words}) or text


def _flag(value, vocabulary: Vocabulary):
	if isinstance(value, bool):
		return value
	for word in vocabulary.meanings(text_of(value)):
		if word in YES:
			return True
		if word in NO:
			return False
	return text_of(value)


def _number(kind: Kind, value):
	if isinstance(value, bool):
		return value
	if isinstance(value, int | float):
		number = exact(value)
	else:
		try:
			number = read_number(value)
		except ValueError:
			return text_of(value)
	if isinstance(kind, Whole):
		# Beyond every limit a number stays text: 1e999999999 would fill the memory as a whole number.
		whole = number is not None and -fields.MOST <= number <= fields.MOST and number == int(number)
		return int(number) if whole else text_of(value)
	return number
