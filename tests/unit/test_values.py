"""Values as they will be stored: one form for each, or a refusal in words."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from p2ham.engine import text as texts
from p2ham.engine.faults import FaultyError
from p2ham.engine.values import Field, settle

DUTY = Field("Select", ("", "OPD Clerk", "Sekda"))
TYPES = (
	"Data",
	"Small Text",
	"Select",
	"Check",
	"Int",
	"Float",
	"Date",
	"Datetime",
	"Time",
	"Link",
	"Attach",
	"Code",
)


def refused(field: Field, value) -> str:
	with pytest.raises(FaultyError) as caught:
		settle(field, value)
	return caught.value.faults[0].message


@pytest.mark.parametrize(
	"given", ["Sekda ", " Sekda", "Sekda\u00a0", "\u200bSekda", "Se\u00adkda", "Sekda\n", "\ufeffSekda\t"]
)
def test_what_only_looks_different_is_the_same_option(given):
	assert settle(DUTY, given) == "Sekda"


@pytest.mark.parametrize(
	"given", ["sekda", "SEKDA", "\uff33\uff45\uff4b\uff44\uff41", "Sek da", "Sekda,", "S\u0435kda", 1, True]
)
def test_what_is_no_option_is_refused_with_all_options(given):
	assert refused(DUTY, given)


def test_an_empty_choice_stays_empty_and_a_select_without_options_takes_any_text():
	assert settle(DUTY, "  ") == ""
	assert settle(Field("Select"), " apa saja ") == "apa saja"


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize("given", [[], ["Sekda"], {}, {"a": 1}, ("x",)])
def test_lists_and_objects_are_no_values(type_, given):
	assert "single value" in refused(Field(type_), given)


@pytest.mark.parametrize(
	("given", "stored"),
	[
		(True, 1),
		(False, 0),
		(1, 1),
		(0, 0),
		("1", 1),
		("0", 0),
		(" on ", 1),
		("true", 1),
		("False", 0),
		("", 0),
		(1.0, 1),
	],
)
def test_yes_and_no_come_in_many_words(given, stored):
	assert settle(Field("Check"), given) == stored


@pytest.mark.parametrize("given", ["2", "ya mungkin", "\uff11", 0.5, math.nan])
def test_what_is_neither_yes_nor_no_is_refused(given):
	assert refused(Field("Check"), given)


@pytest.mark.parametrize(
	("type_", "given", "stored"),
	[
		("Int", " 12 ", 12),
		("Int", 3.0, 3),
		("Int", "7,0", 7),
		("Float", "12,5", 12.5),
		("Float", 0.1234567891234, 0.123456789),
		("Float", "", None),
		("Date", "2024-3-1", "2024-03-01"),
		("Date", "2024-03-01 10:00:00", "2024-03-01"),
		("Date", datetime.datetime(2024, 3, 1, 5), datetime.date(2024, 3, 1)),
		("Date", " ", None),
		("Datetime", "2024-03-01T07:05", "2024-03-01 07:05:00"),
		("Datetime", "2024-03-01", "2024-03-01 00:00:00"),
		("Time", "7:05", "07:05:00"),
		("Data", 197203032002031002, "197203032002031002"),
		("Data", 12.5, "12.5"),
		("Data", "a\nb\u3000c", "a b c"),
		("Small Text", " a\r\nb\tc\u00a0d ", "a\nb\tc\u00a0d"),
		("Data", "Cafe\u0301", "Café"),
		("Data", "\u202eterbalik\u202c", "terbalik"),
		("Data", "keluarga 👨\u200d👩\u200d👧", "keluarga 👨\u200d👩\u200d👧"),
		("Data", "Se\u200dkda", "Sekda"),
		("Small Text", "nilai < 18, atau <18 tahun, 5 > 3", "nilai < 18, atau <18 tahun, 5 > 3"),
		("Text Editor", " <b>x</b> ", " <b>x</b> "),
	],
)
def test_values_take_the_form_in_which_they_are_stored(type_, given, stored):
	assert settle(Field(type_), given) == stored


@pytest.mark.parametrize(
	("type_", "given"),
	[
		("Int", "12abc"),
		("Int", 1.5),
		("Int", True),
		("Int", 2**31),
		("Float", math.nan),
		("Float", math.inf),
		("Float", "1e400"),
		("Float", 1e300),
		("Float", 10**12),
		("Float", "\u0661\u0662"),
		("Date", "2024-02-30"),
		("Date", "01-02-2024"),
		("Date", 20240101),
		("Date", "\uff12\uff10\uff12\uff14-01-01"),
		("Datetime", "2024-01-01 25:00"),
		("Datetime", "2024-01-01 10:00:00+07:00"),
		("Time", "24:00"),
		("Data", True),
		("Data", 1.972030320020310e17),
		("Data", math.nan),
	],
)
def test_what_would_be_stored_as_something_else_is_refused(type_, given):
	assert refused(Field(type_), given)


@pytest.mark.parametrize(
	"given",
	[
		"<img src=x onerror=alert(1)>",
		'"<img src=x onerror=alert(1)>"',
		'["<svg onload=alert(1)>"]',
		"<img src=x onerror=alert(1)",
		"</textarea>",
		"<!--",
		"<?xml",
		'x" onmouseover=alert(1) x="',
		"x' autofocus onfocus = alert(1)",
		"<\u200bimg src=x onerror=alert(1)>",
		"<\x00b>",
	],
)
@pytest.mark.parametrize("type_", ["Data", "Small Text", "Link", "Attach"])
def test_plain_text_holds_no_markup_whether_it_is_json_or_not(type_, given):
	said = refused(Field(type_), given)
	assert "plain text" in said or "run as a script" in said


def test_what_people_write_is_no_markup():
	for text in (
		'Dinas "Sosial" melayani online',
		"online = ya",
		"a < b dan c > d",
		"Jum'at, 5 <6",
		"if x<5",
		"don't",
		"1 = one",
	):
		assert settle(Field("Data"), text) == text


def test_what_the_meta_says_is_no_text_stays_byte_for_byte():
	text = ' {"a":"<b>\u200be\u0301"} '
	assert settle(Field("Long Text", markup=True), text) == text


@given(
	some.sampled_from(TYPES),
	some.text() | some.integers() | some.floats() | some.booleans() | some.dates() | some.none(),
)
def test_what_is_settled_is_settled(type_, value):
	"""Settling twice changes nothing, and what cannot be stored is refused the first time."""
	field = Field(type_, ("", "Sekda") if type_ == "Select" else ())
	try:
		once = settle(field, value)
	except FaultyError:
		return
	assert settle(field, once) == once


@given(some.text())
def test_a_line_has_no_control_character_and_no_blank_at_its_ends(text):
	line = texts.clean_line(text)
	assert line == line.strip()
	assert not any(ord(letter) < 32 for letter in line)
