"""Roles follow duties: a role opens the door of the desk, the duty decides what is behind it."""

from __future__ import annotations

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.access import duties, traces
from p2ham.engine.duties import DUTIES


def sync(user: str) -> None:
	"""Give `user` the roles of the duties held today, and take away those of duties that ended."""
	if user in ("Administrator", "Guest") or not frappe.db.exists("User", user):
		return
	wanted = duties.names(duties.held_by(user))
	present = _present([user]).get(user, set())
	if wanted == present:
		return
	record = frappe.get_doc("User", user)
	record.flags.ignore_permissions = True
	record.set("roles", [row for row in record.roles if row.role not in present - wanted])
	record.append_roles(*sorted(wanted - present))
	record.save()
	if present - wanted:
		traces.forget_follower(user)


def sync_all() -> None:
	"""Bring every officer's roles up to date, with two queries and one save for each user that is behind."""
	today = getdate(nowdate())
	wanted: dict[str, set[str]] = defaultdict(set)
	for row in frappe.get_all(
		"P2HAM Officer", fields=["user", "duty", "from_date", "to_date"], order_by="user"
	):
		wanted[row.user].update({row.duty} if duties.term(row).includes(today) else ())
	present = _present(list(wanted))
	for user, roles in wanted.items():
		if roles != present.get(user, set()):
			sync(user)


def _present(users: list[str]) -> dict[str, set[str]]:
	present: dict[str, set[str]] = defaultdict(set)
	for user, role in frappe.get_all(
		"Has Role",
		filters={"parent": ("in", [*users, ""]), "parenttype": "User", "role": ("in", DUTIES)},
		fields=["parent", "role"],
		order_by="parent, role",
		as_list=True,
	):
		present[user].add(role)
	return present


def sync_session(login_manager=None) -> None:
	"""Frappe's `on_session_creation`: a duty that begins today opens the desk at once."""
	if frappe.session.user not in ("Administrator", "Guest"):
		sync(frappe.session.user)


def keep(user, method: str | None = None) -> None:
	"""`User.validate`: whoever saves a user, a role profile included, does not take away the role of a duty."""
	if user.name in ("Administrator", "Guest") or user.is_new():
		return
	missing = duties.names(duties.held_by(user.name)) - {row.role for row in user.roles}
	user.append_roles(*sorted(missing))


def refuse_rename(user, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""`User.before_rename`: the log names users as they were, and a merge would hand a duty on to somebody who was
	not appointed. Raises frappe.PermissionError."""
	if frappe.db.exists("P2HAM Assessment Log", {"user": old}) or (
		merge and frappe.db.exists("P2HAM Officer", {"user": ("in", (old, new))})
	):
		frappe.throw(
			_(
				"{0} stands in the audit trail of P2HAM and keeps its name. Create a new user and hand the duty over."
			).format(old),
			frappe.PermissionError,
			title=_("Audit Trail"),
		)
