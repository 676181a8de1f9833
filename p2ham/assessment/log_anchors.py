"""The log's anchors outside the database: a file of each day, which is never written over and never removed."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from pathlib import Path

import frappe
from frappe.utils import getdate, nowdate

from p2ham.engine import anchor
from p2ham.engine.anchor import Anchor

LOG = "P2HAM Assessment Log"
# In the site's private folder, which no address leads to.
FOLDER = "p2ham/log"


def now() -> Anchor:
	"""Return the anchor of the log as it is stored at this moment. One query; what the entries say is not checked."""
	log: dict[str, dict[int, str]] = defaultdict(dict)
	for row in frappe.get_all(
		LOG, fields=["assessment", "sequence", "entry_hash"], order_by="assessment, sequence"
	):
		log[row.assessment][row.sequence] = row.entry_hash
	return anchor.of_log(getdate(nowdate()), log)


def keep() -> str:
	"""Write the file of today unless it is there, and return the line that stands in it.

	If it cannot be written, or the one that is there is of no use, that is logged and the line is that of the log now:
	it goes into the weekly mail all the same.
	"""
	today = now()
	try:
		file = folder() / f"p2ham-log-{today.day}.txt"
		with contextlib.suppress(FileExistsError):
			write(today, file)
		return anchor.read(file.read_text("utf-8")).line
	except (OSError, ValueError, anchor.NotAnAnchor):
		frappe.log_error(title="P2HAM: the fingerprint of the log could not be kept in its file")
		return today.line


def folder() -> Path:
	"""Return where the files are kept: `p2ham_log_folder` of the site's configuration, best on another machine's disk,
	else in the site's private folder."""
	named = frappe.conf.get("p2ham_log_folder")
	path = (
		Path(named)
		if named
		else Path(frappe.get_site_path(frappe.conf.get("private_path", "private"), FOLDER))
	)
	path.mkdir(mode=0o700, parents=True, exist_ok=True)
	return path


def write(found: Anchor, file: Path) -> None:
	"""Write an anchor to a file that only the site's user reads. Raises FileExistsError if there is one of this name,
	and OSError."""
	descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
	try:
		with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as written:
			written.write(found.text())
			written.flush()
			os.fsync(written.fileno())
	except OSError:
		file.unlink(missing_ok=True)  # half of one would be in the way of the whole
		raise
