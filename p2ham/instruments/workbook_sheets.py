"""The sheets of the workbook in which an official edits an instrument.

Five of them: Instrument (a field per row), Criteria, Indicators, Scales (an answer per row) and Thresholds. Their columns
come from the field kinds of the data classes.
"""

from __future__ import annotations

from collections.abc import Callable

from p2ham.engine import fields
from p2ham.engine.faults import N_
from p2ham.engine.fields import Text, Whole
from p2ham.engine.instrument import Criterion, Indicator, Instrument, Scale, Threshold
from p2ham.tables import words
from p2ham.tables.columns import Column, columns_of, texts_of
from p2ham.tables.opening import MAX_ROWS

# The names of the sheets stay English: people and other programs look for them.
SHEETS = {
	"instrument": "Instrument",
	"criteria": "Criteria",
	"indicators": "Indicators",
	"scales": "Scales",
	"thresholds": "Thresholds",
}
TABLES = {"criteria": Criterion, "indicators": Indicator, "scales": Scale, "thresholds": Threshold}
REFERENCES = {"parent": ("criteria", "code"), "criterion": ("criteria", "code"), "scale": ("scales", "title")}

FORMAT_COLUMN = Column("format", N_("Format"), Whole(N_("Format")))
FIELD_COLUMN = Column("field", N_("Field"), Text(N_("Field")))
VALUE_COLUMN = Column("value", N_("Value"), Text(N_("Value")))


def columns_in(table: str, slots: int = 1) -> list[Column]:
	"""Return the columns of a table, with `slots` groups of evidence slots."""
	return columns_of(TABLES[table], {"options": 0, "evidence_slots": slots})


def rows_of_instrument() -> list[Column]:
	"""Return what the rows of the first sheet hold."""
	return [FORMAT_COLUMN, *columns_of(Instrument)]


def max_rows(table: str) -> int:
	"""The last row that may hold something. An answer is a row, so the scales have room for all of them."""
	if table != "scales":
		return MAX_ROWS
	answers = fields.kinds(Scale)["options"]
	return max(MAX_ROWS, 1 + fields.kinds(Instrument)["scales"].most * answers.most)


def texts() -> tuple[str, ...]:
	"""Return every English text that a header or a chosen word of a workbook consists of."""
	columns = [FIELD_COLUMN, VALUE_COLUMN, *rows_of_instrument()]
	columns += [column for table in TABLES for column in columns_in(table)]
	return tuple(dict.fromkeys(texts_of(columns)))


def vocabulary(translate: Callable[[str], str]) -> dict[str, str]:
	"""Return what `workbook_reading.load` takes as `known`, for one language."""
	return words.vocabulary(texts(), translate)
