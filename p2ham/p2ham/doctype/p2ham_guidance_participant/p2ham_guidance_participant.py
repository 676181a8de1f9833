from p2ham.access.rows import Row


class P2HAMGuidanceParticipant(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attended: DF.Check
		email: DF.Data | None
		institution: DF.Data | None
		opd: DF.Link | None
		opd_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Data | None
		position: DF.Data | None
	# end: auto-generated types

	pass
