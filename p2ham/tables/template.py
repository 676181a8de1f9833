"""Writing tables whose columns are kinds of fields, as somebody fills them in: formats, notes at the heads, and what
Excel offers and refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from p2ham.engine import fields
from p2ham.engine.faults import N_
from p2ham.engine.fields import Choice, Flag, Kind, Number, Text, Whole, Words
from p2ham.tables.columns import Column
from p2ham.tables.opening import MAX_ROWS, check_size
from p2ham.tables.places import Places
from p2ham.tables.writing import (
	BORDER,
	WRAPPED,
	dress_head,
	fit_rows,
	lay_out_page,
	restrict,
	saved,
	words_to_choose,
)

PAGE_WIDTH = 150  # characters that are readable across a landscape page
HEAD_HEIGHT = 32

_FORMATS = {"p2ham text": "@", "p2ham number": "General", "p2ham whole number": "0"}


class TableWriter:
	"""Writes the tables of one workbook. `sheets` are the names of the sheets by table, `columns` those of each table.

	Whoever writes other tables than plain ones says in a class of its own what `references` a column has, how wide it
	is, how many rows there may be, and what else stands at its head.
	"""

	references: Mapping[
		str, tuple[str, str]
	] = {}  # key of a column: the table and the key where its values stand

	def __init__(
		self, sheets: Mapping[str, str], columns: Mapping[str, list[Column]], translate: Callable[[str], str]
	):
		self.sheets = sheets
		self.columns = columns
		self.translate = translate
		self.book = Workbook()
		self.book.remove(self.book.active)
		# Named, because giving every cell its alignment and border takes half the time of writing.
		for name, number_format in _FORMATS.items():
			style = NamedStyle(name, alignment=WRAPPED, border=BORDER, number_format=number_format)
			self.book.add_named_style(style)
		self.book.properties.creator = "p2ham"

	def content(self) -> bytes:
		"""Return the workbook as bytes. Raises WorkbookError if it would be larger than `open_sheets` takes."""
		content = saved(self.book)
		# What nobody could read back must not be given away.
		check_size(content, Places(self.sheets))
		return content

	# What a table may say otherwise

	def max_rows(self, table: str) -> int:
		return MAX_ROWS

	def width(self, column: Column) -> int:
		"""Return the width of a column in characters."""
		kind = column.kind
		if isinstance(kind, Flag):
			return 15 if column.within and not column.number else 11
		if isinstance(kind, Number | Whole):
			return 13
		if isinstance(kind, Choice):
			return 14
		return 28 if isinstance(kind, Words) else 34

	def notes(self, column: Column) -> Iterator[tuple]:
		"""Yield what goes into a column: templates with their values."""
		yield from self.notes_of_kind(column)
		if column.kind.required and not isinstance(column.kind, Flag):
			yield (self.note_if_needed(column),)

	def note_if_needed(self, column: Column) -> str:
		return N_("Must not be empty.")

	# A sheet

	def table(self, table: str, rows: Iterable[Iterable]) -> None:
		"""Write a table: its head, and rows with a value for each column."""
		columns = self.columns[table]
		sheet = self.sheet(table, columns, [self.width(column) for column in columns])
		last = 1
		for last, row in enumerate(rows, start=2):
			for position, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
				self.put(sheet.cell(last, position), column.kind, value)
		sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
		sheet.freeze_panes = "B2"
		for position, column in enumerate(columns, start=1):
			letter = get_column_letter(position)
			self.add_note(sheet.cell(1, position), column)
			self.validate(sheet, column, f"{letter}2:{letter}{self.max_rows(table)}")
		fit_rows(sheet)

	def sheet(self, table: str, columns: list[Column], widths: Iterable[int]):
		"""Return a new sheet with the heads of some columns."""
		sheet = self.book.create_sheet(self.sheets[table])
		for position, (column, width) in enumerate(zip(columns, widths, strict=True), start=1):
			head = self.put(sheet.cell(1, position), Text(""), column.header(self.translate))
			dress_head(head, column.needed)
			# The format of the whole column, so that rows added below behave like those above.
			whole = sheet.column_dimensions[get_column_letter(position)]
			whole.width = width
			whole.alignment, whole.number_format = WRAPPED, _FORMATS[_style(column.kind)]
		sheet.row_dimensions[1].height = HEAD_HEIGHT
		sheet.freeze_panes = "A2"
		_lay_out(sheet, len(columns))
		return sheet

	def put(self, cell, kind: Kind, value):
		"""Write the value of a kind into a cell, as plain data has it."""
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

	# What may stand in a column

	def add_note(self, cell, column: Column) -> None:
		"""Add to a cell what goes into a column, as a comment."""
		lines = [self.translate(template).format(*values) for template, *values in self.notes(column)]
		if lines:
			cell.comment = Comment("\n".join(lines), "p2ham", width=260, height=30 + 30 * len(lines))

	def notes_of_kind(self, column: Column) -> Iterator[tuple]:
		kind = column.kind
		if isinstance(kind, Flag):
			yield (N_("x means yes, empty means no."),)
		elif isinstance(kind, Choice):
			yield N_("One of: {0}"), ", ".join(map(self.translate, kind.words))
		elif isinstance(kind, Words):
			yield (N_("One entry per line of the cell."),)
		elif isinstance(kind, Number | Whole):
			yield _range(kind)
		elif column.key in self.references:
			table, key = self.references[column.key]
			label = next(other.label for other in self.columns[table] if other.key == key)
			yield N_('As in the column "{0}" of the sheet {1}.'), self.translate(label), self.sheets[table]
		elif isinstance(kind, Text) and kind.pattern:
			yield (N_("Letters, digits, dot and underscore, without spaces."),)

	def validate(self, sheet, column: Column, cells: str) -> None:
		"""Let Excel offer what can be chosen, and refuse at once what cannot be right."""
		if rule := self._rule(column):
			restrict(sheet, cells, rule)

	def _rule(self, column: Column) -> DataValidation | None:
		kind = column.kind
		if isinstance(kind, Flag):
			# "ya" or a tick is understood as well.
			return DataValidation("list", formula1='"x"', showErrorMessage=False)
		if isinstance(kind, Choice):
			formula = words_to_choose(map(self.translate, kind.words))
			error = self.translate(N_("Choose from the list."))
			return DataValidation("list", formula1=formula, error=error) if formula else None
		if column.key in self.references:
			rule = DataValidation("list", formula1=self._range_of(column), errorStyle="warning")
			rule.error = self.translate(N_("The other sheet has no such entry."))
			return rule
		if isinstance(kind, Number | Whole):
			rule = DataValidation("whole" if isinstance(kind, Whole) else "decimal", operator="between")
			rule.formula1, rule.formula2 = kind.least, kind.most
			template, *values = _range(kind)
			rule.error = self.translate(template).format(*values)
			return rule
		return None

	def _range_of(self, column: Column) -> str:
		"""Return the cells where the values of a reference stand."""
		table, key = self.references[column.key]
		position = next(number for number, other in enumerate(self.columns[table], 1) if other.key == key)
		letter = get_column_letter(position)
		return f"{self.sheets[table]}!${letter}$2:${letter}${self.max_rows(table)}"


def _lay_out(sheet, columns: int) -> None:
	lay_out_page(sheet)
	# As many pages side by side as keep the print readable, the first column on each of them.
	wide = sum(sheet.column_dimensions[get_column_letter(number + 1)].width for number in range(columns))
	sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = max(1, round(wide / PAGE_WIDTH)), 0
	sheet.print_title_cols = "A:A"
	sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
	sheet.oddFooter.center.text = "&A, &P / &N"


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
