"""Doors of "Download evidence": the evidence of an assessment as one ZIP, made for the one who asks."""

import frappe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.utils.response import send_private_file
from werkzeug.wrappers import Response

from p2ham.access.downloads import EVIDENCE, PACKED
from p2ham.api.documents import file_name
from p2ham.evidence import packing
from p2ham.evidence.package import FOLDER, Package


@frappe.whitelist(methods=["POST"])
def prepare(assessment: str) -> dict:
	"""Make the package, at once or in the background; return how far it has come (`packing.state`).

	Raises frappe.PermissionError, and frappe.ValidationError where the disk has no room for it.
	"""
	return packing.prepare(_package(assessment))


@frappe.whitelist(methods=["GET"])
def state(assessment: str) -> dict:
	"""Return how far the package of what the user may see now has come. Raises frappe.PermissionError."""
	return packing.state(_package(assessment))


@frappe.whitelist(methods=["GET"])
def download(assessment: str) -> Response:
	"""Hand out the package of what the user may see now.

	Raises frappe.PermissionError, and frappe.ValidationError if there is none: not prepared yet, or prepared when the
	evidence or the right to it was another one.
	"""
	package = _package(assessment)
	if not package.is_ready:
		frappe.throw(
			_("There is no package of the evidence as it is now. Prepare it again."),
			title=_("Not Prepared"),
		)
	_log(package)
	response = send_private_file(f"{FOLDER}/{package.path.name}")
	if "X-Accel-Redirect" not in response.headers:  # else the web server in front knows it
		# Without it, a download that breaks off would look like a whole one.
		response.content_length = package.path.stat().st_size
	name = file_name("Data-Dukung", assessment, "zip")
	response.headers["Content-Disposition"] = f"attachment; filename={name}"
	response.headers["Cache-Control"] = "no-store"
	return response


def _package(assessment: str) -> Package:
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("read")
	return Package(doc, frappe.session.user)


def _log(package: Package) -> None:
	"""Who took a package away, and whose personal data with it (UU 27/2022)."""
	doc = package.doc
	make_access_log(doctype=doc.doctype, document=doc.name, file_type="ZIP", method=PACKED)
	for evidence in package.personal():
		make_access_log(doctype=EVIDENCE, document=evidence, file_type="ZIP", method=PACKED)
