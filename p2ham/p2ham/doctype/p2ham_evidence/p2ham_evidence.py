import hashlib
from urllib.parse import urlparse

import filetype
import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from p2ham.access import files
from p2ham.access.guard import changes

# What an ending promises, as `filetype` recognises it from the first bytes. Office files are ZIP containers.
CONTENT_OF = {
	"pdf": {"application/pdf"},
	"jpg": {"image/jpeg"},
	"jpeg": {"image/jpeg"},
	"png": {"image/png"},
}


class P2HAMEvidence(Document):
	"""A document of an OPD that supports answers: a private file or a link, with the dates it is valid for."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		contains_personal_data: DF.Check
		document_date: DF.Date | None
		file: DF.Attach | None
		kind: DF.Literal["File", "Link"]
		mime_type: DF.Data | None
		opd: DF.Link
		sha256: DF.Data | None
		size: DF.Int
		title: DF.Data
		url: DF.Data | None
		valid_from: DF.Date | None
		valid_until: DF.Date | None
	# end: auto-generated types

	def before_insert(self):
		"""Asked here too, since a web form or another app may insert without asking for rights."""
		if frappe.session.user != "Administrator":
			files.check_may_store(self.opd)

	def validate(self):
		before = self.get_doc_before_save()
		if before:
			files.check_may_store(before.opd)
		self.check_dates()
		if self.kind == "Link":
			self.file = None
			self.check_address()
		else:
			self.url = None
			self.check_file()
		self.refuse_changes_in_use()

	def check_dates(self):
		if self.valid_from and self.valid_until and getdate(self.valid_until) < getdate(self.valid_from):
			frappe.throw(_("{0} must not be before {1}.").format(_("Valid Until"), _("Valid From")))

	def check_address(self):
		address = urlparse((self.url or "").strip())
		if address.scheme not in ("http", "https") or not address.hostname:
			frappe.throw(
				_("{0}: give a full web address that begins with https://.").format(_("Address (URL)"))
			)
		self.url = self.url.strip()
		self.sha256, self.size, self.mime_type = "", 0, ""

	def check_file(self):
		"""The file is private, readable by whoever stores it here, and is what its ending says."""
		if not self.file:
			frappe.throw(_("{0} must be filled.").format(_("File")), frappe.MandatoryError)
		if not self.is_new() and not self.has_value_changed("file"):
			return
		if not self.file.startswith("/private/files/"):
			frappe.throw(
				_(
					"{0}: evidence files are private. Upload the file again with 'Private' switched on."
				).format(_("File")),
				frappe.PermissionError,
			)
		stored = self.stored_file()
		content = stored.get_content()
		content = content.encode() if isinstance(content, str) else content
		if not content:
			frappe.throw(_("File {0} is empty.").format(frappe.bold(stored.file_name)))
		files.check_type_and_size(stored.file_name, stored.file_url, len(content))
		self.sha256 = hashlib.sha256(content).hexdigest()
		self.size = len(content)
		kind = filetype.guess(content)
		self.mime_type = kind.mime if kind else ""
		self.check_content(stored.file_name)

	def check_content(self, file_name: str):
		expected = CONTENT_OF.get(file_name.rsplit(".", 1)[-1].lower())
		if expected and self.mime_type not in expected:
			frappe.throw(
				_("File {0} is not what its ending says: its content is {1}.").format(
					frappe.bold(file_name), self.mime_type or _("unknown")
				),
				title=_("File Type Not Accepted"),
			)

	def stored_file(self):
		"""Return the File behind the address, if the user may read it: an address alone gives no right to it."""
		for name in frappe.get_all(
			"File", filters={"file_url": self.file}, pluck="name", order_by="creation desc"
		):
			if frappe.has_permission("File", "read", name):
				return frappe.get_doc("File", name)
		frappe.throw(
			_("{0}: {1} does not exist or is not yours.").format(_("File"), self.file), frappe.PermissionError
		)

	def refuse_changes_in_use(self):
		"""What an assessment past Draft rests on stays as it was; only the flag for personal data may change."""
		if self.is_new():
			return
		found = [
			change.field
			for change in changes(self.get_doc_before_save(), self)
			if change.field != "contains_personal_data"
		]
		used = files.assessments_past_draft(self.name) if found else []
		if used:
			frappe.throw(
				_("{0} is used by {1} and cannot change any more ({2}). Add a new evidence instead.").format(
					self.name, ", ".join(used), ", ".join(_(self.meta.get_label(field)) for field in found)
				),
				frappe.PermissionError,
				title=_("Evidence in Use"),
			)

	def on_trash(self):
		files.check_may_store(self.opd)
		used = files.assessments_past_draft(self.name)
		if used:
			frappe.throw(
				_("{0} cannot be deleted: {1} uses it.").format(self.name, ", ".join(used)),
				frappe.PermissionError,
				title=_("Evidence in Use"),
			)
