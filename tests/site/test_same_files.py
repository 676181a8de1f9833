"""Two files that are the same to somebody: by their MD5, by their bytes, by their name. Over HTTP, as clerks of two units,
a visitor with a login and nobody: everybody gets his own bytes back, and nobody finds out what others have."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from pathlib import Path

import frappe
import pytest
from test_evidence import document, fresh, send, stored_by, told
from way_back import no_trace

from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.evidence import integrity

ONE, OTHER = "KEC TEBING TINGGI", "DINSOS"
# Two blocks of 64 bytes with one MD5, from Marc Stevens, "Single-block collision attack on MD5" (2012),
# https://marc-stevens.nl/research/md5-1block-collision/. Whatever follows both, follows both in the hash as well.
BLOCKS = (
	"4dc968ff0ee35c209572d4777b721587d36fa7b21bdc56b74a3dc0783e7b9518"
	"afbfa200a8284bf36e8e4b55b35f427593d849676da0d1555d8360fb5f07fea2",
	"4dc968ff0ee35c209572d4777b721587d36fa7b21bdc56b74a3dc0783e7b9518"
	"afbfa202a8284bf36e8e4b55b35f427593d849676da0d1d55d8360fb5f07fea2",
)
VISITOR = "tamu.situs@empatlawang.example"


@pytest.fixture
def one(http, people):
	return http(people("OPD Clerk", ONE))


@pytest.fixture
def other(http, people):
	return http(people("OPD Clerk", OTHER))


@pytest.fixture(scope="module")
def visitor(http, as_it_was):
	"""Somebody with a login and no desk; public files and his own are all he has to do with. Guests may upload, too."""
	make.create_user(VISITOR, "Tamu", build.PASSWORD)
	frappe.db.set_value("User", VISITOR, "user_type", "Website User")
	frappe.db.delete("Has Role", {"parent": VISITOR})
	frappe.db.set_single_value("System Settings", "allow_guests_to_upload_files", 1)
	frappe.db.commit()
	frappe.clear_cache()
	return http(VISITOR)


def colliding() -> tuple[bytes, bytes]:
	rest = secrets.token_bytes(40)
	first, second = (bytes.fromhex(block) + rest for block in BLOCKS)
	assert hashlib.md5(first).digest() == hashlib.md5(second).digest() and first != second
	return first, second


def upload(client, content: bytes, name: str = "", **values):
	"""Upload by Frappe's own door."""
	name = name or f"{secrets.token_hex(5)}.txt"
	return client.post(
		"/api/method/upload_file",
		data={"is_private": 1, **values},
		files={"file": (name, io.BytesIO(content))},
	)


def file_of(answer) -> dict:
	assert answer.status_code == 200, answer.text
	return answer.json()["message"]


def evidence_of(client, unit: str, content: bytes, name: str = "", **values):
	"""Store evidence; return the document."""
	return document(stored_by(client, content, name, opd=unit, **values)["evidence"])


def record_of(evidence):
	return frappe.get_doc("File", {"attached_to_name": evidence.name, "file_url": evidence.file})


def bytes_of(address: str) -> bytes:
	folder = () if address.startswith("/private/") else ("public",)
	return Path(frappe.get_site_path(*folder, *address.strip("/").split("/"))).read_bytes()


# --- One MD5 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attached", [True, False])
def test_of_two_files_with_one_md5_each_clerk_gets_his_own_bytes_back(one, other, attached):
	for client, unit, content in zip((one, other), (ONE, OTHER), colliding(), strict=True):
		name = evidence_of(client, unit, make.make_pdf([unit])).name if attached else ""
		values = {"doctype": "P2HAM Evidence", "docname": name} if attached else {}
		address = file_of(upload(client, content, **values))["file_url"]
		assert client.get(address).content == content


