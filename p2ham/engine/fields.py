"""The kinds of fields that an instrument file consists of. Each kind says once how a value is read, what is
wrong with it, how it is written, and what its JSON Schema is; the file format, the checks on a site and the
columns of the workbook all come from there.

A data class describes its fields with `declare(Kind(...))`; `read`, `check`, `write` and `schema` work on any such
class.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .faults import N_, Fault, encodable
from .text import composed, with_plain_blanks

# What a site stores exactly: Frappe keeps 9 decimals, and a binary float 15 digits.
MOST = 1_000_000_000
LINE = 140  # characters of one line, the length of Frappe's Data field

IS_MISSING = N_("is missing")

_MARKUP = re.compile(r"<[A-Za-z/!?]")
_EXCEL_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_|x005F_")


@dataclass(frozen=True)
class Kind(ABC):
	"""What a field holds. `label` names it for people, `key` in the file if the attribute is called otherwise."""

	label: str
	key: str = ""
	required: bool = True

	@abstractmethod
	def read(self, value, faults: list[Fault]):
		"""Return the value of plain data; on a wrong type add to `faults` and return a harmless one."""

	def check(self, value) -> Iterator[Fault]:
		"""Yield what is wrong with a value of the right type."""
		yield from ()

	def write(self, value):
		"""Return the value as plain data."""
		return value

	@abstractmethod
	def schema(self) -> dict:
		"""Return the JSON Schema of the value."""


@dataclass(frozen=True)
class Text(Kind):
	"""Text of at most `most` characters; `lines` allows line breaks. No markup, no control characters."""

	most: int = LINE
	lines: bool = False
	pattern: str = ""
	expected: str = ""

	def read(self, value, faults):
		if value is None:
			return ""
		if not isinstance(value, str):
			faults.append(Fault((), N_("must be text, not {0}"), (shown(value),)))
			return ""
		value = composed(value).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
		return value if self.lines else with_plain_blanks(value)

	def check(self, value):
		if not value:
			if self.required:
				yield Fault((), IS_MISSING)
			return
		if len(value) > self.most:
			yield Fault((), N_("has {0} characters; {1} are possible"), (len(value), self.most))
		# What no workbook or database keeps as it is, or what a browser would take for HTML.
		if any(_unprintable(character) for character in value):
			yield Fault((), N_("has a character that cannot be printed"))
		if value != value.strip() or ("\n" in value and not self.lines):
			yield Fault((), N_("has spaces at its ends or a line break"))
		if _MARKUP.search(value):
			yield Fault((), N_("must be plain text without HTML"))
		if _EXCEL_ESCAPE.search(value):
			yield Fault((), N_('has "{0}", which Excel would read as one character'), (value[:40],))
		if self.pattern and not re.fullmatch(self.pattern, value):
			yield Fault((), self.expected, (shown(value),))

	def schema(self):
		schema = {"type": "string", "maxLength": self.most}
		if self.required:
			schema["minLength"] = 1
		if self.pattern:
			schema["pattern"] = f"^{self.pattern}$" if self.required else f"^({self.pattern})?$"
		return schema


@dataclass(frozen=True)
class Reference(Text):
	"""The code or title of something else in the file; None where there is none."""

	def read(self, value, faults):
		return super().read(value, faults) or (None if not self.required else "")

	def schema(self):
		return super().schema() if self.required else {"type": ["string", "null"], "maxLength": self.most}


@dataclass(frozen=True)
class Choice(Kind):
	"""One of a few words, which stay English in files and databases and are translated for display."""

	words: tuple[str, ...] = ()

	def read(self, value, faults):
		if value is None or value == "":
			return ""
		if not isinstance(value, str):
			faults.append(Fault((), N_("must be text, not {0}"), (shown(value),)))
			return ""
		return value

	def check(self, value):
		if not value:
			yield Fault((), IS_MISSING)
		elif value not in self.words:
			yield Fault((), N_('"{0}" is not one of: {1}'), (shown(value), ", ".join(self.words)))

	def schema(self):
		return {"enum": list(self.words)}


@dataclass(frozen=True)
class Words(Kind):
	"""A list of at most `most` words: those in `words` (kept in that order), or any text of one line that
	fits `pattern`."""

	most: int = 100
	words: tuple[str, ...] = ()
	pattern: str = ""
	expected: str = ""
	required: bool = False

	def read(self, value, faults):
		if value is None:
			return ()
		if not isinstance(value, list):
			faults.append(Fault((), N_("must be a list")))
			return ()
		found = []
		for position, word in enumerate(value):
			if isinstance(word, str):
				found.append(word.strip())
			else:
				faults.append(Fault((position,), N_("must be text, not {0}"), (shown(word),)))
		if self.words:
			found.sort(key=lambda word: self.words.index(word) if word in self.words else len(self.words))
		return tuple(found)

	def check(self, value):
		one = Text(self.label, pattern=self.pattern, expected=self.expected)
		if len(value) > self.most:
			yield Fault((), N_("has {0} entries; {1} are possible"), (len(value), self.most))
			return
		for position, word in enumerate(value):
			if word in value[:position]:
				yield Fault((position,), N_('"{0}" stands there twice'), (shown(word),))
			elif self.words and word not in self.words:
				yield Fault((position,), N_('"{0}" is not one of: {1}'), (shown(word), ", ".join(self.words)))
			elif not self.words:
				yield from (fault.below(position) for fault in one.check(word))

	def write(self, value):
		return list(value)

	def schema(self):
		items = (
			{"enum": list(self.words)}
			if self.words
			else Text(self.label, pattern=self.pattern, expected=self.expected).schema()
		)
		return {"type": "array", "items": items, "uniqueItems": True, "maxItems": self.most}


@dataclass(frozen=True)
class Flag(Kind):
	"""Yes or no."""

	required: bool = False

	def read(self, value, faults):
		if value is None:
			return False
		if not isinstance(value, bool):
			faults.append(Fault((), N_("must be true or false, not {0}"), (shown(value),)))
			return False
		return value

	def schema(self):
		return {"type": "boolean"}


@dataclass(frozen=True)
class Number(Kind):
	"""An exact decimal from `least` to `most` with at most `decimals` decimals; None where none is given."""

	least: int = 0
	most: int = MOST
	decimals: int = 4
	above_least: bool = False

	def read(self, value, faults):
		if value is None:
			return None
		if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
			faults.append(Fault((), N_('"{0}" is not a number'), (shown(value),)))
			return Decimal(1) if self.required else None
		number = Decimal(str(value))
		if not number.is_finite():
			faults.append(Fault((), N_('"{0}" is not a number'), (shown(value),)))
			return Decimal(1) if self.required else None
		return number

	def check(self, value):
		if value is None:
			if self.required:
				yield Fault((), IS_MISSING)
		elif value < self.least or (self.above_least and value == self.least):
			template = N_("{0} is not more than {1}") if self.above_least else N_("{0} is less than {1}")
			yield Fault((), template, (shown(value), self.least))
		elif value > self.most:
			yield Fault((), N_("{0} is more than {1}"), (shown(value), self.most))
		elif value != round(value, self.decimals):
			yield Fault((), N_("{0} has more than {1} decimals"), (shown(value), self.decimals))

	def write(self, value):
		if value is None:
			return None
		return int(value) if value == int(value) else float(value)

	def schema(self):
		return {
			"type": "number" if self.required else ["number", "null"],
			"exclusiveMinimum" if self.above_least else "minimum": self.least,
			"maximum": self.most,
		}


@dataclass(frozen=True)
class Whole(Kind):
	"""A whole number from `least` to `most`."""

	least: int = 0
	most: int = MOST

	def read(self, value, faults):
		if value is None:
			return 0
		if isinstance(value, bool) or not isinstance(value, int):
			faults.append(Fault((), N_("must be a whole number, not {0}"), (shown(value),)))
			return self.least
		return value

	def check(self, value):
		if not value and self.least > 0:
			yield Fault((), IS_MISSING)
		elif not self.least <= value <= self.most:
			yield Fault(
				(), N_("{0} is not between {1} and {2}"), (shown(value), str(self.least), str(self.most))
			)

	def schema(self):
		return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Rows(Kind):
	"""A list of objects of class `of`, at most `most`; `one` names a single one of them."""

	of: type = object
	one: str = ""
	most: int = 1000

	def read(self, value, faults):
		if value is None:
			return ()
		if not isinstance(value, list):
			faults.append(Fault((), N_("must be a list")))
			return ()
		if len(value) > self.most:
			faults.append(Fault((), N_("has {0} rows; {1} are possible"), (len(value), self.most)))
			value = value[: self.most]
		found = []
		for position, row in enumerate(value):
			within: list[Fault] = []
			found.append(read(self.of, row, within))
			faults += (fault.below(position) for fault in within)
		return tuple(found)

	def check(self, value):
		if self.required and not value:
			yield Fault((), N_("is empty: at least one is needed"))
		for position, row in enumerate(value):
			yield from (fault.below(position) for fault in check(row))

	def write(self, value):
		return [write(row) for row in value]

	def schema(self):
		return {"type": "array", "items": schema(self.of), "maxItems": self.most}


def declare(kind: Kind, **options):
	"""Declare a field of a data class: `code: str = declare(Text(...))`."""
	return dataclasses.field(metadata={"kind": kind}, **options)


def kinds(cls) -> dict[str, Kind]:
	"""Return the kinds of the fields of a class by attribute name, in the order of the file."""
	return {field.name: field.metadata["kind"] for field in dataclasses.fields(cls)}


def key_of(name: str, kind: Kind) -> str:
	return kind.key or name


def read(cls, data, faults: list[Fault]):
	"""Make a `cls` of plain data. What has the wrong type or is not known is added to `faults`."""
	if not isinstance(data, dict):
		faults.append(Fault((), N_("must be an object")))
		data = {}
	values, known = {}, set()
	for name, kind in kinds(cls).items():
		key = key_of(name, kind)
		known.add(key)
		within: list[Fault] = []
		values[name] = kind.read(data.get(key), within)
		faults += (fault.below(key) for fault in within)
	faults += (Fault((key,), N_("is not a known key")) for key in data if key not in known)
	return cls(**values)


def check(thing) -> list[Fault]:
	"""Return what is wrong with the values of a data class, field by field, rows included."""
	faults: list[Fault] = []
	for name, kind in kinds(type(thing)).items():
		faults += (fault.below(key_of(name, kind)) for fault in kind.check(getattr(thing, name)))
	return faults


def write(thing) -> dict:
	"""Return a data class as plain data, keys in their order. A class may leave keys out (`left_out`)."""
	left_out = getattr(thing, "left_out", ())
	return {
		key_of(name, kind): kind.write(getattr(thing, name))
		for name, kind in kinds(type(thing)).items()
		if name not in left_out
	}


def schema(cls) -> dict:
	"""Return the JSON Schema of a class. What need not be given may be absent."""
	fields = kinds(cls).items()
	return {
		"type": "object",
		"properties": {
			key_of(name, kind): {"description": kind.label, **kind.schema()} for name, kind in fields
		},
		"required": [key_of(name, kind) for name, kind in fields if kind.required],
		"additionalProperties": False,
	}


def shown(value) -> str:
	"""Return a value as a message quotes it: short."""
	text = value if isinstance(value, str) else repr(value) if isinstance(value, list | dict) else str(value)
	return encodable(text if len(text) <= 60 else text[:57] + "...")


def comparable(text: str) -> str:
	"""Return what a database takes for the same name: no case, no accents, nothing invisible, no spaces
	around, and all characters beyond the basic plane (emoji) alike."""
	plain = unicodedata.normalize("NFKD", text).casefold()
	kept = (character for character in plain if unicodedata.category(character) not in ("Mn", "Me", "Cf"))
	return "".join(character if character <= "\uffff" else "\ufffd" for character in kept).strip()


def _unprintable(character: str) -> bool:
	category = unicodedata.category(character)
	return (category in ("Cc", "Cs") and character != "\n") or character in "\ufffe\uffff"
