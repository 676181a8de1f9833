"""A record of the demo for every official document: what the pictures of the documentation show, and what the tests
print. Nothing of it is committed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from frappe.model.document import Document
from frappe.utils import nowdate

from p2ham.documents.catalogue import Kind
from p2ham.engine import lifecycle
from p2ham.engine.scoring import FULL_POINTS

ASSESSMENT = "P2HAM Assessment"
# What is printed where the demo has no number: the agenda clerk of an office gives it.
NUMBER = "100.2.1.6/0353/HUKUM"


@dataclass(frozen=True)
class Shown:
	"""The record that a document is printed of, and what is chosen of it (`unit`)."""

	doc: Document
	choice: dict[str, str] = field(default_factory=dict)


def approved() -> Shown:
	return Shown(newest_assessment(lifecycle.APPROVED))


def failed() -> Shown:
	"""A reviewed assessment, as if one of its indicators had been mandatory and not met."""
	doc = newest_assessment(lifecycle.REVIEWED)
	missed = next(row for row in doc.items if row.verified_points < FULL_POINTS)
	doc.meets, missed.mandatory = 0, 1
	return Shown(doc)


def quarterly_report() -> Shown:
	return Shown(first("P2HAM Quarterly Report", "year desc, quarter desc"))


def closed_period() -> Shown:
	doc = first("P2HAM Period", "assessment_year desc", status="Closed", family="P2HAM")
	doc.recap_date = nowdate()
	return Shown(doc)


def declaration() -> Shown:
	"""That of a unit that has declared itself."""
	doc = open_period()
	row = next(row for row in doc.participants if row.status == "Declared")
	row.declaration_number = NUMBER
	return Shown(doc, {"unit": row.opd})


def open_period() -> Document:
	return first("P2HAM Period", "assessment_year desc", status="Open", family="P2HAM")


def meeting() -> Shown:
	return Shown(first("P2HAM Guidance", "date desc", kind="Coordination Meeting", status="Held"))


def result_of_the_regency() -> Shown:
	return Shown(first("P2HAM KKPHAM Result", "assessment_year desc", is_regency=1))


def newest_assessment(state: str) -> Document:
	return first(ASSESSMENT, "assessment_year desc, name", workflow_state=state)


def first(doctype: str, order_by: str, **filters) -> Document:
	"""Return the first record in an order. Raises ValueError where the demo has none."""
	(name,) = frappe.get_all(doctype, filters=filters, pluck="name", order_by=order_by, limit=1)
	return frappe.get_doc(doctype, name)


# By the key of the document (p2ham.documents.catalogue).
RECORDS: dict[str, Callable[[], Shown]] = {
	"assessment_sheet": approved,
	"evaluation_record": approved,
	"evaluation_statement": failed,
	"evidence_list": approved,
	"quarterly_report": quarterly_report,
	"recapitulation": closed_period,
	"declaration": declaration,
	"minutes": meeting,
	"attendance_list": meeting,
	"kkpham_review": result_of_the_regency,
}


def example_for(kind: Kind) -> Shown:
	"""Return what `kind` is printed of, with an example of a number where it has none."""
	shown = RECORDS[kind.key]()
	if kind.number_field and not shown.doc.get(kind.number_field):
		shown.doc.set(kind.number_field, NUMBER)
	return shown
