"""Who looks after evidence is told once, in the digest of the day, what expires; and the desk counts it within his
scope."""

import json

import frappe
import pytest
import reminder_world as world
from frappe.utils import add_days, get_url_to_form, getdate, nowdate

from p2ham.api import desk
from p2ham.demo import factories as make
from p2ham.digests import daily_digest

pytestmark = pytest.mark.quick

EVIDENCE, LOG, DIGEST = "P2HAM Evidence", "Notification Log", "P2HAM Digest"


@pytest.fixture(autouse=True)
def _seven_days():
	"""Reminders of a week, as shipped; what the demo holds does not expire."""
	world.quiet_demo()


def run_on(day):
	world.change(reminders_run_on=day)


def days_before(days):
	world.change(reminder_days=days)


def expiring_in(days, opd="DINSOS", title="SK Maklumat"):
	"""Evidence of a unit whose last day is so many days away; stored past the controller, which is not the subject."""
	doc = frappe.get_doc(
		{
			"doctype": EVIDENCE,
			"name": f"DD-UJI-{frappe.generate_hash(length=8)}",
			"title": title,
			"opd": opd,
			"kind": "Link",
			"url": "https://uji.example/",
			"valid_until": add_days(nowdate(), days),
		}
	)
	doc.db_insert()
	return doc.name


def told():
	"""Who was told of evidence in this test: user -> the digest he reads."""
	rows = frappe.get_all(
		DIGEST,
		filters={"expiring": (">", 0)},
		fields=["name", "user", "content", "expiring"],
		order_by="user",
	)
	for row in rows:
		assert frappe.db.count(LOG, {"document_type": DIGEST, "document_name": row.name}) == 1
	assert len(rows) == len({row.user for row in rows}), "one digest for each person"
	return {row.user: row for row in rows}


def forget():
	"""As if the digests of today had not been written, nor their notifications."""
	frappe.db.delete(DIGEST)
	frappe.db.delete(LOG, {"document_type": DIGEST})


def test_clerk_and_head_of_the_unit_are_told_and_nobody_else(people):
	name = expiring_in(3)
	daily_digest.remind()
	found = told()
	assert set(found) == {people("OPD Clerk", "DINSOS"), people("OPD Head", "DINSOS")}
	for row in found.values():
		assert "SK Maklumat" in row.content and "Dinas Sosial" in row.content
		assert str(getdate(add_days(nowdate(), 3)).year) in row.content
		assert get_url_to_form(EVIDENCE, name) in row.content


@pytest.mark.parametrize(("days", "is_told"), [(-1, False), (0, True), (7, True), (8, False)])
def test_what_expires_within_the_days_of_the_settings_is_said(days, is_told):
	expiring_in(days)
	daily_digest.remind()
	assert bool(told()) is is_told


def test_several_are_lines_of_one_digest():
	names = [expiring_in(1 + number % 3, title=f"Dokumen {number}") for number in range(7)]
	daily_digest.remind()
	assert told()
	for row in told().values():
		assert row.expiring == 7
		assert all(get_url_to_form(EVIDENCE, name) in row.content for name in names)


def test_more_than_can_be_read_are_counted_and_found_in_the_list():
	for number in range(daily_digest.MAX_LINES + 3):
		expiring_in(3, title=f"Dokumen nomor {number}.")
	daily_digest.remind()
	for row in told().values():
		assert row.expiring == daily_digest.MAX_LINES + 3
		assert row.content.count("Dokumen nomor") == daily_digest.MAX_LINES
		assert frappe.utils.get_url_to_list(EVIDENCE) in row.content


def test_the_most_urgent_is_named_first():
	expiring_in(5, title="Nanti")
	expiring_in(1, title="Segera")
	daily_digest.remind()
	for row in told().values():
		assert row.content.index("Segera") < row.content.index("Nanti")


def test_twice_a_day_says_it_once():
	expiring_in(3)
	daily_digest.remind()
	forget()
	daily_digest.remind()
	assert not told()


def test_a_new_date_is_said_anew():
	name = expiring_in(3)
	daily_digest.remind()
	forget()
	frappe.db.set_value(EVIDENCE, name, "valid_until", add_days(nowdate(), 5))
	daily_digest.remind()
	assert told()


def test_a_run_that_comes_late_says_what_expired_meanwhile_and_nothing_older():
	run_on(add_days(nowdate(), -4))
	expiring_in(-5, title="Lama")
	expiring_in(-4, title="Lewat")
	daily_digest.remind()
	assert told()
	for row in told().values():
		assert "Lewat" in row.content and "Lama" not in row.content


