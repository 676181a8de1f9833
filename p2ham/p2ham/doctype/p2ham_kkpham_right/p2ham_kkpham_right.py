from p2ham.access.rows import Row


class P2HAMKKPHAMRight(Row):
	"""What one right was given in a result of KKP HAM."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		category: DF.Data | None
		criterion: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		score: DF.Float
		title: DF.Data | None
	# end: auto-generated types

	pass
