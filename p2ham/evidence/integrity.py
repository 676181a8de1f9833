"""Are the stored files of a site still those that were attached? Hashes every revision of every evidence anew and
holds it against what was written down when it was added; changes nothing."""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import frappe
from frappe import _

from p2ham.engine.evidence import FILE
from p2ham.evidence import revisions

EVIDENCE = "P2HAM Evidence"
PRIVATE = "/private/files/"
# Evidence whose records are read at once, and bytes whose hash is taken at once: what keeps the memory bounded.
PAGE = 200
CHUNK = 1024 * 1024
# What an evidence repeats of its newest revision, as far as it concerns the stored file.
REPEATED = ("revision", "file", "url", "sha256", "size")


@dataclass(frozen=True)
class Difference:
	"""What is wrong with an evidence; `revision` is None where it concerns the evidence as a whole."""

	evidence: str
	revision: int | None
	message: str


@dataclass(frozen=True)
class Content:
	"""What lies on the disk; `fault` says in words why it could not be read."""

	sha256: str = ""
	size: int = 0
	fault: str = ""


@dataclass
class Page:
	"""The records of some evidence, read with a number of queries that does not depend on their number."""

	evidence: dict[str, frappe._dict]
	revisions: dict[str, list[frappe._dict]]
	records: dict[str, list[frappe._dict]]  # of File, by address
	uses: dict[str, list[frappe._dict]]
	contents: dict[str, Content] = field(default_factory=dict)  # a file that several have is hashed once

	def content(self, address: str) -> Content:
		if address not in self.contents:
			self.contents[address] = read(address)
		return self.contents[address]


@dataclass
class Verification:
	"""Goes over the evidence of a whole site, whoever asks."""

	revisions: int = 0
	files: int = 0
	bytes: int = 0

	def names(self) -> list[str]:
		"""Return every evidence that exists, has revisions or is used."""
		stored = frappe.get_all(EVIDENCE, pluck="name", order_by="name")
		parents = frappe.get_all("P2HAM Evidence Revision", pluck="parent", distinct=True, order_by="parent")
		used = frappe.get_all("P2HAM Evidence Use", pluck="evidence", distinct=True, order_by="evidence")
		return sorted({*stored, *parents, *used})

	def differences(self, names: Iterable[str]) -> Iterator[Difference]:
		for some in pages(names):
			page = load(some)
			for name in some:
				self.revisions += len(page.revisions[name])
				yield from differences_of(name, page)
			self.files += sum(not content.fault for content in page.contents.values())
			self.bytes += sum(content.size for content in page.contents.values())


def pages(names: Iterable[str]) -> Iterator[list[str]]:
	names = iter(names)
	while some := list(islice(names, PAGE)):
		yield some


def load(names: list[str]) -> Page:
	rows = frappe.get_all(
		"P2HAM Evidence Revision",
		filters={"parent": ("in", names), "parenttype": EVIDENCE},
		fields=["parent as evidence", *revisions.FIELDS],
		order_by="parent, revision",
	)
	return Page(
		evidence={
			row.name: row
			for row in frappe.get_all(
				EVIDENCE, filters={"name": ("in", names)}, fields=["name", *REPEATED], order_by="name"
			)
		},
		revisions=by("evidence", rows),
		records=by(
			"file_url",
			frappe.get_all(
				"File",
				filters={"file_url": ("in", sorted({row.file for row in rows if row.file} | {""}))},
				fields=["file_url", "is_private", "attached_to_doctype", "attached_to_name"],
				order_by="creation",
			),
		),
		uses=by(
			"evidence",
			frappe.get_all(
				"P2HAM Evidence Use",
				filters={"evidence": ("in", names)},
				fields=["evidence", "parent", "revision"],
				order_by="parent, idx",
			),
		),
	)


def by(key: str, rows: Iterable[frappe._dict]) -> dict[str, list[frappe._dict]]:
	found = defaultdict(list)
	for row in rows:
		found[row[key]].append(row)
	return found


