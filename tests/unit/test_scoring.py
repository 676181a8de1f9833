"""Scores, worked by hand. Source of the rules: P2HAM instruments as data; KKP HAM example: Permenkumham 34/2016
(per right: structure 10, process 30, outcome 60; total = mean over the rights)."""

from decimal import Decimal

import pytest

from p2ham.engine.instrument import Scale, ScaleOption, Threshold
from p2ham.engine.scoring import (
	UNANSWERED,
	AnswerError,
	CriterionWeight,
	Points,
	ScoredItem,
	ScoringError,
	category_of,
	points_for,
	score,
)

ADA = Scale(
	"Ada / Proses / Tidak",
	"Options",
	(
		ScaleOption("Ada", Decimal(100)),
		ScaleOption("Proses", Decimal(50)),
		ScaleOption("Tidak", Decimal(0)),
		ScaleOption("Tidak berlaku", Decimal(0), not_applicable=True),
	),
)
PERCENT = Scale("Persen", "Percentage")
BANDS = Scale(
	"Rasio",
	"Bands",
	(
		ScaleOption("rendah", Decimal(0), upper=Decimal(40)),
		ScaleOption("sedang", Decimal(50), lower=Decimal(40), upper=Decimal("70.5")),
		ScaleOption("tinggi", Decimal(100), lower=Decimal("70.5")),
	),
)
A = [CriterionWeight("A", Decimal(1))]
NOT_APPLICABLE = Points(None)


def item(code, points, criterion="A", weight=1, mandatory=False):
	value = points if isinstance(points, Points) else Points(Decimal(str(points)))
	return ScoredItem(code, criterion, Decimal(str(weight)), value, mandatory)


def test_an_option_earns_its_points():
	assert points_for(ADA, "Proses").value == 50


def test_an_empty_answer_is_unanswered_and_counts_nothing():
	assert points_for(ADA, " ") == UNANSWERED
	assert points_for(ADA, None) == UNANSWERED


def test_not_applicable_is_an_answer_without_points():
	assert points_for(ADA, "Tidak berlaku").not_applicable


@pytest.mark.parametrize("answer", ["ada", "Mungkin", "100", "Adaa"])
def test_an_answer_off_the_scale_is_named_with_what_is_possible(answer):
	with pytest.raises(AnswerError) as caught:
		points_for(ADA, answer)
	assert caught.value.answer == answer
	assert "Ada, Proses, Tidak" in caught.value.allowed


@pytest.mark.parametrize(("answer", "points"), [("0", "0"), ("12,5", "12.5"), ("100", "100"), (75, "75")])
def test_a_percentage_is_its_own_points_with_comma_or_point(answer, points):
	assert points_for(PERCENT, answer).value == Decimal(points)


@pytest.mark.parametrize(
	"answer", ["-1", "100.01", "viel", "NaN", "inf", "1e3", "1e1", "1_0", "٣٣", "１２", "1e999999"]
)
def test_a_percentage_outside_0_to_100_or_no_number_is_refused(answer):
	with pytest.raises(AnswerError):
		points_for(PERCENT, answer)


@pytest.mark.parametrize(
	("answer", "points"), [("39.99", 0), ("40", 50), ("70,49", 50), ("70.5", 100), ("-5", 0)]
)
def test_the_lower_bound_of_a_band_belongs_to_it_and_the_upper_does_not(answer, points):
	assert points_for(BANDS, answer).value == points


def test_more_decimals_than_a_site_stores_are_refused():
	assert points_for(PERCENT, "66.666666667").value == Decimal("66.666666667")
	with pytest.raises(AnswerError):
		points_for(PERCENT, "66.6666666667")


def test_a_number_in_no_band_is_refused_with_the_ranges_of_the_bands():
	bands = Scale("Rasio", "Bands", (ScaleOption("cukup", Decimal(60), lower=Decimal(1), upper=Decimal(5)),))
	with pytest.raises(AnswerError) as caught:
		points_for(bands, "5")
	assert caught.value.allowed == "1 - < 5 (cukup)"
	with pytest.raises(AnswerError) as caught:
		points_for(BANDS, "banyak")
	assert caught.value.allowed == "< 40 (rendah), 40 - < 70.5 (sedang), >= 70.5 (tinggi)"


