"""Doors of a period: making the assessments of its participants."""

import frappe
from frappe import _

# So many are made while the user waits; more go to the background with a progress bar.
IN_FOREGROUND = 20


@frappe.whitelist(methods=["POST"])
def create_assessments(period: str) -> dict:
	"""Start an assessment for every participant that is ready or declared and has none yet.

	Can be called again at any time. Returns `created` (a number) or `queued` (a number) and the names of
	`failed` units. Raises frappe.PermissionError for anybody who does not keep periods.
	"""
	doc = frappe.get_doc("P2HAM Period", period)
	doc.check_permission("write")
	if doc.status != "Open":
		frappe.throw(_("{0} must be open before assessments can be created.").format(doc.name))
	units = doc.units_without_assessment()
	if len(units) > IN_FOREGROUND:
		frappe.enqueue(
			"p2ham.api.period.make",
			queue="long",
			job_id=f"p2ham-create-assessments-{period}",
			deduplicate=True,
			period=period,
			units=units,
		)
		return {"queued": len(units), "failed": []}
	return make(period, units)


def make(period: str, units: list[str]) -> dict:
	"""Make the empty assessments of `units`; one unit that is refused does not stop the others. Whoever calls
	this has checked the right to write the period."""
	failed = []
	for number, opd in enumerate(units, start=1):
		frappe.db.savepoint("p2ham_unit")
		try:
			doc = frappe.get_doc({"doctype": "P2HAM Assessment", "period": period, "opd": opd})
			# Who keeps periods starts assessments for the units, but has no right to them otherwise.
			doc.insert(ignore_permissions=True)
		except (frappe.ValidationError, frappe.PermissionError, frappe.DuplicateEntryError) as error:
			frappe.db.rollback(save_point="p2ham_unit")
			failed.append({"opd": opd, "reason": str(error)})
		if len(units) > IN_FOREGROUND:
			frappe.publish_progress(
				100 * number / len(units),
				title=_("Creating Assessments"),
				doctype="P2HAM Period",
				docname=period,
			)
	return {"created": len(units) - len(failed), "failed": failed}
