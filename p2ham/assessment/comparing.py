"""Two assessments of one unit side by side: from the documents to the rules (`engine.comparison`), and from
their answer to plain data for the desk.

The rules know an indicator by its instrument and the code of the regulation; the rows of an assessment know it
by its record, which is called INSTRUMENT-CODE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from p2ham import fault_messages
from p2ham.assessment import results
from p2ham.engine import comparison, lifecycle
from p2ham.engine.comparison import (
	Answered,
	Assessed,
	Comparison,
	CriterionNode,
	Figures,
	Group,
	Kind,
	Level,
	Member,
	Reason,
	Side,
)
from p2ham.engine.faults import FaultyError
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import read_number
from p2ham.instruments import store


@dataclass(frozen=True)
class Sheet:
	"""An assessment as it is compared: its document and instrument, which of its sides counts (self, verified),
	and what the rules want to know of it."""

	doc: Document
	instrument: Instrument
	side: str
	assessed: Assessed


# --- With what ----------------------------------------------------------------------------------------------


def earlier(doc) -> list[dict]:
	"""Return the assessments that `doc` can be compared with and the session's user may read, newest first.

	They are of the same unit and family of instruments, of an earlier period, and not cancelled.
	"""
	rows = frappe.get_list(
		"P2HAM Assessment",
		filters={
			"opd": doc.opd,
			"period": ("!=", doc.period),
			"workflow_state": ("!=", lifecycle.CANCELLED),
		},
		fields=["name", "period", "instrument", "workflow_state", "self_score", "verified_score"],
		order_by="name",
		limit_page_length=0,
	)
	periods = _periods([doc.period, *(row.period for row in rows)])
	own = periods[doc.period]
	rows = [
		row
		for row in rows
		if periods[row.period].family == own.family and _moment(periods[row.period]) < _moment(own)
	]
	rows.sort(key=lambda row: _moment(periods[row.period]), reverse=True)
	titles, unverified = _titles(row.instrument for row in rows), _unverified(row.name for row in rows)
	found = []
	for row in rows:
		verified = row.workflow_state != lifecycle.DRAFT and row.name not in unverified
		side = "verified" if verified else "self"
		found.append(
			{
				"name": row.name,
				"period": row.period,
				"period_title": periods[row.period].title,
				"year": periods[row.period].assessment_year,
				"instrument": row.instrument,
				"instrument_title": titles[row.instrument],
				"state": row.workflow_state,
				"side": side,
				"score": row[f"{side}_score"],
			}
		)
	return found


def refuse_unlike(older, newer) -> None:
	"""Raise frappe.ValidationError unless `older` is an earlier assessment of the same unit, both in force."""
	if older.opd != newer.opd:
		frappe.throw(
			_("{0} and {1} are of different units. One unit is compared with itself.").format(
				older.name, newer.name
			),
			title=_("Cannot Be Compared"),
		)
	for doc in (older, newer):
		if doc.workflow_state == lifecycle.CANCELLED:
			frappe.throw(
				_("{0} was cancelled and is not compared.").format(doc.name), title=_("Cannot Be Compared")
			)
	periods = _periods([older.period, newer.period])
	if not _moment(periods[older.period]) < _moment(periods[newer.period]):
		frappe.throw(
			_("{0} is not of an earlier period than {1}.").format(older.name, newer.name),
			title=_("Cannot Be Compared"),
		)


def _periods(names: Iterable[str]) -> dict:
	rows = frappe.get_all(
		"P2HAM Period",
		filters={"name": ("in", sorted(set(names)))},
		fields=["name", "title", "family", "assessment_year", "fill_from", "creation"],
		order_by="name",
	)
	return {row.name: row for row in rows}


def _moment(period) -> tuple:
	"""Return what puts periods in order; a year may have several rounds."""
	return period.assessment_year, period.fill_from, period.creation


def _titles(instruments: Iterable[str]) -> dict[str, str]:
	return dict(
		frappe.get_all(
			"P2HAM Instrument",
			filters={"name": ("in", [*sorted(set(instruments)), ""])},
			fields=["name", "title"],
			order_by="name",
			as_list=True,
		)
	)


def _unverified(names: Iterable[str]) -> set[str]:
	"""Return those of the assessments in which an item is not verified (see `worksheet.is_verified`)."""
	return set(
		frappe.get_all(
			"P2HAM Assessment Item",
			filters={"parent": ("in", [*names, ""]), "verified_answer": ("is", "not set")},
			pluck="parent",
			distinct=True,
			order_by="parent",
		)
	)


# --- To the rules -------------------------------------------------------------------------------------------


def compare(older, newer) -> dict:
	"""Compare two assessments of one unit; return everything the desk shows, as plain data.

	The caller has checked that both may be read and go together. The number of queries does not depend on the
	size of the sheets. Raises frappe.ValidationError for sheets or links that make no sense.
	"""
	instruments = {name: store.load(name) for name in {older.instrument, newer.instrument}}
	sheets = {
		side: read_sheet(doc, instruments[doc.instrument])
		for side, doc in ((Side.OLDER, older), (Side.NEWER, newer))
	}
	try:
		found = comparison.compare(
			sheets[Side.OLDER].assessed, sheets[Side.NEWER].assessed, store.continuations(*instruments)
		)
	except FaultyError as error:
		fault_messages.throw(
			_("{0} and {1} cannot be compared:").format(older.name, newer.name),
			[fault_messages.message(fault) for fault in error.faults],
			_("Cannot Be Compared"),
		)
	return as_data(found, sheets)


def read_sheet(doc, instrument: Instrument) -> Sheet:
	"""Return an assessment as the rules want it: points from its answers, official scores as they are stored.

	The side compared is the one that is the result: the verified one as soon as all of it is verified.
	"""
	side = "verified" if results.is_verified(doc) else "self"
	computed = results.compute(doc, instrument)
	return Sheet(
		doc=doc,
		instrument=instrument,
		side=side,
		assessed=Assessed(
			instrument=doc.instrument,
			criteria=tuple(
				CriterionNode(
					_code(doc.instrument, row.code),
					row.title,
					row.weight,
					_code(doc.instrument, row.parent) if row.parent else None,
				)
				for row in instrument.criteria
			),
			items=tuple(
				Answered(
					row.code,
					row.title,
					_code(doc.instrument, row.criterion),
					read_number(row.weight),
					computed.points[side][row.indicator],
				)
				for row in doc.items
			),
			total=None if computed.results[side].total is None else read_number(doc.get(f"{side}_score")),
			criterion_scores={
				_code(doc.instrument, row.criterion): None
				if row.get(f"{side}_not_applicable")
				else read_number(row.get(f"{side}_score"))
				for row in doc.scores
			},
		),
	)


def _code(instrument: str, record: str) -> str:
	return record.removeprefix(f"{instrument}-")


# --- To the desk --------------------------------------------------------------------------------------------


def as_data(found: Comparison, sheets: dict[Side, Sheet]) -> dict:
	"""Return a comparison as plain data: numbers, words in the user's language, rows in their order."""
	periods = _periods(sheet.doc.period for sheet in sheets.values())
	words = Words(sheets)
	return {
		"opd": sheets[Side.NEWER].doc.opd,
		"opd_name": sheets[Side.NEWER].doc.opd_name,
		**{side.value: _sheet_data(sheet, periods[sheet.doc.period]) for side, sheet in sheets.items()},
		"same_instrument": found.same_instrument,
		"linked": found.linked,
		"total": {**_level_data(found.total), "older_coverage": _number(found.older_coverage)},
		"criteria": list(_criteria_data(found, sheets[Side.NEWER].assessed)),
		"groups": [words.group(group) for group in found.groups],
		"not_comparable": [words.member(member) for member in found.not_comparable],
	}


