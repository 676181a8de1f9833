import frappe
from frappe import _
from frappe.utils import get_datetime

from p2ham.access import guard, traces
from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.assessment import evidence_rows, log, readiness, rows, sealing, snapshots, worksheet
from p2ham.documents import public_page
from p2ham.engine import lifecycle, participation, period_life, snapshot
from p2ham.engine.steps import Step
from p2ham.notices import events
from p2ham.utils import told_of_deadlock

# What a new assessment may bring along; `worksheet.build` keeps the unit's side of the rows, and Frappe has
# fetched the name of the unit by then.
GIVEN = ("opd", "opd_name", "period", "amended_from", "items", "evidence_uses")


class P2HAMAssessment(Record):
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
		correct_until: DF.Date | None
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

	# What the own call of a step brings along; None at any other save.
	request: guard.StepRequest | None = ServerSide()
	# The step that this save takes, and what its approval seals (content and code), until both are in the log.
	taken: guard.TakenStep | None = ServerSide()
	sealed: tuple[str, str] | None = ServerSide()

	def take_step(self, step: Step, request: guard.StepRequest):
		"""Take a step by its own call. What is asked is asked at the save, as at any other."""
		self.workflow_state = step.target
		with given(self, request=request):
			if step.target == lifecycle.APPROVED:
				self.submit()
			elif step.target == lifecycle.CANCELLED:
				self.cancel()
			else:
				self.save()

	def before_insert(self):
		guard.check_may_begin(self)
		self.begin_empty()
		self.check_unit_takes_part()
		self.check_not_there_yet()
		rows.build(self)

	def validate(self):
		step = None if self.is_new() else guard.check(self, self.request)
		worksheet.recompute(self)
		self.carry_out(step)

	def before_update_after_submit(self):
		guard.check(self)

	def before_cancel(self):
		self.carry_out(guard.check(self, self.request))

	def carry_out(self, step: guard.TakenStep | None):
		"""Carry out a step whose right and date the guard has checked: content conditions, stamps, snapshot."""
		self.taken = step
		if not step:
			return
		if step.transition.needs_complete:
			readiness.refuse_incomplete(self)
			if not self.request:  # whose answer says it
				evidence_rows.tell_of_validity(self)
		if step.transition.needs_verified:
			readiness.refuse_unverified(self)
		guard.stamp(self, step)
		if step.transition.target == lifecycle.APPROVED:
			self.sealed = sealing.seal(self)
			self.snapshot_hash = snapshot.sha256_of_text(self.sealed[0])

	def after_insert(self):
		log.append(self, lifecycle.CREATE, "", self.workflow_state)

	def on_update(self):
		self.log_step()

	def on_cancel(self):
		self.log_step()
		public_page.forget(self.name)
		# Who sees what is decided only follows none of it any more.
		traces.forget_who_may_not_read(self.doctype, [self.name])
		traces.forget_who_may_not_read("P2HAM Evidence", [use.evidence for use in self.evidence_uses])

	def log_step(self):
		step = self.taken
		if step:
			self.taken = None
			approves = step.transition.target == lifecycle.APPROVED
			if approves:
				snapshots.add(self.name, *self.sealed)
			log.append(
				self,
				step.transition.action,
				step.transition.source,
				step.transition.target,
				step.note,
				step.held,
				window=step.transition.reopens if step.until else "",
				until=step.until,
				snapshot_hash=self.snapshot_hash if approves else "",
			)
			events.tell(self, step.transition)

	def on_trash(self):
		"""What has begun is never deleted, whoever asks and by whatever force: its log would lose its subject."""
		if frappe.flags.in_uninstall:
			return
		frappe.throw(
			_(
				"{0} cannot be deleted. An approved assessment is cancelled; a unit that does not take part withdraws."
			).format(self.name),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)

	def before_discard(self):
		"""Frappe 16 ends a draft by its own button, without a step and its conditions."""
		frappe.throw(
			_("{0} is not discarded: a unit that does not take part withdraws.").format(self.name),
			frappe.PermissionError,
			title=_("Not Deleted"),
		)

	def insert(self, *args, **kwargs):
		with told_of_deadlock(self):
			return super().insert(*args, **kwargs)

	def save(self, *args, **kwargs):
		with told_of_deadlock(self):
			return super().save(*args, **kwargs)

	def update(self, values):
		"""Take values from outside. Rows carry the time they were read at: rows that somebody else has saved since
		are refused, also where the caller names no time for the document as a whole (REST asks for none).

		Raises frappe.TimestampMismatchError.
		"""
		if self.get("items") and isinstance(values, dict) and self.meta:
			self.refuse_outdated_rows(values)
		return super().update(values)

	def refuse_outdated_rows(self, values: dict):
		stored = {row.name: row for row in self.get_all_children()}
		for table in self.meta.get_table_fields():
			rows = values.get(table.fieldname)
			for row in rows if isinstance(rows, list) else ():
				known = stored.get(row.get("name")) if _is_row(row) else None
				read_at = known and row.get("modified")
				if read_at and not _same_time(read_at, known.modified):
					frappe.throw(
						_("{0} was changed by somebody else after you had opened it. Load it again.").format(
							self.name
						),
						frappe.TimestampMismatchError,
					)

	def begin_empty(self):
		"""A new assessment brings no state, stamp, note or result, whoever sends them along."""
		if self.docstatus:
			frappe.throw(_("A new assessment begins in the state {0}.").format(_(lifecycle.DRAFT)))
		for field in self.meta.fields:
			if field.fieldname not in GIVEN:
				self.set(field.fieldname, [] if field.fieldtype == "Table" else None)
		self.workflow_state = lifecycle.DRAFT

	def check_unit_takes_part(self):
		if not self.period or not self.opd:
			return  # Frappe names what is mandatory
		# Locked: nobody closes the period while an assessment begins.
		status = frappe.db.get_value("P2HAM Period", self.period, "status", for_update=True)
		if status != period_life.OPEN:
			frappe.throw(
				_("{0}: {1} is not open (status {2}).").format(
					_("Period"), self.period, _(status) if status else ""
				),
				title=_("Period Not Open"),
			)
		if not frappe.db.exists(
			"P2HAM Period Participant",
			{"parent": self.period, "opd": self.opd, "status": ("!=", participation.WITHDRAWN)},
		):
			frappe.throw(
				_("{0}: {1} takes no part in {2}. A P2HAM Manager can add it to the participants.").format(
					_("OPD"), self.opd, self.period
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


def _is_row(row) -> bool:
	"""Say whether this is a row that can be looked up; what is none is refused when the values are taken."""
	return isinstance(row, dict) and isinstance(row.get("name"), str | None)


def _same_time(given, stored) -> bool:
	try:
		return get_datetime(given) == get_datetime(stored)
	except (TypeError, ValueError):
		return False
