"""Who writes what about guidance, and who takes which step. The rules stand in `p2ham.engine.guidance`; the controller
asks here before it does anything else, so it holds however a change arrives."""

from __future__ import annotations

import frappe
from frappe import _

from p2ham.access import bagian_hukum, duties, guard, scope
from p2ham.engine import guidance
from p2ham.engine.duties import BAGIAN_HUKUM, UNIT_DUTIES
from p2ham.engine.lifecycle import Change
from p2ham.engine.steps import Step


def check(doc, written: frozenset[str] = frozenset()) -> None:
	"""Refuse what the session's user may not change, and the step that they may not take or that lacks something: a unit
	writes its own request only, and only while nobody has answered it. `written` are the fields that an action of the
	app writes. Raises frappe.PermissionError, naming the fields, and frappe.MandatoryError."""
	before = doc.get_doc_before_save()
	if not before:
		_check_new(doc)
		return
	of_bagian_hukum = duties.is_bagian_hukum()
	held = duties_for(before)
	found = guard.changes_by_people(before, doc)
	step = guidance.STEPS.find(before.status, doc.status, held, before.kind == guidance.REQUEST)
	if doc.status != before.status and of_bagian_hukum:
		_check_there_is_a_step(doc, before)
	if not held:
		guard.refuse_changes(doc, before.status, found)
		return
	guard.refuse_changes(
		doc,
		before.status,
		guidance.forbidden_changes(before.status, step, found, of_bagian_hukum, written),
	)
	if step:
		check_filled(doc, step.needs)
	if not of_bagian_hukum:
		_check_own_units(doc, scope.for_user().opds)
	_check_followed(before, doc, found)


def duties_for(doc) -> set[str]:
	"""Return the duties by which the session's user takes part in the life of stored guidance: those of Bagian Hukum,
	and those of a unit where it is its own request."""
	held = duties.names(duties.held_by())
	mine = held.intersection(BAGIAN_HUKUM)
	own = held.intersection(UNIT_DUTIES)
	if own and doc.status == guidance.REQUESTED and scope.is_own_request(doc.name, scope.for_user().opds):
		mine |= own
	return mine


def steps(doc) -> list[Step]:
	"""Return the steps that the session's user can take with stored guidance."""
	return guidance.STEPS.steps_from(doc.status, duties_for(doc), doc.kind == guidance.REQUEST)


def check_filled(doc, fields: tuple[str, ...]) -> None:
	missing = [_(doc.meta.get_label(field)) for field in fields if not str(doc.get(field) or "").strip()]
	if missing:
		frappe.throw(_("{0} must be filled.").format(", ".join(missing)), frappe.MandatoryError)


def _check_there_is_a_step(doc, before) -> None:
	if not guidance.STEPS.is_step(before.status, doc.status, before.kind == guidance.REQUEST):
		frappe.throw(
			_("{0}: there is no step from {1} to {2}.").format(doc.name, _(before.status), _(doc.status)),
			frappe.PermissionError,
			title=_("Step Not Allowed"),
		)


def _check_new(doc) -> None:
	if duties.is_bagian_hukum():
		if doc.status == guidance.CANCELLED:
			check_filled(doc, (guidance.REASON,))
		return
	opds = scope.for_user().opds
	if not opds:
		bagian_hukum.check(doc)
	for field, only in (("kind", guidance.REQUEST), ("status", guidance.REQUESTED)):
		if doc.get(field) != only:
			frappe.throw(
				_("{0}: a unit can only choose {1}.").format(
					_(doc.meta.get_label(field)), frappe.bold(_(only))
				),
				frappe.PermissionError,
			)
	filled = [_(doc.meta.get_label(field)) for field in guidance.NOT_ASKED if doc.get(field)]
	if filled:
		frappe.throw(
			_("{0}: Bagian Hukum fills this in.").format(", ".join(filled)),
			frappe.PermissionError,
		)
	_check_own_units(doc, opds)


def _check_own_units(doc, opds: frozenset[str]) -> None:
	label = _(doc.meta.get_label("participants"))
	if not doc.participants:
		frappe.throw(_("{0}: name the unit that asks for guidance.").format(label), frappe.MandatoryError)
	others = [row.opd or row.person or row.institution for row in doc.participants if row.opd not in opds]
	if others:
		frappe.throw(
			_("{0}: you can name your own units only, not {1}.").format(label, ", ".join(map(str, others))),
			frappe.PermissionError,
		)


def _check_followed(before, doc, found: list[Change]) -> None:
	"""A decision from which a follow-up was made stays, and stays with its unit."""
	followed = {row.name: row for row in before.get(guidance.DECISIONS) if row.follow_up}
	for change in found:
		row = followed.get(change.row) if change.table == guidance.DECISIONS else None
		if row and (change.kind == "removed" or change.field == "opd"):
			frappe.throw(
				_(
					"Row {0}: the follow-up {1} was made of this decision, so it stays, and stays with {2}."
				).format(row.idx, frappe.bold(row.follow_up), row.opd),
				frappe.PermissionError,
				title=_("Change Not Allowed"),
			)
