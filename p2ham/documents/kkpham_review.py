"""Lembar Reviu KKP HAM: what the ministry gave the regency or one OPD for a year, beside the years before, with what was
found and what comes of it.

`kkpham_review` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe
from frappe.utils import getdate, nowdate

from p2ham.documents.follow_up_table import extract_notices, follow_up_table, tall
from p2ham.engine.duties import KABAG_HUKUM, SEKDA
from p2ham.figures import cells
from p2ham.instruments import store
from p2ham.kkpham import results, results_by_right
from p2ham.paper import indonesian, marks, signatures
from p2ham.paper.letterhead import letterhead
from p2ham.paper.parts import NOTHING, SUBJECTS, notices_of

TEMPLATE = "p2ham/templates/documents/kkpham_review.html"
NOT_REVIEWED = "BELUM DIREVIU"


def kkpham_review(doc) -> dict:
	"""Return what the review sheet of a P2HAM KKPHAM Result prints, all of it as text: that of the regency has the OPD of
	the year that the session's user may see.

	The number of queries does not depend on the number of OPD, years and follow-ups. Raises frappe.PermissionError.
	"""
	doc.check_permission("print")
	settings = frappe.get_cached_doc("P2HAM Settings")
	instrument = store.load(doc.instrument)
	trend = _Trend(results.course(doc.opd, doc.assessment_year))
	units = _units(doc) if doc.is_regency else []
	rights = results_by_right.of_unit(doc.opd, doc.assessment_year, getdate(nowdate())) if doc.rights else []
	unit = doc.opd_name or doc.opd
	title = f"Lembar Reviu KKP HAM {unit} {doc.assessment_year}"
	return {
		"letterhead": letterhead([]),
		"heading": ["LEMBAR REVIU"],
		"number": doc.sheet_number or "",
		"subject": [f"HASIL {SUBJECTS['KKP HAM']}", f"{unit.upper()} TAHUN {doc.assessment_year}"],
		"notices": [
			*notices_of(settings, instrument),
			*(extract_notices() if doc.is_regency else []),
		],
		"identity": _identity(doc, instrument, unit),
		"trend": trend.rows(),
		"trend_note": trend.note(),
		"rights": [_right(number, each) for number, each in enumerate(rights, start=1)],
		"rights_note": NAMED_ALIKE if any(each.asked_otherwise for each in rights) else "",
		"is_regency": bool(doc.is_regency),
		"units": [_row(number, each, doc.assessment_year) for number, each in enumerate(units, start=1)],
		"units_note": _compared(units, doc.assessment_year),
		"finding": (doc.finding or "").strip(),
		"recommendation": (doc.recommendation or "").strip(),
		"follow_ups": follow_up_table(
			"kkpham_result", {doc.name, *(each.scores[doc.assessment_year].result for each in units)}
		),
		"letters": _letters(bool(rights), bool(doc.is_regency)),
		"signatures": _signatures(doc, settings),
		"frame": {
			"title": title,
			"footer": [title + (f" · Nomor {doc.sheet_number}" if doc.sheet_number else "")],
			"mark": marks.mark_for(bool(doc.reviewed_on), doc.sheet_number, reason=NOT_REVIEWED),
		},
	}


def _identity(doc, instrument, unit: str) -> list[list[tuple[str, str]]]:
	return [
		[
			("Kabupaten/kota" if doc.is_regency else "Perangkat daerah", unit),
			("Tahun penilaian", str(doc.assessment_year)),
			("Tahun data", str(doc.data_year)),
			("Instrumen", instrument.title),
			("Dasar", instrument.regulation),
		],
		[
			("Nilai", indonesian.score(doc.score)),
			("Kategori", doc.category or NOTHING),
			("Surat/keputusan", doc.reference or NOTHING),
			("Tanggal reviu", indonesian.long_date(getdate(doc.reviewed_on)) if doc.reviewed_on else NOTHING),
		],
	]


class _Trend:
	"""The results of one unit over the years, oldest first."""

	def __init__(self, given: list[results.Given]):
		self.given = given

	def rows(self) -> list[dict]:
		"""Each year with its change against the year before it, none where that year has no result."""
		found = []
		for position, now in enumerate(self.given):
			before = self.given[position - 1] if position else None
			follows = bool(before) and before.assessment_year == now.assessment_year - 1
			found.append(
				{
					"year": str(now.assessment_year),
					"data_year": str(now.data_year),
					"score": indonesian.score(now.score),
					"change": _change(cells.minus(now.score, before.score)) if follows else NOTHING,
					"doubt": follows and before.instrument != now.instrument,
					"category": now.category or NOTHING,
					"reference": now.reference or NOTHING,
				}
			)
		return found

	def note(self) -> str:
		return COMPARED if any(row["doubt"] for row in self.rows()) else ""


COMPARED = "* Nilai kedua tahun diberikan menurut instrumen yang berbeda."


NAMED_ALIKE = "* Dibandingkan dengan hak bernama sama dalam instrumen lain."


def _letters(has_rights: bool, is_regency: bool) -> dict[str, str]:
	"""The letter of each part that the sheet has."""
	there = {"trend": True, "rights": has_rights, "units": is_regency, "findings": True, "follow_ups": True}
	return dict(zip((part for part, has in there.items() if has), "ABCDE", strict=False))


def _right(number: int, right: results_by_right.Right) -> dict:
	return {
		"number": str(number),
		"title": right.title,
		"score": indonesian.score(right.points),
		"change": NOTHING if right.change is None else _change(right.change),
		"doubt": right.asked_otherwise,
		"category": right.category or NOTHING,
		"owners": ", ".join(name for _opd, name in right.owners) or NOTHING,
	}


def _units(doc) -> list[results.Unit]:
	"""The OPD that were given something this year, best first."""
	year = doc.assessment_year
	found = results.results(year, 2, getdate(nowdate()))[1]
	return sorted(
		(each for each in found if not each.is_regency and year in each.scores),
		key=lambda each: (-each.scores[year].points, each.opd_name),
	)


def _row(number: int, unit: results.Unit, year: int) -> dict:
	change = unit.change(year)
	return {
		"number": str(number),
		"unit": unit.opd_name,
		"score": indonesian.score(unit.scores[year].points),
		"change": NOTHING if change is None else _change(change),
		"doubt": change is not None and len(unit.instruments(year)) > 1,
		"category": unit.latest.category or NOTHING,
		"finding": unit.latest.finding.strip() or NOTHING,
		"recommendation": unit.latest.recommendation.strip() or NOTHING,
		"tall": tall(unit.latest.finding, unit.latest.recommendation),
	}


def _compared(units: list[results.Unit], year: int) -> str:
	return COMPARED if any(len(unit.instruments(year)) > 1 for unit in units) else ""


def _change(points: float) -> str:
	return f"{'+' if points > 0 else ''}{indonesian.score(points)}"


def _signatures(doc, settings) -> list[dict]:
	day = getdate(doc.reviewed_on or nowdate())
	kabag = signatures.officer(KABAG_HUKUM, None, day)
	sekda = signatures.officer(SEKDA, None, day)
	acknowledges = signatures.block(
		"Mengetahui,", sekda, "Sekretaris Daerah", None, settings.regency_name or ""
	)
	reviews = signatures.block("Direviu oleh,", kabag, "Kepala Bagian Hukum", doc.reviewed_on)
	return [{**acknowledges, "undated": True}, reviews]
