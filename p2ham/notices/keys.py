"""Who holds a duty is told when somebody gets what it takes to act in their name: an API key, a token, a password.

No setting and no wish of their own switches it off, and it is written in the transaction of the key itself: without the
notice there is no key. Whoever rules the database or the server needs no key.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import escape_html, get_url_to_form, now_datetime, nowdate

from p2ham.access import duties
from p2ham.engine.duties import KABAG_HUKUM, SEKDA
from p2ham.engine.faults import N_
from p2ham.notices import mails, wording

TEMPLATE = "p2ham/templates/emails/notice.html"
# Keys to these are told to all who hold one of them.
DECIDE = (KABAG_HUKUM, SEKDA)

KEY = N_("{1} made an API key that acts in the name of {0}")
TOKEN = N_("{1} got a token of {2} that acts in the name of {0}")
PASSWORD = N_("{1} set a new password for {0}")
PRESENT = N_("There is an API key or a token that acts in the name of {0}, made before the appointment")


def watch_user(user, method: str | None = None) -> None:
	"""`User.before_validate`, when a new password still stands in the document: somebody gets an API key or another
	secret of it, or another sets their password."""
	if user.is_new():
		return
	before = user.get_doc_before_save()
	if _is_set(user, "api_secret") or (user.api_key and (not before or user.api_key != before.api_key)):
		tell(KEY, user.name)
	if user.name != frappe.session.user and _is_set(user, "new_password"):
		tell(PASSWORD, user.name)


def _is_set(user, field: str) -> bool:
	"""Tell whether a field for a password holds a new one: what is stored is read as asterisks."""
	value = user.get(field)
	return bool(value) and bool(str(value).strip("*"))


def watch_token(token, method: str | None = None) -> None:
	"""`OAuth Bearer Token.validate`: an application gets a token, or one comes to act for somebody else. Of one that is
	renewed each hour people are told once a day."""
	before = token.get_doc_before_save()
	if token.user and (not before or (before.user, before.client) != (token.user, token.client)):
		app = frappe.db.get_value("OAuth Client", token.client, "app_name") if token.client else ""
		tell(TOKEN, token.user, app or _("an application"), once=f"{nowdate()} {token.client}")


def watch_appointment(officer) -> None:
	"""Somebody gets a duty: a key that was made for them before is told now."""
	if frappe.db.get_value("User", officer.user, "api_key") or frappe.db.exists(
		"OAuth Bearer Token", {"user": officer.user, "status": "Active"}
	):
		tell(PRESENT, officer.user, once=officer.name)


def tell(what: str, user: str, about: str = "", once: str = "") -> None:
	"""Tell the holder of a duty, and who else decides if they do, that `what` has happened; nobody, if they hold none.
	What is told `once` is not told again."""
	held = {row.duty for row in duties.terms_of(user)}
	if not held:
		return
	values = (frappe.utils.get_fullname(user), frappe.utils.get_fullname(frappe.session.user), about)
	for person in _whom(user, held):
		with wording.speaking(person.language or frappe.local.lang):
			_tell(person, user, _(what).format(*values), once or str(now_datetime()))


def _whom(user: str, held: set[str]) -> list[frappe._dict]:
	users = {user}
	if held.intersection(DECIDE):
		users.update(row.user for duty in DECIDE for row in duties.holders(duty))
	return frappe.get_all(
		"User",
		filters={"name": ("in", sorted(users)), "enabled": 1},
		fields=["name", "email", "language"],
		order_by="name",
	)


def _tell(person: frappe._dict, user: str, subject: str, moment: str) -> None:
	name = wording.notification_name("key", person.name, user, subject, moment)
	if frappe.db.exists("Notification Log", name):
		return
	wording.notify(
		[
			{
				"name": name,
				"for_user": person.name,
				"from_user": frappe.session.user,
				"subject": escape_html(subject),
				"document_type": "User",
				"document_name": user,
			}
		]
	)
	if person.email and mails.can_be_sent():
		mails.send([person.email], subject, _content(user, subject), "User", user)


def _content(user: str, subject: str) -> str:
	news = {
		"subject": subject,
		"text": _(
			"Whoever has it approves, reviews and signs in the app as if it were this person. If it was not agreed upon,"
			" have it taken away at once, and have the log of the last days looked through."
		),
		"address": get_url_to_form("User", user),
	}
	why = _("You get this because of your duty in P2HAM. It is sent whatever the settings say.")
	return wording.rendered(TEMPLATE, {"news": [news], "open": _("Open in P2HAM"), "why": why})
