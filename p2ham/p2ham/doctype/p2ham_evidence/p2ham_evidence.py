from pathlib import Path

import frappe
from frappe import _
from frappe.utils import cint, getdate

from p2ham.access import files, own_files, traces
from p2ham.access.own_files import Origin
from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.evidence import intake, links, personal_data_search, revisions
from p2ham.utils import told_of_deadlock


class P2HAMEvidence(Record):
	"""A document of an OPD that supports answers: a private file or a link, with the dates it is valid for."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_evidence_finding.p2ham_evidence_finding import P2HAMEvidenceFinding
		from p2ham.p2ham.doctype.p2ham_evidence_revision.p2ham_evidence_revision import P2HAMEvidenceRevision

		cleared_by: DF.Link | None
		cleared_note: DF.SmallText | None
		cleared_on: DF.Datetime | None
		contains_personal_data: DF.Check
		document_date: DF.Date | None
		file: DF.Attach | None
		findings: DF.Table[P2HAMEvidenceFinding]
		kind: DF.Literal["File", "Link"]
		link_checked_on: DF.Datetime | None
		link_note: DF.Data | None
		link_state: DF.Literal["", "Reachable", "No Answer"]
		mime_type: DF.Data | None
		opd: DF.Link
		pages: DF.Int
		reminded_for: DF.Date | None
		revision: DF.Int
		revisions: DF.Table[P2HAMEvidenceRevision]
		scan_status: DF.Literal["", "Waiting", "Nothing Found", "Found", "No Text", "Not Possible"]
		sha256: DF.Data | None
		size: DF.Int
		taken_on: DF.Datetime | None
		title: DF.Data
		uploaded_sha256: DF.Data | None
		url: DF.Data | None
		valid_from: DF.Date | None
		valid_until: DF.Date | None
	# end: auto-generated types

	TAKEN_AWAY = ("revisions", "findings")
	# A file that came through our own door, was looked at there and has no record yet.
	received: intake.Looked | None = ServerSide()
	# Bagian Hukum says that what the search found is no personal data: it writes what nobody sends.
	clearing: bool = ServerSide(False)

	def before_insert(self):
		"""Asked here too, since a web form or another app may insert without asking for rights."""
		files.check_may_store(self.opd)

	def validate(self):
		before = self.get_doc_before_save()
		if before and not self.clearing:
			files.check_may_store(before.opd)
		if not self.clearing:
			revisions.keep_computed(self)
		self.check_dates()
		looked = None
		if self.kind == "Link":
			self.file = None
			self.url = links.check_address(self.url)
		else:
			self.url = None
			looked = self.check_file()
		revisions.record(self, looked)

	def on_update(self):
		"""What takes time or the network waits for the commit, in the background."""
		before = self.get_doc_before_save()
		revisions.flag_copies(self)
		if before and cint(self.contains_personal_data) > cint(before.contains_personal_data):
			traces.forget_who_may_not_read(self.doctype, [self.name])
		if before and before.revision == self.revision:
			return
		if before:
			revisions.enqueue_tidy(self.name)
		if self.scan_status == intake.WAITING:
			personal_data_search.enqueue_search(self.name, self.revision)
		if self.kind == "Link":
			links.enqueue_ask(self.name)

	def save(self, *args, **kwargs):
		with told_of_deadlock(self):
			return super().save(*args, **kwargs)

	def check_dates(self):
		if self.valid_from and self.valid_until and getdate(self.valid_until) < getdate(self.valid_from):
			frappe.throw(_("{0} must not be before {1}.").format(_("Valid Until"), _("Valid From")))

	def receive(self, looked: intake.Looked):
		"""Save with a file that was looked at and has no record yet."""
		with given(self, received=looked):
			self.save()

	def save_cleared(self):
		"""Save what Bagian Hukum has cleared, who stores no evidence of the unit otherwise."""
		with given(self, clearing=True):
			self.save(ignore_permissions=True)

	def check_file(self) -> intake.Looked | None:
		"""The file is private, readable by whoever stores it here, and is what its ending says. Return what was seen of
		it, None where it is the one that was there before."""
		if self.received:
			return self.store(self.received)
		if not self.file:
			frappe.throw(_("{0} must be filled.").format(_("File")), frappe.MandatoryError)
		if not self.is_new() and not self.has_value_changed("file"):
			return None
		if not self.file.startswith("/private/files/"):
			frappe.throw(
				_(
					"{0}: evidence files are private. Upload the file again with 'Private' switched on."
				).format(_("File")),
				frappe.PermissionError,
			)
		stored = self.stored_file()
		content = Path(stored.get_full_path()).read_bytes()
		looked = intake.look_at(stored.file_name, content)
		if looked.content != content:  # a photo that named its place: the cleaned one is stored instead
			looked = self.store(looked)
			self.drop(stored)
		return looked

	def store(self, looked: intake.Looked) -> intake.Looked:
		"""Store a file that was looked at as this document's own; return it as it lies on the disk, which is what
		counts: another app may change what is stored."""
		self.file, stored = own_files.store(Origin.EVIDENCE, self, looked.file_name, looked.content, "file")
		return looked if stored == looked.content else intake.as_stored(looked, stored)

	def drop(self, stored):
		"""Take away the record of a file that another one has replaced before anything used it."""
		mine = stored.attached_to_doctype == self.doctype and stored.attached_to_name in (None, "", self.name)
		if (mine or not stored.attached_to_doctype) and stored.owner == frappe.session.user:
			frappe.delete_doc("File", stored.name, ignore_permissions=True)

	def stored_file(self):
		"""Return the File behind the address, if the user may read it: an address alone gives no right to it."""
		for name in frappe.get_all(
			"File", filters={"file_url": self.file}, pluck="name", order_by="creation desc"
		):
			if frappe.has_permission("File", "read", name) and not files.is_kept(self.file):
				return frappe.get_doc("File", name)
		frappe.throw(
			_("{0}: {1} does not exist or is not yours.").format(_("File"), self.file), frappe.PermissionError
		)

	def on_trash(self):
		files.check_may_store(self.opd)
		used = files.what_rests_on(self.name)
		if used:
			frappe.throw(
				_("{0} cannot be deleted: {1} uses it.").format(self.name, ", ".join(used)),
				frappe.PermissionError,
				title=_("Evidence in Use"),
			)
