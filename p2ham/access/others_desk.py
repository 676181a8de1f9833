"""What Frappe lets every user of the desk put before all others: public events and notes, blocks of HTML, boards, filters
and workspaces. Who holds a duty here writes into their own desk only, since a script in one of these would act with the
rights of whoever opens their desk."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe import _

from p2ham.engine.duties import DUTIES

ROLES = frozenset((*DUTIES, "P2HAM Manager"))


def _for_another(field: str) -> Callable:
	return lambda doc: doc.get(field) != frappe.session.user


# Of each DocType what of it is shown to others. Whatever else Frappe lets every user of the desk write is their own, or
# follows the right to a document (tests/site/test_others_desk.py goes through all of them).
SHOWN_TO_OTHERS: dict[str, Callable] = {
	"Event": lambda doc: doc.event_type == "Public",
	# That somebody has seen a note, or moved a card, Frappe stores itself.
	"Note": lambda doc: (doc.public or doc.notify_on_login) and not doc.flags.ignore_permissions,
	"Custom HTML Block": lambda doc: True,
	"Kanban Board": lambda doc: not doc.private and not doc.flags.ignore_permissions,
	"List Filter": _for_another("for_user"),
	"Workspace": lambda doc: (
		not doc.public and _for_another("for_user")(doc)
	),  # of public ones Frappe takes care
	"Dashboard Settings": _for_another("name"),
}


def is_held_to_own_desk(user: str | None = None) -> bool:
	"""Tell whether `user` (default: the session's) has a role of P2HAM and does not run the site."""
	roles = frappe.get_roles(user or frappe.session.user)
	return "System Manager" not in roles and not ROLES.isdisjoint(roles)


def make_board_private(board, method: str | None = None) -> None:
	"""`Kanban Board.before_insert`: the desk makes each board public without asking, so one of ours becomes its maker's
	own."""
	if is_held_to_own_desk():
		board.private = 1


def refuse(doc, method: str | None = None) -> None:
	"""`validate` of each of `SHOWN_TO_OTHERS`. Raises frappe.PermissionError."""
	if SHOWN_TO_OTHERS[doc.doctype](doc) and is_held_to_own_desk():
		frappe.throw(
			_("{0}: who holds a duty of P2HAM keeps this to themselves; it may not be shown to all.").format(
				_(doc.doctype)
			),
			frappe.PermissionError,
			title=_("Not for All"),
		)
