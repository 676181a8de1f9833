"""Refuses what the lifecycle does not allow, however a change arrives: form, REST, bulk edit, import.

`check` compares the stored document with the new one, names every field that may not change, and takes the
step (if the state changes) only when all its conditions are met. It is called by the controller before
anything is computed, so a client cannot send results either.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, flt, get_datetime, getdate, now_datetime, to_timedelta

from p2ham.access import duties, unit_windows
from p2ham.engine import lifecycle
from p2ham.engine.duties import ROLES, UNIT_DUTIES
from p2ham.engine.lifecycle import Change
from p2ham.engine.steps import Step
from p2ham.engine.text import clean_lines

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
# Fetched from the unit.
FETCHED = "opd_name"
# Names of Frappe's own DocTypes that the app rests on.
WORDS = {
	"Role": ROLES,
	"Workflow": ("P2HAM Assessment",),
	"Workflow State": tuple(state.name for state in lifecycle.STATES),
	"Workflow Action Master": lifecycle.ACTIONS,
}
NUMERIC = {"Float", "Percent", "Currency"}
WHOLE = {"Int", "Check"}
WITHOUT_VALUE = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold"}


@dataclass(frozen=True)
class TakenStep:
	"""A step that is being taken: which, by virtue of which duty, the note given with it, and the day until
	which a return gives time."""

	transition: Step
	held: duties.Held
	note: str
	until: datetime.date | None = None


@dataclass(frozen=True)
class StepRequest:
	"""What the own call of a step (`api.assessment.take_step`) brings along; a plain save brings both as fields."""

	note: str = ""
	until: str = ""


def check(doc, request: StepRequest | None = None) -> TakenStep | None:
	"""Compare `doc` with what is stored; return the step it takes, None for a plain save. `request` is given by the own
	call of a step, and changes nothing of what is asked.

	Raises frappe.PermissionError naming the fields that may not change, or the condition that is not met.
	"""
	before = doc.get_doc_before_save()
	held = duties.for_unit(before.opd)
	target = target_state(doc)
	transition = None
	if target != before.workflow_state or doc.docstatus != before.docstatus:
		transition = lifecycle.TRANSITIONS.find(before.workflow_state, target)
		if not transition:
			frappe.throw(
				_("{0}: there is no step from {1} to {2}.").format(
					doc.name, _(before.workflow_state), _(target)
				),
				frappe.PermissionError,
				title=_("Step Not Allowed"),
			)
		if cint(doc.docstatus) != lifecycle.state(target).docstatus:
			frappe.throw(
				_(
					"{0}: the step to {1} is taken by its own button or call, which submits or cancels."
				).format(doc.name, _(target)),
				frappe.PermissionError,
				title=_("Step Not Allowed"),
			)
	found = changes(before, doc)
	refuse_forbidden(doc, before, held, found, transition)
	if not transition:
		if found:
			unit_windows.check(before, lifecycle.EDITABLE[before.workflow_state].window, _("Change"))
		return None
	return _check_step(doc, before, held, transition, request)


def check_may_begin(doc) -> None:
	"""Refuse a new assessment of somebody whose unit it is not and who does not keep the periods either.

	Asked of the document too, since a web form or another app may insert without asking for rights. Raises
	frappe.PermissionError.
	"""
	held = duties.names(duties.for_unit(doc.opd))
	keeps = duties.is_master_data_keeper() and not doc.amended_from
	if not held.intersection(UNIT_DUTIES) and not keeps:
		frappe.throw(
			_("Only the clerk or head of {0}, or a P2HAM Manager, starts its assessment.").format(doc.opd),
			frappe.PermissionError,
		)


def target_state(doc) -> str:
	"""Return the state a document is heading for: Frappe's own submit and cancel name none themselves."""
	before = doc.get_doc_before_save()
	if doc.docstatus == 1 and before.docstatus == 0:
		return lifecycle.APPROVED
	if doc.docstatus == 2 and before.docstatus == 1:
		return lifecycle.CANCELLED
	return doc.workflow_state or before.workflow_state


