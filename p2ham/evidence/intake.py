"""What is looked at before a file is stored: its name, type, size and content, and what it says about people.

Whoever uploads is told at once why a file is refused. Files are opened in a process of their own
(`sandbox`), since they may be made to harm.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

import filetype
import frappe
from frappe import _
from frappe.utils import cint

from p2ham.engine import file_names
from p2ham.engine.personal_data import Finding, Offices
from p2ham.evidence import sandbox

# What an ending promises, as `filetype` recognises it from the first bytes.
CONTENT_OF = {
	"pdf": {"application/pdf"},
	"jpg": {"image/jpeg"},
	"jpeg": {"image/jpeg"},
	"png": {"image/png"},
	"webp": {"image/webp"},
}
# What a signed copy may be.
SIGNED = ("pdf", "jpg", "jpeg", "png")
# What Office files say they are, once the reader has looked into the ZIP that each of them is.
MIME_OF = {
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Larger files are searched for personal data in the background, and so is what takes longer than this.
SEARCHED_AT_ONCE = 2 * 1024 * 1024  # bytes
PATIENCE = 2.0  # seconds

# How far the search for personal data has come, as stored in P2HAM Evidence.
WAITING = "Waiting"
NOTHING_FOUND = "Nothing Found"
FOUND = "Found"
NO_TEXT = "No Text"
NOT_POSSIBLE = "Not Possible"


@dataclass(frozen=True)
class Looked:
	"""A file that may be stored: its cleaned name, the bytes to store, and what is known of them."""

	file_name: str
	content: bytes
	sha256: str
	uploaded_sha256: str
	mime_type: str
	pages: int = 0
	taken_on: datetime | None = None
	scan_status: str = NOTHING_FOUND
	findings: list[Finding] = field(default_factory=list)

	@property
	def size(self) -> int:
		return len(self.content)

	def fields(self) -> dict:
		"""Return what P2HAM Evidence stores of it."""
		return {
			"sha256": self.sha256,
			"uploaded_sha256": self.uploaded_sha256,
			"size": self.size,
			"mime_type": self.mime_type,
			"pages": self.pages,
			"taken_on": self.taken_on,
		}


def look_at(file_name: str | None, content: bytes) -> Looked:
	"""Look at a file that is to become evidence; photos come back without what the camera wrote into them.

	Raises frappe.ValidationError that says why a file is refused.
	"""
	name = file_names.clean(file_name)
	check_type_and_size(name, len(content))
	check_not_empty(name, content)
	mime_type = check_content(name, content)
	at_once = len(content) <= SEARCHED_AT_ONCE
	report = sandbox.inspect(name, content, offices(), PATIENCE, scan=at_once)
	if report.refused:
		frappe.throw(refusal(name, report.refused), title=_("File Not Accepted"))
	uploaded = hashlib.sha256(content).hexdigest()
	cleaned = report.cleaned is not None
	return Looked(
		file_name=name,
		content=report.cleaned if cleaned else content,
		sha256=hashlib.sha256(report.cleaned).hexdigest() if cleaned else uploaded,
		uploaded_sha256=uploaded,
		mime_type=mime_type,
		pages=report.pages or 0,
		taken_on=moment(report.taken_on),
		scan_status=WAITING if not at_once or report.partial else status(report),
		findings=list(report.findings),
	)


def look_at_signed(file_name: str | None, content: bytes) -> Looked:
	"""Look at a signed copy: a scan, or the PDF that was signed electronically. Refused like evidence, but not one byte
	of it is changed, or the signature would not hold any more.

	Raises frappe.ValidationError that says why a file is refused.
	"""
	name = file_names.clean(file_name)
	if file_names.ending(name) not in SIGNED:
		frappe.throw(
			_("File {0}: a signed copy is one of {1}.").format(_bold(name), ", ".join(SIGNED)),
			title=_("File Type Not Accepted"),
		)
	check_size(name, len(content))
	check_not_empty(name, content)
	mime_type = check_content(name, content)
	report = sandbox.inspect(name, content, scan=False)
	if report.refused:
		frappe.throw(refusal(name, report.refused), title=_("File Not Accepted"))
	sha256 = hashlib.sha256(content).hexdigest()
	return Looked(name, content, sha256, sha256, mime_type, pages=report.pages or 0)


def check_not_empty(name: str, content: bytes) -> None:
	if not content:
		frappe.throw(_("File {0} is empty.").format(_bold(name)), title=_("File Not Accepted"))


def check_type_and_size(name: str, size: int) -> None:
	"""Refuse a file whose ending or size (bytes) the settings do not allow. Raises frappe.ValidationError."""
	settings = frappe.get_cached_doc("P2HAM Settings")
	ending = file_names.ending(name)
	allowed = settings.allowed_types()
	if allowed and ending not in allowed:
		frappe.throw(
			_("File {0}: files of type {1} are not accepted as evidence. Accepted: {2}.").format(
				_bold(name), _bold(ending) if ending else _("(none)"), ", ".join(allowed)
			),
			title=_("File Type Not Accepted"),
		)
	check_size(name, size)


def check_size(name: str, size: int) -> None:
	limit = cint(frappe.get_cached_doc("P2HAM Settings").evidence_max_mb)
	if limit and size > limit * 1024 * 1024:
		frappe.throw(
			_("File {0} has {1} MB; it may have {2} MB at most.").format(
				_bold(name), round(size / 1024 / 1024, 1), limit
			),
			title=_("File Too Large"),
		)


def check_content(name: str, content: bytes) -> str:
	"""Return the type of a content (MIME), which must be what the ending of its name promises.

	Raises frappe.ValidationError.
	"""
	kind = filetype.guess(content)
	found, ending = kind.mime if kind else "", file_names.ending(name)
	expected = CONTENT_OF.get(ending)
	if expected and found not in expected:
		frappe.throw(
			_("File {0} is not what its ending says: its content is {1}.").format(
				_bold(name), found or _("unknown")
			),
			title=_("File Type Not Accepted"),
		)
	return MIME_OF.get(ending, found)


def refusal(name: str, refused: dict) -> str:
	"""Say in words why the reader refused a file."""
	reasons = {
		"password": _("it is protected by a password. Store it without the password and upload it again."),
		"unreadable": _("it is damaged and cannot be opened. Scan or save it again."),
		"no_pages": _("it has no pages."),
		"too_many_pages": _("it has {0} pages; at most {1} are accepted."),
		"too_many_pixels": _("the picture has {0} x {1} pixels, which is too much. Make it smaller."),
		"too_much": _("opening it takes too much memory or time. Save it again in a simpler form."),
		"not_what_it_says": _("its content is not what its ending says."),
	}
	numbers = {
		"too_many_pages": (refused.get("pages"), refused.get("most")),
		"too_many_pixels": (refused.get("width"), refused.get("height")),
	}
	code = refused.get("code")
	reason = reasons.get(code, reasons["unreadable"]).format(*numbers.get(code, ()))
	return _("File {0} is not accepted: {1}").format(_bold(name), reason)


def status(report) -> str:
	"""Say how a search ended that was not interrupted."""
	if report.findings:
		return FOUND
	if report.kind == "other":
		return NOT_POSSIBLE
	return NOTHING_FOUND if report.text == "found" else NO_TEXT


def offices() -> Offices:
	"""Return the numbers and addresses that are the offices' own and no personal data."""
	cache = frappe.local.cache
	if "p2ham_offices" not in cache:
		rows = frappe.get_all("P2HAM OPD", fields=["phone", "email"], order_by="name")
		cache["p2ham_offices"] = Offices(
			phones=frozenset(filter(None, ("".join(filter(str.isdigit, row.phone or "")) for row in rows))),
			emails=frozenset(filter(None, ((row.email or "").strip().lower() for row in rows))),
		)
	return cache["p2ham_offices"]


def place(found: Finding) -> str:
	"""Say where in a file something was found, in the language of the site: it is stored for everybody."""
	where, lang = found.place or {}, frappe.db.get_default("lang")
	if where.get("page"):
		return _("page {0}", lang).format(where["page"])
	if where.get("sheet"):
		return _("sheet {0}, row {1}", lang).format(where["sheet"], where.get("row") or 1)
	if where.get("file_name"):
		return _("name of the file", lang)
	if where.get("properties"):
		return _("properties of the file", lang)
	return _("document", lang)


def moment(text: str | None) -> datetime | None:
	"""Return the moment that a photo names, without the zone that it may name too; None for nonsense."""
	try:
		return datetime.fromisoformat(text).replace(tzinfo=None) if text else None
	except ValueError:
		return None


def _bold(text: str) -> str:
	return frappe.bold(frappe.utils.escape_html(text))


def as_stored(looked: Looked, content: bytes) -> Looked:
	"""Return what is known of a file whose bytes the site has changed while storing them."""
	return replace(looked, content=content, sha256=hashlib.sha256(content).hexdigest())
