"""Reports that Frappe made in the background for one user are not for another, whose duties reach elsewhere.

Frappe lets everybody who may run a report read what it once gave to anybody. Ours are run at once, but a site may
switch preparing on, and Frappe does so itself after a slow run.
"""

from __future__ import annotations

import frappe
from frappe.core.doctype.prepared_report.prepared_report import PreparedReport
from pypika.queries import QueryBuilder
from pypika.terms import Criterion

from p2ham.access import policies, scope

MODULE = "P2HAM"


def is_ours(report: str | None) -> bool:
	"""Tell whether a report is one of this app, rests on one of them, or is about one of our DocTypes."""
	record = frappe.qb.DocType("Report")
	return bool(_ours().where(record.name == (report or "")).run())


def _ours() -> QueryBuilder:
	"""Return a query for the names of the reports that are ours."""
	report, base = frappe.qb.DocType("Report"), frappe.qb.DocType("Report").as_("base")

	def concerns_us(record) -> Criterion:
		return (record.module == MODULE) | record.ref_doctype.isin((*policies.SCOPED, *policies.PARENTS))

	return (
		frappe.qb.from_(report)
		.left_join(base)
		.on(base.name == report.reference_report)
		.select(report.name)
		.where(concerns_us(report) | concerns_us(base))
	)


def permission_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Frappe's hook for Prepared Report: those of P2HAM are listed to whom they were made for only."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	prepared = frappe.qb.DocType("Prepared Report")
	return scope.as_sql((prepared.owner == user) | prepared.report_name.notin(_ours()))


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Frappe's hook for Prepared Report."""
	user = user or frappe.session.user
	if user == "Administrator" or isinstance(doc, str) or not is_ours(doc.report_name):
		return True
	return doc.owner == user


class GuardedPreparedReport(PreparedReport):
	"""Frappe asks nobody before it reads what was prepared: a report may name the record, or its user, it wants."""

	def get_prepared_data(self, with_file_name: bool = False):
		"""Give the stored result. Raises frappe.PermissionError for what was prepared for somebody else."""
		if not has_permission(self):
			raise frappe.PermissionError
		return super().get_prepared_data(with_file_name)
