"""One calendar of what happens when; everybody sees in it what he sees elsewhere."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"
DOOR = "/api/method/p2ham.api.calendar.events"
ARGUMENTS = {
	"doctype": "P2HAM Period",
	"field_map": '{"id": "name", "start": "start"}',
	"filters": "[]",
	"fields": "null",
}


def around_today() -> dict[str, str]:
	return {"start": add_days(nowdate(), -120), "end": add_days(nowdate(), 120)}


def events(kind="", **days):
	from p2ham.api.calendar import events

	found = events(**{**around_today(), **days})
	return [event for event in found if not kind or event["kind"] == kind]


@pytest.fixture
def world(people):
	"""A meeting and a due date for each of two units, and a later day for one of them."""
	with make.acting_as(people("P2HAM Verifier")):
		for opd in ("DINSOS", "DINKES"):
			make.create_follow_up(opd, f"Perbaiki {opd}", due_days=11)
			make.create_guidance(
				f"Rapat {opd}", [opd], date=add_days(nowdate(), 5), start_time="09:00:00", end_time="11:30:00"
			)
	period = frappe.get_doc("P2HAM Period", PERIOD)
	later = add_days(period.fill_until, 3)
	period.participant("DINSOS").update({"fill_until": later, "extension_reason": "Banjir."})
	period.save()
	return later


def test_a_period_has_its_window_and_its_last_days():
	period = frappe.get_doc("P2HAM Period", PERIOD)
	found = {
		event["kind"]: event
		for event in events(end=str(add_days(period.approve_until, 1)))
		if event["document"] == PERIOD
	}
	# of two of one kind the last stays: the window stands before its last day
	assert found["filling"]["start"] == str(period.fill_until)
	assert found["review"]["start"] == str(period.review_until)
	assert found["approval"]["start"] == str(period.approve_until)
	(window,) = [e for e in events("filling") if e["document"] == PERIOD and e["start"] != e["end"]]
	assert (window["start"], window["end"], window["all_day"]) == (
		str(period.fill_from),
		str(period.fill_until),
		1,
	)


def test_a_meeting_has_its_hours_and_one_without_takes_the_day(world, people):
	day = add_days(nowdate(), 5)
	meeting = next(event for event in events("guidance") if event["title"] == "Rapat DINSOS")
	assert (meeting["start"], meeting["end"], meeting["all_day"]) == (f"{day} 09:00:00", f"{day} 11:30:00", 0)
	frappe.set_user(people("P2HAM Verifier"))
	whole = make.create_guidance("Rapat sehari", ["DINSOS"], date=day)
	event = next(event for event in events("guidance") if event["document"] == whole)
	assert (event["start"], event["all_day"]) == (day, 1)


@pytest.mark.parametrize(
	("duty", "opd", "units"),
	[
		("OPD Clerk", "DINSOS", {"DINSOS"}),
		("OPD Head", "DINKES", {"DINKES"}),
		("P2HAM Verifier", "", {"DINSOS", "DINKES"}),
		("Sekda", "", {"DINSOS", "DINKES"}),
	],
)
def test_everybody_sees_what_he_follows(world, people, duty, opd, units):
	frappe.set_user(people(duty, opd))
	due = {event["title"].split(":")[0] for event in events("follow-up") if "Perbaiki" in event["title"]}
	meetings = {
		event["title"].removeprefix("Rapat ")
		for event in events("guidance")
		if event["title"].startswith("Rapat D")
	}
	assert (due, meetings) == (units, units)
	own = [event for event in events("own") if event["title"].startswith("DINSOS")]
	assert [event["start"] for event in own] == ([str(getdate(world))] if "DINSOS" in units else [])


def test_who_keeps_periods_sees_periods_and_nothing_of_the_units_work(world, demo_site):
	frappe.set_user(demo_site["manager"]["user"])
	assert {event["about"] for event in events()} == {"P2HAM Period"}
	draft = make.create_period("PERMENKUMHAM-25-2023", 2033, [], opens=False)
	assert draft in {event["document"] for event in events()}


def test_a_period_that_is_not_open_yet_is_nobody_elses(people):
	draft = make.create_period("PERMENKUMHAM-25-2023", 2033, [], opens=False)
	frappe.set_user(people("Kabag Hukum"))
	assert draft not in {event["document"] for event in events()}


def test_what_is_done_or_cancelled_is_no_date_any_more(world, people):
	for name in frappe.get_all("P2HAM Follow-up", pluck="name", order_by="name"):
		frappe.db.set_value("P2HAM Follow-up", name, "status", "Completed")
	frappe.db.set_value("P2HAM Guidance", {"subject": "Rapat DINSOS"}, "status", "Cancelled")
	frappe.set_user(people("P2HAM Verifier"))
	assert events("follow-up") == []
	assert "Rapat DINSOS" not in {event["title"] for event in events("guidance")}


def test_names_are_unique_and_colours_follow_the_kind(world):
	found = events()
	assert len({event["name"] for event in found}) == len(found)
	kinds = {event["kind"]: event["color"] for event in found}
	assert len(set(kinds.values())) == len(kinds) == 6


def test_over_http_as_frappes_calendar_asks(http, people):
	answer = http(people("OPD Clerk", "DINSOS")).get(DOOR, params={**ARGUMENTS, **around_today()})
	assert answer.status_code == 200 and any(
		event["document"] == PERIOD for event in answer.json()["message"]
	)
	assert http(None).get(DOOR, params=around_today()).status_code in (401, 403)
	wrong = http(people("OPD Clerk", "DINSOS")).get(DOOR, params={**around_today(), "start": "kemarin"})
	assert wrong.status_code == 417 and "kemarin" in wrong.text


def test_the_queries_do_not_depend_on_how_many(world, people, queries):
	frappe.set_user(people("P2HAM Verifier"))

	def number():
		events()  # warms caches
		with queries() as calls:
			events()
		return len(calls)

	few = number()
	for day in range(10):
		make.create_guidance(f"Rapat ke-{day}", ["DINSOS"], date=add_days(nowdate(), day))
		make.create_follow_up("DINSOS", f"Butir {day}", due_days=day)
	assert number() == few
