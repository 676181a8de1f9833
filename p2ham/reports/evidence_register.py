"""The evidence that assessments of a period rest on, and what lies unused."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import frappe
from frappe.query_builder.functions import Count, Sum
from pypika.queries import QueryBuilder
from pypika.terms import Case, Criterion, Term

from p2ham.engine import evidence as rules
from p2ham.figures import choice, scoped
from p2ham.figures.choice import Period

PENDING, ACCEPTED, RETURNED = "Pending", "Accepted", "Returned"
VERIFICATIONS = (PENDING, ACCEPTED, RETURNED)
VALIDITIES = (rules.VALID, rules.PARTLY_VALID, rules.NOT_VALID, rules.NO_DATES)


@dataclass(frozen=True)
class Totals:
	"""All uses that were asked for, however many are listed. `documents` counts each evidence once; `expired` and
	`expiring` the uses of those whose last day is over, or comes before the day that was named."""

	documents: int
	by_verification: dict[str, int]
	by_validity: dict[str, int]
	personal: int
	expired: int
	expiring: int

	@property
	def uses(self) -> int:
		return sum(self.by_verification.values())


def uses(period: Period, filters: dict | None, most: int) -> list[frappe._dict]:
	"""Return the uses of evidence in a period that the reader may see, by unit and sheet, `most` at most. What is told
	of a document is what stood in the revision that is used. One query, and one for a unit among the filters."""
	assessment, use = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Evidence Use")
	evidence, revision = scoped.table("P2HAM Evidence"), scoped.table("P2HAM Evidence Revision")
	indicator = scoped.table("P2HAM Indicator")
	return (
		_asked_for(period, filters)
		.left_join(indicator)
		.on(indicator.name == use.indicator)
		.select(
			assessment.name.as_("assessment"),
			assessment.opd,
			assessment.opd_name,
			use.indicator,
			indicator.code,
			indicator.title.as_("indicator_title"),
			use.slot,
			use.evidence,
			use.revision,
			revision.title,
			revision.kind,
			revision.document_date,
			revision.valid_until,
			revision.size,
			_is_personal(evidence, revision).as_("personal"),
			use.validity,
			use.verification,
			use.note,
		)
		.orderby(assessment.opd)
		.orderby(use.idx)
		.limit(most)
		.run(as_dict=True)
	)


def totals(period: Period, filters: dict | None, today: datetime.date, soon: datetime.date) -> Totals:
	"""Return what all uses add up to; `soon` is the last day on which a document counts as expiring. One query, and
	one for a unit among the filters."""
	use, evidence = scoped.table("P2HAM Evidence Use"), scoped.table("P2HAM Evidence")
	revision = scoped.table("P2HAM Evidence Revision")
	until = revision.valid_until

	def number(condition: Criterion) -> Term:
		return Sum(Case().when(condition, 1).else_(0))

	by_verification = [use.verification == name for name in VERIFICATIONS]
	by_verification[VERIFICATIONS.index(PENDING)] |= use.verification.isnull() | (use.verification == "")
	conditions = (
		*by_verification,
		*(use.validity == name for name in VALIDITIES),
		_is_personal(evidence, revision) == 1,
		until < today,
		(until >= today) & (until <= soon),
	)
	((documents, *found),) = (
		_asked_for(period, filters)
		.select(Count(use.evidence).distinct(), *(number(condition) for condition in conditions))
		.run()
	)
	numbers = iter(int(each or 0) for each in found)
	return Totals(
		documents,
		{name: next(numbers) for name in VERIFICATIONS},
		{name: next(numbers) for name in VALIDITIES},
		personal=next(numbers),
		expired=next(numbers),
		expiring=next(numbers),
	)


def unused(period: Period, filters: dict | None, most: int) -> tuple[list[frappe._dict], int]:
	"""Return the evidence that the reader may see and no assessment of a period uses, by unit and title, `most` at
	most, and how many there are. Two queries, and one for a unit among the filters."""
	evidence, unit = scoped.table("P2HAM Evidence"), scoped.table("P2HAM OPD")
	assessment, use = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Evidence Use")
	used = (
		scoped.within("P2HAM Assessment")
		.join(use)
		.on(use.parent == assessment.name)
		.select(use.evidence)
		.where((assessment.period == period.name) & (assessment.docstatus < 2) & use.evidence.isnotnull())
	)
	query = (
		scoped.within("P2HAM Evidence")
		.join(unit)
		.on(unit.name == evidence.opd)
		.where(evidence.name.notin(used))
	)
	if choice.flag(filters, "personal"):
		query = query.where(evidence.contains_personal_data == 1)
	if (filters or {}).get("opd"):
		query = query.where(choice.unit(filters, evidence.opd))
	((number,),) = query.select(Count("*")).run()
	rows = (
		query.select(
			evidence.name.as_("evidence"),
			evidence.opd,
			unit.opd_name,
			evidence.title,
			evidence.kind,
			evidence.revision,
			evidence.document_date,
			evidence.valid_until,
			evidence.size,
			evidence.contains_personal_data.as_("personal"),
		)
		.orderby(evidence.opd)
		.orderby(evidence.title)
		.orderby(evidence.name)
		.limit(most)
		.run(as_dict=True)
	)
	return rows, number


def _asked_for(period: Period, filters: dict | None) -> QueryBuilder:
	filters = filters or {}
	assessment, use = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Evidence Use")
	evidence, revision = scoped.table("P2HAM Evidence"), scoped.table("P2HAM Evidence Revision")
	query = (
		scoped.within("P2HAM Assessment")
		.join(use)
		.on(use.parent == assessment.name)
		.join(evidence)
		.on(evidence.name == use.evidence)
		.left_join(revision)
		.on((revision.parent == use.evidence) & (revision.revision == use.revision))
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
	)
	query = scoped.not_of_citizens(scoped.also_within(query, "P2HAM Evidence"), evidence.opd, revision)
	for field in ("verification", "validity", "indicator"):
		if filters.get(field):
			query = query.where(use[field] == filters[field])
	if choice.flag(filters, "personal"):
		query = query.where(_is_personal(evidence, revision) == 1)
	if filters.get("opd"):
		query = query.where(choice.unit(filters, assessment.opd))
	return query


def _is_personal(evidence, revision) -> Case:
	"""A document shows citizens if its newest revision does, or the one that is used."""
	shown = (evidence.contains_personal_data == 1) | (revision.contains_personal_data == 1)
	return Case().when(shown, 1).else_(0)
