from p2ham.access.rows import Row


class P2HAMEvidenceFinding(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		count: DF.Int
		kind: DF.Literal["NIK", "KK", "Phone", "E-mail"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		place: DF.Data | None
		revision: DF.Int
		sample: DF.Data | None
	# end: auto-generated types

	pass
