"""Dates, numbers and NIP as Indonesian offices print them."""

from __future__ import annotations

import datetime

import pytest

pytest.importorskip("babel")
from p2ham.paper import indonesian


def test_a_date_is_written_out():
	assert indonesian.long_date(datetime.date(2024, 1, 30)) == "30 Januari 2024"
	assert indonesian.long_date(None) == ""


@pytest.mark.parametrize(
	("value", "printed"), [(87.5, "87,50"), (0, "0,00"), (None, "0,00"), (100, "100,00"), ("74.995", "75,00")]
)
def test_a_score_has_two_decimals_and_a_comma(value, printed):
	assert indonesian.score(value) == printed


@pytest.mark.parametrize(
	("value", "printed"), [(100.0, "100"), (33.33, "33,33"), (0.5, "0,5"), ("12,5", "12,5")]
)
def test_a_number_has_only_the_decimals_it_needs(value, printed):
	assert indonesian.number(value) == printed


def test_a_nip_is_printed_in_its_groups():
	assert indonesian.nip("197203032002031002") == "19720303 200203 1 002"
	assert indonesian.nip("19720303 200203 1 002") == "19720303 200203 1 002"
	assert indonesian.nip("") == indonesian.nip(None) == ""
	assert indonesian.nip("480 012 345") == "480 012 345"


def test_conditions_are_listed_with_dan():
	assert indonesian.listed(["a"]) == "a"
	assert indonesian.listed(["a", "b", "c"]) == "a, b dan c"


@pytest.mark.parametrize(
	("begins", "ends", "zone", "words"),
	[
		(9 * 60, 11 * 60 + 30, "Asia/Jakarta", "pukul 09.00 s.d. 11.30 WIB"),
		(0, 5, "Asia/Pontianak", "pukul 00.00 s.d. 00.05 WIB"),
		(13 * 60, None, "Asia/Makassar", "pukul 13.00 WITA s.d. selesai"),
		(13 * 60, 14 * 60, "Asia/Jayapura", "pukul 13.00 s.d. 14.00 WIT"),
		(13 * 60, 14 * 60, "Asia/Kolkata", "pukul 13.00 s.d. 14.00"),
		(13 * 60, None, "UTC", "pukul 13.00 s.d. selesai"),
		(None, None, "Asia/Jakarta", ""),
	],
)
def test_hours_name_the_time_zone_where_it_has_a_name(begins, ends, zone, words):
	times = [None if minutes is None else datetime.timedelta(minutes=minutes) for minutes in (begins, ends)]
	assert indonesian.hours(*times, zone) == words
