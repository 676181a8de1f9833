"""Exact numbers: reading what people type, and rounding as offices round."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction


def read_number(value) -> Decimal | None:
	"""Return `value` as an exact decimal, None when nothing was given.

	Accepts int, float, Decimal and text; text may use a decimal comma ("12,5"), as Indonesian offices write.
	Raises ValueError for anything that is not a finite number (text, NaN, infinity, True).
	"""
	if value is None:
		return None
	if isinstance(value, bool):
		raise ValueError(f"{value!r} is not a number")
	if isinstance(value, str):
		text = value.strip()
		if not text:
			return None
		return read_written(text)
	try:
		number = Decimal(str(value))
	except InvalidOperation:
		raise ValueError(f"{value!r} is not a number") from None
	if not number.is_finite():
		raise ValueError(f"{value!r} is not a number")
	return number


def read_written(text: str) -> Decimal:
	"""Return the exact decimal that a text without blanks around it writes. Raises ValueError for one that writes none."""
	# Decimal alone would also take "1_0", "1e9" and digits of other scripts.
	if not re.fullmatch(r"[+-]?\d+([.,]\d+)?", text, re.ASCII):
		raise ValueError(f"{text!r} is not a number")
	return Decimal(text.replace(",", "."))


def plain(value: Decimal) -> str:
	"""Return a number as people write it: exact, without trailing zeros or an exponent."""
	return f"{value.normalize():f}"


def round_half_up(value: Fraction | Decimal | int, decimals: int = 2) -> Decimal:
	"""Round halves upwards, to two decimals if not told otherwise: 74.995 becomes 75.00 (shared rule of scores,
	0-100)."""
	unit = Decimal(1).scaleb(-decimals)
	if isinstance(value, Fraction):
		# Exact: the tie is decided on the fraction, not on a decimal expansion that was cut somewhere.
		units = value * 10**decimals
		floor = units.numerator // units.denominator
		if units - floor >= Fraction(1, 2):
			floor += 1
		return Decimal(floor).scaleb(-decimals).quantize(unit)
	return Decimal(value).quantize(unit, rounding=ROUND_HALF_UP)