def test_it_remembers_the_day_it_ran_even_when_switched_off():
	days_before(0)
	expiring_in(3)
	run_on(add_days(nowdate(), -300))
	expiring_in(-200, title="Lama")
	daily_digest.remind()
	assert not told()
	days_before(7)
	daily_digest.remind()
	assert told()
	assert not any("Lama" in row.content for row in told().values())


def test_the_document_is_left_as_it_was():
	name = expiring_in(3)
	before = frappe.db.get_value(EVIDENCE, name, ["modified", "modified_by"])
	daily_digest.remind()
	assert frappe.db.get_value(EVIDENCE, name, ["modified", "modified_by"]) == before
	assert frappe.db.get_value(EVIDENCE, name, "reminded_for") == getdate(add_days(nowdate(), 3))


def test_a_unit_without_people_is_looked_after_by_the_nearest_above_with_a_clerk(people):
	"""PKM PENDOPO lies below DINKES and has nobody of its own in the demo."""
	expiring_in(3, opd="PKM PENDOPO")
	daily_digest.remind()
	assert set(told()) == {people("OPD Clerk", "DINKES"), people("OPD Head", "DINKES")}


def test_a_unit_above_that_has_only_a_head_is_passed_by(people):
	frappe.db.delete("P2HAM Officer", {"opd": "DINKES", "duty": "OPD Clerk"})
	make.create_officer(people("OPD Clerk", "DINSOS"), "Rangkap", "OPD Clerk", "EMPAT LAWANG")
	expiring_in(3, opd="PKM PENDOPO")
	daily_digest.remind()
	assert set(told()) == {people("OPD Clerk", "DINSOS")}


def test_who_holds_the_unit_itself_is_told_alone(people):
	clerk = people("OPD Clerk", "DINSOS")
	make.create_officer(clerk, "Rangkap", "OPD Clerk", "PKM PENDOPO")
	expiring_in(3, opd="PKM PENDOPO")
	daily_digest.remind()
	assert set(told()) == {clerk}


def test_several_units_of_one_person_are_one_notification(people):
	clerk = people("OPD Clerk", "DINKES")
	expiring_in(3, opd="PKM PENDOPO", title="Dokumen Puskesmas")
	expiring_in(2, opd="DINKES", title="Dokumen Dinas")
	daily_digest.remind()
	row = told()[clerk]
	assert row.expiring == 2 and all(word in row.content for word in ("Puskesmas", "Dinas Kesehatan"))


def test_a_duty_that_ended_or_has_not_begun_is_not_told(people):
	clerk = people("OPD Clerk", "DINSOS")
	for dates in (
		{"to_date": add_days(nowdate(), -1)},
		{"to_date": None, "from_date": add_days(nowdate(), 1)},
	):
		frappe.db.set_value("P2HAM Officer", {"user": clerk, "duty": "OPD Clerk"}, dates)
		expiring_in(3)
		daily_digest.remind()
		assert set(told()) == {people("OPD Head", "DINSOS")}
		forget()


def test_who_is_switched_off_is_left_out_and_does_not_count_as_holder(people):
	for duty in ("OPD Clerk", "OPD Head"):
		frappe.db.set_value("User", people(duty, "DINSOS"), "enabled", 0)
	name = expiring_in(3)
	daily_digest.remind()
	assert not told()
	assert not frappe.db.get_value(EVIDENCE, name, "reminded_for")
	frappe.db.set_value("User", people("OPD Clerk", "DINSOS"), "enabled", 1)
	daily_digest.remind()
	assert set(told()) == {people("OPD Clerk", "DINSOS")}


def test_who_has_switched_notifications_off_finds_it_in_his_digests_only(people):
	clerk = people("OPD Clerk", "DINSOS")
	frappe.db.set_value("Notification Settings", clerk, "enabled", 0)
	expiring_in(3)
	daily_digest.remind()
	assert frappe.get_all(LOG, filters={"document_type": DIGEST}, pluck="for_user", order_by="for_user") == [
		people("OPD Head", "DINSOS")
	]
	assert frappe.db.exists(DIGEST, {"user": clerk, "expiring": 1})


def test_a_unit_that_is_not_active_is_left_alone():
	frappe.db.set_value("P2HAM OPD", "DINSOS", "is_active", 0)
	expiring_in(3)
	daily_digest.remind()
	assert not told()


