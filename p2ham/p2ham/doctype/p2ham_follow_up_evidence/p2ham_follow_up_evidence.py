from p2ham.access.rows import Row


class P2HAMFollowupEvidence(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		evidence: DF.Link
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		revision: DF.Int
	# end: auto-generated types

	pass
