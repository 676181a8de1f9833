"""Many Lembar Penilaian as one PDF, made for the one who asks: each with its own page numbers, under a bookmark of its
unit, in the order of the units' names."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable
from pathlib import Path

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max
from frappe.utils import nowdate

from p2ham.documents import catalogue
from p2ham.documents.print_rights import check_may_print, refusal_of
from p2ham.paper import prepared_files

DOCTYPE = "P2HAM Assessment"
KIND = "assessment_sheet"
MOST = 500
# What is made while the user waits for the answer.
SMALL = 3
# How much disk (bytes) and time (seconds, on a slow machine) a sheet takes at the most.
SHEET_SIZE, SHEET_SECONDS = 500 * 1024, 10
# What a sheet shows beside its own content.
SURROUNDINGS = ("P2HAM Period", "P2HAM Instrument", "P2HAM OPD", "P2HAM Officer")


class Bundle(prepared_files.Handout):
	"""The sheets of some assessments for the session's user, as they are now. `left_out` are those that they may not
	print: `name` and `reason`."""

	ending = "pdf"

	def __init__(self, names: list[str]):
		"""Raises frappe.ValidationError for more than MOST names."""
		self.names = list(dict.fromkeys(names))
		if len(self.names) > MOST:
			frappe.throw(
				_("At most {0} sheets become one PDF; {1} are selected.").format(MOST, len(self.names)),
				title=_("Too Many Sheets"),
			)
		self.sheets, self.left_out = _sorted_out(self.names)
		super().__init__((frappe.session.user, KIND), _state_of(self.sheets))

	@property
	def kind(self) -> catalogue.Kind:
		return catalogue.by_key(KIND)

	@property
	def total(self) -> int:
		return len(self.sheets)

	@property
	def size(self) -> int:
		return self.total * SHEET_SIZE

	@property
	def is_small(self) -> bool:
		return self.total <= SMALL

	@property
	def patience(self) -> int:
		return super().patience + self.total * SHEET_SECONDS

	def about(self) -> dict:
		"""Return the sheets that are `left_out`: what was asked for (`name`) and the `reason`."""
		return {"left_out": self.left_out}

	def job(self) -> tuple[Callable, dict]:
		return make, {"names": self.names}

	def write(self, path: Path, say: Callable[[int], None]) -> None:
		"""Set each sheet by itself, as WeasyPrint keeps a whole document in memory. Raises frappe.ValidationError where
		none is left to print."""
		from pypdf import PdfReader, PdfWriter

		if not self.sheets:
			frappe.throw(_("None of these sheets can be printed."), title=_("Nothing to Print"))
		writer = PdfWriter()
		for number, sheet in enumerate(self.sheets, start=1):
			doc = frappe.get_doc(DOCTYPE, sheet.name)
			check_may_print(doc)
			reader = PdfReader(io.BytesIO(self.kind.render(doc)))
			first = len(writer.pages)
			for page in reader.pages:
				writer.add_page(page)
			writer.add_outline_item(f"{sheet.opd_name} – {sheet.name}", first)
			writer.reset_translation(reader)  # which would keep the reader
			say(number)
			gc.collect()  # a layout refers to itself, and would wait for the next one to be there too
		writer.add_metadata({"/Title": self.kind.title})
		with path.open("xb") as file:
			writer.write(file)


def make(names: list[str], key: str) -> None:
	"""The job in the background."""
	prepared_files.make(key, lambda: Bundle(names))


def _sorted_out(names: list[str]) -> tuple[list[frappe._dict], list[dict]]:
	"""Return what may be printed of the named assessments, by the names of the units, and what may not.

	The same reason for what is not there and for what is not the user's: nobody is told which of the two it is.
	"""
	found = {}
	if names and frappe.has_permission(DOCTYPE, "print"):
		found = {
			row.name: row
			for row in frappe.get_list(
				DOCTYPE,
				filters={"name": ("in", names)},
				fields=["name", "opd", "opd_name", "modified", "docstatus"],
				order_by="name",
				limit_page_length=0,
			)
		}
	meta, left_out = frappe.get_meta(DOCTYPE), []
	for name in names:
		row = found.get(name)
		reason = refusal_of(meta, row.docstatus) if row else _("not there, or not yours to print")
		if reason:
			left_out.append({"name": name, "reason": reason})
			found.pop(name, None)
	for row in found.values():
		row.opd_name = row.opd_name or row.opd
	return sorted(found.values(), key=lambda row: (row.opd_name.casefold(), row.name)), left_out


def _state_of(sheets: list[frappe._dict]) -> tuple[str, ...]:
	"""Return what tells these sheets, as the user would see them printed now, from any other state of them: an evidence
	that they may no longer see must not be on one that is handed out. Who holds a duty changes from day to day.

	The number of queries does not depend on the number of sheets.
	"""
	own = [f"{row.name} {row.modified} {row.docstatus}" for row in sheets]
	around = [str(frappe.get_cached_doc("P2HAM Settings").modified)]
	for doctype in SURROUNDINGS:
		table = frappe.qb.DocType(doctype)
		around += [str(row) for row in frappe.qb.from_(table).select(Count("*"), Max(table.modified)).run()]
	return (nowdate(), *around, *own, *_evidence_on(sheets))


def _evidence_on(sheets: list[frappe._dict]) -> list[str]:
	"""Return the evidence that the sheets name to the user, as they ask for it."""
	uses = sheets and frappe.get_all(
		"P2HAM Evidence Use",
		filters={"parent": ("in", [row.name for row in sheets]), "parenttype": DOCTYPE},
		pluck="evidence",
		order_by="name",
	)
	if not uses or not frappe.has_permission("P2HAM Evidence", "read"):
		return []
	rows = frappe.get_list(
		"P2HAM Evidence",
		filters={"name": ("in", sorted(set(uses))), "contains_personal_data": 0},
		fields=["name", "modified"],
		order_by="name",
		limit_page_length=0,
	)
	return [f"{row.name} {row.modified}" for row in rows]
