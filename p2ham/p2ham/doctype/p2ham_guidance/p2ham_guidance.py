import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.access import bagian_hukum, scope, units
from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.engine import guidance
from p2ham.guidance import guard, invitation, invitees
from p2ham.notices import events
from p2ham.utils import check_nip, place_of, time_of_day

TIMES = ["start_time", "end_time"]


class P2HAMGuidance(Record):
	"""A coordination meeting, dissemination or coaching visit, or a unit's request for guidance."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_guidance_decision.p2ham_guidance_decision import P2HAMGuidanceDecision
		from p2ham.p2ham.doctype.p2ham_guidance_participant.p2ham_guidance_participant import (
			P2HAMGuidanceParticipant,
		)

		agenda: DF.Text | None
		cancel_reason: DF.SmallText | None
		chair: DF.Data | None
		chair_nip: DF.Data | None
		chair_position: DF.Data | None
		date: DF.Date | None
		decisions: DF.Table[P2HAMGuidanceDecision]
		end_time: DF.Time | None
		host: DF.Data | None
		invitation_sent: DF.LongText | None
		invitation_sequence: DF.Int
		invited_on: DF.Datetime | None
		kind: DF.Literal["Coordination Meeting", "Dissemination", "Coaching Visit", "Request for Guidance"]
		minutes_number: DF.Data | None
		note_taker: DF.Data | None
		note_taker_nip: DF.Data | None
		note_taker_position: DF.Data | None
		outcome: DF.Text | None
		participants: DF.Table[P2HAMGuidanceParticipant]
		place: DF.Data | None
		start_time: DF.Time | None
		status: DF.Literal["Requested", "Accepted", "Scheduled", "Held", "Cancelled"]
		subject: DF.Data
	# end: auto-generated types

	# What only an action of the app writes, and is written now.
	written: frozenset[str] = ServerSide(frozenset())

	def save_links(self):
		"""Save which follow-ups were made of the decisions: nobody else writes that."""
		with given(self, written=frozenset({guidance.LINK})):
			self.save()

	def _set_defaults(self):
		# Frappe would fill a time that nobody gave with that of the clock.
		self.dont_update_if_missing += TIMES
		super()._set_defaults()

	def onload(self):
		"""Which buttons the form shows."""
		if not self.is_new():
			self.set_onload("steps", [step.action for step in guard.steps(self)])

	def validate(self):
		guard.check(self, self.written)
		units.check_exist([*self.participants, *self.decisions])
		self.keep_stamps()
		self.check_date()
		self.check_times()
		self.check_participants()
		self.check_decisions()
		for field in ("chair_nip", "note_taker_nip"):
			check_nip(self, field)
		if self.status != guidance.CANCELLED:
			self.cancel_reason = None

	def on_update(self):
		invitation.send_by_itself(self)
		events.tell(self)

	def on_trash(self):
		bagian_hukum.check(self)

	def keep_stamps(self):
		"""What was sent, and which follow-up was made of a decision, is written by the app alone."""
		# As committed now: invitations are sent without saving the meeting.
		stored = not self.is_new() and frappe.db.get_value(
			self.doctype, self.name, list(guidance.STAMPS), as_dict=True, for_update=True
		)
		for field in guidance.STAMPS:
			self.set(field, stored[field] if stored else None)
		if guidance.LINK in self.written:
			return
		before = self.get_doc_before_save()
		made = {row.name: row.follow_up for row in before.decisions} if before else {}
		for row in self.decisions:
			row.follow_up = made.get(row.name)

	def check_date(self):
		label = _(self.meta.get_label("date"))
		if self.status in (guidance.SCHEDULED, guidance.HELD) and not self.date:
			frappe.throw(_("{0} must be filled.").format(label), frappe.MandatoryError)
		if self.status == guidance.HELD and getdate(self.date) > getdate(nowdate()):
			frappe.throw(
				_("{0}: what is {1} lies not in the future.").format(label, frappe.bold(_(self.status)))
			)

	def check_times(self):
		begins, ends = (time_of_day(self, field) for field in TIMES)
		if begins is None and ends is not None:
			frappe.throw(
				_("{0} must be filled.").format(_(self.meta.get_label("start_time"))), frappe.MandatoryError
			)
		if begins is not None and ends is not None and ends < begins:
			frappe.throw(
				_("{0} must not be before {1}.").format(
					_(self.meta.get_label("end_time")), _(self.meta.get_label("start_time"))
				)
			)

	def check_participants(self):
		"""One row for each person of a unit; a unit without a person stands there once, and a guest has a name."""
		before = self.get_doc_before_save()
		attended = {row.name for row in before.participants if row.attended} if before else set()
		seen = {}
		for row in self.participants:
			self.check_participant(row, attended)
			who = (row.opd or (row.institution or "").strip(), (row.person or "").strip())
			key = tuple(part.casefold() for part in who)
			if key in seen:
				frappe.throw(
					_("Row {0}: {1} already stands in row {2}.").format(
						row.idx, " ".join(filter(None, who)), seen[key]
					)
				)
			seen[key] = row.idx

	def check_participant(self, row, attended: set[str]):
		if row.opd:
			row.institution = None
		else:
			row.opd = row.opd_name = None
			if not (row.person or "").strip():
				frappe.throw(
					_("Row {0}: name the unit, or the person who is a guest.").format(row.idx),
					frappe.MandatoryError,
				)
		row.email = (row.email or "").strip() or None
		if row.email and not invitees.plain(row.email):
			frappe.throw(
				_("{0}: {1} is not an e-mail address.").format(
					place_of(row, "email"), frappe.bold(frappe.utils.escape_html(row.email))
				),
				frappe.InvalidEmailAddressError,
			)
		if row.attended and self.status != guidance.HELD and row.name not in attended:
			frappe.throw(
				_("{0}: it is known only once it is {1}.").format(
					place_of(row, "attended"), frappe.bold(_(guidance.HELD))
				)
			)

	def check_decisions(self):
		"""Who is to carry out a decision takes part, so that whoever sees the follow-up sees where it comes from."""
		before = self.get_doc_before_save()
		decided = {row.name: row.opd for row in before.decisions} if before else {}
		taking_part = {row.opd for row in self.participants if row.opd}
		for row in self.decisions:
			if not (row.decision or "").strip():
				frappe.throw(
					_("{0} must be filled.").format(place_of(row, "decision")), frappe.MandatoryError
				)
			# Not at every save: who takes part may change later.
			new = row.name not in decided or decided[row.name] != row.opd
			if row.opd and new and taking_part.isdisjoint(scope.below(row.opd)):
				frappe.throw(
					_("{0}: {1} takes no part. Add it to the participants first.").format(
						place_of(row, "opd"), frappe.bold(row.opd)
					)
				)
