"""Lembar Penilaian: one assessment as the paper that is signed, laid out like the LKE officials know.

`assessment_sheet` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import datetime

import frappe
from frappe.utils import cint, getdate, nowdate

from p2ham.documents import indonesian, marks, signatures
from p2ham.documents.letterhead import letterhead, tree_path
from p2ham.engine import lifecycle
from p2ham.engine.instrument import Instrument, Scale
from p2ham.engine.numbers import read_number
from p2ham.instruments import store
from p2ham.p2ham.doctype.p2ham_assessment.worksheet import is_verified

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
	settings = frappe.get_cached_doc("P2HAM Settings")
	period = frappe.get_cached_doc("P2HAM Period", doc.period)
	instrument = store.load(doc.instrument)
	path = tree_path(doc.opd)
	unit = doc.opd_name or (path[-1].opd_name if path else doc.opd)
	verified = is_verified(doc)
	rows = _Rows(doc, instrument, verified)
	return {
		"letterhead": letterhead(path),
		"heading": ["LEMBAR PENILAIAN", SUBJECTS[instrument.family]],
		"number": doc.sheet_number or "",
		"subject": ["HASIL PENILAIAN", f"{unit.upper()} TAHUN {doc.assessment_year}"],
		"notices": notices_of(settings, instrument),
		"identity": identity_of(doc, settings, period, instrument, path, unit),
		"rows": rows.in_tree_order(),
		"total": rows.total(),
		"recap": rows.recap(),
		"category": _category(doc, verified),
		"statement": _statement(doc, instrument, verified),
		"remarks": _remarks(doc),
		"signatures": signatures_of(doc, settings, path, unit),
		"seal": seal_of(doc),
		"frame": {
			"title": f"Lembar Penilaian {doc.name}",
			"footer": _footer(doc),
			"mark": mark_of(doc, doc.sheet_number),
		},
	}


def mark_of(doc, number: str | None) -> marks.Mark:
	"""Return the mark of a document of an assessment that is valid under a number."""
	state = doc.workflow_state
	return marks.of(state == lifecycle.APPROVED, number, cancelled=state == lifecycle.CANCELLED)


def notices_of(settings, instrument: Instrument) -> list[str]:
	"""The site's notice, and that an instrument is a template still to be checked."""
	notices = [settings.notice] if settings.notice else []
	if instrument.template:
		notices.append(
			f"Instrumen ini templat: isinya belum diperiksa terhadap lampiran {instrument.regulation}."
		)
	return notices


def identity_of(
	doc, settings, period, instrument: Instrument, path, unit: str
) -> list[list[tuple[str, str]]]:
	"""Two columns of (label, value)."""
	left = [("Unit kerja", unit)]
	if len(path) > 2:
		left.append(("Perangkat daerah", path[1].opd_name))
	left += [
		("Periode", period.title),
		("Tahun penilaian", str(doc.assessment_year)),
		("Tahun data", str(period.data_year)),
	]
	right = [
		("Instrumen", instrument.title),
		("Dasar", instrument.regulation),
		("Status", _status(doc)),
		("Sifat hasil", f"Penilaian internal {_kind_of_region(settings)}"),
	]
	return [left, right]


def _status(doc) -> str:
	state = STATES[doc.workflow_state]
	if doc.workflow_state == lifecycle.DRAFT:
		return f"{state}; isian {cint(doc.completeness)}% lengkap"
	if doc.workflow_state == lifecycle.CANCELLED:
		return state
	day = _taken(doc, STEPS_TAKEN[doc.workflow_state][-1])[1]
	return f"{state} ({indonesian.long_date(day)})" if day else state


def _kind_of_region(settings) -> str:
	return "kota" if (settings.regency_name or "").lower().startswith("kota ") else "kabupaten"


class _Rows:
	"""The lines of the table: criteria in tree order, below each its indicators."""

	def __init__(self, doc, instrument: Instrument, verified: bool):
		self.doc, self.instrument, self.verified = doc, instrument, verified
		self.scales = {scale.title: scale for scale in instrument.scales}
		self.scores = {row.criterion: row for row in doc.scores}
		self.children: dict[str | None, list] = {}
		for criterion in instrument.criteria:
			self.children.setdefault(criterion.parent, []).append(criterion)
		self.items: dict[str, list] = {}
		for row in doc.items:
			self.items.setdefault(row.criterion, []).append(row)
		self.evidence = _evidence(doc)

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


