import frappe
from frappe import _
from frappe.utils import cint

from p2ham import fault_messages
from p2ham.access.stored_values import Record
from p2ham.engine import reminders
from p2ham.engine.faults import FaultyError

# A digest that is kept is not made again, so none is removed before the week is over.
MIN_KEPT = 31
LONGEST = {"digests_kept_days": 10 * reminders.MAX_DAYS}


class P2HAMSettings(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		check_questions: DF.SmallText | None
		digests_kept_days: DF.Int
		emblem: DF.AttachImage | None
		escalate_days: DF.Int
		evidence_max_mb: DF.Int
		evidence_types: DF.SmallText | None
		follow_up_days: DF.Int
		government_line: DF.Data | None
		late_every_days: DF.Int
		letterhead_address: DF.SmallText | None
		letterhead_office: DF.Data | None
		notice: DF.SmallText | None
		notify_follow_ups: DF.Check
		notify_guidance: DF.Check
		notify_steps: DF.Check
		public_page: DF.Check
		regency_code: DF.Data | None
		regency_name: DF.Data | None
		remind_again_days: DF.Data | None
		remind_deadlines: DF.Check
		remind_evidence: DF.Check
		remind_follow_ups: DF.Check
		remind_late: DF.Check
		reminder_days: DF.Int
		reminders_owed: DF.SmallText | None
		reminders_run_on: DF.Date | None
		retake_note: DF.SmallText | None
		seat: DF.Data | None
		send_notice_mails: DF.Check
		show_distribution: DF.Check
		supervising_body: DF.Data | None
		weekly_day: DF.Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
		weekly_digest: DF.Check
	# end: auto-generated types

	def validate(self):
		self.evidence_types = ", ".join(self.allowed_types())
		self.check_days()

	def allowed_types(self) -> list[str]:
		"""Return the file endings accepted as evidence, in small letters and without dots."""
		words = (self.evidence_types or "").replace("\n", ",").split(",")
		return list(dict.fromkeys(word.strip().lstrip(".").lower() for word in words if word.strip()))

	def check_days(self):
		"""Numbers of days lie within a year or so, and are numbers."""
		for field, least in (
			("reminder_days", 0),
			("late_every_days", 0),
			("escalate_days", 0),
			("digests_kept_days", MIN_KEPT),
			("follow_up_days", 1),
		):
			given, most = self.get(field) or 0, LONGEST.get(field, reminders.MAX_DAYS)
			if not str(given).strip().isdigit() or not least <= cint(given) <= most:
				self.refuse(
					field, _("{0} is not a number of days between {1} and {2}.").format(given, least, most)
				)
		try:
			self.remind_again_days = reminders.written(reminders.days(self.remind_again_days))
		except FaultyError as error:
			self.refuse("remind_again_days", fault_messages.message(error.faults[0]))

	def refuse(self, field: str, why: str):
		frappe.throw(f"{_(self.meta.get_label(field))}: {frappe.utils.escape_html(why)}")

	def plan(self) -> reminders.Plan:
		"""Return when reminders come, by these settings."""
		return reminders.plan(
			cint(self.reminder_days),
			self.remind_again_days or "",
			cint(self.late_every_days),
			cint(self.escalate_days),
		)
