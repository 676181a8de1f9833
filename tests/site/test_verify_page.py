"""The public page behind the code on a printed document: what it tells anybody, and what nobody gets out of it."""

from __future__ import annotations

import base64
import contextlib
import io
import itertools
import json
import os
import random
import re
import socket
from urllib.parse import quote, urlsplit

import frappe
import pytest
import wsgi
from clients import Client
from frappe.installer import update_site_config
from frappe.utils import get_url, set_request
from frappe.website.serve import get_response

from p2ham.assessment import sealing
from p2ham.demo import factories as make
from p2ham.documents import public_page
from p2ham.documents.assessment_sheet import assessment_sheet
from p2ham.engine import snapshot
from p2ham.paper import indonesian

pytestmark = pytest.mark.quick

APPROVED, IN_REVIEW = "DISDUKCAPIL-P2HAM-2024", "DISDIKBUD-P2HAM-2024"
SNAPSHOT, LOG = "P2HAM Assessment Snapshot", "P2HAM Assessment Log"
PAGE = "/p2ham/verify"
UNCHANGED = "Isi yang disahkan tidak berubah"
CHANGED = "PERINGATAN: isi yang tersimpan tidak lagi sama dengan yang disahkan"
UNKNOWN = "Kode tidak dikenal"

_numbers = itertools.count(random.randrange(2**20))


def an_address() -> str:
	"""An address that has not asked yet: each has its own limit."""
	number = next(_numbers)
	return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@pytest.fixture
def visit(http):
	"""`visit(path)` asks as nobody, from a new address unless `address` names one; nothing is remembered before."""
	frappe.db.rollback()
	frappe.cache.delete_keys("p2ham_verify")

	def ask(path: str = "", method: str = "GET", address: str = "", **kwargs):
		headers = {"X-Forwarded-For": address or an_address()}
		return http(None).request(method, PAGE + path, headers=headers, **kwargs)

	yield ask
	frappe.cache.delete_keys("p2ham_verify")


@pytest.fixture
def code():
	return frappe.db.get_value(SNAPSHOT, APPROVED, "code")


@contextlib.contextmanager
def changed(doctype: str, name: str, **values):
	"""Change a record past the app, for everybody, and change it back."""
	before = frappe.db.get_value(doctype, name, list(values), as_dict=True)
	frappe.db.set_value(doctype, name, values, update_modified=False)
	frappe.db.commit()
	frappe.cache.delete_keys("p2ham_verify")
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.db.set_value(doctype, name, before, update_modified=False)
		frappe.db.commit()
		frappe.cache.delete_keys("p2ham_verify")


@contextlib.contextmanager
def switched_off():
	def switch(on: int):
		frappe.db.set_single_value("P2HAM Settings", "public_page", on)
		frappe.db.commit()
		frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")

	switch(0)
	try:
		yield
	finally:
		switch(1)


def in_this_transaction(path: str) -> str:
	"""What the page says now, to who sees what is not committed yet."""
	set_request(method="GET", path=path, headers={"X-Forwarded-For": an_address()})
	try:
		return get_response(path.strip("/")).get_data(as_text=True)
	finally:
		del frappe.local.request


def text_of(page: str) -> str:
	return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S))


# What it says


def test_anybody_sees_what_the_paper_says_and_that_it_holds(visit, code):
	response = visit(f"/{code}")
	assert response.status_code == 200
	doc, text = frappe.get_doc("P2HAM Assessment", APPROVED), text_of(response.text)
	assert "<title>Verifikasi Dokumen P2HAM</title>" in response.text
	assert '<html lang="id">' in response.text
	period = frappe.get_doc("P2HAM Period", doc.period)
	for said in (
		"PEMERINTAH KABUPATEN EMPAT LAWANG",
		f"Unit kerja {doc.opd_name} ",
		f"Periode {period.title} ",
		f"Tahun penilaian {doc.assessment_year} ",
		f"Nilai akhir {indonesian.score(doc.verified_score)} ",
		f"Kategori {doc.category} ",
		"Penilaian internal kabupaten",
		f"Disahkan pada {indonesian.long_date(doc.approved_on.date())} ",
		"Kode verifikasi sistem, bukan tanda tangan elektronik",
		snapshot.printed_code(code),
		UNCHANGED,
	):
		assert said in text, said
	assert CHANGED not in text
	assert " ".join(re.findall("....", doc.snapshot_hash[:16])) in text
	assert re.search(r"Diperiksa pada \d+ \w+ \d{4} pukul \d\d\.\d\d\.\d\d \S+\.", text)


