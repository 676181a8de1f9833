"""Laporan Triwulan: the letter that reports a quarter, with its figures annexed.

`quarterly_report` prepares everything a page shows, of figures that were frozen when the report was made; the template
only sets it.
"""

from __future__ import annotations

import frappe
from frappe.utils import cint, get_datetime, getdate, nowdate

from p2ham.documents import assessment_parts
from p2ham.documents.recapitulation import STATES
from p2ham.engine import lifecycle
from p2ham.engine.duties import KABAG_HUKUM, SEKDA
from p2ham.instruments import store
from p2ham.paper import indonesian, marks, parts, signatures
from p2ham.paper.letterhead import letterhead
from p2ham.quarterly import kept_figures

TEMPLATE = "p2ham/templates/documents/quarterly_report.html"
# WeasyPrint keeps a whole portion in memory.
PORTION = 100
NO_DATE = "TANGGAL BELUM DIISI"
CHANGED = "ANGKA BERUBAH SEJAK DIBEKUKAN"
POSITIONS = {SEKDA: "Sekretaris Daerah", KABAG_HUKUM: "Kepala Bagian Hukum"}
KINDS = {
	"Coordination Meeting": "Rapat koordinasi",
	"Dissemination": "Sosialisasi",
	"Coaching Visit": "Kunjungan pembinaan",
	"Request for Guidance": "Permohonan pembinaan",
}
ANNEXES = (
	"REKAPITULASI ANGKA",
	"UNIT KERJA YANG MENGIKUTI PENILAIAN",
	"INDIKATOR YANG PALING BELUM TERPENUHI",
	"KEGIATAN PEMBINAAN DAN TINDAK LANJUT",
)


def quarterly_report(doc) -> dict:
	"""Return what the Laporan Triwulan of a P2HAM Quarterly Report prints, all of it as text.

	The number of queries does not depend on the number of units. Raises frappe.PermissionError.
	"""
	doc.check_permission("print")
	settings = frappe.get_cached_doc("P2HAM Settings")
	figures = kept_figures.read(doc.figures)
	day = getdate(doc.report_date) if doc.report_date else None
	signer, office = _signer(doc, settings, day)
	quarter = f"{indonesian.roman(cint(doc.quarter))} Tahun {doc.year}"
	instrument = store.load(figures["period"]["instrument"])
	return {
		"letterhead": letterhead([]),
		"notices": parts.notices_of(settings, instrument),
		"letter": {
			"place": settings.seat or "",
			"date": indonesian.long_date(day),
			"number": doc.number or "",
			"nature": doc.nature or "",
			"attachment": "1 (satu) berkas",
			"subject": f"Laporan Pelaksanaan P2HAM Triwulan {quarter}",
			"addressee": _lines(doc.addressee),
			"at": doc.addressee_place or "",
		},
		"opening": paragraphs(doc.opening),
		"points": points(figures),
		"closing": paragraphs(doc.closing),
		"signatures": [{**signer, "undated": True}],
		"copies": _lines(doc.copies),
		"annexes": [
			{
				"name": f"LAMPIRAN {indonesian.roman(number)}",
				"of": f"Surat {office}",
				"number": doc.number or "",
				"date": indonesian.long_date(day),
				"title": [title, f"PELAKSANAAN P2HAM TRIWULAN {quarter}".upper()],
			}
			for number, title in enumerate(ANNEXES, start=1)
		],
		"recap": recap(figures),
		"heads": {"within": f"Dalam Triwulan {quarter}", "until": f"s.d. {_date(figures['until'])}"},
		"recap_notes": [
			f"Periode penilaian: {figures['period']['title']}; instrumen: {figures['period']['instrument_title']}.",
			f"Keadaan data pada {indonesian.long_date(get_datetime(doc.figures_on).date())}; unit yang mengikuti "
			"penilaian dihitung menurut keadaan pada tanggal itu.",
		],
		"units": [_unit(number, row) for number, row in enumerate(figures["units"], start=1)],
		"weakest": [_gap(number, row) for number, row in enumerate(figures["weakest"], start=1)],
		"guidance": [_guidance(number, row) for number, row in enumerate(figures["guidance"], start=1)],
		"follow_ups": follow_ups(figures["counts"]),
		"begins": True,
		"ends": True,
		"frame": {
			"title": f"Laporan Triwulan {doc.name}",
			"footer": _footer(doc),
			"mark": mark_of(doc),
		},
	}