def test_bins_in_the_manner_of_34_2016_turn_a_figure_into_points():
	# A ratio reported as a number; its bin gives the points, and "not applicable" stays possible.
	scale = Scale(
		"Rasio guru",
		"Bands",
		(
			ScaleOption("kurang", Decimal(25), upper=Decimal(20)),
			ScaleOption("cukup", Decimal(75), lower=Decimal(20), upper=Decimal(32)),
			ScaleOption("baik", Decimal(100), lower=Decimal(32)),
			ScaleOption("Tidak berlaku", Decimal(0), not_applicable=True),
		),
	)
	answers = {"19,99": 25, "20": 75, "31.9999": 75, "32": 100, "1000000": 100}
	assert {answer: points_for(scale, answer).value for answer in answers} == answers
	assert points_for(scale, "Tidak berlaku").not_applicable


def test_a_criterion_is_the_weighted_mean_of_its_indicators():
	result = score(A, [item("A1", 100, weight=3), item("A2", 50, weight=1)])
	assert result.criteria["A"] == Decimal("87.50")  # (3*100 + 1*50) / 4
	assert result.total == Decimal("87.50")


def test_not_applicable_leaves_numerator_and_denominator():
	result = score(A, [item("A1", 100), item("A2", NOT_APPLICABLE), item("A3", 50)])
	assert result.total == Decimal("75.00")


def test_an_unanswered_item_counts_zero():
	assert score(A, [item("A1", 100), item("A2", UNANSWERED)]).total == Decimal("50.00")


def test_a_criterion_without_anything_applicable_leaves_the_total():
	criteria = [CriterionWeight("A", Decimal(1)), CriterionWeight("B", Decimal(9))]
	result = score(criteria, [item("A1", 80), item("B1", NOT_APPLICABLE, criterion="B")])
	assert result.total == Decimal("80.00")
	assert result.criteria["B"] is None


def test_a_criterion_in_which_everything_weighs_nothing_has_no_score():
	criteria = [CriterionWeight("A", Decimal(1)), CriterionWeight("B", Decimal(1))]
	result = score(criteria, [item("A1", 40, weight=0), item("B1", 80, criterion="B")])
	assert (result.criteria["A"], result.total) == (None, Decimal("80.00"))


def test_nothing_applicable_at_all_has_no_total_and_does_not_meet():
	result = score(A, [item("A1", NOT_APPLICABLE)], [Threshold("Rendah", Decimal(0))])
	assert (result.total, result.category, result.meets) == (None, None, False)


def test_kkp_ham_2016_weighs_structure_process_and_outcome_per_right():
	criteria = []
	items = []
	for right in ("health", "education"):
		criteria.append(CriterionWeight(right, Decimal(1)))
		for part, weight in (("structure", 10), ("process", 30), ("outcome", 60)):
			criteria.append(CriterionWeight(f"{right}/{part}", Decimal(weight), right))
	values = {"health": (100, 50, 75), "education": (80, 60, 40)}
	for right, (structure, process, outcome) in values.items():
		items += [
			item(f"{right}1", structure, f"{right}/structure"),
			item(f"{right}2", process, f"{right}/process"),
			item(f"{right}3", outcome, f"{right}/outcome"),
		]
	result = score(criteria, items)
	assert result.criteria["health"] == Decimal("70.00")  # 10 + 15 + 45
	assert result.criteria["education"] == Decimal("50.00")  # 8 + 18 + 24
	assert result.total == Decimal("60.00")


