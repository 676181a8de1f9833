"""Bounds of bands became text (empty: open), and continued indicators are named by reference too."""

import frappe

from p2ham.engine.numbers import plain, read_number


def execute():
	for row in frappe.get_all(
		"P2HAM Scale Option", fields=["name", "parent", "from_value", "to_value"], order_by="name"
	):
		bands = frappe.db.get_value("P2HAM Answer Scale", row.parent, "kind") == "Bands"
		lower, upper = read_number(row.from_value), read_number(row.to_value)
		# 0 stood for an open upper bound; a lower bound was always given.
		values = {
			"from_value": plain(lower) if bands and lower is not None else "",
			"to_value": plain(upper) if bands and upper and upper > (lower or 0) else "",
		}
		frappe.db.set_value("P2HAM Scale Option", row.name, values, update_modified=False)
	for row in frappe.get_all(
		"P2HAM Indicator Predecessor",
		filters={"reference": ("is", "not set"), "indicator": ("is", "set")},
		fields=["name", "indicator"],
		order_by="name",
	):
		instrument, code = frappe.db.get_value("P2HAM Indicator", row.indicator, ["instrument", "code"])
		frappe.db.set_value(
			"P2HAM Indicator Predecessor",
			row.name,
			"reference",
			f"{instrument}:{code}",
			update_modified=False,
		)
