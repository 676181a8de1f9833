from p2ham.access.rows import Row


class P2HAMGuidanceDecision(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		decision: DF.SmallText
		due_date: DF.Date | None
		follow_up: DF.Link | None
		opd: DF.Link | None
		opd_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		responsible: DF.Data | None
	# end: auto-generated types

	pass