def test_no_verdict_is_shown_where_the_instrument_sets_no_condition(visit, code):
	assert "MEMENUHI" not in visit(f"/{code}").text


@pytest.mark.parametrize(("meets", "verdict"), [("1", "MEMENUHI KRITERIA"), ("0", "BELUM MEMENUHI KRITERIA")])
def test_a_verdict_is_shown_where_the_instrument_judges(meets, verdict):
	stored = json.loads(frappe.db.get_value(SNAPSHOT, APPROVED, "content"))
	stored["instrument"]["passing_score"] = "75"
	stored["content"]["meets"] = meets
	doc = frappe._dict(name=APPROVED, workflow_state="Approved")
	source = sealing.read(doc, frappe._dict(content=json.dumps(stored), code="X"))
	assert ("Pernyataan", verdict) in public_page._shown(source, True)["result"]


@pytest.mark.parametrize(
	"typed",
	[
		lambda code: f"/{snapshot.printed_code(code)}",
		lambda code: f"/{snapshot.printed_code(code).lower()}",
		lambda code: f"?code={quote(snapshot.printed_code(code).lower().replace('-', ' '))}",
		lambda code: f"?code=%20{code}%20",
		lambda code: f"/{code}/",
	],
)
def test_a_code_may_be_typed_as_people_type(visit, code, typed):
	assert UNCHANGED in visit(typed(code)).text


def test_without_a_code_there_is_a_form_that_asks_for_one(visit):
	response = visit()
	assert response.status_code == 200
	assert '<form method="get" action="/p2ham/verify"' in response.text and 'name="code"' in response.text


def test_the_qr_code_of_the_official_document_holds_the_address_of_the_page(visit, code):
	from PIL import Image
	from pyqrcode import create

	seal = assessment_sheet(frappe.get_doc("P2HAM Assessment", APPROVED))["seal"]
	address = get_url(f"{PAGE}/{code}")
	picture = Image.open(io.BytesIO(base64.b64decode(seal["qr"].partition(",")[2])))
	modules = create(address, error="M").code
	step = picture.width // (len(modules) + 8)
	read = [
		[
			int(not picture.getpixel(((column + 4) * step + 1, (row + 4) * step + 1)))
			for column in range(len(modules))
		]
		for row in range(len(modules))
	]
	assert read == [[int(dark) for dark in line] for line in modules]
	assert seal["address"] == get_url(PAGE)
	assert visit(urlsplit(address).path.removeprefix(PAGE)).status_code == 200
	assert visit(f"?code={seal['code']}").status_code == 200


def test_a_cancelled_assessment_says_so_and_since_when(people, code):
	frappe.cache.delete_keys("p2ham_verify")
	assert "DIBATALKAN" not in in_this_transaction(f"{PAGE}/{code}")
	with make.acting_as(people("Sekda")):
		make.take_step(APPROVED, "Cancel", "Rahasia: salah hitung.")
	assert "DIBATALKAN" not in in_this_transaction(
		f"{PAGE}/{code}"
	)  # remembered, until the step is committed
	assert len(frappe.db.after_commit._functions) > 0
	frappe.cache.delete_keys("p2ham_verify")
	text = text_of(in_this_transaction(f"{PAGE}/{code}"))
	frappe.cache.delete_keys("p2ham_verify")
	today = indonesian.long_date(frappe.utils.getdate())
	assert f"DIBATALKAN pada {today}" in text and UNCHANGED in text
	assert "salah hitung" not in text


def test_forgetting_waits_for_the_commit(code):
	public_page.look_up(code)
	public_page.forget(APPROVED)
	assert frappe.cache.get_value(public_page._place(code), expires=True)
	frappe.db.after_commit.run()
	assert not frappe.cache.get_value(public_page._place(code), expires=True)


# What does not match


