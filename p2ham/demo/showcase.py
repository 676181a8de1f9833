"""A record of the demo for every official document: what the pictures of the documentation show, and what the tests
print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import frappe

from p2ham.documents.catalogue import Kind
from p2ham.engine import lifecycle

# What is printed where the demo has no number: the agenda clerk of an office gives it.
NUMBER = "100.2.1.6/0353/HUKUM"


@dataclass(frozen=True)
class Shown:
	"""The record that a document is printed of, and what is chosen of it (`unit`)."""

	name: str
	choice: dict[str, str] = field(default_factory=dict)


def approved_assessment() -> Shown:
	return Shown(first("P2HAM Assessment", "assessment_year desc, name", workflow_state=lifecycle.APPROVED))


def first(doctype: str, order_by: str, **filters) -> str:
	"""Return the first record in an order. Raises IndexError where the demo has none."""
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by=order_by, limit=1)[0]


# By the key of the document (p2ham.documents.catalogue).
RECORDS: dict[str, Callable[[], Shown]] = {
	"assessment_sheet": approved_assessment,
	"evidence_list": approved_assessment,
}


def record_of(kind: Kind) -> tuple:
	"""Return the document that `kind` is printed of, with an example of a number where it has none (not saved), and
	what is chosen of it."""
	shown = RECORDS[kind.key]()
	doc = frappe.get_doc(kind.doctype, shown.name)
	if kind.number_field and not doc.get(kind.number_field):
		doc.set(kind.number_field, NUMBER)
	return doc, shown.choice
