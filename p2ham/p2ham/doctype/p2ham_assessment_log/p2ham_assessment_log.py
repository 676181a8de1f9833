import frappe
from frappe import _

from p2ham.access.stored_values import Record
from p2ham.assessment import log


class P2HAMAssessmentLog(Record):
	"""Append-only: who took which step, when, by which duty, on which content. Each entry seals the one before."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		acting: DF.Data | None
		action: DF.Data | None
		assessment: DF.Link
		at: DF.Datetime | None
		content_hash: DF.Data | None
		duty: DF.Data | None
		entry_hash: DF.Data | None
		from_state: DF.Data | None
		means: DF.Data | None
		means_user: DF.Data | None
		note: DF.SmallText | None
		previous_hash: DF.Data | None
		sequence: DF.Int
		snapshot_hash: DF.Data | None
		to_state: DF.Data | None
		until: DF.Date | None
		user: DF.Link | None
		window: DF.Data | None
	# end: auto-generated types

	def autoname(self):
		self.name = log.entry_name(self.assessment, self.sequence)

	def write(self):
		"""Store this entry. Only `assessment.log` does, for the step that it tells of."""
		super().insert(ignore_permissions=True)

	def insert(self, *args, **kwargs):
		"""However an entry is sent, it is refused before anything of it is stored."""
		self.refuse()

	def validate(self):
		if not self.is_new():
			self.refuse()

	def on_trash(self):
		self.refuse()

	def before_rename(self, old, new, merge=False):
		self.refuse()

	def refuse(self):
		frappe.throw(
			_(
				"The assessment log is written by the steps themselves; nobody adds, changes or deletes an entry."
			),
			frappe.PermissionError,
			title=_("Append-Only"),
		)