def test_weights_nest_to_any_depth():
	# A (weight 2) holds A1 (80, weight 1) and the sub-criterion AA (weight 3), which holds AAA (weight 1).
	criteria = [
		CriterionWeight("A", Decimal(2)),
		CriterionWeight("AA", Decimal(3), "A"),
		CriterionWeight("AAA", Decimal(1), "AA"),
		CriterionWeight("B", Decimal(1)),
	]
	items = [
		item("A1", 80),
		item("AA1", 40, "AA", weight=3),
		item("AAA1", 100, "AAA"),
		item("AAA2", 60, "AAA"),
		item("B1", 10, "B"),
	]
	result = score(criteria, items)
	assert result.criteria["AAA"] == Decimal("80.00")  # (100 + 60) / 2
	assert result.criteria["AA"] == Decimal("50.00")  # (3 * 40 + 1 * 80) / 4
	assert result.criteria["A"] == Decimal("57.50")  # (1 * 80 + 3 * 50) / 4
	assert result.total == Decimal("41.67")  # (2 * 57.5 + 1 * 10) / 3 = 41.666...


def test_halves_are_rounded_up_and_only_at_the_end():
	# 74.995 exactly: 199.99 * 75 / 200 would not be; here (74.99 + 75.00) / 2.
	result = score(A, [item("A1", "74.99"), item("A2", "75.00")])
	assert result.total == Decimal("75.00")
	# Thirds inside, exact outside: ((100/3) * 3 + 0.01) / 2 = 50.005 -> 50.01
	criteria = [*A, CriterionWeight("B", Decimal(1))]
	thirds = [item("A1", 100), item("A2", 100), item("A3", 100)]
	assert score(criteria, [*thirds, item("B1", "0.01", criterion="B")]).total == Decimal("50.01")


def test_a_third_that_comes_back_together_is_not_lost():
	criteria = [CriterionWeight("A", Decimal(3)), CriterionWeight("B", Decimal(1))]
	items = [item("A1", 100), item("A2", 0), item("A3", 0), item("B1", "0.02", criterion="B")]
	# (3 * 100/3 + 0.02) / 4 = 25.005 exactly
	assert score(criteria, items).total == Decimal("25.01")


THRESHOLDS = [
	Threshold("Kurang", Decimal(0)),
	Threshold("Mulai", Decimal(50)),
	Threshold("Cukup", Decimal(65)),
	Threshold("Peduli", Decimal(75)),
]


@pytest.mark.parametrize(
	("total", "label"), [("75.00", "Peduli"), ("74.99", "Cukup"), ("49.99", "Kurang"), ("50", "Mulai")]
)
def test_the_lower_bound_of_a_category_is_inclusive(total, label):
	assert category_of(Decimal(total), THRESHOLDS).label == label


def test_a_total_of_74_995_reaches_75():
	assert score(A, [item("A1", "74.995")], THRESHOLDS).category.label == "Peduli"


def test_meets_needs_full_points_on_what_is_mandatory_and_the_passing_score():
	full, half = item("A1", 100, mandatory=True), item("A1", 50, mandatory=True)
	other = item("A2", 60)
	assert score(A, [full, other]).meets
	assert not score(A, [half, other]).meets
	assert score(A, [full, other], passing_score=Decimal(80)).meets
	assert not score(A, [full, other], passing_score=Decimal("80.01")).meets
	assert score(A, [item("A1", NOT_APPLICABLE, mandatory=True), other]).meets


@pytest.mark.parametrize(
	("criteria", "items", "name"),
	[
		(A, [item("A1", 1), item("A1", 2)], "A1"),
		(A, [item("X1", 1, criterion="X")], '"X"'),
		(A, [item("A1", 1, weight=-1)], "A1"),
		([*A, *A], [], "criterion A"),
		([CriterionWeight("A", None)], [], "A: the weight is missing"),
		([CriterionWeight("A", Decimal(1), "B"), CriterionWeight("B", Decimal(1), "A")], [], "ancestor"),
		([CriterionWeight("A", Decimal(1), "Z")], [], '"Z"'),
	],
)
def test_wrong_data_raises_with_its_name(criteria, items, name):
	with pytest.raises(ScoringError, match=name):
		score(criteria, items)


def test_the_order_of_rows_changes_nothing():
	items = [item("A1", 10, weight=2), item("A2", 70), item("A3", 33)]
	assert score(A, items).total == score(A, items[::-1]).total
