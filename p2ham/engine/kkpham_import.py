"""Results of KKP HAM from a table that people fill in: what a row says beside the result that is there, and what it
would change. An empty cell changes nothing: only what a file says is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .faults import N_, Fault

# As officials call them; a template is Indonesian whatever the language of the desk.
SHEET = "Hasil KKP HAM"
COLUMNS = {
	"opd": "OPD",
	"assessment_year": "Tahun Penilaian",
	"data_year": "Tahun Data",
	"instrument": "Instrumen",
	"score": "Nilai",
	"reviewed_on": "Tanggal Reviu",
	"reference": "Nomor/Referensi",
	"finding": "Temuan",
	"recommendation": "Rekomendasi",
}
NEEDED = ("opd", "assessment_year", "instrument", "score")

NEW, CHANGED, UNCHANGED, FAULTY = N_("New"), N_("Changed"), N_("Unchanged"), N_("Faulty")


@dataclass(frozen=True)
class Asked:
	"""An instrument by which results are given: the record of each right by its code."""

	name: str
	title: str
	rights: Mapping[str, str]


@dataclass(frozen=True)
class Known:
	"""What the site has: full names of units by abbreviation, and the instruments of KKP HAM in use."""

	units: Mapping[str, str]
	instruments: tuple[Asked, ...]


@dataclass(frozen=True)
class Entry:
	"""What one row says: values by field, scores (points 0-100) by the record of the right; what is empty or wrong is in
	neither. The place of a fault is (row, letter of the column, name of the column)."""

	number: int
	values: Mapping[str, Any]
	scores: Mapping[str, Decimal]
	faults: tuple[Fault, ...] = ()

	@property
	def key(self) -> tuple[str, int] | None:
		"""The unit and the year, of which there is one result; None where one of them cannot be read."""
		opd, year = self.values.get("opd"), self.values.get("assessment_year")
		return (opd, year) if opd and year else None


@dataclass(frozen=True)
class Present:
	"""A result that is there: `stamp` says in which version."""

	name: str
	stamp: str
	values: Mapping[str, object]
	scores: Mapping[str, Decimal]


@dataclass(frozen=True)
class Change:
	"""What becomes of one field, or, with `right`, of the score of one right."""

	field: str
	old: object
	new: object
	right: str = ""


def changes(entry: Entry, present: Present | None) -> list[Change]:
	"""Return what an entry without faults would change in the result that is there; all it says, if there is none."""
	values = dict(entry.values)
	old_values, old_scores = (present.values, present.scores) if present else ({}, {})
	if not present:
		values.setdefault("data_year", values["assessment_year"] - 1)
	found = [
		Change(name, old_values.get(name), values[name])
		for name in COLUMNS
		if name in values and values[name] != old_values.get(name)
	]
	found += [
		Change("rights", old_scores.get(right), score, right)
		for right, score in entry.scores.items()
		if score != old_scores.get(right)
	]
	if present and values["instrument"] != old_values["instrument"]:
		# What another instrument asked is none of its rights.
		found += [
			Change("rights", score, None, right)
			for right, score in old_scores.items()
			if right not in entry.scores
		]
	return found


def kind(entry: Entry, present: Present | None) -> str:
	"""Return what would become of an entry: NEW, CHANGED, UNCHANGED or FAULTY."""
	if entry.faults:
		return FAULTY
	if not present:
		return NEW
	return CHANGED if changes(entry, present) else UNCHANGED
