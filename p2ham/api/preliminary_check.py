"""Doors of the preliminary checks of a period."""

import frappe
from frappe import _

from p2ham.access import bagian_hukum, duties, scope
from p2ham.engine import period_life
from p2ham.p2ham.doctype.p2ham_preliminary_check import p2ham_preliminary_check as checks

CHECK = "P2HAM Preliminary Check"


@frappe.whitelist(methods=["POST"])
def make_missing(period: str) -> int:
	"""Make a check for every participant that has none and has not withdrawn; return how many were made.

	Raises frappe.PermissionError for who is not of Bagian Hukum, and frappe.ValidationError for a closed period.
	"""
	doc = frappe.get_doc("P2HAM Period", period)
	doc.check_permission("read")
	bagian_hukum.check(frappe.new_doc(CHECK))
	if doc.status == period_life.CLOSED:
		frappe.throw(
			_("The period {0} is not open (status {1}).").format(period, _(doc.status)),
			title=_("Period Not Open"),
		)
	return checks.make_missing(period)


@frappe.whitelist(methods=["GET", "POST"])
def summary(period: str) -> dict:
	"""Return how many checks of a period came to what (`Qualified`, `Not Yet`, empty for not finished), of the units that
	the session's user follows; who keeps periods learns the numbers of all, and no more.

	Raises frappe.PermissionError.
	"""
	frappe.get_doc("P2HAM Period", period).check_permission("read")
	table = frappe.qb.DocType(CHECK)
	query = frappe.qb.from_(table).select(table.result).where(table.period == period).orderby(table.name)
	limit = None if duties.is_master_data_keeper() else scope.condition(CHECK)
	found = (query if limit is None else query.where(limit)).run(pluck=True)
	return {result: sum((one or "") == result for one in found) for result in ("Qualified", "Not Yet", "")}
