"""KKP HAM review and follow-up status: against a reckoning over documents."""

import datetime
from collections import Counter

import frappe
import generated
import pytest
from frappe.utils import getdate, nowdate
from report_world import KKPHAM_YEARS as YEARS
from report_world import MAX_QUERIES, World, add_results, mean, share

from p2ham.demo import factories as make

REVIEW, STATUS = "KKP HAM Review", "P2HAM Follow-up Status"
READERS = ("kabag", "clerk", "single", "observer")


NEWEST = YEARS[-1]


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once(results=True)


@pytest.fixture
def world(regency):
	return World(regency)


def results(world, reader: str) -> list:
	found = []
	for name in frappe.get_all("P2HAM KKPHAM Result", pluck="name", order_by="name"):
		doc = frappe.get_doc("P2HAM KKPHAM Result", name)
		if reader in ("kabag", "observer") or doc.is_regency or doc.opd in world.units_of(reader):
			found.append(doc)
	return found


def follow_ups(world, reader: str) -> list:
	found = []
	for name in frappe.get_all("P2HAM Follow-up", pluck="name", order_by="name"):
		doc = frappe.get_doc("P2HAM Follow-up", name)
		approved = doc.assessment and (
			frappe.db.get_value("P2HAM Assessment", doc.assessment, "workflow_state") == "Approved"
		)
		if (
			(reader == "observer" and approved)
			or reader == "kabag"
			or (reader != "observer" and doc.opd in world.units_of(reader))
		):
			found.append(doc)
	return found


def late(doc) -> int:
	due = getdate(doc.due_date)
	days = (getdate(nowdate()) - due) // datetime.timedelta(days=1)
	return days if doc.status in ("Open", "In Progress") and days > 0 else 0


@pytest.mark.parametrize("reader", READERS)
def test_results_are_those_that_were_given(world, reader):
	frappe.set_user("Administrator")
	seen = [doc for doc in results(world, reader) if doc.assessment_year in YEARS]
	of_units = follow_ups(world, reader)
	report = world.run(REVIEW, reader, assessment_year=NEWEST, years=3)
	if reader == "single" and not seen:
		assert report["result"] == []
		return
	by_unit = {}
	for doc in seen:
		by_unit.setdefault(doc.opd, {})[doc.assessment_year] = doc
	rows = {row["opd"]: row for row in report["result"]}
	assert set(rows) == set(by_unit)
	for opd, years in by_unit.items():
		row = rows[opd]
		assert [row[f"score_{year}"] for year in YEARS] == [
			years[year].score if year in years else None for year in YEARS
		]
		before, now = years.get(NEWEST - 1), years[NEWEST]
		assert row["change"] == (round(now.score - before.score, 2) if before else None)
		assert ("_doubt" in row) == (before is not None)  # another instrument in the last year
		assert (row["category"], row["finding"], row["reference"]) == (
			now.category,
			now.finding,
			now.reference,
		)
		assert row["standing"] == ("Did Well" if now.score >= 75 else "Needs Improvement")
		own = [doc for doc in of_units if doc.kkpham_result == now.name]
		assert row["follow_ups"] == len(own)
		assert row["open"] == sum(doc.status != "Closed" for doc in own)
		assert row["late"] == (sum(bool(late(doc)) for doc in own) or None)
	assert "different instruments" in report["message"]
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	newest = [years[NEWEST].score for years in by_unit.values()]
	assert cards["OPD That Did Well"] == sum(score >= 75 for score in newest)
	assert cards["OPD That Need Improvement"] == sum(score < 75 for score in newest)
	line = report["chart"]["data"]["datasets"][-1]["values"]
	assert line == [
		mean([years[year].score for years in by_unit.values() if year in years]) for year in YEARS
	]


def test_the_units_can_be_narrowed_by_standing(world):
	every = world.run(REVIEW, "kabag", assessment_year=NEWEST)["result"]
	for standing in ("Did Well", "Needs Improvement"):
		found = world.run(REVIEW, "kabag", assessment_year=NEWEST, standing=standing)["result"]
		assert [row["opd"] for row in found] == [row["opd"] for row in every if row["standing"] == standing]


