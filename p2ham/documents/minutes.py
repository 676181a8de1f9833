"""Notula: what was said and agreed in a meeting, dissemination or coaching visit.

`minutes` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.documents.follow_up_table import extract_notices, follow_up_table, tall
from p2ham.engine import guidance
from p2ham.guidance import photos
from p2ham.guidance.occasion import KINDS, occasion, points
from p2ham.paper import marks, signatures
from p2ham.paper.letterhead import letterhead
from p2ham.paper.parts import short_date

TEMPLATE = "p2ham/templates/documents/minutes.html"

NOT_HELD = "RAPAT BELUM DILAKSANAKAN"


def minutes(doc) -> dict:
	"""Return what the minutes of a P2HAM Guidance print, all of it as text.

	The number of queries does not depend on the number of participants and follow-ups. Raises frappe.PermissionError,
	and frappe.ValidationError for a request for guidance that was not answered by any yet.
	"""
	doc.check_permission("print")
	if doc.kind == guidance.REQUEST and doc.status != guidance.HELD:
		frappe.throw(
			_("{0} is a request: there are minutes only once the guidance was held.").format(
				frappe.bold(doc.name)
			)
		)
	footer = f"Notula {doc.name}"
	pictures, beyond = photos.attached_to(doc)
	return {
		"letterhead": letterhead([]),
		"heading": heading(doc, "NOTULA"),
		"number": doc.minutes_number or "",
		"notices": extract_notices(),
		"identity": [*occasion(doc), ("Pimpinan rapat", doc.chair or ""), ("Notulis", doc.note_taker or "")],
		"participants": by_unit(doc.participants, doc.status == guidance.HELD),
		"agenda": points(doc.agenda),
		"outcome": (doc.outcome or "").strip(),
		"decisions": [_decision(number, row) for number, row in enumerate(doc.decisions, start=1)],
		"follow_ups": follow_up_table("guidance", [doc.name]),
		"signatures": [
			_block("Pimpinan rapat", doc.chair, doc.chair_position, doc.chair_nip),
			_block("Notulis", doc.note_taker, doc.note_taker_position, doc.note_taker_nip),
		],
		"photos": [pictures[first : first + 2] for first in range(0, len(pictures), 2)],
		"more_photos": f"{beyond} foto lainnya tersimpan pada sistem." if beyond else "",
		"frame": {
			"title": footer,
			"footer": [footer + (f" · Nomor {doc.minutes_number}" if doc.minutes_number else "")],
			"mark": marks.mark_for(
				doc.status == guidance.HELD,
				doc.minutes_number,
				cancelled=doc.status == guidance.CANCELLED,
				reason=NOT_HELD,
			),
		},
	}


def heading(doc, document: str) -> list[str]:
	"""Return the lines of the title: which document, of what."""
	return [f"{document} {KINDS[doc.kind]}", "PELAYANAN PUBLIK BERBASIS HAK ASASI MANUSIA (P2HAM)"]


def by_unit(rows, held: bool) -> list[dict]:
	"""Return each unit or institution once, in the order in which it was entered, with its people. Once it was recorded
	who came, the others are not named, and a unit of which nobody came says so."""
	recorded = held and any(row.attended for row in rows)
	units: dict[str, dict] = {}
	for row in rows:
		name = row.opd_name or row.opd or (row.institution or "").strip()
		unit = units.setdefault(
			row.opd or f"\n{name}", {"unit": name or "Undangan lainnya", "people": [], "came": False}
		)
		who = ", ".join(filter(None, [(row.person or "").strip(), (row.position or "").strip()]))
		unit["came"] = unit["came"] or bool(row.attended)
		if who and (row.attended or not recorded):
			unit["people"].append(who)
	return [
		{
			"number": str(number),
			"unit": unit["unit"],
			"people": unit["people"],
			"nobody": "tidak hadir" if recorded and not unit["came"] else "menurut daftar hadir",
			"tall": tall("\n".join(unit["people"])),
		}
		for number, unit in enumerate(units.values(), start=1)
	]


def _decision(number: int, row) -> dict:
	return {
		"number": str(number),
		"decision": (row.decision or "").strip(),
		"unit": row.opd_name or row.opd or "–",
		"responsible": row.responsible or "–",
		"due": short_date(row.due_date),
		"tall": tall(row.decision),
	}


def _block(role: str, name: str | None, position: str | None, nip: str | None) -> dict:
	"""The block of somebody who is typed, not appointed: their NIP may be left out, once there is a name."""
	person = None
	if name:
		person = frappe._dict(full_name=name, position=position, acting_prefix="", rank="", nip=nip)
	block = signatures.block(f"{role},", person, position or "", None)
	return {**block, "undated": True, "without_nip": bool(name)}
