"""Leaving a site: Frappe removes DocTypes and reports, we remove the rest that is ours alone."""

from __future__ import annotations

import frappe

from p2ham.engine import lifecycle

WORKFLOW = "P2HAM Assessment"
# Frappe's own, present on every site whatever app uses them.
OF_FRAPPE = {"Approved", "Rejected", "Pending", "Approve", "Reject", "Review"}


def before_uninstall() -> None:
	if frappe.db.exists("Workflow", WORKFLOW):
		frappe.delete_doc("Workflow", WORKFLOW, force=True, ignore_permissions=True)
	remove_unused_words()
	remove_our_files()
	remove_unused_roles()


def remove_unused_words() -> None:
	"""Remove workflow states and actions that no other workflow uses."""
	used_states = set(
		frappe.get_all("Workflow Document State", pluck="state", distinct=True, order_by="state")
	)
	used_actions = set(
		frappe.get_all("Workflow Transition", pluck="action", distinct=True, order_by="action")
	)
	for state in lifecycle.STATES:
		if state.name not in used_states | OF_FRAPPE:
			frappe.delete_doc_if_exists("Workflow State", state.name, force=True)
	for action in lifecycle.ACTIONS:
		if action not in used_actions | OF_FRAPPE:
			frappe.delete_doc_if_exists("Workflow Action Master", action, force=True)


def remove_our_files() -> None:
	"""Remove files that belong to documents which go away with the app."""
	from p2ham.access import files

	for name in frappe.get_all(
		"File",
		filters={"attached_to_doctype": ("in", (*files.OWNERS, "P2HAM Settings"))},
		pluck="name",
		order_by="name",
	):
		frappe.delete_doc("File", name, force=True, ignore_permissions=True, ignore_on_trash=False)


def remove_unused_roles() -> None:
	"""Remove our roles, and with them their assignment to users, unless another app gives them rights too."""
	ours = frappe.get_all("DocType", filters={"module": "P2HAM"}, pluck="name", order_by="name")
	for role in lifecycle.ROLES:
		elsewhere = frappe.db.exists("DocPerm", {"role": role, "parent": ("not in", ours)})
		if elsewhere or frappe.db.exists("Custom DocPerm", {"role": role, "parent": ("not in", ours)}):
			continue
		frappe.db.delete("Has Role", {"role": role})
		frappe.db.delete("Custom DocPerm", {"role": role})
		frappe.delete_doc_if_exists("Role", role, force=True)
