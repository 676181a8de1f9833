"""What happens to a document is told to those whom it concerns, in the desk and by mail, and to nobody else."""

from __future__ import annotations

import email
import time
from email import policy

import frappe
import made_regency
import pytest
from frappe.utils import add_days, get_url_to_form, getdate, now_datetime, nowdate

from p2ham.demo import factories as make
from p2ham.notices import events

LOG, MAIL = "Notification Log", "Email Queue"
ASSESSMENT, GUIDANCE, FOLLOW_UP = "P2HAM Assessment", "P2HAM Guidance", "P2HAM Follow-up"
PERIOD, UNIT = "P2HAM-2024", "RSP PENDOPO"
# RSP PENDOPO has nobody of its own: the Dinas above it fills its sheet.
OF_UNIT = (("OPD Clerk", "DINKES"), ("OPD Head", "DINKES"))
OF_DINSOS = (("OPD Clerk", "DINSOS"), ("OPD Head", "DINSOS"))
BAGIAN_HUKUM = (("P2HAM Verifier", ""), ("Kabag Hukum", ""))


@pytest.fixture(autouse=True)
def _everything_on():
	frappe.db.delete(LOG, {"document_type": ("like", "P2HAM%")})
	settings = frappe.get_doc("P2HAM Settings")
	for field in ("notify_steps", "notify_guidance", "notify_follow_ups", "send_notice_mails"):
		settings.set(field, 1)
	settings.save()
	account = {"email_id": "p2ham@empatlawang.example", "enable_outgoing": 1, "default_outgoing": 1}
	frappe.get_doc({"doctype": "Email Account", "name": "Uji", **account}).db_insert()
	frappe.local.outgoing_email_account = {}
	yield
	frappe.local.outgoing_email_account = {}


@pytest.fixture
def happen(monkeypatch):
	"""`happen()` is the commit, as far as it concerns this: what waits for it is done at once."""

	jobs = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **kwargs: jobs.append((method, kwargs)))

	def commit(forget=True):
		frappe.db.after_commit.run()
		while jobs:
			method, kwargs = jobs.pop()
			if method.startswith("p2ham.notices."):
				frappe.get_attr(method)(**kwargs)
		return told(forget)

	return commit


def told(forget=True):
	"""Who was told what since this was last asked: user -> notification."""
	rows = frappe.get_all(
		LOG,
		filters={"document_type": ("like", "P2HAM%")},
		fields=["name", "for_user", "from_user", "subject", "type", "document_type", "document_name"],
		order_by="creation",
	)
	assert len(rows) == len({row.for_user for row in rows}), "each person once"
	if forget:
		frappe.db.delete(LOG, {"name": ("in", [row.name for row in rows] + [""])})
	return {row.for_user: row for row in rows}


def mails_about(doctype, name):
	"""The mails about a document: (addresses, subject, HTML)."""
	found = []
	for queue in frappe.get_all(
		MAIL,
		filters={"reference_doctype": doctype, "reference_name": name},
		pluck="name",
		order_by="creation",
	):
		doc = frappe.get_doc(MAIL, queue)
		message = email.message_from_string(doc.message, policy=policy.default)
		body = message.get_body(("html",)).get_content()
		found.append(({row.recipient for row in doc.recipients}, message["Subject"], body))
	return found


@pytest.fixture
def draft(people):
	with make.acting_as(people("OPD Clerk", "DINKES")):
		doc = make.create_assessment(PERIOD, UNIT)
		make.fill(doc, [0])
		make.attach_needed_evidence(doc, shared=True)
		return doc.save().name


@pytest.fixture
def named(people):
	return lambda holders: {people(*holder) for holder in holders}


def step(user, name, action, note=""):
	with make.acting_as(user):
		make.take_step(name, action, note)


def verify(user, name):
	with make.acting_as(user):
		doc = frappe.get_doc(ASSESSMENT, name)
		make.verify(doc)
		doc.save()


