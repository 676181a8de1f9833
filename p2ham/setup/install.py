"""What a site needs before the app can be used. Every step can run again without a change."""

from __future__ import annotations

import click
import frappe
from frappe.model.base_document import get_controller

from p2ham.engine import lifecycle
from p2ham.engine.duties import ROLES
from p2ham.instruments import writing
from p2ham.setup import blocks, version


def after_install() -> None:
	"""Runs before the fixtures: the workflow needs its states and actions."""
	ensure_roles()
	ensure_workflow_words()
	blocks.ensure_blocks()


def after_sync() -> None:
	ensure_global_search()
	ensure_opd_types()
	writing.install_shipped()


def after_migrate() -> None:
	version.check()
	version.warn_of_holes()
	warn_of_foreign_file_class()
	warn_of_lost_overrides()
	ensure_roles()
	ensure_workflow_words()
	ensure_opd_types()
	writing.install_shipped()
	blocks.ensure_blocks()


def warn_of_foreign_file_class() -> None:
	"""Say so if another app has put a File of its own in the place of ours: the last one wins in Frappe."""
	from p2ham.access.file_class import GuardedFile

	if not issubclass(get_controller("File"), GuardedFile):
		click.secho(
			"P2HAM: another app replaces the class of File; the uploader of an evidence file can download it after"
			" the end of the duty.",
			fg="yellow",
		)


def warn_of_lost_overrides() -> None:
	"""Name each function of Frappe whose place ours does not take any more, after an update or because of another app."""
	from p2ham.access import replaced_functions

	for fault in replaced_functions.faults():
		click.secho(
			f"P2HAM: {fault}; what it kept from people may be open. Tell the makers of P2HAM.", fg="yellow"
		)


def ensure_global_search() -> None:
	"""Let people find their documents in the desk's search; an administrator may take DocTypes out again."""
	settings = frappe.get_doc("Global Search Settings")
	present = {row.document_type for row in settings.allowed_in_global_search}
	for entry in frappe.get_hooks("global_search_doctypes", app_name="p2ham")["Default"]:
		if entry["doctype"] not in present:
			settings.append("allowed_in_global_search", {"document_type": entry["doctype"]})
	settings.save(ignore_permissions=True)


def ensure_roles() -> None:
	"""Create missing roles; existing ones stay as the site's administrator has set them (two-factor, home)."""
	for role in ROLES:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(
				ignore_permissions=True
			)


def ensure_workflow_words() -> None:
	"""Create missing Workflow States and Actions. Both are shared by all workflows of a site, therefore
	what exists, ours or not, is left as it is."""
	for state in lifecycle.STATES:
		if not frappe.db.exists("Workflow State", state.name):
			frappe.get_doc(
				{"doctype": "Workflow State", "workflow_state_name": state.name, "style": state.style}
			).insert(ignore_permissions=True)
	for action in lifecycle.ACTIONS:
		if not frappe.db.exists("Workflow Action Master", action):
			frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": action}).insert(
				ignore_permissions=True
			)


# The kinds of units a regency has (domain knowledge, not law); a regency adds and renames its own.
OPD_TYPES = (
	"Kabupaten",
	"Sekretariat",
	"Bagian",
	"Inspektorat",
	"Dinas",
	"Badan",
	"Satpol PP",
	"Kecamatan",
	"Kelurahan",
	"UPTD",
	"Puskesmas",
	"Rumah Sakit",
)


def ensure_opd_types() -> None:
	"""Offer the usual types on a site that has none yet."""
	if frappe.db.count("P2HAM OPD Type"):
		return
	for name in OPD_TYPES:
		frappe.get_doc({"doctype": "P2HAM OPD Type", "type_name": name}).insert(ignore_permissions=True)
