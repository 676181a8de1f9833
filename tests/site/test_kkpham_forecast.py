"""What the regency and its OPD say of themselves beside what the ministry gave: in the review, right by right, and on the
form of a result; against a reckoning over documents, and each reader's part only."""

from __future__ import annotations

import frappe
import generated
import pytest
from frappe.utils import getdate, nowdate
from report_world import DECIDED, MAX_QUERIES, World

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.kkpham import standing

pytestmark = pytest.mark.quick

REVIEW, WEAK = "KKP HAM Review", "P2HAM Weak Rights"
RESULT, SHEET = "P2HAM KKPHAM Result", "P2HAM Assessment"
READERS = ("kabag", "clerk", "single", "observer")


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once()


@pytest.fixture
def world(regency):
	return World(regency)


@pytest.fixture
def year():
	return getdate(nowdate()).year


def sheet_of(world, year: int, opd: str):
	return frappe.get_doc(SHEET, f"{opd}-UJI-KKP-{year}")


def sees_sheet(world, reader: str, sheet) -> bool:
	return world.sees(reader, sheet.opd, sheet.workflow_state)


def points(sheet, row=None) -> float | None:
	"""What a sheet, or its row of one right, says: nothing of a right that does not apply."""
	side = "verified" if sheet.workflow_state in DECIDED else "self"
	return None if row and row.get(f"{side}_not_applicable") else (row or sheet).get(f"{side}_score")


def follow_ups(world, reader: str, result: str, criterion: str) -> list:
	names = frappe.get_all(
		"P2HAM Follow-up",
		filters={"kkpham_result": result, "criterion": criterion},
		pluck="name",
		order_by="name",
	)
	docs = [frappe.get_doc("P2HAM Follow-up", name) for name in names]
	return [doc for doc in docs if reader != "observer" and world.sees(reader, doc.opd)]


@pytest.mark.parametrize("reader", READERS)
def test_the_review_shows_the_own_forecast_that_the_reader_may_see(world, year, reader):
	rows = {row["opd"]: row for row in world.run(REVIEW, reader, assessment_year=year)["result"]}
	assert world.made.root in rows
	states = set()
	for opd, row in rows.items():
		if opd not in (world.made.root, *world.made.parents):
			assert row.get("forecast") is None  # the demo's units, which have no such sheet
			continue
		sheet = sheet_of(world, year, opd)
		if not sees_sheet(world, reader, sheet):
			assert (row.get("forecast"), row.get("difference"), row.get("state")) == (None, None, None)
			continue
		states.add(sheet.workflow_state)
		assert row["forecast"] == points(sheet)
		assert row["difference"] == round(row[f"score_{year}"] - points(sheet), 2)
		assert row["state"] == sheet.workflow_state
		assert row["_link"]["forecast"] == {"doctype": SHEET, "name": sheet.name}
	if reader == "kabag":
		assert {"Submitted", "Approved", "Reviewed"} <= states
	if reader in ("kabag", "observer"):
		assert states


@pytest.mark.parametrize("reader", READERS)
def test_each_right_of_the_regency_is_what_the_documents_say(world, year, reader):
	frappe.set_user("Administrator")
	result = frappe.get_doc(RESULT, f"KKPHAM-{year}-{world.made.root}")
	before = frappe.get_doc(RESULT, f"KKPHAM-{year - 1}-{world.made.root}")
	sheet = sheet_of(world, year, world.made.root)
	report = world.run(WEAK, reader)
	rows = report["result"]
	assert [row["score"] for row in rows] == sorted(row.score for row in result.rights)
	shown = {row["criterion"]: row for row in rows}
	assert set(shown) == {row.criterion for row in result.rights}
	for right in result.rights:
		row = shown[right.criterion]
		[old] = [each.score for each in before.rights if each.criterion == right.criterion]
		assert (row["title"], row["category"]) == (right.title, right.category)
		assert row["code"] == frappe.db.get_value("P2HAM Criterion", right.criterion, "code")
		assert row["change"] == round(right.score - old, 2)
		[own] = [each for each in sheet.scores if each.criterion == right.criterion]
		seen = sees_sheet(world, reader, sheet)
		assert row["forecast"] == (points(sheet, own) if seen else None)
		owners = frappe.get_all(
			"P2HAM Right Owner", filters={"criterion": right.criterion}, pluck="opd", order_by="opd"
		)
		names = [
			frappe.db.get_value("P2HAM OPD", opd, "opd_name")
			for opd in owners
			if reader == "observer" or world.sees(reader, opd)
		]
		assert row["owners"] == ", ".join(sorted(names))
		own_follow_ups = follow_ups(world, reader, result.name, right.criterion)
		assert row["follow_ups"] == len(own_follow_ups)
		assert row["open"] == sum(doc.status != "Closed" for doc in own_follow_ups)
		late = [
			doc
			for doc in own_follow_ups
			if doc.status in ("Open", "In Progress") and doc.due_date < getdate(nowdate())
		]
		assert row["late"] == (len(late) or None)
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	assert cards["Weak Rights"] == sum(row.score < 75 for row in result.rights)
	assert cards["Weakest Right"] == rows[0]["title"]
	chart = report["chart"]["data"]
	assert chart["datasets"][0]["values"] == [row["score"] for row in rows]
	assert chart["labels"] == [f"{row['code']} {row['title']}" for row in rows]


