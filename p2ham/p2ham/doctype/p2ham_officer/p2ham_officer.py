import frappe
from frappe import _
from frappe.query_builder.functions import Max, Min
from frappe.utils import add_days, formatdate, getdate, nowdate

from p2ham.access import appointments, duties, roles, scope
from p2ham.access.stored_values import Record, settled
from p2ham.engine.duties import OPD_HEAD, SINGLE_POSTS, UNIT_DUTIES
from p2ham.notices import keys
from p2ham.utils import check_nip


class P2HAMOfficer(Record):
	"""Who holds which duty, from when to when: the source of access and of signature blocks."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		acting_prefix: DF.Literal["", "Pj.", "Plt.", "Plh."]
		duty: DF.Literal["OPD Clerk", "OPD Head", "P2HAM Verifier", "Kabag Hukum", "Sekda", "P2HAM Observer"]
		from_date: DF.Date
		full_name: DF.Data
		nip: DF.Data | None
		opd: DF.Link | None
		position: DF.Data | None
		rank: DF.Data | None
		to_date: DF.Date | None
		user: DF.Link
	# end: auto-generated types

	def validate(self):
		self.check_user()
		self.check_term()
		self.check_unit()
		check_nip(self, "nip")
		appointments.check(self.duty, self.user)
		before = self.get_doc_before_save()
		if before:
			appointments.check(before.duty, before.user)
			self.keep_what_acts_rest_on(before)
		self.warn_of_second_holder()

	def check_user(self):
		if self.user in ("Administrator", "Guest"):
			frappe.throw(
				_("{0}: {1} is not a person and holds no duty.").format(_("User"), self.user),
				frappe.PermissionError,
			)

	def check_term(self):
		if self.to_date and getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(_("{0} must not be before {1}.").format(_("Until"), _("From")))

	def check_unit(self):
		if self.duty in UNIT_DUTIES and not self.opd:
			frappe.throw(
				_("{0} must be filled for the duty {1}.").format(_("OPD"), _(self.duty)),
				frappe.MandatoryError,
			)

	def keep_what_acts_rest_on(self, before):
		"""Signatures are printed from here: who acted by this duty stays who acted. The term may be corrected,
		since decrees are dated back, but not in silence."""
		acts = before.acts()
		if not acts:
			return
		fixed = [field for field in ("user", "duty", "opd") if before.get(field) != self.get(field)]
		if fixed:
			frappe.throw(
				_(
					"{0} has acted by this duty; {1} cannot change any more. Use Hand Over for a successor."
				).format(before.full_name, ", ".join(_(self.meta.get_label(field)) for field in fixed)),
				frappe.PermissionError,
			)
		outside = [day for day in acts if not duties.term(self).includes(day)]
		if outside:
			frappe.msgprint(
				_(
					"{0} acted on {1}, outside this term: documents of that day will be printed without the name."
				).format(self.full_name, formatdate(outside[0])),
				title=_("Acts Outside the Term"),
				indicator="orange",
			)

	def acts(self) -> list:
		"""Return the first and the last day on which the user took a step by this duty; nothing if none."""
		log = frappe.qb.DocType("P2HAM Assessment Log")
		assessment = frappe.qb.DocType("P2HAM Assessment")
		query = (
			frappe.qb.from_(log)
			.join(assessment)
			.on(log.assessment == assessment.name)
			.select(Min(log["at"]), Max(log["at"]))
			.where((log.user == self.user) & (log.duty == self.duty) & (log["at"] >= self.from_date))
		)
		if self.to_date:
			query = query.where(log["at"] < add_days(self.to_date, 1))
		if self.opd:
			query = query.where(assessment.opd.isin(sorted(scope.below(self.opd)) or [""]))
		return [getdate(at) for at in query.run()[0] if at]

	def warn_of_second_holder(self):
		"""Say who else holds a post that has one holder at a time; that there are two may be right for a day."""
		if self.duty not in (*SINGLE_POSTS, OPD_HEAD):
			return
		if self.to_date and getdate(self.to_date) < getdate(nowdate()):
			return
		filters = {"duty": self.duty, "name": ("!=", self.name or ""), "user": ("!=", self.user)}
		if self.duty == OPD_HEAD:
			filters["opd"] = self.opd
		others = [
			row
			for row in frappe.get_all(
				"P2HAM Officer",
				filters=filters,
				fields=["full_name", "position", "acting_prefix", "duty", "from_date", "to_date"],
				order_by="from_date",
			)
			if duties.term(row).overlaps(duties.term(self))
		]
		if others:
			frappe.msgprint(
				_("{0} is also held by {1}.").format(
					f"{_(self.duty)} {self.opd or ''}".strip(),
					", ".join(f"{row.full_name} ({duties.title(row)}, {_said_term(row)})" for row in others),
				),
				title=_("Two Holders of One Post"),
				indicator="orange",
			)

	def on_update(self):
		duties.clear_cache()
		roles.sync(self.user)
		before = self.get_doc_before_save()
		if before and before.user != self.user:
			roles.sync(before.user)
		if not before or before.user != self.user:
			keys.watch_appointment(self)

	def on_trash(self):
		appointments.check(self.duty, self.user)
		if self.acts():
			frappe.throw(
				_("{0} has acted by this duty and stays on record. End the duty instead.").format(
					self.full_name
				),
				frappe.PermissionError,
			)

	def after_delete(self):
		duties.clear_cache()
		roles.sync(self.user)

	def hand_over(self, successor: dict) -> str:
		"""End this duty on the day before `successor["from_date"]` and start the successor's; return the name of
		the new record. What is open stays with the unit, so it is the successor's work from that day.

		Raises what saving either of them raises; then neither is stored.
		"""
		first = getdate(settled(self.doctype, "from_date", successor.get("from_date")) or nowdate())
		if first <= getdate(self.from_date):
			frappe.throw(
				_("{0} must be after {1}, the first day of {2}.").format(
					_("From"), formatdate(self.from_date), self.full_name
				)
			)
		if not self.to_date or getdate(self.to_date) >= first:
			self.to_date = add_days(first, -1)
			self.save()
		new = frappe.new_doc("P2HAM Officer")
		new.update({**successor, "duty": self.duty, "opd": self.opd, "from_date": first})
		new.position = new.position or self.position
		return new.insert().name


def _said_term(row) -> str:
	if row.to_date:
		return _("{0} to {1}").format(formatdate(row.from_date), formatdate(row.to_date))
	return _("since {0}").format(formatdate(row.from_date))
