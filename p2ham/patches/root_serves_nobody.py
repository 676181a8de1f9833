"""The regency itself, the root of the tree, is no unit that serves the public."""

import frappe


def execute():
	frappe.db.set_value(
		"P2HAM OPD",
		{"parent_p2ham_opd": ("is", "not set")},
		"serves_public",
		0,
		update_modified=False,
	)
