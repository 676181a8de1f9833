"""One digest for each person and day, his alone; and the week of the Sekda."""

from __future__ import annotations

import contextlib
import datetime

import frappe
import pytest
import reminder_world as world
from frappe.utils import add_days, get_url_to_form, getdate, nowdate
from reminder_world import DIGEST, LOG, SETTINGS, change, daily, on

from p2ham import tasks
from p2ham.demo import factories as make
from p2ham.digests import daily_digest, weekly_digest
from p2ham.notices import mails
from p2ham.p2ham.doctype.p2ham_settings.p2ham_settings import MIN_KEPT

pytestmark = pytest.mark.quick

UNIT, OTHER = "DINSOS", "DISDUKCAPIL"
MAIL = "Email Queue"


@pytest.fixture(autouse=True)
def _quiet():
	world.quiet_demo()


def late_follow_ups(number, opd=UNIT):
	"""Follow-ups that were due yesterday; stored past the controller, which is not the subject."""
	for each in range(number):
		frappe.get_doc(
			{
				"doctype": "P2HAM Follow-up",
				"name": f"TL-UJI-{frappe.generate_hash(length=8)}",
				"opd": opd,
				"recommendation": f"Perbaiki {each}",
				"due_date": add_days(nowdate(), -1),
				"status": "Open",
			}
		).db_insert()


def next_day(weekday):
	"""The next day from tomorrow on that is a Monday (0), a Tuesday (1) and so on."""
	tomorrow = getdate(add_days(nowdate(), 1))
	return tomorrow + datetime.timedelta(days=(weekday - tomorrow.weekday()) % 7)


def reminded(user, opd=UNIT):
	late_follow_ups(1, opd)
	daily_digest.remind()
	return frappe.db.get_value(DIGEST, {"user": user}, "name")


class TestWhoReadsIt:
	def test_nobody_finds_or_opens_another_s(self, people, as_user, demo_site):
		mine = reminded(people("OPD Head", UNIT))
		others = [
			people("OPD Head", OTHER),
			people("OPD Clerk", UNIT),
			people("Kabag Hukum"),
			people("Sekda"),
			people("P2HAM Observer"),
			demo_site["manager"]["user"],
			demo_site["system_manager"]["user"],
		]
		for user in others:
			as_user(user)
			assert not frappe.has_permission(DIGEST, "read", mine)
			with contextlib.suppress(frappe.PermissionError):
				assert mine not in frappe.get_list(DIGEST, pluck="name", order_by="name")
		as_user(people("OPD Head", UNIT))
		assert frappe.get_list(DIGEST, pluck="name", order_by="name") == [mine]
		assert frappe.get_doc(DIGEST, mine).check_permission("read") is None

	def test_over_http_too(self, http, people):
		"""The server sees what is committed, so the digest is, and goes again."""
		head, clerk = people("OPD Head", UNIT), people("OPD Clerk", UNIT)
		frappe.db.rollback()
		day = getdate("2020-01-01")
		person = daily_digest.recipients.load().people[head]
		daily_digest.store(
			[daily_digest.Digest(person, daily_digest.DAILY, day, "Uji", "<p>Rahasia uji</p>")]
		)
		name = daily_digest.name_of(head, daily_digest.DAILY, day)
		frappe.db.commit()
		try:
			assert http(head).get(f"/api/resource/{DIGEST}/{name}").json()["data"]["content"]
			assert name in http(head).get(f"/api/resource/{DIGEST}").text
			for user in (clerk, people("Kabag Hukum"), None):
				answer = http(user).get(f"/api/resource/{DIGEST}/{name}")
				assert answer.status_code in (401, 403) and "Rahasia" not in answer.text
				assert name not in http(user).get(f"/api/resource/{DIGEST}").text
				if user:
					assert (
						name
						not in http(user)
						.get(f'/api/resource/{LOG}?limit_page_length=0&fields=["document_name"]')
						.text
					)
			for answer in (
				http(head).put(f"/api/resource/{DIGEST}/{name}", json={"subject": "Lain"}),
				http(head).delete(f"/api/resource/{DIGEST}/{name}"),
				http(head).post(
					f"/api/resource/{DIGEST}", json={"user": head, "kind": "Daily", "day": nowdate()}
				),
			):
				assert answer.status_code in (403, 417), answer.text
			frappe.db.rollback()
			assert frappe.db.get_value(DIGEST, name, "subject") == "Uji"
		finally:
			frappe.db.delete(LOG, {"document_type": DIGEST, "document_name": name})
			frappe.db.delete(DIGEST, {"name": name})
			frappe.db.commit()

	@pytest.mark.parametrize("attack", ["insert", "save", "delete", "rename"])
	def test_nobody_writes_one_by_hand_the_administrator_neither(self, people, attack):
		name = reminded(people("OPD Head", UNIT))
		with pytest.raises(frappe.PermissionError):
			if attack == "insert":
				frappe.get_doc(
					{"doctype": DIGEST, "user": "Administrator", "kind": "Daily", "day": nowdate()}
				).insert()
			elif attack == "save":
				doc = frappe.get_doc(DIGEST, name)
				doc.subject = "Lain"
				doc.save()
			elif attack == "delete":
				frappe.delete_doc(DIGEST, name, force=True)
			else:
				frappe.rename_doc(DIGEST, name, "lain", force=True)
		assert frappe.db.get_value(DIGEST, name, "subject")

	def test_it_cannot_be_shared(self, people):
		name = reminded(people("OPD Head", UNIT))
		with pytest.raises(frappe.PermissionError):
			frappe.share.add(DIGEST, name, people("OPD Clerk", UNIT), read=1)

	def test_it_stands_in_the_workspace(self, people, as_user):
		import json

		from frappe.desk.desktop import get_desktop_page

		as_user(people("OPD Clerk", UNIT))
		page = get_desktop_page(json.dumps({"name": "P2HAM", "title": "P2HAM", "public": 1}))
		links = {link["link_to"] for card in page["cards"]["items"] for link in card["links"]}
		assert DIGEST in links


