"""What a verifier still has to do before a sheet can be reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

# What is said of one use of a document, as stored.
PENDING = "Pending"
ACCEPTED = "Accepted"
RETURNED = "Returned"


class Kind(str, Enum):
	"""The kinds of things that can be open."""

	ANSWER = "answer"
	EVIDENCE = "evidence"
	NOTE = "note"


@dataclass(frozen=True)
class Looked:
	"""One use of a document: the slot it sits in (empty for none), what was said of it, and its name."""

	slot: str
	verification: str
	mandatory: bool
	evidence: str


@dataclass(frozen=True)
class Judged:
	"""The verifier's side of one item; `full_points`: their answer earns all of its 100 points."""

	code: str
	title: str
	answered: bool
	full_points: bool
	has_note: bool
	uses: tuple[Looked, ...] = ()


@dataclass(frozen=True)
class Open:
	"""One thing that is still to do; `slot` names the slot, or the document where it sits in none."""

	code: str
	title: str
	kind: Kind
	slot: str = ""


def open_points(items: Iterable[Judged]) -> list[Open]:
	"""List what is open: first the answers, then the documents nobody has looked at, then full points that
	nothing supports: all documents of a mandatory slot were returned, and no note says why they count."""
	items = list(items)
	return [
		*(Open(item.code, item.title, Kind.ANSWER) for item in items if not item.answered),
		*(
			Open(item.code, item.title, Kind.EVIDENCE, use.slot or use.evidence)
			for item in items
			for use in item.uses
			if use.verification not in (ACCEPTED, RETURNED)
		),
		*(
			Open(item.code, item.title, Kind.NOTE, slot)
			for item in items
			if item.full_points and not item.has_note
			for slot in unsupported(item.uses)
		),
	]


def unsupported(uses: Iterable[Looked]) -> list[str]:
	"""Return the mandatory slots in which a document was returned and none is left that may still count."""
	by_slot: dict[str, list[str]] = {}
	for use in uses:
		if use.mandatory:
			by_slot.setdefault(use.slot, []).append(use.verification)
	return [slot for slot, said in by_slot.items() if all(word == RETURNED for word in said)]
