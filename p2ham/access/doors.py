"""Doors of Frappe that show documents without asking for the right to each of them, set right for ours.

`hooks.py` puts them in the place of Frappe's own (override_whitelisted_methods).
"""

import frappe
from frappe import client
from frappe.utils import global_search

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


@frappe.whitelist()
def validate_link(doctype: str, docname: str, fields: list | str | None = None) -> dict:
	"""Say whether a document exists like frappe.client.validate_link; of ours only those the user may see."""
	if doctype in scope.SCOPED and not scope.covers(doctype, docname):
		return frappe._dict(name=None)
	if not hasattr(client, "validate_link"):  # Frappe 16 asks its search instead, which keeps to the scope
		raise frappe.DoesNotExistError
	return client.validate_link(doctype, docname, fields)


@frappe.whitelist()
def search(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list:
	"""Search like frappe.utils.global_search.search, and leave out what the user may not see."""
	found = global_search.search(text, start, limit, doctype)
	for scoped in {row.doctype for row in found}.intersection(scope.SCOPED):
		seen = scope.seen(scoped, [row.name for row in found if row.doctype == scoped])
		found = [row for row in found if row.doctype != scoped or row.name in seen]
	return found