class TestOnceADay:
	def test_everything_of_a_day_is_one_digest_and_one_notification(self, people):
		head = people("OPD Head", UNIT)
		late_follow_ups(3)
		period = world.period([UNIT])
		frappe.db.set_value(
			"P2HAM Period",
			period,
			{"fill_from": add_days(nowdate(), -9), "fill_until": add_days(nowdate(), -1)},
		)
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"name": "DD-UJI-HARIAN",
				"title": "SK",
				"opd": UNIT,
				"valid_until": add_days(nowdate(), 2),
			}
		).db_insert()
		row = daily(nowdate())[head]
		assert (row.late, row.due, row.expiring, row.follow_ups) == (1, 0, 1, 3)
		for number, word in ((1, "late"), (1, "expire"), (3, "follow-ups")):
			assert f"{number}" in row.subject and word in row.subject
		log = frappe.get_doc(LOG, {"document_name": row.name})
		assert (log.for_user, log.document_type, log.type) == (head, DIGEST, "Alert")
		assert daily(nowdate()) == {}

	def test_what_comes_up_later_that_day_waits_for_the_next_and_is_not_lost(self, people):
		late_follow_ups(1)
		assert daily(nowdate())
		frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"name": "DD-UJI-SORE",
				"title": "SK",
				"opd": UNIT,
				"valid_until": add_days(nowdate(), 2),
			}
		).db_insert()
		clerk, head = people("OPD Clerk", UNIT), people("OPD Head", UNIT)
		assert set(daily(nowdate())) == {clerk}, "the head has had his digest of today"
		frappe.db.set_value("P2HAM Evidence", "DD-UJI-SORE", "reminded_for", None)
		assert daily(add_days(nowdate(), 1))[head].expiring == 1

	def test_the_failure_of_one_does_not_stop_the_others_and_he_is_told_the_next_day(
		self, people, monkeypatch
	):
		head, other = people("OPD Head", UNIT), people("OPD Head", OTHER)
		late_follow_ups(1)
		late_follow_ups(1, OTHER)
		plain = daily_digest.daily

		def failing(person, *args):
			if person.user == head:
				raise ValueError("broken")
			return plain(person, *args)

		monkeypatch.setattr(daily_digest, "daily", failing)
		assert set(daily(nowdate())) == {other}
		assert frappe.db.exists("Error Log", {"method": ("like", "P2HAM: the digest%")})
		monkeypatch.undo()
		assert set(daily(add_days(nowdate(), 1))) == {head}
		assert daily(add_days(nowdate(), 1)) == {}
		assert not frappe.db.get_single_value(SETTINGS, "reminders_owed")

	def test_a_run_that_fails_as_a_whole_has_said_nothing_and_is_made_up_for(self, people, monkeypatch):
		late_follow_ups(1)

		def broken(*args, **kwargs):
			raise ConnectionError

		change(reminders_run_on=add_days(nowdate(), -1))
		frappe.db.savepoint("run")
		monkeypatch.setattr(daily_digest.wording, "notify", broken)
		with pytest.raises(ConnectionError):
			daily_digest.remind()
		frappe.db.rollback(save_point="run")
		monkeypatch.undo()
		assert not frappe.db.count(DIGEST)
		assert daily(add_days(nowdate(), 1))

	def test_the_number_of_queries_depends_neither_on_reminders_nor_on_people(self, queries):
		counts = []
		units = sorted(
			frappe.get_all("P2HAM Officer", filters={"duty": "OPD Clerk"}, pluck="opd", order_by="opd")
		)
		for number, opds in ((10, [UNIT]), (200, units)):
			for place in range(number):
				late_follow_ups(1, opds[place % len(opds)])
			frappe.db.delete(DIGEST)
			change(reminders_run_on=add_days(nowdate(), -1))
			with queries() as run:
				daily_digest.remind()
			# Those of the first round are late as well, and said anew.
			assert sum(frappe.get_all(DIGEST, pluck="follow_ups", order_by="name")) >= number
			counts.append((len(run), frappe.db.count(DIGEST)))
		(few, people_before), (many, people) = counts
		assert people > people_before
		# Frappe may read metadata the first time, so less is no fault.
		assert many <= few
		assert few < 30


