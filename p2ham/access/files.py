"""Files of P2HAM are private from the first byte and follow the document they belong to.

Frappe lets the uploader of a file read and delete it for ever, and lets anybody copy a private file whose
address they know. Both end here for files of our DocTypes.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import secrets
import string
from pathlib import Path
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.file.utils import decode_file_content, get_content_hash
from frappe.utils import cint, get_url

from p2ham.access import duties, scope
from p2ham.access.own_files import Origin, origin_of
from p2ham.access.policies import WITH_FILES
from p2ham.engine import lifecycle
from p2ham.engine.duties import BAGIAN_HUKUM, UNIT_DUTIES
from p2ham.engine.follow_up import CLOSED

# Its file is what was signed: added by its own door (api/signed_copy.py), never changed, moved, copied or deleted.
KEPT = "P2HAM Signed Copy"
STORED = ("/files/", "/private/files/")
# Letters that nobody guesses, behind the name of a file on the disk; Frappe's field for the name holds so many.
UNGUESSED, LONGEST_NAME = 8, 140
# Where a file belongs and what it is: fixed once an assessment rests on it.
HOLDS = ("attached_to_doctype", "attached_to_name", "file_url", "content_hash")
# "No opinion" is spelled differently: v15 goes on at None and lets True end the question, v16 denies at None.
NO_OPINION = True if cint(frappe.__version__.split(".")[0]) >= 16 else None


def has_permission(
	doc, ptype: str | None = None, user: str | None = None, debug: bool = False
) -> bool | None:
	"""Frappe's `has_permission` hook of File: denies what the owning document denies, also to the uploader.

	Frappe asks before it writes the first byte, so a file of ours that would be public is refused here.
	"""
	user = user or frappe.session.user
	if ptype in ("create", "write"):
		refuse_public_copy(doc)
	if user == "Administrator":
		return NO_OPINION
	if ptype == "create" and doc.get("file_url"):
		return NO_OPINION if may_use_address(doc.file_url, user) else False
	if doc.get("attached_to_doctype") not in WITH_FILES:
		return NO_OPINION
	name = doc.get("attached_to_name")
	if not name or not frappe.db.exists(doc.attached_to_doctype, name):
		return NO_OPINION  # a form not saved yet: Frappe leaves such a file to its uploader
	if ptype in (*scope.READ_TYPES, None):
		return frappe.has_permission(doc.attached_to_doctype, "read", name, user=user)
	return frappe.has_permission(doc.attached_to_doctype, "write", name, user=user)


def may_use_address(file_url: str, user: str | None = None) -> bool:
	"""Tell whether `user` may attach the stored file at `file_url`: they must be able to read it somewhere."""
	address = canonical(file_url)
	if not address.startswith(STORED):
		return True
	if is_kept(address):
		return False
	rows = frappe.get_all("File", filters={"file_url": address}, pluck="name", order_by="creation")
	return any(frappe.has_permission("File", "read", name, user=user) for name in rows)


def is_ours(file_url: str | None) -> bool:
	"""Tell whether a document of ours has the stored file at `file_url`, whoever else has it too."""
	address = canonical(file_url)
	return address.startswith(STORED) and bool(
		frappe.db.exists("File", {"file_url": address, "attached_to_doctype": ("in", WITH_FILES)})
	)


def own_name(file_name: str | None) -> str:
	"""Return the name under which a file of ours is stored: Frappe adds letters only where the name is taken, and so
	would tell everybody who tries it which names there are. Letters, since digits would be looked through for numbers
	of persons."""
	stem, ending = os.path.splitext(file_name or "")
	added = "-" + "".join(secrets.choice(string.ascii_lowercase) for _letter in range(UNGUESSED))
	return stem[: LONGEST_NAME - len(added) - len(ending)] + added + ending


def is_named_for_itself(doc) -> bool:
	"""Tell whether a new file is stored under a name of its own: one of our documents, or one that may become so."""
	if not cint(doc.is_private):
		return False
	return doc.attached_to_doctype in WITH_FILES or (
		not doc.attached_to_doctype and scope.for_user().anything
	)


def place_of(address: str | None) -> str:
	"""Return the address of the place that Frappe empties when it deletes `address` (`delete_file`)."""
	folder, last = posixpath.split((address or "").strip("/"))
	return f"{STORED[0] if folder == 'files' else STORED[1]}{last}"


def may_be_emptied(address: str | None, doc) -> bool:
	"""Tell whether `doc` may empty the place that would be emptied with `address`: one of the site's folders for files,
	and no other File has it."""
	if not canonical(address).startswith(STORED):
		return False
	others = {"file_url": place_of(address), "name": ("!=", doc.name or "")}
	return not frappe.db.exists("File", others)


def is_kept(file_url: str | None) -> bool:
	"""Tell whether a signed copy has the stored file at `file_url`."""
	address = canonical(file_url)
	return address.startswith(STORED) and bool(
		frappe.db.exists("File", {"file_url": address, "attached_to_doctype": KEPT})
	)


def canonical(file_url: str | None) -> str:
	"""Return an address as Frappe stores it: the disk takes "//" and "/./" for the same place, and Frappe takes
	percent signs and the site's own address away."""
	address = unquote(file_url or "").removeprefix(get_url())
	return "/" + posixpath.normpath(address).lstrip("/") if address.startswith("/") else address


