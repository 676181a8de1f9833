"""Follow-ups from the decisions of a meeting, a visit or whatever guidance there was."""

from __future__ import annotations

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import getdate

from p2ham.engine import guidance
from p2ham.follow_ups.suggestion import Group, Suggestion

# The field of a follow-up that names where it comes from.
FIELD = "guidance"


def groups(doc) -> list[Group]:
	"""Return the decisions of guidance of which no follow-up was made yet, as suggestions. Of what was cancelled there
	are none."""
	if doc.status == guidance.CANCELLED:
		return []
	found = tuple(_suggestion(row) for row in doc.decisions if not row.follow_up)
	return [Group(doc.subject, found)] if found else []


def _suggestion(row) -> Suggestion:
	return Suggestion(
		key=row.name,
		opd=row.opd or "",
		recommendation=row.decision,
		responsible=row.responsible or "",
		due_date=getdate(row.due_date) if row.due_date else None,
	)


def created(doc, names: Mapping[str, str]) -> None:
	"""Write into each decision which follow-up was made of it, and for which unit, which may be another than was decided:
	`names` are follow-ups by key of the suggestion.

	Raises frappe.ValidationError where one was made of it already, and frappe.TimestampMismatchError where somebody else
	has saved the guidance meanwhile.
	"""
	units = dict(
		frappe.get_all(
			"P2HAM Follow-up",
			filters={"name": ("in", [*names.values(), ""])},
			fields=["name", "opd"],
			as_list=True,
			order_by="name",
		)
	)
	for row in doc.decisions:
		if row.name not in names:
			continue
		if row.follow_up:
			frappe.throw(
				_("Row {0}: the follow-up {1} was made of this decision already.").format(
					row.idx, frappe.bold(row.follow_up)
				)
			)
		row.follow_up = names[row.name]
		row.opd = units[row.follow_up]
	doc.save_links()


def release(follow_up: str) -> None:
	"""Take a follow-up that is being deleted out of the decision it was made of, of which another can be made then."""
	row = frappe.qb.DocType("P2HAM Guidance Decision")
	frappe.qb.update(row).set(row.follow_up, None).where(row.follow_up == follow_up).run()
