"""Answers become points, points become scores, a score becomes a category.

All scores are points from 0 to 100. Everything is computed exactly (fractions) and rounded half up to two
decimals at the very end. An item that is not applicable leaves numerator and denominator; an unanswered item
counts 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from .instrument import Scale, ScaleOption, Threshold, check_tree
from .numbers import read_number, round_half_up

FULL_POINTS = Decimal(100)


class ScoringError(ValueError):
	"""The data cannot be scored; the message names what is wrong with which criterion or item."""


class AnswerError(ScoringError):
	"""An answer that its scale does not know. `allowed` says what the scale expects."""

	def __init__(self, answer: str, allowed: str):
		self.answer = answer
		self.allowed = allowed
		super().__init__(f"{answer!r} is not on the scale ({allowed})")


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
		number = read_number(text)
	except ValueError:
		raise AnswerError(text, expected_answers(scale)) from None
	if scale.kind == "Percentage":
		if number is None or not 0 <= number <= 100:
			raise AnswerError(text, expected_answers(scale))
		return Points(number)
	for band in scale.options:
		if not band.not_applicable and _within(band, number):
			return Points(band.points)
	raise AnswerError(text, expected_answers(scale))


def expected_answers(scale: Scale) -> str:
	"""Say in few words which answers a scale takes, for messages."""
	labels = [option.label for option in scale.options if scale.kind != "Percentage" or option.not_applicable]
	if scale.kind == "Percentage":
		return ", ".join(["0-100", *labels])
	return ", ".join(labels)


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
	the rounded total reaches it. Raises ScoringError, with its name in it, for a criterion that does not exist,
	a weight that is missing or negative, a cycle, or a code that stands there twice.
	"""
	criteria, items = list(criteria), list(items)
	_check(criteria, items)

	below: dict[str | None, list[tuple[Decimal, str | None, Decimal | None]]] = {}
	for item in items:
		if not item.points.not_applicable:
			below.setdefault(item.criterion, []).append((item.weight, None, item.points.value))
	for criterion in criteria:
		below.setdefault(criterion.parent, []).append((criterion.weight, criterion.code, None))

	exact: dict[str, Fraction | None] = {}

	def mean(parent: str | None) -> Fraction | None:
		numerator, denominator = Fraction(0), Fraction(0)
		for weight, code, value in below.get(parent, ()):
			part = mean(code) if code is not None else Fraction(value)
			if code is not None:
				exact[code] = part
			if part is not None:
				numerator += Fraction(weight) * part
				denominator += Fraction(weight)
		return numerator / denominator if denominator else None

	total = mean(None)
	rounded = None if total is None else round_half_up(total)
	return Result(
		total=rounded,
		criteria={
			code: None if exact[code] is None else round_half_up(exact[code])
			for code in (criterion.code for criterion in criteria)
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
		item.mandatory and not item.points.not_applicable and item.points.value < FULL_POINTS
		for item in items
	):
		return False
	return passing_score is None or total >= passing_score


def _check(criteria: list[CriterionWeight], items: list[ScoredItem]) -> None:
	parent_of: dict[str, str | None] = {}
	for criterion in criteria:
		if criterion.code in parent_of:
			raise ScoringError(f"criterion {criterion.code} stands there twice")
		_check_weight(f"criterion {criterion.code}", criterion.weight)
		parent_of[criterion.code] = criterion.parent
	faults = check_tree(parent_of)
	if faults:
		raise ScoringError(str(faults[0]))
	seen: set[str] = set()
	for item in items:
		if item.code in seen:
			raise ScoringError(f"indicator {item.code} stands there twice")
		seen.add(item.code)
		if item.criterion not in parent_of:
			raise ScoringError(f"indicator {item.code}: criterion {item.criterion!r} does not exist")
		_check_weight(f"indicator {item.code}", item.weight)


def _check_weight(name: str, weight) -> None:
	if weight is None:
		raise ScoringError(f"{name}: the weight is missing")
	if weight < 0:
		raise ScoringError(f"{name}: the weight {weight} is negative")
