"""Indicator gap, vulnerable groups and principles: against a reckoning over documents, answer by answer."""

from fractions import Fraction

import frappe
import generated
import pytest
from report_world import MAX_QUERIES, World, mean, points, rounded, share

from p2ham.assessment import indicator_figures, worksheet
from p2ham.figures import choice
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


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once()


@pytest.fixture
def world(regency):
	return World(regency)


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
			"not_applicable": entry["asked"] - len(entry["worths"]),
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
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	assert cards["Units"] == len(world.documents(reader, decided=side == "Verified"))
	assert cards["Indicators"] == len(expected)
	met, applicable = (sum(entry[name] for entry in expected.values()) for name in ("met", "applicable"))
	if applicable:
		assert float(cards["Met in Full"].rstrip("%").replace(",", ".")) == share(met, applicable)


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


def reckoned_means(world, docs: list, side: str) -> dict[str, dict]:
	"""The means of each unit per aspect, item by item."""
	found = {}
	for doc in docs:
		flags = {
			row.indicator: frappe.db.get_value("P2HAM Indicator", row.indicator, ASPECTS, as_dict=True)
			for row in doc.items
		}
		found[doc.opd] = {}
		for aspect in ASPECTS:
			flagged = [row for row in doc.items if flags[row.indicator][aspect]]
			counted = [row for row in flagged if not points(doc, row, side).not_applicable]
			weight = sum(Fraction(str(row.weight)) for row in counted)
			total = sum(Fraction(str(row.weight)) * Fraction(points(doc, row, side).value) for row in counted)
			found[doc.opd][aspect] = rounded(total / weight) if weight else None
	return found


def shown_gaps(report: dict) -> dict[str, dict]:
	names = ("asked", "applicable", "met", "lacking", "not_applicable", "unanswered", "share", "mean")
	return {row["code"]: {name: row[name] for name in names} for row in report["result"]}


def shown_means(report: dict) -> dict[str, dict]:
	return {
		row["opd"]: {aspect: row[aspect] for aspect in ASPECTS} for row in report["result"] if row.get("opd")
	}


def fill_in(world, answers: dict[str, tuple[str, ...]]) -> list:
	"""Answer the drafts of the last period through the form, as their clerks do: to each kind of scale its answers in
	turn. Returns the documents as they are stored."""
	saved = []
	for doc in world.documents("kabag"):
		if doc.workflow_state != "Draft":
			continue
		parent = frappe.db.get_value("P2HAM OPD", doc.opd, "parent_p2ham_opd")
		(clerk,) = frappe.get_all(
			"P2HAM Officer", filters={"opd": parent, "duty": "OPD Clerk"}, pluck="user", order_by="name"
		)
		kinds = {scale.title: scale.kind for scale in store.load(doc.instrument).scales}
		for number, row in enumerate(doc.items):
			given = answers.get(kinds[row.scale], ())
			if given:
				row.self_answer = given[number % len(given)]
		frappe.set_user(clerk)
		doc.save()
		frappe.set_user("Administrator")
		saved.append(doc.name)
	return [frappe.get_doc("P2HAM Assessment", name) for name in saved]


def test_blanks_around_an_answer_mean_nothing(world):
	given = ("  Tidak berlaku ", "   ", " Ada", "Tidak")
	assert fill_in(world, {"Options": given, "Bands": given[:2]})
	docs = world.documents("kabag")
	assert any(row.self_answer == given[0].strip() for doc in docs for row in doc.items)
	assert shown_gaps(world.run(GAP, "kabag", side="Own")) == reckoned_gaps(docs, "self")
	assert shown_means(world.run(GROUPS, "kabag", side="Own")) == reckoned_means(world, docs, "self")


def test_points_with_many_decimals_are_rounded_once(world):
	"""66.664999999 is 66.66; rounded to 66.665 on the way it would be 66.67."""
	docs = fill_in(
		world, {"Percentage": ("66,664999999",), "Options": ("Tidak berlaku",), "Bands": ("Tidak berlaku",)}
	)
	for doc in docs:
		seen = {"side": "Own", "opd": doc.opd}
		report = world.run(GAP, "kabag", **seen)
		assert shown_gaps(report) == reckoned_gaps([doc], "self")
		assert {row["mean"] for row in report["result"]} == {66.66, None}
		means = shown_means(world.run(GROUPS, "kabag", **seen))
		assert means == reckoned_means(world, [doc], "self")
		assert 66.66 in means[doc.opd].values()


def test_a_unit_to_which_nothing_applies_has_no_score_rather_than_the_worst(world):
	with_nothing = {"Options": ("Tidak berlaku",), "Bands": ("Tidak berlaku",)}
	doc = fill_in(world, with_nothing)[0]
	# No answer to a percentage says that it does not apply.
	doc.items = [row for row in doc.items if row.self_answer == "Tidak berlaku"]
	doc.flags.ignore_permissions = True
	worksheet.recompute(doc)
	doc.db_update_all()
	for row in frappe.get_all(
		"P2HAM Assessment Item", filters={"parent": doc.name}, pluck="name", order_by="idx"
	):
		if row not in {item.name for item in doc.items}:
			frappe.db.delete("P2HAM Assessment Item", {"name": row})
	report = world.run(GAP, "kabag", side="Own", view="Matrix")
	assert report["result"][-1]["opd"] == doc.opd
	assert report["result"][-1]["total"] is None
	others = [row["total"] for row in report["result"][:-1]]
	assert None not in others
	card = next(card for card in report["report_summary"] if card["label"] == "Mean Score")
	assert float(card["value"].replace(",", ".")) == mean(others)
	assert set(shown_means(world.run(GROUPS, "kabag", side="Own"))[doc.opd].values()) == {None}


