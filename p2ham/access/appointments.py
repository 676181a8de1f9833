"""Who may give a duty to whom: Kabag Hukum and Sekda are appointed by a System Manager, and nobody appoints themselves,
also not through a second step."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import duties, scope
from p2ham.engine.duties import SINGLE_POSTS, UNIT_DUTIES


def check(duty: str, *users: str | None) -> None:
	"""Refuse that the session's user records, changes or ends a duty of `users`.

	Raises frappe.PermissionError.
	"""
	user = frappe.session.user
	if user == "Administrator":
		return
	if user in users:
		frappe.throw(
			_("Nobody appoints themselves: ask another person to record or change this duty."),
			frappe.PermissionError,
		)
	if duty in SINGLE_POSTS and "System Manager" not in frappe.get_roles(user):
		frappe.throw(_("Only a System Manager appoints {0}.").format(_(duty)), frappe.PermissionError)


def check_move(unit: str, target: str | None) -> None:
	"""Refuse that the session's user moves a unit below one for which they hold a duty: it would become theirs.

	Raises frappe.PermissionError.
	"""
	mine = {held.opd for held in duties.held_by() if held.opd and held.duty in UNIT_DUTIES}
	if any(target in scope.below(opd) and unit not in scope.below(opd) for opd in mine):
		frappe.throw(
			_("You hold a duty for {0}, so {1} would come under you: ask another person to move it.").format(
				", ".join(sorted(mine)), unit
			),
			frappe.PermissionError,
		)