def differences_of(name: str, page: Page) -> Iterator[Difference]:
	rows = page.revisions[name]
	if name not in page.evidence:
		yield Difference(name, None, _("The evidence does not exist any more."))
	elif not rows:
		yield Difference(name, None, _("The evidence has no revision."))
	else:
		yield from repeated_otherwise(page.evidence[name], rows[-1])
	for row in rows:
		if row.kind == FILE:
			for message in (*faults_of_content(row, page), *faults_of_record(row, page)):
				yield Difference(name, row.revision, message)
	yield from missing_revisions(name, page)


def repeated_otherwise(evidence, newest) -> Iterator[Difference]:
	for fieldname in REPEATED:
		if (evidence[fieldname] or "") != (newest[fieldname] or ""):
			yield Difference(
				evidence.name,
				newest.revision,
				_("{0} of the evidence is {1}, of its newest revision {2}.").format(
					fieldname, evidence[fieldname] or "–", newest[fieldname] or "–"
				),
			)


def faults_of_content(row, page: Page) -> Iterator[str]:
	if not row.sha256:
		yield _("No SHA-256 was stored.")
	found = page.content(row.file or "")
	if found.fault:
		yield found.fault
	elif row.sha256 and (found.sha256, found.size) != (row.sha256, row.size):
		yield _("{0}: the content differs. SHA-256 {1}, {2} bytes expected; {3}, {4} bytes found.").format(
			row.file, row.sha256, row.size, found.sha256, found.size
		)


def faults_of_record(row, page: Page) -> Iterator[str]:
	"""The record of the file gives the right to read it; without one nobody opens it, and with a wrong one others do."""
	records = page.records[row.file]
	if not records:
		yield _("{0}: no File record belongs to it.").format(row.file)
		return
	if not all(record.is_private for record in records):
		yield _("{0}: the File record is public.").format(row.file)
	places = [(record.attached_to_doctype, record.attached_to_name) for record in records]
	if (EVIDENCE, row.evidence) not in places:
		yield _("{0}: the File record is attached to {1}.").format(
			row.file, ", ".join(f"{doctype} {name}" if doctype else _("nothing") for doctype, name in places)
		)


def missing_revisions(name: str, page: Page) -> Iterator[Difference]:
	present = {row.revision for row in page.revisions[name]}
	missing = {(use.parent, use.revision or 1) for use in page.uses[name]}
	for assessment, revision in sorted(missing):
		if revision not in present:
			yield Difference(
				name, revision, _("{0} uses this revision, which does not exist.").format(assessment)
			)


def read(address: str) -> Content:
	"""Hash the stored file at an address, piece by piece.

	Never follows a symbolic link and never leaves the folder of private files: what lies elsewhere is not what was
	stored, whatever it contains.
	"""
	if not address:
		return Content(fault=_("The revision has no file."))
	if not address.startswith(PRIVATE) or posixpath.normpath(address) != address or "\0" in address:
		return Content(fault=_("{0}: lies outside of {1}.").format(address, PRIVATE))
	# The folder itself may be a link, to a larger disk for instance; nothing within it may.
	folder = os.path.realpath(frappe.get_site_path("private", "files"))
	path = os.path.join(folder, address.removeprefix(PRIVATE))
	if os.path.realpath(os.path.dirname(path)) != os.path.dirname(path):
		return Content(fault=_("{0}: a symbolic link leads elsewhere.").format(address))
	try:
		# Not blocking: a named pipe would be waited for.
		handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
	except OSError as error:
		return Content(fault=why_not(address, error))
	with open(handle, "rb") as stored:
		if not stat.S_ISREG(os.fstat(handle).st_mode):
			return Content(fault=_("{0}: is no file.").format(address))
		try:
			return hashed(stored)
		except OSError as error:
			return Content(fault=why_not(address, error))


def why_not(address: str, error: OSError) -> str:
	if error.errno == errno.ENOENT:
		return _("{0}: the file is missing on the disk.").format(address)
	if error.errno == errno.ELOOP:
		return _("{0}: a symbolic link leads elsewhere.").format(address)
	return _("{0}: cannot be read ({1}).").format(address, error.strerror)


def hashed(stored) -> Content:
	digest, size = hashlib.sha256(), 0
	while chunk := stored.read(CHUNK):
		digest.update(chunk)
		size += len(chunk)
	return Content(digest.hexdigest(), size)
