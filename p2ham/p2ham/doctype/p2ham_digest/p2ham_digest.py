import frappe
from frappe import _

from p2ham.access.stored_values import Record


class P2HAMDigest(Record):
	"""What one person was reminded of on a day, or the week of who decides: written by the scheduler, read by that
	person alone, removed after a while (`p2ham.digests.daily_digest`)."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		content: DF.TextEditor | None
		day: DF.Date | None
		due: DF.Int
		expiring: DF.Int
		follow_ups: DF.Int
		kind: DF.Literal["Daily", "Weekly"]
		late: DF.Int
		subject: DF.Data | None
		user: DF.Link | None
	# end: auto-generated types

	def validate(self):
		self.refuse()

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse()

	def before_rename(self, old, new, merge=False):
		self.refuse()

	def refuse(self):
		frappe.throw(
			_("Digests are written by the system itself; nobody adds, changes or deletes one."),
			frappe.PermissionError,
			title=_("Append-Only"),
		)
