import itertools

import frappe
from frappe import _
from frappe.utils import escape_html, flt, formatdate, getdate, now, nowdate

from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.assessment import log
from p2ham.engine import instrument_life, lifecycle, participation, period_life, windows
from p2ham.engine.numbers import plain
from p2ham.engine.scoring import FULL_POINTS


class P2HAMPeriod(Record):
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
		target_passed: DF.Int
		target_score: DF.Float
		target_units: DF.Int
		title: DF.Data
	# end: auto-generated types

	# By which right a unit is moved.
	taker: str = ServerSide(participation.KEEPER)

	def save_step_of(self, taker: str):
		"""Save a step of a unit that `taker` takes (participation.HEAD or KEEPER). The head may not write a period; what they
		may is the step, which is checked here as everybody's."""
		with given(self, taker=taker):
			self.save(ignore_permissions=True)

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
		self.check_target()
		self.check_participants()
		self.check_steps()
		self.check_instrument()
		self.check_overlaps()
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

	def check_target(self):
		if not 0 <= flt(self.target_score) <= FULL_POINTS:
			frappe.throw(
				_("{0} must lie between {1} and {2}.").format(
					_(self.meta.get_label("target_score")), 0, plain(FULL_POINTS)
				)
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

	def check_steps(self):
		"""Units move by the steps of `engine.participation` only. The head of a unit has doors of their
		own (`save_step_of`); everybody else who may write keeps periods."""
		before = self.get_doc_before_save()
		old = {row.opd: row for row in before.participants} if before else {}
		for row in self.participants:
			known = old.get(row.opd)
			if not known:
				self.check_beginning(row)
			elif known.status != row.status:
				self.check_step(row, known.status)
			if row.status != participation.WITHDRAWN:
				row.update(dict.fromkeys(participation.WITHDRAWAL))
			lacking = participation.lacking(participation.needed_in(row.status), row)
			# What stood there without a reason before reasons were asked for may stay.
			self.refuse_lacking(row, [field for field in lacking if known and known.get(field)])
			self.check_order(row, known)

	def check_beginning(self, row):
		if row.status not in participation.BEGINNINGS:
			frappe.throw(
				_("Row {0}: {1} begins as one of {2}, not as {3}.").format(
					row.idx,
					row.opd,
					", ".join(_(status) for status in participation.BEGINNINGS),
					_(row.status),
				)
			)

	def check_step(self, row, old: str):
		step = participation.STEPS.find(old, row.status)
		if not step:
			frappe.throw(
				_("Row {0}: {1} does not go from {2} to {3}.").format(
					row.idx, row.opd, _(old), _(row.status)
				),
				title=_("Step Not Allowed"),
			)
		if self.taker not in step.duties:
			frappe.throw(
				_("Row {0}: only {1} takes {2} from {3} to {4}.").format(
					row.idx, ", ".join(_(who) for who in step.duties), row.opd, _(old), _(row.status)
				),
				frappe.PermissionError,
				title=_("Step Not Allowed"),
			)
		if self.status not in period_life.PARTICIPANTS_MOVE_IN:
			frappe.throw(
				_("Row {0}: {1} stays as it is while the period is {2}.").format(
					row.idx, row.opd, _(self.status)
				),
				title=_("Step Not Allowed"),
			)
		row.update(dict.fromkeys(step.clears))
		if row.status == participation.WITHDRAWN:
			row.withdrawn_on = row.withdrawn_on or nowdate()
		self.refuse_lacking(row, participation.lacking(step.needs, row))
		for field in step.needs:
			if row.meta.get_field(field).fieldtype == "Date" and getdate(row.get(field)) > getdate(nowdate()):
				frappe.throw(
					_("Row {0}: {1} must not be in the future.").format(row.idx, _(row.meta.get_label(field)))
				)

	def refuse_lacking(self, row, fields: list[str]):
		if fields:
			frappe.throw(
				_("Row {0}: {1} must be filled where {2} is {3}.").format(
					row.idx, _(row.meta.get_label(fields[0])), row.opd, _(row.status)
				),
				frappe.MandatoryError,
			)

	def check_order(self, row, known):
		days = [getdate(row.get(field)) if row.get(field) else None for field in ("ready_on", "declared_on")]
		same = known and all(
			(getdate(known.get(field)) if known.get(field) else None) == day
			for field, day in zip(("ready_on", "declared_on"), days, strict=True)
		)
		if not same and participation.day_fault(*days):
			frappe.throw(
				_("Row {0}: {1} must not be before {2}.").format(
					row.idx, _(row.meta.get_label("declared_on")), _(row.meta.get_label("ready_on"))
				)
			)

	def check_overlaps(self):
		"""A unit does not fill the same instrument for the same year in two periods at once: nobody would know which of
		the two counts. A unit that is approved in the one fills it no more, and may take part again in the other."""
		before = self.get_doc_before_save()
		units = self.staying()
		fields = ("instrument", "assessment_year", "fill_from", "fill_until", "status")
		# What is so already does not keep anybody from changing something else.
		if self.status == period_life.CLOSED or (
			before
			and units <= before.staying()
			and all(str(self.get(field)) == str(before.get(field)) for field in fields)
		):
			return
		period = frappe.qb.DocType("P2HAM Period")
		row = frappe.qb.DocType("P2HAM Period Participant")
		sheet = frappe.qb.DocType("P2HAM Assessment")
		found = (
			frappe.qb.from_(period)
			.join(row)
			.on((row.parent == period.name) & (row.parenttype == "P2HAM Period"))
			.left_join(sheet)
			.on(
				(sheet.period == period.name)
				& (sheet.opd == row.opd)
				& (sheet.workflow_state == lifecycle.APPROVED)
			)
			.select(period.name, period.fill_from, period.fill_until, row.opd)
			.where(
				(period.name != (self.name or ""))
				& (period.instrument == self.instrument)
				& (period.assessment_year == self.assessment_year)
				& (period.status != period_life.CLOSED)
				& (period.fill_from <= self.fill_until)
				& (period.fill_until >= self.fill_from)
				& (row.status != participation.WITHDRAWN)
				& row.opd.isin([*sorted(units), ""])
				& sheet.name.isnull()
			)
			.orderby(period.name)
			.orderby(row.idx)
			.run(as_dict=True)
		)
		if found:
			first = found[0]
			names = [one.opd for one in found if one.name == first.name]
			frappe.throw(
				_(
					"These units already stand in {0}, which has the same instrument and is filled from {1} to {2}: {3}."
				).format(
					frappe.bold(first.name),
					formatdate(first.fill_from),
					formatdate(first.fill_until),
					", ".join(names[:50]) + (f" ... ({len(names)})" if len(names) > 50 else ""),
				),
				title=_("Twice at the Same Time"),
			)

	def check_instrument(self):
		before = self.get_doc_before_save()
		status = frappe.db.get_value("P2HAM Instrument", self.instrument, "status")
		changed = not before or before.instrument != self.instrument
		if changed and status == instrument_life.RETIRED:
			frappe.throw(_("{0}: {1} is retired.").format(_("Instrument"), self.instrument))
		if changed and before and self.has_assessments():
			frappe.throw(
				_("{0} cannot change any more: there are assessments in this period.").format(_("Instrument"))
			)
		opens = self.status == period_life.OPEN and (changed or before.status != period_life.OPEN)
		if opens and status != instrument_life.ACTIVE:
			frappe.throw(
				_("{0}: {1} must be active before the period opens.").format(_("Instrument"), self.instrument)
			)

	def check_status_step(self, old: str):
		if not period_life.STEPS.is_step(old, self.status):
			frappe.throw(
				_("{0}: a period does not go from {1} to {2}.").format(_("Status"), _(old), _(self.status))
			)
		if self.status == period_life.DRAFT and self.has_assessments():
			frappe.throw(_("The period has assessments and cannot become a draft again."))
		if self.status == period_life.CLOSED:
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
		return {row.opd for row in self.participants if row.status == participation.WITHDRAWN}

	def staying(self) -> set[str]:
		return {row.opd for row in self.participants} - self.withdrawn()

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
