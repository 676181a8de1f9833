"""Mails of what people are told: one for those who read the same in the same language, each addressed alone."""

from __future__ import annotations

from collections.abc import Iterable

import frappe
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import cint

SETTINGS = "P2HAM Settings"


def are_sent() -> bool:
	"""Tell whether mails are wanted, and the site has an account to send them from."""
	return bool(cint(frappe.db.get_single_value(SETTINGS, "send_notice_mails"))) and can_be_sent()


def can_be_sent() -> bool:
	"""Tell whether the site has an account to send mails from."""
	account = EmailAccount.find_outgoing()
	# Frappe makes up an account without an address where mails are muted.
	return bool(account and account.email_id)


def send(addresses: Iterable[str], subject: str, content: str, doctype: str, name: str) -> None:
	"""Put a mail in Frappe's queue; nobody sees who else gets it. It names the document it is about, so that it can
	be found again. What goes wrong is logged: people are told in the desk all the same."""
	recipients = sorted(set(addresses))
	if not recipients:
		return
	frappe.db.savepoint("p2ham_mail")
	try:
		frappe.sendmail(
			recipients=recipients,
			subject=one_line(subject),
			message=content,
			reference_doctype=doctype,
			reference_name=name,
		)
	except Exception:
		frappe.db.rollback(save_point="p2ham_mail")
		frappe.log_error(title="P2HAM: a mail could not be queued")


def is_queued(doctype: str, name: str) -> bool:
	"""Tell whether a mail about a document is in the queue, or was."""
	return bool(frappe.db.exists("Email Queue", {"reference_doctype": doctype, "reference_name": name}))


def one_line(text: str) -> str:
	"""Return a text as it can stand in the head of a mail."""
	return " ".join(text.split())
