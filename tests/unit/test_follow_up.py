"""Who changes what of a follow-up, and when it is late."""

import datetime
from decimal import Decimal

import pytest

from p2ham.engine import follow_up as rules
from p2ham.engine.follow_up import CLOSED, COMPLETED, IN_PROGRESS, OPEN
from p2ham.engine.lifecycle import Change
from p2ham.engine.scoring import UNANSWERED, Points

CLERK, VERIFIER, KABAG, SEKDA = {"OPD Clerk"}, {"P2HAM Verifier"}, {"Kabag Hukum"}, {"Sekda"}
EVERYTHING = [
	Change(field)
	for field in (
		*("opd", "recommendation", "due_date", "assessment", "indicator", "kkpham_result", "guidance"),
		*("action", "responsible", "progress", "progress_note", "status"),
	)
]


def refused(before, after, duties, changes=EVERYTHING):
	return {change.field for change in rules.forbidden_changes(before, after, duties, changes)}


@pytest.mark.parametrize("before", [OPEN, IN_PROGRESS, COMPLETED])
@pytest.mark.parametrize("after", [OPEN, IN_PROGRESS, COMPLETED])
def test_a_unit_says_what_it_does_and_how_far_it_is(before, after):
	asked = {"opd", "recommendation", "due_date", "assessment", "indicator", "kkpham_result", "guidance"}
	assert refused(before, after, CLERK) == asked
	assert refused(before, after, {"OPD Head"}) == asked


@pytest.mark.parametrize("before", [OPEN, IN_PROGRESS, COMPLETED])
def test_only_bagian_hukum_closes(before):
	assert "status" in refused(before, CLOSED, CLERK)
	for duties in (VERIFIER, KABAG, CLERK | VERIFIER):
		assert refused(before, CLOSED, duties) == set()


def test_what_is_closed_stays_but_for_kabag_hukum_who_opens_it_again():
	everything = {change.field for change in EVERYTHING}
	assert refused(CLOSED, OPEN, KABAG) == everything - {"status"}
	assert refused(CLOSED, OPEN, KABAG, [Change("status")]) == set()
	for duties in (CLERK, VERIFIER, SEKDA):
		assert refused(CLOSED, OPEN, duties) == everything


@pytest.mark.parametrize("duties", [SEKDA, {"P2HAM Observer"}, {"P2HAM Manager"}, set()])
def test_nobody_else_changes_anything(duties):
	assert refused(OPEN, OPEN, duties) == {change.field for change in EVERYTHING}


@pytest.mark.parametrize("duties", [CLERK, VERIFIER, KABAG])
def test_nobody_writes_stamps_or_the_owner(duties):
	changes = [Change("completed_on"), Change("closed_on"), Change("owner")]
	assert refused(OPEN, OPEN, duties, changes) == {"completed_on", "closed_on", "owner"}


def test_days_late_counts_from_the_day_after_the_due_date():
	today = datetime.date(2024, 5, 10)
	assert rules.days_late(today, OPEN, today) == 0
	assert rules.days_late(datetime.date(2024, 5, 9), OPEN, today) == 1
	assert rules.days_late(datetime.date(2024, 4, 10), IN_PROGRESS, today) == 30
	assert rules.days_late(datetime.date(2024, 4, 10), COMPLETED, today) == 0
	assert rules.days_late(datetime.date(2024, 4, 10), CLOSED, today) == 0
	assert rules.days_late(None, OPEN, today) == 0


def test_rows_are_the_units_or_the_apps_as_a_whole_whatever_their_fields_are_called():
	evidence = [Change("note", "evidence", "x"), Change("", "evidence", "x", "added")]
	history = [Change("progress", "progress_notes", "x"), Change("", "progress_notes", "x", "removed")]
	for duties in (CLERK, VERIFIER, KABAG):
		assert rules.forbidden_changes(OPEN, OPEN, duties, evidence) == []
		assert rules.forbidden_changes(OPEN, OPEN, duties, history) == history
	for duties in (CLERK, VERIFIER, KABAG, SEKDA, set()):
		assert rules.forbidden_changes(CLOSED, CLOSED, duties, evidence + history) == evidence + history
	assert rules.forbidden_changes(OPEN, OPEN, SEKDA, evidence) == evidence


@pytest.mark.parametrize(
	("points", "unmet"),
	[
		(Points(Decimal(100)), False),
		(Points(Decimal("99.99")), True),
		(Points(Decimal(0)), True),
		(Points(None), False),
		(UNANSWERED, True),
	],
)
def test_what_applies_and_has_less_than_full_points_is_unmet(points, unmet):
	assert rules.is_unmet(points) == unmet


def test_what_becomes_completed_says_by_what():
	for before in (OPEN, IN_PROGRESS):
		assert rules.lacks_proof(before, COMPLETED, "", 0)
		assert rules.lacks_proof(before, COMPLETED, " \n", 0)
		assert not rules.lacks_proof(before, COMPLETED, "Selesai", 0)
		assert not rules.lacks_proof(before, COMPLETED, None, 1)
		assert not rules.lacks_proof(before, CLOSED, None, 0)
	for before in (COMPLETED, CLOSED):
		assert not rules.lacks_proof(before, COMPLETED, None, 0)


def test_the_next_year_shows_what_is_of_the_last_round_or_still_open():
	for status in rules.STATUSES:
		assert rules.concerns_next_year(status, of_last_round=True)
		assert rules.concerns_next_year(status, of_last_round=False) == (status != CLOSED)
