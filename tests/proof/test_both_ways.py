"""What is asked of the application in this process is answered like what is asked of the web server over a socket.

Most requests of the tests go the first way (`wsgi`), browsers and the tests of many people at once go the second. Here
each kind of request goes both ways, with logins of its own, and the answers must be the same: status, headers, content,
and what is different on the site afterwards.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
from collections import Counter
from functools import cache

import frappe
import pytest
from _bench.services import answers, free_port
from clients import Client
from way_back import no_trace

from p2ham.demo import build
from p2ham.demo import factories as make

ASSESSMENT = "P2HAM Assessment"
APPROVED, DRAFT = "DISDUKCAPIL-P2HAM-2024", "KEC TEBING TINGGI-P2HAM-2024"
TOKEN = re.compile(rb"[0-9a-f]{56,64}")  # of a form
RANDOM = re.compile("[0-9a-z]{10}")  # names of rows and files
# Of the server that is in between, and of the moment.
NOT_COMPARED = {"connection", "content-length", "date", "server", "transfer-encoding", "set-cookie", "etag"}


def as_json(document: str) -> str:
	return f"/api/resource/{ASSESSMENT}/{document}"


def upload(client):
	content = make.make_pdf(["Dua jalan"])
	return client.post(
		"/api/method/p2ham.api.evidence.upload",
		data={"opd": "KEC TEBING TINGGI", "title": "Dua jalan"},
		files={"file": ("dua-jalan.pdf", io.BytesIO(content))},
	)


def without_token(client):
	return client.post(
		f"/api/method/frappe.client.delete?doctype={ASSESSMENT}&name={DRAFT}",
		headers={"X-Frappe-CSRF-Token": "wrong"},
	)


# By what it shows: who asks, and what.
CLERK, KABAG, GUEST = ("OPD Clerk", "KEC TEBING TINGGI"), ("Kabag Hukum", ""), None
REQUESTS = {
	"a document": (CLERK, lambda ask: ask.get(as_json(DRAFT))),
	"a document of others": (CLERK, lambda ask: ask.get(as_json("DINSOS-P2HAM-2024"))),
	"what is not there": (CLERK, lambda ask: ask.get(as_json("TIDAK ADA"))),
	"a list": (KABAG, lambda ask: ask.get(f"/api/resource/{ASSESSMENT}", params={"limit_page_length": 0})),
	"a list in the second version of REST": (KABAG, lambda ask: ask.get(f"/api/v2/document/{ASSESSMENT}")),
	"a form": (
		CLERK,
		lambda ask: ask.get(
			"/api/method/frappe.desk.form.load.getdoc", params={"doctype": ASSESSMENT, "name": DRAFT}
		),
	),
	"a report": (
		KABAG,
		lambda ask: ask.call(
			"frappe.desk.query_report.run", report_name="P2HAM Scoreboard", filters={"period": "P2HAM-2024"}
		),
	),
	"a PDF": (
		KABAG,
		lambda ask: ask.get(
			"/api/method/p2ham.api.documents.show",
			params={"document": "assessment_sheet", "doctype": ASSESSMENT, "name": DRAFT},
		),
	),
	"a change": (
		CLERK,
		lambda ask: ask.put("/api/resource/P2HAM Follow-up/none", json={"progress_note": "tidak ada"}),
	),
	"a change of somebody else's": (KABAG, lambda ask: ask.put(as_json(DRAFT), json={"opd": "DINSOS"})),
	"a step that is not his": (
		CLERK,
		lambda ask: ask.call("p2ham.api.assessment.take_step", name=DRAFT, action="Approve"),
	),
	"an upload": (CLERK, upload),
	"a call without the token": (CLERK, without_token),
	"a call with the wrong verb": (CLERK, lambda ask: ask.get("/api/method/p2ham.api.assessment.take_step")),
	"a function that is none": (CLERK, lambda ask: ask.call("p2ham.api.assessment.nothing")),
	"a guest's call": (GUEST, lambda ask: ask.get(as_json(DRAFT))),
	"a page": (GUEST, lambda ask: ask.get("/login")),
	"the public page": (GUEST, lambda ask: ask.get("/p2ham/verify/AAAA-AAAA-AAAA-AAAA")),
	"an address that only the server answers": (GUEST, lambda ask: ask.get("/files/tidak-ada.pdf")),
	"a private file of a guest": (GUEST, lambda ask: ask.get("/private/files/tidak-ada.pdf")),
	"a redirection": (GUEST, lambda ask: ask.get("/app", allow_redirects=False)),
	"a wrong password": (
		GUEST,
		lambda ask: ask.post("/api/method/login", data={"usr": "nobody@example.com", "pwd": "x"}),
	),
}


@pytest.fixture(scope="module")
def server(demo_site):
	"""The address of a web server as a site has it in use. That of the other tests is Frappe's developer server, without
	another one in front: browsers then find realtime at its own port, and it tells more."""
	address = f"127.0.0.1:{free_port()}"
	command = [
		sys.executable,
		"-m",
		"gunicorn",
		"_bench.wsgi:application",
		"--bind",
		address,
		"--threads",
		"2",
	]
	process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
	try:
		until = time.monotonic() + 60
		while not answers(*address.split(":")):
			assert process.poll() is None and time.monotonic() < until, "the web server does not answer"
			time.sleep(0.05)
		yield f"http://{address}"
	finally:
		process.terminate()
		process.wait(30)


@pytest.fixture(scope="module")
def people_of(demo_site, server):
	"""`people_of(who, over_socket)` is somebody who asks one way or the other."""

	@cache
	def client(who: tuple[str, str] | None, over_socket: bool) -> Client:
		found = Client(server, over_socket)
		assert found.over_socket == over_socket, "P2HAM_OVER_SOCKET leaves nothing to compare"
		if who:
			found.login(build.officer(demo_site, *who), build.PASSWORD)
		return found

	return client


def told(response) -> dict:
	"""Return what an answer says, but for what is of the moment."""
	headers = {name.lower(): value for name, value in response.headers.items()}
	content = response.content
	if content.startswith(b"%PDF"):
		content = f"a PDF of {content.count(b'/Type /Page') or content.count(b'/Page')} marks".encode()
	return {
		"status": response.status_code,
		"headers": {name: value for name, value in headers.items() if name not in NOT_COMPARED},
		"cookies": sorted(cookie.name for cookie in response.cookies),
		"content": without_moment(content),
	}


def without_moment(content: bytes) -> object:
	try:
		return scrubbed(json.loads(content))
	except ValueError:
		return TOKEN.sub(b"-", content).decode(errors="replace").splitlines()


def lines(content: object) -> list[str]:
	"""Return content so that pytest shows where two of them differ."""
	return (
		content if isinstance(content, list) else json.dumps(content, indent=1, sort_keys=True).splitlines()
	)


def scrubbed(value: object) -> object:
	"""Return a value of JSON without times, random names and the frames of a traceback."""
	if isinstance(value, dict):
		moment = {
			"creation",
			"modified",
			"execution_time",
			"exc",
			"_exc_source",
			"__frappe_exc_id",
			"file_url",
		}
		return {
			key: scrubbed(each)
			for key, each in value.items()
			if key not in moment and not (key == "name" and RANDOM.fullmatch(str(each)))
		}
	if isinstance(value, list):
		return [scrubbed(each) for each in value]
	if isinstance(value, str) and value[:1] in "[{":
		try:
			return scrubbed(json.loads(value))
		except ValueError:
			return value
	return value


@pytest.mark.parametrize("what", REQUESTS)
def test_both_ways_say_and_do_the_same(people_of, what):
	who, ask = REQUESTS[what]
	told_by, done = [], []
	for over_socket in (False, True):
		client = people_of(who, over_socket)
		with no_trace() as point:
			told_by.append(told(ask(client)))
			frappe.db.rollback()
			changes = point.put_back()
			done.append(
				Counter((change.doctype, bool(change.before), bool(change.row)) for change in changes)
			)
	here, there = told_by
	if here["status"] != 500:  # what nobody catches, the server answers in words of its own
		assert lines(here.pop("content")) == lines(there.pop("content"))
		assert here == there
	assert here["status"] == there["status"]
	assert done[0] == done[1]


def test_a_login_of_one_way_is_one_of_the_other(people_of):
	here = people_of(("P2HAM Verifier", ""), over_socket=False)
	there = here.another(over_socket=True)
	who = "/api/method/frappe.auth.get_logged_user"
	assert here.get(who).json() == there.get(who).json()
	there.get("/api/method/logout")
	assert here.get(who).status_code == there.get(who).status_code == 403
