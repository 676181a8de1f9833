"""Roles follow duties: a role opens the door of the desk, the duty decides what is behind it."""

from __future__ import annotations

import frappe

from p2ham.access import duties
from p2ham.engine import lifecycle


def sync(user: str) -> None:
	"""Give `user` the roles of the duties held today, and take away those of duties that ended."""
	if user in ("Administrator", "Guest") or not frappe.db.exists("User", user):
		return
	wanted = duties.names(duties.held_by(user))
	present = set(
		frappe.get_all(
			"Has Role",
			filters={"parent": user, "parenttype": "User", "role": ("in", lifecycle.DUTIES)},
			pluck="role",
			order_by="role",
		)
	)
	if wanted == present:
		return
	record = frappe.get_doc("User", user)
	record.flags.ignore_permissions = True
	record.set("roles", [row for row in record.roles if row.role not in present - wanted])
	record.append_roles(*sorted(wanted - present))
	record.save()


def sync_all() -> None:
	"""Bring every officer's roles up to date: terms begin and end at midnight, without anybody saving."""
	for user in frappe.get_all("P2HAM Officer", pluck="user", distinct=True, order_by="user"):
		sync(user)
