from frappe import _

from p2ham import fault_messages
from p2ham.access.stored_values import Record
from p2ham.engine.instrument import Scale, ScaleOption, check_scale
from p2ham.instruments import active_instruments, store
from p2ham.utils import hold_to


class P2HAMAnswerScale(Record):
	"""The answers an indicator allows, and the points (0-100) each of them earns."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_scale_option.p2ham_scale_option import P2HAMScaleOption

		kind: DF.Literal["Options", "Percentage", "Bands"]
		options: DF.Table[P2HAMScaleOption]
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		hold_to(self, Scale)
		for row in self.options:
			hold_to(row, ScaleOption, {"from_value": "lower", "to_value": "upper"})
		active_instruments.check_scale(self)
		scale = Scale(self.title, self.kind, tuple(store.scale_option(row) for row in self.options))
		faults = check_scale(scale)
		if faults:
			fault_messages.throw(
				_("The scale cannot be used:"),
				[fault_messages.sentence(scale, fault) for fault in faults],
				_("Scale Not Valid"),
			)

	def on_trash(self):
		active_instruments.check_scale(self, deleting=True)
