"""What shows citizens is read by who may read the document, and by nobody else in another way.

A marker with a NIK stands in the title and in the file of evidence that is flagged as personal. Everything that tells,
prints, exports, logs, fails or deletes is done with it. Then the whole database is looked through for the marker, table
by table, and whatever holds it must be closed to people who may not read that evidence; and the doors are asked.
"""

from __future__ import annotations

import base64
import email
import email.policy
import io
import json
from pathlib import Path

import frappe
import pytest
from frappe.core.doctype.scheduled_job_type.scheduled_job_type import ScheduledJobType
from frappe.deferred_insert import save_to_db
from frappe.desk.form import document_follow
from frappe.utils import add_days, background_jobs, nowdate
from frappe.utils import error as frappes_errors
from frappe.utils.global_search import sync_global_search, update_global_search
from openpyxl import load_workbook
from test_evidence import stored_by

from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.digests import daily_digest
from p2ham.engine.personal_data import Finding
from p2ham.evidence import personal_data_search
from p2ham.evidence.sandbox import Report

UNIT, SHEET, PERIOD = "DISDUKCAPIL", "DISDUKCAPIL-P2HAM-2024", "P2HAM-2024"
EVIDENCE = "P2HAM Evidence"
WORD, NIK = "Bocoranuji", "1611014501900001"
MARKER = f"{WORD} {NIK}"
APP = Path(frappe.get_app_path("p2ham"))
REPORTS = sorted(json.loads(path.read_text())["name"] for path in APP.glob("p2ham/report/*/*.json"))
SYSTEM_MANAGER = "pengelola.situs@empatlawang.example"
READERS = ("observer", "other clerk", "manager", "system manager")


@pytest.fixture(scope="module")
def users(demo_site):
	return {
		"observer": build.officer(demo_site, "P2HAM Observer", ""),
		"other clerk": build.officer(demo_site, "OPD Clerk", "DINSOS"),
		"manager": demo_site["manager"]["user"],
		"system manager": SYSTEM_MANAGER,
		"clerk": build.officer(demo_site, "OPD Clerk", UNIT),
		"kabag": build.officer(demo_site, "Kabag Hukum", ""),
	}


@pytest.fixture(scope="module")
def planted(users, http, as_it_was):
	"""The name of an evidence that an approved assessment uses, with everything done to it that tells of it."""
	make.create_user(SYSTEM_MANAGER, "Pengelola Situs", build.PASSWORD)
	frappe.get_doc("User", SYSTEM_MANAGER).add_roles("System Manager")
	name = frappe.db.get_value("P2HAM Evidence Use", {"parent": SHEET}, "evidence", order_by="idx")
	plant(name, users)
	tell_of_it(users)
	frappe.db.commit()
	fail_with_it(name)
	print_and_delete_it(users, http)
	frappe.db.commit()
	return name


def plant(name: str, users: dict) -> None:
	"""Somebody follows the evidence while he may; then the search in the background finds a NIK in it."""
	values = {"title": MARKER, "valid_until": add_days(nowdate(), 3), "reminded_for": None}
	frappe.db.set_value(EVIDENCE, name, {**values, "contains_personal_data": 0})
	rows = {"title": MARKER, "added_by": users["clerk"], "contains_personal_data": 0}
	frappe.db.set_value("P2HAM Evidence Revision", {"parent": name}, rows)
	frappe.clear_document_cache(EVIDENCE, name)
	update_global_search(frappe.get_doc(EVIDENCE, name))
	sync_global_search()
	with make.acting_as(users["observer"]):
		assert frappe.has_permission(EVIDENCE, "read", name)
		frappe.db.set_value("User", users["observer"], "document_follow_notify", 1)
		assert document_follow.follow_document(EVIDENCE, name, users["observer"])
	revision = frappe.db.get_value(EVIDENCE, name, "revision")
	personal_data_search._store(name, revision, Report(findings=(Finding("NIK", {}, "1611************", 1),)))
	frappe.db.set_value("P2HAM Evidence Revision", {"parent": name}, "contains_personal_data", 1)
	frappe.db.commit()


