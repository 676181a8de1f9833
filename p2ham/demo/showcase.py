"""A record of the demo for every official document: what the pictures of the documentation show, and what the tests
print. Nothing of it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from frappe.model.document import Document

from p2ham.documents.catalogue import Kind
from p2ham.engine import lifecycle

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
	doc.meets, doc.items[0].mandatory = 0, 1
	return Shown(doc)


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
}


def of(kind: Kind) -> Shown:
	"""Return what `kind` is printed of, with an example of a number where it has none."""
	shown = RECORDS[kind.key]()
	if kind.number_field and not shown.doc.get(kind.number_field):
		shown.doc.set(kind.number_field, NUMBER)
	return shown
