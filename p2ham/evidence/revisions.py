"""The revisions of a document: a sheet past Draft goes on showing the one it was judged by.

The newest revision stands in the document itself, each of them in a row. Rows that nothing rests on are taken
away in the background, with their files.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint, now_datetime

from p2ham.access import files, own_files, scope, traces
from p2ham.access.guard import changes
from p2ham.engine import lifecycle
from p2ham.evidence import intake

# What belongs to a revision and is shown as the document's own while that revision is the newest.
CONTENT = ("kind", "file", "url")
ABOUT = ("title", "document_date", "valid_from", "valid_until")
LOOKED = ("sha256", "uploaded_sha256", "size", "mime_type", "pages", "taken_on")
MIRRORED = ("revision", *CONTENT, *ABOUT, *LOOKED)
FIELDS = (*MIRRORED, "contains_personal_data", "added_by", "added_on")

# Shown at once; nobody reads more.
MAX_USES = 200
# What this app writes and nobody sends.
SEARCH = ("scan_status", "findings")
CLEARED = ("cleared_note", "cleared_by", "cleared_on")
LINK = ("link_state", "link_checked_on", "link_note")
COMPUTED = ("revision", "revisions", "reminded_for", *LOOKED, *SEARCH, *CLEARED, *LINK)


def by_use(uses: Iterable) -> dict[tuple[str, int], frappe._dict]:
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


def findings(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
	"""Return how many places of personal data were found in these revisions and not cleared, in one query."""
	wanted = set(keys)
	rows = frappe.get_all(
		"P2HAM Evidence Finding",
		filters={"parent": ("in", sorted({evidence for evidence, _revision in wanted}) or [""])},
		fields=["parent", "revision"],
		order_by="parent",
	)
	return Counter((row.parent, row.revision) for row in rows if (row.parent, row.revision) in wanted)


def use_counts(names: list[str]) -> dict[str, int]:
	"""Return in how many places each of these documents is used, in one query."""
	use = frappe.qb.DocType("P2HAM Evidence Use")
	rows = (
		frappe.qb.from_(use)
		.select(use.evidence, Count(use.name))
		.where(use.evidence.isin(names or [""]))
		.groupby(use.evidence)
		.orderby(use.evidence)
		.run()
	)
	return dict(rows)


def uses(evidence: str) -> list[frappe._dict]:
	"""Return where a document is used, of the assessments that the session's user may see: two queries."""
	use = frappe.qb.DocType("P2HAM Evidence Use")
	sheet = frappe.qb.DocType("P2HAM Assessment")
	indicator = frappe.qb.DocType("P2HAM Indicator")
	limit = scope.condition("P2HAM Assessment")
	query = (
		frappe.qb.from_(use)
		.join(sheet)
		.on(use.parent == sheet.name)
		.join(indicator)
		.on(use.indicator == indicator.name)
		.select(
			sheet.name.as_("assessment"),
			sheet.opd_name,
			sheet.period,
			sheet.assessment_year,
			sheet.workflow_state,
			indicator.code,
			indicator.title,
			use.slot,
			use.revision,
			use.verification,
			use.validity,
			use.note,
		)
		.where(use.evidence == evidence)
		.orderby(sheet.assessment_year, order=frappe.qb.desc)
		.orderby(sheet.name)
		.orderby(indicator.code)
		.limit(MAX_USES)
	)
	found = (query if limit is None else query.where(limit)).run(as_dict=True)
	newest = frappe.db.get_value("P2HAM Evidence", evidence, "revision")
	for row in found:
		if row.workflow_state == lifecycle.DRAFT:  # follows it at the next save
			row.revision = newest
	return found


def keep_computed(doc) -> None:
	"""Put back what nobody sends; a new document begins without it."""
	before = doc.get_doc_before_save()
	for field in COMPUTED:
		if doc.meta.get_field(field).fieldtype != "Table":
			doc.set(field, before.get(field) if before else None)
		else:  # copies, since what was stored is still compared with what is going to be
			doc.set(field, [row.as_dict() for row in before.get(field)] if before else [])


def record(doc, looked: intake.Looked | None = None) -> None:
	"""Keep the rows in step with the document: another file or address is another revision, everything else
	changes the newest one as long as no sheet past Draft rests on it. `looked` is what was seen of a new file.

	Raises frappe.PermissionError naming the fields that may not change any more.
	"""
	before = doc.get_doc_before_save()
	newest = _newest(doc)
	if newest and any((before.get(field) or "") != (doc.get(field) or "") for field in CONTENT):
		newest = None
	elif before:
		refuse_changes_in_use(doc, before)
	if not newest:
		_begin(doc, looked)
		newest = doc.append(
			"revisions",
			{"added_by": frappe.session.user, "added_on": now_datetime(), "revision": doc.revision},
		)
		newest.contains_personal_data = cint(doc.contains_personal_data)
	newest.update({field: doc.get(field) for field in MIRRORED})
	_flag(doc, newest, before)


def _newest(doc):
	return next((row for row in doc.revisions if row.revision == doc.revision), None)


