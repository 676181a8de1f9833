"""What is proposed of every suggested follow-up: who does it, and until when."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace

import frappe
from frappe.utils import add_days, getdate, nowdate

from p2ham.access import duties
from p2ham.engine.duties import OPD_CLERK, OPD_HEAD
from p2ham.follow_ups.suggestion import Group

# What the field `responsible` holds.
LONGEST_NAME = 140


def due_date() -> datetime.date:
	"""Return the day that lies as far ahead as P2HAM Settings say, or say by default on a site that has not chosen."""
	field = frappe.get_meta("P2HAM Settings").get_field("follow_up_days")
	days = frappe.db.get_single_value("P2HAM Settings", field.fieldname) or int(field.default)
	return getdate(add_days(nowdate(), days))


def officers() -> dict[str, list[str]]:
	"""Return name and position of who holds a duty of a unit today, by unit, its heads first: two queries, however many
	units there are."""
	found: dict[str, list[str]] = {}
	for duty in (OPD_HEAD, OPD_CLERK):
		for officer in duties.holders(duty):
			called = f"{officer.full_name}, {duties.title(officer)}"[:LONGEST_NAME]
			names = found.setdefault(officer.opd, [])
			if called not in names:
				names.append(called)
	return found


def complete(groups: Iterable[Group]) -> list[Group]:
	"""Return suggestions with who could do it (the head of the unit, or its clerk) and until when, where their source
	proposes nobody and no day. Empty stays empty for a unit that has neither head nor clerk today."""
	day, by_unit = due_date(), officers()
	return [
		replace(
			group,
			suggestions=tuple(
				replace(
					row,
					responsible=row.responsible or next(iter(by_unit.get(row.opd, ())), ""),
					due_date=row.due_date or day,
				)
				for row in group.suggestions
			),
		)
		for group in groups
	]