def refuse_forbidden(
	doc, before, held: list[duties.Held], found: list[Change], transition: Step | None
) -> None:
	"""Raise frappe.PermissionError with the list of fields that may not change in this state by this user."""
	refuse_changes(
		doc,
		before.workflow_state,
		lifecycle.forbidden_changes(before.workflow_state, duties.names(held), found, transition),
	)


def refuse_changes(doc, state: str, forbidden: list[Change]) -> None:
	"""Raise frappe.PermissionError with the list of what may not change in this state; do nothing for an empty one."""
	if forbidden:
		frappe.throw(
			_("In state {0} you may not change:").format(frappe.bold(_(state)))
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


def refuse_rename(doc, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""`before_rename` of what log, prints and rules name: Frappe's rename_doc takes `force` from anybody who may
	write, and changes every link by SQL, past all that guards them. Raises frappe.PermissionError."""
	if doc.doctype in WORDS and old not in WORDS[doc.doctype]:
		return
	frappe.throw(
		_("{0} keeps its name: log, evidence and prints refer to it.").format(old),
		frappe.PermissionError,
		title=_("Change Not Allowed"),
	)


def refuse_mail_links(workflow, method: str | None = None) -> None:
	"""`Workflow.validate`: the links in Frappe's workflow mails approve without login.

	Raises frappe.PermissionError.
	"""
	if workflow.document_type == "P2HAM Assessment" and cint(workflow.send_email_alert):
		frappe.throw(
			_("{0}: mails with approval links work without login and stay off for {1}.").format(
				_("Send Email Alert"), _(workflow.document_type)
			),
			frappe.PermissionError,
		)


def changes(before, after) -> list[Change]:
	"""List every field, and every field of every row, that differs between two versions of a document."""
	found = [Change(field) for field in _differing(before, after, _comparable(after.meta))]
	if before.owner != after.owner:
		found.append(Change("owner"))
	if cint(before.docstatus) != cint(after.docstatus):
		found.append(Change("docstatus"))
	for table in after.meta.get_table_fields():
		old = {row.name: row for row in before.get(table.fieldname)}
		new = {row.name: row for row in after.get(table.fieldname) if row.name in old}
		fields = _comparable(frappe.get_meta(table.options))
		for row in after.get(table.fieldname):
			if row.name not in old:
				found.append(Change("", table.fieldname, row.name or f"#{row.idx}", "added"))
		for name, row in old.items():
			if name not in new:
				found.append(Change("", table.fieldname, name, "removed"))
			else:
				found += [
					Change(field, table.fieldname, name) for field in _differing(row, new[name], fields)
				]
	return found


def changes_by_people(before, after) -> list[Change]:
	"""List what `changes` does but for the name of the unit, which Frappe reads anew at every save."""
	return [change for change in changes(before, after) if change.field != FETCHED]


def _comparable(meta) -> list:
	"""Return the fields of a DocType that hold a value of their own."""
	return [
		field
		for field in meta.fields
		if field.fieldtype not in WITHOUT_VALUE
		and field.fieldtype not in frappe.model.table_fields
		and field.fieldname not in IGNORED
	]


def _differing(before, after, fields: list) -> list[str]:
	found = []
	for field in fields:
		old, new = before.get(field.fieldname), after.get(field.fieldname)
		if old != new and _plain(field, old) != _plain(field, new):
			found.append(field.fieldname)
	return found


def _plain(field, value):
	"""Bring a value to one form, since forms, REST and the database each have their own."""
	if field.fieldtype in NUMERIC:
		return round(flt(value), 9)
	if field.fieldtype in WHOLE:
		return cint(value)
	if field.fieldtype == "Date":
		return getdate(value) if value else None
	if field.fieldtype == "Time":
		return _seconds(value)
	if field.fieldtype == "Datetime":
		return get_datetime(value).replace(microsecond=0) if value else None
	# What stands there may be older than the form in which texts are stored now: nobody has changed that.
	text = str(value) if value is not None else ""
	return (
		text if field.get("ignore_xss_filter") else clean_lines(text)
	)  # what is sealed is sealed byte for byte


def _seconds(value) -> float | str:
	"""A time of day has hours with one digit in the database and with two in the form."""
	try:
		return to_timedelta(value).total_seconds() if value not in (None, "") else ""
	except ValueError:  # no time at all: the controller says so
		return str(value)


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
			" ".join(filter(None, [row.get("code"), row.get("title")]))
			or row.get("indicator")
			or row.get("opd")
			or change.row
		)
	if change.kind == "added":
		return _("{0}: row {1} added").format(_(table.label), name)
	if change.kind == "removed":
		return _("{0}: row {1} removed").format(_(table.label), name)
	return f"{name}: {_(frappe.get_meta(table.options).get_label(change.field))}"


def _check_step(
	doc, before, held: list[duties.Held], transition: Step, request: StepRequest | None
) -> TakenStep:
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
	unit_windows.check(before, transition.window, _(transition.action))
	return TakenStep(
		transition, by, _note(doc, before, transition, request), _until(doc, before, transition, request)
	)


def _check_four_eyes(doc, before, transition: Step) -> None:
	if not transition.differs_from:
		return
	taken = [
		(row.action, row.user)
		for row in frappe.get_all(
			"P2HAM Assessment Log",
			filters={"assessment": doc.name},
			fields=["action", "user"],
			order_by="sequence",
		)
	]
	stamp = lifecycle.four_eyes_conflict(transition, frappe.session.user, before, taken)
	if not stamp:
		return
	others = _enabled(
		row
		for duty in transition.duties
		for row in duties.holders(duty)
		if not lifecycle.four_eyes_conflict(transition, row.user, before, taken)
	)
	message = _(
		"{0}: the same person may not take the step {1}, because the field {2} already names you."
	).format(doc.name, frappe.bold(_(transition.action)), frappe.bold(_(doc.meta.get_label(stamp))))
	if before.get(stamp) != frappe.session.user:
		message = _(
			"{0}: the same person may not take the step {1}, because you took part in it before it was returned ({2})."
		).format(doc.name, frappe.bold(_(transition.action)), _(doc.meta.get_label(stamp)))
	if others:
		message += " " + _("Who else could act: {0}.").format(
			", ".join(f"{row.full_name} ({duties.title(row)})" for row in others)
		)
	else:
		message += " " + _(
			"Nobody else holds this duty today; a System Manager can appoint an acting holder."
		)
	frappe.throw(message, frappe.PermissionError, title=_("Four Eyes"))


def _enabled(officers: Iterable) -> list:
	"""Return those officers who can log in."""
	officers = list(officers)
	users = frappe.get_all(
		"User",
		filters={"name": ("in", [row.user for row in officers] or [""]), "enabled": 1},
		pluck="name",
		order_by="name",
	)
	return [row for row in officers if row.user in users]


def _note(doc, before, transition: Step, request: StepRequest | None) -> str:
	"""Return the note given with this step: through the step's own call, or as a newly written field."""
	if not transition.note_field:
		return ""
	if request:
		given = request.note or ""
	else:
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


def _until(doc, before, transition: Step, request: StepRequest | None) -> datetime.date | None:
	"""Return the day until which this step gives time for corrections, checked."""
	field = transition.until_field
	if not field:
		return None
	if request:
		given: str | None = request.until
	else:  # written as a field, like the note
		given = doc.get(field) if _day(doc.get(field)) != _day(before.get(field)) else None
	until = _day(given)
	unit_windows.check_correction(before, transition, until)
	return until


def _day(value) -> datetime.date | None:
	return getdate(value) if value else None


def stamp(doc, step: TakenStep) -> None:
	"""Write what a step leaves behind in the document: state, note, day, who and when."""
	transition = step.transition
	doc.workflow_state = transition.target
	for field in transition.clears:
		doc.set(field, "")
	if transition.note_field:
		doc.set(transition.note_field, step.note)
	if transition.until_field:
		doc.set(transition.until_field, step.until)
	if transition.stamp:
		doc.set(f"{transition.stamp}_by", frappe.session.user)
		doc.set(f"{transition.stamp}_on", now_datetime())