def test_each_reads_it_in_his_own_language(people, monkeypatch):
	clerk, head = people("OPD Clerk", "DINSOS"), people("OPD Head", "DINSOS")
	frappe.db.set_value("User", clerk, "language", "id")
	frappe.db.set_value("User", head, "language", "en")
	monkeypatch.setattr(daily_digest, "_", lambda text: f"{frappe.local.lang}: {text}")
	expiring_in(3)
	daily_digest.remind()
	assert "id: Documents that expire" in told()[clerk].content
	assert "en: Documents that expire" in told()[head].content


def test_a_title_is_shown_as_text():
	expiring_in(3, title="<img src=x onerror=alert(1)>")
	daily_digest.remind()
	assert told()
	for row in told().values():
		assert "<img" not in row.content and "&lt;img" in row.content


def test_who_holds_no_duty_any_more_reads_nothing_of_it(people):
	clerk = people("OPD Clerk", "DINSOS")
	expiring_in(3)
	daily_digest.remind()
	frappe.set_user(clerk)
	assert frappe.get_list(DIGEST, order_by="name") and frappe.get_list(
		LOG, filters={"document_type": DIGEST}, order_by="name"
	)
	frappe.db.delete("P2HAM Officer", {"user": clerk})
	frappe.local.p2ham_duties = {}
	assert not frappe.get_list(DIGEST, order_by="name")
	assert not frappe.get_list(LOG, filters={"document_type": DIGEST}, order_by="name")


def test_the_number_of_queries_does_not_grow_with_the_documents(queries):
	counts = []
	for number in (1, 40):
		for _number in range(number):
			expiring_in(3)
		with queries() as run:
			daily_digest.remind()
		assert told()
		forget()
		counts.append(len(run))
	# Frappe may read settings and metadata the first time, so less is no fault.
	assert counts[1] <= counts[0]


def test_the_scheduler_runs_it(monkeypatch):
	(task,) = [
		method for method in frappe.get_hooks("scheduler_events")["daily"] if method.startswith("p2ham.")
	]
	expiring_in(3)
	frappe.get_attr(task)()
	assert told()


class TestTheCard:
	def test_each_counts_what_his_duty_reaches(self, people, as_user):
		for opd, days in (("DINSOS", 0), ("DINSOS", 7), ("DINSOS", 8), ("DINSOS", -1), ("PKM PENDOPO", 3)):
			expiring_in(days, opd=opd)
		for duty, opd, expected in (
			("OPD Clerk", "DINSOS", 2),
			("OPD Head", "DINSOS", 2),
			("OPD Clerk", "DINKES", 1),
			("OPD Clerk", "DISDUKCAPIL", 0),
			("P2HAM Verifier", "", 3),
			("Kabag Hukum", "", 3),
			("P2HAM Observer", "", 0),
		):
			as_user(people(duty, opd))
			assert desk.evidence_expiring()["value"] == expected, (duty, opd)

	def test_the_list_behind_it_has_as_many(self, people, as_user):
		for days in (1, 7, 8):
			expiring_in(days)
		as_user(people("OPD Clerk", "DINSOS"))
		card = desk.evidence_expiring()
		filters = {field: tuple(value) for field, value in card["route_options"].items()}
		assert len(frappe.get_list(EVIDENCE, filters=filters, order_by="name")) == card["value"] == 2

	def test_it_looks_ahead_also_where_reminders_are_switched_off(self, people, as_user):
		days_before(0)
		expiring_in(20)
		as_user(people("OPD Clerk", "DINSOS"))
		assert desk.evidence_expiring()["value"] == 1

	def test_who_has_no_duty_counts_nothing(self, as_user):
		expiring_in(3)
		user = make.create_user("tanpa.tugas@empatlawang.example", "Tanpa Tugas")
		as_user(user)
		assert desk.evidence_expiring()["value"] == 0

	@pytest.mark.parametrize("duty", ["OPD Clerk", "OPD Head", "P2HAM Verifier", "Kabag Hukum"])
	def test_it_stands_in_the_workspace(self, people, as_user, duty):
		from frappe.desk.desktop import get_desktop_page

		as_user(people(duty, "DINSOS" if duty.startswith("OPD") else ""))
		page = get_desktop_page(json.dumps({"name": "P2HAM", "title": "P2HAM", "public": 1}))
		cards = {card.get("number_card_name") for card in page["number_cards"]["items"]}
		assert "P2HAM Evidence Expiring" in cards