@pytest.mark.parametrize("reader", READERS)
def test_the_years_before_keep_their_own_instrument(world, reader):
	"""The first period asked one that has been retired since; cancelled sheets count in none."""
	period = world.made.periods[0]
	assert frappe.db.get_value("P2HAM Instrument", world.made.instruments[0], "status") == "Retired"
	docs = world.documents(reader, period=period, decided=True)
	assert docs
	assert shown_gaps(world.run(GAP, reader, period=period)) == reckoned_gaps(docs, "verified")
	assert shown_means(world.run(GROUPS, reader, period=period)) == reckoned_means(world, docs, "verified")


def test_a_cancelled_sheet_counts_nowhere(world):
	(cancelled,) = frappe.get_all(
		"P2HAM Assessment", filters={"period": world.period, "docstatus": 2}, pluck="opd", order_by="name"
	)
	report = world.run(GAP, "kabag", side="Own", opd=cancelled)
	assert {row["asked"] for row in report["result"]} == {1}
	assert len(world.run(GAP, "kabag", side="Own", opd=cancelled, view="Matrix")["result"]) == 1
	assert len(world.run(GROUPS, "kabag", side="Own", opd=cancelled)["result"]) == 1


def test_one_unit_alone_is_no_regency():
	world = World(generated.regency(units=1, years=1, indicators=5, prefix="TUNGGAL"))
	docs = world.documents("kabag", decided=True)
	assert shown_gaps(world.run(GAP, "kabag")) == reckoned_gaps(docs, "verified")
	(row,) = world.run(GROUPS, "kabag")["result"]
	assert {aspect: row[aspect] for aspect in ASPECTS} == reckoned_means(world, docs, "verified")[row["opd"]]


@pytest.mark.parametrize("filters", ({}, {"view": "Matrix"}))
def test_who_sees_nothing_reviewed_is_told_where_to_look(world, filters):
	frappe.db.set_value("P2HAM Assessment", {"period": world.period}, "workflow_state", "Submitted")
	advice = "None that you may see is reviewed yet. Choose Own under Answers of"
	for report in (GAP, GROUPS):
		given = filters if report == GAP else {}
		assert advice in world.run(report, "kabag", **given)["message"]
		assert advice not in world.run(report, "kabag", side="Own", **given)["message"]


def test_the_figure_of_all_units_leads_to_the_indicators_it_is_made_of(world):
	first = world.run(GROUPS, "kabag")["result"][0]
	for aspect in ASPECTS:
		link = first["_link"][aspect]
		assert link["report"] == GAP
		flagged = set(
			frappe.get_all(
				"P2HAM Indicator",
				filters={"instrument": world.made.instruments[-1], aspect: 1},
				pluck="name",
				order_by="name",
			)
		)
		assert flagged
		everything = shown_gaps(world.run(GAP, "kabag"))
		assert shown_gaps(world.run(GAP, "kabag", **link["filters"])) == {
			code: entry for code, entry in everything.items() if code in flagged
		}


@pytest.mark.parametrize("reader", READERS)
def test_the_weakest_indicators_are_the_first_of_the_report_and_of_its_chart(world, reader):
	report = world.run(GAP, reader)
	applying = [row for row in report["result"] if row["share"] is not None]
	frappe.set_user(getattr(world.made, reader))
	found = indicator_figures.weakest(choice.periods({"period": world.period}).chosen, 5)
	assert [(gap.code, gap.share) for gap in found] == [(row["code"], row["share"]) for row in applying[:5]]
	if applying:
		shares = report["chart"]["data"]["datasets"][0]["values"]
		assert shares == [row["share"] for row in applying[:12]]


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
		({"aspect": "Love"}, "Group or Principle: Love"),
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
	asked = {"opd": "parents"}, {"indicator": "instruments"}, {"view": "Matrix"}, {}
	for report, wanted in (
		*((GAP, filters) for filters in asked),
		(GROUPS, {"opd": "parents"}),
		(GROUPS, {}),
	):
		for reader in ("kabag", "clerk"):
			few, many = (
				place.count_queries(
					queries, report, reader, **{name: given(place, value) for name, value in wanted.items()}
				)
				for place in (world, large)
			)
			assert many == few <= MAX_QUERIES, (report, wanted, reader)


def given(world, value: str) -> str:
	"""The value of a filter in a regency: its first unit above others, its first indicator."""
	if value == "parents":
		return world.made.parents[0]
	if value == "instruments":
		return store.load(world.made.instruments[-1]).indicators[0].code
	return value
