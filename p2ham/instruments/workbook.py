"""An instrument as one Excel workbook that an official edits.

Five sheets: Instrument (a field per row), Criteria, Indicators, Scales (an answer per row) and Thresholds. Their
columns come from the field kinds of the data classes. `write` makes the workbook; `load` reads one and reports
everything that is wrong with it at once, each fault with the cell where it stands.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from p2ham.engine import fields
from p2ham.engine import instrument as instruments
from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import IS_MISSING, Choice, Flag, Kind, Number, Rows, Text, Whole, Words
from p2ham.engine.instrument import (
	Criterion,
	Indicator,
	Instrument,
	InstrumentError,
	Scale,
	ScaleOption,
	Threshold,
)
from p2ham.engine.numbers import read_number
from p2ham.tables.opening import MAX_ROWS, Cells, check_size, open_sheets
from p2ham.tables.places import Cell, Places, WorkbookError
from p2ham.tables.words import loosened

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

MIN_SLOTS = 3  # evidence slots for which there are columns even if no indicator has that many

PAGE_WIDTH = 150  # characters that are readable across a landscape page
LINE_HEIGHT, MAX_LINES = 15, 15


IS_DATE = N_("is a date; format the cell as text and type it again")

YES = frozenset(("x", "✓", "✔", "ya", "y", "yes", "true", "1"))
NO = frozenset(("tidak", "no", "false", "0", "-"))


@dataclass(frozen=True)
class _Column:
	"""What a column holds: a field; or one word of a list, yes or no; or a field of an answer or of the
	evidence slot with that number. `within` is the key of the list."""

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


FORMAT_COLUMN = _Column("format", N_("Format"), Whole(N_("Format")))
FIELD_COLUMN = _Column("field", N_("Field"), Text(N_("Field")))
VALUE_COLUMN = _Column("value", N_("Value"), Text(N_("Value")))


def _columns(cls: type, slots: int = 1) -> list[_Column]:
	"""Return the columns for the fields of a class, with `slots` groups of evidence slots."""
	found = []
	for name, kind in fields.kinds(cls).items():
		key = fields.key_of(name, kind)
		if isinstance(kind, Words) and kind.words:
			found += [_Column(word, word, Flag(word), key) for word in kind.words]
		elif isinstance(kind, Rows) and kind.of is ScaleOption:
			found += [replace(column, within=key) for column in _columns(kind.of)]
		elif isinstance(kind, Rows) and key not in TABLES:
			found += [
				replace(column, within=key, number=number)
				for number in range(1, slots + 1)
				for column in _columns(kind.of)
			]
		elif key not in TABLES:
			found.append(_Column(key, kind.label, kind))
	return found


def _rows_of_instrument() -> list[_Column]:
	"""Return what the rows of the first sheet hold."""
	return [FORMAT_COLUMN, *_columns(Instrument)]


def texts() -> tuple[str, ...]:
	"""Return every English text that a header or a chosen word of a workbook consists of."""
	columns = [FIELD_COLUMN, VALUE_COLUMN, *_rows_of_instrument()]
	columns += [column for cls in TABLES.values() for column in _columns(cls)]
	found = []
	for column in columns:
		found.append(column.label)
		if isinstance(column.kind, Choice):
			found += column.kind.words
	return tuple(dict.fromkeys(found))


def vocabulary(translate: Callable[[str], str]) -> dict[str, str]:
	"""Return what `read` and `load` take as `known`, for one language. Where two texts have one translation,
	both stand there, a line each; the sheet decides which is meant."""
	found: dict[str, str] = {}
	for text in texts():
		plain = loosened(translate(text))
		found[plain] = f"{found[plain]}\n{text}" if plain in found else text
	return found


# Writing


def write(instrument: Instrument, translate: Callable[[str], str] = str) -> bytes:
	"""Return an instrument as the bytes of an .xlsx file, its headers, words and notes through `translate`.

	The instrument must pass `check`. Raises InstrumentError if the workbook would be larger than `load` takes.
	"""
	return _Writer(instruments.canonical(instrument), translate).write()


_HEAD = PatternFill("solid", start_color="1F4E78")
_HEAD_OPTIONAL = PatternFill("solid", start_color="5B7F9E")
_LINE = Side(style="thin", color="D0D7DE")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_STYLES = {"p2ham text": "@", "p2ham number": "General", "p2ham whole number": "0"}


class _Writer:
	def __init__(self, instrument: Instrument, translate: Callable[[str], str]):
		self.translate = translate
		self.data = instruments.plain(instrument)
		self.book = Workbook()
		self.book.remove(self.book.active)
		# Named, because giving every cell its alignment and border takes half the time of writing.
		for name, number_format in _STYLES.items():
			style = NamedStyle(name, alignment=_WRAPPED, border=_BORDER, number_format=number_format)
			self.book.add_named_style(style)
		self.book.properties.title = instrument.title
		self.book.properties.subject = instrument.regulation
		self.book.properties.creator = "p2ham"
		fullest = max((len(row.evidence_slots) for row in instrument.indicators), default=0)
		self.columns = {table: _columns(cls, max(fullest, MIN_SLOTS)) for table, cls in TABLES.items()}

	def write(self) -> bytes:
		self._instrument()
		for table in TABLES:
			self._table(table)
		content = io.BytesIO()
		self.book.save(content)
		# What nobody could read back must not be given away.
		check_size(content.getvalue(), Places(SHEETS))
		return content.getvalue()

	def _instrument(self) -> None:
		sheet = self._sheet("instrument", [FIELD_COLUMN, VALUE_COLUMN], widths=(28, 100))
		for number, column in enumerate(_rows_of_instrument(), start=2):
			name = self._put(sheet.cell(number, 1), Text(""), column.header(self.translate))
			name.font = Font(bold=True)
			if note := self._note(column):
				name.comment = note
			value = self._put(sheet.cell(number, 2), column.kind, self.data[column.key])
			value.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
			self._validate(sheet, column, value.coordinate)
		_fit_rows(sheet)

	def _table(self, table: str) -> None:
		columns = self.columns[table]
		sheet = self._sheet(table, columns, widths=[_width(column) for column in columns])
		last = 1
		for last, (_place, entry, answer) in enumerate(_table_rows(table, self.data[table]), start=2):
			for position, column in enumerate(columns, start=1):
				value = _value_of(column, entry, answer)
				self._put(sheet.cell(last, position), column.kind, value)
		sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
		sheet.freeze_panes = "B2"
		for position, column in enumerate(columns, start=1):
			letter = get_column_letter(position)
			self._validate(sheet, column, f"{letter}2:{letter}{_max_rows(table)}")
		_fit_rows(sheet)

	def _sheet(self, table: str, columns: list[_Column], widths: Iterable[int]):
		sheet = self.book.create_sheet(SHEETS[table])
		for position, (column, width) in enumerate(zip(columns, widths, strict=True), start=1):
			head = self._put(sheet.cell(1, position), Text(""), column.header(self.translate))
			head.font = Font(bold=True, color="FFFFFF")
			head.fill = _HEAD if column.needed else _HEAD_OPTIONAL
			head.alignment = Alignment(wrap_text=True, vertical="center")
			if table != "instrument" and (note := self._note(column)):
				head.comment = note
			# The format of the whole column, so that rows added below behave like those above.
			whole = sheet.column_dimensions[get_column_letter(position)]
			whole.width = width
			whole.alignment, whole.number_format = _WRAPPED, _STYLES[_style(column.kind)]
		sheet.row_dimensions[1].height = 32
		sheet.freeze_panes = "A2"
		sheet.print_title_rows = "1:1"
		sheet.page_setup.orientation = "landscape"
		sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
		# As many pages side by side as keep the print readable, the first column on each of them.
		wide = sum(
			sheet.column_dimensions[get_column_letter(number + 1)].width for number in range(len(columns))
		)
		sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = max(1, round(wide / PAGE_WIDTH)), 0
		sheet.print_title_cols = "A:A"
		sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
		sheet.oddFooter.center.text = "&A, &P / &N"
		return sheet

	def _put(self, cell, kind: Kind, value):
		cell.style = _style(kind)
		value = self._shown(kind, value)
		if isinstance(value, str) and value:
			cell.value = value
			# Whatever it looks like, it is text: openpyxl takes "=1+1" for a formula and "#N/A" for an error.
			cell.data_type = "s"
			if value[0] in "=+-@":
				cell.quotePrefix = True
		elif value not in (None, ""):
			cell.value = value
		return cell

	def _shown(self, kind: Kind, value):
		if isinstance(kind, Flag):
			return "x" if value else None
		if isinstance(kind, Choice):
			return self.translate(value) if value else None
		if isinstance(kind, Words):
			return "\n".join(value or ())
		return value

	def _note(self, column: _Column) -> Comment | None:
		"""Return what goes into a column, as a comment for its header."""
		lines = [self.translate(template).format(*values) for template, *values in self._rules(column)]
		if not lines:
			return None
		return Comment("\n".join(lines), "p2ham", width=260, height=30 + 30 * len(lines))

	def _rules(self, column: _Column) -> Iterator[tuple]:
		kind = column.kind
		if isinstance(kind, Flag):
			yield (N_("x means yes, empty means no."),)
		elif isinstance(kind, Choice):
			yield N_("One of: {0}"), ", ".join(map(self.translate, kind.words))
		elif isinstance(kind, Words):
			yield (N_("One entry per line of the cell."),)
			if column.key == "continues":
				yield (N_("Older indicators as INSTRUMENT:CODE."),)
			if column.key == "opd_types":
				yield (N_("Empty: all units."),)
		elif column is FORMAT_COLUMN:
			yield (N_("Leave it as it is."),)
		elif isinstance(kind, Number | Whole):
			yield _range(kind)
		elif column.key in REFERENCES:
			table, key = REFERENCES[column.key]
			label = next(other.label for other in self.columns[table] if other.key == key)
			yield N_('As in the column "{0}" of the sheet {1}.'), self.translate(label), SHEETS[table]
		elif isinstance(kind, Text) and kind.pattern:
			yield (N_("Letters, digits, dot and underscore, without spaces."),)
		if column.label == "Scale" and column.key == "title":
			yield (N_("One row for each answer, the scale's name and kind in every row."),)
		if column.key in ("from", "to"):
			yield (N_("For bands only: From belongs to the band, To does not; empty means open."),)
		if column.kind.required and column is not FORMAT_COLUMN and not isinstance(kind, Flag):
			if column.number:
				yield (N_("Needed where there is evidence with this number."),)
			elif column.within:
				yield (N_("Empty only for a percentage."),)
			else:
				yield (N_("Must not be empty."),)

	def _validate(self, sheet, column: _Column, cells: str) -> None:
		"""Let Excel offer what can be chosen, and refuse at once what cannot be right."""
		kind = column.kind
		if isinstance(kind, Flag):
			# "ya" or a tick is understood as well.
			rule = DataValidation("list", formula1='"x"', showErrorMessage=False)
		elif isinstance(kind, Choice):
			words = list(map(self.translate, kind.words))
			formula = f'"{",".join(words)}"'
			if len(formula) > 255 or any("," in word or '"' in word for word in words):
				return
			rule = DataValidation("list", formula1=formula, error=self.translate(N_("Choose from the list.")))
		elif column.key in REFERENCES:
			table, key = REFERENCES[column.key]
			position = next(number for number, other in enumerate(self.columns[table], 1) if other.key == key)
			letter = get_column_letter(position)
			formula = f"{SHEETS[table]}!${letter}$2:${letter}${_max_rows(table)}"
			rule = DataValidation("list", formula1=formula, errorStyle="warning")
			rule.error = self.translate(N_("The other sheet has no such entry."))
		elif isinstance(kind, Number | Whole):
			rule = DataValidation("whole" if isinstance(kind, Whole) else "decimal", operator="between")
			rule.formula1, rule.formula2 = kind.least, kind.most
			template, *values = _range(kind)
			rule.error = self.translate(template).format(*values)
		else:
			return
		rule.allow_blank = True
		if rule.showErrorMessage is None:
			rule.showErrorMessage = True
		rule.add(cells)
		sheet.add_data_validation(rule)


def _table_rows(table: str, data: list[dict]) -> Iterator[tuple[tuple, dict, dict | None]]:
	"""Yield for each row of a sheet its place, its entry and, for a scale, the answer that is this row."""
	for position, entry in enumerate(data):
		for answer in (entry["options"] or [{}]) if table == "scales" else [None]:
			yield (table, position), entry, answer


def _value_of(column: _Column, entry: dict, answer: dict | None):
	if not column.within:
		return entry.get(column.key)
	if answer is not None:
		return answer.get(column.key)
	found = entry[column.within]
	if not column.number:
		return column.key in found
	return found[column.number - 1].get(column.key) if column.number <= len(found) else None


def _style(kind: Kind) -> str:
	if isinstance(kind, Whole):
		return "p2ham whole number"
	# As text, so that the code 1.10 does not become 1.1 and the answer 1-2 no date. Longer texts stay
	# General, because Excel shows #### for a long text in a cell formatted as text.
	if isinstance(kind, Words) or (isinstance(kind, Text) and kind.most <= fields.LINE):
		return "p2ham text"
	return "p2ham number"


def _range(kind: Number | Whole) -> tuple:
	if kind.most < fields.MOST:
		return N_("A number from {0} to {1}."), kind.least, kind.most
	if kind.least > -fields.MOST:
		return N_("A number, {0} or more."), kind.least
	return (N_("A number."),)


def _fit_rows(sheet) -> None:
	"""Give rows the height of their longest cell, up to a limit: not every program does so by itself."""
	for row in sheet.iter_rows(min_row=2):
		lines = 1
		for cell in row:
			width = sheet.column_dimensions[cell.column_letter].width
			text = str(cell.value or "").split("\n")
			lines = max(lines, sum(1 + int(len(line) * 1.1 / width) for line in text))
		sheet.row_dimensions[row[0].row].height = LINE_HEIGHT * min(lines, MAX_LINES)


def _width(column: _Column) -> int:
	kind = column.kind
	if isinstance(kind, Flag):
		return 15 if column.within and not column.number else 11
	if isinstance(kind, Number | Whole):
		return 13
	if isinstance(kind, Choice):
		return 14
	if isinstance(kind, Words):
		return 28
	if column.key == "code" or REFERENCES.get(column.key) == ("criteria", "code"):
		return 14
	return 60 if column.key in ("title", "guidance") and kind.most > fields.LINE else 34


def _max_rows(table: str) -> int:
	"""The last row that may hold something. An answer is a row, so the scales have room for all of them."""
	if table != "scales":
		return MAX_ROWS
	answers = fields.kinds(Scale)["options"]
	return max(MAX_ROWS, 1 + fields.kinds(Instrument)["scales"].most * answers.most)


# Reading


def load(content: bytes, known: Mapping[str, str] | None = None) -> Instrument:
	"""Return the instrument of a workbook. `known` as in `read`.

	Raises WorkbookError with every fault of the workbook and of the instrument in it, each with its cell.
	"""
	data, places = read(content, known)
	instrument, faults = _judge(data, bool(places.missing))
	# What the workbook itself has wrong in a cell is not said a second time by what reads the values.
	said = {fault.place for fault in places.faults}
	faults = [fault for fault in faults if fault.place not in said and not _is_of(fault, places.missing)]
	if places.faults or faults:
		raise WorkbookError([*places.faults, *faults], places)
	return instrument


def _judge(data: dict, fields_only: bool) -> tuple[Instrument | None, list[Fault]]:
	"""Return the instrument, if it is one, and what is wrong with it; without whole columns only what is
	wrong within a field, because every reference would lead nowhere."""
	try:
		return instruments.read(data), []
	except InstrumentError as error:
		faults = error.faults
	if fields_only:
		within: list[Fault] = []
		within += fields.check(fields.read(Instrument, data, within))
		faults = [fault for fault in faults if fault in within or fault.place == (FORMAT_COLUMN.key,)]
	return None, faults


def _is_of(fault: Fault, missing: set[tuple[str, str]]) -> bool:
	return fault.template == IS_MISSING and (fault.place[0], fault.place[-1]) in missing


def read(content: bytes, known: Mapping[str, str] | None = None) -> tuple[dict, Places]:
	"""Return the plain data of a workbook, as `engine.instrument.read` takes it, and where each thing stands.

	`known` leads from a translated header or word (as `comparable` makes it) to the English one; English ones
	and the keys of the file are understood anyway. What is wrong with the workbook without keeping it from
	being read stands in the places' `faults`: whoever uses the data must look at them (`load` does).

	Raises WorkbookError if the bytes are no such workbook: too large, damaged, sheets missing.
	"""
	return _Reader(
		open_sheets(content, SHEETS, {table: _max_rows(table) for table in TABLES}), known or {}
	).read()


# Stands in the data for an unusable cell. No field takes an object, so the data cannot pass for right.
_REFUSED: dict = {}


@dataclass
class _Row:
	"""The values of a row by column; `cells` says where each stands."""

	number: int
	values: dict[_Column, object] = field(default_factory=dict)
	cells: dict[_Column, Cell] = field(default_factory=dict)

	@property
	def is_empty(self) -> bool:
		return not any(_says_something(value) for value in self.values.values())


class _Reader:
	def __init__(self, sheets: dict[str, Cells], known: Mapping[str, str]):
		self.sheets = sheets
		self.known = known
		self.places = Places(SHEETS)

	def read(self) -> tuple[dict, Places]:
		data = self._instrument()
		for table in TABLES:
			rows = self._rows(table)
			data[table] = self._scales(rows) if table == "scales" else self._entries(table, rows)
		return data, self.places

	def _instrument(self) -> dict:
		head, headers, rows = self._head("instrument", [FIELD_COLUMN, VALUE_COLUMN])
		position_of = {column: position for position, column in headers.items()}
		names = {column: [column.label, column.key] for column in _rows_of_instrument()}
		if len(position_of) < 2:
			# Nothing is known of any field; that the column is missing says it all.
			self.places.missing |= {(column.key, column.key) for column in names}
			return {FORMAT_COLUMN.key: instruments.FORMAT}
		data: dict = {}
		letter = get_column_letter(position_of[VALUE_COLUMN])
		for number, cells in rows.items():
			if number <= head:
				continue
			name = _text(cells.get(position_of[FIELD_COLUMN]))
			value = cells.get(position_of[VALUE_COLUMN])
			column = self.understood(name, names)
			cell = Cell(SHEETS["instrument"], number, letter, name or None)
			if column is None:
				if value is not None:
					self._unknown("instrument", cell)
			elif column.key in data:
				self.places.fault_at("instrument", cell, N_('the row "{0}" stands there twice'), name)
			else:
				data[column.key] = self._value(column, value, (column.key,), cell)
		for column in _rows_of_instrument():
			if column.key not in data:
				self.places.add((column.key,), Cell(SHEETS["instrument"], None, None, column.label))
				if column.needed:
					self.places.faults.append(
						Fault((column.key,), N_('the row "{0}" is missing'), (column.label,))
					)
		return data

	def _head(self, table: str, columns: list[_Column]) -> tuple[int, dict[int, _Column], Cells]:
		"""Return the number of the header row, the columns by their number, and all rows of the sheet."""
		rows = self.sheets[table]
		head = min(rows, default=1)
		used = {position for number, cells in rows.items() if number > head for position in cells}
		found: dict[int, _Column] = {}
		for position in sorted(used | set(rows.get(head, ()))):
			name = _text(rows[head].get(position))
			column = self._column(name, columns)
			cell = Cell(SHEETS[table], head, get_column_letter(position), name or None)
			if column is None:
				if position in used:
					self._unknown(table, cell)
			elif column in found.values():
				self.places.fault_at(table, cell, N_('the column "{0}" stands there twice'), name)
			else:
				found[position] = column
		for column in columns:
			if column.needed and column not in found.values():
				self.places.missing.add((table, column.key))
				cell = Cell(SHEETS[table], None, None, column.label)
				self.places.fault_at(table, cell, N_('the column "{0}" is missing'), column.label)
		return head, found, rows

	def _unknown(self, table: str, cell: Cell) -> None:
		if not cell.header:
			self.places.fault_at(table, cell, N_("has content, but no name above or beside it"))
		elif table == "instrument" and cell.row != min(self.sheets[table]):
			self.places.fault_at(table, cell, N_('the row "{0}" is not known'), fields.shown(cell.header))
		else:
			self.places.fault_at(table, cell, N_('the column "{0}" is not known'), fields.shown(cell.header))

	def _column(self, name: str, columns: list[_Column]) -> _Column | None:
		name = " ".join(name.split())
		if len(name) > fields.LINE:
			return None
		names = {column: [column.label, column.key] for column in columns if not column.number}
		if column := self.understood(name, names):
			return column
		if numbered := re.fullmatch(r"(.*?)[ _]*([0-9]{1,4})", name):
			names = {column: [column.label, column.key] for column in columns if column.number}
			if column := self.understood(numbered[1], names):
				return replace(column, number=int(numbered[2]))
		return None

	def understood(self, text: str, names: Mapping):
		"""Return that of `names` one of whose names the text is, in English or as `known` has it."""
		for wanted in self.meanings(text):
			for thing, called in names.items():
				if wanted in map(loosened, called):
					return thing
		return None

	def meanings(self, text: str) -> list[str]:
		"""Return the text and what it may be in English, as `comparable` makes them."""
		plain = loosened(text)
		english = self.known.get(plain, "").split("\n")
		return [word for word in (plain, *map(loosened, english)) if word]

	def _rows(self, table: str) -> list[_Row]:
		"""Return the rows of a table that say something."""
		columns = _columns(TABLES[table])
		head, headers, rows = self._head(table, columns)
		absent = [column for column in columns if column not in headers.values() and not column.number]
		found = []
		for number, cells in sorted(rows.items()):
			if number <= head:
				continue
			row = _Row(number)
			for position, column in headers.items():
				header = _text(rows[head].get(position))
				row.values[column] = _converted(column.kind, cells.get(position), self)
				row.cells[column] = Cell(SHEETS[table], number, get_column_letter(position), header)
			if not row.is_empty:
				for column in absent:
					row.cells[column] = Cell(SHEETS[table], number, None, column.label)
				found.append(row)
		return found

	def _value(self, column: _Column, value, place: tuple, cell: Cell):
		return self._keep(_converted(column.kind, value, self), place, cell)

	def _keep(self, value, place: tuple, cell: Cell):
		"""Note where a value stands; say what is wrong with it and put something refused in its place."""
		self.places.add(place, cell)
		if isinstance(value, Fault):
			self.places.faults.append(value.below(*place))
			return _REFUSED
		return value

	def _fill(self, row: _Row, columns: Iterable[_Column], place: tuple) -> dict:
		"""Return the values of some columns of a row by their keys."""
		return {
			column.key: self._keep(row.values.get(column), (*place, column.key), row.cells[column])
			for column in columns
		}

	def _entries(self, table: str, rows: list[_Row]) -> list[dict]:
		return [self._entry(row, (table, position)) for position, row in enumerate(rows)]

	def _entry(self, row: _Row, place: tuple) -> dict:
		"""Return a criterion, indicator or threshold."""
		self.places.add(place, Cell(next(iter(row.cells.values())).sheet, row.number))
		entry = self._fill(row, (column for column in row.cells if not column.within), place)
		words = [column for column in row.cells if column.within and not column.number]
		for column in words:
			cell = row.cells[column]
			if column.within not in entry:
				self.places.add((*place, column.within), cell)
			value = self._keep(row.values.get(column), (*place, column.within, column.key), cell)
			chosen = entry.setdefault(column.within, [])
			if value is True:
				chosen.append(column.key)
			elif isinstance(value, str):
				template = N_('"{0}" is neither yes (x) nor no (empty)')
				self.places.faults.append(
					Fault((*place, column.within, column.key), template, (fields.shown(value),))
				)
		groups: dict[tuple[str, int], list[_Column]] = {}
		for column in sorted(row.cells, key=lambda column: column.number):
			if column.number:
				groups.setdefault((column.within, column.number), []).append(column)
		for (within, _), group in groups.items():
			slots = entry.setdefault(within, [])
			if any(_says_something(row.values.get(column)) for column in group):
				slots.append(self._slot(row, group, (*place, within, len(slots))))
		return entry

	def _slot(self, row: _Row, group: list[_Column], place: tuple) -> dict:
		self.places.add(place, row.cells[group[0]])
		slot = self._fill(row, group, place)
		# A group of columns may lack one; whoever is told that something is missing learns what.
		for column in _columns(instruments.EvidenceSlot):
			if column.key not in slot:
				header = f"{column.label} {group[0].number}"
				self.places.add(
					(*place, column.key), replace(row.cells[group[0]], column=None, header=header)
				)
		return slot

	def _scales(self, rows: list[_Row]) -> list[dict]:
		"""Return the scales of rows with one answer each; the rows of a scale need not be neighbours."""
		found: list[dict] = []
		by_title: dict[str, int] = {}
		for row in rows:
			columns = {column.key: column for column in row.cells if not column.within}
			title = row.values.get(columns["title"])
			title = fields.kinds(Scale)["title"].read(title, []) if isinstance(title, str) else ""
			# Rows without a title are scales of their own: each of them lacks it.
			position = by_title.setdefault(title, len(found)) if title else len(found)
			place = ("scales", position)
			if position == len(found):
				self.places.add(place, Cell(SHEETS["scales"], row.number))
				found.append({**self._fill(row, columns.values(), place), "options": []})
			else:
				self._same_kind(found[position], row, columns["kind"], place)
			answer = [column for column in row.cells if column.within]
			if any(_says_something(row.values.get(column)) for column in answer):
				options = found[position]["options"]
				inner = (*place, "options", len(options))
				self.places.add(inner, Cell(SHEETS["scales"], row.number))
				options.append(self._fill(row, answer, inner))
		return found

	def _same_kind(self, scale: dict, row: _Row, column: _Column, place: tuple) -> None:
		kind = row.values.get(column)
		if isinstance(kind, Fault):
			cell = row.cells[column]
			self.places.fault_at("scales", cell, kind.template, *kind.values)
		elif not scale["kind"] and scale["kind"] is not _REFUSED:
			scale["kind"] = self._keep(kind, (*place, "kind"), row.cells[column])
		elif kind and kind != scale["kind"] and scale["kind"] is not _REFUSED:
			template = N_('the scale "{0}" has another kind above: {1}')
			title, above = fields.shown(scale["title"]), fields.shown(scale["kind"])
			self.places.fault_at("scales", row.cells[column], template, title, above)


def _says_something(value) -> bool:
	"""Whether a value makes its row or group one that counts: "no" everywhere is as good as empty."""
	return value is not None and value is not False and value != "" and value != []


def _converted(kind: Kind, value, reader: _Reader):
	"""Return the value of a cell as the reader of instruments expects it for a kind. What does not fit stays
	as it is, so that the reader names it."""
	if value is None or isinstance(value, Fault):
		return value
	if isinstance(kind, Flag):
		return _flag(value, reader)
	if isinstance(kind, Number | Whole):
		return _number(kind, value)
	if isinstance(value, bool):
		return [value] if isinstance(kind, Words) else value
	if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
		return Fault((), IS_DATE)
	text = _text(value)
	if isinstance(kind, Choice):
		return (
			text
			if text in kind.words
			else reader.understood(text, {word: [word] for word in kind.words}) or text
		)
	if isinstance(kind, Words):
		return [word.strip() for word in re.split(r"[\r\n;]", text) if word.strip()]
	return text


def _flag(value, reader: _Reader):
	if isinstance(value, bool):
		return value
	for word in reader.meanings(_text(value)):
		if word in YES:
			return True
		if word in NO:
			return False
	return _text(value)


def _number(kind: Kind, value):
	if isinstance(value, bool):
		return value
	if isinstance(value, int | float):
		number = _exact(value)
	else:
		try:
			number = read_number(value)
		except ValueError:
			return _text(value)
	if isinstance(kind, Whole):
		# Beyond every limit a number stays text: 1e999999999 would fill the memory as a whole number.
		whole = number is not None and -fields.MOST <= number <= fields.MOST and number == int(number)
		return int(number) if whole else _text(value)
	return number


def _exact(value: int | float) -> Decimal:
	"""Return a number as Excel shows it, which keeps 15 digits: 0.1 + 0.2 is 0.3."""
	return Decimal(value) if isinstance(value, int) else Decimal(format(value, ".15g"))


def _text(value) -> str:
	"""Return the value of a cell as text, numbers as Excel shows them."""
	if value is None:
		return ""
	if isinstance(value, Fault):
		return str(value.values[0]) if value.values else ""
	if isinstance(value, float):
		return format(_exact(value), "f")
	if isinstance(value, str):
		# Excel's way to store the carriage return of a text that was pasted.
		return value.replace("_x000D_", "\r")
	return str(value)
