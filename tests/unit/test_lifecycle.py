"""The one table of states and steps, and the Workflow record that must say the same."""

import json
from pathlib import Path

import pytest

from p2ham.engine import lifecycle
from p2ham.engine.duties import DUTIES
from p2ham.engine.lifecycle import TRANSITIONS, Change, forbidden_changes, four_eyes_conflict

FIXTURE = Path(__file__).parents[2] / "p2ham" / "fixtures" / "workflow.json"
EXPECTED = {  # design: From, Action, To, Duty
	("Draft", "Submit", "Submitted", ("OPD Clerk", "OPD Head")),
	("Submitted", "Return", "Draft", ("Kabag Hukum",)),
	("Submitted", "Review", "Reviewed", ("Kabag Hukum",)),
	("Reviewed", "Return", "Submitted", ("Sekda",)),
	("Reviewed", "Approve", "Approved", ("Sekda",)),
	("Approved", "Cancel", "Cancelled", ("Sekda",)),
}


def test_the_table_is_the_one_that_was_agreed():
	steps = {(step.source, step.action, step.target, step.duties) for step in TRANSITIONS}
	assert steps == EXPECTED


def test_the_workflow_record_says_the_same_as_the_table():
	(workflow,) = json.loads(FIXTURE.read_text())
	shown = {
		(row["state"], row["action"], row["next_state"], row["allowed"]) for row in workflow["transitions"]
	}
	table = {(step.source, step.action, step.target, duty) for step in TRANSITIONS for duty in step.duties}
	assert shown == table
	states = {(row["state"], row["doc_status"], row["allow_edit"]) for row in workflow["states"]}
	assert states == {
		(state.name, str(state.docstatus), duty) for state in lifecycle.STATES for duty in state.editors
	}
	assert workflow["states"][0]["state"] == lifecycle.DRAFT
	assert workflow["document_type"] == "P2HAM Assessment"
	assert workflow["is_active"] and not workflow["send_email_alert"]


def test_every_way_between_two_states_is_unambiguous():
	ways = [(step.source, step.target) for step in TRANSITIONS]
	assert len(ways) == len(set(ways))


@pytest.mark.parametrize(
	("source", "target"), [("Draft", "Approved"), ("Draft", "Reviewed"), ("Approved", "Draft")]
)
def test_there_is_no_shortcut(source, target):
	assert TRANSITIONS.find(source, target) is None


def test_the_clerk_changes_the_units_side_in_draft_only():
	own = Change("self_answer", "items", "r1")
	assert forbidden_changes("Draft", {"OPD Clerk"}, [own]) == []
	assert forbidden_changes("Submitted", {"OPD Clerk"}, [own]) == [own]
	assert forbidden_changes("Draft", {"P2HAM Verifier"}, [own]) == [own]
	assert forbidden_changes("Draft", set(), [own]) == [own]


def test_the_verifier_changes_the_other_side_in_submitted_only():
	theirs = Change("verified_answer", "items", "r1")
	assert forbidden_changes("Submitted", {"P2HAM Verifier"}, [theirs]) == []
	assert forbidden_changes("Draft", {"P2HAM Verifier"}, [theirs]) == [theirs]
	assert forbidden_changes("Draft", {"OPD Clerk"}, [theirs]) == [theirs]


@pytest.mark.parametrize("state", ["Reviewed", "Approved", "Cancelled"])
def test_afterwards_nobody_changes_anything(state):
	changes = [Change("self_answer", "items", "r"), Change("verified_answer", "items", "r"), Change("opd")]
	assert forbidden_changes(state, set(DUTIES), changes) == changes


@pytest.mark.parametrize(
	"field", ["self_score", "verified_score", "category", "meets", "submitted_by", "opd", "owner"]
)
def test_results_and_stamps_belong_to_nobody(field):
	for state in ("Draft", "Submitted"):
		assert forbidden_changes(state, set(DUTIES), [Change(field)])


def test_rows_come_and_go_only_among_evidence_in_draft():
	added = Change("", "evidence_uses", "r", "added")
	assert forbidden_changes("Draft", {"OPD Head"}, [added]) == []
	assert forbidden_changes("Submitted", {"P2HAM Verifier"}, [added]) == [added]
	gone = Change("", "items", "r", "removed")
	assert forbidden_changes("Draft", {"OPD Clerk"}, [gone]) == [gone]


def test_a_note_changes_only_with_the_step_it_explains():
	note = Change("return_note")
	step = TRANSITIONS.find_action("Submitted", "Return")
	assert forbidden_changes("Submitted", {"Kabag Hukum"}, [note]) == [note]
	assert forbidden_changes("Submitted", {"Kabag Hukum"}, [note, Change("workflow_state")], step) == []


def test_four_eyes():
	stamps = {"submitted_by": "a@x", "reviewed_by": "b@x"}
	assert four_eyes_conflict(TRANSITIONS.find_action("Submitted", "Review"), "a@x", stamps) == "submitted_by"
	assert four_eyes_conflict(TRANSITIONS.find_action("Reviewed", "Approve"), "b@x", stamps) == "reviewed_by"
	assert four_eyes_conflict(TRANSITIONS.find_action("Reviewed", "Approve"), "c@x", stamps) is None


def test_four_eyes_count_who_took_the_step_before_a_return():
	stamps = {"submitted_by": "c@x", "reviewed_by": None}
	taken = [("Create", "d@x"), ("Submit", "a@x"), ("Return", "b@x"), ("Submit", "c@x")]
	review = TRANSITIONS.find_action("Submitted", "Review")
	assert four_eyes_conflict(review, "a@x", stamps, taken) == "submitted_by"
	assert four_eyes_conflict(review, "b@x", stamps, taken) is None
	assert four_eyes_conflict(review, "d@x", stamps, taken) is None


def test_each_state_waits_for_its_own_duties():
	assert lifecycle.who_acts("Draft") == ("OPD Clerk", "OPD Head")
	assert lifecycle.who_acts("Submitted") == ("P2HAM Verifier", "Kabag Hukum")
	assert lifecycle.who_acts("Reviewed") == ("Sekda",)
	assert lifecycle.who_acts("Approved") == lifecycle.who_acts("Cancelled") == ()
