"""Quarterly report: against a reckoning over logs and documents, day by day."""

import datetime
from collections import Counter

import frappe
import pytest
from frappe.utils import get_datetime, getdate, nowdate
from report_world import MOST_QUERIES, World, add_results, mean

from p2ham.demo import factories as make
from p2ham.demo import generated
from p2ham.reporting.quarter import Span

QUARTERLY = "P2HAM Quarterly Report"
STATES = ("Draft", "Submitted", "Reviewed", "Approved")
ITEMS = {
	"Submitted": "Assessments submitted",
	"Reviewed": "Assessments reviewed",
	"Approved": "Assessments approved",
}


@pytest.fixture
def world():
	world = World(generated.regency())
	add_results(world.made)
	return world


def quarters() -> list[tuple[datetime.date, datetime.date]]:
	"""The quarter of today and the two before, as first and last day."""
	found, day = [], getdate(nowdate())
	for _ in range(3):
		first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
		following = (first + datetime.timedelta(days=95)).replace(day=1)
		found.append((first, following - datetime.timedelta(days=1)))
		day = first - datetime.timedelta(days=1)
	return found


def reckoned(world, reader: str, first: datetime.date, last: datetime.date) -> dict:
	within, stands, scores, categories, returns = Counter(), Counter(), [], Counter(), 0
	for doc in world.documents(reader):
		entries = frappe.get_all(
			"P2HAM Assessment Log", filters={"assessment": doc.name}, fields=["*"], order_by="sequence"
		)
		moved = set()
		for entry in entries:
			if first <= getdate(entry.at) <= last and entry.from_state != entry.to_state:
				if entry.action == "Return":
					returns += 1
				elif entry.to_state in STATES:
					moved.add(entry.to_state)
		within.update(moved)
		if getdate(doc.creation) > last:
			continue
		before = [entry.to_state for entry in entries if getdate(entry.at) <= last]
		state = before[-1] if before else "Draft"
		stands[state] += 1
		if state == "Approved":
			scores.append(doc.verified_score)
			categories[doc.category] += 1
	reached = {state: sum(stands[later] for later in STATES[place:]) for place, state in enumerate(STATES)}
	return {
		"within": within,
		"reached": reached,
		"mean": mean(scores),
		"categories": categories,
		"returns": returns,
	}


def numbers(report) -> dict:
	return {row["item"]: (row["within"], row["until"]) for row in report["result"]}


