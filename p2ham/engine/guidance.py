"""The life of guidance: asked for, accepted, scheduled, held, or declined and cancelled. The one table.

A unit asks and may take back what it asked (its own request only); Bagian Hukum answers, plans and records. What the
form shows and what the server checks both come from here.
"""

from __future__ import annotations

from collections.abc import Iterable

from .duties import BAGIAN_HUKUM, KABAG_HUKUM, UNIT_DUTIES
from .lifecycle import Change
from .steps import Step, Steps

# The kind that a unit asks for; Bagian Hukum chooses the others.
REQUEST = "Request for Guidance"

# Statuses, as stored in P2HAM Guidance.
REQUESTED = "Requested"
ACCEPTED = "Accepted"
SCHEDULED = "Scheduled"
HELD = "Held"
CANCELLED = "Cancelled"
STATUSES = (REQUESTED, ACCEPTED, SCHEDULED, HELD, CANCELLED)

ACCEPT = "Accept"
SCHEDULE = "Schedule"
HOLD = "Record as Held"
DECLINE = "Decline"
WITHDRAW = "Withdraw"
CANCEL = "Cancel"
REOPEN = "Reopen"

# When and where it is: what an invitation is about.
OCCASION = ("date", "start_time", "end_time", "place", "host")
REASON = "cancel_reason"
DECISIONS = "decisions"
# What was said and agreed, and who signs for it.
MINUTES = frozenset(
	{
		"outcome",
		"minutes_number",
		"chair",
		"chair_position",
		"chair_nip",
		"note_taker",
		"note_taker_position",
		"note_taker_nip",
	}
)
# What a unit may not say of its own request: what it is, what became of it, and what was agreed.
NOT_OF_A_REQUEST = frozenset({"kind", "status", "owner"}) | MINUTES
# What a unit leaves empty in a request that it makes.
NOT_ASKED = (*sorted(MINUTES), DECISIONS, REASON)
# Written by the app itself: what was sent to whom.
STAMPS = ("invited_on", "invitation_sequence", "invitation_sent")
# What the link from a decision to its follow-up is called among the fields that an action writes.
LINK = "follow_up"

STEPS = Steps(
	STATUSES,
	(
		Step(REQUESTED, ACCEPT, ACCEPTED, BAGIAN_HUKUM),
		Step(REQUESTED, SCHEDULE, SCHEDULED, BAGIAN_HUKUM, ("date",)),
		Step(REQUESTED, DECLINE, CANCELLED, BAGIAN_HUKUM, (REASON,)),
		Step(REQUESTED, WITHDRAW, CANCELLED, UNIT_DUTIES, (REASON,), of_request=True),
		Step(ACCEPTED, SCHEDULE, SCHEDULED, BAGIAN_HUKUM, ("date",)),
		Step(ACCEPTED, HOLD, HELD, BAGIAN_HUKUM, ("date",)),
		Step(ACCEPTED, CANCEL, CANCELLED, BAGIAN_HUKUM, (REASON,)),
		Step(SCHEDULED, HOLD, HELD, BAGIAN_HUKUM, ("date",)),
		Step(SCHEDULED, CANCEL, CANCELLED, BAGIAN_HUKUM, (REASON,)),
		# What was recorded by mistake; only Kabag Hukum takes it back.
		Step(HELD, REOPEN, SCHEDULED, (KABAG_HUKUM,), ("date",)),
		Step(CANCELLED, REOPEN, REQUESTED, (KABAG_HUKUM,), of_request=True),
		Step(CANCELLED, REOPEN, SCHEDULED, (KABAG_HUKUM,), ("date",), of_request=False),
	),
)


def forbidden_changes(
	status: str,
	step: Step | None,
	changes: Iterable[Change],
	bagian_hukum: bool,
	written: frozenset[str] = frozenset(),
) -> list[Change]:
	"""Return the changes of guidance in `status` that Bagian Hukum, or else the unit whose own request it is, may not
	make.

	`step` is the one that is being taken, if any; `written` are fields that an action of the app writes. What was
	cancelled stays as it is, until it is opened again. What was held may still be completed.
	"""
	return [change for change in changes if not _allowed(status, step, change, bagian_hukum, written)]


def _allowed(
	status: str, step: Step | None, change: Change, bagian_hukum: bool, written: frozenset[str]
) -> bool:
	if change.table == DECISIONS and change.field == LINK:
		return LINK in written
	if not change.table:
		if change.field in STAMPS:
			return True  # put back by the controller, whatever was sent
		if change.field in ("owner", "docstatus"):
			return False
		if change.field == "status":
			return step is not None
		if change.field == REASON:
			return step is not None and CANCELLED in (step.source, step.target)
	if status == CANCELLED:
		planned = step is not None and step.target == SCHEDULED
		return planned and not change.table and change.field in OCCASION
	if bagian_hukum:
		return True
	if status != REQUESTED:
		return False
	return change.table != DECISIONS and (bool(change.table) or change.field not in NOT_OF_A_REQUEST)


def is_fixed(status: str, bagian_hukum: bool) -> bool:
	"""Tell whether guidance no longer takes files: what was cancelled from nobody, the rest from Bagian Hukum only, once
	it is answered."""
	return status == CANCELLED or (status != REQUESTED and not bagian_hukum)
