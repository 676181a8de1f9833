"""Rekapitulasi: the results of all units of a period on one paper, as Bagian Hukum hands it to the Sekda.

`recapitulation` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.engine import lifecycle
from p2ham.engine.duties import KABAG_HUKUM, SEKDA
from p2ham.engine.instrument import Instrument
from p2ham.engine.period_life import CLOSED
from p2ham.figures import cells, choice, progress, scoped, scores
from p2ham.instruments import store
from p2ham.paper import indonesian, marks, parts, signatures
from p2ham.paper.letterhead import letterhead

TEMPLATE = "p2ham/templates/documents/recapitulation.html"
# WeasyPrint keeps a whole portion in memory.
PORTION = 100
NOT_CLOSED = "PERIODE BELUM DITUTUP"
EXCERPT = marks.Mark("KUTIPAN", "HANYA PENILAIAN YANG DISAHKAN")
# A state as a column has room for it.
STATES = {
	progress.NOT_BEGUN: "Belum mulai",
	lifecycle.DRAFT: "Pengisian",
	lifecycle.SUBMITTED: "Diajukan",
	lifecycle.REVIEWED: "Diperiksa",
	lifecycle.APPROVED: "Disahkan",
}
VERDICTS = {None: parts.NOTHING, 0: "Belum", 1: "Memenuhi"}


def recapitulation(doc) -> dict:
	"""Return what the recapitulation of a P2HAM Period prints, all of it as text.

	The number of queries does not depend on the number of units. Raises frappe.PermissionError for whoever sees some
	units only: it compares all of them. Who sees approved assessments only gets an excerpt.
	"""
	doc.check_permission("print")
	if not scoped.sees_all_units():
		frappe.throw(
			_("The recapitulation shows all units: only who sees the whole regency may print it."),
			frappe.PermissionError,
		)
	settings = frappe.get_cached_doc("P2HAM Settings")
	period = choice.periods({"period": doc.name}).chosen
	instrument = store.load(period.instrument)
	rows = _rows(period)
	mark = marks.mark_for(doc.status == CLOSED, doc.recap_number, reason=NOT_CLOSED)
	if not mark.word and not scoped.follows_all_units():
		mark = EXCERPT
	day = getdate(doc.recap_date) if doc.recap_date else None
	region = (settings.regency_name or "").upper()
	return {
		"letterhead": letterhead([]),
		"heading": ["REKAPITULASI"],
		"number": doc.recap_number or "",
		"subject": [
			f"HASIL PENILAIAN {parts.SUBJECTS[period.family]}",
			f"{region} TAHUN {period.assessment_year}".strip(),
		],
		"notices": parts.notices_of(settings, instrument),
		"identity": [
			[("Periode", period.title), ("Tahun penilaian", str(period.assessment_year))],
			[("Instrumen", instrument.title), ("Dasar", period.regulation)],
		],
		"judged": instrument.has_pass_mark,
		"rows": [_line(number, row) for number, row in enumerate(rows, start=1)],
		"begins": True,
		"ends": True,
		"summary": _summary(rows, instrument),
		"signatures": _signatures(settings, day),
		"frame": {
			"title": f"Rekapitulasi {doc.name}",
			"footer": _footer(doc, period),
			"mark": mark,
		},
	}


def portions(data: dict) -> list[dict]:
	"""Divide what `recapitulation` gave into pieces that are set one by one."""
	rows = data["rows"]
	pieces = [rows[at : at + PORTION] for at in range(0, len(rows), PORTION)] or [[]]
	last = len(pieces) - 1
	return [
		{**data, "rows": piece, "begins": number == 0, "ends": number == last}
		for number, piece in enumerate(pieces)
	]


def _rows(period: choice.Period) -> list[frappe._dict]:
	"""The units that take part, with place, scores and state; who has no place comes last. Three queries."""
	found = {row.opd: row for row in scores.of_period(period)}
	ranks = scores.ranks(list(found.values()))
	for unit in progress.of_period(period):
		if unit.state == progress.WITHDRAWN:
			found.pop(unit.opd, None)
		elif unit.opd not in found:
			found[unit.opd] = frappe._dict(
				opd=unit.opd, opd_name=unit.opd_name, workflow_state=progress.NOT_BEGUN
			)
	for row in found.values():
		row.rank = ranks.get(row.opd)
	order = list(reversed(progress.ORDER))
	return sorted(
		found.values(),
		key=lambda row: (row.rank is None, row.rank or 0, order.index(row.workflow_state), row.opd),
	)


def _line(number: int, row: frappe._dict) -> dict:
	return {
		"number": str(number),
		"rank": str(row.rank) if row.rank else parts.NOTHING,
		"unit": row.opd_name,
		"state": STATES[row.workflow_state],
		"self": _score(row.self_score if row.assessment else None),
		"verified": _score(row.verified_score),
		"category": row.category or parts.NOTHING,
		"verdict": VERDICTS[row.meets],
		"approved": f"{getdate(row.approved_on):%d/%m/%Y}" if row.approved_on else parts.NOTHING,
	}


def _score(value: float | None) -> str:
	return parts.NOTHING if value is None else indonesian.score(value)


def _summary(rows: list, instrument: Instrument) -> dict:
	"""How many of those that take part are approved, their mean, and how many reach each category."""
	approved = [row for row in rows if row.workflow_state == lifecycle.APPROVED]
	mean = cells.mean([row.verified_score for row in approved])
	figures = [
		("Unit yang mengikuti penilaian", str(len(rows))),
		("Penilaian yang disahkan", f"{len(approved)} dari {len(rows)} unit"),
		("Rata-rata nilai yang disahkan", _score(mean)),
	]
	if instrument.has_pass_mark:
		met = sum(bool(row.meets) for row in approved)
		figures.append(("Memenuhi kriteria", f"{met} dari {len(approved)} unit yang disahkan"))
	counts = [
		(threshold.label, sum(row.category == threshold.label for row in approved))
		for threshold in reversed(instrument.thresholds)
	]
	without = sum(not row.category for row in approved)
	if counts and without:
		counts.append(("Tanpa kategori", without))
	return {
		"figures": figures,
		"categories": [(label, str(count)) for label, count in counts],
		"approved": str(len(approved)),
	}


def _signatures(settings, day) -> list[dict]:
	on = day or getdate(nowdate())
	region = settings.regency_name or ""
	sekda = signatures.officer(SEKDA, None, on)
	kabag = signatures.officer(KABAG_HUKUM, None, on)
	acknowledging = signatures.block("Mengetahui,", sekda, "Sekretaris Daerah", None, region)
	return [
		{**acknowledging, "undated": True},
		signatures.block("", kabag, "Kepala Bagian Hukum", day),
	]


def _footer(doc, period: choice.Period) -> list[str]:
	name = f"Rekapitulasi Hasil {period.family} {doc.name}"
	if doc.recap_number:
		name += f" · Nomor {doc.recap_number}"
	return [name, f"Dicetak dari data {indonesian.long_date(getdate(nowdate()))}"]
