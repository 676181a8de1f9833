"""Before a deadline, after it, and when it stays late: who is reminded on which day, by the scheduler's own run."""

from __future__ import annotations

import frappe
import pytest
import reminder_world as world
from frappe.utils import add_days, get_url_to_form, getdate, nowdate
from reminder_world import SETTINGS, change, daily

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

UNIT = "DINSOS"


@pytest.fixture(autouse=True)
def _quiet():
	world.quiet_demo()


@pytest.fixture
def who(people):
	return {
		"clerk": people("OPD Clerk", UNIT),
		"head": people("OPD Head", UNIT),
		"verifier": people("P2HAM Verifier"),
		"kabag": people("Kabag Hukum"),
		"sekda": people("Sekda"),
	}


@pytest.fixture
def period():
	return world.period([UNIT])


def day(offset, field="fill_until", name=None):
	"""The day so many days after the last one of filling."""
	last = frappe.db.get_value("P2HAM Period", name or {"assessment_year": 2031}, field)
	return getdate(add_days(last, offset))


def told(offset, who, field="fill_until"):
	"""Who is reminded of what by the run of that day: role -> the group that has lines."""
	names = {user: role for role, user in who.items()}
	return {
		names.get(user, user): [group for group in ("late", "due", "expiring", "follow_ups") if row[group]]
		for user, row in daily(day(offset, field)).items()
	}


def assessment(period, state, **values):
	"""The assessment of the unit in a state, past the controller, which is not the subject."""
	name = make.create_assessment(period, UNIT).name
	frappe.db.set_value("P2HAM Assessment", name, {"workflow_state": state, **values})
	return name


@pytest.fixture
def draft(period, who):
	with make.acting_as(who["clerk"]):
		return assessment(period, "Draft")


@pytest.fixture
def submitted(draft):
	frappe.db.set_value("P2HAM Assessment", draft, "workflow_state", "Submitted")
	return draft


