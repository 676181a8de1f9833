"""Doors of follow-ups: what is suggested, all that was chosen of it made at once, and who could do it."""

import frappe
from frappe import _

from p2ham.access import bagian_hukum, scope
from p2ham.follow_ups import defaults, making


@frappe.whitelist(methods=["GET", "POST"])
def suggest(doctype: str, name: str) -> dict:
	"""Return what a document suggests as follow-ups, in groups, and the units that may be named.

	Raises frappe.PermissionError for whoever is not of Bagian Hukum, and frappe.ValidationError for a document from
	which nothing is suggested.
	"""
	doc = _source(doctype, name)
	return {
		"groups": [
			{
				"title": group.title,
				"suggestions": [
					{
						"key": row.key,
						"opd": row.opd,
						"recommendation": row.recommendation,
						"indicator": row.indicator,
						"action": row.action,
						"responsible": row.responsible,
						"due_date": str(row.due_date or ""),
						"present": list(row.present),
					}
					for row in group.suggestions
				],
			}
			for group in making.groups(doc)
		],
		"units": _units(doc),
	}


@frappe.whitelist(methods=["POST"])
def create(doctype: str, name: str, rows: str | list) -> list[str]:
	"""Make the follow-ups that were chosen of a document's suggestions; return their names. All are made or none.

	Each of `rows` has key, opd, recommendation, action, responsible, due_date (YYYY-MM-DD) and `present`, the
	follow-ups of the same key that were shown. Raises frappe.PermissionError, frappe.ValidationError with everything
	that is wrong by row, and frappe.TimestampMismatchError where somebody else was quicker.
	"""
	doc = _source(doctype, name, for_update=True)
	return making.create(doc, _rows(rows))


@frappe.whitelist(methods=["GET", "POST"])
def officers(opd: str) -> list[str]:
	"""Return name and position of who holds a duty of a unit today, its head first: who could be responsible.

	Raises frappe.PermissionError for a unit that the session's user may not read.
	"""
	frappe.get_doc("P2HAM OPD", opd).check_permission("read")
	return defaults.officers().get(opd, [])


def _source(doctype: str, name: str, for_update: bool = False):
	"""Return a document from which follow-ups are suggested, for Bagian Hukum."""
	making.source_of(doctype)
	bagian_hukum.check_may_keep(making.FOLLOW_UP)
	doc = frappe.get_doc(doctype, name, for_update=for_update)
	doc.check_permission("read")
	return doc


def _units(doc) -> list[dict]:
	"""Return the active units that may be named, by title: the one that the document is about, else all in the
	reader's scope."""
	unit = frappe.qb.DocType("P2HAM OPD")
	query = frappe.qb.from_(unit).select(unit.name, unit.opd_name).where(unit.is_active == 1)
	if doc.get("opd") and not doc.get("is_regency"):
		query = query.where(unit.name == doc.opd)
	limit = scope.condition("P2HAM OPD")
	query = query if limit is None else query.where(limit)
	return query.orderby(unit.opd_name).orderby(unit.name).run(as_dict=True)


def _rows(rows: str | list) -> list:
	try:  # a form that is posted sends the list as text
		found = frappe.parse_json(rows) if isinstance(rows, str) else rows
	except ValueError:
		found = None
	if not isinstance(found, list):
		frappe.throw(_("This is no list of rows."))
	return found
