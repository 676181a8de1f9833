"""Does the log of a site still say what it said? Walks every chain and holds it against its assessment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.assessment import log, sealed_content, snapshots
from p2ham.engine import anchor, chain, lifecycle
from p2ham.engine.faults import Fault

STAMPS = tuple(f"{step.stamp}_by" for step in lifecycle.TRANSITIONS if step.stamp)


@dataclass(frozen=True)
class Break:
	"""The first thing that is wrong with the log of one assessment; `place` is the sequence of the entry."""

	assessment: str
	place: tuple[int, ...]
	message: str

	@classmethod
	def from_fault(cls, assessment: str, fault: Fault) -> Break:
		return cls(assessment, fault.place, _(fault.template).format(*fault.values))

	def __str__(self) -> str:
		return f"{self.assessment}{', entry {}'.format(*self.place) if self.place else ''}: {self.message}"


@dataclass
class Verification:
	"""Goes over the log of a whole site, whoever asks; changes nothing."""

	entries: int = 0
	log: dict[str, dict[int, str]] = field(default_factory=dict)

	def names(self) -> list[str]:
		"""Return every assessment that exists or has entries."""
		stored = frappe.get_all("P2HAM Assessment", pluck="name", order_by="name")
		logged = frappe.get_all(
			"P2HAM Assessment Log", pluck="assessment", distinct=True, order_by="assessment"
		)
		return sorted({*stored, *logged})

	def breaks(self, names: Iterable[str]) -> Iterator[Break]:
		for name in names:
			entries = [log.sealable(row) for row in log.entries_of(name)]
			self.entries += len(entries)
			self.log[name] = {entry["sequence"]: entry["entry_hash"] for entry in entries}
			fault = chain.first_break(entries, now(name))
			if fault:
				yield Break.from_fault(name, fault)

	def anchor(self) -> anchor.Anchor:
		"""Return the last entries of all assessments that were walked."""
		return anchor.of_log(getdate(nowdate()), self.log)

	def since(self, older: anchor.Anchor) -> Iterator[Break]:
		"""Yield where what was walked does not go on from an older log."""
		for name, fault in older.differences(self.log):
			yield Break.from_fault(name, fault)


def now(name: str) -> chain.Now | None:
	"""Return what an assessment says at this moment, None if it does not exist."""
	if not frappe.db.exists("P2HAM Assessment", name):
		return None
	doc = frappe.get_doc("P2HAM Assessment", name)
	return chain.Now(
		state=doc.workflow_state or "",
		content_hash=sealed_content.content_hash(doc),
		snapshot_hash=doc.snapshot_hash or "",
		stamps={stamp: doc.get(stamp) or "" for stamp in STAMPS},
		stored_hash=snapshots.stored_hash(name),
	)


def is_intact(name: str) -> bool:
	"""Tell whether an assessment, its log and its snapshot all still say what they said."""
	entries = [log.sealable(row) for row in log.entries_of(name)]
	return chain.first_break(entries, now(name)) is None
