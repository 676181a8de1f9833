"""What the papers of an assessment print alike: whose it is, its state, what it comes to, who signs, its seal."""

from __future__ import annotations

import frappe
from frappe.utils import cint, get_url

from p2ham.assessment import source as sources
from p2ham.assessment.source import Source
from p2ham.engine import lifecycle, snapshot
from p2ham.paper import indonesian, marks, qr, signatures
from p2ham.paper.parts import kind_of_region

STATES = {
	lifecycle.DRAFT: "Draf (belum diajukan)",
	lifecycle.SUBMITTED: "Diajukan, dalam verifikasi",
	lifecycle.REVIEWED: "Diperiksa, menunggu persetujuan",
	lifecycle.APPROVED: "Disahkan",
	lifecycle.CANCELLED: "Dibatalkan",
}

VERIFICATIONS = {"Pending": "belum diverifikasi", "Accepted": "diterima", "Returned": "dikembalikan"}

# Digits of the SHA-256 in the footer; the whole hash stands below the signatures.
SHORT_HASH = 16


def mark_of(source: Source, number: str | None) -> marks.Mark:
	"""Return the mark of a document of an assessment that is valid under a number."""
	state = source.doc.workflow_state
	if source.lost:
		return marks.Mark(marks.DRAFT, marks.LOST)
	return marks.mark_for(state == lifecycle.APPROVED, number, cancelled=state == lifecycle.CANCELLED)


def identity_of(source: Source) -> list[list[tuple[str, str]]]:
	"""Two columns of (label, value)."""
	left = [("Unit kerja", source.unit)]
	if len(source.units) > 2:
		left.append(("Perangkat daerah", source.units[1].opd_name))
	left += [
		("Periode", source.period.title),
		("Tahun penilaian", str(source.doc.assessment_year)),
		("Tahun data", str(source.period.data_year)),
	]
	right = [
		("Instrumen", source.instrument.title),
		("Dasar", source.instrument.regulation),
		("Status", _status(source)),
		("Sifat hasil", f"Penilaian internal {kind_of_region(source.regency)}"),
	]
	return [left, right]


def _status(source: Source) -> str:
	state = source.doc.workflow_state
	if state == lifecycle.DRAFT:
		return f"{STATES[state]}; isian {cint(source.doc.completeness)}% lengkap"
	if state == lifecycle.CANCELLED:
		return STATES[state]
	day = source.taken(sources.STEPS_TAKEN[state][-1])[1]
	return f"{STATES[state]} ({indonesian.long_date(day)})" if day else STATES[state]


def judges(source: Source) -> bool:
	"""Tell whether the instrument makes meeting the criteria depend on something."""
	return bool(source.instrument.passing_score) or any(row.mandatory for row in source.doc.items)


def conditions_of(source: Source) -> str:
	"""Return what a unit has to reach, in words."""
	conditions = []
	if source.instrument.passing_score:
		conditions.append(
			f"nilai akhir sekurang-kurangnya {indonesian.score(source.instrument.passing_score)}"
		)
	if any(row.mandatory for row in source.doc.items):
		conditions.append("seluruh indikator wajib bernilai penuh")
	return indonesian.listed(conditions)


def statement_of(source: Source) -> dict:
	"""Say whether the unit meets the criteria, but only where the instrument makes that depend on something."""
	if not judges(source):
		return {
			"verdict": "",
			"text": "Instrumen ini tidak menetapkan nilai kelulusan maupun indikator wajib; karena itu tidak "
			"dinyatakan memenuhi atau belum memenuhi kriteria.",
		}
	text = f"Syarat: {conditions_of(source)}."
	if not source.is_verified:
		return {"verdict": "", "text": text + " Ditetapkan setelah seluruh indikator diverifikasi."}
	return {
		"verdict": "MEMENUHI KRITERIA" if source.doc.meets else "BELUM MEMENUHI KRITERIA",
		"text": text,
	}


def signatures_of(source: Source) -> list[dict]:
	"""The unit, the verifying side, and the Sekda: who took the step, or who would take it today."""
	regency = source.regency
	seat = regency.seat or ""

	def block(role: str, stamp: str, position: str, suffix: str = "") -> dict:
		day = source.taken(stamp)[1]
		return signatures.block(role, source.signatories[stamp], position, day, suffix, seat)

	return [
		block("Unit yang dinilai,", "submitted", f"Kepala {source.unit}"),
		block("Verifikator,", "reviewed", "Kepala Bagian Hukum"),
		block("Mengetahui dan menyetujui,", "approved", "Sekretaris Daerah", regency.regency_name or ""),
	]


def footer_of(source: Source, title: str, number: str | None) -> list[str]:
	"""The foot of every page: what it belongs to, and the beginning of the seal's hash."""
	name = f"{title} {source.doc.name}"
	if number:
		name += f" · Nomor {number}"
	if not source.seal:
		return [name, "Belum disahkan: belum ada kode verifikasi."]
	short = source.seal.hash[:SHORT_HASH]
	groups = " ".join(short[at : at + 4] for at in range(0, SHORT_HASH, 4))
	return [name, f"Kode verifikasi SHA-256 {groups} (bukan tanda tangan elektronik)"]


def printed_seal(source: Source) -> dict | None:
	"""Return what is printed of a seal (macro `verification`), None before the approval. Without the public page there is
	nothing that a code could lead to."""
	if not source.seal:
		return None
	printed = {"hash": source.seal.hash}
	if cint(frappe.get_cached_doc("P2HAM Settings").public_page):
		address = get_url(f"/p2ham/verify/{source.seal.code}")
		printed.update(
			qr=qr.qr(address), code=snapshot.printed_code(source.seal.code), address=get_url("/p2ham/verify")
		)
	return printed
