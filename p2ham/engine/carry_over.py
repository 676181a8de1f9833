"""What of a unit's earlier assessment goes into its new one: answers that were accepted, and documents that are still
valid. Nothing is guessed: what does not fit stays behind, and what is carried is looked at by the unit before it counts.

Which indicator goes on in which follows the `continues` links, through as many instruments as lie between; within one
instrument an indicator goes on in itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import evidence, scoring
from .instrument import EvidenceSlot, Scale


@dataclass(frozen=True)
class Accepted:
	"""An item of the earlier assessment: the verified answer, which is what was accepted, and the unit's own note."""

	code: str
	answer: str
	note: str = ""


@dataclass(frozen=True)
class Asked:
	"""An indicator that the new assessment asks."""

	code: str
	scale: Scale
	slots: tuple[EvidenceSlot, ...] = ()


@dataclass(frozen=True)
class Document:
	"""A document that the earlier assessment rested on, as it is now: `code` is the indicator it stood at, `kind` File
	or Link, `mime_type` of its content."""

	evidence: str
	code: str
	slot: str
	kind: str
	mime_type: str = ""
	document_date: datetime.date | None = None
	valid_from: datetime.date | None = None
	valid_until: datetime.date | None = None


@dataclass(frozen=True)
class Answer:
	"""What is carried over to an indicator."""

	answer: str
	note: str


@dataclass(frozen=True)
class Use:
	"""Where a document is carried over to, and how it stands to the new data year; `slot` empty for none of them."""

	code: str
	slot: str
	document: Document
	validity: str


def answers(
	asked: Iterable[Asked], accepted: Iterable[Accepted], before: Mapping[str, tuple[str, ...]]
) -> dict[str, Answer]:
	"""Return what is carried over, by code. `before` are the predecessors of each indicator.

	Where several were merged into one, only if all that the unit was asked got the same answer; where one was split, to
	each; and only what is an answer on the scale of the new indicator.
	"""
	known = {item.code: item for item in accepted}
	found = {}
	for one in asked:
		items = [known[code] for code in before.get(one.code, ()) if code in known]
		given = {item.answer.strip() for item in items}
		if len(given) != 1:
			continue
		(answer,) = given
		if answer and _is_on_scale(one.scale, answer):
			notes = dict.fromkeys(item.note.strip() for item in items if item.note.strip())
			found[one.code] = Answer(answer, "\n".join(notes))
	return found


def _is_on_scale(scale: Scale, answer: str) -> bool:
	try:
		scoring.points_for(scale, answer)
	except scoring.AnswerError:
		return False
	return True


def documents(
	asked: Iterable[Asked], earlier: Iterable[Document], before: Mapping[str, tuple[str, ...]], year: int
) -> list[Use]:
	"""Return the documents that are carried over, in the order of the new indicators: those that are valid in some of
	the data year `year`, or say nothing of it; each document once in a slot."""
	at: dict[str, list[tuple[Document, str]]] = {}
	for document in earlier:
		validity = evidence.validity(year, document.document_date, document.valid_from, document.valid_until)
		if validity != evidence.NOT_VALID:
			at.setdefault(document.code, []).append((document, validity))
	found: dict[tuple[str, str, str], Use] = {}
	for one in asked:
		for code in before.get(one.code, ()):
			for document, validity in at.get(code, ()):
				slot = slot_for(one.slots, document)
				found.setdefault((one.code, slot, document.evidence), Use(one.code, slot, document, validity))
	return list(found.values())


def slot_for(slots: Iterable[EvidenceSlot], document: Document) -> str:
	"""Return the slot a document goes to: the one of the same label if it wants such a document, else the only one that
	does, else none."""
	fitting = [slot.label for slot in slots if evidence.fits(slot.kind, document.kind, document.mime_type)]
	if document.slot and document.slot in fitting:
		return document.slot
	return fitting[0] if len(fitting) == 1 else ""