def _sheet_data(sheet: Sheet, period) -> dict:
	doc = sheet.doc
	colours = {row.label: row.colour for row in sheet.instrument.thresholds}
	return {
		"name": doc.name,
		"period": doc.period,
		"period_title": period.title,
		"year": period.assessment_year,
		"instrument": doc.instrument,
		"instrument_title": sheet.instrument.title,
		"state": doc.workflow_state,
		"side": sheet.side,
		"total": _number(sheet.assessed.total),
		"category": doc.category or "",
		"category_colour": colours.get(doc.category, "gray"),
	}


def _criteria_data(found: Comparison, newer: Assessed) -> Iterator[dict]:
	"""Yield the criteria of the newer sheet below which something was asked, as their tree reads."""
	levels = {level.criterion.code: level for level in found.criteria}
	asked = set()
	for item in newer.items:
		code = item.criterion
		while code and code not in asked:
			asked.add(code)
			code = levels[code].criterion.parent

	def below(parent: str | None, depth: int) -> Iterator[dict]:
		for code, level in levels.items():
			if level.criterion.parent == parent and code in asked:
				yield {
					"code": code,
					"title": level.criterion.title,
					"depth": depth,
					**_level_data(level),
				}
				yield from below(code, depth + 1)

	return below(None, 0)