@pytest.mark.parametrize("number", range(3))
def test_a_quarter_counts_what_happened_in_it_and_what_stood_at_its_end(world, number):
	first, last = quarters()[number]
	filters = {"year": first.year, "quarter": str((first.month + 2) // 3)}
	expected = reckoned(world, "kabag", first, last)
	report = world.run(QUARTERLY, "kabag", **filters)
	shown = numbers(report)
	for state, item in ITEMS.items():
		assert shown[item] == (str(expected["within"][state]), str(expected["reached"][state])), item
	assert shown["Assessments begun"] == (None, str(expected["reached"]["Draft"]))
	assert shown["Returns for correction"] == (str(expected["returns"]), None)
	shown_mean = shown["Mean verified score of the approved"][1]
	assert (float(shown_mean.replace(",", ".")) if shown_mean else None) == expected["mean"]
	for category, number_of in expected["categories"].items():
		assert shown[f"Approved in category {category}"][1] == str(number_of)
	units = world.run(QUARTERLY, "kabag", view="Units", **filters)["result"]
	assert len(units) == expected["reached"]["Draft"]
	assert sum(row["state_then"] == "Approved" for row in units) == expected["reached"]["Approved"]


def test_participants_evidence_follow_ups_and_guidance_of_a_quarter(world):
	first, last = quarters()[0]
	with make.acting_as(world.made.verifier):
		for day, status in (
			(first, "Held"),
			(last, "Scheduled"),
			(first - datetime.timedelta(days=1), "Held"),
		):
			frappe.get_doc(
				{
					"doctype": "P2HAM Guidance",
					"kind": "Coordination Meeting",
					"subject": f"Rapat {day}",
					"status": status,
					"date": day,
					"participants": [{"opd": world.made.parents[0]}],
				}
			).insert()
	shown = numbers(world.run(QUARTERLY, "kabag"))
	period = frappe.get_doc("P2HAM Period", world.period)
	staying = [row for row in period.participants if row.status != "Withdrawn"]
	declared = [getdate(row.declared_on) for row in staying if row.declared_on]
	assert shown["Units taking part"] == (None, str(len(staying)))
	assert shown["Units that have declared themselves"] == (
		str(sum(first <= day <= last for day in declared)),
		str(sum(day <= last for day in declared)),
	)
	stored = [getdate(day) for day in frappe.get_all("P2HAM Evidence", pluck="creation", order_by="name")]
	assert shown["Documents stored as evidence"] == (
		str(sum(first <= day <= last for day in stored)),
		str(sum(day <= last for day in stored)),
	)
	held = [
		getdate(day)
		for day in frappe.get_all("P2HAM Guidance", filters={"status": "Held"}, pluck="date", order_by="name")
	]
	assert shown["Meetings, disseminations and visits held"] == (
		str(sum(first <= day <= last for day in held)),
		str(sum(day <= last and day.year == first.year for day in held)),
	)
	docs = [
		frappe.get_doc("P2HAM Follow-up", name)
		for name in frappe.get_all("P2HAM Follow-up", pluck="name", order_by="name")
	]
	assert shown["Follow-ups agreed"][0] == str(len(docs))
	assert shown["Follow-ups closed"][0] == str(sum(doc.status == "Closed" for doc in docs))
	assert shown["Follow-ups not closed"][1] == str(sum(doc.status != "Closed" for doc in docs))
	assert shown["Follow-ups late"][1] == str(
		sum(doc.status in ("Open", "In Progress") and getdate(doc.due_date) <= last for doc in docs)
	)


def test_the_message_is_a_text_with_the_figures(world):
	report = world.run(QUARTERLY, "kabag")
	shown = numbers(report)
	assert f"{shown['Units taking part'][1]} units of the regency took part" in report["message"]
	assert f"and {shown['Assessments approved'][1]} approved." in report["message"]


def test_a_quarter_has_its_days():
	assert (Span(2024, 1).first, Span(2024, 1).last) == (
		datetime.date(2024, 1, 1),
		datetime.date(2024, 3, 31),
	)
	assert (Span(2024, 4).first, Span(2024, 4).last) == (
		datetime.date(2024, 10, 1),
		datetime.date(2024, 12, 31),
	)
	assert [Span.of(datetime.date(2024, month, 15)).quarter for month in range(1, 13)] == [
		1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4,
	]  # fmt: skip


def test_a_step_on_the_last_evening_belongs_to_the_quarter(world):
	first, last = quarters()[1]
	name = frappe.get_all(
		"P2HAM Assessment Log",
		filters={"to_state": "Approved", "assessment": ("like", f"%{world.period}")},
		pluck="name",
		order_by="name",
	)[0]
	filters = {"year": first.year, "quarter": str((first.month + 2) // 3)}
	before = int(numbers(world.run(QUARTERLY, "kabag", **filters))["Assessments approved"][0])
	frappe.db.set_value("P2HAM Assessment Log", name, "at", get_datetime(f"{last} 23:59:59"))
	assert int(numbers(world.run(QUARTERLY, "kabag", **filters))["Assessments approved"][0]) == before + 1


def test_only_those_who_see_the_whole_regency_report_about_it(world):
	for reader in ("clerk", "head", "observer"):
		with pytest.raises(frappe.PermissionError):
			world.run(QUARTERLY, reader)


@pytest.mark.parametrize(
	("filters", "words"),
	(({"quarter": "5"}, "Quarter: 5"), ({"year": 12}, "Year: 12"), ({"view": "Map"}, "View: Map")),
)
def test_a_filter_that_makes_no_sense_is_named(world, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(QUARTERLY, "kabag", **filters)


def test_an_empty_period_has_no_figures_and_no_error(world):
	frappe.db.delete("P2HAM Assessment", {"period": world.period})
	frappe.db.delete("P2HAM Period Participant", {"parent": world.period})
	report = world.run(QUARTERLY, "kabag")
	assert report["chart"] is None
	assert numbers(report)["Assessments approved"] == ("0", "0")
	assert numbers(report)["Mean verified score of the approved"] == (None, None)


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, indicators=8, prefix="BESAR"))
	for filters in ({}, {"view": "Units"}):
		few = world.count_queries(queries, QUARTERLY, "kabag", **filters)
		assert large.count_queries(queries, QUARTERLY, "kabag", **filters) == few <= MOST_QUERIES
