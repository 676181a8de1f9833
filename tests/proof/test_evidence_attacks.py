"""What people upload by mistake or to harm, over HTTP: each is refused with a reason or made harmless, the server
stays alive, and nothing is left behind: no document, no record of a file, no byte on the disk."""

from __future__ import annotations

import io
import os
import re
import socket
import urllib.parse
from pathlib import Path

import frappe
import hostile_files as hostile
import pytest
from test_evidence import UNIT, any_evidence, count, document, place, send, told

from p2ham.demo import factories as make


@pytest.fixture
def clerk(http, people):
	return http(people("OPD Clerk", UNIT))


@pytest.fixture(scope="module")
def office_files_accepted(demo_site):
	"""A regency may accept Excel and Word files too."""
	before = frappe.db.get_single_value("P2HAM Settings", "evidence_types")
	accept(f"{before}, xlsx, docx")
	yield
	accept(before)


def accept(types: str) -> None:
	settings = frappe.get_doc("P2HAM Settings")
	settings.evidence_types = types
	settings.save()
	frappe.db.commit()


def small_limit(megabytes: int) -> None:
	settings = frappe.get_doc("P2HAM Settings")
	settings.evidence_max_mb = megabytes
	settings.save()
	frappe.db.commit()


# What is sent, under which name, and a word of the reason that is given.
REFUSED = {
	"a file of zero bytes": ("kosong.pdf", lambda: b"", "empty"),
	"a program that is called a PDF": ("laporan.pdf", lambda: b"MZ\x90\x00" + bytes(4000), "laporan.pdf"),
	"a program as it is": ("laporan.exe", lambda: b"MZ\x90\x00" + bytes(4000), "exe"),
	"a program whose name reads like a PDF": ("laporan\u202efdp.exe", lambda: b"MZ" + bytes(400), "exe"),
	"a picture that is called a PDF": ("foto.pdf", lambda: make.make_png("x"), "image/png"),
	"a page of HTML that is called a picture": ("a.png", lambda: b"<html><script>1</script>", "a.png"),
	"a PDF with a password": ("rahasia.pdf", lambda: hostile.encrypted_pdf("sandi"), "password"),
	"a PDF that is cut off": ("terpotong.pdf", lambda: make.make_pdf(["x"])[:60], "damaged"),
	"a PDF without pages": ("tanpa.pdf", hostile.pdf_without_pages, "pages"),
	"a PDF that unpacks to gigabytes when it is searched": (
		"bom.pdf",
		lambda: hostile.pdf_bomb_in_content(1500),
		"memory",
	),
	"a PDF that unpacks to gigabytes when it is opened": (
		"bom2.pdf",
		lambda: hostile.pdf_bomb_in_xref(1500),
		"memory",
	),
	"a PDF whose pages go round in a circle": ("lingkar.pdf", hostile.pdf_cycle, "lingkar.pdf"),
	"a PDF nested ten thousand deep": ("dalam.pdf", lambda: hostile.pdf_nested_arrays(100_000), "dalam.pdf"),
	"a PDF with a page tree of three thousand levels": ("pohon.pdf", hostile.pdf_deep_tree, "pohon.pdf"),
	"a PDF that claims a billion pages": ("miliar.pdf", hostile.pdf_claims_pages, "miliar.pdf"),
	"a picture of 30,000 by 30,000 pixels": ("besar.png", hostile.png_header, "30000"),
	"a picture that is cut off": ("rusak.jpg", lambda: hostile.picture("JPEG", (640, 480))[:900], "damaged"),
	"a film": ("gerak.png", lambda: hostile.animated("PNG"), "gerak.png"),
}
REFUSED_OFFICE = {
	"a ZIP that is called Excel": ("data.xlsx", lambda: hostile.archive({"a.txt": "x"}), "data.xlsx"),
	"a Word file that is called Excel": (
		"data.xlsx",
		lambda: hostile.docx(hostile.paragraph("x")),
		"data.xlsx",
	),
	"a Word file with entities that multiply": ("tawa.docx", hostile.billion_laughs, "tawa.docx"),
	"an Excel file with a password": ("sandi.xlsx", hostile.encrypted_office_file, "password"),
	"an Excel file that unpacks to gigabytes": ("bom.xlsx", hostile.xlsx_bomb, "memory"),
}