def tell_of_it(users: dict) -> None:
	"""Digests and their mails of today; and the mails of who follows."""
	values = {"email_id": "p2ham@empatlawang.example", "enable_outgoing": 1, "default_outgoing": 1}
	frappe.get_doc({"doctype": "Email Account", "name": "Uji", **values}).db_insert()
	frappe.local.outgoing_email_account = {}
	frappe.db.set_single_value(
		"P2HAM Settings",
		{
			**dict.fromkeys(("send_notice_mails", "remind_evidence"), 1),
			"reminder_days": 7,
			"reminders_run_on": None,
		},
	)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	frappe.db.delete("P2HAM Digest")
	daily_digest.remind()
	for name in frappe.get_all("P2HAM Digest", pluck="name", order_by="name"):
		daily_digest.send(name)
	document_follow.send_document_follow_mails("Daily")
	frappe.local.outgoing_email_account = {}


def fail_with_it(name: str) -> None:
	"""A job of the background, a task of the scheduler and a request break while they hold the document."""

	def breaks(*_args, **_kwargs):
		document = frappe.get_doc(EVIDENCE, name)
		raise ValueError(f"{document.title} cannot be used")

	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(personal_data_search, "search", breaks)
		with pytest.raises(ValueError, match=WORD):
			background_jobs.execute_job(
				frappe.local.site,
				"p2ham.evidence.personal_data_search.search",
				None,
				"uji",
				{},
				is_async=False,
			)
		patch.setattr(daily_digest, "remind", breaks)
		task: ScheduledJobType = frappe.get_doc("Scheduled Job Type", {"method": "p2ham.tasks.daily"})
		task.create_log = 1
		task.execute()
		try:
			breaks()
		except ValueError as error:
			frappes_errors.log_error_snapshot(error)  # what a request does that ends with 500
	save_to_db()


def print_and_delete_it(users: dict, http) -> None:
	clerk, kabag = http(users["clerk"]), http(users["kabag"])
	other = stored_by(clerk, make.make_pdf([MARKER]), f"{WORD}.pdf", opd=UNIT, title=MARKER)["evidence"]
	assert clerk.delete(f"/api/resource/{EVIDENCE}/{other}").status_code == 202
	page = f"<table><tr><td>{MARKER}</td></tr></table>"
	kabag.call("frappe.utils.print_format.report_to_pdf", html=page)
	kabag.post(
		"/api/method/frappe.core.doctype.access_log.access_log.make_access_log",
		json={"doctype": EVIDENCE, "page": page, "method": "Print"},
	)
	frappe.db.rollback()


# --- The database ------------------------------------------------------------------------------------


def texts() -> dict[str, list[str]]:
	"""The columns of each table that can hold a text."""
	rows = frappe.db.sql(
		"""select table_name, column_name from information_schema.columns where table_schema = %s
		and data_type in ('varchar', 'text', 'mediumtext', 'longtext', 'json', 'tinytext')""",
		frappe.conf.db_name,
	)
	found: dict[str, list[str]] = {}
	for table, column in rows:
		found.setdefault(table, []).append(column)
	return found


def holding(words: tuple[str, ...]) -> dict[str, list[str]]:
	"""The DocTypes that hold one of the words somewhere, with the names of their documents."""
	found = {}
	for table, columns in sorted(texts().items()):
		if "name" not in columns or not table.startswith("tab"):
			continue
		where = " or ".join(f"`{column}` like %s" for column in columns for _word in words)
		values = [f"%{word}%" for _column in columns for word in words]
		if names := frappe.db.sql(f"select name from `{table}` where {where}", values, pluck=True):
			found[table.removeprefix("tab")] = names
	return found


