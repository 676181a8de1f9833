"""The life of a participant of a period: invited, ready, declared, or withdrawn. The one table of its steps.

Bagian Hukum invites a unit, its head declares it ready (kesiapan, by letter), and it is declared in public (pencanangan).
Who keeps periods may take each step for the unit, and undo one that was a mistake; the head of the unit takes their own.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from .duties import MANAGER, OPD_HEAD
from .steps import Steps, chosen

# Statuses, as stored in P2HAM Period Participant.
INVITED = "Invited"
READY = "Ready"
DECLARED = "Declared"
WITHDRAWN = "Withdrawn"
STATUSES = (INVITED, READY, DECLARED, WITHDRAWN)

# What a unit may begin as in a period: who keeps it also enters what was declared on paper before.
BEGINNINGS = (INVITED, READY, DECLARED)
# Units whose assessments are made.
TAKING_PART = (READY, DECLARED)

# Who takes the steps: the head of the unit their own, who keeps periods all of them.
HEAD, KEEPER = OPD_HEAD, MANAGER
WITHDRAWAL = ("withdrawn_on", "withdrawal_reason")

STEPS = Steps(
	STATUSES,
	(
		chosen(INVITED, READY, (HEAD, KEEPER), needs=("ready_on",)),
		chosen(READY, DECLARED, (KEEPER,), needs=("declared_on",)),
		*(
			chosen(source, WITHDRAWN, (HEAD, KEEPER), needs=WITHDRAWAL)
			for source in (INVITED, READY, DECLARED)
		),
		# A step that was a mistake is taken back; a unit that has withdrawn is invited again.
		chosen(READY, INVITED, (KEEPER,), clears=("ready_on",)),
		chosen(DECLARED, READY, (KEEPER,), needs=("ready_on",), clears=("declared_on",)),
		chosen(WITHDRAWN, INVITED, (KEEPER,), clears=("ready_on", "declared_on", *WITHDRAWAL)),
	),
)


def lacking(needs: tuple[str, ...], row: Mapping) -> list[str]:
	"""Return those of the needed fields that are empty in a row."""
	return [field for field in needs if not str(row.get(field) or "").strip()]


def needed_in(status: str) -> tuple[str, ...]:
	"""Return what a row must have whatever way it came to its status: nobody withdraws without a reason."""
	return WITHDRAWAL if status == WITHDRAWN else ()


def day_fault(ready_on: datetime.date | None, declared_on: datetime.date | None) -> bool:
	"""Tell whether a unit was declared before it was ready."""
	return bool(ready_on and declared_on and declared_on < ready_on)


QUALIFIED, NOT_YET = "Qualified", "Not Yet"


def check_result(answers: list[str]) -> str:
	"""Return what a preliminary check comes to: QUALIFIED where every question is answered Yes, NOT_YET where all are
	answered and one is not, empty while one is open."""
	if not answers or any(not answer for answer in answers):
		return ""
	return QUALIFIED if all(answer == "Yes" for answer in answers) else NOT_YET
