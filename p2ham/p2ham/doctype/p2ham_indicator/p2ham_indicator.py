import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.access.stored_values import Record
from p2ham.engine.instrument import CONTINUES_KIND, EvidenceSlot, Indicator
from p2ham.instruments import active_instruments
from p2ham.utils import hold_to, next_in_order


class P2HAMIndicator(Record):
	"""One question of an instrument: its scale, weight, wanted evidence, and whom it is about."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_evidence_slot.p2ham_evidence_slot import P2HAMEvidenceSlot
		from p2ham.p2ham.doctype.p2ham_indicator_opd_type.p2ham_indicator_opd_type import (
			P2HAMIndicatorOPDType,
		)
		from p2ham.p2ham.doctype.p2ham_indicator_predecessor.p2ham_indicator_predecessor import (
			P2HAMIndicatorPredecessor,
		)

		accountability: DF.Check
		children: DF.Check
		code: DF.Data
		continues: DF.Table[P2HAMIndicatorPredecessor]
		criterion: DF.Link
		disability: DF.Check
		elderly: DF.Check
		evidence_slots: DF.Table[P2HAMEvidenceSlot]
		guidance: DF.SmallText | None
		instrument: DF.Link
		mandatory: DF.Check
		maternal: DF.Check
		non_discrimination: DF.Check
		opd_types: DF.TableMultiSelect[P2HAMIndicatorOPDType]
		participation: DF.Check
		scale: DF.Link
		sequence: DF.Int
		title: DF.SmallText
		transparency: DF.Check
		weight: DF.Float
	# end: auto-generated types

	def before_insert(self):
		next_in_order(self)

	def validate(self):
		active_instruments.refuse_if_frozen(self.instrument, self.title)
		hold_to(self, Indicator)
		for row in self.evidence_slots:
			hold_to(row, EvidenceSlot)
		if frappe.db.get_value("P2HAM Criterion", self.criterion, "instrument") != self.instrument:
			frappe.throw(_("{0}: {1} belongs to another instrument.").format(_("Criterion"), self.criterion))

		self.check_continues()

	def check_continues(self):
		"""A row names an older indicator by its record or, where that is not on this site, as
		INSTRUMENT:CODE; the two must agree."""
		for row in self.continues:
			if row.indicator:
				instrument, code = frappe.db.get_value(
					"P2HAM Indicator", row.indicator, ["instrument", "code"]
				)
				row.reference = f"{instrument}:{code}"  # the record is what was chosen
			elif row.reference:
				row.reference = str(row.reference).strip()
				name = row.reference.replace(":", "-")
				row.indicator = name if frappe.db.exists("P2HAM Indicator", name) else None
			faults = CONTINUES_KIND.check((row.reference or "",))
			fault = next(iter(faults), None)
			if fault:
				frappe.throw(
					_("Row {0}: {1}").format(
						row.idx, frappe.utils.escape_html(fault_messages.message(fault))
					),
					title=_("Continues Indicators"),
				)
			if row.reference.split(":")[0] == self.instrument:
				frappe.throw(
					_("Row {0}: {1}").format(row.idx, _("an indicator continues older instruments only")),
					title=_("Continues Indicators"),
				)

	def on_trash(self):
		active_instruments.refuse_if_frozen(self.instrument, self.title)