def refused(clerk, what, file_name, content, word):
	before = count()
	answer = send(clerk, content(), file_name, opd=UNIT)
	assert answer.status_code == 417, (what, answer.text[:400])
	assert word in told(answer), told(answer)
	assert count() == before
	assert clerk.get("/api/method/ping").status_code == 200


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_a_reason_and_nothing_stays(clerk, what):
	refused(clerk, what, *REFUSED[what])


@pytest.mark.parametrize("what", REFUSED_OFFICE)
def test_an_office_file_is_refused_with_a_reason_and_nothing_stays(clerk, office_files_accepted, what):
	refused(clerk, what, *REFUSED_OFFICE[what])


@pytest.mark.parametrize(
	"what", ["a PDF with a password", "a PDF that unpacks to gigabytes when it is opened"]
)
def test_the_same_is_refused_when_frappes_own_upload_comes_first(clerk, what):
	file_name, content, word = REFUSED[what]
	upload = clerk.post(
		"/api/method/upload_file", data={"is_private": 1}, files={"file": (file_name, io.BytesIO(content()))}
	).json()["message"]
	frappe.db.rollback()
	documents = frappe.db.count("P2HAM Evidence")
	made = clerk.post(
		"/api/resource/P2HAM Evidence",
		json={"title": "x", "opd": UNIT, "kind": "File", "file": upload["file_url"]},
	)
	assert made.status_code == 417
	assert word in told(made)
	frappe.db.rollback()
	assert frappe.db.count("P2HAM Evidence") == documents
	assert not frappe.db.get_value("File", upload["name"], "attached_to_name")


def test_an_honest_office_file_is_taken(clerk, office_files_accepted):
	answer = send(clerk, hostile.docx(hostile.paragraph("SOP layanan")), "SOP.docx", opd=UNIT)
	assert answer.status_code == 200, answer.text
	assert document(answer.json()["message"]["evidence"]).mime_type.endswith("wordprocessingml.document")


def test_a_file_over_the_limit_of_the_settings_names_both_sizes(clerk):
	small_limit(1)
	try:
		content = make.make_pdf(["x"]) + b"\n%" + bytes(1_300_000)
		refused(clerk, "1.2 MB", "besar.pdf", lambda: content, "1.2 MB")
	finally:
		small_limit(10)


def raw(clerk, head: str, body: bytes = b"", read: bool = True) -> bytes:
	"""Send a request byte by byte, as no library would."""
	address = urllib.parse.urlsplit(os.environ["P2HAM_URL"])
	with socket.create_connection((address.hostname, address.port), timeout=60) as line:
		cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in clerk.session.cookies)
		headers = {
			"Host": address.netloc,
			"Cookie": cookies,
			"X-Frappe-Site-Name": frappe.local.site,
			"X-Frappe-CSRF-Token": clerk.session.headers["X-Frappe-CSRF-Token"],
			"Connection": "close",
		}
		lines = [head, *(f"{name}: {value}" for name, value in headers.items())]
		line.sendall(("\r\n".join(lines)).encode() + b"\r\n\r\n" + body)
		return line.recv(4096) if read else b""


UPLOAD = "POST /api/method/p2ham.api.evidence.upload HTTP/1.1"
FORM = "Content-Type: multipart/form-data; boundary=batas"


def test_a_file_of_two_gigabytes_is_refused_before_it_is_read(clerk):
	before = count()
	answer = raw(clerk, f"{UPLOAD}\r\n{FORM}\r\nContent-Length: {2 * 1024**3}", b"--batas\r\n")
	assert answer.split(b"\r\n")[0].split()[1] == b"413", answer
	assert count() == before


def test_an_upload_that_breaks_off_leaves_nothing(clerk):
	before = count()
	part = (
		b'--batas\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
		+ make.make_pdf(["setengah"])[:200]
	)
	raw(clerk, f"{UPLOAD}\r\n{FORM}\r\nContent-Length: 500000", part, read=False)
	assert clerk.get("/api/method/ping").status_code == 200
	assert count() == before


