"""The revisions of a document: a sheet past Draft goes on showing the one it was judged by."""

from __future__ import annotations

from collections.abc import Iterable

import frappe

# What belongs to a revision and is shown as the document's own while that revision is the newest.
CONTENT = ("kind", "file", "url")
DATES = ("document_date", "valid_from", "valid_until")
SEEN = ("sha256", "uploaded_sha256", "size", "mime_type", "pages", "taken_on")
MIRRORED = ("revision", "title", *CONTENT, *DATES, *SEEN)
# As an address, for everybody who may open it.
FIELDS = (*MIRRORED, "contains_personal_data", "added_by", "added_on")


def of(uses: Iterable) -> dict[tuple[str, int], frappe._dict]:
	"""Return the revisions that these rows of P2HAM Evidence Use rest on, by evidence and revision: one query.

	Asks for no right: whoever shows them limits them (`access.scope.seen`).
	"""
	pairs = {(use.evidence, use.revision or 1) for use in uses if use.evidence}
	if not pairs:
		return {}
	rows = frappe.get_all(
		"P2HAM Evidence Revision",
		filters={"parent": ("in", sorted({evidence for evidence, _revision in pairs}))},
		fields=["parent as evidence", *FIELDS],
		order_by="parent, revision",
	)
	return {(row.evidence, row.revision): row for row in rows if (row.evidence, row.revision) in pairs}
