"""A report as it was run for the session's user, for what is made of it: the Excel file, the PDF, the presentation."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.desk import query_report
from frappe.utils import cint, strip_html

from p2ham.engine.faults import N_
from p2ham.figures import cells

MODULE = "P2HAM"
NUMBERS = ("Int", "Float", "Percent", "Currency")
CHECKS = ("late", "waiting", "overdue", "unused", "personal", "weak", "without_cancelled")
# What the filters of our reports are called; a test holds this against the reports.
FILTERS = {
	"period": N_("Period"),
	"opd": N_("Unit"),
	"workflow_state": N_("State"),
	"assessment_year": N_("Assessment Year"),
	"standing": N_("Standing"),
	"weak": N_("Weak Only"),
	"status": N_("Status"),
	"overdue": N_("Late Only"),
	"late": N_("Late Only"),
	"waiting": N_("Waiting for Me"),
	"years": N_("Number of Years"),
	"user": N_("User"),
	"action": N_("Action"),
	"from_date": N_("From Date"),
	"to_date": N_("To Date"),
	"verification": N_("Verification"),
	"validity": N_("Validity"),
	"personal": N_("Personal Data Only"),
	"unused": N_("Unused Only"),
	"without_cancelled": N_("Without Cancelled Assessments"),
	"year": N_("Year"),
	"quarter": N_("Quarter"),
	"side": N_("Answers of"),
	"view": N_("View"),
	"criterion": N_("Criterion"),
	"indicator": N_("Indicator"),
	"aspect": N_("Group or Principle"),
}


@dataclass(frozen=True)
class Result:
	"""What the screen shows: `columns` and `rows` as `look` makes them, `filters` and `notices` in words."""

	name: str
	title: str
	doctype: str
	filters: list[tuple[str, str]]
	columns: list[dict]
	rows: list[dict]
	notices: list[str] = field(default_factory=list)
	cards: list[dict] = field(default_factory=list)
	chart: dict | None = None


def run(report: str, filters: dict | str | None = None) -> Result:
	"""Run a report of this app for the session's user, in the scope that their duties give them now.

	Raises frappe.DoesNotExistError for a report that is none of ours, frappe.PermissionError where the user may not
	run it, and what the report says of its filters.
	"""
	known = scoped_report(report)
	chosen = _read(filters)
	found = query_report.run(report, chosen, ignore_prepared_report=True, are_default_filters=False)
	return Result(
		name=report,
		title=_(report),
		doctype=known.ref_doctype,
		filters=in_words(chosen),
		columns=[column for column in found["columns"] or [] if not column.get("hidden")],
		rows=[row for row in found["result"] or [] if isinstance(row, dict)],
		notices=_lines(found.get("message")),
		cards=found.get("report_summary") or [],
		chart=found.get("chart") or None,
	)


def scoped_report(name: str):
	"""Return the record of a report of this app. Raises frappe.DoesNotExistError."""
	record = frappe.get_cached_doc("Report", name)
	if record.module != MODULE or record.report_type != "Script Report":
		raise frappe.DoesNotExistError(_("{0}: {1} does not exist.").format(_("Report"), name))
	return record


def _read(filters: dict | str | None) -> dict:
	given = frappe.parse_json(filters) if isinstance(filters, str) else filters
	if given is not None and not isinstance(given, dict):
		frappe.throw(_("The filters of the report cannot be read."))
	return {name: value for name, value in (given or {}).items() if value not in (None, "", [])}


def in_words(filters: dict) -> list[tuple[str, str]]:
	"""Return the filters as a reader knows them: label and value."""
	found = []
	for name, value in filters.items():
		if name not in FILTERS:
			continue
		if name in CHECKS:
			value = _("Yes") if cint(value) else ""
		if value:
			found.append((_(FILTERS[name]), _(str(value))))
	return found


def _lines(message: str | None) -> list[str]:
	"""Take apart what `look.notice` put together."""
	return [html.unescape(strip_html(line)) for line in (message or "").split("<br>") if line]


def text_of(value, column: dict) -> str:
	"""Return the value of a cell as it is written in a document; a dash where there is none."""
	if value is None or value == "":
		return "–"
	if column["fieldtype"] in ("Float", "Percent", "Currency"):
		return cells.decimal(value, cint(column.get("precision", 2)))
	if column["fieldtype"] == "Check":
		return _("Yes") if cint(value) else _("No")
	if column["fieldtype"] in ("Date", "Datetime"):
		return frappe.format_value(value, {"fieldtype": column["fieldtype"]})
	return str(value)
