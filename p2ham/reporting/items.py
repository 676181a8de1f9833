"""The answers to indicators as the database counts them: who was asked, what applies, who meets it in full."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from frappe import _
from pypika.queries import QueryBuilder
from pypika.terms import Case, Criterion, Term, ValueWrapper

from p2ham.engine.faults import N_
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import round_half_up
from p2ham.engine.scoring import FULL_POINTS
from p2ham.reporting import choice, scoped, scores
from p2ham.reporting.choice import Period

VERIFIED, OWN = N_("Verified"), N_("Own")
SIDES = (VERIFIED, OWN)
COLUMNS = {VERIFIED: "verified", OWN: "self"}
WORDS = {VERIFIED: N_("verified answers of reviewed assessments"), OWN: N_("the units' own answers")}
# Products of weights (4 decimals) and points (2): sums that a database adds as floating point are exact so far.
DECIMALS = 6


def side_of(filters: dict | None) -> str:
	"""Return whose answers the reader wants: VERIFIED, which only decided assessments have, or OWN."""
	return choice.one_of(filters, "side", _("Answers of"), SIDES) or VERIFIED


def answers(period: Period, side: str, filters: dict | None = None) -> QueryBuilder:
	"""Return a query on assessments of a period joined with their items, as far as they count for a side and lie
	below the unit that the filters name (one query for that)."""
	assessment, item = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Item")
	query = (
		scoped.within("P2HAM Assessment")
		.join(item)
		.on(item.parent == assessment.name)
		.where((assessment.period == period.name) & (assessment.docstatus < 2))
	)
	if side == VERIFIED:
		query = query.where(assessment.workflow_state.isin(scores.DECIDED))
	below = choice.unit(filters, assessment.opd)
	return query if below is None else query.where(below)


def points(side: str) -> Term:
	"""Return the points (0-100) of an item's row; 0 where it is unanswered or does not apply."""
	return scoped.table("P2HAM Assessment Item")[f"{COLUMNS[side]}_points"]


def answer(side: str) -> Term:
	"""Return what was answered."""
	return scoped.table("P2HAM Assessment Item")[f"{COLUMNS[side]}_answer"]


def applies(instrument: Instrument, side: str) -> Term:
	"""Return 0 for a row whose answer says that the indicator does not apply, else 1."""
	return Case().when(not_applicable(instrument, side), 0).else_(1)


def not_applicable(instrument: Instrument, side: str) -> Criterion:
	"""Return the condition for a row whose answer says that the indicator does not apply."""
	item = scoped.table("P2HAM Assessment Item")
	conditions = [
		(item.scale == scale.title) & answer(side).isin(labels)
		for scale in instrument.scales
		if (labels := [option.label for option in scale.options if option.not_applicable])
	]
	return Criterion.any(conditions) if conditions else ValueWrapper(1) == ValueWrapper(0)


def meets(side: str) -> Term:
	"""Return 1 for a row with full points, else 0."""
	return Case().when(points(side) >= int(FULL_POINTS), 1).else_(0)


def unanswered(side: str) -> Term:
	"""Return 1 for a row without an answer, else 0."""
	return Case().when(answer(side).isnull() | (answer(side) == ""), 1).else_(0)


def ratio(part: float | None, whole: float | None) -> float | None:
	"""Return the weighted mean of points (0-100) from the two sums of a database, half up to two decimals; None where
	nothing applies."""
	if not whole:
		return None
	return float(round_half_up(exact(part) / exact(whole)))


def exact(value: float | None) -> Fraction:
	"""Return a sum of the database without what floating point has added to it."""
	return Fraction(round_half_up(Decimal(str(value or 0)), DECIMALS))
