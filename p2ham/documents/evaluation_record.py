"""Berita Acara Hasil Evaluasi: the record of an evaluation that both sides sign, of a unit that passed."""

from __future__ import annotations

from p2ham.documents import assessment_parts, evaluation
from p2ham.paper import indonesian, signatures

TEMPLATE = "p2ham/templates/documents/evaluation_record.html"


def evaluation_record(doc) -> dict:
	"""Return what the Berita Acara of a P2HAM Assessment prints, all of it as text.

	The number of queries does not depend on the number of indicators. Raises frappe.PermissionError, and
	frappe.ValidationError before there is a verified result and for a unit that did not pass.
	"""
	source = evaluation.source_of(doc, passed=True)
	day = source.taken("approved")[1] or source.taken("reviewed")[1]
	regency = source.regency
	unit, verifier, _approver = assessment_parts.signatures_of(source)
	uses = source.doc.evidence_uses
	return {
		**evaluation.prepare(source, ["BERITA ACARA"], "Berita Acara Hasil Evaluasi"),
		"day": indonesian.day_in_words(day),
		"parties": [
			evaluation.party(source, "submitted", f"Kepala {source.unit}"),
			evaluation.party(source, "reviewed", "Kepala Bagian Hukum"),
		],
		"indicators": len(source.doc.items),
		"evidence": len(uses),
		"accepted": sum(use.verification == "Accepted" for use in uses),
		"signatures": [
			{**unit, "role": "PIHAK KEDUA", "undated": True},
			{**verifier, "role": "PIHAK PERTAMA", "undated": True},
		],
		"acknowledging": {
			**signatures.block(
				"Mengetahui,",
				source.signatories["approved"],
				"Sekretaris Daerah",
				source.taken("approved")[1],
				regency.regency_name or "",
				regency.seat or "",
			),
		},
	}
