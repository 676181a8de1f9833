"""Who makes, changes and deletes quarterly reports: Bagian Hukum, and nobody once one was sent. The controller asks here before it
does anything else."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import bagian_hukum, guard
from p2ham.engine import quarterly_report as rules


def check(doc, written: frozenset[str] = frozenset()) -> None:
	"""Refuse what may not change in a quarterly report, naming each field; `written` are the fields that the action
	being taken writes. Raises frappe.PermissionError."""
	bagian_hukum.check(doc)
	before = doc.get_doc_before_save()
	if not before:
		return
	found = rules.forbidden_changes(before.status, guard.changes(before, doc), written)
	guard.refuse_changes(doc, before.status, found)
	if before.status == rules.SENT:
		frappe.throw(
			_("{0} was sent and stays on record.").format(doc.name),
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)


def check_may_delete(doc) -> None:
	"""Refuse to delete a quarterly report that was sent, and whoever is not of Bagian Hukum."""
	bagian_hukum.check(doc)
	if frappe.db.get_value(doc.doctype, doc.name, "status") == rules.SENT:
		frappe.throw(
			_("{0} was sent and stays on record.").format(doc.name),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)