def _level_data(level: Level) -> dict:
	return {
		"official": _figures_data(level.official),
		"like_for_like": _figures_data(level.like_for_like),
		"coverage": _number(level.coverage),
	}


def _figures_data(figures: Figures) -> dict:
	return {"old": _number(figures.old), "new": _number(figures.new), "change": _number(figures.change)}


def _number(value: Decimal | None) -> float | None:
	return None if value is None else float(value)


class Words:
	"""Groups and items of a comparison with what people call them."""

	def __init__(self, sheets: dict[Side, Sheet]):
		self.kinds, self.reasons = kind_labels(), reason_labels()
		self.answers = {
			(side, row.code): row.get(f"{sheet.side}_answer") or ""
			for side, sheet in sheets.items()
			for row in sheet.doc.items
		}
		self.titles = {
			(side, _code(sheet.doc.instrument, row.code)): row.title
			for side, sheet in sheets.items()
			for row in sheet.instrument.indicators
		}

	def group(self, group: Group) -> dict:
		return {
			"kind": group.kind.value,
			"kind_label": self.kinds[group.kind],
			"comparable": group.comparable,
			"older": [self.member(member) for member in group.older],
			"newer": [self.member(member) for member in group.newer],
			"not_asked": [
				{"side": side.value, "code": code, "title": self.titles[side, code]}
				for side, code in group.not_asked
			],
			**_figures_data(group.points),
		}

	def member(self, member: Member) -> dict:
		points = member.item.points
		return {
			"side": member.side.value,
			"code": member.item.code,
			"title": member.item.title,
			"answer": self.answers[member.side, member.item.code],
			"points": _number(points.value),
			"answered": points.answered,
			"reason": member.reason.value if member.reason else "",
			"reason_label": self.reasons[member.reason] if member.reason else "",
		}


def kind_labels() -> dict[Kind, str]:
	"""Say in a word, in the user's language, how the items of a group belong together."""
	return {
		Kind.ONE_TO_ONE: _("One to one"),
		Kind.MERGED: _("Merged"),
		Kind.SPLIT: _("Split"),
		Kind.REGROUPED: _("Regrouped"),
		Kind.NEW: _("New"),
		Kind.DROPPED: _("Dropped"),
	}


def reason_labels() -> dict[Reason, str]:
	"""Say in the user's language why an item is not compared."""
	return {
		Reason.NEW: _("The older instrument did not ask this."),
		Reason.DROPPED: _("The newer instrument does not ask this any more."),
		Reason.NOT_ASKED_BEFORE: _("This unit was not asked this before."),
		Reason.NOT_ASKED_NOW: _("This unit is not asked this now."),
		Reason.NOT_APPLICABLE_BEFORE: _("It did not apply before."),
		Reason.NOT_APPLICABLE_NOW: _("It does not apply now."),
	}
