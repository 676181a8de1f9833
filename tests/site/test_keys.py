"""Who acts in another's name, by an API key, a token or an impersonation, is told from him in the log and in notices;
and who holds a duty is told when somebody gets what it takes."""

from __future__ import annotations

import base64
import contextlib
import email
import os
from email import policy

import frappe
import pytest
from clients import Client
from way_back import no_trace

from p2ham.access import means
from p2ham.assessment.log_verification import is_intact
from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.notices import events

pytestmark = pytest.mark.quick

MANAGER = "sistem@empatlawang.example"
REVIEWED = "DINSOS-P2HAM-2024"
LOG, TOLD = "P2HAM Assessment Log", "Notification Log"
STEP = {"name": REVIEWED, "action": "Return", "note": "Periksa lagi butir A1.", "until": ""}


@contextlib.contextmanager
def quiet():
	"""Everything that could switch a notice off does, and mails can be sent."""
	frappe.db.delete(TOLD)
	settings = frappe.get_doc("P2HAM Settings")
	settings.update({"send_notice_mails": 0, "notify_steps": 0})
	settings.save()
	account = {"email_id": "p2ham@empatlawang.example", "enable_outgoing": 1, "default_outgoing": 1}
	frappe.get_doc({"doctype": "Email Account", "name": "Uji", **account}).db_insert()
	frappe.local.outgoing_email_account = {}
	yield
	frappe.local.outgoing_email_account = {}


@pytest.fixture
def in_quiet(db):
	with quiet():
		yield


@pytest.fixture
def for_everybody(db, manager):
	"""The server sees what a test makes, until it ends."""
	with no_trace(), quiet():
		frappe.db.commit()
		yield


@pytest.fixture
def sekda(people):
	return people("Sekda")


@pytest.fixture(scope="module")
def manager(as_it_was):
	"""A System Manager, as a client."""
	make.create_user(MANAGER, "Pengelola Sistem", build.PASSWORD, ("System Manager",))
	frappe.db.commit()
	return Client(os.environ["P2HAM_URL"]).login(MANAGER, build.PASSWORD)


def told() -> dict[str, str]:
	frappe.db.rollback()
	return {
		row.for_user: row.subject
		for row in frappe.get_all(TOLD, fields=["for_user", "subject"], order_by="creation")
	}


def mailed(user: str) -> list[str]:
	return [
		email.message_from_string(queue.message, policy=policy.default)["Subject"]
		for name in frappe.get_all("Email Queue", pluck="name", order_by="creation")
		for queue in [frappe.get_doc("Email Queue", name)]
		if user in {row.recipient for row in queue.recipients}
	]


