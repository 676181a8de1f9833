"""Doors of the presentation for a meeting."""

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log

from p2ham.api.documents import file_name, respond
from p2ham.documents import presentation

PAGE = "p2ham-presentation"


@frappe.whitelist(methods=["GET"])
def slides(period: str | None = None) -> dict:
	"""Return the screens of a period (default: the newest opened) as HTML, and how many there are.

	Raises frappe.PermissionError where the user may not open the page.
	"""
	check_may_present()
	shown = presentation.presentation(period)
	return {"html": presentation.html(shown), "count": len(shown["slides"]) + 1}


@frappe.whitelist(methods=["GET"])
def pdf(period: str | None = None) -> None:
	"""Show the screens as a PDF deck. Raises frappe.PermissionError where the user may not open the page."""
	check_may_present()
	shown = presentation.presentation(period)
	make_access_log(page=PAGE, file_type="PDF", method="Presentation")
	respond(file_name(shown["regency"] or "P2HAM", shown["title"]), presentation.render(shown))


def check_may_present() -> None:
	if not frappe.get_cached_doc("Page", PAGE).is_permitted():
		raise frappe.PermissionError
