from frappe import _

from p2ham.access.values import Record
from p2ham.engine.instrument import Scale, ScaleOption, check_scale
from p2ham.instruments import frozen, said, store
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
		frozen.check_scale(self)
		scale = Scale(self.title, self.kind, tuple(store.scale_option(row) for row in self.options))
		faults = check_scale(scale)
		if faults:
			said.throw(
				_("The scale cannot be used:"),
				[said.sentence(scale, fault) for fault in faults],
				_("Scale Not Valid"),
			)

	def on_trash(self):
		frozen.check_scale(self, deleting=True)