def permission_query_conditions(user: str | None = None, doctype: str | None = None) -> str:
	"""Frappe's `permission_query_conditions` hook of File: names of files are not for everybody either."""
	user = user or frappe.session.user
	if user == "Administrator":
		return ""
	file = frappe.qb.DocType("File")
	allowed = file.attached_to_doctype.isnull() | file.attached_to_doctype.notin(WITH_FILES)
	for owner in WITH_FILES:
		limit = scope.condition(owner, user)
		table = frappe.qb.DocType(owner)
		# Also for who sees every document: what was uploaded into a form that is not saved yet is its uploader's.
		names = frappe.qb.from_(table).select(table.name)
		mine = file.attached_to_name.isin(names if limit is None else names.where(limit))
		allowed = allowed | ((file.attached_to_doctype == owner) & mine)
	return scope.as_sql(allowed)


def before_insert(doc, method: str | None = None) -> None:
	"""`File.before_insert`: evidence has an allowed type and size, and no file of ours is public."""
	if doc.is_folder:
		return
	refuse_public_copy(doc)
	if doc.attached_to_doctype == KEPT and origin_of(doc) is not Origin.SIGNED_COPY:
		refuse_kept(doc)
	# The letter of a unit comes in by the door of its head (api/period.py), who writes no period otherwise.
	if doc.attached_to_doctype not in WITH_FILES or origin_of(doc) is Origin.LETTER:
		return
	check_may_attach(doc)


def validate(doc, method: str | None = None) -> None:
	"""`File.before_validate` and `validate`: a file of ours does not become public later, nor another document's;
	its content stays. Before, because Frappe moves and renames in its own validate; after, because it decodes
	addresses there."""
	if doc.is_folder:
		return
	refuse_public_copy(doc)
	before = doc.get_doc_before_save()
	if not before:
		return
	if KEPT in (before.attached_to_doctype, doc.attached_to_doctype):
		refuse_kept(before)
	if _changed(before, doc, "file_url") and is_ours(doc.file_url) and not may_use_address(doc.file_url):
		refuse_address(doc)
	if doc.attached_to_doctype in WITH_FILES and _changed(before, doc, "attached_to_name"):
		check_may_attach(doc)
	content = doc.get("content")
	if _changed(before, doc, "content_hash") and not (
		content and doc.content_hash == get_content_hash(content)
	):
		if is_ours(before.file_url):
			refuse_address(doc)
		doc.content_hash = before.content_hash  # Frappe moves and deletes by it, so nobody writes it
	if before.attached_to_doctype in WITH_FILES and doc.attached_to_doctype not in WITH_FILES:
		refuse_address(doc)
	moved = [field for field in HOLDS if _changed(before, doc, field)]
	if moved and before.attached_to_doctype == "P2HAM Evidence" and is_in_use(before):
		frappe.throw(
			_("The file {0} belongs to {1} and is in use; it cannot be moved.").format(
				doc.file_name, before.attached_to_name
			),
			frappe.PermissionError,
		)


def _changed(before, doc, field: str) -> bool:
	return (before.get(field) or "") != (doc.get(field) or "")


