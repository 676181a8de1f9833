"""Counting within the scope: Frappe's own door for it (frappe.client.get_count) asks for no right at all."""

import frappe
from frappe import client

from p2ham.access import scope


@frappe.whitelist()
def get_count(
	doctype: str, filters: dict | list | str | None = None, debug: bool = False, cache: bool = False
) -> int:
	"""Count documents like frappe.client.get_count; of P2HAM's DocTypes only those the user may see.

	Raises frappe.PermissionError where the user may not read the DocType at all.
	"""
	if doctype not in (*scope.SCOPED, *scope.CHILDREN):
		return client.get_count(doctype, filters, debug, cache)
	names = frappe.get_list(
		doctype,
		filters=frappe.parse_json(filters) if isinstance(filters, str) else filters,
		pluck="name",
		parent_doctype=scope.CHILDREN.get(doctype),
		limit_page_length=0,
		order_by="name",
	)
	return len(names)
