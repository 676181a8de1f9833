"""The evidence of an assessment as one ZIP, ready for the ministry's application: ordered as the instrument, with an
index and hashes."""

from __future__ import annotations

import hashlib
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import frappe

from p2ham.documents import catalogue, evidence_list, evidence_package_index
from p2ham.evidence import contents
from p2ham.evidence.contents import Entry
from p2ham.paper import prepared_files

CHUNK = 1024 * 1024
# Compressed already; once more would cost time and gain nothing.
COMPRESSED = ("pdf", "jpg", "jpeg", "png", "gif", "webp", "heic", "docx", "xlsx", "pptx", "zip")
INDEX = "Daftar Data Dukung"
SUMS = "SHA256SUMS.txt"
DIFFERS = "isi berkas berbeda dari yang dicatat (SHA-256 tercatat {0})"
# What is made while the user waits for the answer.
SMALL_FILES, SMALL_SIZE = 20, 25 * 1024 * 1024


# What is in it


def write(doc, path: str | os.PathLike, user: str) -> list[Entry]:
	"""Write what `user` may have of the evidence of a P2HAM Assessment to a new ZIP at `path`; return what the index
	tells of it. The right to the assessment is the caller's to check."""
	entries = contents.entries_for(doc, user)
	write_entries(doc, entries, path)
	return entries


def write_entries(doc, entries: list[Entry], path, say: Callable[[int], None] = lambda done: None) -> None:
	"""Write the ZIP of `entries`, which learn on the way what was found; `say` is told how many are written.

	Memory does not grow with the files: each is copied and hashed in chunks.
	"""
	sums: list[tuple[str, str]] = []
	with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
		for number, entry in enumerate(entries, start=1):
			if not entry.left_out:
				_add_entry(archive, entry)
			if not entry.left_out:
				sums.append((entry.sha256, entry.path))
			say(number)
		listed = evidence_list.of_entries(doc, entries)
		for name, content in (
			(f"{INDEX}.xlsx", evidence_package_index.workbook(entries)),
			(f"{INDEX}.pdf", catalogue.by_key("evidence_list").set(listed)),
		):
			archive.writestr(_member(name), content)
			sums.append((hashlib.sha256(content).hexdigest(), name))
		archive.writestr(_member(SUMS), "".join(f"{digest}  {name}\n" for digest, name in sums))


def _add_entry(archive: zipfile.ZipFile, entry: Entry) -> None:
	if entry.url:
		content = f"[InternetShortcut]\r\nURL={entry.url}\r\n".encode()
		archive.writestr(_member(entry.path), content)
		entry.sha256, entry.size = hashlib.sha256(content).hexdigest(), len(content)
		return
	recorded = entry.sha256
	try:
		with open(contents.stored_at(entry.file), "rb") as source:
			member = _member(entry.path, os.fstat(source.fileno()))
			with archive.open(member, "w") as target:
				entry.sha256, entry.size = _copy(source, target)
	except (FileNotFoundError, IsADirectoryError, PermissionError):  # gone since it was looked for
		entry.left_out, entry.path = contents.MISSING, ""
		return
	if recorded and recorded != entry.sha256:
		entry.remark = DIFFERS.format(recorded)


def _copy(source, target) -> tuple[str, int]:
	digest, size = hashlib.sha256(), 0
	while chunk := source.read(CHUNK):
		digest.update(chunk)
		target.write(chunk)
		size += len(chunk)
	return digest.hexdigest(), size


def _member(name: str, status: os.stat_result | None = None) -> zipfile.ZipInfo:
	"""Describe a file of the ZIP. Its size, where known, decides between the small form and ZIP64."""
	day = time.localtime(status.st_mtime if status else time.time())[:6]
	member = zipfile.ZipInfo(name, date_time=max(day, (1980, 1, 1, 0, 0, 0)))
	ending = name.rpartition(".")[2].lower()
	member.compress_type = zipfile.ZIP_STORED if ending in COMPRESSED else zipfile.ZIP_DEFLATED
	member.external_attr = 0o644 << 16
	member.file_size = status.st_size if status else 0
	return member


# For whom it is made


class Package(prepared_files.Handout):
	"""The package of an assessment for one user, of the evidence as it is now."""

	ending = "zip"

	def __init__(self, doc, user: str):
		self.doc, self.user = doc, user
		self.entries = contents.entries_for(doc, user)
		# With the time stamp, since the index tells more of the assessment than its evidence.
		super().__init__(
			(user, doc.doctype, doc.name), (str(doc.modified), contents.fingerprint(self.entries))
		)

	@property
	def total(self) -> int:
		return len(self.entries)

	@property
	def files(self) -> int:
		return sum(not entry.left_out for entry in self.entries)

	@property
	def size(self) -> int:
		return sum(entry.size for entry in self.entries if not entry.left_out)

	@property
	def is_small(self) -> bool:
		return self.files <= SMALL_FILES and self.size <= SMALL_SIZE

	def about(self) -> dict:
		"""Return how many `files` and how much (`size`, bytes) is to be packed."""
		return {"files": self.files, "size": self.size}

	def personal(self) -> list[str]:
		"""Return the evidence in it that shows personal data."""
		return sorted({entry.evidence for entry in self.entries if entry.personal and not entry.left_out})

	def write(self, path: Path, say: Callable[[int], None]) -> None:
		write_entries(self.doc, self.entries, path, say)

	def job(self) -> tuple[Callable, dict]:
		return make, {"assessment": self.doc.name}


def for_assessment(assessment: str) -> Package:
	"""Return the package of an assessment for the session's user. Raises frappe.PermissionError."""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("read")
	return Package(doc, frappe.session.user)


def make(assessment: str, key: str) -> None:
	"""The job in the background."""
	prepared_files.make(key, lambda: for_assessment(assessment))
