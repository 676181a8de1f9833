"""The making of a package, small ones at once and large ones in the background, and how far it has come."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.utils.background_jobs import is_job_enqueued

from p2ham.evidence.package import Package

# What is made while the user waits for the answer.
SMALL_FILES, SMALL_SIZE = 20, 25 * 1024 * 1024

NONE, WAITING, BUILDING, READY, FAILED = "none", "waiting", "building", "ready", "failed"
REMEMBERED = 60 * 60  # seconds


def prepare(package: Package) -> dict:
	"""Make a small package, or have a large one made; return its `state`."""
	if package.is_ready:
		return _report(package, READY)
	if package.files <= SMALL_FILES and package.size <= SMALL_SIZE:
		package.build()
		return _report(package, READY)
	_enqueue(package)
	return _report(package, WAITING)


def state(package: Package) -> dict:
	"""Tell how far a package has come: `state`, `done` of `total` documents, `files` and `size` (bytes) of what is
	packed, and a `message` if it failed."""
	known = frappe.cache.get_value(_place(package.key), expires=True) or {}
	return _report(package, _state(package, known), known)


def _state(package: Package, known: dict) -> str:
	if package.is_ready:
		return READY
	if is_job_enqueued(_job(package.key)):
		return BUILDING if known.get("state") == BUILDING else WAITING
	if package.is_ready:  # it was made between the two questions
		return READY
	return FAILED if known else NONE


def _report(package: Package, name: str, known: dict | None = None) -> dict:
	known = known or {}
	total = len(package.entries)
	return {
		"state": name,
		"done": total if name == READY else known.get("done", 0),
		"total": total,
		"files": package.files,
		"size": package.size,
		"message": (known.get("message") or _interrupted()) if name == FAILED else "",
	}


def build(assessment: str, key: str) -> None:
	"""Make a package as the session's user: the job in the background.

	The right to it is asked for again, and so is what is in it: both may have changed while it waited.
	"""
	frappe.set_user_lang(frappe.session.user)  # a worker speaks English, and the message is for the user
	try:
		doc = frappe.get_doc("P2HAM Assessment", assessment)
		doc.check_permission("read")
		package = Package(doc, frappe.session.user)
		if package.key != key:
			return _remember(key, FAILED, message=_("The evidence has changed meanwhile. Start again."))
		_remember(key, BUILDING)
		package.build(say=lambda done: _remember(key, BUILDING, done))
		frappe.cache.delete_value(_place(key))
	except Exception as error:
		told = str(error) if isinstance(error, frappe.ValidationError) else ""
		_remember(key, FAILED, message=told)
		raise  # rolled back and put into the Error Log by the worker


def _enqueue(package: Package) -> None:
	_remember(package.key, WAITING)
	frappe.enqueue(
		build,
		queue="long",
		enqueue_after_commit=True,
		job_id=_job(package.key),
		deduplicate=True,
		assessment=package.doc.name,
		key=package.key,
	)


def _remember(key: str, name: str, done: int = 0, message: str = "") -> None:
	value = {"state": name, "done": done, "message": message}
	frappe.cache.set_value(_place(key), value, expires_in_sec=REMEMBERED)


def _interrupted() -> str:
	return _(
		"The package could not be made. Try again; if it fails again, tell the administrator of the site."
	)


def _job(key: str) -> str:
	return f"p2ham_package::{key}"


def _place(key: str) -> str:
	return f"p2ham_package::{key}"
