"""The life of a follow-up: who may change what of it, and when.

A follow-up leads from something weak (an indicator, a finding of the ministry, a talk) to a dated action. Bagian
Hukum says what should be better and closes; the unit says what it does and how far it has come.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable

from .duties import BAGIAN_HUKUM, KABAG_HUKUM, UNIT_DUTIES
from .lifecycle import Change
from .scoring import FULL_POINTS, Points
from .steps import Steps, chosen

OPEN = "Open"
IN_PROGRESS = "In Progress"
COMPLETED = "Completed"
CLOSED = "Closed"
STATUSES = (OPEN, IN_PROGRESS, COMPLETED, CLOSED)
# What the unit may say of it itself; that it is done well enough says Bagian Hukum.
UNIT_STATUSES = (OPEN, IN_PROGRESS, COMPLETED)
UNFINISHED = (OPEN, IN_PROGRESS)

STEPS = Steps(
	STATUSES,
	(
		*(
			chosen(source, target, (*UNIT_DUTIES, *BAGIAN_HUKUM))
			for source, target in itertools.permutations(UNIT_STATUSES, 2)
		),
		*(chosen(source, CLOSED, BAGIAN_HUKUM) for source in UNIT_STATUSES),
		*(chosen(CLOSED, target, (KABAG_HUKUM,)) for target in UNIT_STATUSES),
	),
)

# Fields, and tables as a whole, that the unit fills.
UNIT_FIELDS = frozenset({"action", "responsible", "progress", "progress_note", "status", "evidence"})
# Written by the app itself: when it was completed and closed and by whom, and how it went on until then.
STAMPS = frozenset({"completed_on", "completed_by", "closed_on", "closed_by"})
HISTORY = "progress_notes"
FULL_PROGRESS = 100


def forbidden_changes(
	before: str, after: str, duties: Iterable[str], changes: Iterable[Change]
) -> list[Change]:
	"""Return the changes of a follow-up that somebody with these duties may not make.

	`before` and `after` are its statuses; between them leads a step that is theirs, or the status stays. One that is
	closed stays as it is; only Kabag Hukum opens it again, and changes nothing else in the same breath.
	"""
	held = set(duties)
	takes_step = STEPS.find(before, after, held) is not None
	if before == CLOSED:
		return [change for change in changes if not (takes_step and _changed(change) == "status")]
	no_step = {"status"} if before != after and not takes_step else set()
	if held.intersection(BAGIAN_HUKUM):
		fixed = {*STAMPS, HISTORY, "owner", "docstatus"} | no_step
		return [change for change in changes if _changed(change) in fixed]
	allowed = UNIT_FIELDS - no_step if held.intersection(UNIT_DUTIES) else frozenset()
	return [change for change in changes if _changed(change) not in allowed]


def _changed(change: Change) -> str:
	"""Return the field, or the table in a row of which something changed: rows have a progress of their own."""
	return change.table or change.field


def is_unmet(points: Points) -> bool:
	"""Tell whether a verified answer (points 0-100) leaves something to do: what does not apply leaves nothing."""
	return points.value is not None and points.value < FULL_POINTS


def lacks_proof(before: str, after: str, note: str | None, evidence: int) -> bool:
	"""Tell whether a follow-up becomes Completed and nothing says by what: neither a note on its progress nor any
	evidence. One that was closed had passed Bagian Hukum and may go back without."""
	becomes = after == COMPLETED and before not in (COMPLETED, CLOSED)
	return becomes and not (note or "").strip() and not evidence


def concerns_next_year(status: str, of_last_round: bool) -> bool:
	"""Tell whether the next assessment of the indicator shows a follow-up: one of the last round whatever became of
	it, an older one as long as it is not closed."""
	return of_last_round or status != CLOSED


def days_late(due: datetime.date | None, status: str, today: datetime.date) -> int:
	"""Return by how many days a follow-up is late; 0 if it is done, has no date or still has time."""
	if not due or status not in UNFINISHED or due >= today:
		return 0
	return (today - due).days