def test_each_step_is_told_to_who_has_to_act_next_and_to_who_waits_for_it(draft, people, named, happen):
	clerk, head = people(*OF_UNIT[0]), people(*OF_UNIT[1])
	verifier, kabag, sekda = people("P2HAM Verifier"), people("Kabag Hukum"), people("Sekda")
	assert happen() == {}, "a draft that begins or is saved is no news"

	step(clerk, draft, "Submit")
	found = happen()
	assert set(found) == {verifier, kabag}
	for row in found.values():
		assert (row.document_type, row.document_name, row.from_user) == (ASSESSMENT, draft, clerk)
		assert row.type == "Alert"  # of which Frappe sends no mail by itself
		opd_name = frappe.db.get_value("P2HAM OPD", UNIT, "opd_name")
		assert opd_name in row.subject

	step(kabag, draft, "Return", "Foto A1 < B & buram.")
	assert set(happen()) == {clerk, head}
	step(head, draft, "Submit")
	assert set(happen()) == {verifier, kabag}
	verify(verifier, draft)
	assert happen() == {}
	step(kabag, draft, "Review")
	assert set(happen()) == {sekda}
	step(sekda, draft, "Return", "Mohon diperiksa ulang.")
	assert set(happen()) == {verifier, kabag}
	step(kabag, draft, "Review")
	happen()
	step(sekda, draft, "Approve")
	assert set(happen()) == {clerk, head, kabag}
	step(sekda, draft, "Cancel", "Salah unit.")
	assert set(happen()) == {clerk, head, kabag, verifier}

	sent = mails_about(ASSESSMENT, draft)
	assert [addresses for addresses, _subject, _body in sent] == [
		{verifier, kabag},
		{clerk, head},
		{verifier, kabag},
		{sekda},
		{verifier, kabag},
		{sekda},
		{clerk, head, kabag},
		{clerk, head, kabag, verifier},
	]
	for _addresses, subject, body in sent:
		assert opd_name in subject
		assert get_url_to_form(ASSESSMENT, draft) in body
		for approves in ("apply_action", "confirm_action", "workflow_action", "_signature"):
			assert approves not in body
	returned = sent[1][2]
	assert "A1 &lt; B &amp; buram" in returned


def test_who_submitted_is_told_of_the_return_though_he_is_not_of_the_unit_itself(people, happen, draft):
	"""A clerk of the regency's root reaches every unit below it."""
	above = make.create_user("operator.kabupaten@empatlawang.example", "Operator Kabupaten")
	officer = make.create_officer(above, "Operator Kabupaten", "OPD Clerk", "EMPAT LAWANG")
	step(above, draft, "Submit")
	happen()
	step(people("Kabag Hukum"), draft, "Return", "Lengkapi.")
	assert set(happen()) == {above, people(*OF_UNIT[0]), people(*OF_UNIT[1])}
	step(above, draft, "Submit")
	happen()
	frappe.db.set_value("P2HAM Officer", officer, "to_date", add_days(nowdate(), -1))
	make.create_officer(above, "Operator Kabupaten", "OPD Clerk", "DINSOS")
	step(people("Kabag Hukum"), draft, "Return", "Lengkapi.")
	assert set(happen()) == {people(*OF_UNIT[0]), people(*OF_UNIT[1])}, "he is of another unit now"


def test_everybody_who_is_told_may_read_it_and_who_loses_the_right_reads_nothing_of_it(
	draft, people, named, happen, as_user
):
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	users = set(happen(forget=False))
	assert users == named(BAGIAN_HUKUM)
	for user in users:
		assert frappe.has_permission(ASSESSMENT, "read", draft, user=user)
	verifier = people("P2HAM Verifier")
	as_user(verifier)
	assert frappe.get_list(LOG, filters={"document_name": draft}, order_by="name")
	frappe.db.delete("P2HAM Officer", {"user": verifier})
	frappe.local.p2ham_duties = {}
	assert not frappe.get_list(LOG, filters={"document_name": draft}, order_by="name")


