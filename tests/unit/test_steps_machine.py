"""Every table of steps holds together, whatever it moves, and docs/steps.md shows it as it is."""

from __future__ import annotations

import pytest
import step_tables as tables
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine.duties import DUTIES, MANAGER

BY_PLACE = {table.place: table for table in tables.ALL}
STEPS = [(table, step) for table in tables.ALL for step in table.steps]
WHO = (*DUTIES, MANAGER)
each_table = pytest.mark.parametrize("table", tables.ALL, ids=list(BY_PLACE))
each_step = pytest.mark.parametrize(
	("table", "step"),
	STEPS,
	ids=[f"{table.place}-{step.source}-{step.action}-{step.target}" for table, step in STEPS],
)


def test_six_things_have_a_life():
	assert len(tables.ALL) == len(BY_PLACE) == 6


@each_table
def test_the_states_are_those_that_the_field_can_hold(table):
	field = tables.fields(table.doctype)[table.field]
	if field["fieldtype"] == "Select":
		assert tuple(field["options"].split("\n")) == table.steps.states
	else:
		assert field["options"] == "Workflow State"


@each_table
def test_it_begins_with_the_first_state(table):
	default = tables.fields(table.doctype)[table.field].get("default")
	assert default in (None, table.steps.states[0])


@each_table
def test_every_state_is_reached_and_left_but_for_the_ends(table):
	first, *others = table.steps.states
	assert set(others) <= table.steps.reachable(first)
	for state in table.steps.states:
		assert (state in table.steps.ends) == (table.steps.steps_from(state) == []), state


@each_step
def test_a_step_leads_from_one_state_to_another(table, step):
	assert {step.source, step.target} <= set(table.steps.states) and step.source != step.target


@each_step
def test_somebody_takes_each_step(table, step):
	assert step.duties and set(step.duties) <= set(WHO)
	assert len(step.duties) == len(set(step.duties))


@each_step
def test_a_step_is_found_by_its_target_and_by_its_action_and_by_nobody_else(table, step):
	for duty in WHO:
		case = {"duties": [duty], "of_request": step.of_request}
		mine = duty in step.duties
		assert (step in table.steps.steps_from(step.source, **case)) == mine
		assert (table.steps.find_action(step.source, step.action, **case) is step) == mine
		if mine:
			found = table.steps.find(step.source, step.target, **case)
			assert found and (found.source, found.target) == (step.source, step.target)
	assert table.steps.find(step.source, step.target, duties=[]) is None
	assert table.steps.is_step(step.source, step.target, step.of_request)


@each_table
def test_an_action_of_a_state_means_one_thing_to_one_person(table):
	for state in table.steps.states:
		for duty in WHO:
			for of_request in (True, False):
				found = table.steps.steps_from(state, [duty], of_request)
				assert len({step.action for step in found}) == len(found), (state, duty)
				assert len({step.target for step in found}) == len(found), (state, duty)


@each_step
def test_what_a_step_asks_for_and_writes_are_fields(table, step):
	fields = tables.fields(table.doctype)
	named = {*step.needs, *step.clears, step.note_field, step.until_field, *step.differs_from} - {""}
	if step.stamp:
		named |= {f"{step.stamp}_by", f"{step.stamp}_on"}
	assert named <= set(fields)
	assert not set(step.needs) & set(step.clears)
	assert bool(step.reopens) == bool(step.until_field)


@each_table
def test_only_an_assessment_has_notes_windows_and_stamps(table):
	for step in table.steps:
		own = (step.note_field, step.window, step.stamp, step.differs_from, step.reopens, step.needs_complete)
		assert table is tables.LIFECYCLE or not any(own)


@each_table
def test_actions_are_named_once_in_the_order_of_the_table(table):
	actions = table.steps.actions
	assert len(actions) == len(set(actions)) and set(actions) == {step.action for step in table.steps}
	assert actions[0] == next(iter(table.steps)).action


@each_step
def test_who_takes_a_step_may_write_the_document(table, step):
	"""A participant is a row of its period: there its head has doors of his own (api.period), as Sekda and others have
	for an assessment (api.assessment)."""
	parent = "P2HAM Period" if table.doctype == "P2HAM Period Participant" else table.doctype
	writers = {row["role"] for row in tables.doctype(parent)["permissions"] if row.get("write")}
	missing = set(step.duties) - writers
	assert missing == ({"OPD Head"} & set(step.duties) if parent != table.doctype else set())


@given(st.sampled_from(list(BY_PLACE)), st.text(max_size=12), st.text(max_size=12))
def test_what_is_no_state_leads_nowhere(place, source, target):
	steps = BY_PLACE[place].steps
	if source not in steps.states:
		assert steps.steps_from(source) == [] and steps.reachable(source) == frozenset()
		assert steps.find(source, target) is None and steps.find_action(source, target) is None
	if target not in steps.states:
		assert not any(steps.is_step(state, target) for state in steps.states)


def test_the_steps_of_a_period_and_of_an_instrument_are_those_that_were_agreed():
	ways = {
		place: {(step.source, step.target) for step in BY_PLACE[place].steps}
		for place in ("period_life.STEPS", "instrument_life.STEPS")
	}
	assert ways == {
		"period_life.STEPS": {("Draft", "Open"), ("Open", "Closed"), ("Closed", "Open"), ("Open", "Draft")},
		"instrument_life.STEPS": {("Draft", "Active"), ("Active", "Retired"), ("Retired", "Active")},
	}


def test_the_page_of_steps_shows_the_tables():
	shown = tables.section(tables.DOCUMENT.read_text(encoding="utf-8"))
	assert shown == tables.rendered(), (
		"docs/steps.md does not show the tables as they are: run"
		" `PYTHONPATH=. python tests/support/step_tables.py`"
	)
