"""The periods of a generated regency, and how far each unit comes in them."""

from __future__ import annotations

import datetime
import random
from math import ceil

from generated import sheet
from generated.rows import Writer
from generated.sheet import Round
from generated.units import Tree
from p2ham.instruments import store

# How far the first units are in the last period, in this order, so that small regencies show as much as they can:
# a course of the sheet, or the status of a participant that has not begun one.
INVITED, READY, WITHDRAWN = "Invited", "Ready", "Withdrawn"
FIRST = (
	sheet.APPROVED,
	sheet.REVIEWED,
	sheet.VERIFIED,
	sheet.SUBMITTED,
	sheet.PARTLY,
	sheet.UNTOUCHED,
	sheet.CANCELLED,
	READY,
	sheet.APPROVED,
	INVITED,
	WITHDRAWN,
	sheet.RETURNED,
)
# And all others.
SHARES = {
	sheet.APPROVED: 55,
	sheet.REVIEWED: 10,
	sheet.VERIFIED: 6,
	sheet.SUBMITTED: 9,
	sheet.PARTLY: 8,
	sheet.UNTOUCHED: 3,
	sheet.RETURNED: 3,
	READY: 2,
	INVITED: 2,
	WITHDRAWN: 2,
}
DAYS_OPEN = 90  # so long ago the last period began


def rounds(prefix: str, codes: list[str], years: int, today: datetime.date) -> list[Round]:
	"""Return the periods, oldest first, with the instrument that each of them asks."""
	loaded = {code: store.load(code, anew=True) for code in codes}
	found = []
	for number in range(years):
		year = today.year - years + 1 + number
		last = number == years - 1
		begins = today - datetime.timedelta(DAYS_OPEN) if last else datetime.date(year, 3, 1)
		instrument = loaded[codes[number * len(codes) // years]]
		found.append(Round(f"{prefix}-{year}", f"Penilaian uji {year}", year, begins, instrument))
	return found


def plan(
	units: int, number: int, years: int, first: float, chance: random.Random
) -> dict[int, tuple[str, str]]:
	"""Say of each unit that takes part in a period, by its position, its status and how far its sheet comes
	(empty where there is none)."""
	if number == years - 1:
		found = {}
		for position in range(units):
			course = (
				FIRST[position]
				if position < len(FIRST)
				else chance.choices(list(SHARES), list(SHARES.values()))[0]
			)
			found[position] = (course, "") if course in (INVITED, READY, WITHDRAWN) else ("Declared", course)
		return found
	# Earlier, fewer units took part.
	joined = ceil(units * (first + (1 - first) * number / (years - 1)))
	found = {}
	for position in range(joined):
		found[position] = "Declared", sheet.APPROVED
		rare = chance.random() if position >= len(FIRST) else 1
		if rare < 0.02:
			del found[position]
		elif rare < 0.03:
			found[position] = WITHDRAWN, sheet.PARTLY
		elif rare < 0.04:
			found[position] = INVITED, ""
	# One of each also in a small regency: left out, withdrawn after it had begun, never answered the invitation.
	others = min(joined, len(FIRST)) - 2
	if others >= 4:
		found.pop(2 + number % others)
		found[2 + (number + 1) % others] = WITHDRAWN, sheet.PARTLY
		found[2 + (number + 3) % others] = INVITED, ""
	return found


def write(
	writer: Writer, round_: Round, plan: dict[int, tuple[str, str]], tree: Tree, today, last: bool
) -> None:
	"""Write a period with those who take part in it."""

	def day(number: int) -> datetime.date:
		return round_.begins + datetime.timedelta(number)

	writer.add(
		"P2HAM Period",
		{
			"name": round_.period,
			"title": round_.title,
			"instrument": round_.instrument.code,
			"family": round_.instrument.family,
			"assessment_year": round_.year,
			"data_year": round_.data_year,
			"status": "Open" if last else "Closed",
			"target_units": len(tree.units),
			"fill_from": round_.begins,
			"fill_until": day(DAYS_OPEN + 30),
			"review_until": day(DAYS_OPEN + 45),
			"approve_until": day(DAYS_OPEN + 60),
		},
	)
	rows = []
	for position, (status, _course) in plan.items():
		ready_on = None if status == INVITED else day(position % 5 - 14)
		declared_on = day(position % 4 - 7) if status == "Declared" else None
		rows.append(
			{
				"opd": tree.units[position]["name"],
				"status": status,
				"ready_on": ready_on,
				"declared_on": declared_on,
			}
		)
	writer.add_children("P2HAM Period", round_.period, "participants", "P2HAM Period Participant", rows)
