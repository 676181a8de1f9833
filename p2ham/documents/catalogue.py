"""The official documents, in one table: what each is called, of which DocType it is printed, who prepares it.

A document has a module in this package and a template in p2ham/templates/documents, both named by its key. The module
has a function of the same name that prepares everything a page shows, `TEMPLATE`, and `portions` where a long one is
set in pieces (`pdf.render_portions`). The door (p2ham.api.documents), the Print Formats and the tests go by this table.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import frappe
from frappe import _

from p2ham.paper import pdf


def N_(text: str) -> str:
	"""Mark a label that is translated where it is shown."""
	return text


@dataclass(frozen=True)
class Kind:
	"""An official document. `title` is the Indonesian name of the form and of its Print Format, `label` what the
	desk calls it (translated), `number_field` where its number is typed (empty where its
	rows have numbers of their own, or it needs none); one that is not `own_number` goes with another
	document under the same number."""

	key: str
	title: str
	label: str
	doctype: str
	number_field: str = ""
	own_number: bool = True

	@property
	def module(self):
		return importlib.import_module(f"p2ham.documents.{self.key}")

	def prepare(self, doc, **choice) -> dict:
		"""Return what the document prints. Raises frappe.PermissionError, and frappe.ValidationError where this
		document cannot be made of `doc`."""
		return getattr(self.module, self.key)(doc, **choice)

	def render(self, doc, **choice) -> bytes:
		"""Return the official PDF."""
		return self.set(self.prepare(doc, **choice))

	def set(self, data: dict) -> bytes:
		"""Return the official PDF of what `prepare` gave."""
		module = self.module
		portions = module.portions(data) if hasattr(module, "portions") else [data]
		return pdf.render_portions(
			module.TEMPLATE, [{"data": portion} for portion in portions], data["frame"]
		)


KINDS = (
	Kind(
		"assessment_sheet",
		"Lembar Penilaian P2HAM",
		N_("Assessment Sheet"),
		"P2HAM Assessment",
		"sheet_number",
	),
	Kind(
		"evaluation_record",
		"Berita Acara Hasil Evaluasi P2HAM",
		N_("Evaluation Record (passed)"),
		"P2HAM Assessment",
		"record_number",
	),
	Kind(
		"evaluation_statement",
		"Surat Keterangan Hasil Evaluasi P2HAM",
		N_("Evaluation Statement (not passed)"),
		"P2HAM Assessment",
		"record_number",
	),
	Kind(
		"evidence_list",
		"Daftar Data Dukung P2HAM",
		N_("Evidence List"),
		"P2HAM Assessment",
		"sheet_number",
		own_number=False,
	),
	Kind(
		"quarterly_report",
		"Laporan Triwulan P2HAM",
		N_("Quarterly Report"),
		"P2HAM Quarterly Report",
		"number",
	),
	Kind(
		"recapitulation",
		"Rekapitulasi Hasil P2HAM",
		N_("Recapitulation of Results"),
		"P2HAM Period",
		"recap_number",
	),
	Kind(
		"declaration",
		"Surat Pernyataan Pencanangan P2HAM",
		N_("Declarations"),
		"P2HAM Period",
	),
	Kind(
		"minutes",
		"Notula Rapat Koordinasi P2HAM",
		N_("Minutes"),
		"P2HAM Guidance",
		"minutes_number",
	),
	Kind(
		"attendance_list",
		"Daftar Hadir Rapat P2HAM",
		N_("Attendance List"),
		"P2HAM Guidance",
	),
	Kind(
		"kkpham_review",
		"Lembar Reviu KKP HAM",
		N_("KKP HAM Review Sheet"),
		"P2HAM KKPHAM Result",
		"sheet_number",
	),
)


def by_key(key: str) -> Kind:
	"""Return a document by its key. Raises frappe.DoesNotExistError."""
	for kind in KINDS:
		if kind.key == key:
			return kind
	frappe.throw(_("There is no document {0}.").format(frappe.bold(key)), frappe.DoesNotExistError)


def p2ham_document(key: str, doc) -> dict:
	"""For the Print Formats (templates/documents/print_view.html): return what a document prints of `doc`, its template
	and its watermark."""
	kind = by_key(key)
	if doc.doctype != kind.doctype:
		frappe.throw(_("{0} is printed of {1}.").format(kind.title, _(kind.doctype)))
	data = kind.prepare(doc)
	return {**data, "template": kind.module.TEMPLATE, "watermark": pdf.watermark(data["frame"]["mark"].word)}
