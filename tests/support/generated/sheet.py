"""What a generated sheet is about: its period, who works on it, what it holds, and how far it comes."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from p2ham.engine.instrument import Instrument

# How far a sheet has come. Some lie between two states of the lifecycle.
UNTOUCHED = "untouched"
PARTLY = "partly answered"
RETURNED = "returned"
SUBMITTED = "submitted"
VERIFIED = "verified"
REVIEWED = "reviewed"
APPROVED = "approved"
CANCELLED = "cancelled"


@dataclass(frozen=True)
class Round:
	"""A period with its instrument, read from the site."""

	period: str
	title: str
	year: int
	begins: datetime.date
	instrument: Instrument

	@property
	def data_year(self) -> int:
		return self.year - 1


@dataclass(frozen=True)
class People:
	"""Who works on the sheets of a unit."""

	clerk: str
	head: str
	kabag: str
	sekda: str


class Sheet:
	"""An assessment as the worksheet reads and writes it, apart from a database."""

	def __init__(self, **values):
		self.__dict__.update(values)

	def get(self, name: str):
		return self.__dict__.get(name)

	def __setitem__(self, name: str, value) -> None:
		self.__dict__[name] = value


# All columns, since rows that are written together need the same ones.
EMPTY = dict.fromkeys(
	(
		"return_note",
		"review_note",
		"cancel_note",
		"correct_until",
		"sheet_number",
		"record_number",
		"submitted_by",
		"submitted_on",
		"reviewed_by",
		"reviewed_on",
		"approved_by",
		"approved_on",
		"snapshot_hash",
		"amended_from",
	)
)
HEAD = ("name", "opd", "opd_name", "period", "instrument", "assessment_year", "workflow_state", *EMPTY)
FIGURES = ("self_score", "verified_score", "category", "meets", "completeness")