def portions(data: dict) -> list[dict]:
	"""Divide what `quarterly_report` gave into pieces that are set one by one: the letter and the first units, further
	units, the rest."""
	rows = data["units"]
	pieces = [rows[at : at + PORTION] for at in range(0, len(rows), PORTION)] or [[]]
	last = len(pieces) - 1
	return [
		{**data, "units": piece, "begins": number == 0, "ends": number == last}
		for number, piece in enumerate(pieces)
	]


def mark_of(doc) -> marks.Mark:
	"""Return the mark of a report. It is printed for signature before it is sent, so a number and a date make it final."""
	if kept_figures.fingerprint(doc.figures) != doc.figures_hash:
		return marks.Mark(marks.DRAFT, CHANGED)
	return marks.mark_for(bool(doc.report_date), doc.number, reason=NO_DATE)


def _signer(doc, settings, day) -> tuple[dict, str]:
	"""Return the block of who signs, and the office that the letter is from: an acting holder signs for it."""
	person = signatures.officer(doc.signatory_duty, None, day or getdate(nowdate()))
	suffix = settings.regency_name or "" if doc.signatory_duty == SEKDA else ""
	block = signatures.block("", person, POSITIONS[doc.signatory_duty], day, suffix)
	prefix = (person.acting_prefix or "") if person else ""
	return block, block["position"].removeprefix(prefix).strip()


def paragraphs(text: str | None) -> list[str]:
	"""Return the paragraphs of a text: an empty line begins a new one."""
	pieces = (text or "").replace("\r\n", "\n").split("\n\n")
	return [piece.strip() for piece in pieces if piece.strip()]


def _lines(text: str | None) -> list[str]:
	return [line.strip() for line in (text or "").splitlines() if line.strip()]


def counted(number: int) -> str:
	"""Return a number as letters write it: "12 (dua belas)"."""
	return f"{number} ({indonesian.in_words(number)})"


def scored(value: float) -> str:
	"""Return a score as letters write it: "87,50 (delapan puluh tujuh koma lima nol)"."""
	return f"{indonesian.score(value)} ({indonesian.score_in_words(value)})"


def points(figures: dict) -> list[str]:
	"""The main figures, as the numbered sentences of the letter."""
	counts, reached, until = figures["counts"], figures["reached"], _date(figures["until"])
	period = figures["period"]
	found = [
		f"{period['title']} diikuti oleh {counted(counts['taking_part'])} unit kerja; sampai dengan {until}, "
		f"{counted(counts['declared'])} di antaranya telah mencanangkan diri.",
		f"Sampai dengan {until}, penilaian yang telah dimulai berjumlah {counted(reached[lifecycle.DRAFT])}, yang telah "
		f"diajukan {counted(reached[lifecycle.SUBMITTED])}, yang telah diperiksa {counted(reached[lifecycle.REVIEWED])}, "
		f"dan yang telah disahkan {counted(reached[lifecycle.APPROVED])}. Dalam triwulan ini disahkan "
		f"{counted(figures['within'][lifecycle.APPROVED])} penilaian.",
	]
	if figures["mean"] is not None:
		categories = [f"{label} {counted(number)} unit" for label, number in figures["categories"] if number]
		reaching = f", dengan kategori {indonesian.listed(categories)}" if categories else ""
		found.append(
			f"Rata-rata nilai dari penilaian yang telah disahkan adalah {scored(figures['mean'])}{reaching}."
		)
	found.append(
		f"Dalam triwulan ini dilaksanakan {counted(counts['guidance_within'])} kegiatan koordinasi, sosialisasi, dan "
		f"pembinaan serta disimpan {counted(counts['evidence_within'])} dokumen data dukung. Tindak lanjut yang belum "
		f"selesai pada akhir triwulan berjumlah {counted(counts['follow_ups_open'])}, "
		f"{counted(counts['follow_ups_late'])} di antaranya melewati batas waktu."
	)
	if figures["weakest"]:
		titles = "; ".join(row["title"].rstrip(" .") for row in figures["weakest"])
		found.append(f"Indikator yang paling belum terpenuhi: {titles}.")
	if figures["kkpham_score"] is not None:
		found.append(
			f"Nilai Kabupaten/Kota Peduli HAM daerah pada tahun penilaian {figures['until'][:4]} adalah "
			f"{scored(figures['kkpham_score'])}."
		)
	return found


