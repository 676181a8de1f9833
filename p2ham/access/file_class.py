"""Frappe's File where no hook is asked: downloads, addresses that come in by other documents, methods that rewrite.

For all files of the site one thing differs: none is taken for another one because of its MD5. Frappe would give the
second of two files with one MD5 the address of the first, in whatever document that is, and so the first's bytes,
or tell who uploads something that somebody has it already and where. Everything else changes nothing for files that
no document of ours has. The rules are those of `files`.
"""

import frappe
from frappe import _
from frappe.core.doctype.file.file import File
from frappe.core.doctype.file.utils import delete_file, get_content_hash
from frappe.utils import cint

from p2ham.access import download_log, files, own_files, policies
from p2ham.access.server_side import ServerSide


class GuardedFile(File):
	"""The File of a site with P2HAM (override_doctype_class)."""

	file_name: str

	# By which door of ours it is being stored (own_files.Origin), None for all others.
	p2ham_origin = ServerSide()
	# It was inserted for the address of a file that lay there already: its bytes are none of its own.
	names_a_stored_file = ServerSide(False)

	def is_downloadable(self):
		"""Frappe lets the uploader download for ever; here the document decides, as everywhere.

		Frappe asks this right before it hands a file out, and takes the first record that answers yes.
		"""
		allowed = bool(super().is_downloadable() and files.has_permission(self, "read") is not False)
		if allowed:
			download_log.note(self)
		return allowed

	@property
	def content_type(self):
		"""What Frappe takes for a reason to write a photo anew while storing it: pixel by pixel in the worker's memory,
		turned if the camera was, and of less quality. Evidence comes cleaned, without any of that, and stays as it is.
		"""
		return None if self.p2ham_origin else self.__dict__.get("_content_type")

	@content_type.setter
	def content_type(self, value):
		self.__dict__["_content_type"] = value

	def save_file(self, content=None, decode=False, ignore_existing_file_check=False, overwrite=False):
		"""Whatever is stored gets a place of its own; what somebody names by its address stays where it is."""
		if self.names_a_stored_file and self.is_new():
			self.file_size, self.content_hash = self.check_max_file_size(), get_content_hash(self._content)
			return None
		if not overwrite and files.is_named_for_itself(self):
			self.file_name = files.own_name(self.file_name)
		return super().save_file(content, decode, True, overwrite)

	def validate_duplicate_entry(self):
		"""Frappe would put the address of any file with the same MD5 here."""
		if not self.is_folder:
			self.generate_content_hash()

	def before_insert(self):
		named = self.file_url
		self.names_a_stored_file = bool(named and not self.get("content"))
		if not self.is_remote_file:
			self.content_hash = None  # taken from the content, never from who sends it
		files.refuse_public_copy(self)
		super().before_insert()
		# Whoever names a stored file must be able to read it; who sends the content has it already. This is
		# asked also where Frappe inserts for somebody without asking for rights.
		# And it stays with documents of ours: a copy elsewhere would outlive the right to what was copied.
		usable = self.attached_to_doctype in policies.WITH_FILES and files.may_use_address(
			self.file_url or ""
		)
		if named and not usable and files.is_ours(self.file_url):
			files.refuse_address(self)

	def handle_is_private_changed(self):
		"""Frappe takes along all records with the same MD5, whosever they are; here those of the same stored file."""
		address, known = self.file_url, self.content_hash
		self.content_hash = frappe.generate_hash()  # nobody's
		try:
			super().handle_is_private_changed()
		finally:
			self.content_hash = known
		if self.file_url != address:
			moved = {"file_url": self.file_url, "is_private": cint(self.is_private)}
			frappe.db.set_value(
				"File", {"file_url": address, "name": ("!=", self.name)}, moved, update_modified=False
			)

	def on_trash(self):
		# Asked first: Frappe takes the bytes away here, and no rollback brings them back.
		if not own_files.is_tidying():
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
		"""Frappe runs these methods on whatever the caller sends as the document, if they may read it.

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
		if self.names_a_stored_file:  # was there before this record, which is taken back
			return
		addresses = [self.file_url, files.canonical(self.file_url)]
		others = {"file_url": ("in", addresses), "name": ("!=", self.name or "")}
		if self.file_url and frappe.db.exists("File", others):
			self.delete_file_data_content(only_thumbnail=True)
		elif files.canonical(self.file_url).startswith(files.STORED):
			# Frappe would keep the bytes where another record has the same hash at another address.
			self.delete_file_data_content()
		else:
			super()._delete_file_on_disk()

	def delete_file_from_filesystem(self, only_thumbnail=False):
		"""Frappe deletes what a record calls its preview, or the last part of an address in the web, whosever file that
		is; here what no other record has."""
		fields = ("thumbnail_url",) if only_thumbnail else ("file_url", "thumbnail_url")
		for address in filter(None, map(self.get, fields)):
			if files.may_be_emptied(address, self):
				delete_file(address)
