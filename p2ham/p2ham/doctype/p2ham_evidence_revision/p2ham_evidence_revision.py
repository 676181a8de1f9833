from p2ham.access.rows import Row


class P2HAMEvidenceRevision(Row):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		added_by: DF.Link | None
		added_on: DF.Datetime | None
		contains_personal_data: DF.Check
		document_date: DF.Date | None
		file: DF.Data | None
		kind: DF.Literal["File", "Link"]
		mime_type: DF.Data | None
		pages: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		revision: DF.Int
		sha256: DF.Data | None
		size: DF.Int
		taken_on: DF.Datetime | None
		title: DF.Data | None
		uploaded_sha256: DF.Data | None
		url: DF.Data | None
		valid_from: DF.Date | None
		valid_until: DF.Date | None
	# end: auto-generated types

	pass
