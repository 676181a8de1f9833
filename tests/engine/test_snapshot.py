import datetime
from decimal import Decimal

import pytest

from p2ham.engine.snapshot import canonical, sha256


def test_the_order_of_keys_and_the_form_of_numbers_change_nothing():
	assert sha256({"a": 1, "b": Decimal("2.50")}) == sha256({"b": 2.5, "a": Decimal("1.0")})


def test_a_changed_letter_changes_the_hash():
	assert sha256({"note": "ada"}) != sha256({"note": "Ada"})


def test_dates_and_none_have_one_form():
	assert canonical([datetime.date(2024, 1, 30), None, True]) == '["2024-01-30",null,1]'


def test_nothing_is_hashed_by_its_accidental_text():
	with pytest.raises(TypeError):
		canonical({"x": object()})
