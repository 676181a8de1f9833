import dataclasses
import datetime
import json
from decimal import Decimal

import pytest
from amount import share
from hypothesis import given
from random_instruments import instruments

from p2ham.engine.snapshot import (
	CODE_LENGTH,
	CODE_LETTERS,
	canonical,
	instrument_part,
	new_code,
	printed_code,
	read_code,
	read_instrument,
	sha256,
)


def test_the_order_of_keys_and_the_form_of_numbers_change_nothing():
	assert sha256({"a": 1, "b": Decimal("2.50")}) == sha256({"b": 2.5, "a": Decimal("1.0")})


def test_a_changed_letter_changes_the_hash():
	assert sha256({"note": "ada"}) != sha256({"note": "Ada"})


def test_dates_and_none_have_one_form():
	assert canonical([datetime.date(2024, 1, 30), None, True]) == '["2024-01-30",null,1]'


def test_nothing_is_hashed_by_its_accidental_text():
	with pytest.raises(TypeError):
		canonical({"x": object()})


# Verification codes


def test_a_code_is_long_random_and_easy_to_type():
	codes = {new_code() for _ in range(500)}
	assert len(codes) == 500
	for code in codes:
		assert len(code) == CODE_LENGTH and not set(code) & set("01IOUL")
	assert len(CODE_LETTERS) ** CODE_LENGTH > 2**112


def test_a_code_is_understood_however_it_is_typed():
	code = new_code()
	assert printed_code(code).count("-") == CODE_LENGTH // 4 - 1
	for typed in (code, printed_code(code), printed_code(code).lower(), f" {printed_code(code)}\n"):
		assert read_code(typed) == code


@pytest.mark.parametrize(
	"typed", ["", None, "A", "0" * CODE_LENGTH, "A" * (CODE_LENGTH + 1), "../" * 8, "é" * 24]
)
def test_what_can_be_no_code_is_none(typed):
	assert read_code(typed) == ""


# The instrument of a snapshot


@share(0.6)
@given(instruments())
def test_an_instrument_comes_back_without_its_indicators(instrument):
	part = json.loads(canonical(instrument_part(instrument)))
	found = read_instrument(part)
	for name in ("code", "title", "regulation", "family", "year", "template", "passing_score", "thresholds"):
		assert getattr(found, name) == getattr(instrument, name), name
	assert [(row.code, row.title, row.weight, row.parent) for row in found.criteria] == [
		(row.code, row.title, row.weight, row.parent) for row in instrument.criteria
	]
	for ours, theirs in zip(found.scales, instrument.scales, strict=True):
		assert (ours.title, ours.kind) == (theirs.title, theirs.kind)
		assert [(row.label, row.points, row.not_applicable) for row in ours.options] == [
			(row.label, row.points, row.not_applicable) for row in theirs.options
		]
	assert found.indicators == ()


@share(0.2)
@given(instruments())
def test_the_hash_of_an_instrument_changes_with_any_indicator(instrument):
	first = dataclasses.replace(instrument.indicators[0], title=f"{instrument.indicators[0].title} lain")
	other = dataclasses.replace(instrument, indicators=(first, *instrument.indicators[1:]))
	assert instrument_part(instrument)["sha256"] != instrument_part(other)["sha256"]
