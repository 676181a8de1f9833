"""Lembar Penilaian: one assessment as the paper that is signed, laid out like the LKE officials know.

`assessment_sheet` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe
from frappe.utils import cint

from p2ham.assessment import source as sources
from p2ham.assessment.source import Source
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument, Scale
from p2ham.engine.numbers import read_number
from p2ham.paper import indonesian, marks, signatures
from p2ham.paper.letterhead import letterhead

TEMPLATE = "p2ham/templates/documents/assessment_sheet.html"

SUBJECTS = {
	"P2HAM": "PELAYANAN PUBLIK BERBASIS HAK ASASI MANUSIA (P2HAM)",
	"KKP HAM": "KABUPATEN/KOTA PEDULI HAK ASASI MANUSIA (KKP HAM)",
}
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
NOTHING = "–"
# A row that would fill most of a page may be cut in two, all others stay whole. Its narrowest column with
# running text takes about 26 characters a line.
TALL_ROW_LINES = 30
LINE_LENGTH = 26


def assessment_sheet(doc) -> dict:
	"""Return what the Lembar Penilaian of a P2HAM Assessment prints, all of it as text.

	The number of queries does not depend on the number of indicators. Raises frappe.PermissionError: templates of
	any DocType can call this.
	"""
	doc.check_permission("print")
	return of_source(sources.of(doc))


def of_source(source: Source) -> dict:
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
		"seal": sources.printed_seal(source),
		"frame": {
			"title": f"Lembar Penilaian {doc.name}",
			"footer": footer_of(source, "Lembar Penilaian P2HAM", doc.sheet_number),
			"mark": mark_of(source, doc.sheet_number),
		},
	}


def mark_of(source: Source, number: str | None) -> marks.Mark:
	"""Return the mark of a document of an assessment that is valid under a number."""
	state = source.doc.workflow_state
	if source.lost:
		return marks.Mark(marks.DRAFT, marks.LOST)
	return marks.of(state == lifecycle.APPROVED, number, cancelled=state == lifecycle.CANCELLED)


def notices_of(regency, instrument: Instrument) -> list[str]:
	"""The site's notice, and that an instrument is a template still to be checked."""
	notices = [regency.notice] if regency.notice else []
	if instrument.template:
		notices.append(
			f"Instrumen ini templat: isinya belum diperiksa terhadap lampiran {instrument.regulation}."
		)
	return notices


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


def kind_of_region(regency) -> str:
	"""Return "kota" or "kabupaten"."""
	return "kota" if (regency.regency_name or "").lower().startswith("kota ") else "kabupaten"


class Rows:
	"""The lines of the table: criteria in tree order, below each its indicators."""

	def __init__(self, source: Source):
		self.doc, self.instrument, self.verified = source.doc, source.instrument, source.is_verified
		instrument, doc = source.instrument, source.doc
		self.scales = {scale.title: scale for scale in instrument.scales}
		self.scores = {row.criterion: row for row in doc.scores}
		self.children: dict[str | None, list] = {}
		for criterion in instrument.criteria:
			self.children.setdefault(criterion.parent, []).append(criterion)
		self.items: dict[str, list] = {}
		for row in doc.items:
			self.items.setdefault(row.criterion, []).append(row)
		self.evidence = _evidence(source)

	def in_tree_order(self, parent: str | None = None, depth: int = 0) -> list[dict]:
		found = []
		for criterion in self.children.get(parent, ()):
			below = [self._item(row) for row in self.items.get(criterion.code, ())]
			below += self.in_tree_order(criterion.code, depth + 1)
			if below:  # a criterion that asks nothing of this unit is not printed
				found += [{**self._criterion(criterion), "depth": depth}, *below]
		return found

	def recap(self) -> list[dict]:
		"""The criteria at the top of the tree with their scores."""
		return [
			self._criterion(criterion) for criterion in self.children.get(None, ()) if self._asks(criterion)
		]

	def total(self) -> dict:
		return {
			"self": indonesian.score(self.doc.self_score),
			"verified": indonesian.score(self.doc.verified_score) if self.verified else NOTHING,
		}

	def _criterion(self, criterion) -> dict:
		scores = self.scores.get(criterion.code)
		return {
			"kind": "criterion",
			"code": criterion.code.removeprefix(f"{self.doc.instrument}-"),
			"title": criterion.title,
			"weight": indonesian.number(criterion.weight),
			"self": self._score(criterion, scores, "self"),
			"verified": self._score(criterion, scores, "verified") if self.verified else NOTHING,
		}

	def _score(self, criterion, scores, side: str) -> str:
		"""A criterion in which nothing applies has no score; it is stored as 0."""
		if not scores or not self._applies(criterion, side):
			return NOTHING
		return indonesian.score(scores.get(f"{side}_score"))

	def _asks(self, criterion) -> bool:
		return bool(self.items.get(criterion.code)) or any(
			self._asks(child) for child in self.children.get(criterion.code, ())
		)

	def _applies(self, criterion, side: str) -> bool:
		return any(
			not _not_applicable(self.scales[row.scale], row.get(f"{side}_answer"))
			for row in self.items.get(criterion.code, ())
		) or any(self._applies(child, side) for child in self.children.get(criterion.code, ()))

	def _item(self, row) -> dict:
		scale = self.scales[row.scale]
		notes = [row.self_note or "", row.verified_note or ""]
		evidence = self.evidence.get(row.indicator, [])
		return {
			"kind": "item",
			"code": row.code,
			"title": row.title,
			"mandatory": bool(row.mandatory),
			"weight": indonesian.number(row.weight),
			"self": _answer(scale, row.self_answer, row.self_points, "belum dijawab"),
			"verified": _answer(scale, row.verified_answer, row.verified_points, NOTHING),
			"differs": bool(row.verified_answer) and row.verified_answer != row.self_answer,
			"self_note": notes[0].strip(),
			"verified_note": notes[1].strip(),
			"evidence": evidence,
			"tall": max(_lines(notes), _lines([use["title"] + use["note"] for use in evidence]))
			> TALL_ROW_LINES,
		}


