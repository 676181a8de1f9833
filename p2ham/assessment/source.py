"""What the documents of an assessment are made of: the records as they are before its approval, the sealed snapshot after
it, so that what was approved is printed as it was approved whatever changes later."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace

import frappe
from frappe.utils import cint, get_datetime, get_url, getdate, nowdate

from p2ham.assessment import snapshots, worksheet
from p2ham.engine import lifecycle, snapshot
from p2ham.engine.instrument import Instrument
from p2ham.evidence import revisions
from p2ham.instruments import store
from p2ham.paper import letterhead, qr, signatures

FORMAT = 1

# What is sealed of each record besides what the log seals (worksheet.content).
HEAD = (
	"opd_name",
	"assessment_year",
	"completeness",
	"review_note",
	"submitted_by",
	"submitted_on",
	"reviewed_by",
	"reviewed_on",
	"approved_by",
	"approved_on",
)
ITEM = ("code", "title", "scale", "mandatory")
SCORE = (
	"criterion",
	"self_score",
	"verified_score",
	"self_not_applicable",
	"verified_not_applicable",
)
USE = ("revision", "validity")
EVIDENCE = ("title", "document_date", "valid_until", "contains_personal_data", "size")
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
SIGNATORY = ("full_name", "position", "acting_prefix", "rank", "nip", "user", "duty")
# What comes after the approval and is no part of it.
LATER = ("name", "doctype", "docstatus", "workflow_state", "sheet_number", "record_number", "cancel_note")

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
		return worksheet.is_verified(self.doc)

	def taken(self, stamp: str) -> tuple[str | None, datetime.date | None]:
		"""Return who took a step and on which day, nobody for a step that is still ahead."""
		return _taken(self.doc, stamp)


def of(doc) -> Source:
	"""Return what documents of a stored P2HAM Assessment are made of."""
	if "approved" not in STEPS_TAKEN[doc.workflow_state]:
		return live(doc)
	found = snapshots.for_assessment(doc.name)
	return read(doc, found) if found else live(doc, lost=True)


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
		evidence=revisions.of(doc.evidence_uses),
		lost=lost,
	)


def _signatories(doc, units: list[frappe._dict]) -> dict[str, frappe._dict | None]:
	today = getdate(nowdate())
	submitter, submitted = _taken(doc, "submitted")
	reviewer, reviewed = _taken(doc, "reviewed")
	approver, approved = _taken(doc, "approved")
	return {
		"submitted": signatures.head_of(lifecycle.OPD_HEAD, units, submitter, submitted or today),
		"reviewed": signatures.officer(lifecycle.KABAG_HUKUM, reviewer, reviewed or today),
		"approved": signatures.officer(lifecycle.SEKDA, approver, approved or today),
	}


def _taken(doc, stamp: str) -> tuple[str | None, datetime.date | None]:
	if stamp not in STEPS_TAKEN[doc.workflow_state] or not doc.get(f"{stamp}_on"):
		return None, None
	return doc.get(f"{stamp}_by"), getdate(doc.get(f"{stamp}_on"))


# The snapshot


def write(source: Source, code: str) -> str:
	"""Return the canonical text that an approval seals."""
	doc = source.doc
	return snapshot.canonical(
		{
			"format": FORMAT,
			"code": code,
			"content": worksheet.content(doc, source.evidence),
			"head": {name: _plain(doc.get(name)) for name in HEAD},
			"items": [_some(row, ITEM) for row in doc.items],
			"scores": [_some(row, SCORE) for row in doc.scores],
			"evidence": [
				{**_some(use, USE), **_some(_revision(source.evidence, use), EVIDENCE)}
				for use in doc.evidence_uses
			],
			"period": source.period,
			"regency": source.regency,
			"units": source.units,
			"instrument": snapshot.instrument_part(source.instrument),
			"signatories": {
				stamp: _some(person, SIGNATORY) if person else None
				for stamp, person in source.signatories.items()
			},
		}
	)


def read(doc, found) -> Source:
	"""Return what a snapshot (`snapshots.of`) sealed of `doc`; only what came later is taken from `doc` itself."""
	sealed = json.loads(found.content)
	content = sealed["content"]
	evidence = {}
	uses = []
	for use, more in zip(content["evidence"], sealed["evidence"], strict=True):
		revision = cint(more["revision"]) or 1
		uses.append(frappe._dict({**use, **{name: more[name] for name in USE}, "revision": revision}))
		evidence[use["evidence"], revision] = frappe._dict(
			{
				**{name: more[name] for name in EVIDENCE},
				"sha256": use["sha256"],
				**{name: getdate(more[name]) for name in ("document_date", "valid_until") if more[name]},
				"contains_personal_data": cint(more["contains_personal_data"]),
				"size": cint(more["size"]),
			}
		)
	head = sealed["head"]
	return Source(
		doc=Record(
			**{
				**{name: doc.get(name) for name in LATER},
				**{name: value for name, value in content.items() if name not in ("items", "evidence")},
				**head,
				**{name: get_datetime(head[name]) for name in HEAD if name.endswith("_on") and head[name]},
				"meets": cint(content["meets"]),
				"items": [
					frappe._dict({**row, **more, "idx": number, "mandatory": cint(more["mandatory"])})
					for number, (row, more) in enumerate(
						zip(content["items"], sealed["items"], strict=True), start=1
					)
				],
				"scores": [frappe._dict(row) for row in sealed["scores"]],
				"evidence_uses": uses,
			}
		),
		regency=frappe._dict(sealed["regency"]),
		period=frappe._dict(sealed["period"]),
		instrument=snapshot.read_instrument(sealed["instrument"]),
		units=[frappe._dict(unit) for unit in sealed["units"]],
		signatories={
			stamp: frappe._dict(person) if person else None for stamp, person in sealed["signatories"].items()
		},
		evidence=evidence,
		seal=Seal(snapshot.sha256_of_text(found.content), found.code),
	)


def seal(doc) -> tuple[str, str]:
	"""Return the canonical text of a P2HAM Assessment that is being approved, and its new code."""
	code = snapshot.new_code()
	return write(live(doc), code), code


def printed_seal(source: Source) -> dict | None:
	"""Return what is printed of a seal (macro `verification`), None before the approval. Without the public page there is
	nothing that a code could lead to."""
	if not source.seal:
		return None
	printed = {"hash": source.seal.hash}
	if cint(frappe.get_cached_doc("P2HAM Settings").public_page):
		address = get_url(f"/p2ham/verify/{source.seal.code}")
		printed.update(
			qr=qr.qr(address), code=snapshot.printed_code(source.seal.code), address=get_url("/p2ham/verify")
		)
	return printed


def part(record, names: tuple[str, ...]) -> frappe._dict:
	return frappe._dict({name: _plain(record.get(name)) for name in names})


def _some(record, names: tuple[str, ...]) -> dict:
	return {name: _plain(record.get(name)) for name in names}


def _plain(value):
	return value.replace(microsecond=0) if isinstance(value, datetime.datetime) else value


def _revision(evidence: Mapping, use) -> Mapping:
	return evidence.get((use.evidence, cint(use.revision) or 1)) or {}