def recap(figures: dict) -> list[dict]:
	"""The groups of Lampiran I: what happened within the quarter, and what stood at its end or was reached by then."""
	counts, within, reached = figures["counts"], figures["within"], figures["reached"]
	year = figures["until"][:4]
	groups = [
		(
			"Keikutsertaan",
			[
				("Unit yang mengikuti penilaian", None, counts["taking_part"]),
				("Unit yang telah mencanangkan diri", counts["declared_within"], counts["declared"]),
			],
		),
		(
			"Penilaian",
			[
				("Penilaian dimulai", None, reached[lifecycle.DRAFT]),
				("Penilaian diajukan", within[lifecycle.SUBMITTED], reached[lifecycle.SUBMITTED]),
				("Penilaian diperiksa", within[lifecycle.REVIEWED], reached[lifecycle.REVIEWED]),
				("Penilaian disahkan", within[lifecycle.APPROVED], reached[lifecycle.APPROVED]),
				("Pengembalian untuk diperbaiki", figures["returns"], None),
			],
		),
		(
			"Hasil",
			[
				("Rata-rata nilai yang disahkan", None, _score(figures["mean"])),
				*(
					(f"Disahkan dengan kategori {label}", None, number)
					for label, number in figures["categories"]
				),
			],
		),
		(
			"Data dukung, pembinaan, dan tindak lanjut",
			[
				("Dokumen data dukung yang disimpan", counts["evidence_within"], counts["evidence"]),
				(
					f"Kegiatan koordinasi, sosialisasi, dan pembinaan (kolom akhir: tahun {year})",
					counts["guidance_within"],
					counts["guidance"],
				),
				("Tindak lanjut yang disepakati", counts["follow_ups_within"], None),
				("Tindak lanjut yang ditutup", counts["follow_ups_closed_within"], None),
				("Tindak lanjut yang belum ditutup", None, counts["follow_ups_open"]),
				("Tindak lanjut yang melewati batas waktu", None, counts["follow_ups_late"]),
			],
		),
		(
			"Kabupaten/Kota Peduli HAM",
			[(f"Nilai daerah tahun {year}", None, _score(figures["kkpham_score"]))],
		),
	]
	return [
		{
			"number": indonesian.roman(place),
			"title": title,
			"rows": [
				{"number": str(row), "item": item, "within": _cell(inside), "until": _cell(until)}
				for row, (item, inside, until) in enumerate(lines, start=1)
			],
		}
		for place, (title, lines) in enumerate(groups, start=1)
	]


def follow_ups(counts: dict) -> str:
	"""What became of follow-ups, as the sentence below the guidance."""
	return (
		f"Tindak lanjut: {counted(counts['follow_ups_within'])} disepakati dan "
		f"{counted(counts['follow_ups_closed_within'])} ditutup dalam triwulan ini; pada akhir triwulan "
		f"{counted(counts['follow_ups_open'])} belum ditutup, {counted(counts['follow_ups_late'])} di antaranya melewati "
		"batas waktu."
	)


def _cell(value) -> str:
	return parts.NOTHING if value is None else str(value)


def _score(value: float | None) -> str | None:
	return None if value is None else indonesian.score(value)


def _date(day: str) -> str:
	return indonesian.long_date(getdate(day))


def _unit(number: int, row: dict) -> dict:
	return {
		"number": str(number),
		"unit": row["opd_name"],
		"state": STATES[row["state"]],
		"since": f"{getdate(row['since']):%d/%m/%Y}" if row["since"] else parts.NOTHING,
		"score": _score(row["score"]) or parts.NOTHING,
		"category": row["category"] or parts.NOTHING,
	}


def _gap(number: int, row: dict) -> dict:
	return {
		"number": str(number),
		"title": row["title"],
		"met": f"{row['met']} dari {row['applicable']}",
		"share": f"{indonesian.number(row['share'])}%",
		"mean": _score(row["mean"]) or parts.NOTHING,
	}


def _guidance(number: int, row: dict) -> dict:
	return {
		"number": str(number),
		"date": f"{getdate(row['date']):%d/%m/%Y}",
		"kind": KINDS.get(row["kind"], row["kind"]),
		"subject": row["subject"],
		"place": " / ".join(filter(None, [row["host"], row["place"]])) or parts.NOTHING,
		"units": str(row["units"]),
	}


def _footer(doc) -> list[str]:
	name = f"Laporan Triwulan {doc.name}"
	if doc.number:
		name += f" · Nomor {doc.number}"
	short = (doc.figures_hash or "")[: assessment_parts.SHORT_HASH]
	groups = " ".join(short[at : at + 4] for at in range(0, len(short), 4))
	return [name, f"Sidik angka SHA-256 {groups} (bukan tanda tangan elektronik)"]
