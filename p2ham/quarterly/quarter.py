"""The figures of the report that a region gives the Minister of Home Affairs every three months (letter
100.2.1.6/0353/OTDA of 4 January 2024): what happened within a quarter, and what stood at its end.

What was decided later does not count in an earlier quarter: states are those that the log had on the last day, and who was
cancelled later still counts. Units taking part are those of today; nothing says since when.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import frappe
from frappe.query_builder.functions import Count, Max, Sum
from pypika.queries import QueryBuilder
from pypika.terms import Case, Criterion, Term

from p2ham.assessment import indicator_figures
from p2ham.engine import lifecycle
from p2ham.engine.guidance import HELD
from p2ham.engine.numbers import round_half_up
from p2ham.figures import items, scoped, scores
from p2ham.figures.choice import Period
from p2ham.instruments import store

# Ordered by how far an assessment has come; who has come further counts with those before.
STATES = (lifecycle.DRAFT, lifecycle.SUBMITTED, lifecycle.REVIEWED, lifecycle.APPROVED)
WEAKEST = 5
# Steps by action and the state they lead to. Who sends something back says why.
FORWARD = {
	(step.action, step.target)
	for step in lifecycle.TRANSITIONS
	if step.target in STATES and not step.note_required
}
BACK = {
	(step.action, step.target)
	for step in lifecycle.TRANSITIONS
	if step.target in STATES and step.note_required
}


@dataclass(frozen=True)
class Span:
	"""The days of a quarter. `after` is the first day that no longer belongs to it."""

	year: int
	quarter: int

	@property
	def first(self) -> datetime.date:
		return datetime.date(self.year, 3 * self.quarter - 2, 1)

	@property
	def after(self) -> datetime.date:
		return datetime.date(self.year + self.quarter // 4, 3 * self.quarter % 12 + 1, 1)

	@property
	def last(self) -> datetime.date:
		return self.after - datetime.timedelta(days=1)

	@classmethod
	def containing(cls, day: datetime.date) -> Span:
		return cls(day.year, (day.month + 2) // 3)


@dataclass(frozen=True)
class Quarter:
	"""A quarter of a period. `within` counts steps taken in it by the state they led to, and returns; `reached` the
	assessments that had come at least to a state on its last day. Scores are points from 0 to 100."""

	period: Period
	span: Span
	within: dict[str, int]
	returns: int
	reached: dict[str, int]
	mean: float | None
	categories: dict[str, int]
	taking_part: int
	declared_within: int
	declared: int
	evidence_within: int
	evidence: int
	guidance_within: int
	guidance: int
	follow_ups_within: int
	follow_ups_closed_within: int
	follow_ups_open: int
	follow_ups_late: int
	kkpham_score: float | None
	weakest: list[indicator_figures.Gap]


def of_period(period: Period, span: Span) -> Quarter:
	"""Return the figures of a quarter for what the session's user may see. Five queries."""
	instrument = store.load(period.instrument)
	within, returns = _steps(period, span)
	standings = _standings(period, span)
	approved = [row for row in standings if row.state == lifecycle.APPROVED]
	number = sum(row.number for row in approved)
	counts = _counts(period, span)
	gaps = indicator_figures.gaps_among(_decided(period, span), instrument, items.VERIFIED)
	return Quarter(
		period=period,
		span=span,
		within=within,
		returns=returns,
		reached={
			state: sum(row.number for row in standings if row.state in STATES[place:])
			for place, state in enumerate(STATES)
		},
		mean=float(round_half_up(sum(items.exact(row.points) for row in approved) / number))
		if number
		else None,
		categories={
			threshold.label: sum(row.number for row in approved if row.category == threshold.label)
			for threshold in reversed(instrument.thresholds)
		},
		weakest=[gap for gap in gaps if gap.lacking][:WEAKEST],
		**counts,
	)


def _steps(period: Period, span: Span) -> tuple[dict[str, int], int]:
	"""How many assessments came to each state within the quarter, and how often one was returned."""
	assessment, entry = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Log")
	query, _state = _sheets(period, span)
	rows = (
		query.join(entry)
		.on(entry.assessment == assessment.name)
		.select(entry.action, entry.to_state, Count(entry.assessment).distinct(), Count("*"))
		.where(_in_time(entry.at, span) & (entry.from_state != entry.to_state))
		.groupby(entry.action, entry.to_state)
		.orderby(entry.action)
		.orderby(entry.to_state)
		.run()
	)
	within = dict.fromkeys(STATES, 0)
	returns = 0
	for action, target, sheets, times in rows:
		if (action, target) in FORWARD:
			within[target] += sheets
		elif (action, target) in BACK:
			returns += times
	return within, returns


def _sheets(period: Period, span: Span) -> tuple[QueryBuilder, Term]:
	"""Return a query on the assessments that counted on the last day, and the state in which each was then. One that had
	begun without any step yet is a draft; one cancelled by then does not count, its amendment does."""
	assessment, entry = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Log")
	last = (
		scoped.within("P2HAM Assessment")
		.join(entry)
		.on(entry.assessment == assessment.name)
		.select(entry.assessment, Max(entry.sequence).as_("sequence"))
		.where((assessment.period == period.name) & (entry.at < span.after))
		.groupby(entry.assessment)
		.as_("last")
	)
	then = entry.as_("then_log")
	state = Case().when(then.to_state.isnull(), lifecycle.DRAFT).else_(then.to_state)
	query = (
		scoped.within("P2HAM Assessment")
		.left_join(last)
		.on(last.assessment == assessment.name)
		.left_join(then)
		.on((then.assessment == last.assessment) & (then.sequence == last.sequence))
		.where((assessment.period == period.name) & (assessment.creation < span.after))
		.where(state != lifecycle.CANCELLED)
	)
	return query, state


