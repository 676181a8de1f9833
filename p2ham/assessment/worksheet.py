"""What a save of an assessment does with its rows, in its order."""

from __future__ import annotations

from p2ham.assessment import evidence_rows, results, rows
from p2ham.instruments import store


def recompute(doc) -> None:
	"""Check the rows of an assessment and set what follows from them: points, scores by criterion, totals, category, `meets`
	and completeness.

	Raises frappe.ValidationError, with row and field, for an answer that its scale does not know.
	"""
	instrument = store.load(doc.instrument)
	evidence_rows.check(doc, instrument)
	rows.check_carried_over(doc)
	rows.reset_what_changed(doc)
	results.store_results(doc, results.compute(doc, instrument))
