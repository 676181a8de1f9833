"""Follow-ups: from something weak to a dated action, and how far it is."""

from __future__ import annotations

import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from p2ham.engine import follow_up as rules
from p2ham.figures import choice, scoped

# What a follow-up may come from, by the field that names it.
SOURCES = {
	"assessment": "P2HAM Assessment",
	"kkpham_result": "P2HAM KKPHAM Result",
	"guidance": "P2HAM Guidance",
}


def found(
	filters: dict | None, today: datetime.date, sources: dict[str, list[str]] | None = None
) -> list[dict]:
	"""Return the follow-ups that the reader may see, the longest late first, then by due date, with `late` in days.

	`filters` may name a `period` (those of its assessments), a unit, an `indicator` and a `status`; `sources` limits to
	those that come from certain documents, {field of SOURCES: names}. `evidence` is the number of documents that show
	what was done. One query, and one for a unit and for an indicator.
	"""
	filters = filters or {}
	follow_up, assessment = scoped.table("P2HAM Follow-up"), scoped.table("P2HAM Assessment")
	indicator, proof = scoped.table("P2HAM Indicator"), scoped.table("P2HAM Follow-up Evidence")
	proofs = (
		scoped.within("P2HAM Follow-up Evidence").select(Count("*")).where(proof.parent == follow_up.name)
	)
	query = (
		scoped.within("P2HAM Follow-up")
		.left_join(indicator)
		.on(indicator.name == follow_up.indicator)
		.select(
			follow_up.name,
			follow_up.opd,
			follow_up.opd_name,
			follow_up.assessment,
			follow_up.kkpham_result,
			follow_up.guidance,
			follow_up.indicator,
			indicator.title.as_("indicator_title"),
			follow_up.recommendation,
			follow_up.action,
			follow_up.responsible,
			follow_up.due_date,
			follow_up.progress,
			follow_up.status,
			proofs.as_("evidence"),
		)
		.orderby(follow_up.due_date)
		.orderby(follow_up.name)
	)
	if filters.get("period"):
		query = query.join(assessment).on(assessment.name == follow_up.assessment)
		query = query.where(assessment.period == filters["period"])
	if filters.get("indicator"):
		query = query.where(follow_up.indicator == _known_indicator(filters["indicator"]))
	if filters.get("status"):
		query = query.where(follow_up.status == filters["status"])
	for field, names in (sources or {}).items():
		query = query.where(follow_up[field].isin(names))
	below = choice.unit(filters, follow_up.opd)
	rows = (query if below is None else query.where(below)).run(as_dict=True)
	for row in rows:
		row["late"] = rules.days_late(row["due_date"], row["status"], today)
	return sorted(rows, key=lambda row: -row["late"])


def _known_indicator(name: str) -> str:
	"""Return an indicator that a filter names. Raises frappe.DoesNotExistError, naming the filter."""
	indicator = scoped.table("P2HAM Indicator")
	known = scoped.within("P2HAM Indicator").select(indicator.name).where(indicator.name == name).run()
	if not known:
		frappe.throw(_("{0}: {1} does not exist.").format(_("Indicator"), name), frappe.DoesNotExistError)
	return name


def source(row: dict) -> tuple[str, str]:
	"""Return what a follow-up comes from: DocType and name, empty for nothing."""
	for field, doctype in SOURCES.items():
		if row[field]:
			return doctype, row[field]
	return "", ""
