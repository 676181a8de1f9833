"""Indicator gap, vulnerable groups and principles: against a reckoning over documents, answer by answer."""

from fractions import Fraction

import frappe
import pytest
from report_world import MOST_QUERIES, World, mean, points, rounded, share

from p2ham.demo import generated
from p2ham.instruments import store

GAP, GROUPS = "P2HAM Indicator Gap", "P2HAM Vulnerable Groups and Principles"
READERS = ("kabag", "clerk", "observer", "single")
SIDES = {"Verified": "verified", "Own": "self"}
ASPECTS = (
	"elderly",
	"children",
	"maternal",
	"disability",
	"non_discrimination",
	"participation",
	"accountability",
	"transparency",
)


@pytest.fixture
def world():
	return World(generated.regency())


def reckoned_gaps(docs: list, side: str) -> dict[str, dict]:
	found: dict[str, dict] = {}
	for doc in docs:
		for row in doc.items:
			worth = points(doc, row, side)
			entry = found.setdefault(row.indicator, {"asked": 0, "unanswered": 0, "worths": []})
			entry["asked"] += 1
			entry["unanswered"] += not worth.answered
			if not worth.not_applicable:
				entry["worths"].append(worth.value)
	return {
		indicator: {
			"asked": entry["asked"],
			"applicable": len(entry["worths"]),
			"met": sum(value == 100 for value in entry["worths"]),
			"lacking": sum(value < 100 for value in entry["worths"]),
			"unanswered": entry["unanswered"],
			"share": share(sum(value == 100 for value in entry["worths"]), len(entry["worths"])),
			"mean": mean(entry["worths"]),
		}
		for indicator, entry in found.items()
	}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reader", READERS)
def test_indicators_are_counted_answer_by_answer(world, reader, side):
	expected = reckoned_gaps(world.documents(reader, decided=side == "Verified"), SIDES[side])
	report = world.run(GAP, reader, side=side)
	shown = (
		{row["code"]: {name: row[name] for name in next(iter(expected.values()))} for row in report["result"]}
		if expected
		else {row["code"] for row in report["result"]}
	)
	assert shown == (expected or set())
	worst = [(row["share"], row["mean"]) for row in report["result"] if row["share"] is not None]
	assert worst == sorted(worst)
	met, applicable = (sum(entry[name] for entry in expected.values()) for name in ("met", "applicable"))
	if applicable:
		card = next(card for card in report["report_summary"] if card["label"] == "Met in Full")
		assert float(card["value"].rstrip("%").replace(",", ".")) == share(met, applicable)


@pytest.mark.parametrize("reader", READERS)
def test_the_units_that_lack_an_indicator_are_one_click_away(world, reader):
	for row in world.run(GAP, reader, side="Own")["result"]:
		if not row["lacking"]:
			assert "lacking" not in row.get("_link", {})
			continue
		link = row["_link"]["lacking"]
		assert link["report"] == GAP
		units = world.run(GAP, reader, **link["filters"])["result"]
		assert len(units) == row["lacking"]
		expected = {
			doc.opd
			for doc in world.documents(reader)
			for item in doc.items
			if item.indicator == row["code"]
			and not (worth := points(doc, item, "self")).not_applicable
			and worth.value < 100
		}
		assert {unit["opd"] for unit in units} == expected


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reader", READERS)
def test_the_matrix_has_the_scores_of_the_sheets(world, reader, side):
	report = world.run(GAP, reader, side=side, view="Matrix")
	titles = {
		column["label"]: column["fieldname"]
		for column in report["columns"]
		if "criterion" in column["fieldname"]
	}
	top = [c for c in store.load(world.made.instruments[-1]).criteria if c.parent is None]
	assert list(titles) == [criterion.title for criterion in top]
	expected = {}
	for doc in world.documents(reader, decided=side == "Verified"):
		scores = {row.criterion: row for row in doc.scores}
		expected[doc.opd] = (
			doc.get(f"{SIDES[side]}_score"),
			*(
				None
				if scores[c.code].get(f"{SIDES[side]}_not_applicable")
				else scores[c.code].get(f"{SIDES[side]}_score")
				for c in top
			),
		)
	shown = {row["opd"]: (row["total"], *(row[name] for name in titles.values())) for row in report["result"]}
	assert shown == expected
	totals = [row["total"] for row in report["result"]]
	assert totals == sorted(totals)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reader", READERS)