def test_the_regency_stands_first_and_everybody_sees_its_result(world):
	root = frappe.db.get_value("P2HAM OPD", {"parent_p2ham_opd": ("is", "not set")}, "name")
	with make.acting_as(world.made.verifier):
		frappe.get_doc(
			{
				"doctype": "P2HAM KKPHAM Result",
				"assessment_year": NEWEST,
				"data_year": NEWEST - 1,
				"opd": root,
				"instrument": frappe.db.get_value(
					"P2HAM KKPHAM Result", {"assessment_year": NEWEST}, "instrument"
				),
				"score": 80,
			}
		).insert()
	for reader in ("kabag", "single"):
		report = world.run(REVIEW, reader, assessment_year=NEWEST)
		assert (report["result"][0]["opd"], report["result"][0][f"score_{NEWEST}"]) == (root, 80)
		assert report["report_summary"][0]["value"].replace(",", ".") == "80.00 · Peduli"


@pytest.mark.parametrize("reader", READERS)
def test_each_follow_up_that_the_reader_may_see_is_listed(world, reader):
	frappe.set_user("Administrator")
	seen = follow_ups(world, reader)
	report = world.run(STATUS, reader, period=None)
	rows = {row["name"]: row for row in report["result"]}
	assert set(rows) == {doc.name for doc in seen}
	for doc in seen:
		assert rows[doc.name]["late"] == (late(doc) or None)
		assert rows[doc.name]["evidence"] == len(doc.evidence)
		assert rows[doc.name]["source"] == (doc.assessment or doc.kkpham_result or doc.guidance or "")
	order = [-(row["late"] or 0) for row in report["result"]]
	assert order == sorted(order)
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	stands = Counter(doc.status for doc in seen)
	assert cards["Follow-ups"] == len(seen)
	assert cards["Still Open"] == stands["Open"] + stands["In Progress"]
	assert cards["Late"] == sum(bool(late(doc)) for doc in seen)
	if seen:
		assert float(cards["Closed"].rstrip("%").replace(",", ".")) == share(stands["Closed"], len(seen))
		assert report["chart"]["data"]["datasets"][0]["values"] == [
			stands[status] for status in ("Open", "In Progress", "Completed", "Closed")
		]


def test_follow_ups_are_narrowed_by_period_unit_status_and_lateness(world):
	every = [
		frappe.get_doc("P2HAM Follow-up", row["name"])
		for row in world.run(STATUS, "kabag", period=None)["result"]
	]
	period = {
		doc.name
		for doc in every
		if doc.assessment
		and frappe.db.get_value("P2HAM Assessment", doc.assessment, "period") == world.period
	}
	asked = next(doc.indicator for doc in every if doc.indicator)
	for filters, expected in (
		({"period": world.period}, period),
		({"period": None, "status": "Open"}, {doc.name for doc in every if doc.status == "Open"}),
		({"period": None, "overdue": 1}, {doc.name for doc in every if late(doc)}),
		(
			{"period": None, "indicator": asked},
			{doc.name for doc in every if doc.indicator == asked},
		),
		(
			{"period": None, "opd": world.made.parents[0]},
			{doc.name for doc in every if doc.opd in world.units_of("clerk")},
		),
	):
		assert {row["name"] for row in world.run(STATUS, "kabag", **filters)["result"]} == expected
		assert expected


@pytest.mark.parametrize(
	("report", "filters", "words"),
	(
		(REVIEW, {"assessment_year": 1200}, "Assessment Year: 1200"),
		(REVIEW, {"years": 99}, "Number of Years: 99"),
		(REVIEW, {"standing": "Excellent"}, "Standing: Excellent"),
		(REVIEW, {"opd": "NOWHERE"}, "Unit: NOWHERE"),
		(STATUS, {"status": "Forgotten"}, "Status: Forgotten"),
		(STATUS, {"period": "NONE"}, "Period: NONE"),
		(STATUS, {"indicator": "NONE"}, "Indicator: NONE"),
	),
)
def test_a_filter_that_makes_no_sense_is_named(world, report, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(report, "kabag", **filters)


def test_without_any_result_or_follow_up_there_is_nothing_and_no_error(world):
	frappe.db.delete("P2HAM KKPHAM Result")
	frappe.db.delete("P2HAM Follow-up")
	found = world.run(REVIEW, "kabag")
	assert (found["result"], found["chart"]) == ([], None)
	assert found["message"] == "There is no KKP HAM result yet, or none that you may see."
	found = world.run(STATUS, "kabag", period=None)
	assert (found["result"], found["chart"]) == ([], None)


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, indicators=8, prefix="BESAR"))
	add_results(large.made, seed=2)
	for report in (REVIEW, STATUS):
		for reader in ("kabag", "clerk"):
			few = world.count_queries(queries, report, reader)
			assert large.count_queries(queries, report, reader) == few <= MAX_QUERIES
