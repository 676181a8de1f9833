"""What was decided, in one canonical text, and its SHA-256: the same content always gives the same hash."""

from __future__ import annotations

import datetime
import hashlib
import json
from decimal import Decimal


def canonical(content) -> str:
	"""Return `content` (dicts, lists, text, numbers, dates, None) as canonical JSON: sorted keys, no spaces,
	numbers as exact decimals without trailing zeros, dates in ISO form.

	Raises TypeError for anything else, so that nothing is hashed by its accidental text form.
	"""
	return json.dumps(_plain(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(content) -> str:
	"""Return the SHA-256 of the canonical form, as 64 hexadecimal digits."""
	return hashlib.sha256(canonical(content).encode()).hexdigest()


def _plain(value):
	if value is None or isinstance(value, str):
		return value
	if isinstance(value, bool):
		return int(value)
	if isinstance(value, int | float | Decimal):
		number = Decimal(str(value)).normalize()
		return format(number, "f")
	if isinstance(value, datetime.datetime | datetime.date):
		return value.isoformat()
	if isinstance(value, dict):
		return {str(key): _plain(entry) for key, entry in value.items()}
	if isinstance(value, list | tuple):
		return [_plain(entry) for entry in value]
	raise TypeError(f"{type(value).__name__} has no canonical form")
