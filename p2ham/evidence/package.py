"""The evidence of an assessment as one ZIP, ready for the ministry's application: ordered as the instrument, with an
index and hashes.

A package is made for one reader and kept for a day in a folder of its own, not as a File: that would outlive the
right to what is in it. Its name says whose it is and what is in it, so that changed evidence asks for a new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import frappe
from frappe import _

from p2ham.documents import catalogue, evidence_list
from p2ham.evidence import contents, package_index
from p2ham.evidence.contents import Entry

CHUNK = 1024 * 1024
# Compressed already; once more would cost time and gain nothing.
COMPRESSED = ("pdf", "jpg", "jpeg", "png", "gif", "webp", "heic", "docx", "xlsx", "pptx", "zip")
INDEX = "Daftar Data Dukung"
SUMS = "SHA256SUMS.txt"
DIFFERS = "isi berkas berbeda dari yang dicatat (SHA-256 tercatat {0})"

FOLDER = "p2ham/packages"  # below the site's private folder
UNFINISHED = ".part"
KEPT = 24 * 60 * 60  # seconds
# Index, directory of the ZIP, and room for everybody else on the disk (bytes).
SPARE_ROOM = 100 * 1024 * 1024


# What is in it


def write(doc, path: str | os.PathLike, user: str) -> list[Entry]:
	"""Write what `user` may have of the evidence of a P2HAM Assessment to a new ZIP at `path`; return what the index
	tells of it. The right to the assessment is the caller's to check."""
	entries = contents.of(doc, user)
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
			(f"{INDEX}.xlsx", package_index.workbook(entries)),
			(f"{INDEX}.pdf", catalogue.of_key("evidence_list").set(listed)),
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


# Where it is kept


class Package:
	"""The package of an assessment for one user, of the evidence as it is now: there already or still to be made."""

	def __init__(self, doc, user: str):
		self.doc, self.user = doc, user
		self.entries = contents.of(doc, user)
		self.owner = _hash(user, doc.doctype, doc.name)
		# With the time stamp, since the index tells more of the assessment than its evidence.
		self.key = f"{self.owner}-{_hash(str(doc.modified), contents.fingerprint(self.entries))}"

	@property
	def path(self) -> Path:
		return folder() / f"{self.key}.zip"

	@property
	def is_ready(self) -> bool:
		return self.path.exists()

	@property
	def files(self) -> int:
		return sum(not entry.left_out for entry in self.entries)

	@property
	def size(self) -> int:
		"""How much is to be packed (bytes)."""
		return sum(entry.size for entry in self.entries if not entry.left_out)

	def personal(self) -> list[str]:
		"""Return the evidence in it that shows personal data."""
		return sorted({entry.evidence for entry in self.entries if entry.personal and not entry.left_out})

	def build(self, say: Callable[[int], None] = lambda done: None) -> None:
		"""Make the package, whole or not at all. Raises frappe.ValidationError where the disk has no room for it."""
		if self.is_ready:
			return
		self.remove_older()
		self.check_room()
		with _renamed_when_done(self.path) as unfinished, _told_of_full_disk():
			write_entries(self.doc, self.entries, unfinished, say)

	def remove_older(self) -> None:
		"""One user needs one package of an assessment; what it was before would only fill the disk."""
		for path in folder().glob(f"{self.owner}-*.zip"):
			path.unlink(missing_ok=True)

	def check_room(self) -> None:
		if shutil.disk_usage(folder()).free < self.size + SPARE_ROOM:
			refuse_full_disk()


def folder() -> Path:
	"""Return the folder of packages, which no address of the site leads to."""
	path = Path(frappe.get_site_path(frappe.conf.get("private_path", "private"), FOLDER))
	path.mkdir(parents=True, exist_ok=True)
	return path


def remove_old() -> None:
	"""Remove packages older than a day, and what a worker that was killed has left."""
	for path in folder().iterdir():
		with suppress(FileNotFoundError):  # somebody else removes it too
			if path.stat().st_mtime < time.time() - KEPT:
				path.unlink()


def refuse_full_disk() -> None:
	frappe.throw(
		_("The server's disk has no room for this package. Tell the administrator of the site."),
		title=_("Disk Full"),
	)


@contextmanager
def _renamed_when_done(path: Path) -> Iterator[Path]:
	unfinished = path.with_name(f"{path.name}.{frappe.generate_hash(length=8)}{UNFINISHED}")
	try:
		yield unfinished
		os.replace(unfinished, path)
	finally:
		unfinished.unlink(missing_ok=True)


@contextmanager
def _told_of_full_disk() -> Iterator[None]:
	try:
		yield
	except OSError as error:
		if error.errno not in (errno.ENOSPC, errno.EDQUOT):
			raise
		refuse_full_disk()


def _hash(*parts: str) -> str:
	return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
