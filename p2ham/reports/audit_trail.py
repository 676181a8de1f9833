"""Who did what to which assessment, from the log that nobody can change."""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.query_builder.functions import Count
from frappe.utils import add_days
from pypika.enums import DatePart
from pypika.functions import Extract
from pypika.queries import QueryBuilder

from p2ham.engine import lifecycle
from p2ham.figures import choice, scoped
from p2ham.figures.choice import Period

# Everything that the log can say was done.
ACTIONS = (
	lifecycle.CREATE,
	*lifecycle.ACTIONS,
	lifecycle.EXTEND,
	lifecycle.RECOMPUTE,
	lifecycle.NUMBER,
	lifecycle.KEEP_COPY,
	lifecycle.SEAL,
)


@dataclass(frozen=True)
class Totals:
	"""All entries that were asked for, by month (year, month, action -> number) and by who wrote them."""

	by_month: dict[tuple[int, int, str], int]
	people: int

	@property
	def entries(self) -> int:
		return sum(self.by_month.values())

	def of_action(self, action: str) -> int:
		return sum(number for (_year, _month, each), number in self.by_month.items() if each == action)


def entries(period: Period, filters: dict | None, most: int) -> list[frappe._dict]:
	"""Return the newest entries of a period that the reader may see, `most` at most. One query, and one for a unit
	among the filters."""
	entry, assessment = scoped.table("P2HAM Assessment Log"), scoped.table("P2HAM Assessment")
	user = scoped.table("User")
	return (
		_asked_for(period, filters)
		.left_join(user)
		.on(user.name == entry.user)
		.select(
			entry.name,
			entry.at,
			entry.assessment,
			assessment.opd,
			assessment.opd_name,
			entry.action,
			entry.from_state,
			entry.to_state,
			entry.user,
			user.full_name,
			entry.duty,
			entry.acting,
			entry.means,
			entry.means_user,
			entry.note,
		)
		.orderby(entry.at, order=Order.desc)
		.orderby(entry.assessment, order=Order.asc)
		.orderby(entry.sequence, order=Order.desc)
		.limit(most)
		.run(as_dict=True)
	)


def totals(period: Period, filters: dict | None) -> Totals:
	"""Return what all entries add up to, however many are listed. Two queries, and one for a unit among the filters
	(asked once)."""
	entry = scoped.table("P2HAM Assessment Log")
	year, month = Extract(DatePart.year, entry.at), Extract(DatePart.month, entry.at)
	asked = _asked_for(period, filters)
	rows = (
		asked.select(year, month, entry.action, Count("*"))
		.groupby(year, month, entry.action)
		.orderby(year)
		.orderby(month)
		.orderby(entry.action)
		.run()
	)
	((people,),) = _asked_for(period, filters).select(Count(entry.user).distinct()).run()
	return Totals({(int(y), int(m), action): number for y, m, action, number in rows}, people)


def _asked_for(period: Period, filters: dict | None) -> QueryBuilder:
	filters = filters or {}
	entry, assessment = scoped.table("P2HAM Assessment Log"), scoped.table("P2HAM Assessment")
	query = (
		scoped.also_within(scoped.within("P2HAM Assessment Log"), "P2HAM Assessment")
		.join(assessment)
		.on(assessment.name == entry.assessment)
		.where(assessment.period == period.name)
	)
	if filters.get("opd"):
		query = query.where(choice.unit(filters, assessment.opd))
	if filters.get("user"):
		query = query.where(entry.user == filters["user"])
	if action := choice.one_of(filters, "action", _("Action"), ACTIONS):
		query = query.where(entry.action == action)
	first, last = dates(filters)
	if first:
		query = query.where(entry.at >= first)
	if last:
		query = query.where(entry.at < add_days(last, 1))
	if choice.flag(filters, "without_cancelled"):
		cancelled = (
			scoped.within("P2HAM Assessment Log")
			.select(entry.assessment)
			.where(entry.to_state == lifecycle.CANCELLED)
		)
		if last:  # what was cancelled later counted then
			cancelled = cancelled.where(entry.at < add_days(last, 1))
		query = query.where(entry.assessment.notin(cancelled))
	return query


def dates(filters: dict):
	"""Return first and last day that the filters name. Raises frappe.ValidationError if they are not in order, or are
	no dates."""
	first = choice.day(filters, "from_date", _("From Date"))
	last = choice.day(filters, "to_date", _("To Date"))
	if first and last and last < first:
		frappe.throw(_("{0} must not be before {1}.").format(_("To Date"), _("From Date")))
	return first, last
