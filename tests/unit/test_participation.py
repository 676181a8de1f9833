import datetime

import pytest

from p2ham.engine import participation
from p2ham.engine.participation import DECLARED, HEAD, INVITED, KEEPER, READY, STATUSES, WITHDRAWN


@pytest.mark.parametrize(
	("source", "target", "takers"),
	[
		(INVITED, READY, {HEAD, KEEPER}),
		(READY, DECLARED, {KEEPER}),
		(INVITED, WITHDRAWN, {HEAD, KEEPER}),
		(READY, WITHDRAWN, {HEAD, KEEPER}),
		(DECLARED, WITHDRAWN, {HEAD, KEEPER}),
		(WITHDRAWN, INVITED, {KEEPER}),
	],
)
def test_who_takes_which_step(source, target, takers):
	assert set(participation.STEPS.find(source, target).duties) == takers


@pytest.mark.parametrize(
	("source", "target"),
	[
		(INVITED, DECLARED),
		(DECLARED, INVITED),
		(WITHDRAWN, READY),
		(WITHDRAWN, DECLARED),
		*zip(STATUSES, STATUSES, strict=True),
	],
)
def test_there_is_no_way_past_a_step(source, target):
	assert participation.STEPS.find(source, target) is None


def test_a_head_goes_on_or_leaves_and_takes_nothing_back():
	steps = {
		status: {step.target for step in participation.STEPS.steps_from(status, [HEAD])}
		for status in STATUSES
	}
	assert steps == {INVITED: {READY, WITHDRAWN}, READY: {WITHDRAWN}, DECLARED: {WITHDRAWN}, WITHDRAWN: set()}


def test_nobody_withdraws_without_a_day_and_a_reason():
	for step in participation.STEPS:
		assert (set(participation.WITHDRAWAL) <= set(step.needs)) == (step.target == WITHDRAWN)
	row = {"withdrawn_on": "2026-01-01", "withdrawal_reason": "  "}
	assert participation.lacking(participation.needed_in(WITHDRAWN), row) == ["withdrawal_reason"]
	assert participation.needed_in(READY) == ()


def test_a_step_back_empties_what_is_no_longer_true():
	assert participation.STEPS.find(DECLARED, READY).clears == ("declared_on",)
	assert set(participation.STEPS.find(WITHDRAWN, INVITED).clears) >= set(participation.WITHDRAWAL)


def test_a_unit_is_not_declared_before_it_is_ready():
	first, second = datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)
	assert participation.day_fault(second, first)
	assert not participation.day_fault(first, second) and not participation.day_fault(None, first)
