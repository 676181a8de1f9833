"""Doors of a period: the steps of a unit that its head takes, and making the assessments of its participants."""

import frappe
from frappe.utils import cint

from p2ham.periods import generation, participants


@frappe.whitelist(methods=["POST"])
def declare_ready(period: str, opd: str, ready_on: str | None = None) -> dict:
	"""Say that an invited unit is ready since a day (default: today), as its head or as who keeps periods. The letter
	comes along as `file` (PDF or picture), or not at all. Returns the row as it is now.

	Raises frappe.PermissionError and frappe.ValidationError; nothing is stored then.
	"""
	participants.taker(opd)  # asked before anybody's file is opened
	return participants.declare_ready(period, opd, ready_on, participants.sent_letter())


@frappe.whitelist(methods=["POST"])
def withdraw(period: str, opd: str, reason: str) -> dict:
	"""Withdraw a unit with a reason, as its head or as who keeps periods. Returns the row as it is now.

	Raises frappe.PermissionError and frappe.ValidationError.
	"""
	return participants.withdraw(period, opd, reason)


@frappe.whitelist(methods=["GET", "POST"])
def my_steps(period: str) -> list[dict]:
	"""Return the units whose head the session's user is, with the steps they may take for each: `opd`, `opd_name`,
	`status` and `steps` (statuses). Raises frappe.PermissionError."""
	return participants.my_steps(period)


@frappe.whitelist(methods=["POST"])
def create_assessments(period: str, carry_over: int = 0) -> dict:
	"""Start an assessment for every participant that is ready or declared and has none yet, empty or with the answers
	and the evidence of the year before that are still valid.

	Can be called again at any time. Returns `created` and `carried` (numbers) or `queued` (a number) and the units that
	`failed`, each with its reason. Raises frappe.PermissionError for anybody who does not keep periods, and
	frappe.ValidationError for a period that is not open or whose instrument is not active.
	"""
	return generation.start(period, bool(cint(carry_over)))


@frappe.whitelist(methods=["GET", "POST"])
def creation_state(period: str) -> dict:
	"""Tell how far the assessments of a period are being created: `state` (none, waiting, running, done, failed),
	`done` of `total`, and for the last time `created`, `carried`, `failed`, `message`.

	Raises frappe.PermissionError for anybody who does not keep periods.
	"""
	generation.check_may(period)
	return generation.state(period)
