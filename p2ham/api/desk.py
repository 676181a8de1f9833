"""What the workspace asks: figures for number cards, each within the scope of its reader."""

import frappe
from frappe.utils import add_days, cint, nowdate

from p2ham.access import duties
from p2ham.engine import lifecycle
from p2ham.evidence import reminders

# What the card looks ahead where reminders are switched off.
DAYS_AHEAD = 30


@frappe.whitelist(methods=["GET", "POST"])
def waiting_for_me(filters: dict | list | str | None = None) -> dict:
	"""Count the assessments in which the session's user has to do the next thing, for a number card.

	`filters` is what Frappe's number card sends along; this card has none. Counts within the user's scope.
	"""
	states = lifecycle.waiting_states(duties.names(duties.held_by()))
	condition = {"workflow_state": ("in", states), "docstatus": 0}
	count = len(frappe.get_list("P2HAM Assessment", filters=condition, limit_page_length=0)) if states else 0
	return {
		"value": count,
		"fieldtype": "Int",
		"route": ["List", "P2HAM Assessment", "List"],
		"route_options": {"workflow_state": ["in", states]},
	}


@frappe.whitelist(methods=["GET", "POST"])
def evidence_expiring(filters: dict | list | str | None = None) -> dict:
	"""Count the documents that expire within the days the settings name for reminders, for a number card.

	`filters` is what Frappe's number card sends along; this card has none. Counts within the user's scope.
	"""
	days = cint(frappe.db.get_single_value("P2HAM Settings", "reminder_days")) or DAYS_AHEAD
	return {
		"value": reminders.expiring(days),
		"fieldtype": "Int",
		"route": ["List", "P2HAM Evidence", "List"],
		"route_options": {"valid_until": ["between", [nowdate(), add_days(nowdate(), days)]]},
	}
