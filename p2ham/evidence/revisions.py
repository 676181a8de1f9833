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
	"""Return the revisions that these rows of P2HAM Evidence Use rest on, by evidence and revision: one query,
	and a second one where an evidence is older than the revisions.

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
	kept = {row.evidence for row in rows}
	found = {(row.evidence, row.revision): row for row in rows if (row.evidence, row.revision) in pairs}
	return {**found, **_without_revisions(pair for pair in pairs if pair[0] not in kept)}


def _without_revisions(pairs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], frappe._dict]:
	"""An evidence that has no revision at all is what it always was: its own fields tell it.

	Not where it has others: what stands in its fields then is not what the sheet was judged by.
	"""
	wanted = dict(pairs)
	if not wanted:
		return {}
	rows = frappe.get_all(
		"P2HAM Evidence",
		filters={"name": ("in", sorted(wanted))},
		fields=[
			"name as evidence",
			*MIRRORED,
			"contains_personal_data",
			"owner as added_by",
			"creation as added_on",
		],
		order_by="name",
	)
	return {(row.evidence, wanted[row.evidence]): row for row in rows}