class TestFilling:
	def test_each_day_from_two_weeks_before_to_a_fortnight_after(self, period, who):
		found = {offset: told(offset, who) for offset in range(-14, 16)}
		unit = {"clerk": ["due"], "head": ["due"]}
		assert {offset: said for offset, said in found.items() if said} == {
			-7: unit,
			-3: unit,
			-1: unit,
			0: unit,
			1: {"head": ["late"]},
			3: {"kabag": ["late"]},
			8: {"head": ["late"]},
			10: {"kabag": ["late"]},
			15: {"head": ["late"]},
		}

	def test_it_says_what_is_to_be_done_until_when_and_leads_to_the_form(self, draft, who):
		row = daily(day(-3))[who["clerk"]]
		assert (row.kind, row.day, row.due, row.late) == ("Daily", day(-3), 1, 0)
		assert get_url_to_form("P2HAM Assessment", draft) in row.content
		assert "Dinas Sosial" in row.content and str(day(0).year) in row.content

	def test_who_has_not_begun_is_led_to_the_period(self, period, who):
		row = daily(day(-3))[who["clerk"]]
		assert get_url_to_form("P2HAM Period", period) in row.content

	def test_twice_a_day_says_it_once(self, period, who):
		assert told(-7, who)
		assert told(-7, who) == {}

	@pytest.mark.parametrize("late", [1, 2])
	def test_a_run_that_comes_late_says_it_once(self, period, who, late):
		assert told(-8, who) == {}
		assert set(told(-7 + late, who)) == {"clerk", "head"}
		assert told(-7 + late, who) == {}

	def test_a_week_without_a_run_loses_nothing(self, period, who):
		assert told(-3, who) == {"clerk": ["due"], "head": ["due"]}
		assert told(5, who) == {"head": ["late"], "kabag": ["late"]}
		assert told(6, who) == {}
		assert told(8, who) == {"head": ["late"]}

	def test_a_unit_with_a_day_of_its_own_is_reminded_by_that(self, period, who):
		doc = frappe.get_doc("P2HAM Period", period)
		doc.participants[0].update({"fill_until": day(10), "extension_reason": "Banjir."})
		doc.save()
		assert told(0, who) == {}
		assert told(3, who) == {"clerk": ["due"], "head": ["due"]}
		assert told(11, who) == {"head": ["late"]}

	def test_what_was_returned_is_reminded_by_the_day_it_was_given(self, draft, who):
		frappe.db.set_value("P2HAM Assessment", draft, "correct_until", day(12))
		assert told(0, who) == {}
		assert told(5, who) == {"clerk": ["due"], "head": ["due"]}
		assert told(11, who) == {"clerk": ["due"], "head": ["due"]}
		assert told(13, who) == {"head": ["late"]}

	def test_nobody_is_reminded_before_it_begins(self, who):
		name = world.period([UNIT], fill_from=add_days(nowdate(), 26))
		assert told(-7, who) == {}
		assert day(-4) == frappe.db.get_value("P2HAM Period", name, "fill_from")
		assert told(-4, who) == {"clerk": ["due"], "head": ["due"]}

	def test_a_unit_without_a_head_is_told_through_its_clerk(self, period, who):
		frappe.db.delete("P2HAM Officer", {"user": who["head"]})
		assert told(1, who) == {"clerk": ["late"]}

	@pytest.mark.parametrize("what", ["closed", "withdrawn", "inactive", "submitted"])
	def test_what_is_nobody_s_turn_any_more_is_not_said(self, draft, period, who, what):
		if what == "closed":
			frappe.db.set_value("P2HAM Period", period, "status", "Closed")
		elif what == "withdrawn":
			frappe.db.set_value("P2HAM Period Participant", {"parent": period}, "status", "Withdrawn")
		elif what == "inactive":
			frappe.db.set_value("P2HAM OPD", UNIT, "is_active", 0)
		else:
			frappe.db.set_value("P2HAM Assessment", draft, "workflow_state", "Submitted")
		assert told(-3, who) == {}

	def test_duties_count_as_they_are_on_that_day(self, period, who):
		frappe.db.set_value("P2HAM Officer", {"user": who["clerk"]}, "to_date", day(-4))
		assert told(-7, who) == {"clerk": ["due"], "head": ["due"]}
		assert told(-3, who) == {"head": ["due"]}


class TestReviewAndApproval:
	def test_bagian_hukum_is_reminded_of_what_was_submitted(self, submitted, who):
		both = {"verifier": ["due"], "kabag": ["due"]}
		found = {offset: told(offset, who, "review_until") for offset in (-8, -7, -3, 0)}
		assert found == {-8: {}, -7: both, -3: both, 0: both}
		late = {"verifier": ["late"], "kabag": ["late"]}
		assert told(1, who, "review_until") == late
		assert told(3, who, "review_until") == {"kabag": ["late"]}

	def test_the_sekda_is_reminded_of_what_was_reviewed(self, submitted, who):
		frappe.db.set_value("P2HAM Assessment", submitted, "workflow_state", "Reviewed")
		assert told(-3, who, "approve_until") == {"sekda": ["due"]}
		assert told(1, who, "approve_until") == {"sekda": ["late"]}
		assert told(3, who, "approve_until") == {"kabag": ["late"]}

	def test_what_is_decided_is_nobody_s_turn(self, submitted, who):
		frappe.db.set_value("P2HAM Assessment", submitted, {"workflow_state": "Approved", "docstatus": 1})
		assert told(-3, who, "approve_until") == {}
		assert told(1, who, "approve_until") == {}


