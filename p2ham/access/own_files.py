"""Files that the app stores and deletes itself: by its own doors, after it has looked at them.

How each is treated while Frappe stores it says `file_class.GuardedFile`; who may attach what says `files`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from pathlib import Path

import frappe

from p2ham.access.server_side import given


class Origin(Enum):
	"""By which door of ours a file is stored: it was looked at there, and stays byte for byte as it is."""

	# Evidence, stored with its document by who may store evidence of the unit.
	EVIDENCE = "evidence"
	# The letter of a unit: its head, who writes no period otherwise, has a door of their own (api/period.py).
	LETTER = "letter"
	# A signed copy, which nobody attaches in any other way.
	SIGNED_COPY = "signed copy"


def store(origin: Origin, doc, file_name: str, content: bytes, field: str = "") -> tuple[str, bytes]:
	"""Store a file as a document's own, private; return its address and what lies on the disk now, which another app may
	have changed. Evidence is asked for the right to attach it, the others had their right asked at their door."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": file_name,
			"content": content,
			"is_private": 1,
			"attached_to_doctype": doc.doctype,
			"attached_to_name": doc.name,
			"attached_to_field": field or None,
		}
	)
	with given(file, p2ham_origin=origin):
		file.insert(ignore_permissions=origin is not Origin.EVIDENCE)
	return file.file_url, Path(file.get_full_path()).read_bytes()


def origin_of(file) -> Origin | None:
	"""Return by which door of ours a file is being stored, None for all others."""
	# Frappe's own class has none, until hooks are read anew after the install.
	return getattr(file, "p2ham_origin", None)


_tidying: ContextVar[bool] = ContextVar("p2ham_tidying", default=False)


@contextmanager
def tidying() -> Iterator[None]:
	"""Delete in this block what nothing rests on any more, whoever's job it is: they may have lost their duty meanwhile."""
	token = _tidying.set(True)
	try:
		yield
	finally:
		_tidying.reset(token)


def is_tidying() -> bool:
	"""Tell whether the app itself deletes files, and has decided which."""
	return _tidying.get()
