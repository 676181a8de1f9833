"""The chart of all assessments by state gave way to charts of reports, which count for each reader what they may see."""

import frappe


def execute():
	frappe.delete_doc("Dashboard Chart", "P2HAM Assessments by State", force=True, ignore_missing=True)
	frappe.cache.delete_value("chart-data:P2HAM Assessments by State")
