"""What an approval seals of an assessment, as text; and what documents are made of afterwards, read back from that text."""

from __future__ import annotations

import json
from collections.abc import Mapping

import frappe
from frappe.utils import cint, get_datetime, getdate

from p2ham.assessment import sealed_content, snapshots
from p2ham.assessment.source import STEPS_TAKEN, Record, Seal, Source, live, plain
from p2ham.engine import snapshot

FORMAT = 1

# What is sealed of each record besides what the log seals (`sealed_content`).
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

SIGNATORY = ("full_name", "position", "acting_prefix", "rank", "nip", "user", "duty")

# What comes after the approval and is no part of it.
LATER = ("name", "doctype", "docstatus", "workflow_state", "sheet_number", "record_number", "cancel_note")


def load(doc) -> Source:
	"""Return what documents of a stored P2HAM Assessment are made of."""
	if "approved" not in STEPS_TAKEN[doc.workflow_state]:
		return live(doc)
	found = snapshots.for_assessment(doc.name)
	return read(doc, found) if found else live(doc, lost=True)


def seal(doc) -> tuple[str, str]:
	"""Return the canonical text of a P2HAM Assessment that is being approved, and its new code."""
	code = snapshot.new_code()
	return write(live(doc), code), code


def write(source: Source, code: str) -> str:
	"""Return the canonical text that an approval seals."""
	doc = source.doc
	return snapshot.canonical(
		{
			"format": FORMAT,
			"code": code,
			"content": sealed_content.content(doc, source.evidence),
			"head": {name: plain(doc.get(name)) for name in HEAD},
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


def _some(record, names: tuple[str, ...]) -> dict:
	return {name: plain(record.get(name)) for name in names}


def _revision(evidence: Mapping, use) -> Mapping:
	return evidence.get((use.evidence, cint(use.revision) or 1)) or {}