class TestFollowUps:
	@pytest.fixture
	def follow_up(self, who):
		with make.acting_as(who["kabag"]):
			return make.create_follow_up(UNIT, "Pasang < 1 ramp di pintu timur", due_days=20)

	def told(self, offset, who):
		names = {user: role for role, user in who.items()}
		found = daily(add_days(nowdate(), 20 + offset))
		assert all(row.follow_ups == 1 and not row.late and not row.due for row in found.values())
		return {names.get(user, user) for user in found}

	def test_before_it_is_due_and_when_it_is_late(self, follow_up, who):
		unit = {"clerk", "head"}
		found = {offset: self.told(offset, who) for offset in (-8, -7, -3, 0, 1, 2, 3, 8)}
		assert found == {
			-8: set(),
			-7: unit,
			-3: unit,
			0: unit,
			1: {"head"},
			2: set(),
			3: {"kabag"},
			8: {"head"},
		}

	def test_what_is_done_is_not_said(self, follow_up, who):
		frappe.db.set_value("P2HAM Follow-up", follow_up, "status", "Completed")
		assert self.told(-3, who) == set()

	def test_what_people_wrote_is_text(self, follow_up, who):
		row = daily(add_days(nowdate(), 20))[who["clerk"]]
		assert "&lt; 1 ramp" in row.content
		assert get_url_to_form("P2HAM Follow-up", follow_up) in row.content


@pytest.mark.parametrize(
	("switch", "offset", "silent"),
	[
		("remind_deadlines", 0, "due"),
		("remind_late", 1, "late"),
		("remind_follow_ups", 1, "follow_ups"),
	],
)
def test_each_kind_has_its_switch_and_what_fell_due_meanwhile_is_not_said_later(
	period, who, switch, offset, silent
):
	make_late = add_days(nowdate(), 30)
	with make.acting_as(who["kabag"]):
		frappe.get_doc("P2HAM Follow-up", make.create_follow_up(UNIT, "Perbaiki", due_days=30))
	assert getdate(make_late) == day(0)
	change(**{switch: 0})
	groups = {group for found in told(offset, who).values() for group in found}
	assert silent not in groups and groups
	change(**{switch: 1})
	assert told(offset, who) == {}


def test_days_are_those_of_the_settings(period, who):
	change(reminder_days=10, remind_again_days="2", late_every_days=0, escalate_days=0)
	found = [offset for offset in range(-12, 20) if told(offset, who)]
	assert found == [-10, -2, 1]


def test_the_run_leaves_documents_as_they_were(draft, who):
	before = frappe.db.get_value("P2HAM Assessment", draft, ["modified", "modified_by"])
	assert told(-3, who)
	assert frappe.db.get_value("P2HAM Assessment", draft, ["modified", "modified_by"]) == before


class TestSettings:
	@pytest.mark.parametrize(
		("field", "value"),
		[
			("reminder_days", 1000),
			("reminder_days", "tujuh"),
			("remind_again_days", "tiga"),
			("remind_again_days", "3; -1"),
			("late_every_days", 367),
			("escalate_days", 367),
			("digests_kept_days", 5),
			("follow_up_days", 0),
			("weekly_day", "Someday"),
		],
	)
	def test_what_makes_no_sense_is_refused_by_name(self, field, value, said):
		doc = frappe.get_doc(SETTINGS)
		doc.set(field, value)
		with pytest.raises(frappe.ValidationError) as caught:
			doc.save()
		assert frappe._(doc.meta.get_label(field)) in said(caught)

	def test_a_list_of_days_is_put_in_order(self):
		doc = frappe.get_doc(SETTINGS)
		doc.remind_again_days = " 1,3 ;0, 3"
		doc.save()
		assert doc.remind_again_days == "3, 1, 0"

	def test_what_a_manager_may_change_a_clerk_may_not(self, demo_site, people):
		for user, allowed in ((demo_site["manager"]["user"], True), (people("OPD Clerk", UNIT), False)):
			with make.acting_as(user):
				doc = frappe.get_doc(SETTINGS)
				doc.escalate_days = 5
				if allowed:
					doc.save()
				else:
					with pytest.raises(frappe.PermissionError):
						doc.save()