def _decided(period: Period, span: Span) -> QueryBuilder:
	"""Return a query on the assessments that were reviewed or approved on the last day."""
	query, state = _sheets(period, span)
	return query.where(state.isin(scores.DECIDED))


def _standings(period: Period, span: Span) -> list[frappe._dict]:
	"""In which state how many assessments were on the last day, with category and points."""
	assessment = scoped.table("P2HAM Assessment")
	query, state = _sheets(period, span)
	return (
		query.select(
			state.as_("state"),
			assessment.category,
			Count("*").as_("number"),
			Sum(assessment.verified_score).as_("points"),
		)
		.groupby(state, assessment.category)
		.orderby(assessment.category)
		.run(as_dict=True)
	)


def units(period: Period, span: Span) -> list[frappe._dict]:
	"""Return each unit with the state in which its assessment was on the last day of the quarter, and since when (`at`).
	One query."""
	assessment, then = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Log").as_("then_log")
	query, state = _sheets(period, span)
	return (
		query.select(
			assessment.name.as_("assessment"),
			assessment.opd,
			assessment.opd_name,
			state.as_("state_then"),
			then.at,
			assessment.verified_score,
			assessment.category,
		)
		.orderby(assessment.opd)
		.run(as_dict=True)
	)


def guidance(span: Span) -> list[frappe._dict]:
	"""Return the guidance held in the quarter that the reader may see, by day, with how many units took part in each
	(`units`). One query."""
	talk, row = scoped.table("P2HAM Guidance"), scoped.table("P2HAM Guidance Participant")
	shown = (talk.date, talk.kind, talk.subject, talk.host, talk.place)
	return (
		scoped.within("P2HAM Guidance")
		.left_join(row)
		.on((row.parent == talk.name) & (row.parenttype == "P2HAM Guidance"))
		.select(*shown, Count(row.opd).distinct().as_("units"))
		.where((talk.status == HELD) & _in_time(talk.date, span))
		.groupby(talk.name, *shown)
		.orderby(talk.date)
		.orderby(talk.name)
		.run(as_dict=True)
	)


def _in_time(field: Term, span: Span) -> Criterion:
	return (field >= span.first) & (field < span.after)


def _counts(period: Period, span: Span) -> dict:
	"""Everything that is a single number, in one query."""
	rounds, participant = scoped.table("P2HAM Period"), scoped.table("P2HAM Period Participant")
	evidence, guidance = scoped.table("P2HAM Evidence"), scoped.table("P2HAM Guidance")
	follow_up, result = scoped.table("P2HAM Follow-up"), scoped.table("P2HAM KKPHAM Result")

	def taking_part():
		query = scoped.within("P2HAM Period Participant").select(Count("*"))
		query = query.where((participant.parent == period.name) & (participant.status != "Withdrawn"))
		return scoped.followed(query, participant.opd)

	def number(doctype: str, *conditions):
		query = scoped.within(doctype).select(Count("*"))
		for condition in conditions:
			query = query.where(condition)
		return query

	held = guidance.status == HELD
	# What had been closed by then; a later day says that it was still open.
	still_open = (follow_up.creation < span.after) & (
		follow_up.closed_on.isnull() | (follow_up.closed_on >= span.after)
	)
	unfinished = follow_up.completed_on.isnull() | (follow_up.completed_on >= span.after)
	questions = {
		"taking_part": taking_part(),
		"declared_within": taking_part().where(_in_time(participant.declared_on, span)),
		"declared": taking_part().where(participant.declared_on < span.after),
		"evidence_within": number("P2HAM Evidence", _in_time(evidence.creation, span)),
		"evidence": number("P2HAM Evidence", evidence.creation < span.after),
		"guidance_within": number("P2HAM Guidance", held, _in_time(guidance.date, span)),
		"guidance": number(
			"P2HAM Guidance",
			held,
			(guidance.date >= datetime.date(span.year, 1, 1)) & (guidance.date < span.after),
		),
		"follow_ups_within": number("P2HAM Follow-up", _in_time(follow_up.creation, span)),
		"follow_ups_closed_within": number("P2HAM Follow-up", _in_time(follow_up.closed_on, span)),
		"follow_ups_open": number("P2HAM Follow-up", still_open),
		"follow_ups_late": number("P2HAM Follow-up", still_open, unfinished, follow_up.due_date <= span.last),
		"kkpham_score": scoped.within("P2HAM KKPHAM Result")
		.select(Max(result.score))
		.where((result.is_regency == 1) & (result.assessment_year == span.year)),
	}
	(answers,) = (
		scoped.within("P2HAM Period")
		.select(*(question.as_(name) for name, question in questions.items()))
		.where(rounds.name == period.name)
		.run(as_dict=True)
	)
	return dict(answers)
