"""Doors of "Download evidence": the evidence of an assessment as one ZIP, made for the one who asks."""

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from werkzeug.wrappers import Response

from p2ham.access.download_log import EVIDENCE, PACKED
from p2ham.api.documents import file_name
from p2ham.documents import evidence_package
from p2ham.paper import prepared_files


@frappe.whitelist(methods=["POST"])
def prepare(assessment: str) -> dict:
	"""Make the package, at once or in the background; return how far it has come (`handouts.state`).

	Raises frappe.PermissionError, and frappe.ValidationError where the disk has no room for it.
	"""
	return prepared_files.prepare(evidence_package.for_assessment(assessment))


@frappe.whitelist(methods=["GET"])
def state(assessment: str) -> dict:
	"""Return how far the package of what the user may see now has come. Raises frappe.PermissionError."""
	return prepared_files.state(evidence_package.for_assessment(assessment))


@frappe.whitelist(methods=["GET"])
def download(assessment: str) -> Response:
	"""Hand out the package of what the user may see now.

	Raises frappe.PermissionError, and frappe.ValidationError if there is none (`handouts.send`).
	"""
	found = evidence_package.for_assessment(assessment)
	response = prepared_files.send(found, file_name("Data-Dukung", assessment, "zip"))
	_log(found)
	return response


def _log(found: evidence_package.Package) -> None:
	"""Who took a package away, and whose personal data with it (UU 27/2022)."""
	doc = found.doc
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="ZIP", method=PACKED)
	for evidence in found.personal():
		make_access_log(doctype=EVIDENCE, document=evidence, file_type="ZIP", method=PACKED)
