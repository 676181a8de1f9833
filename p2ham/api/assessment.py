"""Doors of an assessment: what its form shows, and the steps of its life."""

import frappe
from frappe import _

from p2ham.access import duties, keepers, scope, unit_windows
from p2ham.access.guard import StepRequest
from p2ham.access.stored_values import settled
from p2ham.assessment import comparing, evidence_rows, last_year, readiness
from p2ham.documents import catalogue, evaluation, numbering
from p2ham.engine import lifecycle, scoring
from p2ham.engine.steps import Step
from p2ham.engine.windows import WINDOWS
from p2ham.evidence import revisions
from p2ham.follow_ups import from_assessment
from p2ham.instruments import store

# Documents that every assessment has; which of the others it has depends on its result.
ALWAYS = ("assessment_sheet", "evidence_list")
# What the form shows of a document.
SHOWN = (
	"title",
	"kind",
	"file",
	"url",
	"mime_type",
	"size",
	"pages",
	"document_date",
	"valid_from",
	"valid_until",
	"sha256",
	"revision",
)


@frappe.whitelist(methods=["POST"])
def take_step(
	name: str, action: str, note: str = "", modified: str | None = None, until: str | None = None
) -> dict:
	"""Take a step (Submit, Return, Review, Approve, Cancel) with its note; return the new state, and for Submit
	the documents that are not valid in all of the data year.

	`modified` is the time stamp the caller has seen; a newer document refuses the step. `until` is the day until
	which a return gives time, needed where the window it reopens is over. All conditions are checked by the
	document itself. Raises frappe.PermissionError, frappe.ValidationError or
	frappe.TimestampMismatchError.
	"""
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.check_permission("read")
	transition = lifecycle.TRANSITIONS.find_action(doc.workflow_state, action)
	if not transition:
		frappe.throw(
			_("{0} is {1}: the step {2} is not possible.").format(name, _(doc.workflow_state), _(action)),
			frappe.PermissionError,
		)
	if modified:
		doc.modified = modified  # what Frappe compares with the stored time stamp
	if transition.note_field:
		note = settled(doc.doctype, transition.note_field, note)
	if transition.until_field:
		until = settled(doc.doctype, transition.until_field, until)
	doc.take_step(transition, StepRequest(note, until or ""))
	return {
		"name": doc.name,
		"workflow_state": doc.workflow_state,
		"modified": str(doc.modified),
		"not_valid": evidence_rows.not_valid(doc) if transition.needs_complete else [],
	}


@frappe.whitelist(methods=["POST"])
def give_numbers(name: str, sheet_number: str | None = None, record_number: str | None = None) -> dict:
	"""Give the documents of an approved assessment their numbers; a number that is not named stays, an empty one is
	taken away. Return both as they are now.

	Raises frappe.PermissionError, frappe.ValidationError or frappe.DuplicateEntryError.
	"""
	doc = frappe.get_doc("P2HAM Assessment", name, for_update=True)
	doc.check_permission("read")
	given = {"sheet_number": sheet_number, "record_number": record_number}
	numbering.give(doc, {field: number for field, number in given.items() if number is not None})
	return {field: doc.get(field) or "" for field in numbering.FIELDS}


@frappe.whitelist(methods=["GET", "POST"])
def get_worksheet(name: str) -> dict:
	"""Return what the form shows around the stored answers: criteria in order, guidance, scales, evidence
	slots, the documents in use, what is missing, who may do what now."""
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.check_permission("read")
	instrument = store.load(doc.instrument)
	held = duties.names(duties.for_unit(doc.opd))
	editable = lifecycle.EDITABLE.get(doc.workflow_state)
	may_edit = bool(editable and held.intersection(editable.duties))
	asked = {row.indicator for row in doc.items}
	calendar = unit_windows.calendar(doc)
	closed = unit_windows.why_closed(doc, editable.window) if editable and may_edit else ""
	settings = frappe.get_cached_doc("P2HAM Settings")
	return {
		"instrument": {
			"name": doc.instrument,
			"title": instrument.title,
			"regulation": instrument.regulation,
			"has_pass_mark": instrument.has_pass_mark,
		},
		"criteria": [
			{"name": row.code, "title": row.title, "parent": row.parent, "sequence": position}
			for position, row in enumerate(instrument.criteria)
		],
		"indicators": {
			row.code: {
				"guidance": row.guidance,
				"scale": row.scale,
				"mandatory": row.mandatory,
				"principles": row.principles,
				"vulnerable_groups": row.vulnerable_groups,
				"slots": [
					{
						"label": slot.label,
						"kind": slot.kind,
						"mandatory": slot.mandatory,
						"example": slot.example,
					}
					for slot in row.evidence_slots
				],
			}
			for row in instrument.indicators
			if row.code in asked
		},
		"scales": {
			scale.title: {
				"kind": scale.kind,
				"options": [
					{
						"label": option.label,
						"points": float(option.points),
						"not_applicable": option.not_applicable,
						"range": scoring.band_range(option) if scale.kind == "Bands" else "",
					}
					for option in scale.options
				],
			}
			for scale in instrument.scales
		},
		"thresholds": [
			{"label": row.label, "min_score": float(row.min_score), "colour": row.colour}
			for row in instrument.thresholds
		],
		"evidence": _evidence(doc),
		"carried": _carried(doc),
		"data_year": frappe.db.get_value("P2HAM Period", doc.period, "data_year"),
		"missing": [
			{"code": gap.code, "kind": gap.gap.value, "slot": gap.slot, "text": readiness.describe(gap)}
			for gap in readiness.missing(doc)
		],
		"side": _side(doc.workflow_state) if may_edit and not closed else "",
		"closed": closed,
		"steps": [
			{
				"action": step.action,
				"target": step.target,
				"note_field": step.note_field,
				"note_required": step.note_required,
				"needs_complete": step.needs_complete,
				"needs_verified": step.needs_verified,
				"correction": _correction(doc, step),
			}
			for step in lifecycle.TRANSITIONS.steps_from(doc.workflow_state, held)
		],
		"until": {kind: str(calendar.bounds(kind)[1] or "") for kind in WINDOWS},
		"limits": {"types": settings.allowed_types(), "max_mb": settings.evidence_max_mb or 0},
		"notice": settings.notice or "",
		"documents": _documents(doc, instrument),
		"may_number": bool(keepers.held_for(doc)),
		"last_year": last_year.for_assessment(doc),
		"follow_ups": from_assessment.counts(doc) if duties.is_bagian_hukum() else None,
	}


