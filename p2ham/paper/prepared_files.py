"""Files that are made for one reader to take along, small ones at once and large ones in the background: packages of
evidence, many documents as one PDF.

A handout is kept for a day in a folder of its own, not as a File: that would outlive the right to what is in it. Its
name says whose it is and what is in it, so that changed content, and a changed right to it, ask for a new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import frappe
from frappe import _
from frappe.utils.background_jobs import is_job_enqueued
from frappe.utils.response import send_private_file
from werkzeug.wrappers import Response

FOLDER = "p2ham/packages"  # below the site's private folder
UNFINISHED = ".part"
KEPT = 24 * 60 * 60  # seconds
# What is written beside the content, and room for everybody else on the disk (bytes).
SPARE_ROOM = 100 * 1024 * 1024

NONE, WAITING, BUILDING, READY, FAILED = "none", "waiting", "building", "ready", "failed"
REMEMBERED = 60 * 60  # seconds


class Handout(ABC):
	"""What one user may take along now: there already or still to be made. Making it is `write`'s business, in steps
	of which there are `total`; `size` is what it takes on the disk at the most (bytes)."""

	ending: str
	total: int
	size: int
	is_small = False  # made while the user waits for the answer
	patience = 25 * 60  # seconds a job may take

	def __init__(self, owner: tuple[str, ...], content: tuple[str, ...]):
		"""`owner` says whose it is and of what, `content` tells one state of that from another."""
		self.owner = fingerprint(*owner)
		self.key = f"{self.owner}-{fingerprint(*content)}"

	@abstractmethod
	def write(self, path: Path, say: Callable[[int], None]) -> None:
		"""Write the file; tell `say` how many steps are done."""

	@abstractmethod
	def job(self) -> tuple[Callable, dict]:
		"""Return the function that a worker calls and its arguments; it is also given `key` and calls `make`."""

	def about(self) -> dict:
		"""Return what a report tells beside how far it has come."""
		return {}

	@property
	def path(self) -> Path:
		return folder() / f"{self.key}.{self.ending}"

	@property
	def is_ready(self) -> bool:
		return self.path.exists()

	def build(self, say: Callable[[int], None] = lambda done: None) -> None:
		"""Make the file, whole or not at all. Raises frappe.ValidationError where the disk has no room for it."""
		if self.is_ready:
			return
		self.remove_older()
		self.check_room()
		with _renamed_when_done(self.path) as unfinished, _told_of_full_disk():
			self.write(unfinished, say)

	def remove_older(self) -> None:
		"""One user needs one handout of a thing; what it was before would only fill the disk."""
		for path in folder().glob(f"{self.owner}-*.{self.ending}"):
			path.unlink(missing_ok=True)

	def check_room(self) -> None:
		if shutil.disk_usage(folder()).free < self.size + SPARE_ROOM:
			refuse_full_disk()


# How it is asked for


def prepare(handout: Handout) -> dict:
	"""Make a small handout, or have a large one made; return its `state`."""
	if handout.is_ready:
		return _report(handout, READY)
	if handout.is_small:
		handout.build()
		return _report(handout, READY)
	_enqueue(handout)
	return _report(handout, WAITING)


def state(handout: Handout) -> dict:
	"""Tell how far a handout has come: `state`, `done` of `total` steps, a `message` if it failed, and what it says
	about itself."""
	known = frappe.cache.get_value(_place(handout.key), expires=True) or {}
	return _report(handout, _state(handout, known), known)


def send(handout: Handout, name: str) -> Response:
	"""Return the answer that hands the file out under a name.

	Raises frappe.ValidationError if there is none: not prepared yet, or prepared when the content or the right to it
	was another one.
	"""
	if not handout.is_ready:
		frappe.throw(
			_("There is no file of what is there now. Prepare it again."),
			title=_("Not Prepared"),
		)
	response = send_private_file(f"{FOLDER}/{handout.path.name}")
	if "X-Accel-Redirect" not in response.headers:  # else the web server in front knows it
		# Without it, a download that breaks off would look like a whole one.
		response.content_length = handout.path.stat().st_size
	response.headers["Content-Disposition"] = f"attachment; filename={name}"
	response.headers["Cache-Control"] = "no-store"
	return response


def _state(handout: Handout, known: dict) -> str:
	if handout.is_ready:
		return READY
	if is_job_enqueued(_place(handout.key)):
		return BUILDING if known.get("state") == BUILDING else WAITING
	if handout.is_ready:  # it was made between the two questions
		return READY
	return FAILED if known else NONE


def _report(handout: Handout, name: str, known: dict | None = None) -> dict:
	known = known or {}
	return {
		"state": name,
		"done": handout.total if name == READY else known.get("done", 0),
		"total": handout.total,
		"message": (known.get("message") or _interrupted()) if name == FAILED else "",
		**handout.about(),
	}


# How it is made in the background


def make(key: str, begin: Callable[[], Handout]) -> None:
	"""Make a handout as the session's user, in a worker.

	`begin` asks for the right to it again, and what is in it now: both may have changed while it waited.
	"""
	frappe.set_user_lang(frappe.session.user)  # a worker speaks English, and the message is for the user
	try:
		handout = begin()
		if handout.key != key:
			return _remember(key, FAILED, message=_("What is in it has changed meanwhile. Start again."))
		_remember(key, BUILDING)
		handout.build(say=lambda done: _remember(key, BUILDING, done))
		frappe.cache.delete_value(_place(key))
	except Exception as error:
		told = str(error) if isinstance(error, frappe.ValidationError) else ""
		_remember(key, FAILED, message=told)
		raise  # rolled back and put into the Error Log by the worker


def _enqueue(handout: Handout) -> None:
	_remember(handout.key, WAITING)
	function, arguments = handout.job()
	frappe.enqueue(
		function,
		queue="long",
		timeout=handout.patience,
		enqueue_after_commit=True,
		job_id=_place(handout.key),
		deduplicate=True,
		key=handout.key,
		**arguments,
	)


def _remember(key: str, name: str, done: int = 0, message: str = "") -> None:
	value = {"state": name, "done": done, "message": message}
	frappe.cache.set_value(_place(key), value, expires_in_sec=REMEMBERED)


def _interrupted() -> str:
	return _("The file could not be made. Try again; if it fails again, tell the administrator of the site.")


def _place(key: str) -> str:
	"""Return the name of the job, and of what is remembered of it."""
	return f"p2ham_handout::{key}"


# Where it is kept


def folder() -> Path:
	"""Return the folder of handouts, which no address of the site leads to."""
	path = Path(frappe.get_site_path(frappe.conf.get("private_path", "private"), FOLDER))
	path.mkdir(parents=True, exist_ok=True)
	return path


def remove_old() -> None:
	"""Remove handouts older than a day, and what a worker that was killed has left."""
	for path in folder().iterdir():
		with suppress(FileNotFoundError):  # somebody else removes it too
			if path.stat().st_mtime < time.time() - KEPT:
				path.unlink()


def refuse_full_disk() -> None:
	frappe.throw(
		_("The server's disk has no room for this file. Tell the administrator of the site."),
		title=_("Disk Full"),
	)


def fingerprint(*parts: str) -> str:
	return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


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
