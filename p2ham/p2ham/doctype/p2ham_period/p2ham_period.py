import itertools

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate, now

from p2ham.engine import lifecycle, windows
from p2ham.p2ham.doctype.p2ham_assessment_log import p2ham_assessment_log as log

STEPS = {("Draft", "Open"), ("Open", "Closed"), ("Closed", "Open"), ("Open", "Draft")}


class P2HAMPeriod(Document):
	"""A round of assessments: one instrument, one year, the dates, and the units that take part."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_period_participant.p2ham_period_participant import (
			P2HAMPeriodParticipant,
		)

		approve_until: DF.Date
		assessment_year: DF.Int
		data_year: DF.Int
		description: DF.SmallText | None
		family: DF.Literal["P2HAM", "KKP HAM"]
		fill_from: DF.Date
		fill_until: DF.Date
		instrument: DF.Link
		participants: DF.Table[P2HAMPeriodParticipant]
		recap_date: DF.Date | None
		recap_number: DF.Data | None
		review_until: DF.Date
		status: DF.Literal["Draft", "Open", "Closed"]
		target_units: DF.Int
		title: DF.Data
	# end: auto-generated types

	def autoname(self):
		"""P2HAM-2024; a second round of the same family and year becomes P2HAM-2024-2."""
		family = frappe.db.get_value("P2HAM Instrument", self.instrument, "family") or "P2HAM"
		base = f"{family.replace(' ', '')}-{self.assessment_year}"
		name, number = base, 2
		while frappe.db.exists("P2HAM Period", name):
			name, number = f"{base}-{number}", number + 1
		self.name = name

	def validate(self):
		self.check_years()
		self.check_dates()
		self.check_participants()
		self.check_instrument()
		before = self.get_doc_before_save()
		if before and before.status != self.status:
			self.check_status_step(before.status)
		if before:
			self.keep_units_with_assessments(before)
			self.keep_units_past_draft(before)

	def on_update(self):
		self.log_own_dates()

	def check_years(self):
		for field in ("assessment_year", "data_year"):
			if not 2000 <= (frappe.utils.cint(self.get(field))) <= 2100:
				frappe.throw(
					_("{0}: {1} is not a year.").format(_(self.meta.get_label(field)), self.get(field) or "")
				)

	def check_dates(self):
		for earlier, later in itertools.pairwise(windows.DATES):
			if (
				self.get(earlier)
				and self.get(later)
				and getdate(self.get(later)) < getdate(self.get(earlier))
			):
				frappe.throw(
					_("{0} must not be before {1}.").format(
						_(self.meta.get_label(later)), _(self.meta.get_label(earlier))
					),
					title=_("Dates Out of Order"),
				)

	def check_participants(self):
		seen = {}
		for row in self.participants:
			if row.opd in seen:
				frappe.throw(
					_("Row {0}: {1} already stands in row {2}.").format(row.idx, row.opd, seen[row.opd])
				)
			seen[row.opd] = row.idx
			self.check_own_dates(row)

	def check_own_dates(self, row):
		given = [field for field in windows.OVERRIDES if row.get(field)]
		for field in given:
			if getdate(row.get(field)) < getdate(self.fill_from):
				frappe.throw(
					_("Row {0}: {1} must not be before {2}.").format(
						row.idx, _(row.meta.get_label(field)), _(self.meta.get_label("fill_from"))
					)
				)
		if given and not (row.extension_reason or "").strip():
			frappe.throw(
				_("Row {0}: {1} must be filled where {2} is.").format(
					row.idx,
					_(row.meta.get_label("extension_reason")),
					_(row.meta.get_label(given[0])),
				),
				frappe.MandatoryError,
			)

	def check_instrument(self):
		before = self.get_doc_before_save()
		status = frappe.db.get_value("P2HAM Instrument", self.instrument, "status")
		changed = not before or before.instrument != self.instrument
		if changed and status == "Retired":
			frappe.throw(_("{0}: {1} is retired.").format(_("Instrument"), self.instrument))
		if changed and before and self.has_assessments():
			frappe.throw(
				_("{0} cannot change any more: there are assessments in this period.").format(_("Instrument"))
			)
		if self.status == "Open" and (changed or before.status != "Open") and status != "Active":
			frappe.throw(
				_("{0}: {1} must be active before the period opens.").format(_("Instrument"), self.instrument)
			)

	def check_status_step(self, old: str):
		if (old, self.status) not in STEPS:
			frappe.throw(
				_("{0}: a period does not go from {1} to {2}.").format(_("Status"), _(old), _(self.status))
			)
		if self.status == "Draft" and self.has_assessments():
			frappe.throw(_("The period has assessments and cannot become a draft again."))
		if self.status == "Closed":
			self.refuse_while_unfinished()

	def refuse_while_unfinished(self):
		"""A period closes only when every assessment of a unit that still takes part is approved or cancelled."""
		withdrawn = self.withdrawn()
		open_ones = [row for row in self.assessments_now() if row.docstatus == 0 and row.opd not in withdrawn]
		if open_ones:
			frappe.throw(
				_("The period cannot be closed while {0} assessments are unfinished:").format(len(open_ones))
				+ "<ul>"
				+ "".join(
					f"<li>{escape_html(row.name)}: {_(row.workflow_state)}</li>" for row in open_ones[:50]
				)
				+ "</ul>"
				+ (_("... and {0} more").format(len(open_ones) - 50) if len(open_ones) > 50 else ""),
				title=_("Unfinished Assessments"),
			)

	def assessments_now(self) -> list:
		"""Return the assessments that are not cancelled, as they are stored at this moment, and lock them: none
		begins or moves meanwhile."""
		assessment = frappe.qb.DocType("P2HAM Assessment")
		return (
			frappe.qb.from_(assessment)
			.select(assessment.name, assessment.opd, assessment.workflow_state, assessment.docstatus)
			.where((assessment.period == self.name) & (assessment.docstatus < 2))
			.orderby(assessment.name)
			.for_update()
			.run(as_dict=True)
		)

	def withdrawn(self) -> set[str]:
		return {row.opd for row in self.participants if row.status == "Withdrawn"}

	def keep_units_past_draft(self, before):
		"""A unit withdraws while its sheet is still its own; what was submitted is decided or returned first."""
		leaving = self.withdrawn() - before.withdrawn()
		if not leaving:
			return
		rows = [row for row in self.assessments_now() if row.opd in leaving]
		past_draft = [row.opd for row in rows if row.workflow_state != lifecycle.DRAFT]
		if past_draft:
			frappe.throw(
				_(
					"{0} cannot withdraw any more: the assessment was submitted. It must be returned first."
				).format(", ".join(past_draft))
			)
		# Whoever submits at this moment waits for the lock, and is told to look again.
		names = [row.name for row in rows] or [""]
		frappe.db.set_value(
			"P2HAM Assessment", {"name": ("in", names)}, "modified", now(), update_modified=False
		)

	def log_own_dates(self):
		"""Write to the log of an assessment that its unit was given dates of its own, by whom and why."""
		before = self.get_doc_before_save()
		old = {row.opd: row for row in before.participants} if before else {}
		given = {}
		for row in self.participants:
			for window, (_first, field) in windows.WINDOWS.items():
				day, day_before = row.get(field), old[row.opd].get(field) if row.opd in old else None
				if (getdate(day) if day else None) != (getdate(day_before) if day_before else None):
					given.setdefault(row.opd, []).append((window, day, row.extension_reason or ""))
		if not given:
			return
		for name, opd in frappe.get_all(
			"P2HAM Assessment",
			filters={"period": self.name, "opd": ("in", sorted(given)), "docstatus": ("<", 2)},
			fields=["name", "opd"],
			order_by="name",
			as_list=True,
		):
			assessment = frappe.get_doc("P2HAM Assessment", name, for_update=True)
			state = assessment.workflow_state
			for window, day, reason in given[opd]:
				log.append(
					assessment, lifecycle.EXTEND, state, state, note=reason, window=window, until=day or None
				)

	def keep_units_with_assessments(self, before):
		gone = {row.opd for row in before.participants} - {row.opd for row in self.participants}
		if not gone:
			return
		kept = frappe.get_all(
			"P2HAM Assessment",
			filters={"period": self.name, "opd": ("in", sorted(gone)), "docstatus": ("<", 2)},
			pluck="opd",
			order_by="opd",
		)
		if kept:
			frappe.throw(
				_("{0} cannot be removed: an assessment exists. Set the status to Withdrawn instead.").format(
					", ".join(kept)
				)
			)

	def has_assessments(self) -> bool:
		return bool(frappe.db.exists("P2HAM Assessment", {"period": self.name}))

	def participant(self, opd: str):
		"""Return the row of a unit, None if it takes no part."""
		return next((row for row in self.participants if row.opd == opd), None)

	def units_without_assessment(self) -> list[str]:
		"""Return the units that are ready or declared and have no assessment in this period yet."""
		present = set(
			frappe.get_all(
				"P2HAM Assessment",
				filters={"period": self.name, "workflow_state": ("!=", lifecycle.CANCELLED)},
				pluck="opd",
				order_by="opd",
			)
		)
		return [
			row.opd
			for row in self.participants
			if row.status in ("Ready", "Declared") and row.opd not in present
		]
