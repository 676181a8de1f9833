"""Documents that are about to expire: those of which nobody was told yet, and a count of them for the desk. They are
said in the digest of the day (`p2ham.notices`)."""

from __future__ import annotations

import datetime

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import add_days, getdate, nowdate

from p2ham.access import scope

EVIDENCE = "P2HAM Evidence"


def due(opds: list[str], first: datetime.date, last: datetime.date) -> list[frappe._dict]:
	"""Return what expires from `first` to `last` in these units and was not said yet, the most urgent first.

	Locks the rows, so that two runs at once do not both say it.
	"""
	if not opds:
		return []
	evidence = frappe.qb.DocType(EVIDENCE)
	return (
		frappe.qb.from_(evidence)
		.select(
			evidence.name,
			evidence.title,
			evidence.opd,
			evidence.valid_until,
			evidence.contains_personal_data,
		)
		.where(evidence.opd.isin(opds) & evidence.valid_until[first:last])
		.where(evidence.reminded_for.isnull() | (evidence.reminded_for != evidence.valid_until))
		.orderby(evidence.valid_until)
		.orderby(evidence.name)
		.for_update()
		.run(as_dict=True)
	)


def mark_said(names: list[str]) -> None:
	"""Remember that these documents were said to expire on the day they now name."""
	if not names:
		return
	evidence = frappe.qb.DocType(EVIDENCE)
	(
		frappe.qb.update(evidence)
		.set(evidence.reminded_for, evidence.valid_until)
		.where(evidence.name.isin(names))
		.run()
	)


def expiring(days: int) -> int:
	"""Count the documents within the scope of the session's user whose last day is today or within `days`."""
	evidence, limit = frappe.qb.DocType(EVIDENCE), scope.condition(EVIDENCE)
	query = (
		frappe.qb.from_(evidence)
		.select(Count("*"))
		.where(evidence.valid_until[getdate(nowdate()) : getdate(add_days(nowdate(), days))])
	)
	return (query if limit is None else query.where(limit)).run()[0][0]