def test_rights_are_narrowed_by_unit_year_and_weakness(world, year):
	opd = world.made.parents[0]
	rows = world.run(WEAK, "clerk", opd=opd)["result"]
	assert {row["opd"] for row in rows} == {opd}
	assert world.run(WEAK, "single", opd=opd)["result"] == []
	every = world.run(WEAK, "kabag", opd=world.made.root)["result"]
	assert {row["opd"] for row in every} == {world.made.root, *world.made.parents}
	assert every[0]["opd"] == world.made.root
	earlier = world.run(WEAK, "kabag", assessment_year=year - 1)["result"]
	stored = frappe.get_doc(RESULT, f"KKPHAM-{year - 1}-{world.made.root}").rights
	assert sorted(row["score"] for row in earlier) == sorted(row.score for row in stored)
	weak = world.run(WEAK, "kabag", weak=1)["result"]
	assert weak and all(row["score"] < 75 for row in weak)


def test_a_right_of_another_instrument_with_the_same_name_is_compared_and_marked(world, year, people):
	"""The years before used another regulation: its rights have other records, some the same name."""
	result = f"KKPHAM-{year - 1}-{world.made.root}"
	other = "PERMENKUMHAM-34-2016"
	frappe.db.set_value(RESULT, result, "instrument", other)
	frappe.db.set_value("P2HAM KKPHAM Right", {"parent": result}, "criterion", f"{other}-1")
	frappe.db.set_value("P2HAM KKPHAM Right", {"parent": result, "idx": (">", 1)}, "title", "Lain")
	report = world.run(WEAK, "kabag")
	compared = [row for row in report["result"] if row["change"] is not None]
	assert [row["title"] for row in compared] == ["Hak 1"]
	assert compared[0]["_doubt"] == {"change": " *"}
	assert "another instrument" in report["message"]


def test_without_rights_there_is_nothing_and_no_error(world):
	frappe.db.delete("P2HAM KKPHAM Right")
	found = world.run(WEAK, "kabag")
	assert (found["result"], found["chart"]) == ([], None)
	assert "with its rights" in found["message"]


@pytest.mark.parametrize(
	("filters", "words"),
	[({"assessment_year": 1200}, "Assessment Year: 1200"), ({"opd": "NOWHERE"}, "Unit: NOWHERE")],
)
def test_a_filter_that_makes_no_sense_is_named(world, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(WEAK, "kabag", **filters)


def test_the_number_of_queries_does_not_depend_on_the_size(world, year, queries):
	large = World(generated.regency(units=40, indicators=8, prefix="BESAR"))
	for report, filters in (
		(REVIEW, {"assessment_year": year}),
		(WEAK, {}),
		(WEAK, {"opd": "root"}),
	):
		for reader in ("kabag", "clerk"):
			few, many = (
				each.count_queries(
					queries,
					report,
					reader,
					**{**filters, **({"opd": each.made.root} if "opd" in filters else {})},
				)
				for each in (world, large)
			)
			assert many == few <= MAX_QUERIES


# On the form


def stands(world, reader: str, name: str) -> dict:
	duties.clear_cache()
	with make.acting_as(getattr(world.made, reader)):
		return standing.for_result(frappe.get_doc(RESULT, name))


def test_the_form_shows_the_forecast_the_years_and_the_rights_from_the_weakest(world, year):
	opd = world.made.parents[0]
	name, sheet = f"KKPHAM-{year}-{opd}", sheet_of(world, year, opd)
	doc = frappe.get_doc(RESULT, name)
	for reader in ("kabag", "clerk"):
		found = stands(world, reader, name)
		assert (found["score"], found["category"]) == (doc.score, doc.category)
		assert found["forecast"]["assessment"] == sheet.name
		assert found["forecast"]["score"] == points(sheet)
		assert found["forecast"]["difference"] == round(doc.score - points(sheet), 2)
		assert [row["year"] for row in found["trend"]] == [year - 1, year]
		assert found["trend"][-1] == {"year": year, "score": doc.score, "forecast": points(sheet)}
		assert [row["score"] for row in found["rights"]] == sorted(row.score for row in doc.rights)
		assert found["may_follow_up"] == (reader == "kabag")


def test_of_the_regencys_result_an_opd_sees_its_own_part(world, year):
	name = f"KKPHAM-{year}-{world.made.root}"
	every, own = stands(world, "kabag", name), stands(world, "clerk", name)
	assert every["forecast"] and own["forecast"] is None
	assert {row["forecast"] for row in own["rights"]} == {None}
	units = world.units_of("clerk")
	for row in own["rights"]:
		assert {owner["opd"] for owner in row["owners"]} <= units
	assert {owner["opd"] for row in every["rights"] for owner in row["owners"]} == set(world.made.parents)
	assert sum(row["open"] for row in own["rights"]) < sum(row["open"] for row in every["rights"])


def test_the_door_of_the_form_asks_for_the_right_to_the_result(http, people):
	door = "/api/method/p2ham.api.kkpham.get_standing"
	found = http(people("OPD Clerk", "DINSOS")).get(door, params={"name": "KKPHAM-2023-DINSOS"})
	assert found.status_code == 200 and found.json()["message"]["score"] == 58.3
	assert [row["year"] for row in found.json()["message"]["trend"]] == [2022, 2023]
	for user, name in (
		(people("OPD Clerk", "DINSOS"), "KKPHAM-2023-DISDUKCAPIL"),
		(None, "KKPHAM-2023-DINSOS"),
	):
		response = http(user).get(door, params={"name": name})
		assert response.status_code == 403 and "84.5" not in response.text
	assert http(people("Sekda")).get(door, params={"name": "NIHIL"}).status_code == 404
