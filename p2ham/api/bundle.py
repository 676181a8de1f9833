"""Doors of "Print as one PDF": the sheets of many assessments in one file, made for the one who asks.

All are POST: the names of hundreds of sheets are too long for an address.
"""

import frappe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from werkzeug.wrappers import Response

from p2ham.api.documents import file_name
from p2ham.documents.bundle import DOCTYPE, Bundle
from p2ham.paper import prepared_files


@frappe.whitelist(methods=["POST"])
def prepare(names: str | list[str]) -> dict:
	"""Make the PDF of these assessments, at once or in the background; return how far it has come (`handouts.state`) and
	what is `left_out`.

	Raises frappe.ValidationError for too many, for none that can be printed, and where the disk has no room for it.
	"""
	return prepared_files.prepare(_bundle(names))


@frappe.whitelist(methods=["POST"])
def state(names: str | list[str]) -> dict:
	"""Return how far the PDF of these assessments, as they are now, has come, and what is `left_out` of it.

	Raises frappe.ValidationError for too many.
	"""
	return prepared_files.state(_bundle(names))


@frappe.whitelist(methods=["POST"])
def download(names: str | list[str]) -> Response:
	"""Hand out the PDF of these assessments as they are now.

	Raises frappe.ValidationError if there is none (`handouts.send`).
	"""
	bundle = _bundle(names)
	response = prepared_files.send(bundle, file_name(bundle.kind.title, str(bundle.total)))
	for sheet in bundle.sheets:
		make_access_log(doctype=DOCTYPE, document=sheet.name, file_type="PDF", method=bundle.kind.title)
	return response


def _bundle(names: str | list[str]) -> Bundle:
	try:  # a form that is posted sends the list as text
		found = frappe.parse_json(names) if isinstance(names, str) and names.startswith("[") else names
	except ValueError:
		frappe.throw(_("This is no list of names."))
	return Bundle([found] if isinstance(found, str) else [str(name) for name in found])
