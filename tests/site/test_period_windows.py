"""Closed means closed, for filling, review and approval; what a unit gets beyond it is logged."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"
DRAFT, SUBMITTED, REVIEWED, APPROVED = (
	"KEC TEBING TINGGI-P2HAM-2024",
	"DISDIKBUD-P2HAM-2024",
	"DINSOS-P2HAM-2024",
	"DISDUKCAPIL-P2HAM-2024",
)


def day(offset: int) -> str:
	"""Return a day as seen from today on the site."""
	return add_days(nowdate(), offset)


def set_period(**values):
	with make.acting_as("Administrator"):
		period = frappe.get_doc("P2HAM Period", PERIOD)
		period.update(values)
		period.save()


def give(opd, reason="Listrik padam sepekan.", **dates):
	with make.acting_as("Administrator"):
		period = frappe.get_doc("P2HAM Period", PERIOD)
		row = period.participant(opd)
		row.update(dates)
		row.extension_reason = reason
		period.save()


def change(name, field, value):
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.items[0].set(field, value)
	doc.save()


def log_of(name):
	return frappe.get_all(
		"P2HAM Assessment Log", filters={"assessment": name}, fields=["*"], order_by="sequence"
	)


# Windows that ended yesterday; the dates of a period are in order.
FILLING_OVER = ("fill_until",)
REVIEW_OVER = (*FILLING_OVER, "review_until")
APPROVAL_OVER = (*REVIEW_OVER, "approve_until")


def end_yesterday(fields):
	set_period(**{field: day(-1) for field in fields})


def test_after_the_last_day_of_filling_the_unit_changes_nothing(people, said):
	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	change(DRAFT, "self_note", "masih sempat")
	end_yesterday(FILLING_OVER)
	with pytest.raises(frappe.ValidationError, match="until") as caught:
		change(DRAFT, "self_note", "terlambat")
	assert frappe.format(day(-1), "Date") in said(caught)
	assert frappe.get_doc("P2HAM Assessment", DRAFT).items[0].self_note == "masih sempat"


def test_before_the_first_day_neither(people):
	set_period(fill_from=day(1))
	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	with pytest.raises(frappe.ValidationError, match="from"):
		change(DRAFT, "self_note", "terlalu dini")


def test_after_the_last_day_of_review_nobody_verifies_returns_or_reviews(people):
	end_yesterday(REVIEW_OVER)
	with make.acting_as(people("P2HAM Verifier")), pytest.raises(frappe.ValidationError, match="until"):
		change(SUBMITTED, "verified_note", "terlambat")
	frappe.set_user(people("Kabag Hukum"))
	for action in ("Return", "Review"):
		with pytest.raises(frappe.ValidationError, match="until"):
			make.take_step(SUBMITTED, action, "terlambat")


def test_after_the_last_day_of_approval_nobody_approves_or_returns(people):
	end_yesterday(APPROVAL_OVER)
	frappe.set_user(people("Sekda"))
	for action in ("Return", "Approve"):
		with pytest.raises(frappe.ValidationError, match="until"):
			make.take_step(REVIEWED, action, "terlambat")


def test_in_a_closed_period_nothing_moves_not_even_a_cancellation(people):
	frappe.db.set_value("P2HAM Period", PERIOD, "status", "Closed")
	with make.acting_as(people("Sekda")):
		for name, action in ((REVIEWED, "Approve"), (APPROVED, "Cancel")):
			with pytest.raises(frappe.ValidationError, match="not open"):
				make.take_step(name, action, "x")
	with make.acting_as(people("OPD Clerk", "KEC TEBING TINGGI")), pytest.raises(frappe.ValidationError):
		change(DRAFT, "self_note", "x")


@pytest.mark.parametrize(
	("field", "over", "opd", "name", "duty", "act"),
	[
		(
			"fill_until",
			FILLING_OVER,
			"KEC TEBING TINGGI",
			DRAFT,
			"OPD Clerk",
			lambda: change(DRAFT, "self_note", "x"),
		),
		(
			"review_until",
			REVIEW_OVER,
			"DISDIKBUD",
			SUBMITTED,
			"P2HAM Verifier",
			lambda: change(SUBMITTED, "verified_note", "x"),
		),
		(
			"approve_until",
			APPROVAL_OVER,
			"DINSOS",
			REVIEWED,
			"Sekda",
			lambda: make.take_step(REVIEWED, "Approve"),
		),
	],
)
def test_a_unit_gets_days_of_its_own_for_each_window_and_the_log_says_so(
	people, field, over, opd, name, duty, act
):
	end_yesterday(over)
	give(opd, **{field: nowdate()})
	frappe.set_user(people(duty, opd if duty == "OPD Clerk" else ""))
	act()
	entry = next(row for row in log_of(name) if row.action == "Extend")
	assert (entry.user, entry.note, str(entry.until)) == (
		"Administrator",
		"Listrik padam sepekan.",
		nowdate(),
	)
	assert entry.window == field.removesuffix("_until")


def test_days_of_its_own_need_a_reason(said):
	with pytest.raises(frappe.MandatoryError) as caught:
		give("DINSOS", reason="  ", review_until=day(1))
	assert "Reason" in said(caught) and "Row" in said(caught)


def test_only_what_changed_is_logged(people):
	give("DINSOS", review_until=day(1))
	number = len(log_of(REVIEWED))
	set_period(description="lain")
	assert len(log_of(REVIEWED)) == number
	assert not [row for row in log_of(SUBMITTED) if row.action == "Extend"]


class TestALateReturn:
	"""Who returns a sheet after the days of filling gives time with it: a return is never a dead end."""

	@pytest.fixture(autouse=True)
	def _late(self):
		end_yesterday(FILLING_OVER)

	def test_it_needs_a_day(self, people):
		frappe.set_user(people("Kabag Hukum"))
		with pytest.raises(frappe.MandatoryError, match="Correct Until"):
			make.take_step(SUBMITTED, "Return", "Foto A1 buram.")

	def test_the_unit_can_correct_and_submit_until_that_day(self, people):
		from p2ham.api.assessment import take_step

		with make.acting_as(people("Kabag Hukum")):
			take_step(SUBMITTED, "Return", "Foto A1 buram.", until=day(1))
		doc = frappe.get_doc("P2HAM Assessment", SUBMITTED)
		assert (doc.workflow_state, doc.correct_until) == ("Draft", getdate(day(1)))
		entry = log_of(SUBMITTED)[-1]
		assert (entry.action, entry.window, entry.until) == ("Return", "fill", getdate(day(1)))
		with make.acting_as(people("OPD Clerk", "DISDIKBUD")):
			change(SUBMITTED, "self_note", "Foto diganti.")
			make.take_step(SUBMITTED, "Submit")
		doc.reload()
		assert (doc.workflow_state, doc.correct_until) == ("Submitted", None)

	@pytest.mark.parametrize("until", [-1, 365])
	def test_the_day_lies_between_today_and_the_end_of_the_review(self, people, until):
		from p2ham.api.assessment import take_step

		frappe.set_user(people("Kabag Hukum"))
		with pytest.raises(frappe.ValidationError, match="between"):
			take_step(SUBMITTED, "Return", "Foto A1 buram.", until=day(until))

	def test_written_as_a_field_it_counts_the_same(self, people):
		frappe.set_user(people("Kabag Hukum"))
		doc = frappe.get_doc("P2HAM Assessment", SUBMITTED)
		doc.workflow_state, doc.return_note, doc.correct_until = "Draft", "Foto A1 buram.", day(1)
		doc.save()
		assert frappe.get_doc("P2HAM Assessment", SUBMITTED).correct_until == getdate(day(1))

	def test_the_sekda_gives_the_legal_division_time_in_the_same_way(self, people):
		from p2ham.api.assessment import take_step

		end_yesterday(REVIEW_OVER)
		with make.acting_as(people("Sekda")):
			take_step(REVIEWED, "Return", "Periksa ulang B2.", until=day(1))
		with make.acting_as(people("Kabag Hukum")):
			change(REVIEWED, "verified_note", "Sudah.")
			make.take_step(REVIEWED, "Review")
		assert frappe.get_doc("P2HAM Assessment", REVIEWED).correct_until is None


def test_no_day_is_given_while_the_window_is_open(people):
	from p2ham.api.assessment import take_step

	frappe.set_user(people("Kabag Hukum"))
	with pytest.raises(frappe.ValidationError, match="still open"):
		take_step(SUBMITTED, "Return", "Foto A1 buram.", until=day(1))


def test_nobody_gives_himself_time_without_a_step(people):
	for user in (people("OPD Clerk", "KEC TEBING TINGGI"), people("Kabag Hukum"), "Administrator"):
		frappe.set_user(user)
		doc = frappe.get_doc("P2HAM Assessment", DRAFT)
		doc.correct_until = day(1)
		with pytest.raises(frappe.PermissionError):
			doc.save()


def test_the_form_says_why_it_is_closed_and_asks_for_a_day(people):
	from p2ham.api.assessment import get_worksheet

	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	assert get_worksheet(DRAFT)["closed"] == "" and get_worksheet(DRAFT)["side"] == "self"
	end_yesterday(FILLING_OVER)
	sheet = get_worksheet(DRAFT)
	assert "until" in sheet["closed"] and sheet["side"] == ""
	frappe.set_user(people("Kabag Hukum"))
	steps = {step["action"]: step for step in get_worksheet(SUBMITTED)["steps"]}
	assert steps["Return"]["correction"]["first"] == nowdate()
	assert steps["Review"]["correction"] is None


class TestClosing:
	def test_it_lists_what_is_unfinished(self, said):
		with pytest.raises(frappe.ValidationError) as caught:
			set_period(status="Closed")
		text = said(caught)
		assert all(name in text for name in (DRAFT, SUBMITTED, REVIEWED))
		assert APPROVED not in text

	def test_a_draft_of_a_unit_that_has_withdrawn_does_not_hold_it_up(self, people):
		period = frappe.get_doc("P2HAM Period", PERIOD)
		period.participant("KEC TEBING TINGGI").update(
			{"status": "Withdrawn", "withdrawal_reason": "Dilebur."}
		)
		period.save()
		with pytest.raises(frappe.ValidationError) as caught:
			set_period(status="Closed")
		assert DRAFT not in str(caught.value)
		frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
		with pytest.raises(frappe.ValidationError, match="withdrawn"):
			change(DRAFT, "self_note", "x")

	def test_a_unit_does_not_withdraw_what_it_has_submitted(self, said):
		period = frappe.get_doc("P2HAM Period", PERIOD)
		period.participant("DISDIKBUD").update({"status": "Withdrawn", "withdrawal_reason": "Dilebur."})
		with pytest.raises(frappe.ValidationError) as caught:
			period.save()
		assert "DISDIKBUD" in said(caught)