def test_groups_and_principles_are_weighted_means_of_their_indicators(world, reader, side):
	flags = {
		row.name: row
		for row in frappe.get_all(
			"P2HAM Indicator",
			filters={"instrument": world.made.instruments[-1]},
			fields=["name", *ASPECTS],
			order_by="name",
		)
	}
	expected = {}
	for doc in world.documents(reader, decided=side == "Verified"):
		expected[doc.opd] = {}
		for aspect in ASPECTS:
			total = weight = Fraction(0)
			for row in doc.items:
				worth = points(doc, row, SIDES[side])
				if flags[row.indicator][aspect] and not worth.not_applicable:
					total += Fraction(str(row.weight)) * Fraction(worth.value)
					weight += Fraction(str(row.weight))
			expected[doc.opd][aspect] = rounded(total / weight) if weight else None
	rows = world.run(GROUPS, reader, side=side)["result"]
	shown = {row["opd"]: {aspect: row[aspect] for aspect in ASPECTS} for row in rows if row.get("opd")}
	assert shown == expected
	if len(expected) > 1:
		assert {aspect: rows[0][aspect] for aspect in ASPECTS} == {
			aspect: mean([unit[aspect] for unit in expected.values() if unit[aspect] is not None])
			for aspect in ASPECTS
		}


def test_a_unit_and_a_criterion_narrow_the_figures(world):
	parent = world.made.parents[0]
	below = [doc for doc in world.documents("kabag") if doc.opd in world.units_of("clerk")]
	rows = world.run(GAP, "kabag", side="Own", opd=parent)["result"]
	expected = reckoned_gaps(below, "self")
	assert {row["code"]: row["share"] for row in rows} == {
		indicator: entry["share"] for indicator, entry in expected.items()
	}
	instrument = store.load(world.made.instruments[-1])
	top = next(c for c in instrument.criteria if c.parent is None)
	within = {top.code} | {c.code for c in instrument.criteria if c.parent == top.code}
	rows = world.run(GAP, "kabag", side="Own", criterion=top.code)["result"]
	assert {row["code"] for row in rows} == {
		i.code for i in instrument.indicators if i.criterion in within and i.code in expected
	} | {row["code"] for row in rows if row["code"] not in expected}


@pytest.mark.parametrize(
	("filters", "words"),
	(
		({"side": "Both"}, "Answers of: Both"),
		({"view": "Map"}, "View: Map"),
		({"opd": "NOWHERE"}, "Unit: NOWHERE"),
		({"criterion": "NONE"}, "Criterion: NONE"),
		({"indicator": "NONE"}, "Indicator: NONE"),
		({"period": "NONE"}, "Period: NONE"),
	),
)
def test_a_filter_that_makes_no_sense_is_named(world, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(GAP, "kabag", **filters)


def test_an_empty_period_has_no_figures(world):
	frappe.db.delete("P2HAM Assessment", {"period": world.period})
	for report, filters in ((GAP, {}), (GAP, {"view": "Matrix"}), (GROUPS, {})):
		found = world.run(report, "kabag", **filters)
		assert (found["result"], found["chart"]) == ([], None)


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, indicators=30, prefix="BESAR"))
	for report, filters in ((GAP, {}), (GAP, {"view": "Matrix"}), (GROUPS, {})):
		for reader in ("kabag", "clerk"):
			few = world.count_queries(queries, report, reader, **filters)
			assert large.count_queries(queries, report, reader, **filters) == few <= MOST_QUERIES