def _begin(doc, looked: intake.Looked | None) -> None:
	"""Begin a revision with nothing known but what was just seen of its file."""
	doc.revision = max((row.revision for row in doc.revisions), default=0) + 1
	for field in (*CLEARED, *LINK, "scan_status", "reminded_for"):
		doc.set(field, None)
	doc.set("findings", [])
	for field in LOOKED:
		doc.set(field, looked.fields()[field] if looked else None)
	if doc.kind == "Link":
		doc.sha256 = hashlib.sha256(
			doc.url.encode()
		).hexdigest()  # so that a sealed sheet names the address too
	if looked:
		doc.scan_status = looked.scan_status
		for found in looked.findings:
			doc.append("findings", finding(found, doc.revision))


def finding(found, revision: int) -> dict:
	"""Return a finding as a row of P2HAM Evidence Finding."""
	return {
		"revision": revision,
		"kind": found.kind,
		"place": intake.place(found)[:140],
		"sample": found.sample[:140],
		"count": found.count,
	}


def _flag(doc, newest, before) -> None:
	"""A revision in which something was found is flagged; the document is while any of its revisions is."""
	if before and cint(before.contains_personal_data) != cint(doc.contains_personal_data):
		newest.contains_personal_data = cint(doc.contains_personal_data)
	if doc.findings and not doc.cleared_by and not newest.contains_personal_data:
		if before and before.contains_personal_data and before.revision == doc.revision:
			frappe.throw(
				_(
					"{0}: personal data were found in this file. Replace it, or ask Bagian Hukum to look at what was found."
				).format(_(doc.meta.get_label("contains_personal_data"))),
				title=_("Personal Data"),
			)
		newest.contains_personal_data = 1
	doc.contains_personal_data = int(any(row.contains_personal_data for row in doc.revisions))


def flag_copies(doc) -> None:
	"""The same bytes show the same people: what is flagged here is flagged wherever it was stored once more.

	By its SHA-256, in whatever place it lies.
	"""
	before = doc.get_doc_before_save()
	known = {row.sha256 for row in before.revisions if row.contains_personal_data} if before else set()
	flagged = {row.sha256 for row in doc.revisions if row.contains_personal_data and row.sha256} - known
	if flagged:
		flag_content(sorted(flagged))


def flag_content(hashes: list[str]) -> None:
	"""Flag every revision with one of these contents, and its document; as an update, since nobody edits them."""
	row, evidence = frappe.qb.DocType("P2HAM Evidence Revision"), frappe.qb.DocType("P2HAM Evidence")
	owners = (
		frappe.qb.from_(row)
		.select(row.parent)
		.distinct()
		.where(row.sha256.isin(hashes) & (row.contains_personal_data == 0))
		.orderby(row.parent)
		.run(pluck=True)
	)
	if not owners:
		return
	frappe.qb.update(row).set(row.contains_personal_data, 1).where(row.sha256.isin(hashes)).run()
	frappe.qb.update(evidence).set(evidence.contains_personal_data, 1).where(evidence.name.isin(owners)).run()
	for name in owners:
		frappe.clear_document_cache("P2HAM Evidence", name)
	traces.forget_who_may_not_read("P2HAM Evidence", owners)


def refuse_changes_in_use(doc, before) -> None:
	"""What a sheet past Draft rests on stays as it was. Raises frappe.PermissionError."""
	found = [
		change.field for change in changes(before, doc) if change.field in ABOUT or change.field == "owner"
	]
	used = files.what_rests_on(doc.name, doc.revision, lock=True) if found else []
	if used:
		frappe.throw(
			_(
				"{0} is used by {1} and cannot change any more ({2}). Replace its file to begin a new revision."
			).format(doc.name, ", ".join(used), ", ".join(_(doc.meta.get_label(field)) for field in found)),
			frappe.PermissionError,
			title=_("Evidence in Use"),
		)


def enqueue_tidy(evidence: str) -> None:
	frappe.enqueue("p2ham.evidence.revisions.tidy", enqueue_after_commit=True, evidence=evidence)


def tidy(evidence: str) -> None:
	"""Background job: take away older revisions that no sheet past Draft and no closed follow-up rests on, and files
	that belong to no revision any more. What was replaced because it showed too much does not stay.

	A draft that still names an old revision follows the newest at its next save.
	"""
	# The lock comes first, so that what is read after it is what the last sheet handed over has left.
	newest = frappe.db.get_value("P2HAM Evidence", evidence, "revision", for_update=True)
	if not newest:
		return
	for row in frappe.get_all(
		"P2HAM Evidence Revision",
		filters={"parent": evidence, "revision": ("<", newest)},
		fields=["name", "revision"],
		order_by="revision",
	):
		if not files.what_rests_on(evidence, row.revision):
			frappe.db.delete("P2HAM Evidence Revision", {"name": row.name})
	kept = frappe.get_all(
		"P2HAM Evidence Revision",
		filters={"parent": evidence},
		fields=["file", "contains_personal_data"],
		order_by="revision",
	)
	for name in frappe.get_all(
		"File",
		filters={
			"attached_to_doctype": "P2HAM Evidence",
			"attached_to_name": evidence,
			"file_url": ("not in", [row.file for row in kept if row.file] or [""]),
		},
		pluck="name",
		order_by="creation",
	):
		# Whose job this is may have lost their duty meanwhile; what goes was decided above.
		with own_files.tidying():
			frappe.delete_doc("File", name, ignore_permissions=True)
	flagged = int(any(row.contains_personal_data for row in kept))
	frappe.db.set_value("P2HAM Evidence", evidence, "contains_personal_data", flagged, update_modified=False)
	frappe.clear_document_cache("P2HAM Evidence", evidence)
