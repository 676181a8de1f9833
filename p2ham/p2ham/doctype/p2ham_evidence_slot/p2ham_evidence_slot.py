from p2ham.access.rows import Row


class P2HAMEvidenceSlot(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		example: DF.SmallText | None
		kind: DF.Literal["PDF", "Image", "Link", "Any"]
		label: DF.Data
		mandatory: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
