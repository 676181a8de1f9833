"""Doors of "Download evidence": the evidence of an assessment as one ZIP, made for the one who asks."""

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from werkzeug.wrappers import Response

from p2ham import handouts
from p2ham.access.downloads import EVIDENCE, PACKED
from p2ham.api.documents import file_name
from p2ham.evidence import package


@frappe.whitelist(methods=["POST"])
def prepare(assessment: str) -> dict:
	"""Make the package, at once or in the background; return how far it has come (`handouts.state`).

	Raises frappe.PermissionError, and frappe.ValidationError where the disk has no room for it.
	"""
	return handouts.prepare(package.of(assessment))


@frappe.whitelist(methods=["GET"])
def state(assessment: str) -> dict:
	"""Return how far the package of what the user may see now has come. Raises frappe.PermissionError."""
	return handouts.state(package.of(assessment))


@frappe.whitelist(methods=["GET"])
def download(assessment: str) -> Response:
	"""Hand out the package of what the user may see now.

	Raises frappe.PermissionError, and frappe.ValidationError if there is none (`handouts.send`).
	"""
	found = package.of(assessment)
	response = handouts.send(found, file_name("Data-Dukung", assessment, "zip"))
	_log(found)
	return response


def _log(found: package.Package) -> None:
	"""Who took a package away, and whose personal data with it (UU 27/2022)."""
	doc = found.doc
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="ZIP", method=PACKED)
	for evidence in found.personal():
		make_access_log(doctype=EVIDENCE, document=evidence, file_type="ZIP", method=PACKED)
