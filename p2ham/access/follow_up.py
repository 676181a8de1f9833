"""Who creates, changes and deletes follow-ups, guidance, results of KKP HAM and quarterly reports. The rules stand in
`p2ham.engine.follow_up`; the controllers ask here before they do anything else, so it holds however a change
arrives. What guidance may change is asked in `p2ham.guidance.guard`."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import duties, guard, scope
from p2ham.engine import follow_up as rules
from p2ham.engine import guidance, lifecycle
from p2ham.engine.lifecycle import Change

RESULT, FOLLOW_UP, GUIDANCE = "P2HAM KKPHAM Result", "P2HAM Follow-up", "P2HAM Guidance"
REPORT = "P2HAM Quarterly Report"
CHECK = "P2HAM Preliminary Check"
# What Bagian Hukum keeps.
KEPT = (RESULT, FOLLOW_UP, GUIDANCE, REPORT, CHECK)
# Frappe reads it from the unit anew at every save.
FETCHED = "opd_name"


def is_bagian_hukum(user: str | None = None) -> bool:
	return bool(duties.names(duties.held_by(user)).intersection(rules.BAGIAN_HUKUM))


def may_create(doc, user: str) -> bool:
	"""The coarse answer for the desk's buttons; the checks below look at each field."""
	if is_bagian_hukum(user):
		return True
	return doc.doctype == GUIDANCE and bool(scope.of(user).opds)


def may_change(doc, user: str) -> bool:
	"""The coarse answer for the desk's buttons, about a stored document in the scope of `user`.

	True also where nothing may change any more: the check at the save names the fields.
	"""
	if is_bagian_hukum(user):
		return True
	opds = scope.of(user).opds
	if doc.doctype == FOLLOW_UP:
		# As it is stored: whoever would move it to another unit is told that he may not.
		return frappe.db.get_value(FOLLOW_UP, doc.name, "opd") in opds
	return doc.doctype == GUIDANCE and is_own_request(doc.name, opds)


def is_own_request(name: str, opds: frozenset[str]) -> bool:
	"""Tell whether a stored guidance is a request of these units and of no others."""
	if frappe.db.get_value(GUIDANCE, name, "kind") != rules.REQUEST:
		return False
	named = frappe.get_all(
		"P2HAM Guidance Participant",
		filters={"parent": name, "parenttype": GUIDANCE},
		pluck="opd",
		order_by="idx",
	)
	return bool(named) and opds.issuperset(named)


def is_fixed(doctype: str, name: str) -> bool:
	"""Tell whether the session's user can no longer change a stored document, and so attaches and removes no file."""
	if doctype in (RESULT, CHECK):
		return False
	status = frappe.db.get_value(doctype, name, "status")
	if doctype == FOLLOW_UP:
		return status == rules.CLOSED
	if doctype == REPORT:
		return status == rules.SENT
	return guidance.is_fixed(status, is_bagian_hukum())


def check_bagian_hukum(doc) -> None:
	"""Refuse whoever is not of Bagian Hukum, Administrator too. Raises frappe.PermissionError."""
	check_may_keep(doc.doctype)


def check_may_keep(doctype: str) -> None:
	"""Refuse whoever does not make documents of a DocType that Bagian Hukum keeps. Raises frappe.PermissionError."""
	if not is_bagian_hukum():
		frappe.throw(
			_("{0}: only {1} may do this.").format(
				_(doctype), ", ".join(_(duty) for duty in rules.BAGIAN_HUKUM)
			),
			frappe.PermissionError,
		)


def check_units(rows) -> None:
	"""Refuse a document or rows whose unit does not exist: Frappe 15 lets a link pass from which something is fetched.

	Raises frappe.LinkValidationError, naming field and row.
	"""
	named = {row.opd for row in rows if row.opd}
	there = set(
		frappe.get_all("P2HAM OPD", filters={"name": ("in", [*named, ""])}, pluck="name", order_by="name")
	)
	for row in rows:
		if row.opd and row.opd not in there:
			label = _(row.meta.get_label("opd"))
			place = _("Row {0}: {1}").format(row.idx, label) if row.get("parentfield") else label
			frappe.throw(_("{0}: {1} does not exist.").format(place, row.opd), frappe.LinkValidationError)


def check_follow_up(doc) -> None:
	"""Refuse what the session's user may not change in a follow-up, naming each field.

	Raises frappe.PermissionError.
	"""
	before = doc.get_doc_before_save()
	if not before:
		check_bagian_hukum(doc)
		return
	held = duties.names(duties.for_unit(before.opd))
	found = _changes(before, doc)
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


def check_may_delete_follow_up(doc) -> None:
	"""Refuse to delete a follow-up that is closed, and whoever is not of Bagian Hukum."""
	check_bagian_hukum(doc)
	if doc.status == rules.CLOSED:
		frappe.throw(
			_("{0} is closed and stays on record. {1} can open it again.").format(
				doc.name, _(lifecycle.KABAG_HUKUM)
			),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)


def check_report(doc, written: frozenset[str] = frozenset()) -> None:
	"""Refuse what may not change in a quarterly report, naming each field; `written` are the fields that the action
	being taken writes. Raises frappe.PermissionError."""
	check_bagian_hukum(doc)
	before = doc.get_doc_before_save()
	if not before:
		return
	found = rules.forbidden_in_report(before.status, guard.changes(before, doc), written)
	guard.refuse_changes(doc, before.status, found)
	if before.status == rules.SENT:
		frappe.throw(
			_("{0} was sent and stays on record.").format(doc.name),
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)


def check_may_delete_report(doc) -> None:
	"""Refuse to delete a quarterly report that was sent, and whoever is not of Bagian Hukum."""
	check_bagian_hukum(doc)
	if frappe.db.get_value(REPORT, doc.name, "status") == rules.SENT:
		frappe.throw(
			_("{0} was sent and stays on record.").format(doc.name),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)


def _changes(before, doc) -> list[Change]:
	return [change for change in guard.changes(before, doc) if change.field != FETCHED]
