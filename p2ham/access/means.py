"""How somebody was let in who does something: by a login of their own, or by what lets another act in their name."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _

from p2ham.engine.faults import N_

API_KEY, OAUTH, IMPERSONATION, JOB, OTHER = (
	N_("API Key"),
	N_("OAuth Token"),
	N_("Impersonation"),
	N_("Background Job"),
	N_("Other Authentication"),
)
# What the header of a request says of how it was let in.
_BY_HEADER = {"token": API_KEY, "basic": API_KEY, "bearer": OAUTH}


@dataclass(frozen=True)
class Means:
	"""One of the words above, empty for a login of one's own; and who acts, where Frappe knows it."""

	word: str = ""
	user: str = ""

	def said(self) -> str:
		"""Say it in the language that is spoken, nothing for a login of one's own."""
		if not self.word:
			return ""
		return _("{0}: {1}").format(_(self.word), self.user) if self.user else _(self.word)


OWN_LOGIN = Means()


def of_request() -> Means:
	"""Return how the user of the session was let in.

	Work in the background has nobody's login. Scripts and the console of the server have no means either: who has them
	writes what they like.
	"""
	if not getattr(frappe.local, "request", None):
		return Means(JOB) if getattr(frappe.local, "job", None) else OWN_LOGIN
	if by := (frappe.session.get("data") or {}).get("impersonated_by"):
		return Means(IMPERSONATION, by)
	login = getattr(frappe.local, "login_manager", None)
	# A login leaves its user here; what a header or another app's hook lets in does not.
	if not login or login.user == frappe.session.user:
		return OWN_LOGIN
	return Means(_BY_HEADER.get(frappe.get_request_header("Authorization", "").split(" ")[0].lower(), OTHER))
