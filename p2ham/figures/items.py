"""The answers to indicators as the database counts them: who was asked, what applies, who meets it in full."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from frappe import _
from pypika.functions import Trim
from pypika.queries import QueryBuilder
from pypika.terms import Case, Criterion, Term, ValueWrapper

from p2ham.engine.faults import N_
from p2ham.engine.instrument import Instrument
from p2ham.engine.numbers import round_half_up
from p2ham.engine.scoring import FULL_POINTS
from p2ham.figures import choice, scoped, scores
from p2ham.figures.choice import Period

VERIFIED, OWN = N_("Verified"), N_("Own")
SIDES = (VERIFIED, OWN)
COLUMNS = {VERIFIED: "verified", OWN: "self"}
WORDS = {VERIFIED: N_("verified answers of reviewed assessments"), OWN: N_("the units' own answers")}


def side_of(filters: dict | None) -> str:
	"""Return whose answers the reader wants: VERIFIED, which only decided assessments have, or OWN."""
	return choice.one_of(filters, "side", _("Answers of"), SIDES) or VERIFIED


def notices(side: str, found: bool) -> list[str]:
	"""Say whose answers are counted, and where that is nobody's yet (`found` is false) how to see more."""
	lines = [_("Counted are {0}.").format(_(WORDS[side]))]
	if side == VERIFIED and not found:
		lines.append(
			_(
				"None that you may see is reviewed yet. Choose {0} under {1} for what the units answered."
			).format(_(OWN), _("Answers of"))
		)
	return lines


def sheets(period: Period, side: str, filters: dict | None = None) -> QueryBuilder:
	"""Return a query on the assessments of a period, as far as they count for a side and lie below the unit that the
	filters name (one query for that)."""
	assessment = scoped.table("P2HAM Assessment")
	query = scoped.within("P2HAM Assessment").where(
		(assessment.period == period.name) & (assessment.docstatus < 2)
	)
	if side == VERIFIED:
		query = query.where(assessment.workflow_state.isin(scores.DECIDED))
	below = choice.unit(filters, assessment.opd)
	return query if below is None else query.where(below)


def answers(period: Period, side: str, filters: dict | None = None) -> QueryBuilder:
	"""Return a query on the `sheets` joined with their items."""
	return for_sheets(sheets(period, side, filters))


def for_sheets(sheets: QueryBuilder) -> QueryBuilder:
	"""Join the items to a query on assessments."""
	assessment, item = scoped.table("P2HAM Assessment"), scoped.table("P2HAM Assessment Item")
	return sheets.join(item).on(item.parent == assessment.name)


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
	"""Return the condition for a row whose answer says that the indicator does not apply. Blanks around an answer
	are stored and mean nothing, as in `engine.scoring`."""
	item = scoped.table("P2HAM Assessment Item")
	conditions = [
		(item.scale == scale.title) & Trim(answer(side)).isin(labels)
		for scale in instrument.scales
		if (labels := [option.label for option in scale.options if option.not_applicable])
	]
	return Criterion.any(conditions) if conditions else ValueWrapper(1) == ValueWrapper(0)


def meets(side: str) -> Term:
	"""Return 1 for a row with full points, else 0."""
	return Case().when(points(side) >= int(FULL_POINTS), 1).else_(0)


def unanswered(side: str) -> Term:
	"""Return 1 for a row without an answer, else 0."""
	return Case().when(answer(side).isnull() | (Trim(answer(side)) == ""), 1).else_(0)


def ratio(part: float | None, whole: float | None) -> float | None:
	"""Return the weighted mean of points (0-100) from the two sums of a database, half up to two decimals; None where
	nothing applies."""
	if not whole:
		return None
	return float(round_half_up(exact(part) / exact(whole)))


def exact(value: float | None) -> Fraction:
	"""Return a sum of the database, which adds decimals, as the decimal it was before it became floating point."""
	return Fraction(Decimal(str(value or 0)))
