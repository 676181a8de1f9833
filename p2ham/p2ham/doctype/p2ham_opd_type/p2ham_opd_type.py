from p2ham.access.stored_values import Record, settled
from p2ham.instruments import active_instruments


class P2HAMOPDType(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		type_name: DF.Data
	# end: auto-generated types

	def before_rename(self, old: str, new: str, merge: bool = False):
		new = settled(self.doctype, "name", new)
		active_instruments.refuse_renaming(old, new if merge else None)
		return {"new": new}
