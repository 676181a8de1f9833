import frappe
from frappe import _
from frappe.model.document import Document

from p2ham.access.guard import changes
from p2ham.engine import instrument as engine
from p2ham.instruments import frozen, said, store
from p2ham.utils import check_field, check_numbers

STEPS = {("Draft", "Active"), ("Active", "Retired"), ("Retired", "Active")}


class P2HAMInstrument(Document):
	"""One regulation in one version. Draft can be edited; Active is frozen; Retired gets no new periods."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_threshold.p2ham_threshold import P2HAMThreshold

		code: DF.Data
		family: DF.Literal["P2HAM", "KKP HAM"]
		passing_score: DF.Float
		regulation: DF.Data
		source_note: DF.SmallText
		status: DF.Literal["Draft", "Active", "Retired"]
		template: DF.Check
		thresholds: DF.Table[P2HAMThreshold]
		title: DF.Data
		unverified_note: DF.SmallText | None
		weight_total: DF.Float
		year: DF.Int
	# end: auto-generated types

	def validate(self):
		check_field(self, "code", engine.INSTRUMENT_CODE_KIND)
		check_numbers(self, "passing_score", "weight_total", least=0)
		for row in self.thresholds:
			check_numbers(row, "min_score", least=0)
		before = self.get_doc_before_save()
		if not before:
			self.status = frozen.DRAFT
			return
		if before.status != frozen.DRAFT:
			self.refuse_changes(before)
		if before.status != self.status:
			self.check_status_step(before.status)

	def refuse_changes(self, before):
		if any(change.field != "status" or change.table for change in changes(before, self)):
			frozen.refuse_if_frozen(self.name, self.title)

	def check_status_step(self, old: str):
		if (old, self.status) not in STEPS:
			frappe.throw(
				_("{0}: an instrument does not go from {1} to {2}.").format(
					_("Status"), _(old), _(self.status)
				)
			)
		if self.status == "Active":
			self.check_whole()

	def check_whole(self):
		"""What becomes active is checked as a whole: what is stored, which differs from this document in
		its status only."""
		instrument = store.load_for_file(self.name)
		faults = engine.check(instrument)
		if faults:
			said.throw(
				_("The instrument cannot be used yet:"),
				[said.sentence(instrument, fault) for fault in faults],
				_("Instrument Not Valid"),
			)

	def on_trash(self):
		frozen.refuse_if_used(self.name)
		store.remove_tree(self.name)
