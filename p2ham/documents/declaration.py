"""Surat Pernyataan Pencanangan: the head of a unit declares that it is ready to carry out P2HAM. One page for each unit
that takes part in a period.

`declaration` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, nowdate

from p2ham.access import scope
from p2ham.engine.duties import OPD_HEAD, SEKDA
from p2ham.paper import marks, pdf, signatures
from p2ham.paper.letterhead import emblem, letterhead, tree_paths
from p2ham.paper.parts import SUBJECTS

TEMPLATE = "p2ham/templates/documents/declaration.html"
# Pages that are set at once.
PORTION = 25

DECLARED, WITHDRAWN = "Declared", "Withdrawn"
NOT_DECLARED = "BELUM DICANANGKAN"
# What a head declares. Words of this app, resting on the regulation that the instrument names, not quoted from it.
POINTS = (
	"melaksanakan pelayanan publik dengan menghormati, melindungi, dan memenuhi hak asasi manusia, berdasarkan prinsip "
	"nondiskriminasi, partisipasi, akuntabilitas, dan transparansi;",
	"memberikan pelayanan yang mudah dijangkau dan ramah bagi kelompok rentan;",
	"menyiapkan sarana, petugas, dan data dukung yang diperlukan untuk memenuhi kriteria Pelayanan Publik Berbasis Hak "
	"Asasi Manusia sebagaimana diatur dalam {regulation};",
	"menyampaikan data dan data dukung yang benar dan dapat dipertanggungjawabkan; dan",
	"bersedia dinilai, dibina, dan diawasi, serta menindaklanjuti hasil penilaian.",
)


def declaration(doc, unit: str | None = None) -> dict:
	"""Return what the declarations of a P2HAM Period print: that of `unit`, or of every unit that takes part and that
	the session's user may see.

	The number of queries does not depend on the number of units. Raises frappe.PermissionError, also for a unit outside
	the user's scope, and frappe.ValidationError where there is nothing to declare.
	"""
	doc.check_permission("print")
	if doc.family != "P2HAM":
		frappe.throw(_("Units are declared in a period of P2HAM only, not of {0}.").format(doc.family))
	rows = _rows(doc, unit)
	picture = emblem(frappe.get_cached_doc("P2HAM Settings").emblem)
	instrument = frappe.get_cached_doc("P2HAM Instrument", doc.instrument)
	paths = tree_paths([row.opd for row in rows])
	holders = signatures.holders_of((OPD_HEAD, SEKDA), [_day(row) for row in rows])
	sheets = [_sheet(doc, row, instrument.regulation, paths[row.opd], holders, picture) for row in rows]
	differing = len({sheet["mark"] for sheet in sheets}) > 1
	title = f"Surat Pernyataan Pencanangan P2HAM {unit or doc.title}"
	number = sheets[0]["number"] if unit else ""
	return {
		"sheets": sheets,
		"several": len(sheets) > 1,
		"draft": pdf.watermark(marks.DRAFT) if differing else "",
		"frame": {
			"title": title,
			"footer": [title + (f" · Nomor {number}" if number else "")],
			# The frame is around every page; where they differ, each has a mark of its own.
			"mark": marks.VALID if differing else sheets[0]["mark"],
		},
	}


def portions(data: dict) -> list[dict]:
	"""Divide what `declaration` gave into pieces that are set one by one."""
	sheets = data["sheets"]
	return [{**data, "sheets": sheets[at : at + PORTION]} for at in range(0, len(sheets), PORTION)]


def _rows(doc, unit: str | None) -> list:
	"""The participants whose declarations are printed."""
	seen = scope.seen("P2HAM OPD", [unit] if unit else [row.opd for row in doc.participants])
	period = frappe.bold(escape_html(doc.title))
	if not unit:
		rows = [row for row in doc.participants if row.status != WITHDRAWN and row.opd in seen]
		if not rows:
			frappe.throw(_("No unit that you may see takes part in {0}.").format(period))
		return rows
	named, row = frappe.bold(escape_html(unit)), doc.participant(unit)
	if unit not in seen:
		frappe.throw(_("{0}: you may not see this unit.").format(named), frappe.PermissionError)
	if not row:
		frappe.throw(_("{0} does not take part in {1}.").format(named, period))
	if row.status == WITHDRAWN:
		frappe.throw(_("{0} has withdrawn from {1}: there is nothing to declare.").format(named, period))
	return [row]


def _day(row):
	return getdate(row.declared_on or nowdate())


def _sheet(doc, row, regulation: str, path, holders: signatures.Holders, picture: str) -> dict:
	unit = path[-1].opd_name if path else row.opd
	head = signatures.head_of(OPD_HEAD, path, None, _day(row), holders)
	sekda = signatures.officer(SEKDA, None, _day(row), holders)
	declared = row.declared_on if row.status == DECLARED else None
	signs = signatures.block("Yang menyatakan,", head, f"Kepala {unit}", declared)
	regency = frappe.get_cached_doc("P2HAM Settings").regency_name or ""
	acknowledges = signatures.block("Mengetahui,", sekda, "Sekretaris Daerah", None, regency)
	return {
		"letterhead": letterhead(path, picture=picture),
		"mark": marks.mark_for(bool(declared), row.declaration_number, reason=NOT_DECLARED),
		"heading": ["SURAT PERNYATAAN"],
		"number": row.declaration_number or "",
		"subject": [
			f"PENCANANGAN {SUBJECTS[doc.family]}",
			f"{unit.upper()} TAHUN {doc.assessment_year}",
		],
		"identity": [
			("Nama", signs["name"]),
			("NIP", signs["nip"]),
			("Pangkat (golongan)", signs["rank"]),
			("Jabatan", signs["position"] if head else ""),
			# Where the unit has no head of its own.
			*([("Bertindak untuk", unit)] if head and head.opd != row.opd else []),
		],
		"statement": f"dengan ini menyatakan bahwa {unit} siap melaksanakan Pelayanan Publik Berbasis Hak Asasi Manusia "
		f"(P2HAM) tahun {doc.assessment_year}, dan untuk itu:",
		"points": [point.format(regulation=regulation) for point in POINTS],
		"signatures": [{**acknowledges, "undated": True}, signs],
	}
