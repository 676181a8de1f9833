"""What people are told as it happens: event -> whom -> by which switch of the settings. The one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from . import follow_up as follow_ups
from . import guidance, lifecycle
from .duties import BAGIAN_HUKUM, KABAG_HUKUM, SEKDA
from .faults import N_

# Whom: holders of a duty for the regency (named by the duty), or
UNIT = "the people of the units concerned"
SUBMITTER = "who had submitted it"

# Switches, as the settings call them.
STEPS, GUIDANCE, FOLLOW_UPS = "notify_steps", "notify_guidance", "notify_follow_ups"


@dataclass(frozen=True)
class Event:
	"""Something that happened to a document.

	`states` are those in which the document must still be when people are told: what is not so any more is no news.
	None for any. `subject` and `text` are marked English templates; which values they take is said at `EVENTS`. `note`
	is the field of the document that says why.
	"""

	whom: tuple[str, ...]
	switch: str
	subject: str
	text: str
	states: tuple[str, ...] | None = None
	note: str = ""


# DocType -> name of the event -> the event. The templates take
# of an assessment: {0} the name of the unit, {1} the title of the period;
# of guidance: {0} its kind, {1} its subject, {2} the units that take part, {3} day, hours and place;
# of a follow-up: {0} the name of the unit, {1} the recommendation, {2} the day on which it is due.
EVENTS: Mapping[str, Mapping[str, Event]] = {
	"P2HAM Assessment": {
		"submitted": Event(
			BAGIAN_HUKUM,
			STEPS,
			N_("{0} has submitted its assessment: {1}"),
			N_("Answers and documents are to be verified; then the assessment can be reviewed."),
			(lifecycle.SUBMITTED,),
		),
		"returned to the unit": Event(
			(SUBMITTER, UNIT),
			STEPS,
			N_("The assessment of {0} was returned: {1}"),
			N_("Correct what the note says, then submit it again."),
			(lifecycle.DRAFT,),
			"return_note",
		),
		"returned to review": Event(
			BAGIAN_HUKUM,
			STEPS,
			N_("The review of {0} was returned: {1}"),
			N_("Look again at what the note says, then review the assessment anew."),
			(lifecycle.SUBMITTED,),
			"return_note",
		),
		"reviewed": Event(
			(SEKDA,),
			STEPS,
			N_("The assessment of {0} was reviewed: {1}"),
			N_("It waits for a decision."),
			(lifecycle.REVIEWED,),
		),
		"approved": Event(
			(UNIT, KABAG_HUKUM),
			STEPS,
			N_("The assessment of {0} was approved: {1}"),
			N_("Its result is final, and its documents can be printed."),
			(lifecycle.APPROVED,),
		),
		"cancelled": Event(
			(UNIT, *BAGIAN_HUKUM),
			STEPS,
			N_("The approved assessment of {0} was cancelled: {1}"),
			N_("The unit can amend it and begin again."),
			(lifecycle.CANCELLED,),
			"cancel_note",
		),
	},
	"P2HAM Guidance": {
		"requested": Event(
			BAGIAN_HUKUM,
			GUIDANCE,
			N_("Request for guidance from {2}: {1}"),
			N_("The request waits for an answer."),
			(guidance.REQUESTED,),
		),
		"accepted": Event(
			(UNIT,),
			GUIDANCE,
			N_("The request for guidance was accepted: {1}"),
			N_("Day and place will follow."),
			(guidance.ACCEPTED,),
		),
		"accepted and scheduled": Event(
			(UNIT,),
			GUIDANCE,
			N_("The request for guidance was accepted: {1}, {3}"),
			N_("The day has been set."),
			(guidance.SCHEDULED,),
		),
		"not continued": Event(
			(UNIT, *BAGIAN_HUKUM),
			GUIDANCE,
			N_("Request for guidance not continued: {1}"),
			N_("It was declined or taken back."),
			(guidance.CANCELLED,),
			guidance.REASON,
		),
		"scheduled": Event(
			(UNIT,),
			GUIDANCE,
			N_("{0}: {1}, {3}"),
			N_("Your unit takes part."),
			(guidance.SCHEDULED,),
		),
		"moved": Event(
			(UNIT,),
			GUIDANCE,
			N_("Moved: {1}, {3}"),
			N_("Day, hours or place have changed."),
			(guidance.SCHEDULED,),
		),
		"cancelled": Event(
			(UNIT,),
			GUIDANCE,
			N_("Cancelled: {1}"),
			N_("It does not take place."),
			(guidance.CANCELLED,),
			guidance.REASON,
		),
	},
	"P2HAM Follow-up": {
		"created": Event(
			(UNIT,),
			FOLLOW_UPS,
			N_("New follow-up for {0}, due on {2}: {1}"),
			N_("Say what will be done and who does it, and report on the progress."),
		),
		"completed": Event(
			BAGIAN_HUKUM,
			FOLLOW_UPS,
			N_("{0} has completed a follow-up: {1}"),
			N_("Look whether it is done well enough, then close it."),
			(follow_ups.COMPLETED,),
		),
		"closed": Event(
			(UNIT,),
			FOLLOW_UPS,
			N_("A follow-up of {0} was closed: {1}"),
			N_("Nothing more is to be done."),
			(follow_ups.CLOSED,),
		),
		"opened again": Event(
			(UNIT,),
			FOLLOW_UPS,
			N_("A follow-up of {0} was opened again: {1}"),
			N_("More is to be done."),
			(*follow_ups.UNFINISHED, follow_ups.COMPLETED),
		),
	},
}

_STEPS = {
	("Submit", lifecycle.SUBMITTED): "submitted",
	("Return", lifecycle.DRAFT): "returned to the unit",
	("Return", lifecycle.SUBMITTED): "returned to review",
	("Review", lifecycle.REVIEWED): "reviewed",
	("Approve", lifecycle.APPROVED): "approved",
	("Cancel", lifecycle.CANCELLED): "cancelled",
}


def of_step(action: str, target: str) -> str | None:
	"""Return the event that a step of the lifecycle is."""
	return _STEPS.get((action, target))


def of_guidance(before: str | None, after: str, moved: bool = False) -> str | None:
	"""Return the event that a save of guidance is, by its status `before` (None for new) and `after`; `moved` says
	that day, hours or place have changed."""
	if before == after:
		return "moved" if moved and after == guidance.SCHEDULED else None
	if after == guidance.REQUESTED:
		return "requested"
	if after == guidance.ACCEPTED:
		return "accepted"
	if after == guidance.SCHEDULED and before != guidance.HELD:
		return "accepted and scheduled" if before == guidance.REQUESTED else "scheduled"
	if after == guidance.CANCELLED and before:
		return "not continued" if before == guidance.REQUESTED else "cancelled"
	return None


def of_follow_up(before: str | None, after: str) -> str | None:
	"""Return the event that a save of a follow-up is, by its status `before` (None for new) and `after`."""
	if before is None:
		return "created"
	if before == after:
		return None
	if after == follow_ups.COMPLETED and before != follow_ups.CLOSED:
		return "completed"
	if after == follow_ups.CLOSED:
		return "closed"
	return "opened again" if before in (follow_ups.COMPLETED, follow_ups.CLOSED) else None
