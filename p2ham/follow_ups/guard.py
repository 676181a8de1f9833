"""Who creates, changes and deletes follow-ups. The rules stand in `p2ham.engine.follow_up`; the controller asks here before it does
anything else, so it holds however a change arrives."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import bagian_hukum, duties, guard, scope
from p2ham.engine import follow_up as rules
from p2ham.engine.duties import KABAG_HUKUM


def check(doc) -> None:
	"""Refuse what the session's user may not change in a follow-up, naming each field.

	Raises frappe.PermissionError.
	"""
	before = doc.get_doc_before_save()
	if not before:
		bagian_hukum.check(doc)
		return
	held = duties.names(duties.for_unit(before.opd))
	found = guard.changes_by_people(before, doc)
	guard.refuse_changes(doc, before.status, rules.forbidden_changes(before.status, doc.status, held, found))


def check_evidence(doc) -> dict[str, int]:
	"""Refuse evidence of completion that is added and not of the unit's line, or not the session's user's to see;
	return the newest revision of each document named. While a follow-up is being closed nobody replaces them.

	Raises frappe.PermissionError or frappe.ValidationError, naming the row.
	"""
	before = doc.get_doc_before_save()
	known = {row.evidence for row in before.evidence} if before and before.opd == doc.opd else set()
	evidence = frappe.qb.DocType("P2HAM Evidence")
	unit, own = frappe.qb.DocType("P2HAM OPD"), frappe.qb.DocType("P2HAM OPD").as_("own")
	names = sorted({row.evidence for row in doc.evidence if row.evidence})
	query = (
		frappe.qb.from_(evidence)
		.join(unit)
		.on(unit.name == evidence.opd)
		.join(own)
		.on(own.name == doc.opd)
		.select(
			evidence.name,
			evidence.revision,
			((unit.lft >= own.lft) & (unit.rgt <= own.rgt)) | ((unit.lft <= own.lft) & (unit.rgt >= own.rgt)),
		)
		.where(evidence.name.isin(names))
		.orderby(evidence.name)
	)
	if doc.status == rules.CLOSED:
		query = query.for_update()
	found = {name: (revision or 1, bool(in_line)) for name, revision, in_line in query.run()}
	readable = scope.seen("P2HAM Evidence", [name for name in names if name not in known])
	named = set()
	for row in doc.evidence:
		place = _("{0}, row {1}").format(_(doc.meta.get_label("evidence")), row.idx)
		if row.evidence in named:
			frappe.throw(_("{0}: {1} already stands there.").format(place, row.evidence))
		named.add(row.evidence)
		if row.evidence not in known and (row.evidence not in readable or row.evidence not in found):
			frappe.throw(
				_("{0}: {1} does not exist or is not yours.").format(place, row.evidence),
				frappe.PermissionError,
			)
		if row.evidence not in known and not found[row.evidence][1]:
			frappe.throw(_("{0}: {1} does not concern {2}.").format(place, row.evidence, doc.opd))
	return {name: revision for name, (revision, _in_line) in found.items()}


def check_may_delete(doc) -> None:
	"""Refuse to delete a follow-up that is closed, and whoever is not of Bagian Hukum."""
	bagian_hukum.check(doc)
	if doc.status == rules.CLOSED:
		frappe.throw(
			_("{0} is closed and stays on record. {1} can open it again.").format(doc.name, _(KABAG_HUKUM)),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)
