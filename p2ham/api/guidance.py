"""Doors of guidance: its steps, whom it is for, the invitation and the calendar file."""

import frappe
from frappe import _

from p2ham.access import bagian_hukum
from p2ham.api.documents import file_name
from p2ham.engine import guidance
from p2ham.guidance import guard, invitation, invitees


@frappe.whitelist(methods=["POST"])
def take_step(name: str, action: str, values: dict | str | None = None) -> str:
	"""Take a step in the life of guidance (p2ham.engine.guidance); return its new status. `values` may give the reason
	of a cancellation (`cancel_reason`), or date, start_time, end_time, place and host of what is scheduled.

	Raises frappe.PermissionError for whose step it is not, and frappe.MandatoryError for what it needs.
	"""
	doc = frappe.get_doc("P2HAM Guidance", name)
	doc.check_permission("write")
	step = next((step for step in guard.steps(doc) if step.action == action), None)
	if not step:
		frappe.throw(
			_("{0}: {1} cannot be done by you in state {2}.").format(
				doc.name, frappe.bold(frappe.utils.escape_html(action)), _(doc.status)
			),
			frappe.PermissionError,
			title=_("Step Not Allowed"),
		)
	given = _parsed(values, dict)
	doc.update({field: given[field] for field in (guidance.REASON, *guidance.OCCASION) if field in given})
	doc.status = step.target
	doc.save()
	return doc.status


@frappe.whitelist(methods=["GET"])
def officers(units: list | str) -> dict:
	"""Return the heads and clerks of units of today as rows of participants (`rows`), and which units have none
	(`without`).

	Raises frappe.PermissionError for whoever is not of Bagian Hukum: it tells names and addresses.
	"""
	bagian_hukum.check(frappe.new_doc("P2HAM Guidance"))
	wanted = [str(unit) for unit in _parsed(units, list)]
	found = invitees.officers(wanted)
	return {
		"rows": [row for unit in wanted for row in found.get(unit, [])],
		"without": [unit for unit in wanted if unit not in found],
	}


@frappe.whitelist(methods=["GET"])
def preview_invitation(name: str) -> dict:
	"""Return whom the invitation would go to now: who gets it (`invited`, with `again` where it changed), from whom it is
	taken back (`dropped`), who has it already (`have`), and which rows it does not reach (`unreached`, `invalid`).

	Raises frappe.PermissionError for whoever is not of Bagian Hukum, and frappe.ValidationError where there is nothing to
	invite to.
	"""
	doc = _of_bagian_hukum(name)
	invitation.check_can_be_sent(doc)
	found = invitation.plan(doc)
	invited = {attendee.address for attendee in found.invited}
	return {
		"invited": [
			{"address": each.address, "name": each.name, "again": each in found.again}
			for each in found.invited
		],
		"dropped": [each.address for each in found.dropped],
		"have": [each.address for each in found.everybody if each.address not in invited],
		"unreached": found.unreached,
		"invalid": found.invalid,
		"no_account": "" if invitation.has_account() else invitation.no_account(),
	}


@frappe.whitelist(methods=["POST"])
def send_invitation(name: str) -> int:
	"""Send the invitation to whom it was not sent yet, as a change to who has an older one; return to how many.

	Raises frappe.PermissionError for whoever is not of Bagian Hukum, and frappe.ValidationError where nothing can be sent.
	"""
	# Locked: pressed twice at once, the second sees what the first has sent.
	doc = _of_bagian_hukum(name, for_update=True)
	found = invitation.send(doc)
	return len(found.invited) + len(found.dropped)


@frappe.whitelist(methods=["GET"])
def calendar_file(name: str) -> None:
	"""Hand out guidance as a calendar file, for one's own calendar.

	Raises frappe.PermissionError for whoever may not read it, and frappe.ValidationError where it has no date.
	"""
	doc = frappe.get_doc("P2HAM Guidance", name)
	doc.check_permission("read")
	frappe.local.response.update(
		{
			"type": "download",
			"content_type": "text/calendar; charset=utf-8",
			"filename": file_name("Undangan", doc.name, "ics"),
			"filecontent": invitation.calendar(doc),
		}
	)


def _parsed(value, kind: type):
	"""Return what a client sends as JSON, or as it is. Raises frappe.ValidationError for anything else."""
	try:
		found = frappe.parse_json(value) if value else kind()
	except ValueError:
		found = None
	if not isinstance(found, kind):
		frappe.throw(_("What was sent cannot be read."))
	return found


def _of_bagian_hukum(name: str, for_update: bool = False):
	doc = frappe.get_doc("P2HAM Guidance", name, for_update=for_update)
	doc.check_permission("write")
	bagian_hukum.check(doc)
	return doc
