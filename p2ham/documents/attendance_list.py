"""Daftar Hadir: who is expected at a meeting, with room for the signatures and for those who come along.

`attendance_list` prepares everything a page shows; the template only sets it.
"""

from __future__ import annotations

from p2ham.documents.minutes import heading
from p2ham.guidance.occasion import occasion
from p2ham.paper import marks
from p2ham.paper.letterhead import letterhead

TEMPLATE = "p2ham/templates/documents/attendance_list.html"

# Millimetres: a row to sign in, a line of text in it, and what a page has room for.
ROW, LINE, PADDING = 11, 3.8, 2
FIRST_PAGE, NEXT_PAGE = 175, 240
# Characters in a line of the columns person, position, unit.
COLUMNS = (24, 20, 24)
# Somebody always comes who was not expected.
FEWEST_BLANKS = 3


def attendance_list(doc) -> dict:
	"""Return what the attendance list of a P2HAM Guidance prints, before it is held or after.

	It is a form to sign, so it has neither number nor mark. Raises frappe.PermissionError.
	"""
	doc.check_permission("print")
	rows = [
		{
			"person": (row.person or "").strip(),
			"position": (row.position or "").strip(),
			"unit": row.opd_name or row.opd or (row.institution or "").strip(),
		}
		for row in doc.participants
	]
	rows += [{"person": "", "position": "", "unit": ""}] * blanks([_height(row) for row in rows])
	title = f"Daftar Hadir {doc.name}"
	return {
		"letterhead": letterhead([]),
		"heading": heading(doc, "DAFTAR HADIR"),
		"identity": occasion(doc),
		"rows": [{"number": str(number), **row} for number, row in enumerate(rows, start=1)],
		"frame": {"title": title, "footer": [title], "mark": marks.VALID},
	}


def _height(row: dict) -> float:
	lines = (1 + len(row[name]) // width for name, width in zip(row, COLUMNS, strict=True))
	return max(ROW, max(lines) * LINE + PADDING)


def blanks(heights: list[float]) -> int:
	"""Return how many blank rows fill the last page below rows of these heights in millimetres."""
	room: float = FIRST_PAGE
	for height in heights:
		room = (room if height <= room else NEXT_PAGE) - height
	left = int(room // ROW)
	return left if left >= FEWEST_BLANKS else left + NEXT_PAGE // ROW
