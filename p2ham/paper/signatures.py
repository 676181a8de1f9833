"""Who signs: the holder of a duty on the day that counts, as P2HAM Officer records them."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

import frappe
from frappe.utils import getdate

from p2ham.access import duties
from p2ham.paper import indonesian


@dataclass(frozen=True)
class Holders:
	"""Who held certain duties on several days, read in one query. Give it as `among` to what follows where it is asked
	often."""

	rows: list[frappe._dict]

	def on(self, duty: str, day: datetime.date) -> list[frappe._dict]:
		"""Return who held a duty on a day, the latest appointed first."""
		return [row for row in self.rows if row.duty == duty and duties.term(row).includes(day)]


def holders_of(names: Collection[str], days: Collection[datetime.date]) -> Holders:
	"""Return who held the duties on any of the days."""
	return Holders(duties.holders_between(names, min(days), max(days)) if days else [])


def _holders(duty: str, on: datetime.date | None, among: Holders | None) -> list[frappe._dict]:
	return among.on(duty, on) if among else duties.holders(duty, on=on)


def officer(
	duty: str, user: str | None, on: datetime.date | None, among: Holders | None = None
) -> frappe._dict | None:
	"""Return the officer who took a step on a day (`user`), or who holds the duty where nobody has yet.

	None where no record says so: a name is never guessed.
	"""
	holders = _holders(duty, on, among)
	if user:
		return next((row for row in holders if row.user == user), None)
	return holders[0] if holders else None


def head_of(
	duty: str,
	path: list[frappe._dict],
	user: str | None,
	on: datetime.date | None,
	among: Holders | None = None,
) -> frappe._dict | None:
	"""Return the head of the last unit in `path`, or of the nearest unit above it that has one on that day.

	`user` decides between two heads of the same unit: who submitted is the one who signs.
	"""
	holders = _holders(duty, on, among)
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
