import frappe
from frappe import _
from frappe.utils import now_datetime, nowdate

from p2ham.access import scope, units
from p2ham.access.stored_values import Record
from p2ham.engine import follow_up as rules
from p2ham.engine.numbers import read_number
from p2ham.follow_ups import from_guidance, guard
from p2ham.kkpham import rights
from p2ham.notices import events


class P2HAMFollowup(Record):
	"""From something weak to a dated action: what should be better, who does what until when, how far it is."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_follow_up_evidence.p2ham_follow_up_evidence import (
			P2HAMFollowupEvidence,
		)
		from p2ham.p2ham.doctype.p2ham_follow_up_progress.p2ham_follow_up_progress import (
			P2HAMFollowupProgress,
		)

		action: DF.SmallText | None
		assessment: DF.Link | None
		closed_by: DF.Link | None
		closed_on: DF.Date | None
		closing_note: DF.SmallText | None
		completed_by: DF.Link | None
		completed_on: DF.Date | None
		criterion: DF.Link | None
		due_date: DF.Date
		evidence: DF.Table[P2HAMFollowupEvidence]
		guidance: DF.Link | None
		indicator: DF.Link | None
		kkpham_result: DF.Link | None
		opd: DF.Link
		opd_name: DF.Data | None
		progress: DF.Percent
		progress_note: DF.SmallText | None
		progress_notes: DF.Table[P2HAMFollowupProgress]
		recommendation: DF.SmallText
		responsible: DF.Data | None
		status: DF.Literal["Open", "In Progress", "Completed", "Closed"]
	# end: auto-generated types

	def validate(self):
		guard.check(self)
		units.check_exist([self])
		self.check_progress()
		self.check_source()
		self.check_evidence()
		self.check_proof()
		self.stamp()
		self.note_progress()

	def onload(self):
		"""What the form shows beside the rows: who wrote the notes, the titles of the evidence that its reader may see,
		and what may be uploaded."""
		people = {self.completed_by, self.closed_by, *(row.noted_by for row in self.progress_notes)}
		self.set_onload("people", self._values("User", people, "full_name"))
		seen = scope.seen("P2HAM Evidence", sorted({row.evidence for row in self.evidence}))
		self.set_onload("evidence", self._values("P2HAM Evidence", seen, "title"))
		settings = frappe.get_cached_doc("P2HAM Settings")
		limits = {"types": settings.allowed_types(), "max_mb": settings.evidence_max_mb or 0}
		self.set_onload("limits", limits)

	@staticmethod
	def _values(doctype: str, names, field: str) -> dict[str, str]:
		filters = {"name": ("in", [*filter(None, names), ""])}
		return dict(
			frappe.get_all(doctype, filters=filters, fields=["name", field], order_by="name", as_list=True)
		)

	def on_update(self):
		events.tell(self)

	def on_trash(self):
		guard.check_may_delete(self)
		from_guidance.release(self.name)

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
			("criterion", "kkpham_result", self.is_right_of_result),
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

	def is_right_of_result(self) -> bool:
		return rights.is_of_result(self.criterion, self.kkpham_result)

	def is_guidance_of_unit(self) -> bool:
		return bool(
			frappe.db.exists(
				"P2HAM Guidance Participant",
				{
					"parent": self.guidance,
					"parenttype": "P2HAM Guidance",
					"opd": ("in", sorted(scope.below(self.opd)) or [self.opd]),
				},
			)
		)

	def check_evidence(self):
		"""The documents that show what was done are of the unit's line; until the follow-up is closed the rows follow
		their newest revision."""
		before = self.get_doc_before_save()
		if (before and before.status == rules.CLOSED) or not self.evidence:
			return
		newest = guard.check_evidence(self)
		for row in self.evidence:
			row.revision = newest.get(row.evidence, row.revision)

	def check_proof(self):
		before = self.get_doc_before_save()
		if rules.lacks_proof(
			before.status if before else rules.OPEN, self.status, self.progress_note, len(self.evidence)
		):
			frappe.throw(
				_("Say what was done before it is {0}: fill {1}, or add {2}.").format(
					frappe.bold(_(rules.COMPLETED)),
					frappe.bold(_(self.meta.get_label("progress_note"))),
					frappe.bold(_(self.meta.get_label("evidence"))),
				),
				frappe.MandatoryError,
				title=_("Not Completed"),
			)

	def stamp(self):
		"""Write on which day the follow-up was completed and closed and by whom; what is taken back takes its day
		along."""
		before = self.get_doc_before_save()
		for field in rules.STAMPS:
			self.set(field, before.get(field) if before else None)
		if self.status in rules.UNFINISHED:
			self.completed_on = self.completed_by = None
		elif self.status == rules.COMPLETED and not self.completed_on:
			self.completed_on, self.completed_by = nowdate(), frappe.session.user
		if self.status != rules.CLOSED:
			self.closed_on = self.closed_by = self.closing_note = None
		elif not self.closed_on:
			self.closed_on, self.closed_by = nowdate(), frappe.session.user

	def note_progress(self):
		"""Append how far it is now to the list that nobody edits, whenever status, progress or note have changed."""
		before = self.get_doc_before_save()
		if not before:
			self.set("progress_notes", [])
		status, progress, note = (
			(before.status, before.progress, before.progress_note) if before else (rules.OPEN, 0, "")
		)
		said = (self.progress_note or "").strip()
		told = said if said != (note or "").strip() else ""
		if self.status == rules.CLOSED and status != rules.CLOSED:
			told = "\n".join(filter(None, [told, (self.closing_note or "").strip()]))
		if told or status != self.status or float(progress or 0) != self.progress:
			self.append(
				"progress_notes",
				{
					"noted_on": now_datetime(),
					"noted_by": frappe.session.user,
					"status": self.status,
					"progress": self.progress,
					"note": told,
				},
			)
