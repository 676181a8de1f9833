"""The life of a participant of a period: each step by whom it is his, with what it needs, however it arrives."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from p2ham.demo import factories as make
from p2ham.engine import participation

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"
UNIT, OTHER = "KEC PENDOPO", "SATPOL PP"  # both invited in the demo
HEADED, LINE = "RSP PENDOPO", "DINKES"  # ready and not begun; its head is that of the OPD above


@pytest.fixture
def head(people, committed):
	"""The head of a unit that is invited now, for the server to see."""
	committed("P2HAM Period Participant", row_name(HEADED), {"status": "Invited", "ready_on": None})
	return people("OPD Head", LINE)


@pytest.fixture
def put_back(db):
	"""The period and its row as they were before, with what was noted there."""
	fields = ("status", "ready_on", "declared_on", "letter", "withdrawn_on", "withdrawal_reason")
	frappe.db.commit()
	before = frappe.db.get_value("P2HAM Period Participant", row_name(HEADED), fields, as_dict=True)
	began = frappe.utils.now()
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.db.set_value("P2HAM Period Participant", row_name(HEADED), before, update_modified=False)
	for doctype, about in (("Comment", "reference_name"), ("Version", "docname")):
		frappe.db.delete(doctype, {about: PERIOD, "creation": (">=", began)})
	for name in frappe.get_all(
		"File", {"attached_to_name": PERIOD, "creation": (">=", began)}, pluck="name", order_by="name"
	):
		frappe.delete_doc("File", name, force=True)
	frappe.db.commit()
	frappe.clear_document_cache("P2HAM Period", PERIOD)


def row_name(opd):
	return frappe.db.get_value("P2HAM Period Participant", {"parent": PERIOD, "opd": opd}, "name")


def row(opd=HEADED):
	frappe.db.rollback()
	return frappe.get_doc("P2HAM Period", PERIOD).participant(opd)


def change(opd, **values):
	period = frappe.get_doc("P2HAM Period", PERIOD)
	period.participant(opd).update(values)
	period.save()
	return period.participant(opd)


class TestTheHead:
	def test_declares_his_unit_ready_with_day_and_letter(self, http, put_back, head):
		letter = make.make_pdf(["Surat kesiapan", "Dinas Sosial"])
		answer = http(head).post(
			"/api/method/p2ham.api.period.declare_ready",
			data={"period": PERIOD, "opd": HEADED, "ready_on": "2024-02-05"},
			files={"file": ("surat kesiapan.pdf", letter, "application/pdf")},
		)
		assert answer.status_code == 200, answer.text
		stored = row()
		assert (stored.status, str(stored.ready_on)) == ("Ready", "2024-02-05")
		(file,) = frappe.get_all(
			"File",
			filters={"file_url": stored.letter},
			fields=["is_private", "attached_to_doctype", "attached_to_name", "owner"],
			order_by="name",
		)
		assert file == {
			"is_private": 1,
			"attached_to_doctype": "P2HAM Period",
			"attached_to_name": PERIOD,
			"owner": head,
		}
		assert http(head).get(stored.letter).content == letter
		assert http(None).get(stored.letter).status_code == 403
		(said,) = frappe.get_all(
			"Comment",
			filters={"reference_name": PERIOD, "comment_type": "Info", "owner": head},
			pluck="content",
			order_by="creation",
		)
		assert HEADED in said

	def test_without_a_day_it_is_today(self, http, put_back, head):
		answer = http(head).call("p2ham.api.period.declare_ready", period=PERIOD, opd=HEADED)
		assert answer.json()["message"]["ready_on"] == nowdate()
		assert row().letter is None

	@pytest.mark.parametrize(
		("name", "content"),
		[
			("surat.docx", b"PK"),
			("surat.pdf", b"MZ not a pdf"),
			("surat.pdf", b""),
			("surat.html", b"<script>alert(1)</script>"),
		],
	)
	def test_a_letter_that_is_none_is_refused_and_nothing_changes(self, http, put_back, head, name, content):
		answer = http(head).post(
			"/api/method/p2ham.api.period.declare_ready",
			data={"period": PERIOD, "opd": HEADED},
			files={"file": (name, content)},
		)
		assert answer.status_code == 417 and name in answer.text
		assert (row().status, row().letter) == ("Invited", None)

	def test_withdraws_it_with_a_reason(self, http, put_back, head):
		door = "p2ham.api.period.withdraw"
		for reason in ("", "   ", "x" * 501):
			assert http(head).call(door, period=PERIOD, opd=HEADED, reason=reason).status_code == 417
		assert row().status == "Invited"
		assert http(head).call(door, period=PERIOD, opd=HEADED, reason=" Digabung. ").status_code == 200
		left = row()
		assert (left.status, left.withdrawal_reason) == ("Withdrawn", "Digabung.")
		assert str(left.withdrawn_on) == nowdate()

	def test_does_not_withdraw_what_is_past_draft(self, http, people):
		answer = http(people("OPD Head", "DINSOS")).call(
			"p2ham.api.period.withdraw", period=PERIOD, opd="DINSOS", reason="Digabung."
		)
		assert answer.status_code == 417 and "returned first" in answer.text
		assert row("DINSOS").status == "Declared"

	def test_finds_the_period_open_for_his_step_only(self, http, put_back, head):
		answer = http(head).put(f"/api/resource/P2HAM Period/{PERIOD}", json={"title": "Milik saya"})
		assert answer.status_code == 403
		found = http(head).call("p2ham.api.period.my_steps", period=PERIOD).json()["message"]
		steps = {one["opd"]: one["steps"] for one in found}
		assert set(steps) == {"DINKES", "PKM PENDOPO", HEADED}
		assert steps[HEADED] == ["Ready", "Withdrawn"]

	def test_nobody_else_speaks_for_a_unit(self, http, people, put_back, head):
		strangers = [
			people("OPD Head", "DINSOS"),
			people("OPD Clerk", LINE),
			people("P2HAM Verifier"),
			people("Kabag Hukum"),
			people("Sekda"),
			people("P2HAM Observer"),
		]
		for user in strangers:
			for door, values in (("declare_ready", {}), ("withdraw", {"reason": "x"})):
				answer = http(user).call(f"p2ham.api.period.{door}", period=PERIOD, opd=HEADED, **values)
				assert answer.status_code == 403, (user, answer.text)
		assert http(None).call(
			"p2ham.api.period.withdraw", period=PERIOD, opd=HEADED, reason="x"
		).status_code in (401, 403)
		assert row().status == "Invited"

	def test_the_same_step_twice_is_told(self, http, put_back, head):
		call = lambda: http(head).call("p2ham.api.period.declare_ready", period=PERIOD, opd=HEADED)  # noqa: E731
		assert call().status_code == 200
		second = call()
		assert second.status_code == 417 and "already" in second.text


def test_of_two_heads_at_once_both_take_their_step_and_an_open_form_is_told(
	http, people, put_back, head, demo_site
):
	manager = http(demo_site["manager"]["user"])
	seen = manager.get(f"/api/resource/P2HAM Period/{PERIOD}").json()["data"]
	assert http(head).call("p2ham.api.period.declare_ready", period=PERIOD, opd=HEADED).status_code == 200
	answer = manager.put(
		f"/api/resource/P2HAM Period/{PERIOD}", json={"modified": seen["modified"], "description": "x"}
	)
	assert answer.status_code == 417 and "TimestampMismatchError" in answer.text
	assert row().status == "Ready"


class TestWhoKeepsPeriods:
	def test_takes_every_step_in_the_form(self, as_user, demo_site):
		as_user(demo_site["manager"]["user"])
		assert change(UNIT, status="Ready", ready_on="2024-02-01").status == "Ready"
		assert change(UNIT, status="Declared", declared_on="2024-02-02").status == "Declared"
		left = change(UNIT, status="Withdrawn", withdrawal_reason="Digabung dengan DINSOS.")
		assert str(left.withdrawn_on) == nowdate()
		back = change(UNIT, status="Invited")
		assert (back.ready_on, back.declared_on, back.withdrawn_on, back.withdrawal_reason) == (None,) * 4

	@pytest.mark.parametrize(
		("values", "named"),
		[
			({"status": "Ready", "ready_on": None}, "Ready On"),
			({"status": "Withdrawn"}, "Reason for Withdrawal"),
			({"status": "Withdrawn", "withdrawal_reason": "  "}, "Reason for Withdrawal"),
		],
	)
	def test_is_told_what_is_lacking(self, as_user, demo_site, said, values, named):
		as_user(demo_site["manager"]["user"])
		with pytest.raises(frappe.MandatoryError) as caught:
			change(UNIT, **values)
		assert named in said(caught) and UNIT in said(caught)

	def test_does_not_jump_a_step(self, as_user, demo_site, said):
		as_user(demo_site["manager"]["user"])
		with pytest.raises(frappe.ValidationError) as caught:
			change(UNIT, status="Declared", ready_on="2024-02-01", declared_on="2024-02-02")
		assert "Invited" in said(caught) and "Declared" in said(caught)

	def test_nor_by_a_row_taken_out_and_put_in_again(self, as_user, demo_site):
		as_user(demo_site["manager"]["user"])
		period = frappe.get_doc("P2HAM Period", PERIOD)
		period.participants = [one for one in period.participants if one.opd != UNIT]
		period.append("participants", {"opd": UNIT, "status": "Declared", "declared_on": "2024-02-02"})
		with pytest.raises(frappe.ValidationError, match="does not go"):
			period.save()

	@pytest.mark.parametrize("field", ["ready_on", "withdrawn_on"])
	def test_no_step_lies_in_the_future(self, as_user, demo_site, field):
		as_user(demo_site["manager"]["user"])
		status = "Ready" if field == "ready_on" else "Withdrawn"
		with pytest.raises(frappe.ValidationError, match="future"):
			change(UNIT, status=status, withdrawal_reason="x", **{field: add_days(nowdate(), 2)})

	def test_a_declaration_is_not_before_the_readiness(self, as_user, demo_site, said):
		as_user(demo_site["manager"]["user"])
		change(UNIT, status="Ready", ready_on="2024-02-10")
		with pytest.raises(frappe.ValidationError) as caught:
			change(UNIT, status="Declared", declared_on="2024-02-09")
		assert "Declared On" in said(caught)

	def test_a_reason_that_was_given_stays(self, as_user, demo_site):
		as_user(demo_site["manager"]["user"])
		change(UNIT, status="Withdrawn", withdrawal_reason="Digabung.")
		with pytest.raises(frappe.MandatoryError):
			change(UNIT, withdrawal_reason="")

	def test_nobody_begins_withdrawn(self, as_user, demo_site):
		as_user(demo_site["manager"]["user"])
		period = frappe.get_doc("P2HAM Period", PERIOD)
		period.append("participants", {"opd": "DISPAR", "status": "Withdrawn", "withdrawal_reason": "x"})
		with pytest.raises(frappe.ValidationError, match="begins as"):
			period.save()

	def test_in_a_closed_period_nobody_moves(self, as_user, demo_site):
		frappe.db.set_value("P2HAM Period", PERIOD, "status", "Closed")
		as_user(demo_site["manager"]["user"])
		with pytest.raises(frappe.ValidationError, match="stays as it is"):
			change(UNIT, status="Ready", ready_on="2024-02-01")

	def test_the_door_takes_a_step_for_him_too(self, as_user, demo_site):
		from p2ham.api.period import declare_ready

		as_user(demo_site["manager"]["user"])
		assert declare_ready(PERIOD, UNIT, "2024-02-01")["status"] == participation.READY


class TestTwoPeriodsAtOnce:
	def second(self, units, **fields):
		return make.create_period("PERMENKUMHAM-25-2023", 2024, units, **fields)

	def test_a_unit_does_not_fill_the_same_instrument_twice(self, said):
		with pytest.raises(frappe.ValidationError) as caught:
			self.second(["DISDUKCAPIL", "DINSOS", "DISPAR"])
		text = said(caught)
		assert PERIOD in text and "DINSOS" in text
		assert "DISPAR" not in text  # stands in no other period
		assert "DISDUKCAPIL" not in text  # is approved there, and fills it no more

	def test_one_after_the_other_it_does(self):
		first = frappe.db.get_value("P2HAM Period", PERIOD, ["fill_until", "approve_until"], as_dict=True)
		later = add_days(first.approve_until, 1)
		dates = dict.fromkeys(("fill_from", "fill_until", "review_until", "approve_until"), later)
		name = self.second(["DINSOS"], **dates)
		period = frappe.get_doc("P2HAM Period", name)
		period.fill_from = first.fill_until
		with pytest.raises(frappe.ValidationError, match="already stand"):
			period.save()

	def test_nor_is_a_unit_added_later(self):
		period = frappe.get_doc("P2HAM Period", self.second(["DISPAR"]))
		period.append("participants", {"opd": "DINSOS"})
		with pytest.raises(frappe.ValidationError, match="already stand"):
			period.save()

	def test_a_closed_period_and_one_that_has_withdrawn_do_not_count(self):
		change(UNIT, status="Withdrawn", withdrawal_reason="Digabung.")
		assert self.second([UNIT])
		frappe.db.set_value("P2HAM Period", PERIOD, "status", "Closed")
		assert self.second(["DINSOS"])


@pytest.mark.parametrize("score", [-1, 100.5])
def test_a_target_is_a_score(score):
	period = frappe.get_doc("P2HAM Period", PERIOD)
	period.target_score = score
	with pytest.raises(frappe.ValidationError):
		period.save()