def in_the_text(old: str, new: str):
	stored = frappe.db.get_value(SNAPSHOT, APPROVED, "content")
	assert old in stored
	return changed(SNAPSHOT, APPROVED, content=stored.replace(old, new))


def an_item():
	return frappe.get_doc("P2HAM Assessment", APPROVED).items[0].name


TAMPERINGS = {
	"the stored text": lambda: in_the_text('"verified_score":"', '"verified_score":"1'),
	"the stored text, which is none any more": lambda: changed(SNAPSHOT, APPROVED, content="{"),
	"the stored text, which is empty": lambda: changed(SNAPSHOT, APPROVED, content=""),
	"the stored text, which is a list": lambda: changed(SNAPSHOT, APPROVED, content="[]"),
	"an answer": lambda: changed("P2HAM Assessment Item", an_item(), verified_answer="lain"),
	"a note": lambda: changed("P2HAM Assessment Item", an_item(), verified_note="lain"),
	"the score": lambda: changed("P2HAM Assessment", APPROVED, verified_score=99.99),
	"the state": lambda: changed("P2HAM Assessment", APPROVED, workflow_state="Draft"),
	"a state that is none": lambda: changed("P2HAM Assessment", APPROVED, workflow_state=None),
	"a cancellation past the app": lambda: changed("P2HAM Assessment", APPROVED, workflow_state="Cancelled"),
	"the hash": lambda: changed("P2HAM Assessment", APPROVED, snapshot_hash="0" * 64),
	"an entry of the log": lambda: changed(LOG, f"{APPROVED}-LOG-002", note="lain"),
	"the time of an entry": lambda: changed(LOG, f"{APPROVED}-LOG-002", at=None),
	"who approved": lambda: changed(LOG, f"{APPROVED}-LOG-004", user="Administrator"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_changed_past_the_app_is_said_at_once(visit, code, what):
	score = indonesian.score(frappe.db.get_value("P2HAM Assessment", APPROVED, "verified_score"))
	with TAMPERINGS[what]():
		response = visit(f"/{code}")
	assert response.status_code == 200, response.text[-500:]
	text = text_of(response.text)
	assert CHANGED in text and UNCHANGED not in text
	assert "Nilai akhir" not in text and score not in text and "99,99" not in text
	assert UNCHANGED in visit(f"/{code}").text


def test_a_code_that_leads_to_another_assessment_is_found_out(visit, code):
	"""Each text and its hash still match; only the code was moved from one paper to another."""
	with changed(SNAPSHOT, APPROVED, code=snapshot.new_code()):
		moved = frappe.db.get_value(SNAPSHOT, APPROVED, "code")
		assert CHANGED in visit(f"/{moved}").text
		assert visit(f"/{code}").status_code == 404


def test_a_snapshot_that_is_gone_leaves_no_code_and_an_assessment_that_is_gone_a_warning(code):
	frappe.cache.delete_keys("p2ham_verify")
	frappe.db.delete("P2HAM Assessment", {"name": APPROVED})
	assert CHANGED in text_of(in_this_transaction(f"{PAGE}/{code}"))
	frappe.cache.delete_keys("p2ham_verify")
	frappe.db.delete(SNAPSHOT, {"name": APPROVED})
	text = text_of(in_this_transaction(f"{PAGE}/{code}"))
	assert UNKNOWN in text and "keaslian dokumen itu tidak dapat dipastikan" in text


def test_a_log_that_is_gone_is_missed(code):
	frappe.cache.delete_keys("p2ham_verify")
	frappe.db.delete(LOG, {"assessment": APPROVED})
	assert CHANGED in text_of(in_this_transaction(f"{PAGE}/{code}"))
	frappe.cache.delete_keys("p2ham_verify")


def test_a_fault_of_the_program_is_no_false_alarm(monkeypatch, code):
	def faulty(*arguments):
		raise TypeError

	monkeypatch.setattr(public_page, "_shown", faulty)
	with pytest.raises(TypeError):
		public_page.check(APPROVED, code)


# What is not found


HOSTILE = {
	"a word": "/abc",
	"a letter short": "/" + "A" * 23,
	"path upwards": "/..%2f..%2f..%2fetc%2fpasswd",
	"path upwards, dots encoded": "/%2e%2e/%2e%2e/site_config.json",
	"deep path": "/a/b/c.py",
	"the page's own source": "/verify.html",
	"very long": "/" + "A" * 4000,
	"very long, of hyphens": "?code=" + "-" * 4000,
	"unicode": "/%F0%9F%98%80%C3%9F%C4%B1",
	"no unicode": "/%FF%FE%00",
	"line feeds": "/a%0d%0aSet-Cookie:%20x=1",
	"line feeds in the value": "?code=a%0d%0aX-Evil:%201",
	"sql": "?code=%27%20OR%201%3D1%20--%20",
	"sql, as long as a code": "?code=%27%20OR%20%27%27%3D%27%27%20OR%20%27A%27%3D%27A%25",
	"wildcards": "?code=" + quote("%" * 24),
	"template": "?code={{7*7}}",
	"markup": "?code=" + quote('"><script>alert(1)</script>'),
	"several": "?code=A&code=B",
}


@pytest.fixture
def not_found(visit):
	page = visit("/" + snapshot.new_code())
	assert page.status_code == 404 and UNKNOWN in page.text
	return page


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_is_no_code_gets_the_same_page_as_an_unknown_one(visit, not_found, what):
	response = visit(HOSTILE[what])
	assert (response.status_code, response.text) == (404, not_found.text)
	assert "X-Evil" not in response.headers and "x=1" not in response.headers.get("Set-Cookie", "")


def raw(request: bytes) -> bytes:
	"""What no client would send, because it tidies addresses first."""
	base = urlsplit(os.environ["P2HAM_URL"])
	with socket.create_connection((base.hostname, base.port), timeout=30) as line:
		line.sendall(request)
		received = b""
		while piece := line.recv(65536):
			received += piece
	return received


@pytest.mark.parametrize("path", [b"/../../../etc/passwd", b"/./x", b"//x", b"/%00", b"/;x=1", b"/a\\b"])
def test_an_address_that_nobody_tidied_leads_nowhere_else(visit, path):
	received = raw(
		b"GET /p2ham/verify"
		+ path
		+ b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Frappe-Site-Name: "
		+ os.environ["P2HAM_SITE"].encode()
		+ b"\r\nX-Forwarded-For: "
		+ an_address().encode()
		+ b"\r\n\r\n"
	)
	assert b"root:" not in received and b"db_password" not in received and b"Traceback" not in received
	assert re.match(rb"HTTP/1\.1 (404|400)", received), received[:200]


def test_a_json_body_is_not_taken_for_a_code(visit, code):
	for body in ({"code": {"a": 1}}, {"code": code}, {"code": [code]}):
		response = visit("/", json=body)
		assert response.status_code == 200 and "<form" in response.text  # the form, as without any
	assert visit("/", json=[code]).status_code in (200, 404)


def test_a_page_that_is_switched_off_knows_nothing(visit, not_found, code):
	assert visit(f"/{code}").status_code == 200  # remembered
	with switched_off():
		for path in (
			f"/{code}",
			f"?code={snapshot.printed_code(code)}",
			"",
			"/abc",
			"/" + snapshot.new_code(),
		):
			response = visit(path)
			assert (response.status_code, response.text) == (404, not_found.text), path
	assert visit(f"/{code}").status_code == 200


def test_what_is_not_there_costs_one_question_whatever_was_asked(queries, code):
	def asked(typed: str) -> list[str]:
		frappe.cache.delete_keys("p2ham_verify")
		public_page._is_on()
		with queries() as run:
			assert public_page.look_up(typed) is None
		return [re.sub(r"'[^']*'|%\(\w+\)s", "?", str(query)) for query in run]

	unknown = asked(snapshot.new_code())
	assert len(unknown) == 1 and "tabP2HAM Assessment Snapshot" in unknown[0]
	assert asked("abc") == asked("") == unknown
	frappe.db.set_single_value("P2HAM Settings", "public_page", 0)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	assert asked(code) == unknown
	frappe.db.rollback()
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")


def test_a_code_is_found_by_its_unique_index(code):
	(found,) = frappe.db.sql(
		"EXPLAIN SELECT name FROM `tabP2HAM Assessment Snapshot` WHERE code = %s", code, as_dict=True
	)
	assert (found["key"], found["type"]) == ("code", "const")


# How it answers


def test_nobody_keeps_or_indexes_what_it_says(visit, code):
	for path in (f"/{code}", "", "/abc"):
		headers = visit(path).headers
		assert "no-store" in headers["Cache-Control"]
		assert "noindex" in headers["X-Robots-Tag"]
		assert headers["Referrer-Policy"] == "no-referrer"
		assert "default-src 'none'" in headers["Content-Security-Policy"]
		assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
	assert '<meta name="robots" content="noindex, nofollow">' in visit(f"/{code}").text


def test_frappe_does_not_show_the_page_of_one_code_to_another(visit, code):
	assert UNCHANGED in visit(f"/{code}").text
	assert UNKNOWN in visit("/" + snapshot.new_code()).text
	assert "<form" in visit().text
	assert UNCHANGED in visit(f"/{code}").text


def test_the_page_loads_nothing(visit, code):
	for path in (f"/{code}", "", "/abc"):
		page = visit(path).text
		assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|src=|https?://", page)


def test_a_second_request_reads_nothing_of_ours(visit, queries, code):
	first = public_page.look_up(code)
	with queries() as run:
		assert public_page.look_up(code) == first
	assert run == []
	assert 0 < frappe.cache.ttl(frappe.cache.make_key(public_page._place(code))) <= public_page.REMEMBERED


def test_what_is_unknown_fills_no_cache(visit):
	def places() -> int:
		return len(frappe.cache.get_keys("p2ham_verify"))

	before = places()
	for _ in range(5):
		visit("/" + snapshot.new_code())
		visit("?code=" + "Z" * 300)
	assert places() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_sent_to_it(visit, code, method):
	for path in ("", f"/{code}"):
		response = visit(path, method=method, data={"code": code})
		assert response.status_code in (404, 405)
		assert UNCHANGED not in response.text
	assert visit(f"/{code}", method="POST").headers["Allow"] == "GET, HEAD"


def test_a_head_has_no_body(visit, code):
	response = visit(f"/{code}", method="HEAD")
	assert response.status_code == 200 and response.text == ""


def test_who_asks_too_often_is_told_to_wait(visit, code):
	address = an_address()
	for number in range(public_page.LIMIT):
		path = (f"/{code}", "", "/abc", f"/{code}?cmd=", f"?code={number}")[number % 5]
		assert visit(path, address=address).status_code in (200, 404)
	for path in (f"/{code}", "", "/abc", f"/{code}?x={random.random()}"):
		response = visit(path, address=address)
		assert response.status_code == 429
		assert response.headers["Retry-After"] == str(public_page.SECONDS)
		text = text_of(response.text)
		assert "Terlalu banyak permintaan" in text and f"Tunggu {public_page.SECONDS} detik" in text
		assert UNCHANGED not in text
	assert visit(f"/{code}", method="POST", address=address).status_code == 429
	assert visit(f"/{code}").status_code == 200  # everybody else goes on


@pytest.fixture
def from_address(demo_site):
	"""`from_address(address)` is nobody whose connection comes from there; every request claims to be another's."""

	def client(address: str, behind: str = ""):
		found = Client(os.environ["P2HAM_URL"])
		found.session.mount(found.base, wsgi.InProcess(address))

		def ask():
			claimed = ", ".join(filter(None, [an_address(), an_address(), behind]))
			return found.get(PAGE, headers={"X-Forwarded-For": claimed}).status_code

		return ask

	return client


@contextlib.contextmanager
def trusting(*proxies: str):
	update_site_config("p2ham_trusted_proxies", list(proxies))
	try:
		yield
	finally:
		update_site_config("p2ham_trusted_proxies", "None")
		frappe.conf.pop("p2ham_trusted_proxies")  # Frappe takes it out of the file only


def uses_up(ask) -> bool:
	return [ask() for _ in range(public_page.LIMIT + 1)] == [*[200] * public_page.LIMIT, 429]


def test_nobody_gets_a_new_limit_by_a_header_of_his_own(from_address):
	assert uses_up(from_address(an_address()))
	# A proxy on this machine says who asks, at the end of what the header said before.
	assert uses_up(from_address("127.0.0.1", behind=an_address()))


def test_only_proxies_that_the_site_names_are_believed(from_address):
	proxy, somebody = an_address(), an_address()
	with trusting(f"{proxy}/32"):
		assert uses_up(from_address(proxy, behind=somebody))
		assert from_address(proxy, behind=an_address())() == 200
		assert from_address(somebody)() == 429
		assert uses_up(from_address("127.0.0.1", behind=""))
	with trusting("proxy.example.org"):  # nobody is believed, and the page goes on
		assert from_address(proxy, behind=somebody)() == 200


def test_a_line_of_ipv6_has_one_limit_however_many_addresses_it_has(from_address):
	line = f"2001:db8:{random.randrange(2**16):x}:{random.randrange(2**16):x}"
	numbers = itertools.count(1)
	assert uses_up(lambda: from_address(f"{line}::{next(numbers):x}")())


def test_a_request_is_counted_before_anything_is_looked_up(queries, code, monkeypatch):
	address = an_address()
	set_request(method="GET", path=f"{PAGE}/{code}", headers={"X-Forwarded-For": address})
	try:
		for _ in range(public_page.LIMIT):
			public_page.count_request()
		frappe.get_jenv()
		with queries() as run:
			response = public_page.VerificationPage(f"p2ham/verify/{code}").render()
	finally:
		del frappe.local.request
	assert response.status_code == 429 and run == []


def test_the_command_in_the_address_gives_no_new_count(visit, code):
	"""Frappe counts by `cmd`, which anybody can send along."""
	response = visit(f"/{code}?cmd=x")
	assert UNCHANGED not in response.text


# What it does not say


def test_nothing_of_answers_persons_and_evidence_is_in_the_page(visit, code):
	doc = frappe.get_doc("P2HAM Assessment", APPROVED)
	page = visit(f"/{code}").text
	secrets = {
		*frappe.get_all("P2HAM Officer", pluck="full_name", order_by="name"),
		*frappe.get_all("P2HAM Officer", pluck="user", order_by="name"),
		*frappe.get_all("P2HAM Officer", pluck="nip", order_by="name"),
		*(row.title for row in doc.items),
		*(row.indicator for row in doc.items),
		*(row.verified_note for row in doc.items),
		*(row.self_note for row in doc.items),
		*(row.note for row in doc.evidence_uses),
		*(row.evidence for row in doc.evidence_uses),
		*frappe.get_all("P2HAM Evidence", pluck="title", order_by="name"),
		*frappe.get_all("P2HAM Evidence", pluck="sha256", order_by="name"),
		doc.review_note,
		doc.snapshot_hash,
	}
	assert len(secrets) > 50
	assert [secret for secret in secrets if secret and secret in page] == []
	assert "@" not in page.replace("@media", "")


def test_what_users_typed_is_shown_as_the_text_it_is():
	"""The name of a unit, the title of a period and a notice are typed by people."""
	evil = '<script>alert("x")</script>{{ 7 * 7 }}<img src=x onerror=y>'
	stored = json.loads(frappe.db.get_value(SNAPSHOT, APPROVED, "content"))
	stored["head"]["opd_name"] = stored["period"]["title"] = stored["regency"]["government_line"] = evil
	stored["regency"]["notice"] = stored["content"]["category"] = evil
	doc = frappe._dict(name=APPROVED, workflow_state="Approved")
	source = sealing.read(doc, frappe._dict(content=json.dumps(stored), code="X"))
	found = {
		**public_page._shown(source, True),
		"intact": True,
		"cancelled": evil,
		"checked": evil,
		"hash": evil,
		"code": evil,
	}
	page = public_page._respond("found", 200, found=found).get_data(as_text=True)
	assert page.count("&lt;script&gt;") == 9
	assert "<script" not in page and "<img" not in page and "49" not in page


def test_an_assessment_that_is_not_approved_has_no_code(visit):
	assert not frappe.db.exists(SNAPSHOT, IN_REVIEW)
	for name in (IN_REVIEW, APPROVED):
		assert visit(f"/{name}").status_code == 404
