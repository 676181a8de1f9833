import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.access.stored_values import Record
from p2ham.engine import instrument as instrument_rules
from p2ham.engine import instrument_life
from p2ham.instruments import active_instruments, store, writing
from p2ham.utils import hold_to


class P2HAMInstrument(Record):
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
		before = self.get_doc_before_save()
		if before and before.status != instrument_life.DRAFT:
			if not active_instruments.same(before, self, but=("status",)):
				active_instruments.refuse_if_frozen(self.name, before.title)
		elif before and before.status != self.status:
			self.check_only_the_status_changes(before)
		else:
			self.hold_to_the_rules()
		if not before:
			self.status = instrument_life.DRAFT
		elif before.status != self.status:
			self.check_status_step(before.status)

	def hold_to_the_rules(self):
		hold_to(self, instrument_rules.Instrument)
		for row in self.thresholds:
			hold_to(row, instrument_rules.Threshold)

	def check_only_the_status_changes(self, before):
		"""What becomes active is what was stored and is checked, nothing that comes along with the step."""
		if not active_instruments.same(before, self, but=("status",)):
			frappe.throw(
				_("{0}: save the other changes first; the status changes alone.").format(_("Status")),
				title=_("Unsaved Changes"),
			)

	def check_status_step(self, old: str):
		if not instrument_life.STEPS.is_step(old, self.status):
			frappe.throw(
				_("{0}: an instrument does not go from {1} to {2}.").format(
					_("Status"), _(old), _(self.status)
				)
			)
		if self.status == instrument_life.ACTIVE:
			self.check_whole()

	def check_whole(self):
		"""What becomes active is checked as a whole: what is stored, which differs from this document in
		its status only, and which nobody else can change until this has been saved."""
		active_instruments.lock_parts(self.name)
		frappe.clear_document_cache(self.doctype, self.name)
		instrument = store.load_for_file(self.name)
		faults = instrument_rules.check(instrument) + writing.circular_faults(instrument)
		if faults:
			fault_messages.throw(
				_("The instrument cannot be used yet:"),
				[fault_messages.sentence(instrument, fault) for fault in faults],
				_("Instrument Not Valid"),
			)

	def on_trash(self):
		active_instruments.refuse_if_used(self.name)
		writing.remove_tree(self.name)