def refuse_address(doc) -> None:
	frappe.throw(_("This file does not exist or is not yours."), frappe.PermissionError)


def refuse_kept(doc) -> None:
	frappe.throw(
		_(
			"The file {0} belongs to a signed copy. Nobody adds, changes, moves or deletes one by itself."
		).format(frappe.utils.escape_html(doc.file_name or "")),
		frappe.PermissionError,
		title=_("Append-Only"),
	)


def check_may_attach(doc) -> None:
	"""Frappe 15 does not look at the result of its own permission check when a file is attached."""
	exists = doc.attached_to_name and frappe.db.exists(doc.attached_to_doctype, doc.attached_to_name)
	if exists and not _may_attach(doc.attached_to_doctype, doc.attached_to_name):
		frappe.throw(
			_("You may not attach a file to {0} {1}.").format(
				_(doc.attached_to_doctype), doc.attached_to_name
			),
			frappe.PermissionError,
		)


def _may_attach(doctype: str, name: str) -> bool:
	if scope.is_fixed(doctype, name):
		return False
	if doctype != "P2HAM Assessment":
		return frappe.has_permission(doctype, "write", name)
	# Who may only take a step may not add a file: that is a change like any other.
	state, opd = frappe.db.get_value(doctype, name, ["workflow_state", "opd"])
	editable = lifecycle.EDITABLE.get(state)
	return bool(editable and duties.names(duties.for_unit(opd)).intersection(editable.duties))


def refuse_public_copy(doc) -> None:
	"""Refuse a public file that belongs to a document of ours, is stored where one of ours is, or repeats the
	content of one that the user knows. Raises frappe.PermissionError."""
	if doc.get("is_folder") or (cint(doc.get("is_private")) and not _is_public_address(doc.get("file_url"))):
		return
	if doc.get("attached_to_doctype") in WITH_FILES or is_ours(doc.get("file_url")) or _repeats_ours(doc):
		frappe.throw(
			# Without its name: this is said before anybody knows who asks.
			_("Evidence files are private. Upload the file again with 'Private' switched on."),
			frappe.PermissionError,
			title=_("Public File"),
		)


def _is_public_address(file_url: str | None) -> bool:
	return (file_url or "").startswith("/files/")


def _repeats_ours(doc) -> bool:
	content = _content_to_publish(doc)
	if content is None:
		return False
	sha256 = hashlib.sha256(content).hexdigest()
	revision, copy = frappe.qb.DocType("P2HAM Evidence Revision"), frappe.qb.DocType(KEPT)
	return _is_seen(revision, (revision.sha256 == sha256) | (revision.uploaded_sha256 == sha256)) or _is_seen(
		copy, copy.sha256 == sha256
	)


def _is_seen(table, which) -> bool:
	"""Only what the user may see anyway is told apart: the answer must not say what others have."""
	limit = scope.condition(table.get_table_name().removeprefix("tab"))
	query = frappe.qb.from_(table).select(table.name).where(which).limit(1)
	return bool((query if limit is None else query.where(limit)).run())


def _content_to_publish(doc) -> bytes | None:
	"""Return what would become public: what is sent, or what was private until now; None where nothing does."""
	content = doc.get("content")
	if content:
		content = content.encode() if isinstance(content, str) else content
		return decode_file_content(content) if doc.get("decode") else content
	before = doc.get_doc_before_save()
	path = Path(before.get_full_path()) if before and cint(before.is_private) and before.file_url else None
	return path.read_bytes() if path and path.is_file() else None


