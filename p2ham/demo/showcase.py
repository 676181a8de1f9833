"""A record of the demo for every official document: what the pictures of the documentation show, and what the tests
print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from frappe.utils import getdate, nowdate

from p2ham.demo import build
from p2ham.demo.factories import acting_as, take_step
from p2ham.documents.catalogue import Kind
from p2ham.engine import lifecycle
from p2ham.reporting.quarter import Span

# What is printed where the demo has no number: the agenda clerk of an office gives it.
NUMBER = "100.2.1.6/0353/HUKUM"
OUT_OF_REACH = 99.5  # points


@dataclass(frozen=True)
class Shown:
	"""The record that a document is printed of, and what is chosen of it (`unit`)."""

	name: str
	choice: dict[str, str] = field(default_factory=dict)


def approved_assessment() -> Shown:
	return Shown(first("P2HAM Assessment", "assessment_year desc, name", workflow_state=lifecycle.APPROVED))


def failed_assessment() -> Shown:
	"""The demo's instruments have no passing score, as the regulation names none: one is set, and the Sekda approves."""
	name = first("P2HAM Assessment", "assessment_year desc, name", workflow_state=lifecycle.REVIEWED)
	instrument = frappe.db.get_value("P2HAM Assessment", name, "instrument")
	frappe.db.set_value("P2HAM Instrument", instrument, "passing_score", OUT_OF_REACH)
	with acting_as(build.officer(build.read(), lifecycle.SEKDA)):
		take_step(name, "Approve")
	return Shown(name)


def quarterly_report() -> Shown:
	"""The letter about the quarter at hand, made by Bagian Hukum."""
	period = first("P2HAM Period", "assessment_year desc", status="Open", family="P2HAM")
	span = Span.of(getdate(nowdate()))
	with acting_as(build.officer(build.read(), lifecycle.KABAG_HUKUM)):
		report = frappe.get_doc(
			{
				"doctype": "P2HAM Quarterly Report",
				"year": span.year,
				"quarter": str(span.quarter),
				"period": period,
				"report_date": nowdate(),
				"addressee": "Kepala Kantor Wilayah Kementerian Hukum dan HAM\nSumatera Selatan",
				"addressee_place": "Palembang",
				"copies": "Bupati Empat Lawang (sebagai laporan).",
			}
		).insert()
	return Shown(report.name)


def closed_period() -> Shown:
	name = first("P2HAM Period", "assessment_year desc", status="Closed", family="P2HAM")
	frappe.db.set_value("P2HAM Period", name, "recap_date", nowdate())
	return Shown(name)


def declaration() -> Shown:
	"""One of the units that have declared themselves."""
	period = first("P2HAM Period", "assessment_year desc", status="Open", family="P2HAM")
	row = frappe.get_all(
		"P2HAM Period Participant",
		filters={"parent": period, "status": "Declared"},
		fields=["name", "opd"],
		order_by="idx",
		limit=1,
	)[0]
	frappe.db.set_value("P2HAM Period Participant", row.name, "declaration_number", NUMBER)
	return Shown(period, {"unit": row.opd})


def meeting() -> Shown:
	return Shown(first("P2HAM Guidance", "date desc", kind="Coordination Meeting", status="Held"))


def result_of_the_regency() -> Shown:
	return Shown(first("P2HAM KKPHAM Result", "assessment_year desc", is_regency=1))


def first(doctype: str, order_by: str, **filters) -> str:
	"""Return the first record in an order. Raises IndexError where the demo has none."""
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by=order_by, limit=1)[0]


# By the key of the document (p2ham.documents.catalogue). What the demo does not have is made in the transaction at
# hand, which whoever asks takes back.
RECORDS: dict[str, Callable[[], Shown]] = {
	"assessment_sheet": approved_assessment,
	"evaluation_record": approved_assessment,
	"evaluation_statement": failed_assessment,
	"evidence_list": approved_assessment,
	"quarterly_report": quarterly_report,
	"recapitulation": closed_period,
	"declaration": declaration,
	"minutes": meeting,
	"attendance_list": meeting,
	"kkpham_review": result_of_the_regency,
}


def record_of(kind: Kind) -> tuple:
	"""Return the document that `kind` is printed of, with an example of a number where it has none (not saved), and
	what is chosen of it."""
	shown = RECORDS[kind.key]()
	doc = frappe.get_doc(kind.doctype, shown.name)
	if kind.number_field and not doc.get(kind.number_field):
		doc.set(kind.number_field, NUMBER)
	return doc, shown.choice
