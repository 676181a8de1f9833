"""How Indonesian offices write dates, numbers and NIP."""

from __future__ import annotations

import datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from num2words import num2words

from p2ham.engine.numbers import read_number, round_half_up

LOCALE = "id"
# The three time zones of the country, as clocks and invitations name them.
ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def long_date(day: datetime.date | None) -> str:
	"""Return "30 Januari 2024", empty for no day."""
	return format_date(day, "d MMMM y", locale=LOCALE) if day else ""


def weekday(day: datetime.date | None) -> str:
	"""Return "Selasa", empty for no day."""
	return format_date(day, "EEEE", locale=LOCALE) if day else ""


def month(day: datetime.date) -> str:
	"""Return "Januari"."""
	return format_date(day, "MMMM", locale=LOCALE)


def clock(time: datetime.timedelta) -> str:
	"""Return the time since midnight as "09.00"."""
	minutes = int(time.total_seconds()) // 60
	return f"{minutes // 60:02}.{minutes % 60:02}"


def hours(begins: datetime.timedelta | None, ends: datetime.timedelta | None, zone: str) -> str:
	"""Return from when to when something lasts: "pukul 09.00 s.d. 11.30 WIB", empty where nobody said when it begins.

	`zone` is the name of the time zone; one outside Indonesia is not named.
	"""
	if begins is None:
		return ""
	name = ZONES.get(zone, "")
	if ends is None:
		return " ".join(filter(None, ["pukul", clock(begins), name, "s.d. selesai"]))
	return " ".join(filter(None, ["pukul", clock(begins), "s.d.", clock(ends), name]))


def day_in_words(day: datetime.date) -> str:
	"""Return a day as records of proceedings begin with it: "Selasa, tanggal tiga puluh, bulan Januari, tahun dua ribu
	dua puluh empat"."""
	return f"{weekday(day)}, tanggal {in_words(day.day)}, bulan {month(day)}, tahun {in_words(day.year)}"


def in_words(value) -> str:
	"""Return a number in words: "delapan puluh tujuh koma lima nol". Give a Decimal to keep its zeros."""
	return num2words(value, lang=LOCALE)


def score_in_words(value) -> str:
	"""Return a score in words with its two decimals, none where they are zero: "seratus"."""
	rounded = round_half_up(read_number(value) or 0)
	return in_words(int(rounded) if rounded == int(rounded) else rounded)


def roman(number: int) -> str:
	"""Return "IV" for 4, as annexes are numbered. Raises ValueError beyond 1 to 39."""
	if not 0 < number < 40:
		raise ValueError(number)
	ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
	return "X" * (number // 10) + ones[number % 10]


def score(value) -> str:
	"""Return a score (0-100) with two decimals and a decimal comma: "87,50"."""
	return format_decimal(round_half_up(read_number(value) or 0), "0.00", locale=LOCALE)


def number(value) -> str:
	"""Return a number with a decimal comma and at most two decimals, none where there are none: "100", "33,33"."""
	return format_decimal(round_half_up(read_number(value) or 0), "0.##", locale=LOCALE)


def nip(digits: str | None) -> str:
	"""Return a NIP as it is printed, in its groups of date of birth, appointment, sex and sequence:
	"19720303 200203 1 002". What does not have 18 digits is returned as it is."""
	plain = (digits or "").replace(" ", "")
	if len(plain) != 18:
		return digits or ""
	return f"{plain[:8]} {plain[8:14]} {plain[14]} {plain[15:]}"


def listed(words: list[str]) -> str:
	"""Return "a, b dan c"."""
	if len(words) < 2:
		return "".join(words)
	return ", ".join(words[:-1]) + " dan " + words[-1]
