"""What was decided, in one canonical text, and its SHA-256: the same content always gives the same hash."""

from __future__ import annotations

import datetime
import hashlib
import json
import secrets
from decimal import Decimal

from . import fields
from .instrument import Criterion, Instrument, Scale, ScaleOption, Threshold


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


def sha256_of_text(text: str) -> str:
	"""Return the SHA-256 of a canonical text as it is stored."""
	return hashlib.sha256(text.encode()).hexdigest()


# A code is typed from paper: capitals and digits that nobody takes for each other. 24 of 30 are 117 bits.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 24
CODE_GROUP = 4


def new_code() -> str:
	"""Return a verification code that nobody can guess."""
	return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def read_code(typed: str | None) -> str:
	"""Return a code as it is stored, from whatever way it was typed; empty for what can be none."""
	plain = "".join((typed or "").split()).replace("-", "").upper()
	return plain if len(plain) == CODE_LENGTH and set(plain) <= set(CODE_LETTERS) else ""


def sealed_code(text: str) -> str:
	"""Return the code that a stored text itself says it has. Raises ValueError for what is no JSON."""
	return json.loads(text).get("code") or ""


def printed_code(code: str) -> str:
	"""Return a code in groups, as it is printed: "2345-6789-..."."""
	return "-".join(code[at : at + CODE_GROUP] for at in range(0, len(code), CODE_GROUP))


def instrument_part(instrument: Instrument) -> dict:
	"""Return what a result rests on besides the answers: criteria, scales, thresholds, and one SHA-256 of the whole
	instrument, which says what version it was."""
	return {
		**{name: getattr(instrument, name) for name in INSTRUMENT_FIELDS},
		"sha256": sha256(fields.write(instrument)),
		"thresholds": [
			{name: getattr(threshold, name) for name in THRESHOLD_FIELDS}
			for threshold in instrument.thresholds
		],
		"scales": [
			{
				"title": scale.title,
				"kind": scale.kind,
				"options": [
					{name: getattr(option, name) for name in OPTION_FIELDS} for option in scale.options
				],
			}
			for scale in instrument.scales
		],
		"criteria": [
			{name: getattr(criterion, name) for name in CRITERION_FIELDS} for criterion in instrument.criteria
		],
	}


INSTRUMENT_FIELDS = ("code", "title", "regulation", "family", "year", "template", "passing_score")
THRESHOLD_FIELDS = ("label", "min_score", "colour")
OPTION_FIELDS = ("label", "points", "not_applicable")
CRITERION_FIELDS = ("code", "title", "weight", "parent")


def read_instrument(part: dict) -> Instrument:
	"""Return the instrument that `instrument_part` wrote. Its indicators stand in the items of the sheet."""
	return Instrument(
		**{
			**{name: part[name] for name in INSTRUMENT_FIELDS},
			"year": int(part["year"]),
			"template": bool(int(part["template"])),
			"passing_score": _number(part["passing_score"]),
		},
		source_note="",
		thresholds=tuple(
			Threshold(row["label"], Decimal(row["min_score"]), row["colour"]) for row in part["thresholds"]
		),
		scales=tuple(
			Scale(
				scale["title"],
				scale["kind"],
				tuple(
					ScaleOption(row["label"], Decimal(row["points"]), bool(int(row["not_applicable"])))
					for row in scale["options"]
				),
			)
			for scale in part["scales"]
		),
		criteria=tuple(Criterion(**{**row, "weight": Decimal(row["weight"])}) for row in part["criteria"]),
		indicators=(),
	)


def _number(text: str | None) -> Decimal | None:
	return None if text is None else Decimal(text)
