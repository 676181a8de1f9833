"""The chain of a log names the first entry that somebody changed, removed, added or moved."""

from dataclasses import replace

import pytest

from p2ham.engine import chain, lifecycle
from p2ham.engine.chain import Now, first_break, seal

PATH = (
	("Create", "", "Draft"),
	("Submit", "Draft", "Submitted"),
	("Extend", "Submitted", "Submitted"),
	("Review", "Submitted", "Reviewed"),
	("Approve", "Reviewed", "Approved"),
)
SNAPSHOT = "5" * 64
WHO = {"Submit": "clerk@x", "Review": "kabag@x", "Approve": "sekda@x"}


def entry(sequence, action, source, target, previous, **fields):
	made = {
		"assessment": "DINSOS-2024",
		"sequence": sequence,
		"action": action,
		"from_state": source,
		"to_state": target,
		"user": WHO.get(action, "manager@x"),
		"duty": "",
		"acting": "",
		"note": "",
		"at": f"2024-01-30 08:00:0{sequence}",
		"content_hash": "c" * 64,
		"previous_hash": previous,
		**fields,
	}
	return {**made, "entry_hash": seal(made)}


@pytest.fixture
def log():
	entries, previous = [], ""
	for sequence, (action, source, target) in enumerate(PATH, start=1):
		more = {"window": "fill", "until": "2024-02-10"} if action == "Extend" else {}
		if action == "Approve":
			more = {"snapshot_hash": SNAPSHOT}
		entries.append(entry(sequence, action, source, target, previous, **more))
		previous = entries[-1]["entry_hash"]
	return entries


@pytest.fixture
def now():
	stamps = {"submitted_by": "clerk@x", "reviewed_by": "kabag@x", "approved_by": "sekda@x"}
	return Now("Approved", "c" * 64, SNAPSHOT, stamps, SNAPSHOT)


def test_a_whole_log_holds(log, now):
	assert first_break(log, now) is None


@pytest.mark.parametrize("field", [*entry(1, "Create", "", "Draft", ""), *chain.SEALED_IF_SET])
def test_every_sealed_field_of_every_entry_counts(log, now, field):
	for position, changed in enumerate(log):
		value = 99 if field == "sequence" else "lain"
		entries = [dict(row) for row in log]
		entries[position][field] = value
		found = first_break(entries, now)
		assert found and found.place == (position + 1,), (field, changed["action"])


def test_a_changed_entry_with_a_new_seal_breaks_at_the_next_one(log, now):
	log[1]["note"] = "lain"
	log[1]["entry_hash"] = seal(log[1])
	assert first_break(log, now).place == (3,)


@pytest.mark.parametrize("position", range(len(PATH) - 1))
def test_a_missing_entry_is_named(log, now, position):
	del log[position]
	found = first_break(log, now)
	assert found.place == (position + 1,)
	assert str(position + 1) in found.message


def test_a_log_whose_end_was_cut_off_does_not_fit_its_assessment(log, now):
	found = first_break(log[:-1], now)
	assert "Reviewed" in found.message and "Approved" in found.message


def test_entries_in_another_order_are_found(log, now):
	log[1], log[2] = log[2], log[1]
	assert first_break(log, now).place == (2,)


def test_an_entry_that_jumps_is_found_although_it_is_sealed(now):
	first = entry(1, "Create", "", "Draft", "")
	second = entry(2, "Approve", "Reviewed", "Approved", first["entry_hash"])
	assert first_break([first, second], now).place == (2,)


def test_no_entry_at_all_and_no_assessment_at_all(log, now):
	assert first_break([], now).place == ()
	assert "does not exist" in first_break(log, None).message


@pytest.mark.parametrize("stamp", ["submitted_by", "reviewed_by", "approved_by"])
def test_a_stamp_that_names_somebody_else_is_found(log, now, stamp):
	forged = replace(now, stamps={**now.stamps, stamp: "lain@x"})
	found = first_break(log, forged)
	assert stamp in found.message and "lain@x" in found.message


def test_content_that_changed_after_the_decision_is_found(log, now):
	assert "sealed" in first_break(log, replace(now, content_hash="d" * 64)).message


def test_a_hash_that_was_put_into_the_document_is_found(log, now):
	found = first_break(log, replace(now, snapshot_hash="d" * 64))
	assert found.place == (5,) and "another one" in found.message


@pytest.mark.parametrize(("stored", "said"), [("d" * 64, "changed"), ("", "not exist")])
def test_a_snapshot_that_was_changed_or_taken_away_is_found(log, now, stored, said):
	for state in (lifecycle.APPROVED, lifecycle.CANCELLED):
		entries = log
		if state == lifecycle.CANCELLED:
			entries = [*log, entry(6, "Cancel", "Approved", "Cancelled", log[-1]["entry_hash"])]
		found = first_break(entries, replace(now, state=state, stored_hash=stored))
		assert found.place == (5,) and said in found.message


def test_an_approval_that_sealed_nothing_is_found(log, now):
	log[-1] = entry(5, "Approve", "Reviewed", "Approved", log[-2]["entry_hash"])
	assert "no snapshot" in first_break(log, now).message


def test_content_may_change_while_it_is_worked_on(log):
	draft = Now(lifecycle.DRAFT, "d" * 64, "", {}, "")
	assert first_break(log[:1], draft) is None


def test_a_field_that_came_later_leaves_old_seals_as_they_are():
	old = dict.fromkeys(chain.SEALED, "x")
	assert seal(old) == seal({**old, "window": "", "until": None})
	assert seal(old) != seal({**old, "until": "2024-02-10"})
