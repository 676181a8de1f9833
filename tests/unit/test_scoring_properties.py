"""What holds for every assessment, and an independent calculation with pandas."""

import itertools
import random
from decimal import Decimal

import numpy
import pandas
from amount import share
from hypothesis import assume, given
from hypothesis import strategies as st

from p2ham.engine.scoring import CriterionWeight, Points, ScoredItem, score

points = st.decimals(0, 100, places=2)
weights = st.decimals("0.0001", 1000, places=4)
CRITERIA = [
	CriterionWeight("A", Decimal(2)),
	CriterionWeight("B", Decimal("0.5")),
	CriterionWeight("BA", Decimal(3), "B"),
	CriterionWeight("BB", Decimal(7), "B"),
]


@st.composite
def answered(draw):
	"""Items below the criteria, some of them not applicable."""
	rows = draw(
		st.lists(
			st.tuples(
				st.sampled_from([row.code for row in CRITERIA]), weights, st.one_of(st.none(), points, points)
			),
			min_size=1,
			max_size=12,
		)
	)
	return [
		ScoredItem(f"I{number}", criterion, weight, Points(value))
		for number, (criterion, weight, value) in enumerate(rows)
	]


@given(answered())
def test_the_total_lies_between_the_least_and_the_greatest_points(items):
	values = [item.points.value for item in items if item.points.value is not None]
	assume(values)
	assert min(values) <= score(CRITERIA, items).total <= max(values)


@given(answered(), st.data())
def test_a_better_answer_never_lowers_any_score(items, data):
	position = data.draw(st.integers(0, len(items) - 1))
	item = items[position]
	assume(item.points.value is not None)
	better = data.draw(st.decimals(item.points.value, 100, places=2))
	raised = [*items]
	raised[position] = ScoredItem(item.code, item.criterion, item.weight, Points(better))
	before, after = score(CRITERIA, items), score(CRITERIA, raised)
	assert after.total >= before.total
	for code, value in before.criteria.items():
		assert value is None or after.criteria[code] >= value


@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(items, generator):
	shuffled, criteria = [*items], [*CRITERIA]
	generator.shuffle(shuffled)
	generator.shuffle(criteria)
	before, after = score(CRITERIA, items), score(criteria, shuffled)
	assert (before.total, dict(before.criteria)) == (after.total, dict(after.criteria))


@given(answered(), st.decimals("0.001", 100, places=3))
def test_scaling_all_weights_changes_nothing(items, factor):
	criteria = [CriterionWeight(row.code, row.weight * factor, row.parent) for row in CRITERIA]
	scaled = [ScoredItem(row.code, row.criterion, row.weight * factor, row.points) for row in items]
	before, after = score(CRITERIA, items), score(criteria, scaled)
	assert (before.total, before.criteria) == (after.total, after.criteria)


@given(answered())
@share(0.5)
def test_a_total_has_two_decimals(items):
	total = score(CRITERIA, items).total
	assert total is None or total.as_tuple().exponent == -2


def test_ten_thousand_assessments_agree_with_a_calculation_in_pandas():
	rows = pandas.DataFrame(random_items(10_000))
	expected = by_pandas(rows)
	for number, items in itertools.groupby(rows.itertuples(), key=lambda row: row.assessment):
		result = score(
			CRITERIA,
			[
				ScoredItem(f"I{index}", row.criterion, Decimal(row.weight), points_of(row.points))
				for index, row in enumerate(items)
			],
		)
		wanted = expected.get(number, {})
		for code, value in {"": result.total, **result.criteria}.items():
			assert (value is None) == (code not in wanted), (number, code)
			assert value is None or f"{value:.2f}" == f"{wanted[code]:.2f}", (number, code)


def points_of(value: float) -> Points:
	return Points(None if numpy.isnan(value) else Decimal(f"{value:.2f}"))


def random_items(assessments: int):
	generator = random.Random(25_2023)
	for assessment in range(assessments):
		for _ in range(generator.randint(1, 12)):
			yield {
				"assessment": assessment,
				"criterion": generator.choice(CRITERIA).code,
				"weight": generator.choice((1, 1, 2, 3, 10, 30, 60)),
				"points": generator.choice((None, 0, 50, 100, generator.randint(0, 10_000) / 100)),
			}


def by_pandas(rows: pandas.DataFrame) -> dict[int, dict[str, float]]:
	"""Weighted means by groupby, the deepest criteria first; floats, rounded half up with a hair's tolerance."""
	found: dict[int, dict[str, float]] = {}
	open_rows = rows.dropna(subset=["points"])[["assessment", "criterion", "weight", "points"]]
	levels = [[row for row in CRITERIA if row.parent], [row for row in CRITERIA if not row.parent], [None]]
	for level in levels:
		codes = [row.code if row else "" for row in level]
		here = open_rows[open_rows.criterion.isin(codes)]
		sums = here.assign(points=here.weight * here.points).groupby(["assessment", "criterion"])
		means = (sums.points.sum() / sums.weight.sum()).reset_index(name="points")
		for row in means.itertuples():
			found.setdefault(row.assessment, {})[row.criterion] = (
				numpy.floor(row.points * 100 + 0.5 + 1e-9) / 100
			)
		lifted = means.assign(
			weight=means.criterion.map({row.code: float(row.weight) for row in level if row}),
			criterion=means.criterion.map({row.code: row.parent or "" for row in level if row}),
		)
		open_rows = pandas.concat([open_rows, lifted])
	return found
