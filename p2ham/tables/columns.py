"""The columns of a table, as the kinds of the fields of a data class have them (`p2ham.engine.fields`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from p2ham.engine import fields
from p2ham.engine.fields import Choice, Flag, Kind, Rows, Words
from p2ham.tables.words import Vocabulary


@dataclass(frozen=True)
class Column:
	"""What a column holds: a field; or one word of a list, yes or no; or a field of a list's entry, the one with
	that number if the list lies in columns side by side. `within` is the key of the list."""

	key: str
	label: str
	kind: Kind = field(compare=False)
	within: str = ""
	number: int = 0

	@property
	def needed(self) -> bool:
		return self.kind.required and not self.number

	def header(self, translate: Callable[[str], str]) -> str:
		return translate(self.label) + (f" {self.number}" if self.number else "")


def columns_of(cls: type, lists: Mapping[str, int] | None = None) -> list[Column]:
	"""Return the columns for the fields of a class.

	`lists` says of each list of objects in it, by its key, how many of them lie in columns side by side; 0 means that
	each has a row of its own. A list that is not in there has no columns: it is another table.
	"""
	found = []
	for name, kind in fields.kinds(cls).items():
		key = fields.key_of(name, kind)
		if isinstance(kind, Words) and kind.words:
			found += [Column(word, word, Flag(word), key) for word in kind.words]
		elif not isinstance(kind, Rows):
			found.append(Column(key, kind.label, kind))
		elif key in (lists or {}):
			numbers = range(1, lists[key] + 1) if lists[key] else [0]
			inner = columns_of(kind.of)
			found += [replace(column, within=key, number=number) for number in numbers for column in inner]
	return found


def texts_of(columns: Iterable[Column]) -> list[str]:
	"""Return every English text that the headers and the chosen words of some columns consist of."""
	found = []
	for column in columns:
		found.append(column.label)
		if isinstance(column.kind, Choice):
			found += column.kind.words
	return found


def find_column(name: str, columns: Iterable[Column], vocabulary: Vocabulary) -> Column | None:
	"""Return the column that a header names: in any spelling, in a language that is known, or as the key of the field;
	with a number ("Evidence 2") one of those side by side."""
	name = " ".join(name.split())
	if len(name) > fields.LINE:
		return None
	names = {column: [column.label, column.key] for column in columns if not column.number}
	if column := vocabulary.find(name, names):
		return column
	if numbered := re.fullmatch(r"(.*?)[ _]*([0-9]{1,4})", name):
		names = {column: [column.label, column.key] for column in columns if column.number}
		if column := vocabulary.find(numbered[1], names):
			return replace(column, number=int(numbered[2]))
	return None
