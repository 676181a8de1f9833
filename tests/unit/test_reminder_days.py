"""When somebody is reminded: each milestone once, however often and late the runs come."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import follow_up as follow_ups
from p2ham.engine import lifecycle, notices, reminders, windows
from p2ham.engine.duties import DUTIES, REGENCY_DUTIES, UNIT_DUTIES
from p2ham.engine.faults import FaultyError
from p2ham.engine.reminders import Plan

LAST = datetime.date(2026, 3, 31)
PLAN = Plan(before=(7, 3, 1, 0), late_every=7, escalate=3)

dates = st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 12, 31))
plans = st.builds(
	Plan,
	before=st.lists(st.integers(0, 60), max_size=5).map(tuple),
	late_every=st.integers(0, 30),
	escalate=st.integers(0, 30),
)


def day(offset: int) -> datetime.date:
	return LAST + datetime.timedelta(days=offset)


def said(falls, days, **more) -> list[int]:
	"""On which of these days something is said, if there is a run on each of them and only then."""
	found, since = [], day(days[0] - 1)
	for offset in days:
		if falls(LAST, since, day(offset), **more):
			found.append(offset)
		since = day(offset)
	return found


def test_with_a_run_each_day_each_milestone_is_said_on_its_day():
	days = list(range(-30, 30))
	assert said(PLAN.is_due, days) == [-7, -3, -1, 0]
	assert said(PLAN.is_late, days) == [1, 8, 15, 22, 29]
	assert said(PLAN.is_escalated, days) == [3, 10, 17, 24]


def test_a_run_that_comes_late_says_once_what_it_missed():
	assert said(PLAN.is_due, [-9, -2, 0]) == [-2, 0]
	assert said(PLAN.is_late, [-9, 20, 21, 22]) == [20, 22]
	assert said(PLAN.is_escalated, [-9, 20, 21, 24]) == [20, 24]


def test_what_is_over_is_not_due_any_more():
	assert said(PLAN.is_due, [-9, 5]) == []


def test_lateness_is_said_once_where_it_is_not_to_be_repeated_and_to_others_never():
	plan = Plan(late_every=0, escalate=0)
	assert said(plan.is_late, list(range(-3, 40))) == [1]
	assert said(plan.is_escalated, list(range(-3, 40))) == []


def test_nothing_is_due_before_it_can_be_done_and_then_it_is_said_at_once():
	days = list(range(-30, 3))
	assert said(PLAN.is_due, days, first=day(-2)) == [-2, -1, 0]


@given(plans, dates, dates, st.integers(0, 400))
def test_a_second_run_of_a_day_says_nothing(plan, last, since, later):
	today = since + datetime.timedelta(days=later)
	for falls in (plan.is_due, plan.is_late, plan.is_escalated):
		assert not falls(last, today, today)


@given(plans, dates, dates, st.integers(1, 400), st.data())
def test_two_runs_say_together_what_one_would_have_said(plan, last, since, length, data):
	"""However a time is cut into runs, lateness is neither lost nor said without a milestone."""
	end = since + datetime.timedelta(days=length)
	middle = since + datetime.timedelta(days=data.draw(st.integers(0, length)))
	for falls in (plan.is_late, plan.is_escalated):
		assert falls(last, since, end) == (falls(last, since, middle) or falls(last, middle, end))


@given(plans, dates, dates, st.integers(0, 400))
def test_what_is_due_is_still_possible_and_what_is_late_is_not(plan, last, since, later):
	today = since + datetime.timedelta(days=later)
	assert not (plan.is_due(last, since, today) and today > last)
	assert not (plan.is_late(last, since, today) and today <= last)
	assert not (plan.is_due(last, since, today) and plan.is_late(last, since, today))


@given(st.integers(0, 60), st.lists(st.integers(0, 60), max_size=5))
def test_the_first_reminder_is_the_first(first, again):
	plan = reminders.plan(first, reminders.written(again), 7, 3)
	assert not plan.before if first == 0 else max(plan.before) == first
	assert list(plan.before) == sorted(set(plan.before), reverse=True)


@given(st.lists(st.integers(0, reminders.MAX_DAYS)))
def test_days_are_read_as_they_are_written(numbers):
	found = reminders.days(reminders.written(numbers))
	assert list(found) == sorted(set(numbers), reverse=True)
	assert reminders.days(reminders.written(found)) == found


@pytest.mark.parametrize("text", ["tiga", "3, x", "-1", "1.5", "367", "99999999999999999999", "²"])
def test_what_is_no_number_of_days_is_named(text):
	with pytest.raises(FaultyError, match=text.rsplit(" ", maxsplit=1)[-1].replace(".", r"\.")):
		reminders.days(text)


@pytest.mark.parametrize("text", ["", " ", ",", "\n"])
def test_no_days_are_no_days(text):
	assert reminders.days(text) == ()


@given(dates, st.sampled_from(reminders.WEEKDAYS))
def test_a_week_begins_on_its_day_and_lasts_seven(today, weekday):
	begin = reminders.week_of(today, weekday)
	assert reminders.WEEKDAYS[begin.weekday()] == weekday
	assert 0 <= (today - begin).days < 7


def test_for_everything_with_a_last_day_it_is_said_who_is_told():
	assert set(reminders.WHOM) == {*windows.WINDOWS, reminders.FOLLOW_UP}
	for whom in reminders.WHOM.values():
		for group in (whom.before, whom.late, whom.escalated):
			assert group and set(group) <= set(DUTIES)


class TestEvents:
	def test_every_step_is_an_event_of_the_table(self):
		for step in lifecycle.TRANSITIONS:
			event = notices.EVENTS["P2HAM Assessment"][notices.of_step(step.action, step.target)]
			assert event.states == (step.target,)
		assert notices.of_step(lifecycle.EXTEND, lifecycle.DRAFT) is None

	def test_who_has_to_act_next_is_told(self):
		for step in lifecycle.TRANSITIONS:
			event = notices.EVENTS["P2HAM Assessment"][notices.of_step(step.action, step.target)]
			for duty in lifecycle.who_acts(step.target):
				assert duty in event.whom or (duty in UNIT_DUTIES and notices.UNIT in event.whom)

	def test_whom_are_duties_and_the_two_groups(self):
		for events in notices.EVENTS.values():
			for event in events.values():
				assert set(event.whom) <= {*REGENCY_DUTIES, notices.UNIT, notices.SUBMITTER}

	@pytest.mark.parametrize(
		("before", "after", "moved", "event"),
		[
			(None, "Requested", False, "requested"),
			("Requested", "Requested", True, None),
			("Requested", "Accepted", False, "accepted"),
			("Accepted", "Scheduled", True, "scheduled"),
			("Accepted", "Cancelled", False, "cancelled"),
			("Requested", "Scheduled", True, "accepted and scheduled"),
			("Requested", "Cancelled", False, "not continued"),
			("Cancelled", "Requested", False, "requested"),
			("Held", "Scheduled", False, None),
			(None, "Scheduled", False, "scheduled"),
			("Cancelled", "Scheduled", False, "scheduled"),
			("Scheduled", "Scheduled", False, None),
			("Scheduled", "Scheduled", True, "moved"),
			("Scheduled", "Cancelled", False, "cancelled"),
			(None, "Cancelled", False, None),
			("Scheduled", "Held", False, None),
			(None, "Held", False, None),
		],
	)
	def test_guidance(self, before, after, moved, event):
		assert notices.of_guidance(before, after, moved) == event
		assert event is None or after in notices.EVENTS["P2HAM Guidance"][event].states

	@pytest.mark.parametrize(
		("before", "after", "event"),
		[
			(None, "Open", "created"),
			("Open", "In Progress", None),
			("Open", "Open", None),
			("In Progress", "Completed", "completed"),
			("Completed", "Closed", "closed"),
			("Open", "Closed", "closed"),
			("Completed", "In Progress", "opened again"),
			("Closed", "Completed", "opened again"),
			("Closed", "Open", "opened again"),
			("In Progress", "Open", None),
		],
	)
	def test_follow_ups(self, before, after, event):
		assert notices.of_follow_up(before, after) == event
		states = notices.EVENTS["P2HAM Follow-up"][event].states if event else None
		assert states is None or after in states
		assert {before, after} <= {None, *follow_ups.STATUSES}
