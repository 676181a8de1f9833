"""Who signs: the holder of a duty on the day that counts, as P2HAM Officer records him."""

from __future__ import annotations

import datetime

import frappe
from frappe.utils import getdate

from p2ham.access import duties
from p2ham.documents import indonesian


def officer(duty: str, user: str | None, on: datetime.date | None) -> frappe._dict | None:
	"""Return the officer who took a step on a day (`user`), or who holds the duty where nobody has yet.

	None where no record says so: a name is never guessed.
	"""
	holders = duties.holders(duty, on=on)
	if user:
		return next((row for row in holders if row.user == user), None)
	return holders[0] if holders else None


def head_of(duty: str, path: list[frappe._dict], user: str | None, on: datetime.date | None):
	"""Return the head of the last unit in `path`, or of the nearest unit above it that has one on that day.

	`user` decides between two heads of the same unit: who submitted is the one who signs.
	"""
	holders = duties.holders(duty, on=on)
	for unit in reversed(path):
		heads = [row for row in holders if row.opd == unit.name]
		if heads:
			return next((row for row in heads if row.user == user), heads[0])
	return None


def block(
	role: str, person: frappe._dict | None, position: str, day, suffix: str = "", seat: str | None = None
) -> dict:
	"""Return one signature block: `role` above it, `position` for a post nobody is recorded for.

	`seat` is the place of signing, that of the settings if not given. `suffix` completes a position that does not name its government, e.g. "Kabupaten Empat Lawang". Empty
	`name`, `date` and `nip` are printed as dotted lines.
	"""
	if person:
		position = person.position or position
	if suffix and suffix.lower() not in position.lower():
		position = f"{position} {suffix}"
	prefix = person.acting_prefix if person else ""
	return {
		"role": role,
		"place": frappe.get_cached_doc("P2HAM Settings").seat or "" if seat is None else seat,
		"date": indonesian.long_date(getdate(day)) if day else "",
		"position": f"{prefix} {position}".strip(),
		"name": person.full_name if person else "",
		"rank": (person.rank or "") if person else "",
		"nip": indonesian.nip(person.nip) if person else "",
	}
