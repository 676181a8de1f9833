import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from p2ham.access import duties, roles
from p2ham.engine import lifecycle


class P2HAMOfficer(Document):
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
		self.check_term()
		self.check_unit()
		self.check_nip()
		self.check_authority(self.duty)
		before = self.get_doc_before_save()
		if before:
			self.check_authority(before.duty)
		self.warn_of_second_holder()

	def check_term(self):
		if self.to_date and getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(_("{0} must not be before {1}.").format(_("Until"), _("From")))

	def check_unit(self):
		if self.duty in lifecycle.UNIT_DUTIES and not self.opd:
			frappe.throw(
				_("{0} must be filled for the duty {1}.").format(_("OPD"), _(self.duty)),
				frappe.MandatoryError,
			)

	def check_nip(self):
		digits = (self.nip or "").replace(" ", "")
		if digits and not (digits.isdigit() and len(digits) == 18):
			frappe.throw(_("{0} must have 18 digits.").format(_("NIP")))

	def check_authority(self, duty: str):
		"""Kabag Hukum and Sekda are appointed by a System Manager, and nobody appoints himself."""
		user = frappe.session.user
		if user == "Administrator":
			return
		before = self.get_doc_before_save()
		if user in (self.user, before and before.user):
			frappe.throw(
				_("Nobody appoints himself: ask another person to record or change this duty."),
				frappe.PermissionError,
			)
		if duty in lifecycle.SINGLE_POSTS and "System Manager" not in frappe.get_roles(user):
			frappe.throw(_("Only a System Manager appoints {0}.").format(_(duty)), frappe.PermissionError)

	def warn_of_second_holder(self):
		if self.duty not in lifecycle.SINGLE_POSTS or (
			self.to_date and getdate(self.to_date) < getdate(nowdate())
		):
			return
		others = [row for row in duties.holders(self.duty, on=self.from_date) if row.name != self.name]
		if others:
			frappe.msgprint(
				_("{0} is already held by {1}.").format(
					_(self.duty), ", ".join(row.full_name for row in others)
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

	def on_trash(self):
		self.check_authority(self.duty)

	def after_delete(self):
		duties.clear_cache()
		roles.sync(self.user)