def encoded(words: tuple[str, ...]) -> tuple[str, ...]:
	"""A text of a mail may lie there in base64, in any of three positions."""
	return tuple(
		base64.b64encode(b"x" * shift + word.encode())[4 if shift else 0 : -4].decode()
		for word in words
		for shift in range(3)
	)


def test_what_was_done_left_its_traces(planted):
	"""Else there would be nothing to find, whatever is open."""
	assert frappe.db.exists("Deleted Document", {"deleted_doctype": EVIDENCE})
	assert frappe.db.exists("Error Log", {"method": "p2ham.evidence.personal_data_search.search"})
	assert frappe.db.exists("Error Log", {"method": "builtins.ValueError"})
	assert frappe.db.exists("Scheduled Job Log", {"status": "Failed"})
	assert frappe.db.exists("Access Log", {"file_type": "PDF", "method": "PDF"})
	assert frappe.db.exists("P2HAM Digest", {"expiring": (">", 0)})
	assert frappe.db.exists("Email Queue", {"reference_doctype": "P2HAM Digest"})
	assert frappe.db.exists("Notification Log", {"document_type": EVIDENCE, "document_name": planted})
	assert {EVIDENCE, "Deleted Document"} <= holding((WORD, NIK)).keys()


@pytest.mark.parametrize("reader", READERS)
def test_no_record_that_holds_it_is_read_by_who_may_not_read_the_evidence(planted, users, reader):
	user, open_ones = users[reader], []
	frappe.set_user(user)
	assert not frappe.has_permission(EVIDENCE, "read", planted)
	for doctype, names in holding((WORD, NIK, *encoded((WORD, NIK)))).items():
		if frappe.get_meta(doctype).istable:
			continue  # read with its document, and alone by who may read that (test_access_matrix)
		open_ones += [
			f"{doctype} {name}" for name in names if frappe.has_permission(doctype, "read", name, user=user)
		]
		if frappe.has_permission(doctype, "read", user=user):
			listed = frappe.get_list(doctype, pluck="name", limit_page_length=0, order_by="name")
			open_ones += [f"{doctype} {name} (listed)" for name in set(names).intersection(listed)]
	assert not open_ones


# What tells people something, or tells those who run the site, holds it for nobody at all.
UNSAID = ("P2HAM Digest", "Notification Log", "Email Queue", "Error Log", "Scheduled Job Log", "Access Log")


def test_no_mail_notification_digest_or_technical_log_names_it(planted):
	assert not holding((WORD, NIK, *encoded((WORD, NIK)))).keys() & set(UNSAID)
	for row in frappe.get_all("Email Queue", fields=["name", "message"], order_by="name"):
		for part in email.message_from_string(row.message, policy=email.policy.default).walk():
			if part.get_content_maintype() == "text":
				assert WORD not in part.get_content() and NIK not in part.get_content()


def test_the_digest_says_which_document_it_is_without_its_title(planted, users):
	content = frappe.db.get_value("P2HAM Digest", {"user": users["clerk"], "kind": "Daily"}, "content")
	assert planted in content


def test_who_may_not_read_it_any_more_follows_it_no_more(planted, users):
	assert not frappe.db.exists("Document Follow", {"ref_docname": planted, "user": users["observer"]})


def test_an_error_still_says_where_and_of_which_kind(planted):
	error = frappe.db.get_value(
		"Error Log", {"method": "p2ham.evidence.personal_data_search.search"}, "error"
	)
	assert "in execute_job" in error and "in breaks" in error and "builtins.ValueError" in error
	details = frappe.db.get_value("Scheduled Job Log", {"status": "Failed"}, "details")
	assert "in daily" in details and "ValueError" in details


def test_errors_of_other_apps_are_left_as_they_are(db):
	secret = f"{WORD} of another app"
	try:
		raise ValueError(secret)
	except ValueError:
		log = frappe.log_error(title="Another app", message=f'Traceback (x):\n  File "apps/a.py"\n{secret}')
	assert secret in log.error


# --- The doors ---------------------------------------------------------------------------------------


