import frappe
from frappe import _
from frappe.model.document import Document

from p2ham.access import guard
from p2ham.engine import lifecycle
from p2ham.p2ham.doctype.p2ham_assessment import worksheet
from p2ham.p2ham.doctype.p2ham_assessment_log import p2ham_assessment_log as log


class P2HAMAssessment(Document):
	"""One unit in one period: its answers beside the verifier's, and the result.

	The rules are in `p2ham.engine`, what may change in `p2ham.access.guard`, the rows and scores in
	`worksheet`; this class only says when each of them is asked.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_assessment_item.p2ham_assessment_item import P2HAMAssessmentItem
		from p2ham.p2ham.doctype.p2ham_assessment_score.p2ham_assessment_score import P2HAMAssessmentScore
		from p2ham.p2ham.doctype.p2ham_evidence_use.p2ham_evidence_use import P2HAMEvidenceUse

		amended_from: DF.Link | None
		approved_by: DF.Link | None
		approved_on: DF.Datetime | None
		assessment_year: DF.Int
		cancel_note: DF.SmallText | None
		category: DF.Data | None
		completeness: DF.Percent
		evidence_uses: DF.Table[P2HAMEvidenceUse]
		instrument: DF.Link | None
		items: DF.Table[P2HAMAssessmentItem]
		meets: DF.Check
		opd: DF.Link
		opd_name: DF.Data | None
		period: DF.Link
		record_number: DF.Data | None
		return_note: DF.SmallText | None
		review_note: DF.SmallText | None
		reviewed_by: DF.Link | None
		reviewed_on: DF.Datetime | None
		scores: DF.Table[P2HAMAssessmentScore]
		self_score: DF.Float
		sheet_number: DF.Data | None
		snapshot_hash: DF.Data | None
		submitted_by: DF.Link | None
		submitted_on: DF.Datetime | None
		verified_score: DF.Float
		workflow_state: DF.Link | None
	# end: auto-generated types

	def before_insert(self):
		self.begin_empty()
		self.check_unit_takes_part()
		self.check_not_there_yet()
		worksheet.build(self)

	def validate(self):
		step = None if self.is_new() else guard.check(self)
		worksheet.recompute(self)
		self.take(step)

	def before_update_after_submit(self):
		guard.check(self)

	def before_cancel(self):
		self.take(guard.check(self))

	def take(self, step: guard.Step | None):
		"""Take a step whose right and date the guard has checked: content conditions, stamps, snapshot."""
		self.flags.p2ham_step = step
		if not step:
			return
		if step.transition.needs_complete:
			worksheet.refuse_incomplete(self)
		if step.transition.needs_verified:
			worksheet.refuse_unverified(self)
		guard.stamp(self, step)
		if step.transition.target == lifecycle.APPROVED:
			self.snapshot_hash = worksheet.content_hash(self)

	def after_insert(self):
		log.append(self, lifecycle.CREATE, "", self.workflow_state)

	def on_update(self):
		self.log_step()

	def on_cancel(self):
		self.log_step()

	def log_step(self):
		step = self.flags.p2ham_step
		if step:
			self.flags.p2ham_step = None
			log.append(
				self,
				step.transition.action,
				step.transition.source,
				step.transition.target,
				step.note,
				step.held,
			)

	def begin_empty(self):
		"""A new assessment brings no state, stamp, note or result, whoever sends them along."""
		if self.docstatus:
			frappe.throw(_("A new assessment begins in the state {0}.").format(_(lifecycle.DRAFT)))
		for field in self.meta.fields:
			if field.no_copy and field.fieldname != "amended_from":
				self.set(field.fieldname, [] if field.fieldtype == "Table" else None)
		self.workflow_state = lifecycle.DRAFT

	def check_unit_takes_part(self):
		if not self.period or not self.opd:
			return  # Frappe names what is mandatory
		period = frappe.get_cached_doc("P2HAM Period", self.period)
		if period.status != "Open":
			frappe.throw(
				_("{0}: {1} is not open (status {2}).").format(_("Period"), period.name, _(period.status)),
				title=_("Period Not Open"),
			)
		row = period.participant(self.opd)
		if not row or row.status == "Withdrawn":
			frappe.throw(
				_("{0}: {1} takes no part in {2}. A P2HAM Manager can add it to the participants.").format(
					_("OPD"), self.opd, period.name
				),
				title=_("Not a Participant"),
			)

	def check_not_there_yet(self):
		present = frappe.db.get_value(
			"P2HAM Assessment", {"period": self.period, "opd": self.opd, "docstatus": ("<", 2)}, "name"
		)
		if present:
			frappe.throw(
				_("{0} and {1}: there is already an assessment for this unit and period, {2}.").format(
					_("OPD"), _("Period"), frappe.bold(present)
				),
				frappe.DuplicateEntryError,
				title=_("Already There"),
			)
		if not self.amended_from:
			cancelled = frappe.db.get_value(
				"P2HAM Assessment", {"period": self.period, "opd": self.opd, "docstatus": 2}, "name"
			)
			if cancelled:
				frappe.throw(
					_("{0} was cancelled: open it and choose Amend to start again.").format(
						frappe.bold(cancelled)
					),
					frappe.DuplicateEntryError,
					title=_("Already There"),
				)
		elif not frappe.db.exists(
			"P2HAM Assessment",
			{"name": self.amended_from, "period": self.period, "opd": self.opd, "docstatus": 2},
		):
			frappe.throw(
				_("{0}: {1} is not a cancelled assessment of this unit and period.").format(
					_("Amended From"), self.amended_from
				)
			)
