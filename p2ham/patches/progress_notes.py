"""Follow-ups from before their notes became a list: what they say now is its first entry. Who wrote it is not known."""

import frappe

from p2ham.engine import follow_up as rules


def execute():
	told = set(frappe.get_all("P2HAM Follow-up Progress", pluck="parent", distinct=True, order_by="parent"))
	for row in frappe.get_all(
		"P2HAM Follow-up",
		fields=["name", "modified", "status", "progress", "progress_note"],
		order_by="name",
	):
		if row.name in told or not (row.progress or row.progress_note or row.status != rules.OPEN):
			continue
		entry = frappe.get_doc(
			{
				"doctype": "P2HAM Follow-up Progress",
				"parent": row.name,
				"parenttype": "P2HAM Follow-up",
				"parentfield": rules.HISTORY,
				"idx": 1,
				"noted_on": row.modified,
				"status": row.status,
				"progress": row.progress,
				"note": row.progress_note,
			}
		)
		entry.db_insert()  # a row is not saved alone by anybody
