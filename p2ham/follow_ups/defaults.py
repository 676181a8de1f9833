"""What is proposed of every suggested follow-up: who does it, and until when."""

from __future__ import annotations

import datetime

import frappe
from frappe.utils import add_days, getdate, nowdate

from p2ham.access import duties
from p2ham.engine import lifecycle

# What the field `responsible` holds.
LONGEST_NAME = 140


def due_date() -> datetime.date:
	"""Return the day that lies as far ahead as P2HAM Settings say, or say by default on a site that has not chosen."""
	field = frappe.get_meta("P2HAM Settings").get_field("follow_up_days")
	days = frappe.db.get_single_value("P2HAM Settings", field.fieldname) or int(field.default)
	return getdate(add_days(nowdate(), days))


def officers(opd: str) -> list[str]:
	"""Return name and position of who holds a duty of this unit today, its head first: one query for each duty."""
	found = [
		f"{officer.full_name}, {duties.title(officer)}"[:LONGEST_NAME]
		for duty in (lifecycle.OPD_HEAD, lifecycle.OPD_CLERK)
		for officer in duties.holders(duty, opd)
	]
	return list(dict.fromkeys(found))


def responsible(opd: str) -> str:
	"""Return who is proposed to do it: the head of the unit, or its clerk; empty where it has neither today."""
	return next(iter(officers(opd)), "")
