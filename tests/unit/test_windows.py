"""When something may be done in a period, to the day."""

import datetime

import pytest

from p2ham.engine import windows
from p2ham.engine.terms import Term
from p2ham.engine.windows import Calendar, Standing


def day(number):
	return datetime.date(2024, 1, number)


def calendar(**fields):
	values = {
		"is_open": True,
		"withdrawn": False,
		"dates": {
			"fill_from": day(5),
			"fill_until": day(10),
			"review_until": day(15),
			"approve_until": day(20),
		},
	}
	return Calendar(**{**values, **fields})


@pytest.mark.parametrize(
	("window", "today", "standing"),
	[
		(windows.FILL, 4, Standing.TOO_EARLY),
		(windows.FILL, 5, Standing.OPEN),
		(windows.FILL, 10, Standing.OPEN),
		(windows.FILL, 11, Standing.TOO_LATE),
		(windows.REVIEW, 1, Standing.OPEN),
		(windows.REVIEW, 15, Standing.OPEN),
		(windows.REVIEW, 16, Standing.TOO_LATE),
		(windows.APPROVE, 20, Standing.OPEN),
		(windows.APPROVE, 21, Standing.TOO_LATE),
		(windows.ANY_DAY, 31, Standing.OPEN),
	],
)
def test_first_and_last_day_are_included(window, today, standing):
	assert calendar().standing(window, day(today)) is standing


@pytest.mark.parametrize("window", [*windows.WINDOWS, windows.ANY_DAY])
def test_in_a_period_that_is_not_open_nothing_is(window):
	assert calendar(is_open=False).standing(window, day(7)) is Standing.PERIOD_NOT_OPEN
	assert calendar(withdrawn=True).standing(window, day(7)) is Standing.WITHDRAWN


def test_a_day_of_the_units_own_counts_when_it_is_later():
	assert calendar(own={"fill_until": day(12)}).bounds(windows.FILL) == (day(5), day(12))
	assert calendar(own={"fill_until": day(7)}).bounds(windows.FILL) == (day(5), day(10))
	assert calendar(own={"fill_until": day(12)}).bounds(windows.REVIEW) == (None, day(15))


def test_a_return_gives_time_for_its_window_only():
	given = calendar(corrections={windows.FILL: day(14)})
	assert given.standing(windows.FILL, day(14)) is Standing.OPEN
	assert given.standing(windows.FILL, day(15)) is Standing.TOO_LATE
	assert given.standing(windows.REVIEW, day(16)) is Standing.TOO_LATE
	assert calendar(corrections={windows.FILL: day(18)}).bounds(windows.REVIEW) == (None, day(15))


def test_without_dates_nothing_bounds():
	assert calendar(dates={}).standing(windows.FILL, day(31)) is Standing.OPEN


@pytest.mark.parametrize(
	("first", "last", "overlap"),
	[(1, 4, False), (1, 5, True), (6, 7, True), (10, None, True), (11, None, False), (1, None, True)],
)
def test_terms_overlap_when_they_share_a_day(first, last, overlap):
	other = Term(day(first), day(last) if last else None)
	assert Term(day(5), day(10)).overlaps(other) is overlap
	assert other.overlaps(Term(day(5), day(10))) is overlap


def test_a_term_includes_its_first_and_last_day():
	assert [number for number in range(1, 13) if Term(day(5), day(10)).includes(day(number))] == [
		*range(5, 11)
	]
	assert Term(day(5)).includes(datetime.date(2099, 1, 1))
