"""What a request may put into a query: names of fields, conditions, an order. Nothing else is read.

Frappe builds SQL from these parts and looks for what must not be in them. Here it is the other way round: what the
grammar does not know is refused (`NotInGrammar`). Whether a name that was read is a field, and whose, is for who asks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

AGGREGATES = ("count", "sum", "avg", "min", "max")

_NAME = r"[^\W\d]\w*"
_TABLE = rf"{_NAME}(?:[ \-]\w+)*"
_COLUMN = re.compile(
	rf"(?:(?:`tab(?P<quoted>{_TABLE})`|tab(?P<bare>[A-Z]\w*(?:[ \-]\w+)*)|(?P<through>{_NAME}))\s*\.\s*)?"
	rf"(?P<tick>`?)(?P<field>{_NAME}|\*)(?P=tick)"
)
_CALL = re.compile(rf"(?P<function>{_NAME})\s*\((?P<of>[^()]*)\)")
_ALIAS = re.compile(rf"(?P<of>.+?)\s+as\s+(?P<tick>[`'\"]?)(?P<alias>{_NAME}(?:[ :\-]\w+)*)(?P=tick)", re.I)
_DISTINCT = re.compile(r"distinct\s+(?P<of>.+)", re.I)
_ORDERED = re.compile(r"(?P<of>.+?)(?:\s+(?:asc|desc))?", re.I)
_OPERATOR = re.compile(r"[a-z]+(?: [a-z]+)*(?: \(inclusive\))?|[=<>]|[!<>]=", re.I)


class NotInGrammar(ValueError):
	"""A part of a request that the grammar does not know; `text` is that part, as far as it can be told."""

	def __init__(self, given):
		self.text = given if isinstance(given, str) else repr(given)
		super().__init__(self.text)


@dataclass(frozen=True)
class Column:
	"""A field in a query: of the DocType `table` (empty: the one asked about), of what a table or link field
	`through` leads to, within an aggregate `function`, under an `alias`."""

	field: str
	table: str = ""
	through: str = ""
	function: str = ""
	alias: str = ""


def column(given, functions: Iterable[str] = AGGREGATES) -> Column:
	"""Read one field: `name`, "`tabDocType`.`name`", "items.name", "sum(name) as total", or Frappe 16's
	{"SUM": "name", "as": "total"}.

	Raises NotInGrammar.
	"""
	text = _from_dict(given) if isinstance(given, dict) else given
	if not isinstance(text, str):
		raise NotInGrammar(given)
	text, alias = text.strip(), ""
	if found := _ALIAS.fullmatch(text):
		text, alias = found["of"].strip(), found["alias"]
	function = ""
	if found := _CALL.fullmatch(text):
		function, text = found["function"].lower(), found["of"].strip()
		if function not in functions:
			raise NotInGrammar(given)
	if found := _DISTINCT.fullmatch(text):
		text = found["of"].strip()
	found = _COLUMN.fullmatch(text)
	if not found:
		raise NotInGrammar(given)
	table = (found["quoted"] or found["bare"] or "").strip()
	return Column(found["field"], table, found["through"] or "", function, alias)


def plain(given) -> Column:
	"""Read a field that is neither added up nor given another name, as conditions and orders name it.

	Raises NotInGrammar.
	"""
	read = column(given, functions=())
	if read.alias:
		raise NotInGrammar(given)
	return read


def _from_dict(given: dict) -> str:
	parts = {key: value for key, value in given.items() if key != "as"}
	alias = given.get("as")
	if len(parts) != 1 or not all(isinstance(part, str) for part in (*parts, *parts.values())):
		raise NotInGrammar(given)
	if alias is not None and not isinstance(alias, str):
		raise NotInGrammar(given)
	((function, field),) = parts.items()
	return f"{function}({field})" + (f" as {alias}" if alias else "")


def listed(given) -> list:
	"""Return the single fields of an argument that names several: a list, JSON, or words between commas.

	Raises NotInGrammar for what Frappe would take for filters.
	"""
	if given is None or given == "":
		return []
	if isinstance(given, str):
		given = _parsed(given, otherwise=given.split(","))
		given = [given] if isinstance(given, str) else given
	if not isinstance(given, list | tuple):
		raise NotInGrammar(given)
	return [part for part in given if part not in (None, "")]


def order(given) -> list[Column]:
	"""Read an order or a grouping: fields between commas, each with or without a direction.

	Raises NotInGrammar.
	"""
	if given is None or given == "":
		return []
	parts = given.split(",") if isinstance(given, str) else given
	if not isinstance(parts, list | tuple):
		raise NotInGrammar(given)
	read = []
	for part in parts:
		found = _ORDERED.fullmatch(part.strip()) if isinstance(part, str) else None
		if not found:
			raise NotInGrammar(part)
		read.append(plain(found["of"]))
	return read


def conditions(given, values: bool = True) -> Iterator[Column]:
	"""Yield the field of each condition of a filter: {field: value}, {field: [operator, value]}, [field, operator,
	value], [DocType, field, operator, value]. A name alone, which some of Frappe's functions take, has none.

	Raises NotInGrammar for SQL, for conditions in a form that Frappe takes for something else, and (`values`) for values
	that are more than a value or a list of values.
	"""
	if isinstance(given, str):
		given = _parsed(given, otherwise=None)
	if given is None or isinstance(given, str | int | float):
		return
	if isinstance(given, dict):
		given = [given]
	if not isinstance(given, list | tuple):
		raise NotInGrammar(given)
	for part in given:
		if isinstance(part, dict):
			yield from _of_dict(part, values)
		else:
			yield _of_list(part, values)


def _of_dict(given: dict, values: bool) -> Iterator[Column]:
	for field, value in given.items():
		if isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str):
			_check_comparison(value[0], value[1], values)
		elif values:
			_check_value(value)
		yield plain(field)


def _of_list(given, values: bool) -> Column:
	if not isinstance(given, list | tuple) or len(given) not in (3, 4, 5):
		raise NotInGrammar(given)
	table, field, operator, value = ("", *given) if len(given) == 3 else given[:4]
	_check_comparison(operator, value, values)
	read = plain(field)
	if not table:
		return read
	if not isinstance(table, str) or not re.fullmatch(_TABLE, table) or read.table or read.through:
		raise NotInGrammar(given)
	return Column(read.field, table)


def _check_comparison(operator, value, values: bool) -> None:
	if not isinstance(operator, str) or not _OPERATOR.fullmatch(operator.strip()):
		raise NotInGrammar(operator)
	if values:
		_check_value(value)


def _check_value(value) -> None:
	values = value if isinstance(value, list | tuple) else [value]
	for one in values:
		if isinstance(one, dict | list | tuple | set):
			raise NotInGrammar(value)


def _parsed(text: str, otherwise):
	try:
		return json.loads(text)
	except ValueError:
		return otherwise