def test_evidence_with_the_md5_of_another_units_is_stored_as_it_was_sent(one, other):
	with no_trace():
		types = frappe.db.get_single_value("P2HAM Settings", "evidence_types")
		frappe.db.set_single_value("P2HAM Settings", "evidence_types", f"{types}, txt")
		frappe.db.commit()
		for client, unit, content in zip((one, other), (ONE, OTHER), colliding(), strict=True):
			evidence = evidence_of(client, unit, content, "sama.txt")
			assert client.get(evidence.file).content == content
			assert evidence.sha256 == hashlib.sha256(content).hexdigest()
			assert not list(integrity.Verification().differences([evidence.name]))


def test_a_public_file_is_not_taken_for_another_with_its_md5_either(visitor, one):
	first, second = colliding()
	for client, content in ((visitor, first), (one, second)):
		address = file_of(upload(client, content, is_private=0))["file_url"]
		assert client.get(address).content == content


# --- The same bytes ----------------------------------------------------------------------------------


def by_rest(client, content: bytes):
	values = {"file_name": "a.txt", "is_private": 1, "content": content.decode("latin1")}
	return client.post("/api/resource/File", json=values)


# Ways to send bytes; every answer is one about the sender's own file.
SENT = {
	"upload": upload,
	"upload for a document that is not saved": lambda client, content: upload(
		client, content, doctype="P2HAM Evidence", docname="new-p2ham-evidence-abc"
	),
	"upload for a document of Frappe's": lambda client, content: upload(
		client, content, doctype="User", docname=client.user
	),
	"REST": by_rest,
	"insert": lambda client, content: client.call(
		"frappe.client.insert",
		doc={"doctype": "File", "file_name": "b.txt", "is_private": 1, "content": content.decode("latin1")},
	),
	"public upload": lambda client, content: upload(client, content, is_private=0),
	"evidence": lambda client, content: send(client, content, opd=OTHER),
}


@pytest.mark.parametrize("way", SENT)
@pytest.mark.parametrize("who", ["other", "visitor", "guest"])
def test_who_sends_what_another_unit_has_is_told_nothing_of_it(one, other, visitor, http, people, way, who):
	client = {"other": other, "visitor": visitor, "guest": http(None)}[who]
	client.user = {"other": people("OPD Clerk", OTHER), "visitor": VISITOR, "guest": "Guest"}[who]
	content = make.make_pdf([secrets.token_hex(8)])
	evidence = evidence_of(one, ONE, content, "SK Rahasia.pdf")
	known, unknown = SENT[way](client, content), SENT[way](client, make.make_pdf([secrets.token_hex(8)]))
	assert known.status_code == unknown.status_code
	for secret in (evidence.name, evidence.file, Path(evidence.file).stem, "SK Rahasia"):
		assert secret not in known.text
	if known.status_code == 200 and way != "evidence":
		answer = known.json()
		assert (answer.get("message") or answer["data"])["file_url"] != evidence.file
	fresh()
	assert frappe.db.count("File", {"file_url": evidence.file}) == 1
	assert one.get(evidence.file).content == content


def test_the_unit_itself_is_still_told_that_it_has_a_file_already(one):
	content = make.make_pdf([secrets.token_hex(8)])
	evidence = evidence_of(one, ONE, content)
	again = send(one, content, opd=ONE).json()["message"]
	assert again["duplicate"]["name"] == evidence.name
	twice = evidence_of(one, ONE, content, again=1)
	assert twice.file != evidence.file and one.get(twice.file).content == content


# --- The same name -----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["visitor", "other"])
def test_a_name_does_not_tell_that_somebody_has_a_file_called_so(one, other, visitor, who):
	name = f"Korban {secrets.token_hex(4)}.pdf"
	evidence = evidence_of(one, ONE, make.make_pdf([name]), name)
	assert evidence.file != f"/private/files/{name}"
	client = {"visitor": visitor, "other": other}[who]
	taken = file_of(upload(client, make.make_pdf(["y", name]), name))["file_name"]
	free = file_of(upload(client, make.make_pdf(["z"]), f"Lain {secrets.token_hex(4)}.pdf"))["file_name"]
	assert (len(taken) - len(name)) == (len(free) - len("Lain .pdf") - 8)


# --- The hash ----------------------------------------------------------------------------------------


