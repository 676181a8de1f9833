from p2ham.access.rows import Row


class P2HAMAssessmentItem(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		carried_from: DF.Link | None
		carried_over: DF.Check
		code: DF.Data | None
		criterion: DF.Link | None
		indicator: DF.Link
		mandatory: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		scale: DF.Link | None
		self_answer: DF.Data | None
		self_note: DF.SmallText | None
		self_points: DF.Float
		title: DF.SmallText | None
		verified_answer: DF.Data | None
		verified_note: DF.SmallText | None
		verified_points: DF.Float
		weight: DF.Float
	# end: auto-generated types

	pass
