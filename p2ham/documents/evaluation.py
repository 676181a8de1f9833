"""What the Berita Acara and the Surat Keterangan Hasil Evaluasi have in common: the result of one assessment, who signs,
and which of the two it is."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.assessment import results, sealing
from p2ham.assessment.source import Source
from p2ham.documents import assessment_parts, assessment_rows
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument
from p2ham.paper import indonesian, parts, signatures
from p2ham.paper.letterhead import letterhead

DECIDED = (lifecycle.REVIEWED, lifecycle.APPROVED, lifecycle.CANCELLED)


def source_of(doc, passed: bool) -> Source:
	"""Return what the record (`passed`) or the statement of an assessment is made of.

	Raises frappe.PermissionError, and frappe.ValidationError where the result is not there yet or asks for the other
	document. Where the instrument sets no condition, nobody fails and the record is the one.
	"""
	doc.check_permission("print")
	source = sealing.load(doc)
	key = key_of(source.doc, source.instrument)
	if not key:
		frappe.throw(
			_("{0} has no verified result yet. This document is printed after the review.").format(doc.name),
			title=_("No Result Yet"),
		)
	if passed != (key == "evaluation_record"):
		frappe.throw(
			_("{0} meets the criteria; its result is printed as Berita Acara.").format(doc.name)
			if not passed
			else _("{0} does not meet the criteria; its result is printed as Surat Keterangan.").format(
				doc.name
			),
			title=_("The Other Document"),
		)
	return source


def key_of(doc, instrument: Instrument) -> str:
	"""Return the key of the document that tells the result of an assessment, empty where there is no result yet."""
	if doc.workflow_state not in DECIDED or not results.is_verified(doc):
		return ""
	judged = instrument.passing_score or any(row.mandatory for row in doc.items)
	return "evaluation_statement" if judged and not doc.meets else "evaluation_record"


def prepare(source: Source, title: list[str], name: str) -> dict:
	"""Return what both print: letterhead, title, result by criterion, total, seal and page frame."""
	doc = source.doc
	rows = assessment_rows.Rows(source)
	return {
		"letterhead": letterhead([], source.regency),
		"heading": title,
		"number": doc.record_number or "",
		"subject": [
			f"HASIL EVALUASI {parts.SUBJECTS[source.instrument.family]}",
			f"{source.unit.upper()} TAHUN {doc.assessment_year}",
		],
		"notices": parts.notices_of(source.regency, source.instrument),
		"unit": source.unit,
		"year": doc.assessment_year,
		"data_year": source.period.data_year,
		"period": source.period.title,
		"regulation": source.instrument.regulation,
		"instrument": source.instrument.title,
		"recap": rows.recap(),
		"total": rows.total(),
		"total_in_words": indonesian.score_in_words(doc.verified_score),
		"category": doc.category or "",
		"judged": assessment_parts.judges(source),
		"conditions": assessment_parts.conditions_of(source),
		"kind_of_region": parts.kind_of_region(source.regency),
		"seal": assessment_parts.printed_seal(source),
		"frame": {
			"title": f"{name} {doc.name}",
			"footer": assessment_parts.footer_of(source, name, doc.record_number),
			"mark": assessment_parts.mark_of(source, doc.record_number),
		},
	}


def party(source: Source, stamp: str, position: str, suffix: str = "") -> list[tuple[str, str]]:
	"""Return who acts in a document, as (label, value); what is not recorded stays empty and is dotted. `suffix` as in
	`signatures.block`."""
	block = signatures.block("", source.signatories[stamp], position, None, suffix)
	return [
		("Nama", block["name"]),
		("NIP", block["nip"]),
		("Pangkat/Golongan", block["rank"]),
		("Jabatan", block["position"]),
	]
