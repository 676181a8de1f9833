from p2ham.access.rows import Row


class P2HAMFollowupProgress(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		note: DF.SmallText | None
		noted_by: DF.Link | None
		noted_on: DF.Datetime | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		progress: DF.Percent
		status: DF.Literal["Open", "In Progress", "Completed", "Closed"]
	# end: auto-generated types

	pass
