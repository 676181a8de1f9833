"""Leaving a site: Frappe removes DocTypes, reports and workspaces; we remove the rest that is ours alone."""

from __future__ import annotations

import click
import frappe

from p2ham.engine import lifecycle
from p2ham.engine.duties import ROLES
from p2ham.setup import blocks

WORKFLOW = "P2HAM Assessment"
# Frappe's own, present on every site whatever app uses them.
OF_FRAPPE = {"Approved", "Rejected", "Pending", "Approve", "Reject", "Review"}

# Where Frappe writes about documents: DocType -> field that names the DocType written about.
TRACES = {
	"Version": "ref_doctype",
	"Comment": "reference_doctype",
	"Communication": "reference_doctype",
	"View Log": "reference_doctype",
	"Notification Log": "document_type",
	"ToDo": "reference_type",
	"DocShare": "share_doctype",
	"Document Follow": "ref_doctype",
	"Tag Link": "document_type",
	"Workflow Action": "reference_doctype",
	"Activity Log": "reference_doctype",
	"Access Log": "export_from",
	"Deleted Document": "deleted_doctype",
	"Email Queue": "reference_doctype",
	"List View Settings": "name",
	"List Filter": "reference_doctype",
	"Document Share Key": "reference_doctype",
	"Global Search DocType": "document_type",
	"Custom DocPerm": "parent",
	"Property Setter": "doc_type",
	"Custom Field": "dt",
}


def before_uninstall() -> None:
	"""Runs while everything is still in place. Frappe calls it for a dry run too, which must change nothing."""
	if is_dry_run():
		return
	ours = frappe.get_all("DocType", filters={"module": "P2HAM"}, pluck="name", order_by="name")
	if frappe.db.exists("Workflow", WORKFLOW):
		frappe.delete_doc("Workflow", WORKFLOW, force=True, ignore_permissions=True, delete_permanently=True)
	remove_unused_words()
	blocks.remove_blocks()
	remove_our_files(ours)
	remove_unused_roles(ours)
	remove_traces(ours)


def is_dry_run() -> bool:
	context = click.get_current_context(silent=True)
	return bool(context and context.params.get("dry_run"))


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
			frappe.delete_doc(
				"Workflow State", state.name, force=True, ignore_missing=True, delete_permanently=True
			)
	for action in lifecycle.ACTIONS:
		if action not in used_actions | OF_FRAPPE:
			frappe.delete_doc(
				"Workflow Action Master", action, force=True, ignore_missing=True, delete_permanently=True
			)


def remove_our_files(ours: list[str]) -> None:
	"""Remove files that belong to documents which go away with the app."""
	for name in frappe.get_all(
		"File", filters={"attached_to_doctype": ("in", ours)}, pluck="name", order_by="name"
	):
		frappe.delete_doc("File", name, force=True, ignore_permissions=True, delete_permanently=True)


def remove_unused_roles(ours: list[str]) -> None:
	"""Remove our roles, and with them their assignment to users, unless another app gives them rights too."""
	for role in ROLES:
		if any(
			frappe.db.exists(doctype, {"role": role, "parent": ("not in", ours)})
			for doctype in ("DocPerm", "Custom DocPerm")
		):
			continue
		frappe.db.delete("Has Role", {"role": role})
		frappe.delete_doc("Role", role, force=True, ignore_missing=True, delete_permanently=True)


def remove_traces(ours: list[str]) -> None:
	"""Remove what Frappe has written about our documents: versions, comments, tags, settings of lists."""
	actions = frappe.get_all(
		"Workflow Action", filters={"reference_doctype": ("in", ours)}, pluck="name", order_by="name"
	)
	frappe.db.delete("Workflow Action Permitted Role", {"parent": ("in", [*actions, ""])})
	mails = frappe.get_all(
		"Email Queue", filters={"reference_doctype": ("in", ours)}, pluck="name", order_by="name"
	)
	frappe.db.delete("Email Queue Recipient", {"parent": ("in", [*mails, ""])})
	frappe.db.delete("Scheduled Job Type", {"method": ("like", "p2ham.%")})
	for doctype, field in TRACES.items():
		frappe.db.delete(doctype, {field: ("in", ours)})
	frappe.db.delete("Singles", {"doctype": ("in", ours)})
	frappe.db.delete("DefaultValue", {"defkey": "p2ham_demo"})
	frappe.db.delete("Series", {"name": ("like", "PJB-%")})
	frappe.db.delete("Series", {"name": ("like", "DD-%")})
	frappe.db.delete("Series", {"name": ("like", "P2HAM-%")})
	frappe.db.delete("__global_search", {"doctype": ("in", ours)})
