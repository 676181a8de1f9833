"""Year comparison: against a reckoning over documents."""

import frappe
import generated
import pytest
from report_world import DECIDED, MAX_QUERIES, World, mean

from p2ham.figures import choice
from p2ham.instruments import store
from p2ham.reports import years

pytestmark = pytest.mark.quick

YEARS = "P2HAM Year Comparison"
READERS = ("kabag", "clerk", "observer")


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once(years=4)


@pytest.fixture
def world(regency):
	return World(regency)


def reckoned(world, reader: str, periods: list[str]) -> dict[str, list]:
	found: dict[str, list] = {}
	for place, period in enumerate(periods):
		for doc in world.documents(reader, period, decided=True):
			found.setdefault(doc.opd, [None] * len(periods))[place] = doc.verified_score
	return found


def instrument_of(period: str) -> str:
	return frappe.db.get_value("P2HAM Period", period, "instrument")


@pytest.mark.parametrize("reader", READERS)
def test_each_unit_has_its_result_of_each_year(world, reader):
	periods = world.opened()[-5:]
	expected = reckoned(world, reader, periods)
	report = world.run(YEARS, reader)
	rows = {row["opd"]: row for row in report["result"] if row.get("opd")}
	assert set(rows) == set(expected)
	changed = instrument_of(periods[-1]) != instrument_of(periods[-2])
	for opd, scores in expected.items():
		row = rows[opd]
		assert [row[f"score_{place}"] for place in range(5)] == scores
		both = scores[-1] is not None and scores[-2] is not None
		assert row["change"] == (round(scores[-1] - scores[-2], 2) if both else None)
		assert ("change" in row.get("_doubt", {})) == (both and changed)
		first = next(place for place, score in enumerate(scores) if score is not None)
		grown = scores[-1] is not None and first < 4
		assert row["since_first"] == (round(scores[-1] - scores[first], 2) if grown else None)
	if len(expected) > 1:
		means = [
			mean([scores[place] for scores in expected.values() if scores[place] is not None])
			for place in range(5)
		]
		assert [report["result"][0][f"score_{place}"] for place in range(5)] == means
		assert report["chart"]["data"]["datasets"][0]["values"] == means
		cards = {card["label"]: card["value"] for card in report["report_summary"]}
		rises = [s[-1] - s[-2] for s in expected.values() if s[-1] is not None and s[-2] is not None]
		assert cards["Better Than Before"] == sum(rise > 0 for rise in rises)
		assert cards["Worse Than Before"] == sum(rise < 0 for rise in rises)


def test_instruments_are_named_with_their_years(world):
	message = world.run(YEARS, "kabag")["message"]
	for period in world.opened()[-5:]:
		assert frappe.db.get_value("P2HAM Instrument", instrument_of(period), "title") in message
	assert "Changes marked with *" in message


def test_a_single_unit_is_shown_by_criterion_in_the_years_of_each_instrument(world):
	docs = world.documents("kabag", decided=True)
	unit = next(doc.opd for doc in docs if world.documents("kabag", world.made.periods[-2], decided=True))
	periods = world.opened()[-5:]
	report = world.run(YEARS, "kabag", opd=unit)
	assert report["result"][0]["opd"] == unit
	expected = {}
	for place, period in enumerate(periods):
		for doc in world.documents("kabag", period, decided=True):
			if doc.opd != unit:
				continue
			instrument = store.load(doc.instrument)
			tops = {c.code: c.title for c in instrument.criteria if c.parent is None}
			for row in doc.scores:
				if row.criterion in tops and not row.verified_not_applicable:
					key = f"{tops[row.criterion]} ({instrument.title})"
					expected.setdefault(key, {})[place] = row.verified_score
	shown = {
		row["opd_name"]: {
			place: row[f"score_{place}"] for place in range(5) if row[f"score_{place}"] is not None
		}
		for row in report["result"][1:]
	}
	assert shown == expected
	assert expected


@pytest.mark.parametrize("reader", READERS)
def test_the_trend_is_the_mean_of_what_the_reader_sees(world, reader):
	expected = [
		mean([doc.verified_score for doc in world.documents(reader, period) if doc.workflow_state in DECIDED])
		for period in world.opened()
	]
	frappe.set_user(getattr(world.made, reader))
	opened = choice.periods({"period": world.period}).opened
	assert years.trend(opened) == expected


def test_a_first_year_has_nothing_to_be_compared_with(world):
	first = world.opened()[0]
	report = world.run(YEARS, "kabag", period=first)
	assert all(row["change"] is None for row in report["result"])


def test_filters_that_make_no_sense_are_named(world):
	for filters, words in (({"years": 1}, "Number of Years: 1"), ({"opd": "NOWHERE"}, "Unit: NOWHERE")):
		with pytest.raises(frappe.ValidationError, match=words):
			world.run(YEARS, "kabag", **filters)


def test_without_results_there_is_nothing_and_no_error(world):
	frappe.db.delete("P2HAM Assessment")
	report = world.run(YEARS, "kabag")
	assert (report["result"], report["chart"], report["message"]) == ([], None, None)


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, years=4, indicators=8, prefix="BESAR"))
	for filters in ({}, {"opd": None}):
		for reader in ("kabag", "clerk"):
			few = world.count_queries(queries, YEARS, reader, **filters)
			assert large.count_queries(queries, YEARS, reader, **filters) == few <= MAX_QUERIES
	assert world.count_queries(queries, YEARS, "kabag", opd=world.made.units[0]) <= MAX_QUERIES