def _evidence(doc) -> dict[str, list[dict]]:
	"""The documents of each indicator: title, what the verifier says of it, his note.

	A title may name a citizen. For a document that shows personal data, and for one that the reader may not
	open, the sheet names what was asked for instead (UU 27/2022; p2ham.access.scope).
	"""
	titles = {}
	if doc.evidence_uses and frappe.has_permission("P2HAM Evidence", "read"):
		titles = dict(
			frappe.get_list(
				"P2HAM Evidence",
				filters={
					"name": ("in", sorted({row.evidence for row in doc.evidence_uses})),
					"contains_personal_data": 0,
				},
				fields=["name", "title"],
				order_by="name",
				limit_page_length=0,
				as_list=True,
			)
		)
	found: dict[str, list[dict]] = {}
	for row in doc.evidence_uses:
		found.setdefault(row.indicator, []).append(
			{
				"title": titles.get(row.evidence) or row.slot or row.evidence,
				"name": row.evidence,
				"verification": VERIFICATIONS[row.verification or "Pending"],
				"note": (row.note or "").strip(),
			}
		)
	return found


def _category(doc, verified: bool) -> str:
	if doc.workflow_state == lifecycle.DRAFT:
		return f"{doc.category} (sementara, menurut penilaian mandiri)" if doc.category else NOTHING
	if not verified:
		return "ditetapkan setelah seluruh indikator diverifikasi"
	return doc.category or NOTHING


def _statement(doc, instrument: Instrument, verified: bool) -> dict:
	"""Say whether the unit meets the criteria, but only where the instrument makes that depend on something."""
	mandatory = any(row.mandatory for row in doc.items)
	if not instrument.passing_score and not mandatory:
		return {
			"verdict": "",
			"text": "Instrumen ini tidak menetapkan nilai kelulusan maupun indikator wajib; karena itu tidak "
			"dinyatakan memenuhi atau belum memenuhi kriteria.",
		}
	conditions = []
	if instrument.passing_score:
		conditions.append(f"nilai akhir sekurang-kurangnya {indonesian.score(instrument.passing_score)}")
	if mandatory:
		conditions.append("seluruh indikator wajib bernilai penuh")
	text = f"Syarat: {indonesian.listed(conditions)}."
	if not verified:
		return {"verdict": "", "text": text + " Ditetapkan setelah seluruh indikator diverifikasi."}
	return {
		"verdict": "MEMENUHI KRITERIA" if doc.meets else "BELUM MEMENUHI KRITERIA",
		"text": text,
	}


def _remarks(doc) -> list[tuple[str, str]]:
	remarks = [
		("Catatan pengembalian", doc.return_note),
		("Catatan pemeriksaan", doc.review_note),
		("Alasan pembatalan", doc.cancel_note),
	]
	return [(label, text.strip()) for label, text in remarks if (text or "").strip()]


# A step that was undone by a return leaves its stamp behind; it counts only in the states after it.
STEPS_TAKEN = {
	lifecycle.DRAFT: (),
	lifecycle.SUBMITTED: ("submitted",),
	lifecycle.REVIEWED: ("submitted", "reviewed"),
	lifecycle.APPROVED: ("submitted", "reviewed", "approved"),
	lifecycle.CANCELLED: ("submitted", "reviewed", "approved"),
}


def _taken(doc, stamp: str) -> tuple[str | None, datetime.date | None]:
	"""Return who took a step and on which day, nobody for a step that is still ahead."""
	if stamp not in STEPS_TAKEN[doc.workflow_state] or not doc.get(f"{stamp}_on"):
		return None, None
	return doc.get(f"{stamp}_by"), getdate(doc.get(f"{stamp}_on"))


def signatures_of(doc, settings, path, unit: str) -> list[dict]:
	"""The unit, the verifying side, and the Sekda: who took the step, or who would take it today."""
	today = getdate(nowdate())
	submitter, submitted = _taken(doc, "submitted")
	reviewer, reviewed = _taken(doc, "reviewed")
	approver, approved = _taken(doc, "approved")
	head = signatures.head_of(lifecycle.OPD_HEAD, path, submitter, submitted or today)
	kabag = signatures.officer(lifecycle.KABAG_HUKUM, reviewer, reviewed or today)
	sekda = signatures.officer(lifecycle.SEKDA, approver, approved or today)
	return [
		signatures.block("Unit yang dinilai,", head, f"Kepala {unit}", submitted),
		signatures.block("Verifikator,", kabag, "Kepala Bagian Hukum", reviewed),
		signatures.block(
			"Mengetahui dan menyetujui,", sekda, "Sekretaris Daerah", approved, settings.regency_name or ""
		),
	]


def seal_of(doc) -> dict | None:
	"""Return what is printed of the seal of an approval, None before it."""
	sealed = (doc.snapshot_hash or "") if "approved" in STEPS_TAKEN[doc.workflow_state] else ""
	return {"hash": sealed} if sealed else None


def _footer(doc) -> list[str]:
	name = f"Lembar Penilaian P2HAM {doc.name}"
	if doc.sheet_number:
		name += f" · Nomor {doc.sheet_number}"
	seal = seal_of(doc)
	if not seal:
		return [name, "Belum disahkan: belum ada kode verifikasi."]
	short = seal["hash"][:SHORT_HASH]
	groups = " ".join(short[at : at + 4] for at in range(0, SHORT_HASH, 4))
	return [name, f"Kode verifikasi SHA-256 {groups} (bukan tanda tangan elektronik)"]
