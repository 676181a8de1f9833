"""What an assessment shows as its evidence, for one reader: in the order of the instrument, each with its place in
the package and, where it is not for this reader or not there, the reason."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass

import frappe
from frappe.utils import cint

from p2ham.access import files, scope
from p2ham.engine import file_names
from p2ham.engine.evidence import FILE
from p2ham.engine.instrument import Instrument
from p2ham.evidence import revisions
from p2ham.instruments import store

STORED = "/private/files/"
WEB = ("https://", "http://")
LINK_ENDING = "url"
# A folder and a name of this length stay together below the 200 characters that Windows unpacks anywhere, and
# alone below the 255 bytes of a Linux disk, in every script.
LONGEST, LONGEST_BYTES = 80, 160

# Why something is not there, as the index says it. An official document, hence Indonesian and not translated.
HIDDEN_PERSONAL = "tidak ditampilkan: data pribadi"
HIDDEN = "tidak ditampilkan: di luar kewenangan pembaca"
MISSING = "berkas tidak ditemukan di server"
NO_ADDRESS = "tautan tidak disertakan: bukan alamat web"
# Its title and what identifies its content are not for the reader either.
UNSEEN = (HIDDEN_PERSONAL, HIDDEN)


@dataclass
class Entry:
	"""One use of an evidence. `path` is its place in the package, `file` or `url` what is put there; `left_out`
	says why it has none. `size` (bytes) and `changed` are the disk's, `sha256` is the recorded one until the package
	is written."""

	number: int
	code: str
	indicator: str
	slot: str
	evidence: str
	revision: int
	verification: str
	note: str
	validity: str
	personal: bool = False
	title: str = ""
	url: str = ""
	document_date: datetime.date | None = None
	valid_until: datetime.date | None = None
	sha256: str = ""
	size: int = 0
	place: int = 0
	path: str = ""
	file: str = ""
	changed: int = 0
	left_out: str = ""
	remark: str = ""

	@property
	def unseen(self) -> bool:
		return self.left_out in UNSEEN


def entries_for(doc, user: str) -> list[Entry]:
	"""Return the evidence of a P2HAM Assessment as `user` may have it.

	The number of queries does not depend on the number of uses. Whoever asks has checked the right to the
	assessment itself.
	"""
	records = revisions.by_use(doc.evidence_uses)
	reader = _Reader({use.evidence for use in doc.evidence_uses}, user)
	folders = _Folders()
	found = []
	for place, use, row in _in_order(doc, store.load(doc.instrument)):
		entry = Entry(
			number=len(found) + 1,
			code=row.code if row else use.indicator,
			indicator=row.title if row else "",
			slot=use.slot or "",
			evidence=use.evidence,
			revision=cint(use.revision) or 1,
			verification=use.verification or "Pending",
			note=(use.note or "").strip(),
			validity=use.validity or "",
			place=place,
		)
		record = records.get((entry.evidence, entry.revision))
		entry.personal = reader.is_personal(use.evidence, record)
		entry.left_out = reader.reason(use.evidence, entry.personal) or ("" if record else MISSING)
		if not entry.left_out:
			_describe(entry, record)
			_locate(entry, record, folders.folder_for(entry))
		found.append(entry)
	return found


def fingerprint(entries: list[Entry]) -> str:
	"""Return a hash that changes whenever what is packed, or what the index says of it, does."""
	told = json.dumps([astuple(entry) for entry in entries], default=str)
	return hashlib.sha256(told.encode()).hexdigest()


class _Reader:
	"""What one user may have of some evidence."""

	def __init__(self, names: set[str], user: str):
		rows = frappe.get_all(
			"P2HAM Evidence",
			filters={"name": ("in", sorted(names) or [""])},
			fields=["name", "opd", "contains_personal_data"],
			order_by="name",
		)
		self.evidence = {row.name: row for row in rows}
		self.scope = scope.for_user(user)
		self.seen: set[str] = set()
		if frappe.has_permission("P2HAM Evidence", "read", user=user):
			self.seen = scope.seen("P2HAM Evidence", sorted(names), user)

	def is_personal(self, name: str, record) -> bool:
		"""A revision keeps its own flag: what replaced it may show nobody any more."""
		now = self.evidence.get(name)
		return bool((now and now.contains_personal_data) or (record and record.contains_personal_data))

	def reason(self, name: str, personal: bool) -> str:
		"""Return why the user does not get it, empty if they do."""
		if personal and not self._answers_for(name):
			return HIDDEN_PERSONAL
		return "" if name in self.seen else HIDDEN

	def _answers_for(self, name: str) -> bool:
		"""As `access.scope` has it: personal data are for the unit itself and for those who judge it."""
		row = self.evidence.get(name)
		return self.scope.everything or bool(row and row.opd in self.scope.opds)


def _in_order(doc, instrument: Instrument) -> Iterator[tuple]:
	"""Yield (place within the indicator, use, item) in the order of the sheet, then of the slots."""
	rank = {code: number for number, code in enumerate(_criteria(instrument))}
	items = {row.indicator: row for row in doc.items}
	order = sorted(items, key=lambda name: (rank.get(items[name].criterion, len(rank)), items[name].idx))
	slots = {
		(indicator.code, slot.label): number
		for indicator in instrument.indicators
		for number, slot in enumerate(indicator.evidence_slots)
	}
	uses: dict[str, list] = {name: [] for name in order}
	for use in doc.evidence_uses:
		uses.setdefault(use.indicator, []).append(use)
	for indicator, rows in uses.items():
		rows.sort(key=lambda use: (slots.get((indicator, use.slot), len(slots)), use.idx))
		for place, use in enumerate(rows, start=1):
			yield place, use, items.get(indicator)


def _criteria(instrument: Instrument) -> Iterator[str]:
	children: dict[str | None, list[str]] = {}
	for criterion in instrument.criteria:
		children.setdefault(criterion.parent, []).append(criterion.code)

	def below(parent: str | None) -> Iterator[str]:
		for code in children.get(parent, ()):
			yield code
			yield from below(code)

	return below(None)


def _describe(entry: Entry, record) -> None:
	entry.title = record.title or ""
	entry.document_date, entry.valid_until = record.document_date, record.valid_until
	entry.sha256, entry.size = record.sha256 or "", cint(record.size)


def _locate(entry: Entry, record, folder: str) -> None:
	"""Find what is packed, and its name."""
	if record.kind != FILE:
		entry.url = "".join(
			(record.url or "").split()
		)  # a line of its own would be another setting of the link
		if not entry.url.startswith(WEB):
			entry.left_out = NO_ADDRESS
		ending = LINK_ENDING
	else:
		entry.file = files.canonical(record.file)
		ending = re.sub(r"\W", "", file_names.ending(record.file))[:10]
		try:
			status = os.stat(stored_at(entry.file))
			entry.size, entry.changed = status.st_size, status.st_mtime_ns
		except OSError:
			entry.left_out = MISSING
	if not entry.left_out:
		entry.path = f"{folder}/{_file_name(entry.place, entry.title, ending)}"


def stored_at(address: str) -> str:
	"""Return where a private file lies on the disk, empty for any other address (see `files.canonical`)."""
	return frappe.get_site_path(address.lstrip("/")) if address.startswith(STORED) else ""


class _Folders:
	"""A folder for each indicator. Two whose names differ only in letters that no disk keeps stay apart."""

	def __init__(self):
		self.names: dict[str, str] = {}

	def folder_for(self, entry: Entry) -> str:
		if entry.code not in self.names:
			name = plain = _short(f"{entry.code} {entry.indicator}")
			taken = {other.casefold() for other in self.names.values()}
			number = 2
			while name.casefold() in taken:
				name, number = f"{plain} ({number})", number + 1
			self.names[entry.code] = name
		return self.names[entry.code]


def _file_name(place: int, title: str, ending: str) -> str:
	"""Return "01 SK Maklumat.pdf". The number keeps the names of one folder apart, whatever the titles."""
	title = title.strip()
	if ending and title.lower().endswith(f".{ending}"):
		title = title[: -len(ending) - 1]
	name = f"{place:02} {_short(title)}"
	return f"{name}.{ending}" if ending else name


def _short(text: str) -> str:
	whole = file_names.part(text, LONGEST)
	return file_names.part(whole.encode()[:LONGEST_BYTES].decode(errors="ignore"), LONGEST)
