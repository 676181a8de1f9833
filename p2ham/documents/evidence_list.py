"""Daftar Data Dukung: what an assessment rests on, as the paper that goes with the Lembar Penilaian.

`evidence_list` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe

from p2ham.assessment import sealing
from p2ham.assessment import source as sources
from p2ham.documents import assessment_parts
from p2ham.engine import evidence
from p2ham.evidence import contents
from p2ham.evidence.contents import Entry
from p2ham.paper import indonesian, parts
from p2ham.paper.letterhead import letterhead

TEMPLATE = "p2ham/templates/documents/evidence_list.html"
# WeasyPrint needs about half a megabyte of memory for a row.
PORTION = 100

VALIDITIES = {
	evidence.VALID: "berlaku",
	evidence.PARTLY_VALID: "berlaku sebagian",
	evidence.NOT_VALID: "tidak berlaku",
	evidence.NO_DATES: "tanpa tanggal",
}
TITLE_NOT_PRINTED = "judul tidak dicetak: memuat data pribadi"
DIFFERS = "isi berkas berbeda dari yang disahkan (SHA-256 yang disahkan {0})"
UNITS = ("B", "KB", "MB", "GB")
# A hash is set in lines of this many characters.
HASH_LINE = 32


def evidence_list(doc) -> dict:
	"""Return what the Daftar Data Dukung of a P2HAM Assessment prints for the session's user, all of it as text.

	The number of queries does not depend on the number of documents. Raises frappe.PermissionError.
	"""
	doc.check_permission("print")
	return of_entries(doc, contents.entries_for(doc, frappe.session.user))


def of_entries(doc, entries: list[Entry]) -> dict:
	"""Return the same of evidence that is already known; `entries` as `contents.of` gives them."""
	source = sealing.load(doc)
	number = source.doc.sheet_number
	_as_sealed(source, entries)
	return {
		"letterhead": letterhead(source.units, source.regency),
		"heading": ["DAFTAR DATA DUKUNG", parts.SUBJECTS[source.instrument.family]],
		"subject": [f"{source.unit.upper()} TAHUN {source.doc.assessment_year}"],
		"belongs_to": f"Lampiran Lembar Penilaian Nomor {number}" if number else "",
		"notices": parts.notices_of(source.regency, source.instrument),
		"identity": assessment_parts.identity_of(source),
		"groups": _groups(entries),
		"begins": True,
		"ends": True,
		"summary": _summary(entries),
		# Who judges and who is judged; the Sekda approves the sheet, not what it rests on.
		"signatures": assessment_parts.signatures_of(source)[:2],
		"seal": assessment_parts.printed_seal(source),
		"frame": {
			"title": f"Daftar Data Dukung {doc.name}",
			"footer": [f"Daftar Data Dukung P2HAM {doc.name}", "Lampiran Lembar Penilaian"],
			"mark": assessment_parts.mark_of(source, number),
		},
	}


def _as_sealed(source: sources.Source, entries: list[Entry]) -> None:
	"""What was approved is listed as it was approved; whether its file is still there is a matter of today."""
	if not source.seal:
		return
	items = {row.code: row for row in source.doc.items}
	codes = {row.indicator: row.code for row in source.doc.items}
	uses = {(codes.get(use.indicator), use.slot or "", use.evidence): use for use in source.doc.evidence_uses}
	for entry in entries:
		use = uses.get((entry.code, entry.slot, entry.evidence))
		if not use:
			continue
		entry.indicator = items[entry.code].title
		entry.verification, entry.note = use.verification, use.note
		entry.validity, entry.revision = use.validity or "", use.revision
		record = source.evidence[use.evidence, use.revision]
		if entry.unseen:
			continue
		if entry.file and not entry.remark and record.sha256 != entry.sha256:
			entry.remark = DIFFERS.format(record.sha256)
		entry.title = record.title or ""
		entry.document_date, entry.valid_until = record.document_date, record.valid_until


def portions(data: dict) -> list[dict]:
	"""Divide what `evidence_list` or `of_entries` gave into pieces that are set one by one."""
	pieces = _pieces(data["groups"])
	last = len(pieces) - 1
	return [
		{**data, "groups": groups, "begins": number == 0, "ends": number == last}
		for number, groups in enumerate(pieces)
	]


def _pieces(groups: list[dict]) -> list[list[dict]]:
	"""Deal out the groups so that no portion has many more than PORTION rows; only a group that is longer itself is
	divided."""
	pieces = [
		{**group, "rows": group["rows"][at : at + PORTION]}
		for group in groups
		for at in range(0, len(group["rows"]), PORTION)
	]
	portions: list[list[dict]] = [[]]
	for piece in pieces:
		rows = sum(len(group["rows"]) for group in portions[-1])
		if rows and rows + len(piece["rows"]) > PORTION:
			portions.append([])
		portions[-1].append(piece)
	return portions


def _groups(entries: list[Entry]) -> list[dict]:
	"""The rows of each indicator, below its code and title."""
	found: list[dict] = []
	for entry in entries:
		if not found or found[-1]["code"] != entry.code:
			found.append({"code": entry.code, "title": entry.indicator, "rows": []})
		found[-1]["rows"].append(_row(entry))
	return found


def _row(entry: Entry) -> dict:
	return {
		"number": str(entry.number),
		"slot": entry.slot or parts.NOTHING,
		"title": _title(entry),
		"unseen": entry.unseen,
		"reference": _reference(entry),
		"address": entry.url,
		"remark": entry.remark or ("" if entry.unseen else entry.left_out),
		"date": parts.short_date(entry.document_date),
		"until": parts.short_date(entry.valid_until),
		"validity": VALIDITIES.get(entry.validity, parts.NOTHING),
		"verification": assessment_parts.VERIFICATIONS[entry.verification],
		"note": entry.note,
		"size": size_in_words(entry.size),
		"hash": [entry.sha256[at : at + HASH_LINE] for at in range(0, len(entry.sha256), HASH_LINE)],
	}


def _title(entry: Entry) -> str:
	"""A title may name a citizen, and paper goes further than the right to see it (as in the sheet)."""
	if entry.unseen:
		return entry.left_out
	title = TITLE_NOT_PRINTED if entry.personal else entry.title
	return f"{entry.place:02} {title}"


def _reference(entry: Entry) -> list[str]:
	parts = [entry.evidence]
	if entry.revision > 1:
		parts.append(f"revisi {entry.revision}")
	if entry.personal and not entry.unseen:
		parts.append("data pribadi")
	return parts


def _summary(entries: list[Entry]) -> list[tuple[str, str]]:
	packed = [entry for entry in entries if not entry.left_out]
	stored = [entry for entry in packed if entry.file]
	counts = [
		("Berkas", len(stored), f" ({size_in_words(sum(entry.size for entry in stored))})" if stored else ""),
		("Tautan", len(packed) - len(stored), ""),
		("Tidak disertakan", len(entries) - len(packed), ""),
		("Memuat data pribadi", sum(entry.personal for entry in entries), ""),
	]
	return [("Jumlah data dukung", str(len(entries)))] + [
		(label, f"{count}{more}") for label, count, more in counts if count
	]


def size_in_words(size: int) -> str:
	"""Return a number of bytes as "1,25 MB"; a dash for none."""
	if not size:
		return parts.NOTHING
	value, position = float(size), 0
	while value >= 1000 and position < len(UNITS) - 1:
		value, position = value / 1024, position + 1
	return f"{indonesian.number(round(value, 1))} {UNITS[position]}"
