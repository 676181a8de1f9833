"""The demo regency: complete, made by the people concerned, repeatable, and away from real data."""

import frappe
import pytest

from p2ham.demo import build
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick


def test_there_is_one_user_per_duty_and_an_assessment_in_every_state(demo_site):
	duties = {row["duty"] for row in demo_site["officers"]}
	assert duties == {"OPD Clerk", "OPD Head", "P2HAM Verifier", "Kabag Hukum", "Sekda", "P2HAM Observer"}
	states = frappe.get_all(
		"P2HAM Assessment",
		filters={"opd": ("not like", "UJI%"), "period": "P2HAM-2024"},
		pluck="workflow_state",
		order_by="name",
	)
	assert states.count("Approved") == 3
	assert set(states) == {"Draft", "Submitted", "Reviewed", "Approved"}


def test_units_approved_now_were_approved_a_year_before_under_an_older_instrument(demo_site):
	period = frappe.get_doc("P2HAM Period", "P2HAM-2023")
	assert (period.status, period.instrument) == ("Closed", "PERMENKUMHAM-27-2018")

	def approved(year):
		return frappe.get_all(
			"P2HAM Assessment",
			filters={"assessment_year": year, "workflow_state": "Approved", "opd": ("not like", "UJI%")},
			pluck="opd",
			order_by="opd",
		)

	assert approved(2023) == approved(2024) == ["DINKES", "DISDUKCAPIL", "DPMPTSP"]
	assert frappe.db.count("P2HAM Assessment", {"period": "P2HAM-2023"}) == 3


@pytest.mark.parametrize("name", ["DISDUKCAPIL-P2HAM-2024", "DISDUKCAPIL-P2HAM-2023"])
def test_every_step_was_taken_by_the_person_whose_step_it_is(demo_site, people, name):
	doc = frappe.get_doc("P2HAM Assessment", name)
	assert doc.owner == people("OPD Clerk", "DISDUKCAPIL")
	assert (doc.reviewed_by, doc.approved_by) == (people("Kabag Hukum"), people("Sekda"))
	assert frappe.get_doc("P2HAM OPD", "DINSOS").owner == demo_site["manager"]["user"]


def test_figures_are_said_to_be_illustrative(demo_site):
	assert "rekaan" in frappe.db.get_single_value("P2HAM Settings", "notice")
	for period in ("P2HAM-2023", "P2HAM-2024"):
		assert "rekaan" in frappe.db.get_value("P2HAM Period", period, "description")


def test_building_again_changes_nothing(demo_site):
	def picture():
		return {
			doctype: frappe.get_all(doctype, fields=["name", "modified"], order_by="name", as_list=True)
			for doctype in (
				"P2HAM OPD",
				"P2HAM Officer",
				"P2HAM Period",
				"P2HAM Assessment",
				"P2HAM Evidence",
				"P2HAM KKPHAM Result",
				"P2HAM Follow-up",
				"P2HAM Guidance",
				"P2HAM Quarterly Report",
				"User",
			)
		}

	before = picture()
	build.build(say=lambda line: None)
	assert picture() == before


def test_an_earlier_period_that_somebody_opened_again_stays_open(demo_site, people):
	period = frappe.get_doc("P2HAM Period", "P2HAM-2023")
	period.status = "Open"
	period.save()
	frappe.set_user(people("Sekda"))
	make.take_step("DISDUKCAPIL-P2HAM-2023", "Cancel", "Latihan.")
	frappe.set_user("Administrator")
	build.build_earlier_round(demo_site, say=lambda line: None)
	assert frappe.db.get_value("P2HAM Period", "P2HAM-2023", "status") == "Open"
	assert build.state_of("P2HAM-2023", "DISDUKCAPIL") == "Cancelled"


def test_a_site_with_data_of_its_own_is_left_alone(demo_site):
	frappe.db.set_default(build.MARK, None)
	with pytest.raises(build.NotADemoSite):
		build.build(say=lambda line: None)


def test_a_site_with_an_assessment_of_another_period_is_left_alone(people):
	name = make.create_period("PERMENKUMHAM-25-2023", 2032, ["DINSOS"])
	frappe.set_user(people("OPD Clerk", "DINSOS"))
	make.create_assessment(name, "DINSOS")
	frappe.set_user("Administrator")
	with pytest.raises(build.NotADemoSite):
		build.build(say=lambda line: None)


def test_no_person_of_the_demo_has_more_rights_than_the_duty_gives(demo_site):
	for _who, user, _password in build.logins():
		if user != demo_site["system_manager"]["user"]:
			assert "System Manager" not in frappe.get_roles(user), user


def test_evidence_shows_what_can_happen_to_it(demo_site):
	def of(**filters):
		return frappe.get_all(
			"P2HAM Evidence", filters={"opd": "KEC TEBING TINGGI", **filters}, pluck="name", order_by="name"
		)

	days = frappe.db.get_single_value("P2HAM Settings", "reminder_days")
	soon = frappe.utils.add_days(frappe.utils.nowdate(), days)
	assert of(valid_until=("between", [frappe.utils.nowdate(), soon]))
	[flagged] = of(contains_personal_data=1)
	assert [row.kind for row in frappe.get_doc("P2HAM Evidence", flagged).findings] == ["NIK"]
	returned = frappe.get_doc("P2HAM Assessment", "PKM PENDOPO-P2HAM-2024")
	notes = {use.note for use in returned.evidence_uses if use.verification == "Returned"}
	assert len(notes) == 2 and all(notes)


def test_kkp_ham_of_several_years_tells_what_the_article_tells(demo_site):
	results = frappe.get_all(
		"P2HAM KKPHAM Result",
		filters={"opd": ("not like", "UJI%")},
		fields=["opd", "assessment_year", "category", "is_regency"],
		order_by="assessment_year, opd",
	)
	assert {row.assessment_year for row in results if row.is_regency} == {2022, 2023, 2024}
	well = {row.opd for row in results if row.assessment_year == 2023 and row.category == "Peduli HAM"}
	assert well == {"DISDUKCAPIL", "DPMPTSP", "DINKES"}
	assert [row.category for row in results if row.is_regency and row.assessment_year == 2024] == [
		"Peduli HAM"
	]


def test_follow_ups_are_in_every_status_and_some_are_late(demo_site):
	rows = frappe.get_all(
		"P2HAM Follow-up",
		filters={"opd": ("not like", "UJI%")},
		fields=["status", "due_date"],
		order_by="name",
	)
	assert {row.status for row in rows} == {"Open", "In Progress", "Completed", "Closed"}
	today = frappe.utils.getdate()
	assert any(row.due_date < today and row.status == "In Progress" for row in rows)
	assert {row.kind for row in frappe.get_all("P2HAM Guidance", fields=["kind"], order_by="name")} >= {
		"Coordination Meeting",
		"Request for Guidance",
	}
