"""Evidence has revisions: what is stored is the first of each, and what the assessments rest on."""

import frappe

from p2ham.evidence import revisions


def execute():
	fields = ["name", "owner", "creation", "contains_personal_data", *revisions.MIRRORED]
	for row in frappe.get_all("P2HAM Evidence", fields=fields, order_by="name"):
		if frappe.db.exists("P2HAM Evidence Revision", {"parent": row.name}):
			continue
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence Revision",
				"parent": row.name,
				"parenttype": "P2HAM Evidence",
				"parentfield": "revisions",
				"idx": 1,
				**{field: row[field] for field in revisions.MIRRORED},
				"revision": 1,
				"contains_personal_data": row.contains_personal_data,
				"added_by": row.owner,
				"added_on": row.creation,
			}
		).db_insert()
		frappe.db.set_value("P2HAM Evidence", row.name, "revision", 1, update_modified=False)
	use = frappe.qb.DocType("P2HAM Evidence Use")
	frappe.qb.update(use).set(use.revision, 1).where((use.revision == 0) | use.revision.isnull()).run()
