"""Surat Keterangan Hasil Evaluasi: tells a unit that did not pass why, indicator by indicator, and how to take part
again."""

from __future__ import annotations

from p2ham.documents import assessment_parts, assessment_rows, evaluation
from p2ham.engine.numbers import read_number
from p2ham.engine.scoring import FULL_POINTS
from p2ham.paper import indonesian, parts

TEMPLATE = "p2ham/templates/documents/evaluation_statement.html"

NO_REASON = "tidak ada catatan verifikator"


def evaluation_statement(doc) -> dict:
	"""Return what the Surat Keterangan of a P2HAM Assessment prints, all of it as text.

	The number of queries does not depend on the number of indicators. Raises frappe.PermissionError, and
	frappe.ValidationError before there is a verified result and for a unit that passed.
	"""
	source = evaluation.source_of(doc, passed=False)
	rows = reasons(source)
	approver = assessment_parts.signatures_of(source)[2]
	passing = source.instrument.passing_score
	short = passing is not None and read_number(source.doc.verified_score) < passing
	return {
		**evaluation.prepare(source, ["SURAT KETERANGAN"], "Surat Keterangan Hasil Evaluasi"),
		"signer": evaluation.party(
			source, "approved", "Sekretaris Daerah", source.regency.regency_name or ""
		),
		"short": f"nilai akhir {indonesian.score(source.doc.verified_score)} masih di bawah nilai kelulusan "
		f"{indonesian.score(passing)}"
		if short
		else "",
		"mandatory": sum(row["mandatory"] for row in rows),
		"reasons": rows,
		"again": (source.regency.retake_note or "").strip(),
		"signatures": [{**approver, "role": ""}],
	}


def reasons(source) -> list[dict]:
	"""The indicators that were not fully met, those first that have to be."""
	found = [
		{
			"code": row["code"],
			"title": row["title"],
			"mandatory": row["mandatory"],
			"answer": row["verified"]["answer"],
			"points": row["verified"]["points"],
			"reason": row["verified_note"] or _of_evidence(row) or NO_REASON,
		}
		for row in assessment_rows.Rows(source).in_tree_order()
		if row["kind"] == "item"
		and row["verified"]["points"] != parts.NOTHING
		and read_number(row["verified"]["points"].replace(",", ".")) < FULL_POINTS
	]
	return sorted(found, key=lambda row: not row["mandatory"])


def _of_evidence(row: dict) -> str:
	"""Return what the verifier wrote beside documents that they returned."""
	notes = [use["note"] for use in row["evidence"] if use["note"] and use["verification"] == "dikembalikan"]
	return "; ".join(notes)
