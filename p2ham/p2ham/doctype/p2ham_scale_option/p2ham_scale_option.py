from p2ham.access.rows import Row


class P2HAMScaleOption(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_value: DF.Data | None
		label: DF.Data
		not_applicable: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		points: DF.Float
		to_value: DF.Data | None
	# end: auto-generated types

	pass
