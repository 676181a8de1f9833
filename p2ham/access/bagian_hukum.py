"""What Bagian Hukum makes and changes is made by nobody else, Administrator included."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import duties
from p2ham.engine.duties import BAGIAN_HUKUM


def check(doc) -> None:
	"""Refuse whoever is not of Bagian Hukum. Raises frappe.PermissionError."""
	check_may_keep(doc.doctype)


def check_may_keep(doctype: str) -> None:
	"""Refuse whoever does not make documents of a DocType that Bagian Hukum keeps. Raises frappe.PermissionError."""
	if not duties.is_bagian_hukum():
		frappe.throw(
			_("{0}: only {1} may do this.").format(_(doctype), ", ".join(_(duty) for duty in BAGIAN_HUKUM)),
			frappe.PermissionError,
		)