def found(client, filters: dict) -> list[str]:
	"""Ask each door of Frappe for Files that meet the filters; return what it said, where it said something."""
	ask = {"doctype": "File", "filters": json.dumps(filters)}
	fields = json.dumps(["name", "content_hash"])
	doors = {
		"get_list": lambda: client.call("frappe.client.get_list", fields=fields, **ask),
		"get_count": lambda: client.call("frappe.client.get_count", **ask),
		"get_value": lambda: client.call("frappe.client.get_value", fieldname=fields, **ask),
		"get": lambda: client.call("frappe.client.get", **ask),
		"rest": lambda: client.get(
			"/api/resource/File", params={"filters": ask["filters"], "fields": fields}
		),
		"reportview": lambda: client.call("frappe.desk.reportview.get", fields=fields, **ask),
		"reportview.get_count": lambda: client.call("frappe.desk.reportview.get_count", **ask),
		"search_link": lambda: client.call("frappe.desk.search.search_link", txt="", **ask),
	}
	return [f"{door}: {said}" for door, asked in doors.items() if (said := told_of_a_file(asked()))]


def told_of_a_file(answer):
	if answer.status_code != 200:
		return None
	message = answer.json().get("message", answer.json().get("data"))
	rows = message.get("values") if isinstance(message, dict) and "values" in message else message
	return rows


@pytest.mark.parametrize("who", ["other", "visitor"])
def test_a_hash_does_not_find_the_file_of_another_unit(one, other, visitor, who):
	evidence = evidence_of(one, ONE, make.make_pdf([secrets.token_hex(8)]))
	known = record_of(evidence).content_hash
	assert found(one, {"content_hash": known})
	assert not found({"other": other, "visitor": visitor}[who], {"content_hash": known})


def test_what_was_uploaded_into_a_form_is_listed_to_its_uploader_only(one, http, people):
	unsaved = {"doctype": "P2HAM Evidence", "docname": "new-p2ham-evidence-abc"}
	file = file_of(upload(one, b"belum disimpan", **unsaved))
	assert not found(http(people("P2HAM Verifier")), {"name": file["name"]})


@pytest.mark.parametrize("more", [{}, {"content": "lain"}])
def test_a_hash_is_not_written(other, more):
	file = file_of(upload(other, b"milik sendiri"))
	other.put(f"/api/resource/File/{file['name']}", json={"content_hash": "0" * 32, **more})
	fresh()
	assert frappe.db.get_value("File", file["name"], "content_hash") == file["content_hash"]


def test_who_publishes_a_file_of_his_own_moves_nobody_elses(one, other):
	content = make.make_pdf([secrets.token_hex(8)])
	evidence = evidence_of(one, ONE, content)
	own = file_of(upload(other, content))
	answer = other.put(f"/api/resource/File/{own['name']}", json={"is_private": 0})
	assert answer.status_code == 200, answer.text
	fresh()
	record = record_of(evidence)
	assert record.is_private and one.get(evidence.file).content == content


@pytest.mark.parametrize("field", ["thumbnail_url", "file_url"])
def test_deleting_a_file_of_ones_own_empties_no_place_of_another(one, other, visitor, field):
	content = make.make_pdf([secrets.token_hex(8)])
	evidence = evidence_of(one, ONE, content)
	last = Path(evidence.file).name
	values = {
		"thumbnail_url": {"file_url": "https://contoh.example/a.txt", "thumbnail_url": evidence.file},
		"file_url": {"file_url": f"https://contoh.example/{last}", "content_hash": secrets.token_hex(16)},
	}[field]
	for client in (other, visitor):
		made = client.post("/api/resource/File", json={"file_name": "a.txt", "is_private": 1, **values})
		if made.status_code == 200:
			client.delete(f"/api/resource/File/{made.json()['data']['name']}")
	assert bytes_of(evidence.file) == content


def test_the_same_bytes_are_not_made_public_by_who_may_see_them(one, other):
	content = make.make_pdf([secrets.token_hex(8)])
	evidence_of(one, ONE, content)
	refused = upload(one, content, is_private=0)
	assert refused.status_code == 403 and "private" in told(refused)
	assert file_of(upload(other, content, is_private=0))["file_url"].startswith("/files/")