@pytest.mark.parametrize(
	("name", "stored"),
	[
		("../../../etc/cron.d/sandi.pdf", "sandi.pdf"),
		("..\\..\\windows\\surat.pdf", "surat.pdf"),
		("panjang" * 60 + ".pdf", None),
		("surat\u202e\u2066gnitnep\u2069.pdf", "suratgnitnep.pdf"),
		("baris\nkedua.pdf", None),
		("\u0627\u0644\u0645\u0644\u0641.pdf", "\u0627\u0644\u0645\u0644\u0641.pdf"),
	],
)
def test_a_strange_name_becomes_an_ordinary_one(clerk, name, stored):
	answer = send(clerk, make.make_pdf([name[:20]]), name, opd=UNIT)
	assert answer.status_code == 200, answer.text
	doc = document(answer.json()["message"]["evidence"])
	file = frappe.get_doc("File", {"file_url": doc.file})
	assert len(file.file_name) <= 140 and file.file_name.endswith(".pdf")
	assert not set(file.file_name) & set("/\\\n\r\u202e\u2066\u2069")
	assert file.exists_on_disk()
	assert (
		Path(file.get_full_path()).resolve().parent
		== Path(frappe.get_site_path("private", "files")).resolve()
	)
	if stored:
		stem, ending = stored.rsplit(".", 1)
		assert re.fullmatch(f"{re.escape(stem)}-[a-z]{{8}}.{ending}", file.file_name)
	assert clerk.get(doc.file).status_code == 200


@pytest.mark.parametrize(
	"url",
	[
		"file:///etc/passwd",
		"javascript:alert(1)",
		"data:text/html,x",
		"ftp://example.go.id/a",
		"http://127.0.0.1:8000/",
		"http://localhost/",
		"http://10.1.2.3/bukti",
		"http://192.168.1.1/",
		"http://169.254.169.254/latest/meta-data/",
		"http://[::1]/",
		"http://[::ffff:127.0.0.1]/",
		"http://2130706433/",
		"http://0x7f000001/",
		"http://0177.0.0.1/",
		"http://intranet/",
		"http://server.local/",
		"https://admin:sandi@example.go.id/",
		"https://",
		"www.example.go.id",
		"https://example.go.id/" + "a" * 600,
		"https://example.go.id/\nSet-Cookie: a",
	],
)
def test_an_address_that_is_none_or_leads_inside_is_refused(clerk, url):
	before = count()
	for answer in (
		clerk.call("p2ham.api.evidence.add_to_assessment", **place("Link"), url=url, title="x"),
		clerk.post(
			"/api/resource/P2HAM Evidence", json={"title": "x", "opd": UNIT, "kind": "Link", "url": url}
		),
	):
		assert answer.status_code == 417, answer.text
		assert "Address" in told(answer)
	assert count() == before


def test_a_dead_link_is_stored_and_marked(clerk):
	made = clerk.post(
		"/api/resource/P2HAM Evidence",
		json={"title": "Mati", "opd": UNIT, "kind": "Link", "url": "https://tidak-ada.empatlawang.invalid/x"},
	)
	assert made.status_code == 200, made.text
	from p2ham.evidence import links

	name = made.json()["data"]["name"]
	frappe.db.rollback()
	links.ask(name)
	assert frappe.db.get_value("P2HAM Evidence", name, "link_state") == "No Answer"


def test_a_replacement_that_is_refused_leaves_the_document_as_it_was(clerk):
	name = send(clerk, opd=UNIT).json()["message"]["evidence"]
	before = document(name).as_dict()
	counted = count()
	answer = send(clerk, b"MZ" + bytes(300), "x.pdf", evidence=name)
	assert answer.status_code == 417
	assert document(name).as_dict() == before
	assert count() == counted


def test_a_place_that_is_none_stores_nothing(clerk):
	for values in (
		{**place(), "slot": "Tidak ada"},
		{**place(), "indicator": "TIDAK-ADA"},
		{"assessment": "TIDAK-ADA", "indicator": "x"},
		{"evidence": "DD-TIDAK-0001"},
		{"opd": "TIDAK ADA"},
		{},
	):
		before = count()
		assert send(clerk, **values).status_code in (403, 404, 417), values
		assert count() == before


def test_an_evidence_of_another_unit_does_not_come_along_by_its_name(clerk):
	before = count()
	answer = clerk.call(
		"p2ham.api.evidence.add_to_assessment", **place(), evidence=[any_evidence("DISDUKCAPIL")]
	)
	assert answer.status_code == 403
	assert count() == before


def test_ten_hostile_files_at_once_leave_the_server_alive(clerk):
	from concurrent.futures import ThreadPoolExecutor

	before = count()
	bomb = hostile.pdf_bomb_in_xref(600)
	with ThreadPoolExecutor(5) as pool:
		answers = list(pool.map(lambda _: send(clerk, bomb, "bom.pdf", opd=UNIT), range(10)))
	assert {answer.status_code for answer in answers} == {417}
	assert clerk.get("/api/method/ping").status_code == 200
	assert count() == before
