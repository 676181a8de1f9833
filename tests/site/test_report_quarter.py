"""Quarterly report: against a reckoning over logs and documents, day by day."""

import datetime
from collections import Counter

import frappe
import generated
import pytest
from frappe.utils import get_datetime, getdate, nowdate
from report_world import DECIDED, MAX_QUERIES, World, mean, points, share

from p2ham.demo import factories as make
from p2ham.instruments import store
from p2ham.quarterly.quarter import Span

QUARTERLY = "P2HAM Quarterly Report"
STATES = ("Draft", "Submitted", "Reviewed", "Approved")
ITEMS = {
	"Submitted": "Assessments submitted",
	"Reviewed": "Assessments reviewed",
	"Approved": "Assessments approved",
}


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once(results=True)


@pytest.fixture
def world(regency):
	return World(regency)


def quarters() -> list[tuple[datetime.date, datetime.date]]:
	"""The quarter of today and the two before, as first and last day."""
	found, day = [], getdate(nowdate())
	for _ in range(3):
		first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
		following = (first + datetime.timedelta(days=95)).replace(day=1)
		found.append((first, following - datetime.timedelta(days=1)))
		day = first - datetime.timedelta(days=1)
	return found


def sheets(world) -> list[tuple]:
	"""All assessments of the period, cancelled ones too, each with its log."""
	names = frappe.get_all(
		"P2HAM Assessment", filters={"period": world.period}, pluck="name", order_by="name"
	)
	return [
		(
			frappe.get_doc("P2HAM Assessment", name),
			frappe.get_all(
				"P2HAM Assessment Log", filters={"assessment": name}, fields=["*"], order_by="sequence"
			),
		)
		for name in names
	]


def state_on(day: datetime.date, entries: list) -> str:
	before = [entry.to_state for entry in entries if getdate(entry.at) <= day]
	return before[-1] if before else "Draft"


def bring_forward(world) -> None:
	"""Let half of the assessments that are approved have come so far a quarter earlier."""
	day = quarters()[1][1]
	approved = [doc.name for doc, _entries in sheets(world) if doc.workflow_state == "Approved"]
	for name in approved[::2]:
		frappe.db.set_value("P2HAM Assessment", name, "creation", get_datetime(f"{day} 07:00:00"))
		frappe.db.set_value(
			"P2HAM Assessment Log", {"assessment": name}, "at", get_datetime(f"{day} 08:00:00")
		)


