"""Lembar Penilaian: one assessment as the paper that is signed, laid out like the LKE officials know.

`assessment_sheet` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

from p2ham.assessment import sealing
from p2ham.assessment.source import Source
from p2ham.documents import assessment_parts
from p2ham.documents.assessment_parts import footer_of, identity_of, mark_of, signatures_of, statement_of
from p2ham.documents.assessment_rows import Rows
from p2ham.engine import lifecycle
from p2ham.paper.letterhead import letterhead
from p2ham.paper.parts import NOTHING, SUBJECTS, notices_of

TEMPLATE = "p2ham/templates/documents/assessment_sheet.html"


def assessment_sheet(doc) -> dict:
	"""Return what the Lembar Penilaian of a P2HAM Assessment prints, all of it as text.

	The number of queries does not depend on the number of indicators. Raises frappe.PermissionError: templates of
	any DocType can call this.
	"""
	doc.check_permission("print")
	return from_source(sealing.load(doc))


def from_source(source: Source) -> dict:
	"""Return the same of what is already read."""
	doc, instrument = source.doc, source.instrument
	rows = Rows(source)
	return {
		"letterhead": letterhead(source.units, source.regency),
		"heading": ["LEMBAR PENILAIAN", SUBJECTS[instrument.family]],
		"number": doc.sheet_number or "",
		"subject": ["HASIL PENILAIAN", f"{source.unit.upper()} TAHUN {doc.assessment_year}"],
		"notices": notices_of(source.regency, instrument),
		"identity": identity_of(source),
		"rows": rows.in_tree_order(),
		"total": rows.total(),
		"recap": rows.recap(),
		"category": _category(source),
		"statement": statement_of(source),
		"remarks": _remarks(doc),
		"signatures": signatures_of(source),
		"seal": assessment_parts.printed_seal(source),
		"frame": {
			"title": f"Lembar Penilaian {doc.name}",
			"footer": footer_of(source, "Lembar Penilaian P2HAM", doc.sheet_number),
			"mark": mark_of(source, doc.sheet_number),
		},
	}


def _category(source: Source) -> str:
	doc = source.doc
	if doc.workflow_state == lifecycle.DRAFT:
		return f"{doc.category} (sementara, menurut penilaian mandiri)" if doc.category else NOTHING
	if not source.is_verified:
		return "ditetapkan setelah seluruh indikator diverifikasi"
	return doc.category or NOTHING


def _remarks(doc) -> list[tuple[str, str]]:
	remarks = [
		("Catatan pengembalian", doc.get("return_note")),
		("Catatan pemeriksaan", doc.get("review_note")),
		("Alasan pembatalan", doc.get("cancel_note")),
	]
	return [(label, text.strip()) for label, text in remarks if (text or "").strip()]
