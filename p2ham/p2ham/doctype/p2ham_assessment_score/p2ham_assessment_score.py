from p2ham.access.rows import Row


class P2HAMAssessmentScore(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		criterion: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		self_not_applicable: DF.Check
		self_score: DF.Float
		verified_not_applicable: DF.Check
		verified_score: DF.Float
	# end: auto-generated types

	pass
