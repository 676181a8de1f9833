"""The only way from a report to the database: every query begins here, with the scope of its reader in it.

Frappe limits a report's rows by its links at best, and never its chart, summary or message. So the figures are
computed of nothing but what the reader may see. tests/unit/test_reports.py holds all reports to it.
"""

from __future__ import annotations

import frappe
from frappe.query_builder.functions import Count
from pypika.queries import QueryBuilder

from p2ham.access import duties, scope
from p2ham.engine.duties import UNIT_DUTIES


def table(doctype: str):
	"""Return the table of a DocType, to name its fields in a query of `within`."""
	return frappe.qb.DocType(doctype)


def within(doctype: str) -> QueryBuilder:
	"""Return a query on those rows of `doctype` that the session's user may see. Child tables are joined to it;
	another DocType that is joined brings a limit of its own (`also_within`)."""
	return also_within(frappe.qb.from_(frappe.qb.DocType(doctype)), doctype)


def also_within(query: QueryBuilder, doctype: str) -> QueryBuilder:
	"""Limit a query that joins `doctype` to those of its rows that the session's user may see."""
	limit = scope.condition(doctype)
	return query if limit is None else query.where(limit)


def followed(query: QueryBuilder, field) -> QueryBuilder:
	"""Limit a query to the units (`field` names them) that the session's user follows from the first day on: all, or
	those of their duties. Who sees approved assessments only follows none, though they may read the list of all units."""
	reach = scope.for_user()
	return query if reach.everything else query.where(field.isin(sorted(reach.opds) or [""]))


def not_of_citizens(query: QueryBuilder, opd, revision) -> QueryBuilder:
	"""Leave out revisions of evidence that show citizens, though the newest does not any more, for who may not see
	such of the unit `opd`. Beside the limit of P2HAM Evidence, which knows the newest only."""
	reach = scope.for_user()
	if reach.everything:
		return query
	return query.where(
		revision.contains_personal_data.isnull()
		| (revision.contains_personal_data == 0)
		| opd.isin(sorted(reach.opds) or [""])
	)


def duties_held() -> dict[str, frozenset[str] | None]:
	"""Return the duties that the session's user holds today with the units they reach, None for all: who verifies for
	the regency and is clerk of one unit is not clerk of the others."""
	found: dict[str, frozenset[str] | None] = {}
	for held in duties.held_by():
		if held.duty in UNIT_DUTIES:
			found[held.duty] = (found.get(held.duty) or frozenset()) | held.units
		else:
			found[held.duty] = None
	return found


def follows_all_units() -> bool:
	"""Tell whether `followed` limits nothing for the session's user."""
	return scope.for_user().everything


def sees_all_units() -> bool:
	"""Tell whether the session's user sees every unit, or every approved one: what compares units with each other,
	like a place, says something about all of them."""
	reach = scope.for_user()
	return reach.everything or reach.approved


def units_below(opd: str) -> frozenset[str]:
	"""Return a unit and everything below it; nothing for a unit that does not exist."""
	return scope.below(opd)


def setting(name: str):
	"""Return a value of P2HAM Settings."""
	return frappe.db.get_single_value("P2HAM Settings", name)


def anonymous_counts(doctype: str, field: str, values: dict[str, object]) -> list[tuple[str, int]]:
	"""Return how many documents have each value of `field`, past the scope of the reader: only numbers, and only
	where P2HAM Settings allow units to see how all of them are doing. `values` are {field: value or values}.

	Raises frappe.PermissionError where they do not.
	"""
	if not setting("show_distribution"):
		raise frappe.PermissionError
	rows = table(doctype)
	query = frappe.qb.from_(rows).select(rows[field], Count("*")).groupby(rows[field]).orderby(rows[field])
	for name, value in values.items():
		query = query.where(rows[name].isin(value) if isinstance(value, tuple) else rows[name] == value)
	return [(value or "", number) for value, number in query.run()]