def _documents(doc, instrument) -> list[dict]:
	"""Return the official documents that can be made of an assessment now, as (key, label)."""
	result = evaluation.key_of(doc, instrument)
	return [
		{"key": kind.key, "label": kind.label}
		for kind in catalogue.KINDS
		if kind.doctype == doc.doctype and (kind.key in ALWAYS or kind.key == result)
	]


@frappe.whitelist(methods=["GET", "POST"])
def earlier(name: str) -> list[dict]:
	"""Return the earlier assessments of the same unit that the session's user may read, newest first: what
	`compare` can set beside this one. Raises frappe.PermissionError."""
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.check_permission("read")
	return comparing.earlier(doc)


@frappe.whitelist(methods=["GET", "POST"])
def compare(name: str, older: str) -> dict:
	"""Compare an assessment with an earlier one of the same unit: totals, criteria, indicators (points 0-100),
	and what cannot be compared, with the reason.

	Raises frappe.PermissionError unless both may be read, and frappe.ValidationError for different units, a
	cancelled assessment, or one that is not earlier.
	"""
	doc, before = frappe.get_doc("P2HAM Assessment", name), frappe.get_doc("P2HAM Assessment", older)
	doc.check_permission("read")
	before.check_permission("read")
	comparing.refuse_unlike(before, doc)
	return comparing.compare(before, doc)


def _correction(doc, step: Step) -> dict | None:
	"""Say between which days a return gives time for corrections; None where it need not."""
	if not step.until_field:
		return None
	bounds = unit_windows.correction_bounds(doc, step)
	return {"first": str(bounds.first), "last": str(bounds.last or "")} if bounds.needed else None


def _carried(doc) -> dict[str, int]:
	"""Return the years of the assessments from which something was carried over, by name."""
	names = sorted({row.carried_from for row in doc.items if row.carried_from})
	if not names:
		return {}
	return dict(
		frappe.get_all(
			doc.doctype,
			filters={"name": ("in", names)},
			fields=["name", "assessment_year"],
			order_by="name",
			as_list=True,
		)
	)


def _side(state: str) -> str:
	"""Say which side of the sheet is being filled in a state: the unit's or the verifier's."""
	return "self" if state == lifecycle.DRAFT else "verified"


def _evidence(doc) -> dict:
	"""Return the documents that the reader may see, as they were (in a draft: are) when the sheet was handed over."""
	seen = scope.seen("P2HAM Evidence", sorted({row.evidence for row in doc.evidence_uses}))
	if not seen:
		return {}
	now = {
		row.name: row
		for row in frappe.get_all(
			"P2HAM Evidence",
			filters={"name": ("in", sorted(seen))},
			fields=["name", "revision", "contains_personal_data", "scan_status", "link_state"],
			order_by="name",
		)
	}
	pinned = {
		row.evidence: now[row.evidence].revision if doc.workflow_state == lifecycle.DRAFT else row.revision
		for row in doc.evidence_uses
		if row.evidence in seen
	}
	found = revisions.by_use(
		frappe._dict(evidence=evidence, revision=revision) for evidence, revision in pinned.items()
	)
	counted = revisions.findings(found)
	return {
		evidence: {
			**{field: row[field] for field in SHOWN},
			"name": evidence,
			"newest": now[evidence].revision,
			"contains_personal_data": now[evidence].contains_personal_data,
			"scan_status": now[evidence].scan_status if row.revision == now[evidence].revision else "",
			"findings": counted.get((evidence, row.revision), 0),
			"link_state": now[evidence].link_state,
		}
		for (evidence, _revision), row in found.items()
	}
