"""Door of the calendar: what happens when, in one place."""

import datetime

import frappe
from frappe import _
from frappe.utils import getdate

from p2ham.reports import dates


@frappe.whitelist(methods=["GET"])
def events(
	start: str,
	end: str,
	doctype: str = "",
	filters: str | list | None = None,
	field_map: str | dict | None = None,
	fields: str | list | None = None,
) -> list[dict]:
	"""Return what lies between two days and the session's user may see: windows and deadlines of periods, days of its own
	of a unit, guidance, and due dates of follow-ups. Frappe's calendar sends the other arguments along; here they do not
	matter.

	Raises frappe.PermissionError for who has nothing to do with P2HAM, and frappe.ValidationError for what is no day.
	"""
	frappe.has_permission("P2HAM Period", "read", throw=True)
	return dates.between(_day(start), _day(end))


def _day(text: str) -> datetime.date:
	try:
		return getdate(text[:10])
	except (ValueError, TypeError):
		frappe.throw(_("{0} is not a day.").format(frappe.utils.escape_html(text)))
