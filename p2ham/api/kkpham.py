"""Doors of KKP HAM: results from an Excel file, and where a result stands."""

import frappe
from frappe import _
from frappe.utils import cint

from p2ham.access import bagian_hukum
from p2ham.kkpham import import_preview, import_shown, importing, standing
from p2ham.tables.opening import MAX_BYTES, MEGABYTE


def _check_may_import() -> None:
	bagian_hukum.check(frappe.new_doc(import_preview.RESULT))
	frappe.has_permission(import_preview.RESULT, "create", throw=True)


def _sent_file() -> bytes:
	"""Return the bytes of the file that is sent along as `file`. Raises frappe.ValidationError."""
	sent = frappe.request.files.get("file") if frappe.request else None
	if not sent:
		frappe.throw(_("{0}: no file was sent.").format(_("File")), frappe.MandatoryError)
	# One byte more than may be, so that what is too large is not read to its end.
	content = sent.stream.read(MAX_BYTES + 1)
	if len(content) > MAX_BYTES:
		frappe.throw(
			_("{0} is larger than {1} MB.").format(
				frappe.utils.escape_html(sent.filename or ""), MAX_BYTES // MEGABYTE
			)
		)
	return content


@frappe.whitelist(methods=["GET"])
def template(instrument: str) -> None:
	"""Download the Excel form in which the results by an instrument are typed in. Raises frappe.PermissionError."""
	_check_may_import()
	content = importing.template(instrument)
	frappe.response.filename = f"Hasil KKP HAM {instrument}.xlsx"
	frappe.response.filecontent = content
	frappe.response.type = "download"


@frappe.whitelist(methods=["POST"])
def preview() -> dict:
	"""Say what the file that is sent along as `file` would change, row by row, and everything that is wrong with it.
	Nothing is written. Raises frappe.PermissionError and, without a file, frappe.MandatoryError."""
	_check_may_import()
	return import_shown.as_shown(import_preview.preview(_sent_file()))


@frappe.whitelist(methods=["POST"])
def apply(digest: str, chosen: str) -> dict:
	"""Import rows of the file that is sent along as `file` again: `digest` as the preview said it, `chosen` a JSON object
	{number of the row: stamp as the preview said it}. All of them are written or none. Return how many results were
	"created" and "changed".

	Raises frappe.PermissionError, and frappe.ValidationError where anything is not as it was previewed.
	"""
	_check_may_import()
	return importing.apply(_sent_file(), digest, _read_chosen(chosen))


def _read_chosen(chosen: str) -> dict[int, str]:
	try:
		given = frappe.parse_json(chosen)
	except ValueError:
		given = None
	if not isinstance(given, dict) or not all(
		cint(row) > 0 and isinstance(stamp, str) for row, stamp in given.items()
	):
		frappe.throw(_("{0}: cannot be read.").format("chosen"))
	if not given:
		frappe.throw(_("No row was chosen."))
	return {cint(row): stamp for row, stamp in given.items()}


@frappe.whitelist(methods=["GET", "POST"])
def get_standing(name: str) -> dict:
	"""Return what the form of a result shows beside it, in the scope of the session's user: the own forecast, the years
	before, and its rights with owners and follow-ups. Raises frappe.PermissionError."""
	doc = frappe.get_doc(import_preview.RESULT, name)
	doc.check_permission("read")
	return standing.for_result(doc)