@pytest.mark.usefixtures("for_everybody")
class TestWhoIsToldOfAKey:
	def test_the_sekda_is_told_of_a_key_that_a_system_manager_makes_whatever_the_settings_say(
		self, manager, sekda, people
	):
		wishes = {"enabled": 0, "enable_email_notifications": 0}
		frappe.db.set_value("Notification Settings", sekda, wishes)
		frappe.db.commit()
		made = manager.call("frappe.core.doctype.user.user.generate_keys", user=sekda)
		assert made.status_code == 200, made.text
		assert set(told()) == {sekda, people("Kabag Hukum")}
		assert "Pengelola Sistem made an API key" in told()[sekda]
		assert len(mailed(sekda)) == len(mailed(people("Kabag Hukum"))) == 1

	@pytest.mark.parametrize(
		"values",
		[{"api_key": "kunci-baru"}, {"api_secret": "rahasia-baru"}, {"new_password": "Kata-sandi-baru-9!"}],
	)
	def test_what_is_written_into_the_user_is_told_too(self, manager, people, values):
		clerk = people("OPD Clerk", "DINSOS")
		frappe.db.set_single_value("System Settings", "enable_password_policy", 0)
		frappe.db.commit()
		# Frappe lets nobody below the Administrator write the fields of the key themselves.
		frappe.set_user(MANAGER)
		user = frappe.get_doc("User", clerk)
		user.update(values)
		user.save(ignore_permissions=True)
		frappe.db.commit()
		assert set(told()) == {clerk}
		word = "password" if "new_password" in values else "API key"
		assert word in told()[clerk]

	def test_another_change_of_a_user_with_a_key_tells_nobody(self, sekda):
		user = frappe.get_doc("User", sekda)
		user.update({"api_key": "kunci", "api_secret": "rahasia"})
		user.save()
		frappe.db.delete(TOLD)
		frappe.db.commit()
		user = frappe.get_doc("User", sekda)
		user.bio = "Sekretaris Daerah"
		user.save()
		frappe.db.commit()
		assert not told()

	def test_a_key_that_was_made_before_the_appointment_is_told_with_it(self):
		user = make.create_user("baru@empatlawang.example", "Pejabat Baru")
		keyed = frappe.get_doc("User", user)
		keyed.api_key = "kunci"
		keyed.save()
		frappe.db.commit()
		assert not told()
		make.create_officer(user, "Pejabat Baru", "P2HAM Verifier")
		frappe.db.commit()
		assert "before the appointment" in told()[user]

	def test_who_holds_no_duty_is_not_told(self, manager):
		made = manager.call("frappe.core.doctype.user.user.generate_keys", user=MANAGER)
		assert made.status_code == 200 and not told()

	def test_a_token_of_an_application_is_told_once_a_day(self, sekda, people):
		for number in range(3):
			token(sekda, f"token-{number}")
		assert set(told()) == {sekda, people("Kabag Hukum")}
		assert len(mailed(sekda)) == 1 and "token" in mailed(sekda)[0]

	def test_a_token_that_is_given_to_another_is_told(self, sekda):
		mine = token("Administrator", "token-sendiri")
		assert not told()
		mine.user = sekda
		mine.save()
		frappe.db.commit()
		assert sekda in told()


def token(user: str, value: str):
	client = frappe.db.get_value("OAuth Client", {"app_name": "Uji"}, "name", order_by="name")
	if not client:
		client = frappe.get_doc(
			{
				"doctype": "OAuth Client",
				"app_name": "Uji",
				"scopes": "all",
				"redirect_uris": "http://localhost",
				"default_redirect_uri": "http://localhost",
				"user": "Administrator",
			}
		).insert()
		client = client.name
	made = frappe.get_doc(
		{
			"doctype": "OAuth Bearer Token",
			"client": client,
			"user": user,
			"scopes": "all",
			"access_token": value,
			"expires_in": 3600,
			"expiration_time": frappe.utils.add_days(frappe.utils.now_datetime(), 1),
			"status": "Active",
		}
	).insert()
	frappe.db.commit()
	return made


@pytest.mark.usefixtures("for_everybody")
class TestWhatTheLogSays:
	def let_in_by(self) -> tuple[str, str]:
		frappe.db.rollback()
		entry = frappe.get_last_doc(LOG, filters={"assessment": REVIEWED}, order_by="sequence desc")
		assert entry.action == "Return" and is_intact(REVIEWED)
		return entry.means or "", entry.means_user or ""

	def test_a_login_of_one_s_own_says_nothing(self, sekda):
		client = Client(os.environ["P2HAM_URL"]).login(sekda, build.PASSWORD)
		response = client.call("p2ham.api.assessment.take_step", **STEP)
		assert response.status_code == 200, response.text
		assert self.let_in_by() == ("", "")

	@pytest.mark.parametrize("scheme", ["token", "Basic"])
	def test_a_step_by_api_key_says_so(self, manager, sekda, scheme):
		secret = manager.call("frappe.core.doctype.user.user.generate_keys", user=sekda).json()["message"]
		frappe.db.rollback()
		pair = f"{frappe.db.get_value('User', sekda, 'api_key')}:{secret['api_secret']}"
		if scheme == "Basic":
			pair = base64.b64encode(pair.encode()).decode()
		nobody = Client(os.environ["P2HAM_URL"])
		response = nobody.post(
			"/api/method/p2ham.api.assessment.take_step",
			json=STEP,
			headers={"Authorization": f"{scheme} {pair}"},
		)
		assert response.status_code == 200, response.text
		assert self.let_in_by() == ("API Key", "")

	def test_a_step_by_a_token_says_so_also_beside_a_login_of_another(self, manager, sekda):
		token(sekda, "token-sekda")
		response = manager.post(
			"/api/method/p2ham.api.assessment.take_step",
			json=STEP,
			headers={"Authorization": "Bearer token-sekda"},
		)
		assert response.status_code == 200, response.text
		assert self.let_in_by() == ("OAuth Token", "")

	def test_a_step_of_an_impersonation_says_whose_it_is(self, sekda):
		client = Client(os.environ["P2HAM_URL"]).login("Administrator", administrator_password())
		response = client.call("frappe.core.doctype.user.user.impersonate", user=sekda, reason="Uji")
		assert response.status_code == 200, response.text
		response = client.call("p2ham.api.assessment.take_step", **STEP)
		assert response.status_code == 200, response.text
		assert self.let_in_by() == ("Impersonation", "Administrator")

	def test_work_in_the_background_is_told_from_a_login(self, monkeypatch):
		monkeypatch.setattr(frappe.local, "job", frappe._dict(method="x"), raising=False)
		assert means.of_request().word == means.JOB
		monkeypatch.undo()
		assert means.of_request() == means.Means()

	def test_the_audit_trail_shows_it(self, sekda, monkeypatch):
		from p2ham.p2ham.report.p2ham_audit_trail import p2ham_audit_trail as report

		monkeypatch.setattr(means, "of_request", lambda: means.Means(means.IMPERSONATION, "Administrator"))
		with make.acting_as(sekda):
			make.take_step(REVIEWED, "Return", "x")
		columns, rows, *_rest = report.execute({"period": "P2HAM-2024"})
		assert "let_in_by" in {column["fieldname"] for column in columns}
		assert [row["let_in_by"] for row in rows if row["let_in_by"]] == ["Impersonation: Administrator"]


