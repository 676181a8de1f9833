"""Answers become points, points become scores, a score becomes a category.

All scores are points from 0 to 100. Everything is computed exactly (fractions) and rounded half up to two
decimals at the very end. An item that is not applicable leaves numerator and denominator; an unanswered item
counts 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction

from .faults import N_, Fault, FaultyError
from .instrument import Scale, ScaleOption, Threshold, check_tree
from .numbers import plain, read_written, round_half_up

FULL_POINTS = Decimal(100)
# Weights have at most 13 digits and points 11 (see fields.Number): sums of their products fit, or it raises.
_EXACT = Context(prec=80, traps=[Inexact])
# A percentage keeps as many decimals as a site stores.
PERCENTAGE_DECIMALS = 9


class ScoringError(FaultyError):
	"""The data cannot be scored; the fault names what is wrong with which criterion or item."""


class AnswerError(ScoringError):
	"""An answer that its scale does not know. `allowed` says what the scale expects."""

	def __init__(self, answer: str, allowed: str):
		self.answer = answer
		self.allowed = allowed
		super().__init__([Fault((), N_('"{0}" is not on the scale ({1})'), (answer, allowed))])


@dataclass(frozen=True)
class Points:
	"""What one answer is worth: `value` 0-100, or None where the item is not applicable."""

	value: Decimal | None
	answered: bool = True

	@property
	def not_applicable(self) -> bool:
		return self.answered and self.value is None


UNANSWERED = Points(Decimal(0), answered=False)


@dataclass(frozen=True)
class ScoredItem:
	"""One answered item: which criterion it belongs to, what it weighs, and the points it got."""

	code: str
	criterion: str
	weight: Decimal
	points: Points
	mandatory: bool = False


@dataclass(frozen=True)
class CriterionWeight:
	code: str
	weight: Decimal
	parent: str | None = None


@dataclass(frozen=True)
class Result:
	"""The outcome of one assessment, in points 0-100 with two decimals.

	`total` is None when no item is applicable; so is the score of a criterion below which nothing is.
	"""

	total: Decimal | None
	criteria: Mapping[str, Decimal | None]
	category: Threshold | None
	meets: bool


def points_for(scale: Scale, answer) -> Points:
	"""Return the points that `answer` earns on `scale`.

	Raises AnswerError if the scale does not know the answer.
	"""
	text = "" if answer is None else str(answer).strip()
	if not text:
		return UNANSWERED
	for option in scale.options:
		if option.label == text and (scale.kind == "Options" or option.not_applicable):
			return Points(None if option.not_applicable else option.points)
	if scale.kind == "Options":
		raise AnswerError(text, ", ".join(option.label for option in scale.options))
	try:
		number = read_written(text)
	except ValueError:
		raise AnswerError(text, expected_answers(scale)) from None
	if scale.kind == "Percentage":
		if not 0 <= number <= 100 or number != round(number, PERCENTAGE_DECIMALS):
			raise AnswerError(text, expected_answers(scale))
		return Points(number)
	for band in scale.options:
		if not band.not_applicable and _within(band, number):
			return Points(band.points)
	raise AnswerError(text, expected_answers(scale))


def expected_answers(scale: Scale) -> str:
	"""Say in few words, without a language, which answers a scale takes: labels, and ranges of numbers."""
	words = ["0-100"] if scale.kind == "Percentage" else []
	for option in scale.options:
		if scale.kind == "Bands" and not option.not_applicable:
			words.append(f"{band_range(option)} ({option.label})")
		else:
			words.append(option.label)
	return ", ".join(words)


def band_range(band: ScaleOption) -> str:
	"""Return the numbers of a band as a range: "< 50", "50 - < 75", ">= 75"."""
	if band.lower is None:
		return "0-9" if band.upper is None else f"< {plain(band.upper)}"
	if band.upper is None:
		return f">= {plain(band.lower)}"
	return f"{plain(band.lower)} - < {plain(band.upper)}"


def _within(band: ScaleOption, number: Decimal) -> bool:
	return (band.lower is None or number >= band.lower) and (band.upper is None or number < band.upper)


def score(
	criteria: Iterable[CriterionWeight],
	items: Iterable[ScoredItem],
	thresholds: Iterable[Threshold] = (),
	passing_score: Decimal | None = None,
) -> Result:
	"""Score one assessment.

	A criterion is the weighted mean of its indicators and sub-criteria, the total the weighted mean of the top
	criteria. `meets`: every mandatory item that applies has full points and, where there is a passing score,
	the rounded total reaches it. A mean needs weight: where everything that applies weighs 0 there is no score.
	Raises ScoringError, with its name in it, for a criterion that does not exist,
	a weight that is missing or negative, a cycle, or a code that stands there twice.
	"""
	criteria, items = list(criteria), list(items)
	_check(criteria, items)

	# Sums of weight x points and of weights, by criterion; exact, and much faster than a fraction per item.
	sums: dict[str | None, tuple[Decimal, Decimal]] = {}
	with localcontext(_EXACT):
		for item in items:
			if (value := item.points.value) is not None:
				points, weights = sums.get(item.criterion, (Decimal(0), Decimal(0)))
				sums[item.criterion] = (points + item.weight * value, weights + item.weight)
	below: dict[str | None, list[CriterionWeight]] = {}
	for criterion in criteria:
		below.setdefault(criterion.parent, []).append(criterion)

	exact: dict[str, Fraction | None] = {}

	def mean(parent: str | None) -> Fraction | None:
		points, weights = (Fraction(part) for part in sums.get(parent, (Decimal(0), Decimal(0))))
		for criterion in below.get(parent, ()):
			part = exact[criterion.code] = mean(criterion.code)
			if part is not None:
				points += Fraction(criterion.weight) * part
				weights += Fraction(criterion.weight)
		return points / weights if weights else None

	total = mean(None)
	rounded = None if total is None else round_half_up(total)
	return Result(
		total=rounded,
		criteria={
			criterion.code: None if (part := exact[criterion.code]) is None else round_half_up(part)
			for criterion in criteria
		},
		category=category_of(rounded, thresholds),
		meets=_meets(items, rounded, passing_score),
	)


def category_of(total: Decimal | None, thresholds: Iterable[Threshold]) -> Threshold | None:
	"""Return the highest threshold that `total` (0-100) reaches, its lower bound included."""
	if total is None:
		return None
	reached = [threshold for threshold in thresholds if total >= threshold.min_score]
	return max(reached, key=lambda threshold: threshold.min_score, default=None)


def _meets(items: list[ScoredItem], total: Decimal | None, passing_score: Decimal | None) -> bool:
	if total is None:
		return False
	if any(
		item.mandatory and item.points.value is not None and item.points.value < FULL_POINTS for item in items
	):
		return False
	return passing_score is None or total >= passing_score


def _check(criteria: list[CriterionWeight], items: list[ScoredItem]) -> None:
	"""Raise ScoringError with everything that is wrong with the tree and the items."""
	faults: list[Fault] = []
	parent_of: dict[str, str | None] = {}
	for criterion in criteria:
		if criterion.code in parent_of:
			faults.append(Fault((), N_("the criterion {0} stands there twice"), (criterion.code,)))
		faults += _weight_faults(criterion)
		parent_of[criterion.code] = criterion.parent
	faults += (Fault((), fault.template, fault.values) for fault in check_tree(parent_of))
	seen: set[str] = set()
	for item in items:
		if item.code in seen:
			faults.append(Fault((), N_("the indicator {0} stands there twice"), (item.code,)))
		seen.add(item.code)
		if item.criterion not in parent_of:
			faults.append(
				Fault(
					(),
					N_('{0}: the criterion "{1}" does not exist'),
					(item.code, item.criterion),
				)
			)
		faults += _weight_faults(item)
	if faults:
		raise ScoringError(faults)


def _weight_faults(row: CriterionWeight | ScoredItem) -> list[Fault]:
	if row.weight is None:
		# What is stored may lack it, whatever the type says.
		return [Fault((), N_("{0}: the weight is missing"), (row.code,))]  # type: ignore[unreachable]
	if row.weight < 0:
		return [Fault((), N_("{0}: the weight {1} is negative"), (row.code, row.weight))]
	return []