class TestMail:
	@pytest.fixture
	def account(self):
		values = {"email_id": "p2ham@empatlawang.example", "enable_outgoing": 1, "default_outgoing": 1}
		frappe.get_doc({"doctype": "Email Account", "name": "Uji", **values}).db_insert()
		frappe.local.outgoing_email_account = {}
		change(send_notice_mails=1)
		yield
		frappe.local.outgoing_email_account = {}

	def sent(self, name):
		return [
			[row.recipient for row in frappe.get_doc(MAIL, queue).recipients]
			for queue in frappe.get_all(
				MAIL,
				filters={"reference_doctype": DIGEST, "reference_name": name},
				pluck="name",
				order_by="name",
			)
		]

	def test_each_digest_is_mailed_once_to_its_user_by_a_job_of_its_own(self, people, account, monkeypatch):
		jobs = []
		monkeypatch.setattr(frappe, "enqueue", lambda method, **kwargs: jobs.append((method, kwargs)))
		head = people("OPD Head", UNIT)
		name = reminded(head)
		(job,) = jobs
		assert job == ("p2ham.digests.daily_digest.send", {"enqueue_after_commit": True, "digest": name})
		for _time in range(2):
			daily_digest.send(name)
		assert self.sent(name) == [[head]]

	@pytest.mark.parametrize("what", ["no account", "switched off", "no wish", "switched off user"])
	def test_without_account_or_wish_there_is_none(self, people, account, what):
		head = people("OPD Head", UNIT)
		name = reminded(head)
		if what == "no account":
			frappe.db.delete("Email Account", {"name": "Uji"})
			frappe.local.outgoing_email_account = {}
		elif what == "switched off":
			change(send_notice_mails=0)
		elif what == "no wish":
			frappe.db.set_value("Notification Settings", head, "enable_email_notifications", 0)
		else:
			frappe.db.set_value("User", head, "enabled", 0)
		daily_digest.send(name)
		assert self.sent(name) == []

	def test_a_mail_that_cannot_be_written_is_logged(self, people, account, monkeypatch):
		def broken(*args, **kwargs):
			raise frappe.OutgoingEmailError

		name = reminded(people("OPD Head", UNIT))
		monkeypatch.setattr(frappe, "sendmail", broken)
		daily_digest.send(name)
		assert frappe.db.exists("Error Log", {"method": ("like", "P2HAM: a mail%")})
		assert mails.is_queued(DIGEST, name) is False


