"""Years against each other, worked by hand. The links of the shipped instruments are mostly splits: one indicator
of 2018 became two of 2023."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine.comparison import (
	Answered,
	Assessed,
	ComparisonError,
	CriterionNode,
	Figures,
	Kind,
	Reason,
	Side,
	compare,
	predecessors,
)
from p2ham.engine.scoring import UNANSWERED, CriterionWeight, Points, ScoredItem, ScoringError, score

NOT_APPLICABLE = Points(None)
A = [CriterionNode("A", "Aksesibilitas", Decimal(1))]


def item(code, points, weight=1, criterion="A"):
	value = points if isinstance(points, Points) else Points(Decimal(str(points)))
	return Answered(code, f"Indicator {code}", criterion, Decimal(str(weight)), value)


def sheet(instrument, *items, criteria=A):
	"""Return an assessment with the official scores that its items earn."""
	result = score(
		[CriterionWeight(row.code, row.weight, row.parent) for row in criteria],
		[ScoredItem(row.code, row.criterion, row.weight, row.points) for row in items],
	)
	return Assessed(instrument, tuple(criteria), tuple(items), result.total, result.criteria)


def links(*lines):
	"""Read links as instruments write them: "2023:X < 2018:P 2018:Q"."""
	found = {}
	for line in lines:
		new, olds = line.split(" < ")
		found[tuple(new.split(":"))] = tuple(tuple(old.split(":")) for old in olds.split())
	return found


def figures(old, new, change):
	return Figures(*(None if value is None else Decimal(value) for value in (old, new, change)))


def codes(members):
	return [member.item.code for member in members]


def reasons(comparison):
	return {(member.side, member.item.code): member.reason for member in comparison.not_comparable}


def only_group(comparison):
	(group,) = comparison.groups
	return group


# --- Groups ----------------------------------------------------------------------------------------------


def test_an_indicator_that_continues_one_other_is_compared_with_it():
	comparison = compare(sheet("2018", item("P", 40)), sheet("2023", item("X", 70)), links("2023:X < 2018:P"))
	group = only_group(comparison)
	assert (group.kind, codes(group.older), codes(group.newer)) == (Kind.ONE_TO_ONE, ["P"], ["X"])
	assert group.points == figures("40.00", "70.00", "30.00")
	assert group.comparable and comparison.linked
	assert comparison.not_comparable == ()


def test_merged_indicators_count_before_with_their_old_weights():
	comparison = compare(
		sheet("2018", item("P", 100, weight=3), item("Q", 50)),
		sheet("2023", item("X", 60)),
		links("2023:X < 2018:P 2018:Q"),
	)
	group = only_group(comparison)
	assert group.kind is Kind.MERGED
	assert group.points == figures("87.50", "60.00", "-27.50")  # (3*100 + 50) / 4


def test_split_indicators_count_now_with_their_new_weights():
	comparison = compare(
		sheet("2018", item("P", 50)),
		sheet("2023", item("X", 100), item("Y", 25, weight=2)),
		links("2023:X < 2018:P", "2023:Y < 2018:P"),
	)
	group = only_group(comparison)
	assert group.kind is Kind.SPLIT
	assert group.points == figures("50.00", "50.00", "0.00")  # (100 + 2*25) / 3


def test_indicators_that_hang_together_by_several_links_are_one_group():
	comparison = compare(
		sheet("2018", item("P", 0), item("Q", 100)),
		sheet("2023", item("X", 30), item("Y", 80)),
		links("2023:X < 2018:P 2018:Q", "2023:Y < 2018:Q"),
	)
	group = only_group(comparison)
	assert (group.kind, codes(group.older), codes(group.newer)) == (Kind.REGROUPED, ["P", "Q"], ["X", "Y"])
	assert group.points == figures("50.00", "55.00", "5.00")
	# Like for like: X came from (0 + 100) / 2 = 50, Y from 100.
	assert comparison.total.like_for_like == figures("75.00", "55.00", "-20.00")


def test_a_new_and_a_dropped_indicator_are_named_and_shown_but_not_compared():
	comparison = compare(
		sheet("2018", item("P", 40), item("Q", 10)),
		sheet("2023", item("X", 70), item("Y", 90)),
		links("2023:X < 2018:P"),
	)
	assert [group.kind for group in comparison.groups] == [Kind.ONE_TO_ONE, Kind.NEW, Kind.DROPPED]
	assert [group.points for group in comparison.groups[1:]] == [
		figures(None, "90.00", None),
		figures("10.00", None, None),
	]
	assert reasons(comparison) == {(Side.NEWER, "Y"): Reason.NEW, (Side.OLDER, "Q"): Reason.DROPPED}


def test_groups_and_their_members_stand_in_the_order_of_the_sheets():
	comparison = compare(
		sheet("2018", item("R", 1), item("Q", 1), item("P", 1)),
		sheet("2023", item("Z", 1), item("X", 1)),
		links("2023:X < 2018:P 2018:Q"),
	)
	assert [codes(group.members) for group in comparison.groups] == [["Z"], ["Q", "P", "X"], ["R"]]


def test_a_predecessor_that_the_unit_was_not_asked_is_named():
	comparison = compare(
		sheet("2018", item("P", 40)),
		sheet("2023", item("X", 70), item("Y", 90)),
		links("2023:X < 2018:P 2018:R", "2023:Y < 2018:Q"),
	)
	partly, wholly = comparison.groups[:2]
	assert partly.points == figures("40.00", "70.00", "30.00")
	assert partly.not_asked == ((Side.OLDER, "R"),)
	assert wholly.not_asked == ((Side.OLDER, "Q"),)
	assert reasons(comparison) == {(Side.NEWER, "Y"): Reason.NOT_ASKED_BEFORE}


def test_a_successor_that_the_unit_is_not_asked_is_not_called_dropped():
	comparison = compare(
		sheet("2018", item("P", 40), item("Q", 10)),
		sheet("2023", item("X", 70)),
		links("2023:X < 2018:P", "2023:Y < 2018:Q"),
	)
	assert reasons(comparison) == {(Side.OLDER, "Q"): Reason.NOT_ASKED_NOW}
	assert comparison.groups[1].not_asked == ((Side.NEWER, "Y"),)


@pytest.mark.parametrize(
	("before", "now", "found", "points"),
	[
		(NOT_APPLICABLE, 70, [Reason.NOT_APPLICABLE_BEFORE] * 2, figures(None, "70.00", None)),
		(40, NOT_APPLICABLE, [Reason.NOT_APPLICABLE_NOW] * 2, figures("40.00", None, None)),
		(
			NOT_APPLICABLE,
			NOT_APPLICABLE,
			[Reason.NOT_APPLICABLE_BEFORE, Reason.NOT_APPLICABLE_NOW],
			figures(None, None, None),
		),
	],
)
def test_what_did_not_apply_on_one_side_is_not_compared(before, now, found, points):
	comparison = compare(
		sheet("2018", item("P", before)), sheet("2023", item("X", now)), links("2023:X < 2018:P")
	)
	group = only_group(comparison)
	assert group.kind is Kind.ONE_TO_ONE and not group.comparable
	assert [member.reason for member in group.members] == found
	assert group.points == points
	assert comparison.total.like_for_like == figures(None, None, None)


def test_one_of_several_that_did_not_apply_leaves_the_mean_of_its_group():
	comparison = compare(
		sheet("2018", item("P", NOT_APPLICABLE), item("Q", 50)),
		sheet("2023", item("X", 60)),
		links("2023:X < 2018:P 2018:Q"),
	)
	assert only_group(comparison).points == figures("50.00", "60.00", "10.00")
	assert reasons(comparison) == {(Side.OLDER, "P"): Reason.NOT_APPLICABLE_BEFORE}


def test_an_item_without_anything_applicable_to_stand_beside_it_leaves_the_mean_of_its_group():
	# X continues only P, which did not apply: its 10 points have no before. Y is compared with Q alone.
	old = sheet("2018", item("P", NOT_APPLICABLE), item("Q", 50))
	continues = links("2023:X < 2018:P", "2023:Y < 2018:P 2018:Q")
	comparison = compare(old, sheet("2023", item("X", 10), item("Y", 80)), continues)
	assert only_group(comparison).points == figures("50.00", "80.00", "30.00")
	assert comparison.total.like_for_like == figures("50.00", "80.00", "30.00")
	assert comparison.total.coverage == Decimal("50.00")
	# Now Y does not apply either: X and Q both have points, but not of the same thing.
	apart = compare(old, sheet("2023", item("X", 10), item("Y", NOT_APPLICABLE)), continues)
	assert only_group(apart).points == figures("50.00", "10.00", None)
	assert not only_group(apart).comparable


def test_an_unanswered_item_counts_zero_and_can_be_seen():
	comparison = compare(
		sheet("2018", item("P", 40)), sheet("2023", item("X", UNANSWERED)), links("2023:X < 2018:P")
	)
	group = only_group(comparison)
	assert group.points == figures("40.00", "0.00", "-40.00")
	assert not group.newer[0].item.points.answered


def test_items_without_weight_are_compared_by_their_plain_mean_and_count_nothing_in_the_total():
	comparison = compare(
		sheet("2018", item("P", 100, weight=0), item("Q", 50, weight=0), item("R", 20)),
		sheet("2023", item("X", 60, weight=0), item("Y", 40)),
		links("2023:X < 2018:P 2018:Q", "2023:Y < 2018:R"),
	)
	assert comparison.groups[0].points == figures("75.00", "60.00", "-15.00")
	assert comparison.total.like_for_like == figures("20.00", "40.00", "20.00")
	assert comparison.total.coverage == Decimal("100.00")


def test_predecessors_without_weight_still_are_the_before_of_an_item_with_weight():
	comparison = compare(
		sheet("2018", item("P", 100, weight=0), item("Q", 50, weight=0)),
		sheet("2023", item("X", 60)),
		links("2023:X < 2018:P 2018:Q"),
	)
	assert comparison.total.like_for_like == figures("75.00", "60.00", "-15.00")


def test_a_change_is_the_difference_of_the_figures_shown():
	comparison = compare(
		sheet("2018", item("P", 100), item("Q", 0), item("R", 0)),
		sheet("2023", item("X", 100), item("Y", "99.99")),
		links("2023:X < 2018:P 2018:Q 2018:R", "2023:Y < 2018:P"),
	)
	# Before (100 + 0 + 0) / 3 = 33.333..., now 99.995: the exact difference would round to 66.66.
	assert only_group(comparison).points == figures("33.33", "100.00", "66.67")


# --- Chains of links -------------------------------------------------------------------------------------


CHAIN = links("2024:M < 2023:X 2023:Y", "2023:X < 2018:P", "2023:Y < 2018:Q", "2024:N < 2023:Z")


def test_links_are_followed_through_the_instruments_in_between():
	comparison = compare(
		sheet("2018", item("P", 20), item("Q", 40)), sheet("2024", item("M", 50), item("N", 50)), CHAIN
	)
	assert codes(comparison.groups[0].members) == ["P", "Q", "M"]
	assert comparison.groups[0].points == figures("30.00", "50.00", "20.00")
	assert reasons(comparison) == {(Side.NEWER, "N"): Reason.NEW}  # Z of 2023 was new itself


def test_a_chain_ends_where_it_first_meets_the_older_instrument():
	within = links("2023:X < 2018:P", "2018:P < 2018:Q", "2018:Q < 2015:K")
	comparison = compare(sheet("2018", item("P", 20), item("Q", 40)), sheet("2023", item("X", 50)), within)
	assert codes(comparison.groups[0].members) == ["P", "X"]


def test_two_ways_to_the_same_predecessor_count_it_once():
	both = links("2024:M < 2023:X 2023:Y", "2023:X < 2018:P", "2023:Y < 2018:P 2018:Q")
	comparison = compare(sheet("2018", item("P", 0), item("Q", 100)), sheet("2024", item("M", 1)), both)
	assert only_group(comparison).points.old == Decimal("50.00")


def test_links_in_a_circle_are_refused_by_name():
	circle = links("2024:M < 2023:X", "2023:X < 2022:V", "2022:V < 2023:X")
	with pytest.raises(ComparisonError, match="2023:X > 2022:V > 2023:X"):
		compare(sheet("2018", item("P", 1)), sheet("2024", item("M", 1)), circle)


def test_a_round_that_went_back_to_an_earlier_instrument_reads_the_links_the_other_way():
	comparison = compare(
		sheet("2023", item("X", 100), item("Y", 25, weight=2)),
		sheet("2018", item("P", 60)),
		links("2023:X < 2018:P", "2023:Y < 2018:P"),
	)
	group = only_group(comparison)
	assert group.kind is Kind.MERGED
	assert group.points == figures("50.00", "60.00", "10.00")


def test_the_predecessors_of_an_indicator_are_those_it_is_compared_with():
	assert predecessors("2018", "2024", ["M", "N"], CHAIN) == {"M": ("P", "Q"), "N": ()}
	back = links("2023:X < 2018:P", "2023:Y < 2018:P")
	assert predecessors("2023", "2018", ["P"], back) == {"P": ("X", "Y")}
	assert predecessors("2023", "2023", ["X", "W"], back) == {"X": ("X",), "W": ("W",)}
	assert predecessors("2018", "2023", ["X"], back) == {"X": ("P",)}  # Y was not asked for
	with pytest.raises(ComparisonError):
		predecessors("2018", "2024", ["M"], links("2024:M < 2023:X", "2023:X < 2022:V", "2022:V < 2023:X"))


@given(st.dictionaries(st.sampled_from("MNO"), st.sets(st.sampled_from("PQR"))))
def test_nothing_is_a_predecessor_that_no_link_leads_to(pairs):
	continues = {("2024", new): tuple(("2018", old) for old in sorted(olds)) for new, olds in pairs.items()}
	found = predecessors("2018", "2024", "MNO", continues)
	assert found == {code: tuple(sorted(pairs.get(code, ()))) for code in "MNO"}


def test_within_one_instrument_every_indicator_continues_itself():
	comparison = compare(
		sheet("2023", item("X", 10), item("Y", 20), item("V", 5)),
		sheet("2023", item("Y", 50), item("X", 40), item("W", 5)),
		links("2023:X < 2018:P"),
	)
	assert comparison.same_instrument and comparison.linked
	assert [(codes(group.members), group.points.change) for group in comparison.groups[:2]] == [
		(["Y", "Y"], Decimal("30.00")),
		(["X", "X"], Decimal("30.00")),
	]
	assert reasons(comparison) == {
		(Side.NEWER, "W"): Reason.NOT_ASKED_BEFORE,
		(Side.OLDER, "V"): Reason.NOT_ASKED_NOW,
	}


def test_instruments_that_no_link_joins_have_nothing_in_common_even_with_equal_codes():
	comparison = compare(sheet("2018", item("P", 40)), sheet("KKP", item("P", 70)), {})
	assert not comparison.linked
	assert reasons(comparison) == {(Side.NEWER, "P"): Reason.NEW, (Side.OLDER, "P"): Reason.DROPPED}
	assert comparison.total.official == figures("40.00", "70.00", "30.00")
	assert comparison.total.like_for_like == figures(None, None, None)
	assert (comparison.total.coverage, comparison.older_coverage) == (Decimal("0.00"), Decimal("0.00"))


def test_two_empty_sheets_compare_to_nothing():
	comparison = compare(sheet("2018"), sheet("2023"), {})
	assert comparison.groups == ()
	assert comparison.total.coverage is None


# --- Criteria and total ----------------------------------------------------------------------------------


NESTED = [
	CriterionNode("A", "Fasilitas", Decimal(60)),
	CriterionNode("A1", "Aksesibilitas", Decimal(3), "A"),
	CriterionNode("A2", "Sarana", Decimal(1), "A"),
	CriterionNode("B", "Petugas", Decimal(40)),
	CriterionNode("C", "Inovasi", Decimal(0)),
]


def nested():
	old = sheet("2018", item("P", 20, weight=2), item("Q", 80), item("R", 50), item("S", 10, weight=4))
	new = sheet(
		"2023",
		item("X", 100, criterion="A1"),
		item("Y", 40, weight=3, criterion="A1"),
		item("Z", 70, criterion="A2"),
		item("W", 90, criterion="B"),
		item("V", NOT_APPLICABLE, criterion="B"),
		item("U", 30, criterion="C"),
		criteria=NESTED,
	)
	return compare(old, new, links("2023:X < 2018:P 2018:Q", "2023:Z < 2018:R", "2023:V < 2018:R"))


def test_criteria_are_compared_like_for_like_at_every_level():
	levels = {level.criterion.code: level for level in nested().criteria}
	assert list(levels) == ["A", "A1", "A2", "B", "C"]
	# A1: only X counts; it has 100 and came from (2*20 + 80) / 3 = 40. Officially (100 + 3*40) / 4 = 55.
	assert levels["A1"].official.new == Decimal("55.00")
	assert levels["A1"].like_for_like == figures("40.00", "100.00", "60.00")
	# A2: Z has 70 and came from R.
	assert levels["A2"].like_for_like == figures("50.00", "70.00", "20.00")
	# A: (3*40 + 50) / 4 = 42.50 before, (3*100 + 70) / 4 = 92.50 now; officially (3*55 + 70) / 4 = 58.75.
	assert levels["A"].official == figures(None, "58.75", None)  # the A of 2018 is another one
	assert levels["A"].like_for_like == figures("42.50", "92.50", "50.00")


def test_a_criterion_in_which_nothing_counts_is_not_compared():
	levels = {level.criterion.code: level for level in nested().criteria}
	assert levels["B"].official == figures(None, "90.00", None)
	assert levels["B"].like_for_like == figures(None, None, None)
	assert levels["B"].coverage == Decimal("0.00")


def test_coverage_is_the_effective_weight_that_counts():
	comparison = nested()
	# A1: X weighs 1 of 4. A2: all. A: (3*25 + 100) / 4 = 43.75. B: nothing of W; V does not apply.
	assert {level.criterion.code: level.coverage for level in comparison.criteria} == {
		"A": Decimal("43.75"),
		"A1": Decimal("25.00"),
		"A2": Decimal("100.00"),
		"B": Decimal("0.00"),
		"C": Decimal("0.00"),
	}
	assert comparison.total.coverage == Decimal("26.25")  # 60% of 43.75
	assert comparison.older_coverage == Decimal("50.00")  # P, Q and R weigh 4 of 8; S was dropped


def test_the_totals_stand_beside_each_other_officially_and_like_for_like():
	comparison = nested()
	assert not comparison.same_instrument
	# Before (2*20 + 80 + 50 + 4*10) / 8 = 26.25, now (60*58.75 + 40*90) / 100 = 71.25.
	assert comparison.total.official == figures("26.25", "71.25", "45.00")
	assert comparison.total.like_for_like == figures("42.50", "92.50", "50.00")  # only A is left


def test_a_criterion_in_which_nothing_applies_has_no_coverage():
	comparison = compare(
		sheet("2018", item("P", 1)), sheet("2023", item("X", NOT_APPLICABLE)), links("2023:X < 2018:P")
	)
	assert comparison.criteria[0].coverage is None


def test_within_one_instrument_criteria_also_have_their_official_change():
	comparison = compare(
		sheet("2023", item("X", 10), item("Y", 20)), sheet("2023", item("X", 40), item("Z", 60)), {}
	)
	(level,) = comparison.criteria
	assert level.official == figures("15.00", "50.00", "35.00")
	assert level.like_for_like == figures("10.00", "40.00", "30.00")


def test_means_of_predecessors_are_not_rounded_on_the_way():
	comparison = compare(
		sheet("2018", item("P", 100), item("Q", 0), item("R", 0), item("S", "0.02")),
		sheet("2023", item("X", 0, weight=3), item("Y", 0)),
		links("2023:X < 2018:P 2018:Q 2018:R", "2023:Y < 2018:S"),
	)
	assert comparison.total.like_for_like.old == Decimal("25.01")  # (3 * 100/3 + 0.02) / 4 = 25.005


@pytest.mark.parametrize("wrong", [item("X", 1, criterion="Z"), item("X", 1, weight=-1)])
@pytest.mark.parametrize("side", ["older", "newer"])
def test_a_sheet_that_cannot_be_scored_is_refused(wrong, side):
	right = sheet("2023", item("X", 1))
	sheets = {"older": right, "newer": right, side: replace(right, items=(wrong,))}
	with pytest.raises(ScoringError, match="X"):
		compare(sheets["older"], sheets["newer"], {})


def test_an_item_that_stands_there_twice_is_refused():
	right = sheet("2023", item("X", 1))
	with pytest.raises(ScoringError, match="X"):
		compare(replace(right, items=right.items * 2), right, {})


def test_the_words_of_the_result_can_be_stored_as_they_are():
	assert json.dumps([Kind.SPLIT, Reason.NEW, Side.OLDER]) == '["split", "new", "older"]'


# --- What always holds -----------------------------------------------------------------------------------


POINTS = st.one_of(st.decimals(0, 100, places=2).map(Points), st.just(NOT_APPLICABLE), st.just(UNANSWERED))
WEIGHTS = st.decimals(0, 10, places=1)


@st.composite
def sheets(draw, instrument):
	criteria = []
	for code in ("A", "B", "C", "D")[: draw(st.integers(1, 4))]:
		parent = draw(st.sampled_from([None, *(above.code for above in criteria)]))
		criteria.append(CriterionNode(code, code, draw(WEIGHTS), parent))
	places = st.sampled_from([criterion.code for criterion in criteria])
	asked = draw(st.lists(st.sampled_from([f"I{n}" for n in range(6)]), unique=True))
	items = [Answered(code, code, draw(places), draw(WEIGHTS), draw(POINTS)) for code in asked]
	return sheet(instrument, *items, criteria=criteria)


@st.composite
def any_links(draw):
	"""Return links from 2024 to 2023 and 2018, and from 2023 to 2018, also of indicators nobody was asked."""
	indicators = [(year, f"I{n}") for year in ("2018", "2023", "2024") for n in range(6)]
	found = {}
	for new in indicators:
		olds = [old for old in indicators if old[0] < new[0]]
		if olds:
			found[new] = tuple(draw(st.lists(st.sampled_from(olds), max_size=2, unique=True)))
	return found


PAIRS = given(older=sheets("2018"), newer=sheets("2024"), continues=any_links())


@given(year=sheets("2023"), continues=any_links())
def test_a_sheet_compared_with_itself_has_not_changed_and_is_covered(year, continues):
	comparison = compare(year, year, continues)
	for level in (comparison.total, *comparison.criteria):
		assert level.official == level.like_for_like
		assert level.coverage in (None, 100)
		assert level.like_for_like.change in (None, 0)
		assert (level.coverage is None) == (level.like_for_like.change is None)
	assert all(group.kind is Kind.ONE_TO_ONE for group in comparison.groups)
	assert all(group.points.change == 0 for group in comparison.groups if group.comparable)
	assert all(member.item.points.not_applicable for member in comparison.not_comparable)


@PAIRS
def test_every_item_of_both_sheets_stands_in_exactly_one_group(older, newer, continues):
	comparison = compare(older, newer, continues)
	found = Counter((m.side, m.item) for group in comparison.groups for m in group.members)
	assert found == Counter(
		[*((Side.OLDER, row) for row in older.items), *((Side.NEWER, row) for row in newer.items)]
	)


@PAIRS
def test_a_group_has_a_change_or_every_member_says_why_not(older, newer, continues):
	for group in compare(older, newer, continues).groups:
		if group.comparable:
			assert group.points.change == group.points.new - group.points.old
			assert any(member.reason is None for member in group.older)
			assert any(member.reason is None for member in group.newer)
		else:
			assert group.points.change is None
			assert all(member.reason for member in group.members)


@given(
	older=sheets("2018"),
	newer=sheets("2024"),
	continues=any_links(),
	random=st.randoms(use_true_random=False),
)
def test_the_order_of_items_and_criteria_changes_nothing_but_the_order(older, newer, continues, random):
	def shuffled(rows):
		return tuple(random.sample(rows, len(rows)))

	def in_any_order(comparison):
		return (
			comparison.total,
			comparison.older_coverage,
			frozenset(
				replace(group, older=frozenset(group.older), newer=frozenset(group.newer))
				for group in comparison.groups
			),
			{level.criterion.code: level for level in comparison.criteria},
		)

	mixed = [
		replace(year, items=shuffled(year.items), criteria=shuffled(year.criteria)) for year in (older, newer)
	]
	assert in_any_order(compare(*mixed, continues)) == in_any_order(compare(older, newer, continues))


@PAIRS
def test_like_for_like_lies_between_the_least_and_the_greatest_points(older, newer, continues):
	comparison = compare(older, newer, continues)
	for level in (comparison.total, *comparison.criteria):
		for figure, year in ((level.like_for_like.old, older), (level.like_for_like.new, newer)):
			if figure is not None:
				points = [row.points.value for row in year.items if not row.points.not_applicable]
				assert min(points) <= figure <= max(points)


@PAIRS
def test_looked_at_the_other_way_round_every_change_has_the_other_sign(older, newer, continues):
	forward, backward = compare(older, newer, continues), compare(newer, older, continues)
	assert {
		(frozenset(codes(group.older)), frozenset(codes(group.newer))): group.points.change
		for group in forward.groups
	} == {
		(frozenset(codes(group.newer)), frozenset(codes(group.older))): (
			None if group.points.change is None else -group.points.change
		)
		for group in backward.groups
	}
	assert forward.total.coverage == backward.older_coverage
