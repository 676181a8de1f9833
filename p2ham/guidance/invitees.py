"""Who is invited to guidance: the people who were named, and of a unit without one, its head and clerk of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe.utils import validate_email_address

from p2ham.access import duties
from p2ham.engine.duties import UNIT_DUTIES
from p2ham.guidance.calendar_file import Attendee
from p2ham.notices import recipients


@dataclass(frozen=True)
class Found:
	"""Whom an invitation goes to, each address once; and the rows that it does not reach, in the words of the form:
	`unreached` have no address, `invalid` one that is none."""

	attendees: tuple[Attendee, ...]
	unreached: tuple[str, ...]
	invalid: tuple[str, ...]


def for_guidance(doc) -> Found:
	"""Return whom an invitation to guidance goes to today. The number of queries does not depend on the rows."""
	holders = _holders([row.opd for row in doc.participants if row.opd and not row.person and not row.email])
	found: dict[str, Attendee] = {}
	unreached, invalid = [], []
	for row in doc.participants:
		who = row.person or row.opd_name or row.opd or row.institution
		addresses = [(row.email, who)] if row.email else [] if row.person else holders.get(row.opd, [])
		if not addresses:
			unreached.append(named(row))
		for address, name in addresses:
			valid = plain(address)
			if not valid:
				invalid.append(f"{named(row)}: {address}")
			else:
				found.setdefault(valid.casefold(), Attendee(valid, name))
	return Found(tuple(found.values()), tuple(unreached), tuple(invalid))


def plain(address: str | None) -> str:
	"""Return an e-mail address as it is sent to, empty for what is none."""
	address = (address or "").strip()
	valid = validate_email_address(address) if address.isprintable() else ""
	# Frappe takes a list of addresses, or one with a name before it, for valid too.
	return address if valid and valid == address and "," not in address else ""


def named(row) -> str:
	"""Say which row of the participants it is: its person and its unit."""
	return ", ".join(filter(None, [row.person, row.opd_name or row.opd or row.institution]))


def _holders(opds: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
	"""Return address and name of those who hold the duties of each unit today, or those of the nearest unit above. An
	invitation also goes to who wants no other mails: a calendar is no reminder."""
	wanted = set(opds)
	if not wanted:
		return {}
	known = recipients.load()
	people = {opd: known.of_unit(opd) for opd in wanted if opd in known.units}
	users = {
		row.name: (row.email or row.name, row.full_name or "")
		for row in frappe.get_all(
			"User",
			filters={"name": ("in", [*sorted(set().union(*people.values())), ""])},
			fields=["name", "email", "full_name"],
			order_by="name",
		)
	}
	return {opd: [users[user] for user in sorted(found) if user in users] for opd, found in people.items()}


def officers(opds: Iterable[str]) -> dict[str, list[dict]]:
	"""Return the heads and clerks of units of today as rows of participants, the head first; a unit without any is not
	in it."""
	wanted = set(opds)
	rows = [row for duty in reversed(UNIT_DUTIES) for row in duties.holders(duty) if row.opd in wanted]
	known = {
		user.name: user
		for user in frappe.get_all(
			"User",
			filters={"name": ("in", [row.user for row in rows] or [""])},
			fields=["name", "email", "enabled"],
			order_by="name",
		)
	}
	found: dict[str, list[dict]] = {}
	for row in rows:
		user = known.get(row.user)
		people = found.setdefault(row.opd, [])
		if any(person["person"] == row.full_name for person in people):
			continue  # head and clerk in one
		people.append(
			{
				"opd": row.opd,
				"person": row.full_name,
				"position": duties.title(row),
				"email": plain(user.email or user.name) if user and user.enabled else "",
			}
		)
	return found