def asked_for(first: datetime.date) -> dict:
	return {"year": first.year, "quarter": str((first.month + 2) // 3)}


def reckoned(world, first: datetime.date, last: datetime.date) -> dict:
	within, stands, scores, categories, returns = Counter(), Counter(), [], Counter(), 0
	for doc, entries in sheets(world):
		if state_on(last, entries) == "Cancelled":
			continue
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
		state = state_on(last, entries)
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
	filters = asked_for(first)
	expected = reckoned(world, first, last)
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


def weakest(world, last: datetime.date) -> list[tuple[str, str]]:
	"""The five indicators that the smallest share met of those that were reviewed on a day, and the share."""
	met, asked, earned, titles = Counter(), Counter(), Counter(), {}
	for doc, entries in sheets(world):
		if state_on(last, entries) not in DECIDED or getdate(doc.creation) > last:
			continue
		for row in doc.items:
			given = points(doc, row, "verified")
			titles[row.indicator] = row.title
			if not given.not_applicable:
				asked[row.indicator] += 1
				met[row.indicator] += given.value >= 100
				earned[row.indicator] += given.value
	order = [indicator.code for indicator in store.load(doc.instrument).indicators]
	lacking = [code for code in asked if met[code] < asked[code]]
	lacking.sort(
		key=lambda code: (share(met[code], asked[code]), earned[code] / asked[code], order.index(code))
	)
	return [(titles[code], f"{share(met[code], asked[code])}%") for code in lacking[:5]]


def test_units_fell_short_in_what_was_reviewed_by_the_end_of_the_quarter(world):
	bring_forward(world)
	found = []
	for first, last in quarters():
		rows = world.run(QUARTERLY, "kabag", **asked_for(first))["result"]
		shown = [(row["item"], row["until"]) for row in rows if row["section"] == "Where Units Fall Short"]
		assert [(title, until.replace(",", ".")) for title, until in shown] == weakest(world, last)
		found.append(shown)
	assert found[0] != found[-1]


def test_who_is_cancelled_later_still_counts_in_the_quarter_before(world):
	bring_forward(world)
	(first, _), (before, end) = quarters()[:2]
	name = next(
		doc.name
		for doc, entries in sheets(world)
		if doc.workflow_state == "Approved" and state_on(end, entries) == "Approved"
	)
	earlier = world.run(QUARTERLY, "kabag", **asked_for(before))
	now = numbers(world.run(QUARTERLY, "kabag", **asked_for(first)))
	with make.acting_as(world.made.sekda):
		make.take_step(name, "Cancel", "Angka keliru")
	for view in ("result", "message", "chart", "report_summary"):
		assert world.run(QUARTERLY, "kabag", **asked_for(before))[view] == earlier[view]
	later = numbers(world.run(QUARTERLY, "kabag", **asked_for(first)))
	for item in ("Assessments begun", "Assessments approved"):
		assert int(later[item][1]) == int(now[item][1]) - 1


def test_figures_lead_to_what_they_count(world):
	first = quarters()[0][0]
	rows = {row["item"]: row for row in world.run(QUARTERLY, "kabag", **asked_for(first))["result"]}
	approved = rows["Assessments approved"]
	link = approved["_link"]["within"]
	entries = world.run(link["report"], "kabag", **{**link["filters"], "period": world.period})["result"]
	assert len({row["assessment"] for row in entries}) == int(approved["within"])
	link = approved["_link"]["until"]
	units = world.run(link["report"], "kabag", **{**link["filters"], "period": world.period})["result"]
	assert sum(row["state_then"] == "Approved" for row in units) == int(approved["until"])
	for item in ("Documents stored as evidence", "Follow-ups agreed", "Follow-ups closed"):
		link = rows[item]["_link"]["within"]
		frappe.set_user(world.made.kabag)
		listed = frappe.get_list(link["doctype"], filters=link["filters"], pluck="name", limit_page_length=0)
		frappe.set_user("Administrator")
		assert len(listed) == int(rows[item]["within"])


def test_steps_of_what_was_cancelled_in_the_quarter_are_neither_counted_nor_led_to(world):
	bring_forward(world)
	first, last = quarters()[1]  # on the first day of a quarter nothing has been approved in it

	def figure_and_entries() -> tuple[int, set[str]]:
		rows = {row["item"]: row for row in world.run(QUARTERLY, "kabag", **asked_for(first))["result"]}
		link = rows["Assessments approved"]["_link"]["within"]
		found = world.run(link["report"], "kabag", **{**link["filters"], "period": world.period})["result"]
		return int(rows["Assessments approved"]["within"]), {row["assessment"] for row in found}

	number, listed = figure_and_entries()
	assert number == len(listed)
	name = next(
		doc.name for doc, _ in sheets(world) if doc.workflow_state == "Approved" and doc.name in listed
	)
	with make.acting_as(world.made.sekda):
		make.take_step(name, "Cancel", "Angka keliru")
	assert figure_and_entries() == (number, listed)  # cancelled after the quarter, it counted in it
	cancelled = {"assessment": name, "action": "Cancel"}
	frappe.db.set_value("P2HAM Assessment Log", cancelled, "at", get_datetime(f"{last} 09:00:00"))
	assert figure_and_entries() == (number - 1, listed - {name})
	asked = {"period": world.period, "action": "Approve", "from_date": str(first), "to_date": str(last)}
	everything = world.run("P2HAM Audit Trail", "kabag", **asked)["result"]
	assert name in {row["assessment"] for row in everything}


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
	agreed = [doc for doc in docs if getdate(doc.creation) <= last]
	left = [doc for doc in agreed if not (doc.closed_on and getdate(doc.closed_on) <= last)]
	undone = [doc for doc in left if not (doc.completed_on and getdate(doc.completed_on) <= last)]
	assert shown["Follow-ups agreed"][0] == str(sum(getdate(doc.creation) >= first for doc in agreed))
	assert shown["Follow-ups closed"][0] == str(
		sum(bool(doc.closed_on) and first <= getdate(doc.closed_on) <= last for doc in docs)
	)
	assert shown["Follow-ups not closed"][1] == str(len(left))
	assert shown["Follow-ups late"][1] == str(sum(getdate(doc.due_date) <= last for doc in undone))


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
	assert [Span.containing(datetime.date(2024, month, 15)).quarter for month in range(1, 13)] == [
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
	filters = asked_for(first)
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
		assert large.count_queries(queries, QUARTERLY, "kabag", **filters) == few <= MAX_QUERIES
