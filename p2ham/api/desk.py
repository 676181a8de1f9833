"""What the workspace asks: figures for number cards, and its blocks, each within the scope of its reader.

`filters` is what Frappe's number card sends along; these cards have none. "The current period" is the newest that has
been opened.
"""

import frappe
from frappe.utils import add_days, cint, nowdate

from p2ham.engine import lifecycle
from p2ham.evidence import expiry
from p2ham.figures import choice, participants, progress
from p2ham.reports import workspace_blocks, years

# What the card looks ahead where reminders are switched off.
DAYS_AHEAD = 30
Filters = dict | list | str | None


@frappe.whitelist(methods=["GET", "POST"])
def waiting_for_me(filters: Filters = None) -> dict:
	"""Count the units, of all periods that are open, for which the session's user has to do the next thing."""
	return _report(progress.waiting(choice.every()), "P2HAM Progress", _current(), waiting=1)


@frappe.whitelist(methods=["GET", "POST"])
def taking_part(filters: Filters = None) -> dict:
	"""Count the units that take part in the current period and have not withdrawn."""
	period = _current()
	rounds = participants.rounds((period,)) if period else []
	return _report(rounds[0].invited if rounds else 0, "P2HAM Progress", period)


@frappe.whitelist(methods=["GET", "POST"])
def late(filters: Filters = None) -> dict:
	"""Count the units of the current period whose last day for the next step is over."""
	period = _current()
	return _report(progress.late(period) if period else 0, "P2HAM Progress", period, late=1)


@frappe.whitelist(methods=["GET", "POST"])
def submitted(filters: Filters = None) -> dict:
	"""Count the assessments of the current period that are with Bagian Hukum."""
	return _in_state(lifecycle.SUBMITTED)


@frappe.whitelist(methods=["GET", "POST"])
def reviewed(filters: Filters = None) -> dict:
	"""Count the assessments of the current period that are with the Sekda."""
	return _in_state(lifecycle.REVIEWED)


@frappe.whitelist(methods=["GET", "POST"])
def approved(filters: Filters = None) -> dict:
	"""Count the approved assessments of the current period."""
	return _in_state(lifecycle.APPROVED)


@frappe.whitelist(methods=["GET", "POST"])
def mean_verified_score(filters: Filters = None) -> dict | str:
	"""Return the mean verified score (points 0-100) of the reviewed and approved assessments of the current period; a
	dash where there are none."""
	period = _current()
	(mean,) = years.trend((period,)) if period else (None,)
	if mean is None:
		return "–"  # alone: beside a link the card looks for a digit in it, and breaks
	# The card puts the site's decimal comma in. As Float it then takes "67,45" for a whole number, as Data for a
	# selector; Code is the one kind of field that leaves it as it is.
	return {**_report(f"{mean:.2f}", "P2HAM Scoreboard", period), "fieldtype": "Code"}


@frappe.whitelist(methods=["GET", "POST"])
def evidence_expiring(filters: Filters = None) -> dict:
	"""Count the documents that expire within the days the settings name for reminders."""
	days = cint(frappe.db.get_single_value("P2HAM Settings", "reminder_days")) or DAYS_AHEAD
	return {
		"value": expiry.expiring(days),
		"fieldtype": "Int",
		"route": ["List", "P2HAM Evidence", "List"],
		"route_options": {"valid_until": ["between", [nowdate(), add_days(nowdate(), days)]]},
	}


@frappe.whitelist(methods=["GET"])
def what_waits() -> list[dict]:
	"""Return what the session's user has to do next, of all periods that are open, by the duties they hold today."""
	return workspace_blocks.what_waits()


@frappe.whitelist(methods=["GET"])
def weak_indicators() -> dict:
	"""Return the indicators of the current period that the smallest share of the user's units meets, as tiles."""
	return workspace_blocks.weak_indicators()


def _current() -> choice.Period | None:
	periods = choice.periods(None)
	return periods.chosen if periods else None


def _in_state(state: str) -> dict:
	period = _current()
	return {
		"value": progress.by_state(period).get(state, 0) if period else 0,
		"fieldtype": "Int",
		"route": ["List", "P2HAM Assessment", "List"],
		"route_options": {"workflow_state": state, **({"period": period.name} if period else {})},
	}


def _report(value: float | str, report: str, period: choice.Period | None, **filters) -> dict:
	return {
		"value": value,
		"fieldtype": "Int",
		"route": ["query-report", report],
		"route_options": {**({"period": period.name} if period else {}), **filters},
	}
