"""Instrument files as people hold them, JSON or Excel: reading one with every fault and its place, writing one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.engine import instrument as instrument_rules
from p2ham.engine import weights
from p2ham.engine.faults import N_, Fault, FaultyError, json_path
from p2ham.engine.instrument import Instrument, InstrumentError
from p2ham.instruments import store, workbook_reading, workbook_sheets, workbook_writing, writing
from p2ham.tables.opening import MAX_BYTES, MEGABYTE
from p2ham.tables.places import WorkbookError

JSON, EXCEL = "json", "xlsx"
MAX_MB = MAX_BYTES // MEGABYTE
MAX_LISTED = 1000  # faults; a file that has more is wrong in some general way


@dataclass(frozen=True)
class Finding:
	"""A fault or a warning as people read it: where (JSON path, or sheet, row and column), and what."""

	place: str
	text: str

	def __str__(self) -> str:
		return ": ".join(filter(None, [self.place, self.text]))


@dataclass(frozen=True)
class Checked:
	"""What reading a file gave: the instrument, None if it has faults, and everything found."""

	instrument: Instrument | None
	faults: tuple[Finding, ...] = ()
	warnings: tuple[Finding, ...] = ()


def check(file_name: str, content: bytes, on_site: bool = True, replace: bool = False) -> Checked:
	"""Read a file and say everything that is wrong with it. Writes nothing and raises nothing.

	`on_site` also looks for what does not fit this site; `replace` allows that the code is there as a draft.
	"""
	ending = PurePath(file_name).suffix.lower().lstrip(".")
	try:
		if ending not in (JSON, EXCEL):
			raise InstrumentError([Fault((), N_("an instrument file ends with .json or .xlsx"))])
		if len(content) > MAX_BYTES:
			raise InstrumentError([Fault((), N_("the file is larger than {0} MB"), (MAX_MB,))])
		instrument = (
			instrument_rules.loads(content)
			if ending == JSON
			else workbook_reading.load(content, known_words())
		)
	except FaultyError as error:
		return Checked(
			None,
			_listed(Finding(_where(error, fault), fault_messages.message(fault)) for fault in error.faults),
		)
	faults = writing.site_faults(instrument, replace) if on_site else []
	return Checked(
		instrument,
		tuple(
			Finding(fault_messages.where(instrument, fault.place), fault_messages.message(fault))
			for fault in faults
		),
		tuple(
			Finding(fault_messages.where(instrument, fault.place), fault_messages.message(fault))
			for fault in weights.warnings(instrument)
		),
	)


def _listed(findings: Iterator[Finding]) -> tuple[Finding, ...]:
	listed = tuple(itertools.islice(findings, MAX_LISTED))
	more = sum(1 for _finding in findings)
	return (*listed, Finding("", _("... and {0} more").format(more))) if more else listed


def _where(error: FaultyError, fault: Fault) -> str:
	if not isinstance(error, WorkbookError):
		return json_path(fault.place) if fault.place else ""
	cell = error.cell(fault)
	words = [_("sheet {0}").format(cell.sheet)] if cell.sheet else []
	if cell.row:
		words.append(_("row {0}").format(cell.row))
	if cell.column:
		words.append(_("column {0} ({1})").format(cell.column, cell.header or ""))
	return ", ".join(words)


def write(name: str, ending: str) -> bytes:
	"""Return the file of an instrument of the site, `ending` "json" or "xlsx"."""
	instrument = store.load_for_file(name)
	if ending == EXCEL:
		return workbook_writing.write(instrument, _)
	if ending == JSON:
		return instrument_rules.dumps(instrument).encode()
	frappe.throw(_("{0}: choose json or xlsx.").format(ending))


def known_words() -> dict[str, str]:
	"""Return the words of a workbook in every language in which it may have been written, with the English
	text they stand for; a line each where there are several."""
	known: dict[str, dict[str, None]] = {}
	for lang in dict.fromkeys(("en", "id", frappe.local.lang or "en")):
		for word, texts in workbook_sheets.vocabulary(lambda text, lang=lang: _(text, lang)).items():
			known.setdefault(word, {}).update(dict.fromkeys(texts.split("\n")))
	return {word: "\n".join(texts) for word, texts in known.items()}
