"""What does a package of 1,000 files (2 GB) cost in time and memory? On a test site with the demo:

    env/bin/python apps/p2ham/benchmarks/packaging.py SITE        (in the folder of a bench)

Puts a thousand files of 2 MB among the site's private files, and two packages beside them (6 GB in all), and REMOVES
THEM AGAIN; what it writes to the database is never committed. Each way is a process of its own. Its memory is the
highest that the process ever had in use, less what it had before the first byte; the baseline is Python's zipfile with
the same files, compressed the same way, without hashes and index. The files have been read once before, so both find
them in the memory of the system.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from itertools import cycle
from pathlib import Path
from unittest.mock import patch

import frappe
from frappe.database.database import Database
from on_site import named_site, undone

from p2ham.documents import evidence_list, evidence_package
from p2ham.evidence import contents
from p2ham.instruments import store, writing

FILES, SIZE = 1000, 2 * 1024 * 1024
ENDINGS = ("pdf", "pdf", "jpg", "pdf", "docx")
MARK = "uji-paket-"
MB = 1024 * 1024


def main(site: str) -> None:
	folder = Path(site, "private", "files")
	if shutil.disk_usage(folder).free < 4 * FILES * SIZE:
		raise SystemExit(f"{4 * FILES * SIZE // MB} MB of disk are needed")
	try:
		make_files(folder)
		plain, ours = (measured(site, way) for way in ("plain", "ours"))
	finally:
		for path in folder.glob(f"{MARK}*"):
			path.unlink()
	print(f"{FILES} files, {FILES * SIZE // MB} MB")
	for name, run in (("zipfile", plain), ("package", ours)):
		print(f"{name:10}{run['seconds']:8.1f} s{run['memory']:8.0f} MB of extra memory")
	print(f"{'ratio':10}{ours['seconds'] / plain['seconds']:8.2f}")
	print(f"{'files':10}{ours['files']:8.1f} s, ratio {ours['files'] / plain['seconds']:.2f}")
	print(f"{'index':10}{ours['seconds'] - ours['files']:8.1f} s")
	print(f"{'queries':10}{ours['queries']:8}, {ours['few_queries']} for 10 files")


def make_files(folder: Path) -> None:
	"""Bytes that cannot be compressed; only the beginning differs from file to file."""
	block = os.urandom(SIZE)
	for number in range(FILES):
		head = f"%PDF-1.4 {number}\n".encode()
		(folder / name_of(number)).write_bytes(head + block[len(head) :])


def name_of(number: int) -> str:
	return f"{MARK}{number:04}.{ENDINGS[number % len(ENDINGS)]}"


def measured(site: str, way: str) -> dict:
	told = subprocess.run(
		[sys.executable, __file__, site, way], check=True, stdout=subprocess.PIPE, text=True
	).stdout
	return json.loads(told.splitlines()[-1])


# In a process of its own


def measure(site: str, way: str) -> None:
	with undone(site):
		doc = assessment(FILES)
		target = Path(frappe.get_site_path("private", f"{MARK}{way}.zip"))
		try:
			print(json.dumps(WAYS[way](doc, target)))
		finally:
			target.unlink(missing_ok=True)


def plain(doc, target: Path) -> dict:
	sources = [Path(frappe.get_site_path("private", "files", name_of(number))) for number in range(FILES)]
	warm(sources)
	before, begin = memory_before(), time.perf_counter()
	with zipfile.ZipFile(target, "x") as archive:
		for source in sources:
			archive.write(source, source.name)
	return {"seconds": time.perf_counter() - begin, "memory": peak() - before}


def ours(doc, target: Path) -> dict:
	warm(Path(frappe.get_site_path("private", "files", name_of(number))) for number in range(FILES))
	files = 0.0

	def say(done: int) -> None:
		nonlocal files
		files = time.perf_counter() - begin

	before, begin = memory_before(), time.perf_counter()
	evidence_package.write_entries(doc, contents.entries_for(doc, "Administrator"), target, say)
	seconds = time.perf_counter() - begin
	return {
		"seconds": seconds,
		"files": files,
		"memory": peak() - before,
		"queries": count_queries(doc),
		"few_queries": count_queries(assessment(10)),
	}


WAYS = {"plain": plain, "ours": ours}


def assessment(uses: int):
	"""Return an assessment of the demo with so many uses, each of an evidence of its own; nothing is saved but the
	evidence, past its controller and in this transaction."""
	name = frappe.get_all("P2HAM Assessment", {"docstatus": 1}, pluck="name", order_by="name", limit=1)[0]
	doc = frappe.get_doc("P2HAM Assessment", name)
	add_evidence(doc.opd, [f"DD-UJI-{uses}-{number:04}" for number in range(uses)])
	doc.evidence_uses = []
	for number, row in zip(range(uses), cycle(doc.items), strict=False):
		doc.append(
			"evidence_uses",
			{
				"indicator": row.indicator,
				"slot": "Foto atau dokumen yang memperlihatkan pelayanan",
				"evidence": f"DD-UJI-{uses}-{number:04}",
				"revision": 1,
				"validity": "Valid",
				"verification": "Accepted",
			},
		)
	return doc


def add_evidence(opd: str, names: list[str]) -> None:
	content = [
		{
			"revision": 1,
			"title": f"Surat Keputusan Kepala Dinas Nomor {number} tentang Standar Pelayanan",
			"kind": "File",
			"file": f"/private/files/{name_of(number)}",
			"document_date": "2023-03-01",
			"sha256": "0" * 64,
			"size": SIZE,
			"mime_type": "application/pdf",
		}
		for number in range(len(names))
	]
	writing._insert(
		"P2HAM Evidence",
		[{**row, "name": name, "opd": opd} for name, row in zip(names, content, strict=True)],
	)
	writing._insert(
		"P2HAM Evidence Revision",
		[
			{**store.child_of("P2HAM Evidence", name, "revisions", 1), **row}
			for name, row in zip(names, content, strict=True)
		],
	)


def warm(paths) -> None:
	os.sync()  # what was written before must not be written meanwhile
	for path in paths:
		with path.open("rb") as file:
			while file.read(MB):
				pass


def count_queries(doc) -> int:
	"""Count what asks the database for a package; the rest of it knows no database."""
	with patch.object(Database, "sql", counting(queries := [])):
		evidence_list.of_entries(doc, contents.entries_for(doc, "Administrator"))
	return len(queries)


def counting(queries: list):
	run = Database.sql

	def sql(*args, **kwargs):
		queries.append(args[1])
		return run(*args, **kwargs)

	return sql


def memory_before() -> float:
	"""Return the memory in use (MB), and let its highest mark begin anew from there."""
	Path("/proc/self/clear_refs").write_text("5")
	return status("VmRSS")


def peak() -> float:
	return status("VmHWM")


def status(field: str) -> float:
	return int(re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


if __name__ == "__main__":
	if len(sys.argv) == 3:
		measure(*sys.argv[1:])
	else:
		main(named_site(__doc__))