class TestTheWeek:
	@pytest.fixture
	def sekda(self, people):
		change(weekly_digest=1)
		return people("Sekda")

	@pytest.fixture
	def week(self, people, sekda):
		"""A period with one unit late, one that waits for the Sekda, a late follow-up and a meeting."""
		period = world.period([UNIT, OTHER])
		with make.acting_as(people("OPD Clerk", OTHER)):
			name = make.create_assessment(period, OTHER).name
		frappe.db.set_value("P2HAM Assessment", name, {"workflow_state": "Reviewed", "verified_score": 81.25})
		frappe.db.set_value(
			"P2HAM Period",
			period,
			{"fill_from": add_days(nowdate(), -9), "fill_until": add_days(nowdate(), -2)},
		)
		late_follow_ups(2)
		with make.acting_as(people("Kabag Hukum")):
			meeting = make.create_guidance(
				"Rapat persiapan", [UNIT], date=add_days(nowdate(), 3), place="Aula"
			)
		return name, meeting

	def weekly(self, day):
		return {user: row for user, row in daily(day).items() if row.kind == "Weekly"}

	def test_it_says_what_waits_who_is_late_and_what_comes(self, week, sekda, people):
		name, meeting = week
		row = self.weekly(nowdate())[sekda]
		assert get_url_to_form("P2HAM Assessment", name) in row.content
		assert get_url_to_form("P2HAM Guidance", meeting) in row.content
		for word in (
			frappe.utils.fmt_money(81.25, precision=2),
			"Dinas Sosial",
			"2 open, 2 of them late",
			"Rapat persiapan",
			"Aula",
		):
			assert word in row.content, word
		assert "1" in row.subject
		assert frappe.session.user == "Administrator"

	def test_it_carries_the_fingerprint_of_the_log(self, week, sekda, tmp_path, monkeypatch):
		monkeypatch.setitem(frappe.conf, "p2ham_log_folder", str(tmp_path))
		row = self.weekly(nowdate())[sekda]
		(file,) = tmp_path.iterdir()
		line = file.read_text().partition("\n")[0]
		assert line.startswith(f"P2HAM-LOG day={nowdate()}") and line in row.content

	def test_it_comes_once_a_week_on_its_day_or_by_the_first_run_after_it(self, week, sekda):
		monday = next_day(0)
		days = [monday + datetime.timedelta(days=number) for number in range(22)]
		found = {}
		for day in [*days[:8], days[16], days[17], days[21]]:  # the second Monday after the first had no run
			for row in self.weekly(day).values():
				found[day] = row.day
		assert found == {days[0]: days[0], days[7]: days[7], days[16]: days[14], days[21]: days[21]}

	def test_the_day_is_that_of_the_settings(self, week, sekda):
		change(weekly_day="Thursday")
		friday = next_day(4)
		assert self.weekly(friday)[sekda].day == friday - datetime.timedelta(days=1)

	def test_switched_off_there_is_none(self, week, sekda):
		change(weekly_digest=0)
		assert self.weekly(nowdate()) == {}

	def test_where_nothing_is_going_on_there_is_none(self, sekda):
		assert self.weekly(nowdate()) == {}

	def test_who_holds_the_post_today_gets_it(self, week, sekda, people):
		frappe.db.set_value("P2HAM Officer", {"user": sekda}, "to_date", add_days(nowdate(), -1))
		assert self.weekly(nowdate()) == {}
		acting = make.create_user("plh.sekda@empatlawang.example", "Pelaksana Harian")
		make.create_officer(acting, "Pelaksana Harian", "Sekda", acting_prefix="Plh.")
		assert set(self.weekly(nowdate())) == {acting}

	def test_a_failure_is_logged_and_tried_again(self, week, sekda, monkeypatch):
		def broken(today):
			raise ValueError

		monkeypatch.setattr(weekly_digest, "look", broken)
		assert self.weekly(nowdate()) == {}
		assert frappe.session.user == "Administrator"
		monkeypatch.undo()
		assert set(self.weekly(nowdate())) == {sekda}

	def test_the_number_of_queries_does_not_grow_with_the_units(self, week, sekda, queries, people):
		counts = []
		for _time in range(2):
			with queries() as run, make.acting_as(sekda):
				assert weekly_digest.look(getdate(nowdate()))
			counts.append(len(run))
			period = frappe.get_doc("P2HAM Period", {"assessment_year": 2031})
			for opd in frappe.get_all("P2HAM OPD", pluck="name", order_by="name"):
				if opd not in (UNIT, OTHER):
					period.append("participants", {"opd": opd, "status": "Declared"})
			if _time == 0:
				period.save()
		assert counts[1] <= counts[0]


def test_old_digests_and_their_notifications_are_removed(people):
	head = people("OPD Head", UNIT)
	late_follow_ups(1)
	name = daily(nowdate())[head].name
	kept = frappe.db.get_single_value(SETTINGS, "digests_kept_days")
	assert kept >= MIN_KEPT
	with on(add_days(nowdate(), kept)):
		tasks.daily_digest.remove_old()
	assert frappe.db.exists(DIGEST, name)
	with on(add_days(nowdate(), kept + 1)):
		tasks.daily_digest.remove_old()
	assert not frappe.db.exists(DIGEST, name)
	assert not frappe.db.exists(LOG, {"document_name": name})
