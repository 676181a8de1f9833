import frappe
from frappe import _

from p2ham import fault_messages
from p2ham.access.stored_values import Record
from p2ham.engine.instrument import Criterion, check_tree
from p2ham.instruments import active_instruments
from p2ham.utils import hold_to, next_in_order


class P2HAMCriterion(Record):
	"""A node of an instrument's tree; its score is the weighted mean of what is below it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		code: DF.Data
		instrument: DF.Link
		parent_criterion: DF.Link | None
		sequence: DF.Int
		title: DF.Data
		weight: DF.Float
		weight_total: DF.Float
	# end: auto-generated types

	def before_insert(self):
		next_in_order(self)

	def validate(self):
		active_instruments.refuse_if_frozen(self.instrument, self.title)
		hold_to(self, Criterion)
		self.check_parent()

	def check_parent(self):
		if not self.parent_criterion:
			return
		tree = dict(
			frappe.get_all(
				"P2HAM Criterion",
				filters={"instrument": self.instrument},
				fields=["name", "parent_criterion"],
				order_by="name",
				as_list=True,
			)
		)
		tree[self.name] = self.parent_criterion
		faults = check_tree(tree)
		if faults:
			frappe.throw(f"{_('Belongs To')}: {frappe.utils.escape_html(fault_messages.message(faults[0]))}")

	def on_trash(self):
		active_instruments.refuse_if_frozen(self.instrument, self.title)
