"""Results of KKP HAM from a table: what a row says, what is wrong with it, and what it would change."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import kkpham_import as rules
from p2ham.engine.faults import Fault
from p2ham.kkpham import result_rows

DAY = datetime.date(2024, 1, 18)
KNOWN = rules.Known(
	{"KAB": "Kabupaten Contoh", "DINKES": "Dinas Kesehatan", "PKM A": "Puskesmas", "PKM B": "Puskesmas"},
	(
		rules.Asked("KKP-1", "Instrumen Pertama", {"1": "KKP-1-1", "2": "KKP-1-2"}),
		rules.Asked("KKP-2", "Instrumen Kedua", {"1": "KKP-2-1", "3": "KKP-2-3"}),
	),
)
HEADS = [*rules.COLUMNS.values(), "1 Hak atas kesehatan", "2"]
GOOD = ["DINKES", 2024, 2023, "KKP-1", 87.5, DAY, "HAM/1", "Temuan", "Rekomendasi", 60, "70,25"]


def table(*rows, heads=HEADS) -> dict:
	"""Rows below their heads, by row and column number; None is an empty cell."""
	return {
		number: {position: value for position, value in enumerate(row, start=1) if value is not None}
		for number, row in enumerate((heads, *rows), start=1)
		if any(value is not None for value in row)
	}


def row(**values) -> list:
	"""A good row in which some cells are others, by field or code of the right."""
	names = [*rules.COLUMNS, "1", "2"]
	return [values.get(name, value) for name, value in zip(names, GOOD, strict=True)]


def read_one(**values) -> rules.Entry:
	entries, faults = result_rows.read(table(row(**values)), KNOWN)
	assert not faults
	return entries[0]


def said(faults) -> list[str]:
	return [f"{''.join(map(str, reversed(fault.place[:2])))} {fault.message}" for fault in faults]


def test_a_good_row_says_what_it_says():
	entry = read_one()
	assert entry.faults == ()
	assert entry.key == ("DINKES", 2024)
	assert entry.values == {
		"opd": "DINKES",
		"assessment_year": 2024,
		"data_year": 2023,
		"instrument": "KKP-1",
		"score": Decimal("87.50"),
		"reviewed_on": DAY,
		"reference": "HAM/1",
		"finding": "Temuan",
		"recommendation": "Rekomendasi",
	}
	assert entry.scores == {"KKP-1-1": Decimal("60.00"), "KKP-1-2": Decimal("70.25")}


@pytest.mark.parametrize(
	("field", "value", "read"),
	[
		("opd", " dinas  KESEHATAN ", "DINKES"),
		("opd", "dinkes", "DINKES"),
		("instrument", "instrumen pertama", "KKP-1"),
		("score", "87,5", Decimal("87.50")),
		("score", "87.5", Decimal("87.50")),
		("score", 0, Decimal("0.00")),
		("score", 100, Decimal("100.00")),
		("score", 74.995, Decimal("75.00")),
		("score", 0.1 + 0.2, Decimal("0.30")),
		("assessment_year", "2024", 2024),
		("assessment_year", 2024.0, 2024),
		("reviewed_on", datetime.datetime(2024, 1, 18, 9, 30), DAY),
		("reviewed_on", "18/01/2024", DAY),
		("reviewed_on", "18-1-2024", DAY),
		("reviewed_on", "2024-01-18", DAY),
		("reviewed_on", "18  Januari 2024", DAY),
		("reference", 1234, "1234"),
		("reference", 12.0, "12"),
		("finding", "satu\r\ndua_x000D_\n", "satu\ndua"),
	],
)
def test_what_people_write_is_understood(field, value, read):
	entry = read_one(**{field: value})
	assert entry.faults == ()
	assert entry.values[field] == read


@pytest.mark.parametrize(
	("field", "value", "fault"),
	[
		("opd", None, "A2 must be filled"),
		("opd", "DINKESS", 'A2 there is no unit "DINKESS"; do you mean DINKES (Dinas Kesehatan)?'),
		(
			"opd",
			"Dinas Kesehatn",
			'A2 there is no unit "Dinas Kesehatn"; do you mean DINKES (Dinas Kesehatan)?',
		),
		("opd", "Xyzzy", 'A2 there is no unit "Xyzzy"'),
		(
			"opd",
			"Puskesmas",
			'A2 "Puskesmas" is the name of several units; write the abbreviation: PKM A, PKM B',
		),
		("opd", DAY, "A2 is a date; format the cell as text or number and type it again"),
		("assessment_year", None, "B2 must be filled"),
		("assessment_year", "dua ribu", 'B2 "dua ribu" is no year between 2000 and 2100'),
		("assessment_year", 1999, 'B2 "1999" is no year between 2000 and 2100'),
		("assessment_year", 2024.5, 'B2 "2024.5" is no year between 2000 and 2100'),
		("assessment_year", DAY, "B2 is a date; format the cell as text or number and type it again"),
		("data_year", 2025, "C2 2025 is later than the assessment year 2024"),
		("instrument", None, "D2 must be filled"),
		("instrument", "KKP-9", 'D2 there is no instrument "KKP-9" of KKP HAM in use; do you mean KKP-2?'),
		("instrument", "?", 'D2 there is no instrument "?" of KKP HAM in use'),
		("score", None, "E2 must be filled"),
		("score", "   ", "E2 must be filled"),
		("score", 101, "E2 101 does not lie between 0 and 100"),
		("score", "100,01", "E2 100,01 does not lie between 0 and 100"),
		("score", -1, "E2 -1 does not lie between 0 and 100"),
		("score", "baik", 'E2 "baik" is no number'),
		("score", "1e2", 'E2 "1e2" is no number'),
		("score", True, 'E2 "True" is no number'),
		("score", float("inf"), 'E2 "inf" is no number'),
		("score", DAY, "E2 is a date; format the cell as text or number and type it again"),
		("score", Fault((), "has the error {0}", ("#N/A",)), "E2 has the error #N/A"),
		("reviewed_on", "kemarin", 'F2 "kemarin" is no date; write it as 31/12/2024'),
		("reviewed_on", "31/02/2024", 'F2 "31/02/2024" is no date; write it as 31/12/2024'),
		("reviewed_on", 45000, 'F2 "45000" is no date; write it as 31/12/2024'),
		("reviewed_on", "01/01/1024", 'F2 "01/01/1024" is no date; write it as 31/12/2024'),
		("reference", DAY, "G2 is a date; format the cell as text or number and type it again"),
		("reference", "x" * 141, "G2 is longer than 140 characters"),
		("finding", DAY, "H2 is a date; format the cell as text or number and type it again"),
		("1", "tinggi", 'J2 "tinggi" is no number'),
		("1", 100.5, "J2 100.5 does not lie between 0 and 100"),
	],
)
def test_every_fault_is_named_with_its_cell(field, value, fault):
	assert said(read_one(**{field: value}).faults) == [fault]


def test_all_faults_of_all_rows_are_told_at_once():
	entries, faults = result_rows.read(
		table(row(opd="?", score="?"), row(), row(opd="KAB", reviewed_on="?")), KNOWN
	)
	assert not faults
	assert [len(entry.faults) for entry in entries] == [2, 0, 1]


def test_a_right_of_another_instrument_is_refused():
	heads = [*rules.COLUMNS.values(), "1", "3"]
	entries, faults = result_rows.read(table(GOOD, heads=heads), KNOWN)
	assert not faults
	assert said(entries[0].faults) == ["K2 Instrumen Pertama has no right with the code 3"]


def test_the_same_code_means_the_right_of_the_rows_own_instrument():
	entry = read_one(**{"instrument": "KKP-2", "2": None})
	assert (entry.faults, entry.scores) == ((), {"KKP-2-1": Decimal("60.00")})


def test_a_unit_that_stands_there_twice_for_a_year_is_faulty_in_both_rows():
	entries, _faults = result_rows.read(
		table(row(), row(opd="Dinas Kesehatan"), row(assessment_year=2025)), KNOWN
	)
	fault = "the unit stands in the file for 2024 more than once: rows 2, 3"
	assert [said(entry.faults) for entry in entries] == [[f"A2 {fault}"], [f"A3 {fault}"], []]


@pytest.mark.parametrize(
	("heads", "fault"),
	[
		(
			[*HEADS[:4], "Skor", *HEADS[5:]],
			['E1 the column "Skor" is not known', '1 the column "Nilai" is missing'],
		),
		([*HEADS[:6], "nilai", *HEADS[7:]], ['G1 the column "nilai" stands there twice']),
		([*HEADS[:6], None, *HEADS[7:]], ["G1 has content, but no name above it"]),
		([*HEADS[:10], "1"], ['K1 the column "1" stands there twice']),
	],
)
def test_a_wrong_head_stops_the_whole_file(heads, fault):
	entries, faults = result_rows.read(table(GOOD, heads=heads), KNOWN)
	assert (entries, said(faults)) == ([], fault)


def test_an_unknown_column_without_content_does_not_disturb():
	entries, faults = result_rows.read(table([*GOOD, None], heads=[*HEADS, "Catatan"]), KNOWN)
	assert (len(entries), faults) == (1, [])


@pytest.mark.parametrize("rows", [{}, table(heads=HEADS)])
def test_a_file_without_a_row_is_refused(rows):
	entries, faults = result_rows.read(rows, KNOWN)
	assert not entries and faults


# What would change

STORED = rules.Present(
	"R",
	"1",
	{**read_one().values, "finding": None},
	{"KKP-1-1": Decimal("60.00"), "KKP-1-2": Decimal("70.25")},
)


def test_a_new_result_says_everything_and_its_data_is_of_the_year_before():
	entry = read_one(data_year=None)
	assert rules.kind(entry, None) == rules.NEW
	found = {change.field: change.new for change in rules.changes(entry, None) if not change.right}
	assert found["data_year"] == 2023
	assert {change.right for change in rules.changes(entry, None) if change.right} == set(entry.scores)


def test_what_is_the_same_does_not_change_and_empty_cells_change_nothing():
	entry = read_one(finding=None, data_year=None, reviewed_on=None, **{"2": None})
	assert rules.kind(entry, STORED) == rules.UNCHANGED


def test_each_changed_field_is_named_with_old_and_new():
	entry = read_one(score=50, **{"1": 61})
	assert rules.kind(entry, STORED) == rules.CHANGED
	assert rules.changes(entry, STORED) == [
		rules.Change("score", Decimal("87.50"), Decimal("50.00")),
		rules.Change("finding", None, "Temuan"),
		rules.Change("rights", Decimal("60.00"), Decimal("61.00"), "KKP-1-1"),
	]


def test_another_instrument_takes_the_rights_of_the_old_one_away():
	entry = read_one(finding=None, instrument="KKP-2", **{"2": None})
	assert [(change.right, change.new) for change in rules.changes(entry, STORED) if change.right] == [
		("KKP-2-1", Decimal("60.00")),
		("KKP-1-1", None),
		("KKP-1-2", None),
	]


def test_a_faulty_row_is_faulty_whatever_is_there():
	assert rules.kind(read_one(score="?"), STORED) == rules.FAULTY


CELLS = (
	st.none()
	| st.text()
	| st.integers()
	| st.floats()
	| st.booleans()
	| st.dates()
	| st.datetimes()
	| st.times()
)


@given(st.lists(st.lists(CELLS, min_size=11, max_size=11), max_size=4))
def test_whatever_stands_in_the_cells_is_read_or_named(rows):
	entries, faults = result_rows.read(table(*rows), KNOWN)
	for entry in entries:
		kind = rules.kind(entry, None)
		assert kind == rules.FAULTY or set(rules.NEEDED) <= set(entry.values)
		assert all(0 <= score <= 100 for score in entry.scores.values())
		for fault in entry.faults:
			assert fault.message and fault.place[0] == entry.number
	assert bool(entries) != bool(faults)
