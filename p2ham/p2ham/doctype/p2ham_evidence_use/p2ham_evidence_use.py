from p2ham.access.rows import Row


class P2HAMEvidenceUse(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		carried_over: DF.Check
		evidence: DF.Link
		indicator: DF.Link
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		revision: DF.Int
		slot: DF.Data | None
		validity: DF.Literal["", "Valid", "Partly Valid", "Not Valid", "No Dates"]
		verification: DF.Literal["Pending", "Accepted", "Returned"]
	# end: auto-generated types

	pass
