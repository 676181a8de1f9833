"""What the documents of an assessment are made of: the records as they are before its approval, the sealed snapshot after
it, so that what was approved is printed as it was approved whatever changes later."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import frappe
from frappe.utils import getdate, nowdate

from p2ham.assessment import results
from p2ham.engine import lifecycle
from p2ham.engine.duties import KABAG_HUKUM, OPD_HEAD, SEKDA
from p2ham.engine.instrument import Instrument
from p2ham.evidence import revisions
from p2ham.instruments import store
from p2ham.paper import letterhead, signatures

PERIOD = ("name", "title", "data_year")
REGENCY = (
	"regency_name",
	"government_line",
	"letterhead_office",
	"letterhead_address",
	"seat",
	"notice",
	"retake_note",
)

# A step that was undone by a return leaves its stamp behind; it counts only in the states after it.
STEPS_TAKEN = {
	lifecycle.DRAFT: (),
	lifecycle.SUBMITTED: ("submitted",),
	lifecycle.REVIEWED: ("submitted", "reviewed"),
	lifecycle.APPROVED: ("submitted", "reviewed", "approved"),
	lifecycle.CANCELLED: ("submitted", "reviewed", "approved"),
}


class Record(SimpleNamespace):
	"""A sealed document with its rows; not a dict, whose own `items` would stand before the table."""

	def get(self, name: str):
		return getattr(self, name, None)


@dataclass(frozen=True)
class Seal:
	"""The snapshot a document was printed from: its SHA-256 and its verification code."""

	hash: str
	code: str


@dataclass(frozen=True)
class Source:
	"""`doc` has the fields and rows of a P2HAM Assessment, `units` the path from the regency down to the unit,
	`signatories` who took (or would take) the steps `submitted`, `reviewed` and `approved`, `evidence` the revisions it
	rests on by evidence and revision. `lost` says that it was approved but its snapshot is not there."""

	doc: Record
	regency: frappe._dict
	period: frappe._dict
	instrument: Instrument
	units: list[frappe._dict]
	signatories: Mapping[str, frappe._dict | None]
	evidence: Mapping[tuple[str, int], frappe._dict]
	seal: Seal | None = None
	lost: bool = False

	@property
	def unit(self) -> str:
		"""The name of the assessed unit."""
		return self.doc.opd_name or (self.units[-1].opd_name if self.units else self.doc.opd)

	@property
	def is_verified(self) -> bool:
		return results.is_verified(self.doc)

	def taken(self, stamp: str) -> tuple[str | None, datetime.date | None]:
		"""Return who took a step and on which day, nobody for a step that is still ahead."""
		return _taken(self.doc, stamp)


def live(doc, lost: bool = False) -> Source:
	"""Return the records as they are now, whatever was sealed. The number of queries does not depend on the rows."""
	units = letterhead.tree_path(doc.opd)
	return Source(
		doc=doc,
		regency=part(frappe.get_cached_doc("P2HAM Settings"), REGENCY),
		period=part(frappe.get_cached_doc("P2HAM Period", doc.period), PERIOD),
		instrument=store.load(doc.instrument),
		units=units,
		signatories=_signatories(doc, units),
		evidence=revisions.by_use(doc.evidence_uses),
		lost=lost,
	)


def _signatories(doc, units: list[frappe._dict]) -> dict[str, frappe._dict | None]:
	today = getdate(nowdate())
	submitter, submitted = _taken(doc, "submitted")
	reviewer, reviewed = _taken(doc, "reviewed")
	approver, approved = _taken(doc, "approved")
	return {
		"submitted": signatures.head_of(OPD_HEAD, units, submitter, submitted or today),
		"reviewed": signatures.officer(KABAG_HUKUM, reviewer, reviewed or today),
		"approved": signatures.officer(SEKDA, approver, approved or today),
	}


def _taken(doc, stamp: str) -> tuple[str | None, datetime.date | None]:
	if stamp not in STEPS_TAKEN[doc.workflow_state] or not doc.get(f"{stamp}_on"):
		return None, None
	return doc.get(f"{stamp}_by"), getdate(doc.get(f"{stamp}_on"))


# The snapshot


def part(record, names: tuple[str, ...]) -> frappe._dict:
	return frappe._dict({name: plain(record.get(name)) for name in names})


def plain(value):
	return value.replace(microsecond=0) if isinstance(value, datetime.datetime) else value
