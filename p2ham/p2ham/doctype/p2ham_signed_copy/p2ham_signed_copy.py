import frappe
from frappe import _

from p2ham.access import own_files
from p2ham.access.own_files import Origin
from p2ham.access.server_side import ServerSide, given
from p2ham.access.stored_values import Record
from p2ham.evidence import intake

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class P2HAMSignedCopy(Record):
	"""What was signed, brought back to the approved assessment: a scan, or the PDF with an electronic signature, byte
	for byte as it was sent. Append-only: a newer copy of the same document stands before the older one, which stays."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		added_by: DF.Link | None
		added_on: DF.Datetime | None
		assessment: DF.Link
		document: DF.Literal[
			"Lembar Penilaian P2HAM",
			"Berita Acara Hasil Evaluasi P2HAM",
			"Surat Keterangan Hasil Evaluasi P2HAM",
			"Daftar Data Dukung P2HAM",
		]
		electronic: DF.Check
		file: DF.Attach | None
		mime_type: DF.Data | None
		note: DF.SmallText | None
		replaces: DF.Link | None
		sequence: DF.Int
		sha256: DF.Data | None
		signed_on: DF.Date | None
		size: DF.Int
	# end: auto-generated types

	# The file of a copy that is being added.
	looked: intake.Looked | None = ServerSide()

	def autoname(self):
		"""The sequence is part of the name, so two copies at once cannot both become the next one."""
		self.name = f"{self.assessment}-COPY-{self.sequence:03d}"

	def keep(self, looked: intake.Looked):
		"""Store this copy with the file that was looked at. Only `assessment.signed_copies` does, which asks everything."""
		with given(self, looked=looked):
			super().insert(ignore_permissions=True)

	def insert(self, *args, **kwargs):
		"""However a copy is sent, it is refused before anything of it is stored."""
		self.refuse()

	def validate(self):
		if not self.is_new() or not self.looked:
			self.refuse()
		self.store(self.looked)

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse()

	def refuse(self):
		frappe.throw(
			_("A signed copy is added on the assessment itself; nobody changes or deletes one."),
			frappe.PermissionError,
			title=_("Append-Only"),
		)

	def store(self, looked: intake.Looked):
		"""Store the file as this record's own, under a name that says what it is."""
		title = self.document.removesuffix(" P2HAM").replace(" ", "-")
		name = f"{title}-{self.name.replace(' ', '-')}.{ENDINGS[looked.mime_type]}"
		address, stored = own_files.store(Origin.SIGNED_COPY, self, name, looked.content, "file")
		if stored != looked.content:
			frappe.throw(_("{0} was changed while it was stored. Nothing was kept.").format(looked.file_name))
		self.update(
			{
				"file": address,
				"sha256": looked.sha256,
				"size": looked.size,
				"mime_type": looked.mime_type,
			}
		)
