"""Refuses what the lifecycle does not allow, however a change arrives: form, REST, bulk edit, import.

`check` compares the stored document with the new one, names every field that may not change, and takes the
step (if the state changes) only when all its conditions are met. It is called by the controller before
anything is computed, so a client cannot send results either.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, flt, formatdate, get_datetime, getdate, now_datetime, nowdate

from p2ham.access import duties
from p2ham.engine import lifecycle
from p2ham.engine.lifecycle import Change, Transition

# Bookkeeping of Frappe that changes with every save.
IGNORED = {
	"modified",
	"modified_by",
	"idx",
	"creation",
	"parent",
	"parenttype",
	"parentfield",
	"doctype",
	"name",
}
NUMERIC = {"Float", "Percent", "Currency"}
WHOLE = {"Int", "Check"}
WITHOUT_VALUE = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold"}


@dataclass(frozen=True)
class Step:
	"""A step that is being taken: which, by virtue of which duty, and the note given with it."""

	transition: Transition
	held: duties.Held
	note: str


def check(doc) -> Step | None:
	"""Compare `doc` with what is stored; return the step it takes, None for a plain save.

	Raises frappe.PermissionError naming the fields that may not change, or the condition that is not met.
	"""
	before = doc.get_doc_before_save()
	held = duties.for_unit(before.opd)
	target = target_state(doc)
	transition = None
	if target != before.workflow_state or doc.docstatus != before.docstatus:
		transition = lifecycle.find(before.workflow_state, target)
		if not transition:
			frappe.throw(
				_("{0}: there is no step from {1} to {2}.").format(
					doc.name, _(before.workflow_state), _(target)
				),
				frappe.PermissionError,
				title=_("Step Not Allowed"),
			)
	refuse_forbidden(doc, before, held, transition)
	if not transition:
		return None
	return _check_step(doc, before, held, transition)


def target_state(doc) -> str:
	"""Return the state a document is heading for: Frappe's own submit and cancel name none themselves."""
	before = doc.get_doc_before_save()
	if doc.docstatus == 1 and before.docstatus == 0:
		return lifecycle.APPROVED
	if doc.docstatus == 2 and before.docstatus == 1:
		return lifecycle.CANCELLED
	return doc.workflow_state or before.workflow_state


def refuse_forbidden(doc, before, held: list[duties.Held], transition: Transition | None) -> None:
	"""Raise frappe.PermissionError with the list of fields that may not change in this state by this user."""
	forbidden = lifecycle.forbidden_changes(
		before.workflow_state, duties.names(held), changes(before, doc), transition
	)
	if forbidden:
		frappe.throw(
			_("In state {0} you may not change:").format(frappe.bold(_(before.workflow_state)))
			+ "<ul>"
			+ "".join(
				f"<li>{frappe.utils.escape_html(_describe(doc, change))}</li>" for change in forbidden[:20]
			)
			+ "</ul>",
			frappe.PermissionError,
			title=_("Change Not Allowed"),
		)


def refuse_row_alone(row, method: str | None = None) -> None:
	"""`before_validate` and `on_trash` of every child table of ours: Frappe's REST saves and deletes a row
	without its document, past everything that the document checks. Rows change with their document only.

	Raises frappe.PermissionError.
	"""
	frappe.throw(
		_("{0}: a row changes only together with its document, {1} {2}.").format(
			_(row.doctype), _(row.parenttype), frappe.bold(row.parent)
		),
		frappe.PermissionError,
		title=_("Change Not Allowed"),
	)


def refuse_docstatus(doc, method: str | None = None) -> None:
	"""`before_submit` and `before_cancel` of master data: Administrator could submit what has no such step,
	and then nobody could work with it. Raises frappe.PermissionError."""
	frappe.throw(
		_("{0} is neither submitted nor cancelled.").format(_(doc.doctype)),
		frappe.PermissionError,
		title=_("Step Not Allowed"),
	)


def changes(before, after) -> list[Change]:
	"""List every field, and every field of every row, that differs between two versions of a document."""
	found = [Change(field) for field in _differing(before, after)]
	if before.owner != after.owner:
		found.append(Change("owner"))
	if cint(before.docstatus) != cint(after.docstatus):
		found.append(Change("docstatus"))
	for table in after.meta.get_table_fields():
		old = {row.name: row for row in before.get(table.fieldname)}
		new = {row.name: row for row in after.get(table.fieldname) if row.name in old}
		for row in after.get(table.fieldname):
			if row.name not in old:
				found.append(Change("", table.fieldname, row.name or f"#{row.idx}", "added"))
		for name, row in old.items():
			if name not in new:
				found.append(Change("", table.fieldname, name, "removed"))
			else:
				found += [Change(field, table.fieldname, name) for field in _differing(row, new[name])]
	return found


def _differing(before, after) -> list[str]:
	return [
		field.fieldname
		for field in after.meta.fields
		if field.fieldtype not in WITHOUT_VALUE
		and field.fieldtype not in frappe.model.table_fields
		and field.fieldname not in IGNORED
		and _plain(field, before.get(field.fieldname)) != _plain(field, after.get(field.fieldname))
	]


