"""What is kept of the log outside the database shows whatever was written anew, cut off or taken away since."""

import datetime
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import anchor

DAY = datetime.date(2026, 12, 1)
LOG = {
	"DINSOS-P2HAM-2024": {1: "a" * 64, 2: "b" * 64, 3: "c" * 64},
	"KEC TEBING TINGGI-P2HAM-2024": {1: "d" * 64},
	"SÉKOLAH\n😀-P2HAM-2024": {1: "e" * 64},
}


@pytest.fixture
def older():
	return anchor.of_log(DAY, LOG)


def found(older, **changes):
	log = {**LOG, **changes}
	return dict(older.differences({name: entries for name, entries in log.items() if entries}))


def test_the_line_can_be_printed_and_read_by_programs(older):
	digest = hashlib.sha256(older.text().partition("\n")[2].encode()).hexdigest()
	assert older.line == f"P2HAM-LOG day=2026-12-01 assessments=3 entries=5 sha256={digest}"
	assert older.text().splitlines()[0] == older.line


def test_the_same_log_and_a_longer_one_go_on(older):
	assert not found(older)
	longer = {**LOG["DINSOS-P2HAM-2024"], 4: "f" * 64}
	assert not found(older, **{"DINSOS-P2HAM-2024": longer, "DISDIK-P2HAM-2025": {1: "0" * 64}})


def test_a_chain_that_was_written_anew_is_named(older):
	anew = {1: "1" * 64, 2: "2" * 64, 3: "3" * 64, 4: "4" * 64}
	(fault,) = found(older, **{"DINSOS-P2HAM-2024": anew}).values()
	assert fault.place == (3,) and "2026-12-01" in fault.message


def test_a_log_that_was_cut_off_says_by_how_much(older):
	(fault,) = found(older, **{"DINSOS-P2HAM-2024": {1: "a" * 64}}).values()
	assert "shorter by 2" in fault.message and fault.place == (1,)


def test_an_assessment_that_is_gone_with_its_log_is_named(older):
	assert "gone" in found(older, **{"DINSOS-P2HAM-2024": {}})["DINSOS-P2HAM-2024"].message


def test_an_entry_that_is_missing_in_the_middle_is_no_way_out(older):
	assert found(older, **{"DINSOS-P2HAM-2024": {1: "a" * 64, 2: "b" * 64, 4: "c" * 64}})


def test_a_file_is_read_as_it_was_written(older):
	assert anchor.read(older.text()) == older
	assert anchor.read(older.text().replace("\n", "\r\n")) == older
	empty = anchor.of_log(DAY, {})
	assert anchor.read(empty.text()) == empty


names = st.text(min_size=1, max_size=40)
hashes = st.one_of(
	st.binary(min_size=32, max_size=32).map(bytes.hex), st.just(""), st.none(), st.just("A" * 64)
)
logs = st.dictionaries(
	names, st.dictionaries(st.integers(min_value=1, max_value=99), hashes, max_size=4), max_size=5
)


@given(logs, st.dates())
def test_every_log_makes_a_file_that_can_be_read_and_goes_on_from_itself(log, day):
	made = anchor.of_log(day, log)
	assert anchor.read(made.text()) == made
	assert not list(made.differences(log))


@pytest.mark.parametrize(
	"change",
	[
		lambda text: text.replace("a" * 8, "0" * 8),
		lambda text: text.replace("c" * 64, "0" * 64),
		lambda text: text.replace("2026-12-01\n3", "2026-12-02\n3"),
		lambda text: text.replace("entries=5", "entries=6"),
		lambda text: text.replace("day=2026-12-01", "day=2026-12-02"),
		lambda text: text + "\n",
		lambda text: "\n".join(text.splitlines()[:-1]) + "\n",
		lambda text: text.partition("\n")[2],
		lambda text: text.partition("\n")[0],
		lambda text: "",
		lambda text: "PK\x03\x04",
	],
)
def test_a_file_that_was_changed_is_told_from_its_line(older, change):
	changed = change(older.text())
	if changed == older.text():
		return
	with pytest.raises(anchor.NotAnAnchor):
		anchor.read(changed)


@pytest.mark.parametrize(
	"body",
	[
		"",
		"1 December\n",
		"2026-12-01\nx\n",
		f'2026-12-01\n0 {"a" * 64} "A"\n',
		f'2026-12-01\n1 {"a" * 63} "A"\n',
		f"2026-12-01\n1 {'a' * 64} A\n",
		f'2026-12-01\n1 {"a" * 64} "A" "\n',
	],
)
def test_a_file_that_somebody_made_up_is_no_anchor(body):
	line = (
		f"P2HAM-LOG day=2026-12-01 assessments=1 entries=1 sha256={hashlib.sha256(body.encode()).hexdigest()}"
	)
	with pytest.raises(anchor.NotAnAnchor):
		anchor.read(f"{line}\n{body}")


def test_a_file_with_a_new_line_of_its_own_is_told_by_the_line_on_paper(older):
	"""Whoever changes the file can compute its line anew; the one in the mail stays."""
	forged = anchor.of_log(DAY, {**LOG, "DINSOS-P2HAM-2024": {1: "0" * 64}})
	assert anchor.read(forged.text()) == forged
	assert not anchor.is_line_of(older.line, forged)
	assert anchor.is_line_of(f"  {older.line.upper()}\n".replace(" ", "  "), older)


def test_names_are_written_in_plain_ascii(older):
	assert older.text().isascii() and json.dumps("SÉKOLAH\n😀-P2HAM-2024") in older.text()
