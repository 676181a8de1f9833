"""Opening a workbook that somebody sends: the cells of its sheets, within limits, whatever the bytes are."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from openpyxl import load_workbook

from p2ham.engine.faults import N_, Fault
from p2ham.engine.fields import shown
from p2ham.tables.places import Places, WorkbookError
from p2ham.tables.words import loosened

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE
MAX_UNPACKED = 50 * MEGABYTE
MAX_TAGS = 2_000_000  # more than the largest instrument can have
MAX_LOOKED_AT = 3_000_000  # cells of one sheet, the empty ones included
MAX_IN_CELL = 32_767  # Excel's limit
MAX_ROWS = 3_000
MAX_COLUMNS = 300

IS_NO_WORKBOOK = N_("is not an Excel workbook (.xlsx)")
IS_TOO_LONG = N_("is longer than a cell of a workbook can be")
IS_PERCENTAGE = N_("is formatted as a percentage; format the cell as a number or text and type it again")
IS_ERROR = N_("has the error {0}")
IS_UNCALCULATED = N_("has a formula without a result; open the workbook in Excel and save it there")

Cells = dict[int, dict[int, object]]  # what is not empty, by row and column number

_FORMULA = object()
_QUOTED = re.compile(r'"[^"]*"|\\.')  # what a number format shows without meaning it


def open_sheets(
	content: bytes, sheets: Mapping[str, str], max_rows: Mapping[str, int] | None = None
) -> dict[str, Cells]:
	"""Return the cells of certain sheets, {key: name of the sheet}; `max_rows` for those that may have other than MAX_ROWS.

	A cell whose content says nothing (an error, a percentage) comes as the Fault, without a place, that tells why.
	Raises WorkbookError for whatever bytes that are not such a file; a fault of one sheet has its key as its place.
	"""
	limits = {table: (max_rows or {}).get(table, MAX_ROWS) for table in sheets}
	places = Places(sheets)
	try:
		check_size(content, places)
		with_formulas = _cells(content, sheets, limits, data_only=False)
		formulas = {
			(table, number, position)
			for table, rows in with_formulas.items()
			for number, cells in rows.items()
			for position, value in cells.items()
			if value is _FORMULA
		}
		values = _cells(content, sheets, limits, data_only=True) if formulas else {}
	except WorkbookError:
		raise
	except Exception:
		# On damaged or hostile bytes zipfile, the XML parser and openpyxl raise nearly anything: KeyError,
		# struct.error, RecursionError, NotImplementedError ... All of it means the same to whoever sent them.
		raise WorkbookError([Fault((), IS_NO_WORKBOOK)], places) from None
	missing = [table for table in sheets if table not in with_formulas]
	if missing:
		faults = [Fault((table,), N_('the sheet "{0}" is missing'), (sheets[table],)) for table in missing]
		raise WorkbookError(faults, places)
	for table, number, position in formulas:
		result = values.get(table, {}).get(number, {}).get(position, Fault((), IS_UNCALCULATED))
		with_formulas[table][number][position] = result
	return {table: _without_empty(with_formulas[table]) for table in sheets}


def _without_empty(rows: Cells) -> Cells:
	kept = {
		number: {position: value for position, value in cells.items() if value != ""}
		for number, cells in rows.items()
	}
	return {number: cells for number, cells in kept.items() if cells}


def check_size(content: bytes, places: Places) -> None:
	"""Refuse what would take too much memory or time, before anything is unpacked to the end."""
	if len(content) > MAX_BYTES:
		raise WorkbookError([Fault((), N_("is larger than {0} MB"), (MAX_BYTES // MEGABYTE,))], places)
	with zipfile.ZipFile(io.BytesIO(content)) as archive:
		parts = archive.infolist()
		# zipfile unpacks no more than these sizes, even where they are a lie.
		tags = 0
		too_large = sum(part.file_size for part in parts) > MAX_UNPACKED
		for part in () if too_large else parts:
			if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
				raise zipfile.BadZipFile("Excel does not write this compression")
			xml = archive.read(part)
			tags += xml.count(b"<")
			# No workbook has a document type; with one, a few bytes can name gigabytes of entities.
			if b"<!DOCTYPE" in xml.replace(b"\0", b""):
				raise ValueError("a workbook has no document type")
	if too_large or tags > MAX_TAGS:
		fault = Fault((), N_("is larger than {0} MB when unpacked"), (MAX_UNPACKED // MEGABYTE,))
		raise WorkbookError([fault], places)


def _cells(
	content: bytes, sheets: Mapping[str, str], max_rows: Mapping[str, int], data_only: bool
) -> dict[str, Cells]:
	"""Return what the sheets hold, by table; with `data_only` the results of formulas instead of _FORMULA."""
	book = load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
	table_of = {loosened(name): table for table, name in sheets.items()}
	found: dict[str, Cells] = {}
	faults: list[Fault] = []
	try:
		for sheet in book.worksheets:
			table = table_of.get(loosened(sheet.title))
			if table and table not in found:
				found[table] = _cells_of(sheet, table, max_rows[table], faults)
	finally:
		book.close()
	if faults:
		raise WorkbookError(faults, Places(sheets))
	return found


def _cells_of(sheet, table: str, max_rows: int, faults: list[Fault]) -> Cells:
	# What a file says about its own dimensions is often wrong.
	sheet.reset_dimensions()
	rows: Cells = {}
	looked_at = 0
	for number, cells in enumerate(sheet.iter_rows(), start=1):
		looked_at += 1 + len(cells)
		if looked_at > MAX_LOOKED_AT:
			faults.append(Fault((table,), N_("has too many cells; delete the empty rows and columns")))
			return rows
		for position, cell in enumerate(cells, start=1):
			value = _raw(cell)
			if value is None:
				continue
			if number > max_rows:
				faults.append(Fault((table,), N_("has more than {0} rows"), (max_rows,)))
				return rows
			if position > MAX_COLUMNS:
				faults.append(Fault((table,), N_("has more than {0} columns"), (MAX_COLUMNS,)))
				return rows
			rows.setdefault(number, {})[position] = value
	return rows


def _raw(cell):
	"""Return what a cell holds, None if nothing, "" for a formula whose result is an empty text."""
	value = cell.value
	if cell.data_type == "f":
		return _FORMULA
	if value is None or (isinstance(value, str) and not value.strip()):
		return "" if cell.data_type == "str" else None
	if cell.data_type == "e":
		return Fault((), IS_ERROR, (shown(str(value)),))
	if isinstance(value, str) and len(value) > MAX_IN_CELL:
		return Fault((), IS_TOO_LONG)
	if isinstance(value, int | float) and "%" in _QUOTED.sub("", cell.number_format or ""):
		return Fault((), IS_PERCENTAGE)
	return value
