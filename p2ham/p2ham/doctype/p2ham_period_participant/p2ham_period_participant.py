from p2ham.access.rows import Row


class P2HAMPeriodParticipant(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		approve_until: DF.Date | None
		declaration_number: DF.Data | None
		declared_on: DF.Date | None
		extension_reason: DF.SmallText | None
		fill_until: DF.Date | None
		letter: DF.Attach | None
		opd: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		ready_on: DF.Date | None
		review_until: DF.Date | None
		status: DF.Literal["Invited", "Ready", "Declared", "Withdrawn"]
		withdrawal_reason: DF.SmallText | None
		withdrawn_on: DF.Date | None
	# end: auto-generated types

	pass
