"""Doors of officers: handing a duty over in one action."""

import frappe


@frappe.whitelist(methods=["POST"])
def hand_over(
	officer: str,
	user: str,
	full_name: str,
	from_date: str,
	position: str = "",
	nip: str = "",
	rank: str = "",
	acting_prefix: str = "",
	to_date: str | None = None,
) -> dict:
	"""End the duty of `officer` on the day before `from_date` and start that of `user`; return both records.

	Either both are stored or neither. Raises frappe.PermissionError for who may not appoint to this duty, and
	frappe.ValidationError for wrong dates or fields.
	"""
	doc = frappe.get_doc("P2HAM Officer", officer)
	doc.check_permission("write")
	successor = doc.hand_over(
		{
			"user": user,
			"full_name": full_name,
			"from_date": from_date,
			"position": position,
			"nip": nip,
			"rank": rank,
			"acting_prefix": acting_prefix,
			"to_date": to_date,
		}
	)
	return {"ended": doc.name, "started": successor}
