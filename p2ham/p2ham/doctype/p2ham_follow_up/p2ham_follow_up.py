import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

from p2ham.access import follow_up, scope
from p2ham.engine import follow_up as rules
from p2ham.engine.numbers import read_number
from p2ham.notices import events


class P2HAMFollowup(Document):
	"""From something weak to a dated action: what should be better, who does what until when, how far it is."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.SmallText | None
		assessment: DF.Link | None
		closed_on: DF.Date | None
		completed_on: DF.Date | None
		due_date: DF.Date
		guidance: DF.Link | None
		indicator: DF.Link | None
		kkpham_result: DF.Link | None
		opd: DF.Link
		opd_name: DF.Data | None
		progress: DF.Percent
		progress_note: DF.SmallText | None
		recommendation: DF.SmallText
		responsible: DF.Data | None
		status: DF.Literal["Open", "In Progress", "Completed", "Closed"]
	# end: auto-generated types

	def validate(self):
		follow_up.check_follow_up(self)
		follow_up.check_units([self])
		self.check_progress()
		self.check_source()
		self.stamp()

	def on_update(self):
		events.tell(self)

	def on_trash(self):
		follow_up.check_may_delete_follow_up(self)

	def check_progress(self):
		"""Progress and status do not contradict each other: what is completed is at 100 %."""
		label = _(self.meta.get_label("progress"))
		try:
			progress = read_number(self.progress) or 0
		except ValueError:
			frappe.throw(_("{0}: {1} is not a number.").format(label, frappe.bold(self.progress)))
		if not 0 <= progress <= rules.FULL_PROGRESS:
			frappe.throw(_("{0} must lie between {1} and {2}.").format(label, 0, rules.FULL_PROGRESS))
		self.progress = float(progress)
		if self.status != rules.COMPLETED or progress == rules.FULL_PROGRESS:
			return
		if not self.is_new() and not self.has_value_changed("status"):
			frappe.throw(
				_("{0}: it is at {1} as long as the {2} is {3}. Set that back first.").format(
					label, "100 %", _(self.meta.get_label("status")), frappe.bold(_(self.status))
				)
			)
		self.progress = rules.FULL_PROGRESS

	def check_source(self):
		"""What a follow-up comes from concerns its unit, so that whoever sees the one sees the other."""
		for field, rests_on, belongs in (
			("assessment", "opd", self.is_assessment_of_unit),
			("indicator", "assessment", self.is_asked_by_assessment),
			("kkpham_result", "opd", self.is_result_of_unit),
			("guidance", "opd", self.is_guidance_of_unit),
		):
			# Not at every save: who takes part in guidance may change later.
			changed = self.has_value_changed(field) or self.has_value_changed(rests_on)
			if self.get(field) and changed and not belongs():
				frappe.throw(
					_("{0}: {1} does not concern {2}.").format(
						_(self.meta.get_label(field)), self.get(field), self.opd
					)
				)

	def is_assessment_of_unit(self) -> bool:
		return frappe.db.get_value("P2HAM Assessment", self.assessment, "opd") == self.opd

	def is_asked_by_assessment(self) -> bool:
		if not self.assessment:
			return True
		return bool(
			frappe.db.exists(
				"P2HAM Assessment Item",
				{"parent": self.assessment, "parenttype": "P2HAM Assessment", "indicator": self.indicator},
			)
		)

	def is_result_of_unit(self) -> bool:
		opd, is_regency = frappe.db.get_value(
			"P2HAM KKPHAM Result", self.kkpham_result, ["opd", "is_regency"]
		) or (None, 0)
		return bool(is_regency) or opd == self.opd

	def is_guidance_of_unit(self) -> bool:
		return bool(
			frappe.db.exists(
				"P2HAM Guidance Participant",
				{
					"parent": self.guidance,
					"parenttype": "P2HAM Guidance",
					"opd": ("in", [*scope.below(self.opd), ""]),
				},
			)
		)

	def stamp(self):
		"""Write on which day the follow-up was completed and closed; what is taken back takes its day along."""
		before = self.get_doc_before_save()
		for field in rules.STAMPS:
			self.set(field, before.get(field) if before else None)
		if self.status in rules.UNFINISHED:
			self.completed_on = None
		elif self.status == rules.COMPLETED and not self.completed_on:
			self.completed_on = nowdate()
		if self.status != rules.CLOSED:
			self.closed_on = None
		elif not self.closed_on:
			self.closed_on = nowdate()
