import frappe
from frappe import _
from frappe.model.document import Document

from p2ham.instruments import frozen
from p2ham.utils import check_numbers


class P2HAMIndicator(Document):
	"""One question of an instrument: its scale, weight, wanted evidence, and whom it is about."""

	def validate(self):
		frozen.refuse_if_frozen(self.instrument, self.title)
		check_numbers(self, "weight", least=0)
		if frappe.db.get_value("P2HAM Criterion", self.criterion, "instrument") != self.instrument:
			frappe.throw(_("{0}: {1} belongs to another instrument.").format(_("Criterion"), self.criterion))

	def on_trash(self):
		frozen.refuse_if_frozen(self.instrument, self.title)
