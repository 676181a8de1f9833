import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from p2ham.access import follow_up
from p2ham.engine import follow_up as rules
from p2ham.notices import events
from p2ham.utils import check_nip, time_of_day

TIMES = ["start_time", "end_time"]


class P2HAMGuidance(Document):
	"""A coordination meeting, dissemination or coaching visit, or a unit's request for guidance."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_guidance_participant.p2ham_guidance_participant import (
			P2HAMGuidanceParticipant,
		)

		agenda: DF.Text | None
		chair: DF.Data | None
		chair_nip: DF.Data | None
		chair_position: DF.Data | None
		date: DF.Date | None
		end_time: DF.Time | None
		host: DF.Data | None
		kind: DF.Literal["Coordination Meeting", "Dissemination", "Coaching Visit", "Request for Guidance"]
		minutes_number: DF.Data | None
		note_taker: DF.Data | None
		note_taker_nip: DF.Data | None
		note_taker_position: DF.Data | None
		outcome: DF.Text | None
		participants: DF.Table[P2HAMGuidanceParticipant]
		place: DF.Data | None
		start_time: DF.Time | None
		status: DF.Literal["Requested", "Scheduled", "Held", "Cancelled"]
		subject: DF.Data
	# end: auto-generated types

	def _set_defaults(self):
		# Frappe would fill a time that nobody gave with that of the clock.
		self.dont_update_if_missing += TIMES
		super()._set_defaults()

	def validate(self):
		follow_up.check_guidance(self)
		follow_up.check_units(self.participants)
		self.check_date()
		self.check_times()
		self.check_participants()
		for field in ("chair_nip", "note_taker_nip"):
			check_nip(self, field)

	def on_update(self):
		events.tell(self)

	def on_trash(self):
		follow_up.check_bagian_hukum(self)

	def check_date(self):
		label = _(self.meta.get_label("date"))
		if self.status in (rules.SCHEDULED, rules.HELD) and not self.date:
			frappe.throw(_("{0} must be filled.").format(label), frappe.MandatoryError)
		if self.status == rules.HELD and getdate(self.date) > getdate(nowdate()):
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
		"""One row for each person of a unit; a unit without a person stands there once."""
		seen = {}
		for row in self.participants:
			key = (row.opd, (row.person or "").strip().casefold())
			if key in seen:
				frappe.throw(
					_("Row {0}: {1} already stands in row {2}.").format(
						row.idx, " ".join(filter(None, [row.opd, row.person])), seen[key]
					)
				)
			seen[key] = row.idx
