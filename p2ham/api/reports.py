"""Doors of the reports: a report as Excel file and as PDF, both as the screen shows it."""

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.permissions import can_export

from p2ham.api.documents import file_name, respond
from p2ham.documents import report_sheet
from p2ham.reports import result, spreadsheet

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frappe.whitelist(methods=["GET"])
def excel(report: str, filters: str | dict | None = None) -> None:
	"""Hand out a report as Excel file.

	Raises frappe.PermissionError where the user may not run the report or export what it is about.
	"""
	can_export(result.scoped_report(report).ref_doctype, raise_exception=True)
	found = result.run(report, filters)
	content = spreadsheet.write(found)
	_log(found, "Excel")
	frappe.local.response.update(
		{
			"type": "download",
			"content_type": EXCEL,
			"filename": file_name(found.title, frappe.utils.nowdate(), "xlsx"),
			"filecontent": content,
		}
	)


@frappe.whitelist(methods=["GET"])
def pdf(report: str, filters: str | dict | None = None) -> None:
	"""Show a report as PDF with letterhead.

	Raises frappe.PermissionError where the user may not run the report or print what it is about.
	"""
	frappe.has_permission(result.scoped_report(report).ref_doctype, "print", throw=True)
	found = result.run(report, filters)
	content = report_sheet.render(report_sheet.report_sheet(found))
	_log(found, "PDF")
	respond(file_name(found.title, frappe.utils.nowdate()), content)


def _log(found: result.Result, kind: str) -> None:
	make_access_log(
		doctype=found.doctype,
		report_name=found.name,
		file_type=kind,
		filters=frappe.as_json(dict(found.filters)),
		columns=frappe.as_json([column["label"] for column in found.columns]),
		method="Report",
	)
