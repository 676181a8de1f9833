"""What a meeting is called, when and where it is and what is on its agenda: in the words of invitation and minutes."""

from __future__ import annotations

import re

from frappe.utils import get_system_timezone, getdate

from p2ham.engine import guidance
from p2ham.paper import indonesian
from p2ham.utils import time_of_day

KINDS = {
	"Coordination Meeting": "RAPAT KOORDINASI",
	"Dissemination": "SOSIALISASI",
	"Coaching Visit": "KUNJUNGAN PEMBINAAN",
	guidance.REQUEST: "PENDAMPINGAN",
}

# A number, letter or dash that was typed before a point: the table numbers them itself.
BULLET = re.compile(r"^\s*(?:(?:\d{1,2}|[a-zA-Z])[.)]|[-–•*])\s+")


def occasion(doc) -> list[tuple[str, str]]:
	"""Return when and where it is and what it is about, as (label, value); empty for what is not known."""
	day = getdate(doc.date) if doc.date else None
	return [
		("Hari/tanggal", f"{indonesian.weekday(day)}, {indonesian.long_date(day)}" if day else ""),
		(
			"Waktu",
			indonesian.hours(
				time_of_day(doc, "start_time"), time_of_day(doc, "end_time"), get_system_timezone()
			),
		),
		("Tempat", doc.place or ""),
		("Acara", doc.subject or ""),
		("Penyelenggara", doc.host or ""),
	]


def points(text: str | None) -> list[str]:
	"""Return the lines of a text as points, without the numbers that were typed before them."""
	lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
	return [BULLET.sub("", line) for line in lines] if len(lines) > 1 else lines
