"""Which Frappe this app runs on."""

import frappe
from frappe import _

SUPPORTED = (15, 16)


def check() -> None:
	"""Refuse a Frappe that the app is not made for, in a sentence that says what to do."""
	major = int(frappe.__version__.split(".")[0])
	if major not in SUPPORTED:
		frappe.throw(
			_(
				"P2HAM runs on Frappe 15 and 16; this site has Frappe {0}. Install it in a bench with one of these."
			).format(frappe.__version__)
		)
