"""Frappe's technical logs, which a System Manager without a duty reads: they tell where something failed, but not what
stood in our documents.

Frappe writes the values of all variables into its Error Log (`get_traceback(with_context=True)`), among them whole
documents, and keeps the page that somebody had made into a PDF in its Access Log.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import wraps

from frappe import _
from frappe.core.doctype.access_log.access_log import AccessLog

from p2ham.access import scope

# What a text about code or documents of ours names; the name of a site, which may be anything, is none of these.
OURS = re.compile(r"[/\\]p2ham[/\\]|\bp2ham\.\w|\bP2HAM|\bKKP HAM\b")
BEGINS = re.compile(r"^Traceback\b.*\(most recent call last\)", re.MULTILINE)
PLACE = re.compile(r'^  File "[^"\n]+", line \d+, in [\w.<>]+$')
CODE = re.compile(r"^    \S")
# As the last lines of a traceback begin: builtins.ValueError: ...
RAISED = re.compile(r"^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?::|$)")


def clean_error_log(doc, method: str | None = None) -> None:
	"""`Error Log.before_insert`: of what failed in our code or with our documents, the places and the kind of the error
	are kept. Neither the values nor the message, which quotes them; the logs on the server have the message."""
	text = str(doc.error or "")
	if not BEGINS.search(text) or not concerns_us(doc, text):
		return
	kept, kind = list(places(text)), kind_of(text)
	if doc.method and str(doc.method).strip() and _first_words(doc.method) in message_of(text):
		doc.method = kind  # Frappe takes the message for the title
	without = _("The values and the message are left out, since they may show what a document says.")
	doc.error = "\n".join(["Traceback", *kept, kind, "", without])


def concerns_us(doc, text: str) -> bool:
	"""Tell whether an error has to do with us, by all that Frappe says about it."""
	return bool(OURS.search("\n".join([text, str(doc.method or ""), str(doc.reference_doctype or "")])))


def places(text: str) -> Iterator[str]:
	"""Yield the places of a traceback with their lines of code, without the variables below each."""
	after_place = False
	for line in text.splitlines():
		is_place = bool(PLACE.match(line))
		if is_place or (after_place and CODE.match(line) and not line.startswith("     ")):
			yield line
		after_place = is_place


def _after_the_places(text: str) -> list[str]:
	lines = text.splitlines()
	last = max((number for number, line in enumerate(lines) if PLACE.match(line)), default=-1)
	return lines[last + 1 :]


def kind_of(text: str) -> str:
	"""Return the kind of error that a traceback ends with, such as builtins.ValueError."""
	found = [match.group(1) for match in map(RAISED.match, _after_the_places(text)) if match]
	return found[0] if found else "Error"


def message_of(text: str) -> str:
	"""Return what a traceback ends with, from the kind of the error on."""
	lines = _after_the_places(text)
	first = next((number for number, line in enumerate(lines) if RAISED.match(line)), 0)
	return "\n".join(lines[first:])


def _first_words(title) -> str:
	"""Frappe's title holds no more than 140 characters of a message."""
	return str(title).strip().splitlines()[0][:100]


class GuardedAccessLog(AccessLog):
	"""The Access Log of a site with P2HAM (override_doctype_class): who, when and what, but not the page itself where
	it is somebody's who reads documents of ours."""

	page: str | None

	def db_insert(self, *args, **kwargs):
		if self.page and scope.for_user(self.user).anything:
			self.page = None
		return super().db_insert(*args, **kwargs)


def told_without_values(task: Callable[[], None]) -> Callable[[], None]:
	"""Let what fails of a task of the scheduler fail without its variables: Frappe writes them into the Scheduled Job
	Log past every hook. Raises RuntimeError in the place of what was raised, with the places and the kind of it."""

	@wraps(task)
	def run() -> None:
		failed = ""
		try:
			task()
		except Exception:
			failed = _where()
		# Outside, or the error would stand among the variables of this place.
		if failed:
			raise RuntimeError(failed)

	return run


def _where() -> str:
	kind, _error, trace = sys.exc_info()
	name = f"{kind.__module__}.{kind.__qualname__}" if kind else ""
	return "".join([*traceback.format_tb(trace), name])