def cells(content: bytes) -> str:
	book = load_workbook(io.BytesIO(content))
	return " ".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def of_reports(client) -> list[str]:
	found = []
	for report in REPORTS:
		filters = json.dumps({"period": PERIOD, "opd": UNIT})
		found.append(client.call("frappe.desk.query_report.run", report_name=report, filters=filters).text)
		answer = client.get(
			"/api/method/p2ham.api.reports.excel", params={"report": report, "filters": filters}
		)
		found.append(cells(answer.content) if answer.content.startswith(b"PK") else answer.text)
	return found


def of_guidance(client) -> list[str]:
	return [
		client.get("/api/method/p2ham.api.guidance.calendar_file", params={"name": name}).text
		for name in frappe.get_all("P2HAM Guidance", pluck="name", order_by="name")
	]


# What is asked of the evidence, the assessment that shows it, and all that searches.
DOORS = {
	"search": lambda ask, name: ask.call("frappe.utils.global_search.search", text=WORD),
	"search of a DocType": lambda ask, name: ask.call(
		"frappe.utils.global_search.search", text=WORD, doctype=EVIDENCE
	),
	"search of the web site": lambda ask, name: ask.get(
		"/api/method/frappe.utils.global_search.web_search", params={"text": WORD}
	),
	"link search": lambda ask, name: ask.call("frappe.desk.search.search_link", doctype=EVIDENCE, txt=WORD),
	"link search by name": lambda ask, name: ask.call(
		"frappe.desk.search.search_link", doctype=EVIDENCE, txt=name
	),
	"link title": lambda ask, name: ask.call(
		"frappe.desk.search.get_link_title", doctype=EVIDENCE, docname=name
	),
	"form": lambda ask, name: ask.get(
		"/api/method/frappe.desk.form.load.getdoc", params={"doctype": EVIDENCE, "name": name}
	),
	"form of the assessment": lambda ask, name: ask.get(
		"/api/method/frappe.desk.form.load.getdoc", params={"doctype": "P2HAM Assessment", "name": SHEET}
	),
	"worksheet": lambda ask, name: ask.get(
		"/api/method/p2ham.api.assessment.get_worksheet", params={"name": SHEET}
	),
	"list": lambda ask, name: ask.call(
		"frappe.desk.reportview.get", doctype=EVIDENCE, fields='["name", "title"]', filters="{}"
	),
	"files": lambda ask, name: ask.call("frappe.core.api.file.get_files_by_search_text", text=WORD),
	"calendar": lambda ask, name: ask.get(
		"/api/method/p2ham.api.calendar.events",
		params={"start": add_days(nowdate(), -400), "end": add_days(nowdate(), 400)},
	),
	"uses": lambda ask, name: ask.get("/api/method/p2ham.api.evidence.uses", params={"name": name}),
	"available": lambda ask, name: ask.get(
		"/api/method/p2ham.api.evidence.available",
		params={"assessment": SHEET, "indicator": "", "text": WORD},
	),
	"workspace": lambda ask, name: ask.get("/app/p2ham"),
}


@pytest.mark.parametrize("reader", READERS)
def test_no_door_shows_it_to_who_may_not_read_the_evidence(planted, users, http, reader):
	client = http(users[reader])
	said = {door: asked(client, planted).text for door, asked in DOORS.items()}
	said |= {f"reports {number}": text for number, text in enumerate(of_reports(client))}
	said |= {f"guidance {number}": text for number, text in enumerate(of_guidance(client))}
	# What was asked for is repeated in some answers.
	assert not [door for door, text in said.items() if NIK in text]


def test_who_may_read_the_evidence_finds_it_by_them(planted, users, http):
	client = http(users["clerk"])
	found = {door for door, asked in DOORS.items() if NIK in asked(client, planted).text}
	assert {
		"search",
		"link search",
		"link title",
		"form",
		"form of the assessment",
		"worksheet",
		"list",
	} <= found
