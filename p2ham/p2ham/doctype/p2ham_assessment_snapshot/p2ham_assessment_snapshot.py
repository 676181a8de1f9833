import frappe
from frappe import _

from p2ham.access.stored_values import Record


class P2HAMAssessmentSnapshot(Record):
	"""What was approved, word for word, under the code by which anybody can check a print of it. Append-only, and
	nobody's to read: documents are made from it for those who may print them."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		assessment: DF.Link
		code: DF.Data | None
		content: DF.LongText | None
		content_hash: DF.Data | None
		sealed_on: DF.Datetime | None
	# end: auto-generated types

	def write(self):
		"""Store this snapshot. Only `assessment.snapshots` does, for the approval that it seals."""
		super().insert(ignore_permissions=True)

	def insert(self, *args, **kwargs):
		"""However a snapshot is sent, it is refused before anything of it is stored."""
		self.refuse()

	def validate(self):
		if not self.is_new():
			self.refuse()

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse()

	def refuse(self):
		frappe.throw(
			_("A snapshot is written by the approval itself; nobody adds, changes or deletes one."),
			frappe.PermissionError,
			title=_("Append-Only"),
		)