def check_may_delete(doc) -> None:
	"""Nobody, the uploader included, deletes the file of an evidence alone, and nobody at all one that an assessment
	past Draft or a closed follow-up rests on. Raises frappe.PermissionError."""
	if frappe.flags.in_uninstall:
		return
	if doc.attached_to_doctype == KEPT:
		refuse_kept(doc)
	if doc.attached_to_doctype == "P2HAM Evidence":
		opd = frappe.db.get_value("P2HAM Evidence", doc.attached_to_name, "opd")
		if opd and opd not in scope.for_user().opds:
			refuse_address(doc)
	if scope.is_fixed(doc.attached_to_doctype, doc.attached_to_name):
		frappe.throw(
			_("The file {0} belongs to {1}, which no longer changes.").format(
				doc.file_name, doc.attached_to_name
			),
			frappe.PermissionError,
			title=_("File in Use"),
		)
	if doc.attached_to_doctype != "P2HAM Evidence":
		return
	if is_in_use(doc):
		frappe.throw(
			_("The file {0} cannot be deleted: what was handed over or closed rests on it ({1}).").format(
				doc.file_name, ", ".join(what_rests_on(doc.attached_to_name))
			),
			frappe.PermissionError,
			title=_("File in Use"),
		)
	if belongs_to_revision(doc):
		frappe.throw(
			_("The file {0} is the document {1}. Replace it there, or delete the document.").format(
				doc.file_name, doc.attached_to_name
			),
			frappe.PermissionError,
			title=_("File in Use"),
		)


def check_may_store(opd: str) -> None:
	"""Refuse whoever is not clerk or head of the unit, Administrator too: who holds no duty stores nothing that
	changes what a unit answers. Raises frappe.PermissionError."""
	if opd not in scope.for_user().opds:
		frappe.throw(
			_("Only the clerk or head of {0} stores its evidence.").format(opd), frappe.PermissionError
		)


def check_may_clear(opd: str) -> None:
	"""Refuse whoever may not say that what the search found in evidence of a unit is no personal data: that is for
	Bagian Hukum, and never for the unit that uploaded it. Raises frappe.PermissionError."""
	held = duties.names(duties.for_unit(opd))
	# Who verifies evidence also judges what was found in it.
	if not held.intersection(BAGIAN_HUKUM) or held.intersection(UNIT_DUTIES):
		frappe.throw(
			_(
				"Only {0}, and nobody of the unit itself, says that what was found is no personal data."
			).format(", ".join(_(duty) for duty in BAGIAN_HUKUM)),
			frappe.PermissionError,
		)


def is_address_in_use(file_url: str) -> bool:
	"""Tell whether an assessment past Draft or a closed follow-up rests on the file at this address, by whatever
	evidence."""
	return bool(_resting(lambda revision: revision.file == canonical(file_url)))


def is_in_use(doc) -> bool:
	"""Tell whether a File is that of a revision that an assessment past Draft or a closed follow-up rests on."""
	return bool(
		_resting(lambda revision: (revision.parent == doc.attached_to_name) & (revision.file == doc.file_url))
	)


def belongs_to_revision(doc) -> bool:
	"""Tell whether a File is that of any revision of its evidence, as committed now: the background may have taken
	a revision away since this request began."""
	return bool(
		frappe.db.get_value(
			"P2HAM Evidence Revision",
			{"parent": doc.attached_to_name, "file": doc.file_url},
			for_update=True,
			order_by="name",
		)
	)


def what_rests_on(evidence: str, revision: int | None = None, lock: bool = False) -> list[str]:
	"""Return the names of the assessments past Draft (cancelled ones too: they decided) and of the closed follow-ups
	that use an evidence, or one revision of it. `lock` reads what is committed now and lets nobody hand over or close
	meanwhile."""
	return _resting(
		lambda row: (
			(row.parent == evidence) & (row.revision == revision) if revision else row.parent == evidence
		),
		lock,
	)


# Where evidence is used, and from when on the document that uses it no longer changes.
_USES = (
	("P2HAM Evidence Use", "P2HAM Assessment", lambda sheet: sheet.workflow_state != lifecycle.DRAFT),
	("P2HAM Follow-up Evidence", "P2HAM Follow-up", lambda done: done.status == CLOSED),
)


def _resting(which, lock: bool = False) -> list[str]:
	row = frappe.qb.DocType("P2HAM Evidence Revision")
	found = []
	for rows, document, is_fixed in _USES:
		use, owner = frappe.qb.DocType(rows), frappe.qb.DocType(document)
		query = (
			frappe.qb.from_(row)
			.join(use)
			.on((use.evidence == row.parent) & (use.revision == row.revision))
			.join(owner)
			.on(use.parent == owner.name)
			.select(owner.name)
			.where(which(row) & is_fixed(owner))
			.orderby(owner.name)
		)
		found += (query.for_update() if lock else query).run(pluck=True)
	return list(dict.fromkeys(found))
