"""What is printed of our documents, by whichever of Frappe's doors: the stored record, and titles of linked records only
for who may see these.

Frappe prints a document as the client sends it, and writes the titles of all that it links to beside. Both would show
what the user may not read: they make up a document that links to it.
"""

from __future__ import annotations

import frappe
from frappe.www import printview

from p2ham.access import policies, scope


def before_print(doc, method: str | None = None, settings=None) -> None:
	"""`before_print` of every document of ours: take what is stored in the place of what was sent, and titles that are
	not for the user out.

	Raises frappe.DoesNotExistError for a document that is not stored, and frappe.PermissionError where the user may not
	read it.
	"""
	if getattr(frappe.local, "request", None):  # what a script of the server has made is its own
		doc.load_from_db()
	if not frappe.flags.ignore_print_permissions:
		doc.check_permission("read")
	doc.set("__link_titles", {})
	printview.set_link_titles(doc)
	doc.set("__link_titles", shown(doc.get("__link_titles")))


def shown(titles: dict[str, str]) -> dict[str, str]:
	"""Return titles by "DocType::name" as Frappe gathers them, with the name in the place of each that is not for the
	session's user: one query for each DocType of ours."""
	by_doctype: dict[str, dict[str, str]] = {}
	for key in titles:
		doctype, _separator, name = key.partition("::")
		if doctype in policies.SCOPED:
			by_doctype.setdefault(doctype, {})[name] = key
	allowed = dict(titles)
	for doctype, keys in by_doctype.items():
		for name in keys.keys() - scope.seen(doctype, sorted(keys)):
			allowed[keys[name]] = name
	return allowed
