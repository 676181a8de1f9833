"""The scoreboard: right figures, and never a figure about a row its reader may not see."""

import frappe
import pytest
from frappe.desk import query_report

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"


def run(**filters):
	return query_report.run("P2HAM Scoreboard", {"period": PERIOD, **filters})


def rows(report):
	return [row for row in report["result"] if isinstance(row, dict) and "UJI " not in row["opd"]]


def test_sekda_sees_every_unit_in_order_of_the_verified_score(people):
	frappe.set_user(people("Sekda"))
	report = run()
	found = rows(report)
	assert len(found) == 7
	ranked = [row for row in found if row["rank"]]
	assert found[: len(ranked)] == ranked
	assert {row["opd"] for row in ranked} == {"DISDUKCAPIL", "DPMPTSP", "DINKES", "DINSOS"}
	scores = [row["verified_score"] for row in ranked]
	assert scores == sorted(scores, reverse=True)
	assert all(row["verified_score"] is None for row in found if row["workflow_state"] == "Draft")
	assert report["chart"]["data"]["datasets"][1]["values"][0] == max(
		row["verified_score"] for row in report["result"] if row["rank"]
	)


def test_a_clerk_sees_the_own_unit_without_a_place_among_the_others(people):
	frappe.set_user(people("OPD Clerk", "DINSOS"))
	report = run()
	assert [row["opd"] for row in rows(report)] == ["DINSOS"]
	assert "rank" not in [column["fieldname"] for column in report["columns"]]
	assert report["report_summary"][0]["value"] == 1
	assert report["chart"]["data"]["labels"] == ["DINSOS"]


def test_the_observer_sees_approved_ones_only(people):
	frappe.set_user(people("P2HAM Observer"))
	assert {row["workflow_state"] for row in rows(run())} == {"Approved"}


def test_without_a_duty_there_is_no_row_and_no_figure(demo_site):
	user = make.create_user("peran.saja@empatlawang.example", "Peran Saja", roles=("OPD Clerk",))
	frappe.set_user(user)
	report = run()
	assert not rows(report)
	assert not report["chart"]
	assert not report["report_summary"]
	assert report["message"] == "There is no period that has been opened yet, or none that you may see."
	frappe.set_user(demo_site["manager"]["user"])
	with pytest.raises(frappe.PermissionError):
		run()


def test_the_state_narrows_the_rows(people):
	frappe.set_user(people("Kabag Hukum"))
	assert [row["opd"] for row in rows(run(workflow_state="Submitted"))] == ["DISDIKBUD"]


def test_without_a_period_the_newest_opened_one_is_shown(people):
	from p2ham.p2ham.report.p2ham_scoreboard.p2ham_scoreboard import execute

	frappe.set_user(people("Sekda"))
	assert execute({})[1] == execute({"period": PERIOD})[1]
	with pytest.raises(frappe.DoesNotExistError, match="P2HAM-1900"):
		execute({"period": "P2HAM-1900"})


def test_what_is_not_reviewed_yet_shows_no_verified_score(people):
	frappe.set_user(people("Kabag Hukum"))
	(row,) = rows(run(workflow_state="Submitted"))
	assert row["verified_score"] is None
	assert not row["category"]


def test_meeting_the_criteria_is_counted_only_where_the_instrument_asks_for_something(people):
	frappe.set_user(people("Sekda"))
	assert "Meet the Criteria" not in [card["label"] for card in run()["report_summary"]]
	frappe.db.set_value("P2HAM Instrument", "PERMENKUMHAM-25-2023", "passing_score", 80)
	frappe.clear_document_cache("P2HAM Instrument", "PERMENKUMHAM-25-2023")
	assert "Meet the Criteria" in [card["label"] for card in run()["report_summary"]]


def test_the_number_of_queries_does_not_depend_on_the_number_of_rows(people, queries):
	from p2ham.p2ham.report.p2ham_scoreboard.p2ham_scoreboard import execute

	def number():
		frappe.set_user(people("Sekda"))
		execute({"period": PERIOD})  # warms caches
		with queries() as calls:
			execute({"period": PERIOD})
		return len(calls)

	few = number()
	frappe.set_user("Administrator")
	period = frappe.get_doc("P2HAM Period", PERIOD)
	for opd in ("DISPAR", "DLH", "DISTAN", "DISKAN"):
		period.append("participants", {"opd": opd, "status": "Ready"})
	period.save()
	from p2ham.api.period import create_assessments

	assert create_assessments(PERIOD)["created"] >= 4
	assert number() == few


def test_what_waits_for_me_follows_the_duty(people):
	from p2ham.api.desk import waiting_for_me

	for duty, opd, expected in (
		("OPD Clerk", "DINKES", 2),  # a draft, and a unit below that has not begun
		("OPD Clerk", "DINSOS", 0),
		("P2HAM Verifier", "", 1),
		("Kabag Hukum", "", 1),
		("Sekda", "", 1),
		("P2HAM Observer", "", 0),
	):
		frappe.set_user(people(duty, opd))
		assert waiting_for_me()["value"] == expected, duty
