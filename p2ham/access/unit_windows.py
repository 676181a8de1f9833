"""When a unit may fill, and when its assessment may be reviewed and approved: the period's dates, the unit's own
later ones, and the time that a return has given."""

from __future__ import annotations

import datetime
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, nowdate

from p2ham.engine import lifecycle, participation, period_life, windows
from p2ham.engine.steps import Step
from p2ham.engine.windows import Calendar, Standing


def calendar(doc) -> Calendar:
	"""Return what counts for the unit of an assessment in its period, as it is stored now (two queries)."""
	period = frappe.db.get_value("P2HAM Period", doc.period, ["status", *windows.DATES], as_dict=True)
	row = frappe.db.get_value(
		"P2HAM Period Participant",
		{"parent": doc.period, "parenttype": "P2HAM Period", "opd": doc.opd},
		["status", *windows.OVERRIDES],
		as_dict=True,
	)
	return Calendar(
		is_open=period.status == period_life.OPEN,
		withdrawn=bool(row and row.status == participation.WITHDRAWN),
		dates=_days(period, windows.DATES),
		own=_days(row or {}, windows.OVERRIDES),
		corrections=_correction(doc),
	)


def _days(row, fields: tuple[str, ...]) -> dict[str, datetime.date]:
	return {field: getdate(row.get(field)) for field in fields if row.get(field)}


def _correction(doc) -> dict[str, datetime.date]:
	editable = lifecycle.EDITABLE.get(doc.workflow_state)
	return {editable.window: getdate(doc.correct_until)} if editable and doc.correct_until else {}


def check(doc, window: str, doing: str) -> None:
	"""Refuse what is done outside its window; `doing` names it, translated, in the message.

	Raises frappe.ValidationError. `doc` is the assessment as it is stored.
	"""
	title, why = _refusal(doc, window)
	if why:
		frappe.throw(f"{doc.name}, {doing}: {why}", title=title)


def why_closed(doc, window: str) -> str:
	"""Return why nothing may be done in a window today, as a sentence; empty while it is open."""
	return _refusal(doc, window)[1]


def _refusal(doc, window: str) -> tuple[str, str]:
	found = calendar(doc)
	first, last = found.bounds(window)
	match found.standing(window, getdate(nowdate())):
		case Standing.PERIOD_NOT_OPEN:
			status = frappe.db.get_value("P2HAM Period", doc.period, "status")
			return _("Period Not Open"), _("The period {0} is not open (status {1}).").format(
				doc.period, _(status)
			)
		case Standing.WITHDRAWN:
			return _("Unit Withdrawn"), _("{0} has withdrawn from {1}.").format(doc.opd, doc.period)
		case Standing.TOO_EARLY:
			return _("Too Early"), _("This is possible from {0}.").format(formatdate(first))
		case Standing.TOO_LATE:
			return _("Too Late"), _(
				"This was possible until {0}. A P2HAM Manager can give the unit a later date."
			).format(formatdate(last))
	return "", ""


def check_correction(doc, step: Step, until: datetime.date | None) -> None:
	"""Check the day until which a return gives time: needed where the window it reopens is over, and possible
	only there. It lies between today and the end of the window in which the return itself is taken.

	Raises frappe.ValidationError (MandatoryError where it is missing).
	"""
	label = _("Correct Until")
	bounds = correction_bounds(doc, step)
	if not until:
		if bounds.needed:
			frappe.throw(
				_("{0}: the time for this was over on {1}. Give a day in the field {2}.").format(
					doc.name, formatdate(bounds.closes), frappe.bold(label)
				),
				frappe.MandatoryError,
				title=_("Day Needed"),
			)
		return
	if not bounds.needed:
		frappe.throw(
			_("{0} is only given once the time is over; it is still open until {1}.").format(
				frappe.bold(label), formatdate(bounds.closes)
			)
		)
	if until < bounds.first or (bounds.last and until > bounds.last):
		frappe.throw(
			_("{0} must lie between {1} and {2}.").format(
				frappe.bold(label), formatdate(bounds.first), formatdate(bounds.last)
			)
		)


class Bounds(NamedTuple):
	"""Between which days lies the time that a return gives, and the last day of the window it reopens."""

	first: datetime.date
	last: datetime.date | None
	closes: datetime.date | None

	@property
	def needed(self) -> bool:
		return bool(self.closes and self.closes < self.first)


def correction_bounds(doc, step: Step) -> Bounds:
	"""Return the bounds of the time that a return may give today."""
	found = calendar(doc)
	return Bounds(getdate(nowdate()), found.bounds(step.window)[1], found.bounds(step.reopens)[1])
