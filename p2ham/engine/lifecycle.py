"""The life of an assessment: states, actions, duties, and what may change when. The one table.

The Workflow record of the desk, the server's checks, the permission tests and the documentation all follow
from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import windows
from .duties import BAGIAN_HUKUM, DUTIES, KABAG_HUKUM, SEKDA, UNIT_DUTIES
from .steps import Step, Steps

# States, as stored in `workflow_state`.
DRAFT = "Draft"
SUBMITTED = "Submitted"
REVIEWED = "Reviewed"
APPROVED = "Approved"
CANCELLED = "Cancelled"


@dataclass(frozen=True)
class StateInfo:
	"""A state as the desk shows it: `docstatus` as Frappe counts it, `style` a Workflow State style."""

	name: str
	docstatus: int
	style: str
	editors: tuple[str, ...] = ()


STATES = (
	StateInfo(DRAFT, 0, "", UNIT_DUTIES),
	StateInfo(SUBMITTED, 0, "Warning", BAGIAN_HUKUM),
	StateInfo(REVIEWED, 0, "Primary", (SEKDA,)),
	StateInfo(APPROVED, 1, "Success", (SEKDA,)),
	StateInfo(CANCELLED, 2, "Danger", (SEKDA,)),
)


TRANSITIONS = Steps(
	tuple(state.name for state in STATES),
	(
		Step(
			DRAFT,
			"Submit",
			SUBMITTED,
			UNIT_DUTIES,
			window=windows.FILL,
			needs_complete=True,
			stamp="submitted",
			clears=("return_note", "correct_until"),
		),
		Step(
			SUBMITTED,
			"Return",
			DRAFT,
			(KABAG_HUKUM,),
			note_field="return_note",
			note_required=True,
			window=windows.REVIEW,
			reopens=windows.FILL,
			until_field="correct_until",
		),
		Step(
			SUBMITTED,
			"Review",
			REVIEWED,
			(KABAG_HUKUM,),
			note_field="review_note",
			window=windows.REVIEW,
			needs_verified=True,
			differs_from=("submitted_by",),
			stamp="reviewed",
			clears=("return_note", "correct_until"),
		),
		Step(
			REVIEWED,
			"Return",
			SUBMITTED,
			(SEKDA,),
			note_field="return_note",
			note_required=True,
			window=windows.APPROVE,
			reopens=windows.REVIEW,
			until_field="correct_until",
		),
		Step(
			REVIEWED,
			"Approve",
			APPROVED,
			(SEKDA,),
			window=windows.APPROVE,
			differs_from=("submitted_by", "reviewed_by"),
			stamp="approved",
		),
		Step(
			APPROVED,
			"Cancel",
			CANCELLED,
			(SEKDA,),
			note_field="cancel_note",
			note_required=True,
			window=windows.ANY_DAY,
		),
	),
	ends=(CANCELLED,),
)

ACTIONS = TRANSITIONS.actions


@dataclass(frozen=True)
class Editable:
	"""What certain duties may change in a state, and in which window of the period: fields of the document,
	fields of rows by table, and tables whose rows may be added and removed."""

	duties: tuple[str, ...]
	window: str
	fields: frozenset[str] = frozenset()
	rows: Mapping[str, frozenset[str]] = field(default_factory=dict)
	open_tables: frozenset[str] = frozenset()


EDITABLE = {
	DRAFT: Editable(
		UNIT_DUTIES,
		windows.FILL,
		rows={
			# Confirmed only, never marked as carried over: `worksheet` sees to that.
			"items": frozenset({"self_answer", "self_note", "carried_over"}),
			"evidence_uses": frozenset({"indicator", "slot", "evidence", "carried_over"}),
		},
		open_tables=frozenset({"evidence_uses"}),
	),
	SUBMITTED: Editable(
		BAGIAN_HUKUM,
		windows.REVIEW,
		fields=frozenset({"sheet_number", "record_number"}),
		rows={
			"items": frozenset({"verified_answer", "verified_note"}),
			"evidence_uses": frozenset({"verification", "note"}),
		},
	),
}

# How the log names the beginning of an assessment, which is no step of the table.
CREATE = "Create"
# The figures of an assessment were put right by `bench p2ham-recompute`; its answers did not change.
RECOMPUTE = "Recompute"
# Who keeps the period gave the unit a last day of its own.
EXTEND = "Extend"
# What happens to an approved assessment without changing it: its documents got their numbers, a signed copy was kept.
NUMBER = "Number Documents"
KEEP_COPY = "Keep Copy"
# What had been approved before there were snapshots was sealed as it stood.
SEAL = "Seal"


@dataclass(frozen=True)
class Change:
	"""A field that differs between the stored and the new document; `table` and `row` for child rows."""

	field: str
	table: str = ""
	row: str = ""
	kind: str = "changed"  # changed, added, removed


def state(name: str) -> StateInfo:
	"""Return what is known of a state. Raises KeyError for a name that is none."""
	return {info.name: info for info in STATES}[name]


def forbidden_changes(
	state: str, duties: Iterable[str], changes: Iterable[Change], step: Step | None = None
) -> list[Change]:
	"""Return the changes that somebody with these duties may not make in a state.

	A step brings its own: the state itself and the note that explains it.
	"""
	editable = EDITABLE.get(state)
	if editable and not set(duties).intersection(editable.duties):
		editable = None
	return [change for change in changes if not _allowed(change, editable, step)]


def _allowed(change: Change, editable: Editable | None, step: Step | None) -> bool:
	if not change.table:
		if step and change.field in {"workflow_state", "docstatus", step.note_field, step.until_field}:
			return True
		return editable is not None and change.field in editable.fields
	if editable is None:
		return False
	if change.kind in ("added", "removed"):
		return change.table in editable.open_tables
	return change.field in editable.rows.get(change.table, frozenset())


def four_eyes_conflict(
	step: Step,
	user: str,
	stamps: Mapping[str, str | None],
	taken: Iterable[tuple[str, str]] = (),
) -> str | None:
	"""Return the stamp (e.g. `submitted_by`) that forbids this step to `user`, because they took the step it
	stands for: the last one of its kind (`stamps`), or one before a return (`taken`: pairs of action and user).
	"""
	for stamp in step.differs_from:
		actions = {other.action for other in TRANSITIONS if f"{other.stamp}_by" == stamp}
		if stamps.get(stamp) == user or any(action in actions and who == user for action, who in taken):
			return stamp
	return None


def who_acts(state: str) -> tuple[str, ...]:
	"""Return the duties that have something to do while an assessment is in a state, in the order of DUTIES."""
	if next((info.docstatus for info in STATES if info.name == state), None) != 0:
		return ()
	acting = set(EDITABLE[state].duties if state in EDITABLE else ())
	acting.update(duty for step in TRANSITIONS.steps_from(state) for duty in step.duties)
	return tuple(duty for duty in DUTIES if duty in acting)