def test_each_reads_it_in_his_own_language(draft, people, happen, monkeypatch):
	verifier, kabag = people("P2HAM Verifier"), people("Kabag Hukum")
	frappe.db.set_value("User", verifier, "language", "id")
	frappe.db.set_value("User", kabag, "language", "en")
	monkeypatch.setattr(events, "_", lambda text: f"{frappe.local.lang}: {text}")
	before = frappe.local.lang
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	found = happen()
	assert found[verifier].subject.startswith("id: ") and found[kabag].subject.startswith("en: ")
	assert frappe.local.lang == before
	sent = {
		next(iter(addresses)): (subject, body) for addresses, subject, body in mails_about(ASSESSMENT, draft)
	}
	for user, language in ((verifier, "id: "), (kabag, "en: ")):
		subject, body = sent[user]
		assert subject.startswith(language)
		assert f"{language}Answers and documents are to be verified" in body


def test_who_wants_no_notifications_or_no_mails_gets_none(draft, people, happen):
	verifier, kabag = people("P2HAM Verifier"), people("Kabag Hukum")
	frappe.db.set_value("Notification Settings", verifier, "enabled", 0)
	frappe.db.set_value("Notification Settings", kabag, "enable_email_notifications", 0)
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	assert set(happen()) == {kabag}
	assert mails_about(ASSESSMENT, draft) == []


def test_a_user_who_is_switched_off_is_not_told(draft, people, happen):
	frappe.db.set_value("User", people("P2HAM Verifier"), "enabled", 0)
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	assert set(happen()) == {people("Kabag Hukum")}
	assert [addresses for addresses, *_ in mails_about(ASSESSMENT, draft)] == [{people("Kabag Hukum")}]


@pytest.mark.parametrize("refused", ["another unit", "incomplete", "without a note"])
def test_a_refused_step_tells_nobody(draft, people, happen, refused):
	user, action = people("OPD Clerk", "DINKES"), "Submit"
	if refused == "another unit":
		user = people("OPD Clerk", "DINSOS")
	elif refused == "incomplete":
		frappe.db.set_value("P2HAM Assessment Item", {"parent": draft, "idx": 1}, "self_answer", None)
	else:
		step(user, draft, "Submit")
		happen()
		user, action = people("Kabag Hukum"), "Return"
	with make.acting_as(user), pytest.raises((frappe.ValidationError, frappe.PermissionError)):
		make.take_step(draft, action)
	assert happen() == {}


def test_a_step_that_is_taken_back_in_the_same_request_tells_nobody(draft, people, happen):
	"""An import goes back to before the row that failed, and commits the others."""
	frappe.db.savepoint("row")
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	frappe.db.rollback(save_point="row")
	frappe.clear_document_cache(ASSESSMENT, draft)
	assert happen() == {}
	assert mails_about(ASSESSMENT, draft) == []


def test_switched_off_it_tells_nobody(draft, people, happen):
	for field in ("notify_steps", "notify_guidance", "notify_follow_ups"):
		frappe.db.set_single_value("P2HAM Settings", field, 0)
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	with make.acting_as(people("Kabag Hukum")):
		make.create_guidance("Uji", ["DINSOS"])
		make.create_follow_up("DINSOS", "Perbaiki")
	assert happen() == {}


def test_without_mails_it_is_said_in_the_desk_only(draft, people, happen, named):
	frappe.db.set_single_value("P2HAM Settings", "send_notice_mails", 0)
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	assert set(happen()) == named(BAGIAN_HUKUM)
	assert mails_about(ASSESSMENT, draft) == []


def test_a_job_that_runs_twice_tells_nobody_twice(draft, people, happen, monkeypatch):
	jobs = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **kwargs: jobs.append((method, kwargs)))
	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	frappe.db.after_commit.run()
	((method, kwargs),) = [job for job in jobs if job[0].startswith("p2ham.notices.")]
	for _time in range(2):
		frappe.get_attr(method)(**kwargs)
	assert frappe.db.count(LOG, {"document_name": draft}) == 2
	assert len(mails_about(ASSESSMENT, draft)) == 1


