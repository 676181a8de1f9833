"""The steps that the head of a unit takes in a period: they may not write a period, so they have doors of their own
(`api.period`). The period itself checks each step, as it does for who keeps it."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate, nowdate

from p2ham.access import duties, own_files, scope
from p2ham.access.own_files import Origin
from p2ham.access.stored_values import settled
from p2ham.engine import file_names, participation, period_life
from p2ham.evidence import intake
from p2ham.utils import told_of_deadlock

PERIOD = "P2HAM Period"
LONGEST_REASON = 500
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def taker(opd: str) -> str:
	"""Return by which right the session's user takes steps of a unit: as the head of its line, or as who keeps periods.

	Raises frappe.PermissionError for everybody else.
	"""
	if participation.HEAD in duties.names(duties.for_unit(opd)):
		return participation.HEAD
	if duties.is_master_data_keeper():
		return participation.KEEPER
	frappe.throw(
		_("Only the head of {0}, or a P2HAM Manager, says whether it takes part.").format(
			frappe.bold(escape_html(opd))
		),
		frappe.PermissionError,
		title=_("Step Not Allowed"),
	)


def my_steps(period: str) -> list[dict]:
	"""Return the participants whose head the session's user is, with the steps they may take for each now."""
	doc = frappe.get_doc(PERIOD, period)
	doc.check_permission("read")
	units = frozenset().union(*(held.units for held in duties.held_by() if held.duty == participation.HEAD))
	rows = [row for row in doc.participants if row.opd in units]
	names = dict(
		frappe.get_all(
			"P2HAM OPD",
			filters={"name": ("in", [*(row.opd for row in rows), ""])},
			fields=["name", "opd_name"],
			order_by="name",
			as_list=True,
		)
	)
	moves = doc.status in period_life.PARTICIPANTS_MOVE_IN
	return [
		{
			"opd": row.opd,
			"opd_name": names[row.opd],
			"status": row.status,
			"steps": [
				step.target for step in participation.STEPS.steps_from(row.status, [participation.HEAD])
			]
			if moves
			else [],
		}
		for row in rows
	]


def sent_letter() -> intake.Looked | None:
	"""Return the letter that is sent along with the request as `file`, looked at; None where there is none.

	Raises frappe.ValidationError for a file that is neither a PDF nor a picture, or is refused like evidence.
	"""
	sent = frappe.request.files.get("file") if frappe.request else None
	if not sent:
		return None
	name = file_names.clean(sent.filename)
	if file_names.ending(name) not in intake.SIGNED:
		frappe.throw(
			_("File {0}: the letter is one of {1}.").format(
				frappe.bold(escape_html(name)), ", ".join(intake.SIGNED)
			),
			title=_("File Type Not Accepted"),
		)
	return intake.look_at_signed(sent.filename, sent.stream.read())


def declare_ready(
	period: str, opd: str, ready_on: str | None = None, letter: intake.Looked | None = None
) -> dict:
	"""Take the step to Ready for a unit and store its letter beside it, or nothing of both."""

	def change(doc, row) -> str:
		row.ready_on = getdate(settled(row.doctype, "ready_on", ready_on) or nowdate())
		if letter:
			row.letter = _store_letter(doc, row, letter)
		return _("{0} is ready since {1}.").format(opd, formatdate(row.ready_on))

	return _step(period, opd, participation.READY, change)


def withdraw(period: str, opd: str, reason: str) -> dict:
	"""Take a unit out of a period, with the reason."""
	reason = settled("P2HAM Period Participant", "withdrawal_reason", reason or "")
	if len(reason) > LONGEST_REASON:
		frappe.throw(_("{0}: at most {1} characters.").format(_("Reason for Withdrawal"), LONGEST_REASON))

	def change(doc, row) -> str:
		row.withdrawal_reason = reason
		return _("{0} has withdrawn: {1}").format(opd, escape_html(reason))

	return _step(period, opd, participation.WITHDRAWN, change)


def _step(period: str, opd: str, status: str, change) -> dict:
	"""Take a step on the locked, newest state of a period, so that two heads at once both succeed, and note it there.
	Who has the period open meanwhile is told that it was changed."""
	by = taker(opd)
	stored = frappe.get_doc(PERIOD, period)
	stored.check_permission("read")
	with told_of_deadlock(stored):
		doc = frappe.get_doc(PERIOD, period, for_update=True)
		row = doc.participant(opd)
		if not row or opd not in scope.seen("P2HAM OPD", [opd]):
			frappe.throw(
				_("{0} does not take part in {1}.").format(
					frappe.bold(escape_html(opd)), frappe.bold(escape_html(doc.title))
				)
			)
		if row.status == status:
			frappe.throw(_("{0} is {1} already.").format(opd, _(status)), title=_("Already There"))
		row.status = status
		said = change(doc, row)
		doc.save_step_of(by)
	doc.add_comment("Info", said)
	row = doc.participant(opd)
	return {
		"opd": opd,
		"status": row.status,
		"ready_on": str(row.ready_on or ""),
		"letter": row.letter or "",
		"withdrawn_on": str(row.withdrawn_on or ""),
	}


def _store_letter(doc, row, letter: intake.Looked) -> str:
	"""Store a letter as a private file of the period, under a name that says whose it is; return its address."""
	unit = row.opd.replace(" ", "-")
	name = f"Surat-Kesiapan-{unit}-{doc.name}.{ENDINGS[letter.mime_type]}"
	address, stored = own_files.store(Origin.LETTER, doc, name, letter.content)
	if stored != letter.content:
		frappe.throw(_("{0} was changed while it was stored. Nothing was kept.").format(letter.file_name))
	return address