def _lines(texts: list[str]) -> int:
	"""Estimate how many lines texts take in a column."""
	return sum(1 + len(line) // LINE_LENGTH for text in texts for line in text.splitlines())


def _answer(scale: Scale, answer: str | None, points, empty: str) -> dict:
	"""An answer and its points as printed; what does not apply has no points."""
	if not answer:
		return {"answer": empty, "points": NOTHING, "given": False}
	applies = not _not_applicable(scale, answer)
	return {
		"answer": _in_words(scale, answer),
		"points": indonesian.number(points) if applies else NOTHING,
		"given": True,
	}


def _not_applicable(scale: Scale, answer: str | None) -> bool:
	return any(option.not_applicable and option.label == answer for option in scale.options)


def _in_words(scale: Scale, answer: str) -> str:
	"""Numbers get their decimal comma, percentages their sign; words stay as they are."""
	if scale.kind == "Options":
		return answer
	try:
		value = read_number(answer)
	except ValueError:
		return answer
	return indonesian.number(value) + ("%" if scale.kind == "Percentage" else "")


def _evidence(source: Source) -> dict[str, list[dict]]:
	"""The documents of each indicator: title, what the verifier says of it, his note.

	A title may name a citizen. For a document that shows personal data, and for one that the reader may not
	open, the sheet names what was asked for instead (UU 27/2022; p2ham.access.scope).
	"""
	shown = set()
	uses = source.doc.evidence_uses
	if uses and frappe.has_permission("P2HAM Evidence", "read"):
		shown = set(
			frappe.get_list(
				"P2HAM Evidence",
				filters={
					"name": ("in", sorted({row.evidence for row in uses})),
					"contains_personal_data": 0,
				},
				order_by="name",
				limit_page_length=0,
				pluck="name",
			)
		)
	found: dict[str, list[dict]] = {}
	for row in uses:
		revision = source.evidence.get((row.evidence, row.revision or 1))
		seen = revision and row.evidence in shown and not cint(revision.contains_personal_data)
		found.setdefault(row.indicator, []).append(
			{
				"title": (revision.title if seen else "") or row.slot or row.evidence,
				"name": row.evidence,
				"verification": VERIFICATIONS[row.verification or "Pending"],
				"note": (row.note or "").strip(),
			}
		)
	return found


def _category(source: Source) -> str:
	doc = source.doc
	if doc.workflow_state == lifecycle.DRAFT:
		return f"{doc.category} (sementara, menurut penilaian mandiri)" if doc.category else NOTHING
	if not source.is_verified:
		return "ditetapkan setelah seluruh indikator diverifikasi"
	return doc.category or NOTHING


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


def _remarks(doc) -> list[tuple[str, str]]:
	remarks = [
		("Catatan pengembalian", doc.get("return_note")),
		("Catatan pemeriksaan", doc.get("review_note")),
		("Alasan pembatalan", doc.get("cancel_note")),
	]
	return [(label, text.strip()) for label, text in remarks if (text or "").strip()]


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
