"""What is kept of the log outside the database, so that whoever rules the database cannot write the log anew.

A chain shows each change that leaves the rest as it was. Who may write to the database computes the whole chain anew, or
deletes an assessment with all that belongs to it, and nothing differs. An anchor holds the last entry of every assessment
on a day: the number of the entry and its hash. Kept elsewhere, it shows whether the log of today goes on from there.

As a file: one line that can be printed, and below it what the SHA-256 in that line is of (`tail -n +2 FILE | sha256sum`).
The line, on paper or in a mail, proves the file; the file proves the log.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .faults import N_, Fault

WORD = "P2HAM-LOG"
_LINE = re.compile(
	rf"{WORD} day=(?P<day>\d{{4}}-\d\d-\d\d) assessments=(?P<assessments>\d+) entries=(?P<entries>\d+)"
	r" sha256=(?P<sha256>[0-9a-f]{64})",
	re.IGNORECASE,
)
# What stands for a hash that is none: whoever writes past the app writes anything.
NO_HASH = "-"
_HASH = re.compile(r"[0-9a-f]{64}")
_ROW = re.compile(rf'(?P<sequence>[1-9]\d*) (?P<hash>{_HASH.pattern}|{NO_HASH}) (?P<name>".*")')

# An assessment's entries as they are stored: sequence -> hash.
Entries = Mapping[int, str]


def plain_hash(stored: str | None) -> str:
	"""Return a stored hash as an anchor holds it."""
	return stored if stored and _HASH.fullmatch(stored) else NO_HASH


def of_log(day: datetime.date, log: Mapping[str, Entries]) -> Anchor:
	"""Return the anchor of a log (name of the assessment -> its entries) on a day."""
	heads = {}
	for name, entries in log.items():
		last = max(entries, default=0)
		if last > 0:
			heads[name] = Head(last, plain_hash(entries[last]))
	return Anchor(day, heads)


class NotAnAnchor(Exception):
	"""A text is no anchor, or not the one that its line says; `fault` says why."""

	def __init__(self, fault: Fault):
		super().__init__(fault.template.format(*fault.values))
		self.fault = fault


@dataclass(frozen=True)
class Head:
	"""The last entry of an assessment: its sequence, which is the number of its entries, and its hash."""

	sequence: int
	hash: str


@dataclass(frozen=True)
class Anchor:
	"""The last entry of every assessment (name -> head) on a day."""

	day: datetime.date
	heads: Mapping[str, Head]

	@property
	def line(self) -> str:
		"""Return the one line for mails and paper."""
		digest = hashlib.sha256(self._body().encode()).hexdigest()
		return (
			f"{WORD} day={self.day} assessments={len(self.heads)} entries={self._entries()} sha256={digest}"
		)

	def text(self) -> str:
		"""Return the content of the file: the line, and what it is of."""
		return f"{self.line}\n{self._body()}"

	def _body(self) -> str:
		rows = (
			f"{head.sequence} {head.hash} {json.dumps(name)}\n" for name, head in sorted(self.heads.items())
		)
		return f"{self.day}\n{''.join(rows)}"

	def _entries(self) -> int:
		return sum(head.sequence for head in self.heads.values())

	def differences(self, log: Mapping[str, Entries]) -> Iterator[tuple[str, Fault]]:
		"""Yield where a log (name of the assessment -> its entries) does not go on from this anchor."""
		for name, head in sorted(self.heads.items()):
			fault = self._difference(head, log.get(name, {}))
			if fault:
				yield name, fault

	def _difference(self, head: Head, entries: Entries) -> Fault | None:
		last = max(entries, default=0)
		if not last:
			return Fault(
				(), N_("the whole log is gone; on {0} it had {1} entries"), (self.day, head.sequence)
			)
		if last < head.sequence:
			return Fault(
				(last,),
				N_("the log is shorter by {0} than on {1}, when it had {2} entries"),
				(head.sequence - last, self.day, head.sequence),
			)
		if plain_hash(entries.get(head.sequence)) != head.hash:
			return Fault(
				(head.sequence,),
				N_("the entry is not that of {0}: it was written anew, or one before it"),
				(self.day,),
			)
		return None


def read(text: str) -> Anchor:
	"""Return the anchor that a file holds. Raises NotAnAnchor, also where it does not fit its own line."""
	line, _, body = text.replace("\r\n", "\n").partition("\n")
	said = _LINE.fullmatch(line.strip())
	if not said:
		raise NotAnAnchor(Fault((1,), N_("this is no file of fingerprints of a log")))
	if hashlib.sha256(body.encode()).hexdigest() != said["sha256"].lower():
		raise NotAnAnchor(Fault((), N_("the file was changed: its SHA-256 is not the one in its first line")))
	found = _parse(body)
	if found.line.lower() != line.strip().lower():
		raise NotAnAnchor(Fault((1,), N_("the first line does not say what the file holds")))
	return found


def _parse(body: str) -> Anchor:
	heads = {}
	try:
		day, *rows = body.splitlines()
		for row in rows:
			found = _ROW.fullmatch(row)
			if not found:
				raise ValueError(row)
			heads[json.loads(found["name"])] = Head(int(found["sequence"]), found["hash"])
		return Anchor(datetime.date.fromisoformat(day), heads)
	except (TypeError, ValueError):
		raise NotAnAnchor(Fault((), N_("this is no file of fingerprints of a log"))) from None


def is_line_of(typed: str, anchor: Anchor) -> bool:
	"""Tell whether a line, as it was printed or typed from paper, is that of an anchor."""
	return " ".join(typed.split()).lower() == anchor.line.lower()