def test_a_queue_that_does_not_answer_does_not_spoil_what_was_saved(draft, people, monkeypatch):
	def broken(*args, **kwargs):
		raise ConnectionError

	step(people("OPD Clerk", "DINKES"), draft, "Submit")
	monkeypatch.setattr(frappe, "enqueue", broken)
	frappe.db.after_commit.run()
	assert frappe.db.get_value(ASSESSMENT, draft, "workflow_state") == "Submitted"


class TestGuidance:
	def test_a_request_is_told_to_bagian_hukum_and_its_answer_to_the_units(self, people, named, happen):
		with make.acting_as(people("OPD Clerk", "DINSOS")):
			name = make.create_guidance(
				"Cara mengisi A3", ["DINSOS"], kind="Request for Guidance", status="Requested", date=None
			)
		found = happen()
		assert set(found) == named(BAGIAN_HUKUM)
		assert all(
			"Cara mengisi A3" in row.subject and "Dinas Sosial" in row.subject for row in found.values()
		)
		with make.acting_as(people("P2HAM Verifier")):
			doc = frappe.get_doc(GUIDANCE, name)
			doc.status = "Accepted"
			doc.save()
		assert set(happen()) == named(OF_DINSOS)
		with make.acting_as(people("Kabag Hukum")):
			doc = frappe.get_doc(GUIDANCE, name)
			day = getdate(add_days(nowdate(), 5))
			doc.update({"status": "Scheduled", "date": day, "start_time": "09:00:00", "place": "Aula"})
			doc.save()
		found = happen()
		assert set(found) == named(OF_DINSOS)
		for row in found.values():
			assert (row.document_type, row.document_name) == (GUIDANCE, name)
			assert all(word in row.subject for word in ("Cara mengisi A3", str(day.year), "09.00", "Aula"))

	def test_a_request_that_is_not_continued_is_told_to_both_sides(self, people, named, happen):
		with make.acting_as(people("OPD Clerk", "DINSOS")):
			name = make.create_guidance(
				"Cara mengisi A3", ["DINSOS"], kind="Request for Guidance", status="Requested", date=None
			)
		happen()
		with make.acting_as(people("P2HAM Verifier")):
			doc = frappe.get_doc(GUIDANCE, name)
			doc.update({"status": "Cancelled", "cancel_reason": "Batal."})
			doc.save()
		assert set(happen()) == {people("Kabag Hukum"), *named(OF_DINSOS)}
		assert any("Batal." in body for _to, _subject, body in mails_about(GUIDANCE, name))

	def test_what_is_scheduled_moved_or_cancelled_is_told_to_the_people_of_all_units(
		self, people, named, happen
	):
		everybody = named((*OF_DINSOS, *OF_UNIT))
		rows = ["DINSOS", UNIT, {"opd": "DINSOS", "person": "Ani"}]
		with make.acting_as(people("P2HAM Verifier")):
			name = make.create_guidance("Rapat", rows, date=add_days(nowdate(), 5))
			assert set(happen()) == everybody
			doc = frappe.get_doc(GUIDANCE, name)
			doc.agenda = "Pembukaan"
			doc.save()
			assert happen() == {}
			doc.date = add_days(nowdate(), 6)
			doc.save()
			assert set(happen()) == everybody
			doc.update({"status": "Cancelled", "cancel_reason": "Batal."})
			doc.save()
			assert set(happen()) == everybody
			assert len(mails_about(GUIDANCE, name)) == 3

	def test_a_change_that_the_calendar_brings_is_not_mailed_twice(self, people, happen):
		with make.acting_as(people("P2HAM Verifier")):
			name = make.create_guidance("Rapat", ["DINSOS"], date=add_days(nowdate(), 5))
			happen()
			frappe.db.set_value(GUIDANCE, name, "invited_on", now_datetime())
			doc = frappe.get_doc(GUIDANCE, name)
			doc.date = add_days(nowdate(), 6)
			doc.save()
			assert happen()
		assert len(mails_about(GUIDANCE, name)) == 1

	def test_minutes_of_what_was_held_are_no_news(self, people, happen):
		with make.acting_as(people("P2HAM Verifier")):
			make.create_guidance("Rapat", ["DINSOS"], status="Held")
		assert happen() == {}


