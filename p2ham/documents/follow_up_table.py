"""The follow-ups that come of something, as a table in its document (templates/documents/follow_ups.html)."""

from __future__ import annotations

from collections.abc import Iterable

from frappe.utils import getdate, nowdate

from p2ham.engine import follow_up as rules
from p2ham.figures import scoped
from p2ham.follow_ups import overview
from p2ham.paper import indonesian
from p2ham.paper.parts import short_date

STATUSES = {
	rules.OPEN: "Belum dikerjakan",
	rules.IN_PROGRESS: "Sedang dikerjakan",
	rules.COMPLETED: "Selesai, belum diperiksa",
	rules.CLOSED: "Selesai dan ditutup",
}
# A row with more characters than this in one of its texts may be cut in two, else it would not fit on a page.
TALL = 700
# Who sees some units only gets those rows only; the paper says so, since it looks like the whole.
EXTRACT = "Petikan: hanya memuat unit kerja yang menjadi tanggung jawab pembaca, bukan seluruh isi dokumen."


def follow_up_table(field: str, names: Iterable[str]) -> list[dict]:
	"""Return the follow-ups whose `field` names one of the documents, as far as the session's user may see them, by due
	date. One query."""
	found = overview.found(None, getdate(nowdate()), {field: sorted(names)})
	return [_row(number, row) for number, row in enumerate(sorted(found, key=_place), start=1)]


def _place(row: dict) -> tuple:
	return row["due_date"], row["opd_name"] or "", row["name"]


def _row(number: int, row: dict) -> dict:
	status = STATUSES[row["status"]]
	if row["status"] == rules.IN_PROGRESS:
		status += f" ({indonesian.number(row['progress'])}%)"
	return {
		"number": str(number),
		"unit": row["opd_name"] or row["opd"],
		"recommendation": row["recommendation"] or "",
		"action": row["action"] or "",
		"responsible": row["responsible"] or "–",
		"due": short_date(row["due_date"]),
		"status": status,
		"tall": tall(row["recommendation"], row["action"]),
		"late": f"terlambat {row['late']} hari" if row["late"] else "",
	}


def tall(*texts: str | None) -> bool:
	"""Tell whether a row of a table with such texts would take much of a page."""
	return max(len(text or "") + 30 * (text or "").count("\n") for text in texts) > TALL


def extract_notices() -> list[str]:
	"""Return what a document says that shows the session's user some units only."""
	return [] if scoped.follows_all_units() else [EXTRACT]
