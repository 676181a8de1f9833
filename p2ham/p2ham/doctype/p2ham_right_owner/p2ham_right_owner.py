import frappe
from frappe import _

from p2ham.access import units
from p2ham.access.stored_values import Record
from p2ham.kkpham import rights


class P2HAMRightOwner(Record):
	"""The OPD that answers for a right of KKP HAM. A right may have several, an OPD several rights."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		criterion: DF.Link
		instrument: DF.Link
		opd: DF.Link
		title: DF.Data | None
	# end: auto-generated types

	def validate(self):
		units.check_exist([self])
		rights.check_instrument(self)
		if self.criterion not in rights.by_code(self.instrument):
			frappe.throw(
				_("{0}: {1} is not a right of {2}.").format(
					_(self.meta.get_label("criterion")), self.criterion, self.instrument
				)
			)
