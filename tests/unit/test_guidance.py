"""The life of guidance: which steps there are, whose they are, and what changes when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import guidance
from p2ham.engine.duties import BAGIAN_HUKUM
from p2ham.engine.guidance import (
	ACCEPTED,
	CANCELLED,
	HELD,
	MINUTES,
	REQUEST,
	REQUESTED,
	SCHEDULED,
	STATUSES,
)
from p2ham.engine.lifecycle import Change

CLERK, VERIFIER, KABAG = "OPD Clerk", "P2HAM Verifier", "Kabag Hukum"
MEETING = "Coordination Meeting"
SAID = [Change(field) for field in ("subject", "agenda", "date", "place")]
ROW = Change("", "participants", "x", "added")


def actions(status, kind, *duties):
	return [step.action for step in guidance.STEPS.steps_from(status, duties, kind == REQUEST)]


def refused(status, changes, step=None, bagian_hukum=True, written=frozenset()):
	found = guidance.forbidden_changes(status, step, changes, bagian_hukum, written)
	return {change.field or change.table for change in found}


def test_bagian_hukum_answers_plans_and_records():
	assert actions(REQUESTED, REQUEST, VERIFIER) == ["Accept", "Schedule", "Decline"]
	assert actions(ACCEPTED, REQUEST, VERIFIER) == ["Schedule", "Record as Held", "Cancel"]
	assert actions(SCHEDULED, MEETING, VERIFIER) == ["Record as Held", "Cancel"]
	assert actions(HELD, MEETING, VERIFIER) == actions(CANCELLED, MEETING, VERIFIER) == []


def test_only_kabag_hukum_opens_again_a_request_as_it_was_asked_and_a_meeting_as_it_was_planned():
	assert [step.target for step in guidance.STEPS.steps_from(CANCELLED, [KABAG], True)] == [REQUESTED]
	assert [step.target for step in guidance.STEPS.steps_from(CANCELLED, [KABAG], False)] == [SCHEDULED]
	assert [step.target for step in guidance.STEPS.steps_from(HELD, [KABAG], False)] == [SCHEDULED]


def test_a_unit_takes_back_what_it_asked_for_until_somebody_answered():
	assert actions(REQUESTED, REQUEST, CLERK) == ["Withdraw"]
	assert actions(REQUESTED, MEETING, CLERK) == []
	for status in (ACCEPTED, SCHEDULED, HELD, CANCELLED):
		assert actions(status, REQUEST, CLERK) == []


@pytest.mark.parametrize("duty", ["Sekda", "P2HAM Observer", "P2HAM Manager"])
@pytest.mark.parametrize("status", STATUSES)
def test_nobody_else_takes_a_step(status, duty):
	assert actions(status, REQUEST, duty) == actions(status, MEETING, duty) == []


def test_whatever_ends_without_being_held_has_a_reason_and_what_is_planned_a_date():
	for step in guidance.STEPS:
		assert (guidance.REASON in step.needs) == (step.target == CANCELLED), step
		assert ("date" in step.needs) == (step.target in (SCHEDULED, HELD)), step


def test_everything_can_be_reached_and_left():
	assert (
		{step.target for step in guidance.STEPS} == {step.source for step in guidance.STEPS} == set(STATUSES)
	)


@given(
	st.sampled_from(STATUSES),
	st.sampled_from(STATUSES),
	st.sampled_from([REQUEST, MEETING]),
	st.sets(st.sampled_from([CLERK, VERIFIER, KABAG, "Sekda"])),
)
def test_a_step_that_somebody_takes_is_one(status, target, kind, duties):
	step = guidance.STEPS.find(status, target, duties, kind == REQUEST)
	if step:
		assert guidance.STEPS.is_step(status, target, kind == REQUEST) and duties.intersection(step.duties)
	if not duties.intersection({*BAGIAN_HUKUM, CLERK}):
		assert step is None


def test_a_unit_writes_neither_kind_nor_minutes_nor_decisions_of_its_request():
	minutes = [Change(field) for field in sorted(MINUTES)]
	decisions = [Change("", "decisions", "x", "added"), Change("decision", "decisions", "x")]
	changes = [*SAID, ROW, *minutes, *decisions, *map(Change, ("kind", "status", "owner"))]
	found = refused(REQUESTED, changes, bagian_hukum=False)
	assert found == {*MINUTES, "decisions", "decision", "kind", "status", "owner"}
	assert refused(ACCEPTED, [*SAID, ROW], bagian_hukum=False) == {
		"subject",
		"agenda",
		"date",
		"place",
		"participants",
	}


def test_bagian_hukum_completes_what_was_held_and_leaves_what_was_cancelled():
	minutes = [Change(field) for field in sorted(MINUTES)]
	assert refused(HELD, [*SAID, ROW, *minutes]) == set()
	assert refused(CANCELLED, [*SAID, ROW, *minutes]) == {
		*(change.field for change in SAID),
		"participants",
		*MINUTES,
	}


def test_what_was_cancelled_gets_another_day_only_with_the_step_that_opens_it_again():
	(step,) = guidance.STEPS.steps_from(CANCELLED, [KABAG], False)
	changes = [*map(Change, ("status", "date", "place", "cancel_reason", "agenda"))]
	assert refused(CANCELLED, changes, step) == {"agenda"}
	(step,) = guidance.STEPS.steps_from(CANCELLED, [KABAG], True)
	assert refused(CANCELLED, changes, step) == {"date", "place", "agenda"}


def test_the_reason_is_given_with_the_step_and_the_status_changes_by_steps_only():
	step = guidance.STEPS.find(SCHEDULED, CANCELLED, [VERIFIER], False)
	both = [Change("status"), Change(guidance.REASON)]
	assert refused(SCHEDULED, both, step) == set()
	assert refused(SCHEDULED, both) == {"status", guidance.REASON}
	assert refused(SCHEDULED, [Change(guidance.REASON)]) == {guidance.REASON}


def test_the_link_to_a_follow_up_is_written_by_the_action_that_makes_it():
	link = [Change("follow_up", "decisions", "x")]
	for status in STATUSES:
		assert refused(status, link) == {"follow_up"}
	assert refused(HELD, link, written=frozenset({guidance.LINK})) == set()


def test_files_go_to_whom_may_still_change_it():
	assert [status for status in STATUSES if guidance.is_fixed(status, True)] == [CANCELLED]
	assert [status for status in STATUSES if not guidance.is_fixed(status, False)] == [REQUESTED]
