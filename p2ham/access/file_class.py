"""Frappe's File where no hook is asked: downloads, addresses that come in by other documents, methods that rewrite.

It changes nothing for files that no document of ours has. The rules are those of `files`.
"""

import frappe
from frappe import _
from frappe.core.doctype.file.file import File

from p2ham.access import downloads, files


class GuardedFile(File):
	"""The File of a site with P2HAM (override_doctype_class)."""

	def is_downloadable(self):
		"""Frappe lets the uploader download for ever; here the document decides, as everywhere.

		Frappe asks this right before it hands a file out, and takes the first record that answers yes.
		"""
		allowed = bool(super().is_downloadable() and files.has_permission(self, "read") is not False)
		if allowed:
			downloads.note(self)
		return allowed

	@property
	def content_type(self):
		"""What Frappe takes for a reason to write a photo anew while storing it: pixel by pixel in the worker's memory,
		turned if the camera was, and of less quality. Evidence comes cleaned, without any of that, and stays as it is.
		"""
		return None if self.flags.p2ham_cleaned else self.__dict__.get("_content_type")

	@content_type.setter
	def content_type(self, value):
		self.__dict__["_content_type"] = value

	def save_file(self, content=None, decode=False, ignore_existing_file_check=False, overwrite=False):
		"""A signed copy gets a place of its own: Frappe would take any stored file with the same MD5 for the same."""
		alone = ignore_existing_file_check or bool(self.flags.p2ham_kept or self.flags.p2ham_letter)
		return super().save_file(content, decode, alone, overwrite)

	def before_insert(self):
		named = self.file_url
		files.refuse_public_copy(self)
		super().before_insert()
		# Whoever names a stored file must be able to read it; who sends the content has it already. This is
		# asked also where Frappe inserts for somebody without asking for rights.
		# And it stays with documents of ours: a copy elsewhere would outlive the right to what was copied.
		usable = self.attached_to_doctype in files.OWNERS and files.may_use_address(self.file_url or "")
		if named and not usable and files.is_ours(self.file_url):
			files.refuse_address(self)

	def on_trash(self):
		# Asked first: Frappe takes the bytes away here, and no rollback brings them back.
		if not self.flags.p2ham_tidied:
			files.check_may_delete(self)
		super().on_trash()

	@frappe.whitelist()
	def optimize_file(self) -> None:
		"""Make an image smaller as Frappe does, but none that the caller may not write or that is in use."""
		self.refuse_to_rewrite()
		return super().optimize_file()

	def unzip(self):
		self.refuse_to_rewrite()
		return super().unzip()

	def refuse_to_rewrite(self):
		"""Frappe runs these methods on whatever the caller sends as the document, if he may read it.

		Raises frappe.PermissionError.
		"""
		places = {self.file_url, f"/private/files/{self.file_name}"}
		if not any(files.is_ours(place) for place in places):
			return
		if not frappe.db.exists("File", self.name):
			files.refuse_address(self)
		stored = frappe.get_doc("File", self.name)
		if (stored.file_url, stored.file_name) != (self.file_url, self.file_name):
			files.refuse_address(self)
		stored.check_permission("write")
		if files.is_kept(stored.file_url):
			files.refuse_kept(stored)
		if files.is_address_in_use(stored.file_url):
			frappe.throw(
				_("The file {0} is used by an assessment and stays as it is.").format(self.file_name),
				frappe.PermissionError,
			)

	def _delete_file_on_disk(self):
		"""The stored file goes with the last record that has its address, whatever hash stands in this one."""
		addresses = [self.file_url, files.canonical(self.file_url)]
		others = {"file_url": ("in", addresses), "name": ("!=", self.name or "")}
		if self.file_url and frappe.db.exists("File", others):
			self.delete_file_data_content(only_thumbnail=True)
		elif files.canonical(self.file_url).startswith(files.STORED):
			# Frappe would keep the bytes where another record has the same hash at another address.
			self.delete_file_data_content()
		else:
			super()._delete_file_on_disk()