def _plain(field, value):
	"""Bring a value to one form, since forms, REST and the database each have their own."""
	if field.fieldtype in NUMERIC:
		return round(flt(value), 9)
	if field.fieldtype in WHOLE:
		return cint(value)
	if field.fieldtype == "Date":
		return getdate(value) if value else None
	if field.fieldtype == "Datetime":
		return get_datetime(value).replace(microsecond=0) if value else None
	return (str(value) if value is not None else "").replace("\r\n", "\n").strip()


def _describe(doc, change: Change) -> str:
	"""Name a change in the words of the form, e.g. "A3 Ruang laktasi: Verified Answer"."""
	if not change.table:
		if change.field in ("owner", "docstatus"):
			return change.field
		return _(doc.meta.get_label(change.field))
	table = doc.meta.get_field(change.table)
	row = next((row for row in doc.get(change.table) if row.name == change.row), None)
	before = doc.get_doc_before_save()
	row = row or next((row for row in before.get(change.table) if row.name == change.row), None)
	name = change.row
	if row:
		name = (
			" ".join(filter(None, [row.get("code"), row.get("title")])) or row.get("indicator") or change.row
		)
	if change.kind == "added":
		return _("{0}: row {1} added").format(_(table.label), name)
	if change.kind == "removed":
		return _("{0}: row {1} removed").format(_(table.label), name)
	return f"{name}: {_(frappe.get_meta(table.options).get_label(change.field))}"


def _check_step(doc, before, held: list[duties.Held], transition: Transition) -> Step:
	by = next((duty for duty in held if duty.duty in transition.duties), None)
	if not by:
		frappe.throw(
			_("{0}: only {1} of this unit's line may take the step {2}.").format(
				doc.name, ", ".join(_(duty) for duty in transition.duties), frappe.bold(_(transition.action))
			),
			frappe.PermissionError,
			title=_("Step Not Allowed"),
		)
	_check_four_eyes(doc, before, transition)
	_check_window(doc, transition)
	return Step(transition, by, _note(doc, before, transition))


def _check_four_eyes(doc, before, transition: Transition) -> None:
	stamp = lifecycle.four_eyes_conflict(transition, frappe.session.user, before.as_dict())
	if not stamp:
		return
	others = [
		row.full_name
		for duty in transition.duties
		for row in duties.holders(duty)
		if row.user not in {before.get(field) for field in transition.differs_from}
	]
	message = _(
		"{0}: the same person may not take the step {1}, because the field {2} already names you."
	).format(doc.name, frappe.bold(_(transition.action)), frappe.bold(_(doc.meta.get_label(stamp))))
	if others:
		message += " " + _("Who else could act: {0}.").format(", ".join(others))
	else:
		message += " " + _(
			"Nobody else holds this duty today; a System Manager can appoint an acting holder."
		)
	frappe.throw(message, frappe.PermissionError, title=_("Four Eyes"))


def _check_window(doc, transition: Transition) -> None:
	if not transition.window:
		return
	period = frappe.get_cached_doc("P2HAM Period", doc.period)
	first, last = window(period, transition.window, doc.opd)
	today = getdate(nowdate())
	if period.status != "Open":
		frappe.throw(
			_("{0}: the period {1} is not open (status {2}).").format(
				doc.name, period.name, _(period.status)
			),
			title=_("Period Not Open"),
		)
	if first and today < first:
		frappe.throw(
			_("{0}: the step {1} is possible from {2}.").format(
				doc.name, _(transition.action), formatdate(first)
			),
			title=_("Too Early"),
		)
	if last and today > last:
		frappe.throw(
			_(
				"{0}: the step {1} was possible until {2}. A P2HAM Manager can give the unit a later date."
			).format(doc.name, _(transition.action), formatdate(last)),
			title=_("Too Late"),
		)


def window(period, kind: str, opd: str):
	"""Return first and last day (either may be None) of a window of a period for one unit."""
	first_field, last_field = lifecycle.WINDOWS[kind]
	first = getdate(period.get(first_field)) if first_field else None
	last = getdate(period.get(last_field)) if period.get(last_field) else None
	if last_field == "fill_until":
		override = next((row.fill_until for row in period.participants if row.opd == opd), None)
		last = getdate(override) if override else last
	return first, last


def _note(doc, before, transition: Transition) -> str:
	"""Return the note given with this step: through the step's own call, or as a newly written field."""
	if not transition.note_field:
		return ""
	given = doc.flags.p2ham_note
	if given is None:
		new, old = doc.get(transition.note_field) or "", before.get(transition.note_field) or ""
		given = new if new.strip() != old.strip() else ""
	given = given.strip()
	if transition.note_required and not given:
		frappe.throw(
			_("{0}: the step {1} needs a note ({2}).").format(
				doc.name, frappe.bold(_(transition.action)), _(doc.meta.get_label(transition.note_field))
			),
			frappe.MandatoryError,
			title=_("Note Needed"),
		)
	return given


def stamp(doc, step: Step) -> None:
	"""Write what a step leaves behind in the document: state, note, who and when."""
	transition = step.transition
	doc.workflow_state = transition.target
	for field in transition.clears:
		doc.set(field, "")
	if transition.note_field:
		doc.set(transition.note_field, step.note)
	if transition.stamp:
		doc.set(f"{transition.stamp}_by", frappe.session.user)
		doc.set(f"{transition.stamp}_on", now_datetime())