def administrator_password() -> str:
	"""Give the Administrator a password of this test's own."""
	from frappe.utils.password import update_password

	update_password("Administrator", build.PASSWORD)
	frappe.db.commit()
	return build.PASSWORD


@pytest.mark.usefixtures("in_quiet")
class TestWhatTheNoticeSays:
	@pytest.fixture
	def deliver(self, monkeypatch):
		"""`deliver(means, switch)` has a step told as if somebody had been let in so."""
		jobs = []
		monkeypatch.setattr(frappe, "enqueue", lambda method, **kwargs: jobs.append((method, kwargs)))

		def run(let_in, on=0):
			frappe.db.set_single_value("P2HAM Settings", {"notify_steps": on, "send_notice_mails": 1})
			frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
			monkeypatch.setattr(means, "of_request", lambda: let_in)
			make.take_step(REVIEWED, "Return", "Periksa lagi.")
			frappe.set_user("Administrator")
			frappe.db.after_commit.run()
			for method, kwargs in jobs:
				if method == "p2ham.notices.events.deliver":
					events.deliver(**kwargs)
			return {
				row.for_user: row.subject
				for row in frappe.get_all(TOLD, fields=["for_user", "subject"], order_by="creation")
			}

		return run

	def test_the_sekda_is_told_of_a_step_that_an_api_key_took_in_her_name(self, deliver, sekda):
		frappe.set_user(sekda)
		found = deliver(means.Means(means.API_KEY))
		assert set(found) == {sekda}  # others only if the settings say so
		assert found[sekda].endswith("[API Key]")

	def test_whoever_is_told_of_the_step_reads_by_what_it_was_taken(self, deliver, sekda, people):
		frappe.set_user(sekda)
		found = deliver(means.Means(means.IMPERSONATION, "Administrator"), on=1)
		assert {sekda, people("Kabag Hukum")} <= set(found)
		assert all(subject.endswith("[Impersonation: Administrator]") for subject in found.values())
		queue = frappe.get_all(
			"Email Queue", filters={"reference_name": REVIEWED}, pluck="name", order_by="name"
		)
		assert queue
		for name in queue:
			message = email.message_from_string(
				frappe.db.get_value("Email Queue", name, "message"), policy=policy.default
			)
			body = message.get_body(("html",)).get_content()
			assert "not done with a login of the user" in body and "Impersonation: Administrator" in body

	def test_a_step_with_a_login_of_one_s_own_tells_others_only(self, deliver, sekda):
		frappe.set_user(sekda)
		found = deliver(means.Means(), on=1)
		assert found and sekda not in found and not any("[" in subject for subject in found.values())
