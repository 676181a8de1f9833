"""What is still missing before a unit may send its assessment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from .instrument import EvidenceSlot
from .scoring import Points


class Gap(str, Enum):
	"""The kinds of things that can be missing."""

	ANSWER = "answer"
	EVIDENCE = "evidence"
	CONFIRMATION = "confirmation"


@dataclass(frozen=True)
class ItemState:
	"""What a unit has given for one indicator; `filled_slots` are the labels of slots that hold evidence, and
	`unconfirmed` says that something of it was carried over and nobody has looked at it yet."""

	code: str
	title: str
	points: Points
	slots: tuple[EvidenceSlot, ...] = ()
	filled_slots: frozenset[str] = frozenset()
	unconfirmed: bool = False


@dataclass(frozen=True)
class Missing:
	"""One thing that is missing, with the indicator it is missing from; `slot` for missing evidence."""

	code: str
	title: str
	gap: Gap
	slot: str = ""


def missing(items: Iterable[ItemState]) -> list[Missing]:
	"""List what is missing, in the order of the items.

	Every item needs an answer. A mandatory evidence slot must be filled where the answer earns points: who
	answers that a thing is not there, or that it does not apply, has nothing to show. What was carried over
	from an earlier assessment counts once it is confirmed.
	"""
	found = []
	for item in items:
		if not item.points.answered:
			found.append(Missing(item.code, item.title, Gap.ANSWER))
			continue
		if item.unconfirmed:
			found.append(Missing(item.code, item.title, Gap.CONFIRMATION))
		if item.points.value:
			found += [
				Missing(item.code, item.title, Gap.EVIDENCE, slot.label)
				for slot in item.slots
				if slot.mandatory and slot.label not in item.filled_slots
			]
	return found


def share_complete(items: Iterable[ItemState]) -> int:
	"""Return how much of the work is done, 0-100, rounded down: 100 only when nothing is missing."""
	items = list(items)
	if not items:
		return 0
	incomplete = {gap.code for gap in missing(items)}
	return 100 * (len(items) - len(incomplete)) // len(items)
