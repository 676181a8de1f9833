"""The log of an assessment as a chain: each entry seals what it says, the content it applied to, and the entry
before it. Whoever changes, removes or adds one past the app breaks the chain, and `first_break` says where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import lifecycle, snapshot
from .faults import N_, Fault

# What an entry seals, `at` to the second.
SEALED = (
	"assessment",
	"sequence",
	"action",
	"from_state",
	"to_state",
	"user",
	"duty",
	"acting",
	"note",
	"content_hash",
	"previous_hash",
	"at",
)
# Sealed where they say something, so that entries written before the field existed keep their seal.
SEALED_IF_SET = ("window", "until", "snapshot_hash", "means", "means_user")

# Nothing that counts changes any more in these states, so the content is still the one that was sealed.
CONTENT_RESTS_IN = (lifecycle.REVIEWED, lifecycle.APPROVED, lifecycle.CANCELLED)


@dataclass(frozen=True)
class Now:
	"""An assessment as it is stored now, to hold its log against: state, SHA-256 of its content, the hash that
	the approval left in the document, the users in its stamps (`submitted_by` ...), and the SHA-256 of the stored
	snapshot (empty where there is none)."""

	state: str
	content_hash: str
	snapshot_hash: str
	stamps: Mapping[str, str]
	stored_hash: str


def seal(entry: Mapping) -> str:
	"""Return the SHA-256 that seals an entry, the hash of the entry before included."""
	sealed = {field: entry.get(field) or "" for field in SEALED}
	sealed.update({field: entry[field] for field in SEALED_IF_SET if entry.get(field)})
	return snapshot.sha256(sealed)


def first_break(entries: Sequence[Mapping], now: Now | None) -> Fault | None:
	"""Return the first thing that is wrong with the log of one assessment, None if all of it holds.

	`entries` are in the order of their sequence; `now` is None where the assessment does not exist any more.
	The place of the fault is the sequence of the entry, empty for what concerns the assessment as a whole.
	"""
	broken = _break_in_chain(entries)
	if broken:
		return broken
	if now is None:
		return Fault((), N_("the assessment of these entries does not exist any more"))
	if not entries:
		return Fault((), N_("there is no entry at all"))
	return _break_with_document(entries, now)


def _break_in_chain(entries: Sequence[Mapping]) -> Fault | None:
	before: Mapping = {}
	for position, entry in enumerate(entries, start=1):
		if entry["sequence"] != position:
			return Fault((position,), N_("entry {0} is missing"), (position,))
		if (entry.get("previous_hash") or "") != (before.get("entry_hash") or ""):
			return Fault((position,), N_("it does not follow the entry before it"))
		if entry.get("entry_hash") != seal(entry):
			return Fault((position,), N_("it was changed after it had been written"))
		if before and (entry.get("from_state") or "") != (before.get("to_state") or ""):
			return Fault(
				(position,),
				N_("it begins in the state {0}, but the entry before it ended in {1}"),
				(entry.get("from_state") or "", before.get("to_state") or ""),
			)
		before = entry
	return None


def _break_with_document(entries: Sequence[Mapping], now: Now) -> Fault | None:
	last = entries[-1]
	if last.get("to_state") != now.state:
		return Fault(
			(last["sequence"],),
			N_("the log ends in the state {0}, the assessment is in {1}"),
			(last.get("to_state") or "", now.state),
		)
	for stamp, user in now.stamps.items():
		entry = next((entry for entry in reversed(entries) if _leaves(entry, stamp)), None)
		if (entry["user"] if entry else "") != (user or ""):
			return Fault(
				(entry["sequence"],) if entry else (),
				N_("{0} is {1} in the assessment, {2} in the log"),
				(stamp, user or "-", entry["user"] if entry else "-"),
			)
	if now.state in CONTENT_RESTS_IN and last.get("content_hash") != now.content_hash:
		return Fault((last["sequence"],), N_("the content of the assessment is not the one it sealed"))
	return _break_with_snapshot(entries, now)


def _break_with_snapshot(entries: Sequence[Mapping], now: Now) -> Fault | None:
	sealed = next((entry for entry in reversed(entries) if entry.get("snapshot_hash")), None)
	if not sealed:
		if now.state == lifecycle.APPROVED:
			return Fault((), N_("the log says of no snapshot that it was approved"))
		return None
	if now.snapshot_hash != sealed["snapshot_hash"]:
		return Fault(
			(sealed["sequence"],), N_("the hash that the approval left in the assessment is another one")
		)
	if not now.stored_hash:
		return Fault((sealed["sequence"],), N_("the snapshot that it sealed does not exist any more"))
	if now.stored_hash != sealed["snapshot_hash"]:
		return Fault((sealed["sequence"],), N_("the snapshot was changed after it had been sealed"))
	return None


def _leaves(entry: Mapping, stamp: str) -> bool:
	step = lifecycle.TRANSITIONS.find(entry.get("from_state") or "", entry.get("to_state") or "")
	return bool(step and step.stamp and f"{step.stamp}_by" == stamp)
