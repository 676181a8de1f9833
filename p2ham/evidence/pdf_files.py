"""PDF files: whether they can be opened and how many pages they have, and the text of each page.

The page tree is walked here, step by step with a bound on everything, before pypdf walks it in its own way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import BinaryIO

from p2ham.evidence.refusals import (
	NO_PAGES,
	NOT_WHAT_IT_SAYS,
	PASSWORD,
	TOO_MANY_PAGES,
	TOO_MUCH,
	UNREADABLE,
	Refused,
	is_too_much,
)

MAX_PAGES = 2_000
MAX_DEPTH = 50  # of the page tree; programs make three or four levels of it
MAX_NOTES = 1_000  # annotations of one page
START_WITHIN = 1_024  # bytes in which %PDF- must stand, as readers take it


class Faulty(Exception):
	"""A part of the file cannot be read."""


@contextlib.contextmanager
def faults():
	"""Turn whatever pypdf raises about a file that is broken, maybe on purpose, into Faulty."""
	try:
		yield
	except (MemoryError, Refused):
		raise
	except Exception as error:
		if is_too_much(error):
			raise Refused(TOO_MUCH)
		raise Faulty(f"{type(error).__name__}: {error}")


def open_checked(stream: BinaryIO):
	"""Return pypdf's reader of a file whose pages can be read, and the number of its pages.

	Raises Refused.
	"""
	if b"%PDF-" not in stream.read(START_WITHIN):
		raise Refused(NOT_WHAT_IT_SAYS)
	stream.seek(0)
	from pypdf import PdfReader

	try:
		with faults():
			reader = PdfReader(stream)
			if reader.is_encrypted and not reader.decrypt(""):  # many are locked against changes only
				raise Refused(PASSWORD)
			pages = _count_pages(reader)
			# For a locked file pypdf takes the number that the file claims.
			if len(reader.pages) != pages:
				raise Refused(UNREADABLE)
	except Faulty:
		raise Refused(UNREADABLE)
	return reader, pages


def _count_pages(reader) -> int:
	from pypdf.generic import ArrayObject, DictionaryObject

	reference = reader.trailer["/Root"].raw_get("/Pages")
	root = reference.get_object()
	claimed = root.get("/Count", 0)
	if isinstance(claimed, int) and claimed > MAX_PAGES:
		raise _too_many(claimed)
	pages = broken = 0
	waiting, seen = [(root, 0)], {getattr(reference, "idnum", None)}
	while waiting:
		node, depth = waiting.pop()
		if depth > MAX_DEPTH:
			raise Refused(TOO_MUCH)
		if not isinstance(node, DictionaryObject):
			broken += 1
			continue
		if "/Kids" not in node:
			pages += 1
			continue
		kids = node["/Kids"]
		for kid in kids if isinstance(kids, ArrayObject) else ():
			child, number = kid.get_object(), getattr(kid, "idnum", None)
			if isinstance(child, DictionaryObject) and "/Kids" in child and number is not None:
				if number in seen:  # a cycle, or a branch that hangs twice
					raise Refused(UNREADABLE)
				seen.add(number)
			waiting.append((child, depth + 1))
			if pages + len(waiting) > MAX_PAGES + MAX_DEPTH:
				raise _too_many(pages + len(waiting))
	if pages > MAX_PAGES:
		raise _too_many(pages)
	if not pages:
		raise Refused(UNREADABLE if broken else NO_PAGES)
	return pages


def _too_many(pages: int) -> Refused:
	return Refused(TOO_MANY_PAGES, pages=int(pages), most=MAX_PAGES)


def read_page(page, take: Callable[[str], None]) -> bool:
	"""Hand the text of a page, its notes, fields and links to `take`; return whether there is a text layer.

	Raises Faulty or Refused.
	"""
	with faults():
		text = page.extract_text()
		take(text)
		for note in (page.get("/Annots") or ())[:MAX_NOTES]:
			take(_note(note.get_object()))
	return bool(text.strip())


def _note(note) -> str:
	said = [note.get("/Contents"), note.get("/V"), (note.get("/A") or {}).get("/URI")]
	return "\n".join(str(text) for text in said if isinstance(text, str))


def properties(reader) -> str:
	"""Return what the file says of itself: title, author, keywords. Empty if that cannot be read."""
	try:
		with faults():
			return "\n".join(str(value) for value in (reader.metadata or {}).values())
	except Faulty:
		return ""