class TestFollowUps:
	def test_from_the_creation_to_the_end(self, people, named, happen):
		verifier, kabag = people("P2HAM Verifier"), people("Kabag Hukum")
		clerk, head = (people(*holder) for holder in OF_DINSOS)

		def now(user, **values):
			with make.acting_as(user):
				doc = frappe.get_doc(FOLLOW_UP, name)
				doc.update(values)
				doc.save()
			return set(happen())

		with make.acting_as(verifier):
			name = make.create_follow_up("DINSOS", "Pasang < 1 ramp di pintu timur")
		found = happen()
		assert set(found) == {clerk, head}
		for row in found.values():
			assert "&lt; 1 ramp" in row.subject and "Dinas Sosial" in row.subject
		assert now(clerk, progress=50, status="In Progress") == set()
		assert now(clerk, status="Completed", progress_note="Selesai.") == {verifier, kabag}
		assert now(verifier, status="In Progress", progress=80) == {clerk, head}
		assert now(clerk, status="Completed", progress_note="Selesai.") == {verifier, kabag}
		assert now(kabag, status="Closed") == {clerk, head}
		assert now(kabag, status="Open") == {clerk, head}
		sent = mails_about(FOLLOW_UP, name)
		assert len(sent) == 6
		assert all(
			get_url_to_form(FOLLOW_UP, name) in body and "< 1 ramp" not in body
			for _to, _subject, body in sent
		)

	def test_several_at_once_are_one_notification_and_one_mail(self, people, named, happen):
		with make.acting_as(people("Kabag Hukum")):
			names = [make.create_follow_up("DINSOS", f"Perbaiki {number}") for number in range(4)]
			other = make.create_follow_up("DISDUKCAPIL", "Perbaiki lain")
		found = happen()
		for user in named(OF_DINSOS):
			assert "Perbaiki 0" in found[user].subject and "3" in found[user].subject
		assert found[people("OPD Clerk", "DISDUKCAPIL")].document_name == other
		(to, _subject, body) = mails_about(FOLLOW_UP, names[0])[0]
		assert to == named(OF_DINSOS)
		assert all(get_url_to_form(FOLLOW_UP, name) in body for name in names)
		assert get_url_to_form(FOLLOW_UP, other) not in body

	def test_the_number_of_queries_does_not_depend_on_how_many_there_are(self, people, happen, queries):
		frappe.db.set_single_value("P2HAM Settings", "send_notice_mails", 0)
		counts = []
		for number in (1, 25):
			with make.acting_as(people("Kabag Hukum")):
				for _each in range(number):
					make.create_follow_up("DINSOS", "Perbaiki")
			with queries() as run:
				assert happen()
			counts.append(len(run))
		# Frappe may read metadata the first time, so less is no fault.
		assert counts[1] <= counts[0]


def test_a_submission_over_http_reaches_kabag_hukum(http):
	"""Through the site's own queue: the worker does it after the commit."""
	frappe.db.rollback()  # what the other tests begin with is not committed
	with made_regency.committed(["UJI NOTIS"], 2) as regency:
		name = made_regency.start_assessment(regency, "UJI NOTIS")
		frappe.db.commit()
		answer = http(regency.clerk).call("p2ham.api.assessment.take_step", name=name, action="Submit")
		assert answer.status_code == 200, answer.text
		end = time.monotonic() + 120
		while not frappe.db.exists(LOG, {"document_name": name, "for_user": regency.kabag}):
			assert time.monotonic() < end, "nobody was told"
			time.sleep(0.3)
			frappe.db.rollback()
		logs = http(regency.kabag).get(
			"/api/method/frappe.desk.doctype.notification_log.notification_log.get_notification_logs"
		)
		assert name in [row["document_name"] for row in logs.json()["message"]["notification_logs"]]
