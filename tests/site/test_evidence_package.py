"""The evidence of an assessment as one ZIP: what is in it and what is not, for whom, and how it is made."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import errno
import hashlib
import io
import os
import re
import shutil
import subprocess
import time
import zipfile
from collections import namedtuple
from pathlib import Path

import frappe
import pytest

from p2ham.api import package as door
from p2ham.demo import factories as make
from p2ham.documents import catalogue, evidence_list, evidence_package, evidence_package_index
from p2ham.evidence import contents
from p2ham.paper import prepared_files

APPROVED = "DISDUKCAPIL-P2HAM-2024"
IN_REVIEW = "DISDIKBUD-P2HAM-2024"
UNIT = "DISDUKCAPIL"
INDEX = ["Daftar Data Dukung.xlsx", "Daftar Data Dukung.pdf", "SHA256SUMS.txt"]
OPENS = {"prepare": "post", "state": "get", "download": "get"}
PATIENCE = 90  # seconds

Packed = namedtuple("Packed", "names rows text read folder")


def assessment(name: str = APPROVED):
	return frappe.get_doc("P2HAM Assessment", name)


@pytest.fixture
def sheet(db):
	"""An approved assessment that has no evidence yet; what is added to it is never saved."""
	doc = assessment()
	doc.evidence_uses = []
	return doc


@pytest.fixture
def use(sheet, people):
	"""`use("A1", "SK Maklumat")` gives the sheet an evidence with that title; returns its name."""

	def add(code: str, title: str, kind: str = "PDF", slot: str = "", **fields) -> str:
		with make.acting_as(people("OPD Clerk", UNIT)):
			# Of other content than the last one: equal files are stored once.
			number = len(sheet.evidence_uses)
			name = make.create_evidence(UNIT, f"Judul uji {number}", kind, f"uji-{code}-{number}", **fields)
		frappe.db.set_value("P2HAM Evidence", name, "title", title)
		frappe.db.set_value("P2HAM Evidence Revision", {"parent": name}, "title", title)
		append(sheet, code, name, slot=slot)
		return name

	return add


def append(sheet, code: str, evidence: str, **values) -> None:
	row = next(row for row in sheet.items if row.code == code)
	sheet.append("evidence_uses", {"indicator": row.indicator, "evidence": evidence, **values})


@pytest.fixture
def packed(tmp_path):
	"""`packed(doc, user)` writes the package, unpacks it, and returns what it says."""

	def pack(doc, user: str = "Administrator") -> Packed:
		target = tmp_path / f"{len(list(tmp_path.iterdir()))}.zip"
		evidence_package.write(doc, target, user)
		return unpacked(target.read_bytes(), target.with_suffix(""))

	return pack


def unpacked(content: bytes, folder: Path) -> Packed:
	archive = zipfile.ZipFile(io.BytesIO(content))
	assert archive.testzip() is None
	archive.extractall(folder)
	return Packed(
		[name for name in archive.namelist() if name not in INDEX],
		index_rows(archive.read(INDEX[0])),
		" ".join(text_of(archive.read(INDEX[1]))),
		archive.read,
		folder,
	)


def index_sheet(content: bytes):
	import openpyxl

	return openpyxl.load_workbook(io.BytesIO(content)).active


def index_rows(content: bytes) -> list[dict]:
	heads, *rows = index_sheet(content).iter_rows(values_only=True)
	return [dict(zip(heads, row, strict=True)) for row in rows]


def text_of(content: bytes) -> list[str]:
	from pypdf import PdfReader

	return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def stored_path(evidence: str) -> Path:
	return Path(frappe.get_site_path(frappe.db.get_value("P2HAM Evidence", evidence, "file").lstrip("/")))


def add_revision(evidence: str, revision: int, **values) -> None:
	"""Store a revision as the controller of evidence does, which need not be asked for it here."""
	known = frappe.db.get_value(
		"P2HAM Evidence", evidence, ["title", "kind", "file", "sha256", "size"], as_dict=True
	)
	frappe.db.delete("P2HAM Evidence Revision", {"parent": evidence, "revision": revision})
	frappe.get_doc(
		{
			"doctype": "P2HAM Evidence Revision",
			"parent": evidence,
			"parenttype": "P2HAM Evidence",
			"parentfield": "revisions",
			"idx": revision,
			"revision": revision,
			**known,
			**values,
		}
	).db_insert()


# What is in it


def test_the_folders_follow_the_instrument_and_the_files_its_slots(sheet, use, packed):
	signed, decree, photo = slots_of("A6")
	use("C1", "Surat tugas")
	use("A6", "Foto", "Image", photo)
	use("A6", "Tanpa tempat")
	use("A6", "SK Maklumat", slot=decree)
	use("A6", "Maklumat", slot=signed)
	use("B10", "Meja", "Image")
	use("B2", "Ruang", "Image")
	found = packed(sheet)
	assert [name.split("/")[1] for name in found.names if name.startswith("A6 ")] == [
		"01 Maklumat.pdf",
		"02 SK Maklumat.pdf",
		"03 Foto.png",
		"04 Tanpa tempat.pdf",
	]
	folders = list(dict.fromkeys(name.split("/")[0] for name in found.names))
	assert [folder.split(" ")[0] for folder in folders] == ["A6", "B2", "B10", "C1"]
	assert folders[0] == "A6 Maklumat pelayanan ditetapkan dan dipasang"
	assert [row["Berkas"] for row in found.rows] == found.names
	assert [row["No"] for row in found.rows] == list(range(1, 8))


def slots_of(code: str) -> list[str]:
	indicator = next(row.indicator for row in assessment().items if row.code == code)
	return frappe.get_all("P2HAM Evidence Slot", filters={"parent": indicator}, pluck="label", order_by="idx")


def test_the_hashes_hold_in_the_unpacked_folder(packed):
	found = packed(assessment())
	done = subprocess.run(
		["sha256sum", "--strict", "-c", "SHA256SUMS.txt"], cwd=found.folder, capture_output=True, text=True
	)
	assert done.returncode == 0, done.stderr
	assert len(done.stdout.splitlines()) == len(found.names) + 2
	for row in found.rows:
		assert row["SHA-256"] == hashlib.sha256(found.read(row["Berkas"])).hexdigest()
		assert row["Ukuran (bita)"] == len(found.read(row["Berkas"]))
		assert not row["Keterangan"]


def test_every_file_is_the_stored_one(packed):
	found = packed(assessment())
	files = [row for row in found.rows if not row["Berkas"].endswith(".url")]
	assert files
	for row in files:
		assert found.read(row["Berkas"]) == stored_path(row["Nomor data dukung"]).read_bytes()


def test_the_workbook_says_what_the_verifier_wants_to_know(sheet, use, packed):
	name = use("A1", "SK Ram", document_date="2023-03-01", valid_until="2023-12-31", contains_personal_data=1)
	sheet.evidence_uses[0].update(
		{"slot": "Foto ram", "verification": "Returned", "note": "Kabur.", "validity": "Valid"}
	)
	found = packed(sheet)
	(row,) = found.rows
	assert (row["Kode"], row["Dokumen"], row["Data dukung yang diminta"]) == ("A1", "SK Ram", "Foto ram")
	assert (row["Keabsahan"], row["Verifikasi"], row["Catatan"]) == ("berlaku", "dikembalikan", "Kabur.")
	assert (row["Data pribadi"], row["Nomor data dukung"]) == ("ya", name)
	assert f"{row['Tanggal dokumen']:%Y-%m-%d} {row['Berlaku sampai']:%Y-%m-%d}" == "2023-03-01 2023-12-31"
	book = index_sheet(found.read(INDEX[0]))
	assert book.freeze_panes == "B2" and book.auto_filter.ref == "A1:P2"
	assert book.column_dimensions["F"].width > 30


@pytest.mark.parametrize(
	"title", ["=1+1", '=HYPERLINK("http://example.com")', "+62811", "@SUM(A1)", "-1", "#N/A"]
)
def test_a_title_is_never_a_formula(sheet, use, packed, title):
	use("A1", title)
	sheet.evidence_uses[0].note = title
	found = packed(sheet)
	book = index_sheet(found.read(INDEX[0]))
	for column in ("E", "K"):
		cell = book[f"{column}2"]
		assert (cell.value, cell.data_type) == (title, "s")


def test_a_title_with_characters_that_no_workbook_holds_does_not_break_the_index(sheet, use, packed):
	use("A1", "SK\x0b\x1b Maklumat")
	assert packed(sheet).rows[0]["Dokumen"] == "SK Maklumat"


def test_the_printed_index_says_the_same(packed):
	doc = assessment()
	found = packed(doc)
	assert "DAFTAR DATA DUKUNG" in found.text and "PEMERINTAH KABUPATEN EMPAT LAWANG" in found.text
	assert "Rahmat Umpamanya, S.H., M.H." in found.text and "Halaman 1 dari" in found.text
	without_breaks = found.text.replace(" ", "")
	for row in found.rows:
		assert row["Nomor data dukung"] in found.text
		assert row["SHA-256"] in without_breaks or row["Berkas"].endswith(".url")
	assert "BELUM DISAHKAN" not in found.text
	assert "BELUM DISAHKAN" in packed(assessment(IN_REVIEW)).text


def test_a_link_becomes_a_shortcut(sheet, use, packed):
	use("A5", "Laman resmi", "Link")
	found = packed(sheet)
	assert found.names == ["A5 Informasi pelayanan di laman atau media sosial/01 Laman resmi.url"]
	lines = found.read(found.names[0]).decode().splitlines()
	assert lines == ["[InternetShortcut]", f"URL={found_url(sheet)}"]


def found_url(sheet) -> str:
	return frappe.db.get_value("P2HAM Evidence", sheet.evidence_uses[0].evidence, "url")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "\\\\server\\share"])
def test_what_is_no_web_address_becomes_no_shortcut(sheet, use, packed, url):
	name = use("A5", "Laman", "Link")
	add_revision(name, 1, url=url)
	found = packed(sheet)
	assert not found.names
	assert found.rows[0]["Keterangan"] == contents.NO_ADDRESS


def test_an_address_cannot_add_a_setting_to_its_shortcut(sheet, use, packed):
	name = use("A5", "Laman", "Link")
	add_revision(name, 1, url="https://example.go.id/a\r\nIconFile=\\\\server\\share\\x.ico")
	found = packed(sheet)
	assert len(found.read(found.names[0]).decode().splitlines()) == 2


def test_equal_titles_stay_apart(sheet, use, packed):
	for _number in range(3):
		use("A1", "SK.pdf")
	assert [name.split("/")[1] for name in packed(sheet).names] == ["01 SK.pdf", "02 SK.pdf", "03 SK.pdf"]


@pytest.mark.parametrize(
	"title",
	[
		"../../../etc/passwd",
		"a/b\\c:d*e?f",
		"...",
		"  .  ",
		"\u202efdp.exe",
		"CON",
		"surat\nkeputusan\x00",
		"x" * 140,
		"\U0001f600" * 140,
		"سند" * 45,
	],
	ids=lambda title: ascii(title)[:24],
)
def test_any_title_becomes_a_name_that_every_disk_can_hold(sheet, use, packed, title):
	next(row for row in sheet.items if row.code == "A1").title = title * 3
	use("A1", title)
	use("A1", title, "Link")
	found = packed(sheet)
	assert len(found.names) == 2
	for name in found.names:
		folder, file_name = name.split("/")
		assert folder.startswith("A1") and re.match(r"0[12] \S", file_name)
		assert len(name.encode("utf-16-le")) // 2 < 200
		assert max(len(part.encode()) for part in (folder, file_name)) <= 255
		assert not re.search(r'[<>:"\\|?*\x00-\x1f\u202a-\u202e\u2066-\u2069]', name)
		assert (found.folder / name).is_file()
	assert found.names[0].endswith(".pdf") and found.names[1].endswith(".url")


def test_a_file_that_is_gone_is_named_and_the_rest_is_there(sheet, use, packed):
	gone, _kept = use("A1", "Hilang"), use("A2", "Ada")
	path = stored_path(gone)
	path.unlink()
	found = packed(sheet)
	assert [name.split("/")[1] for name in found.names] == ["01 Ada.pdf"]
	assert found.rows[0]["Keterangan"] == contents.MISSING and not found.rows[0]["Berkas"]
	assert contents.MISSING in found.text


def test_a_file_that_goes_while_it_is_packed_is_named_too(sheet, use, tmp_path):
	paths = [stored_path(use(code, code)) for code in ("A1", "A2")]
	entries = contents.entries_for(sheet, "Administrator")
	target = tmp_path / "paket.zip"
	evidence_package.write_entries(sheet, entries, target, lambda done: done == 1 and paths[1].unlink())
	found = unpacked(target.read_bytes(), tmp_path / "paket")
	assert len(found.names) == 1 and found.rows[1]["Keterangan"] == contents.MISSING


def test_a_file_that_is_another_one_now_is_packed_and_said_to_differ(sheet, use, packed):
	name = use("A1", "Diubah")
	recorded = frappe.db.get_value("P2HAM Evidence", name, "sha256")
	stored_path(name).write_bytes(b"%PDF-1.4 something else")
	found = packed(sheet)
	assert found.read(found.names[0]) == b"%PDF-1.4 something else"
	assert "berbeda" in found.rows[0]["Keterangan"] and recorded in found.rows[0]["Keterangan"]
	assert "isi berkas berbeda" in found.text


def test_a_sheet_gives_out_the_revision_it_was_judged_by(sheet, use, packed):
	name = use("A1", "Pertama")
	add_revision(name, 1)
	judged = stored_path(name).read_bytes()
	with make.acting_as(frappe.db.get_value("P2HAM Evidence", name, "owner")):
		address = make.upload("uji-kedua.pdf", make.make_pdf(["kedua"]))
	add_revision(name, 2, title="Kedua", file=address)
	frappe.db.set_value("P2HAM Evidence", name, {"title": "Kedua", "file": address, "revision": 2})
	sheet.evidence_uses[0].revision = 1
	found = packed(sheet)
	assert found.names[0].endswith("/01 Pertama.pdf")
	assert found.read(found.names[0]) == judged
	sheet.evidence_uses[0].revision = 3  # nobody knows what that was
	found = packed(sheet)
	assert not found.names and found.rows[0]["Keterangan"] == contents.MISSING


@pytest.mark.parametrize(
	"address",
	["/private/files/../../site_config.json", "/files/x.pdf", "/private/backups/x.sql", "https://a.b/c"],
)
def test_only_private_files_of_the_site_are_packed(sheet, use, packed, address):
	name = use("A1", "Aneh")
	add_revision(name, 1, file=address)
	found = packed(sheet)
	assert not found.names and found.rows[0]["Keterangan"] == contents.MISSING


def test_without_evidence_there_is_an_empty_index(sheet, packed):
	found = packed(sheet)
	assert not found.names and not found.rows
	assert "Belum ada data dukung." in found.text


def test_pdf_and_photos_are_stored_as_they_are(sheet, use, tmp_path):
	use("A1", "Foto", "Image")
	use("A2", "Surat")
	use("A5", "Laman", "Link")
	evidence_package.write(sheet, tmp_path / "paket.zip", "Administrator")
	kinds = {
		item.filename.rpartition(".")[2]: item.compress_type
		for item in zipfile.ZipFile(tmp_path / "paket.zip").infolist()
	}
	assert kinds["png"] == kinds["pdf"] == zipfile.ZIP_STORED
	assert kinds["url"] == kinds["txt"] == zipfile.ZIP_DEFLATED


def test_the_number_of_queries_does_not_depend_on_the_number_of_uses(tmp_path, queries):
	def count(copies: int) -> int:
		doc = assessment()
		doc.evidence_uses = doc.evidence_uses[:10] * copies
		with queries() as run:
			evidence_package.write(doc, tmp_path / f"{copies}.zip", "Administrator")
		return len(run)

	count(3)  # what is cached once must not count for either
	few, many = count(1), count(4)
	assert few == many
	assert many < 25


def test_a_long_list_is_set_in_portions_and_numbered_through(monkeypatch):
	doc = assessment()
	entries = contents.entries_for(doc, "Administrator")
	monkeypatch.setattr(evidence_list, "PORTION", 6)
	found = text_of(catalogue.by_key("evidence_list").set(evidence_list.of_entries(doc, entries)))
	assert len(found) >= 4
	for number, text in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in text
	assert sum("DAFTAR DATA DUKUNG" in text for text in found) == 1
	assert [number for number, text in enumerate(found) if "Kepala Bagian Hukum" in text] == [len(found) - 1]
	for entry in entries:
		assert sum(entry.evidence in text for text in found) == 1
	for text in found[:-1]:
		assert "Data dukung yang diminta" in text


@pytest.mark.parametrize("count", [1, 8, 20])
def test_the_signatures_have_documents_beside_them(count):
	doc = assessment()
	entries = contents.entries_for(doc, "Administrator")[:count]
	last = text_of(catalogue.by_key("evidence_list").set(evidence_list.of_entries(doc, entries)))[-1]
	assert entries[-1].evidence in last and "Kepala Bagian Hukum" in last


def test_a_group_longer_than_a_portion_is_divided(monkeypatch):
	doc = assessment()
	entry = contents.entries_for(doc, "Administrator")[0]
	monkeypatch.setattr(evidence_list, "PORTION", 5)
	entries = [dataclasses.replace(entry, number=number) for number in range(1, 13)]
	data = evidence_list.of_entries(doc, entries)
	portions = [part["groups"] for part in evidence_list.portions(data)]
	assert [[len(group["rows"]) for group in portion] for portion in portions] == [[5], [5], [2]]


# Who gets what


def test_an_observer_gets_no_personal_data_and_is_told_so(as_user, people, packed):
	doc = assessment()
	flagged = doc.evidence_uses[0].evidence
	frappe.db.set_value("P2HAM Evidence", flagged, {"title": "KTP Siti Rahasia", "contains_personal_data": 1})
	frappe.db.set_value("P2HAM Evidence Revision", {"parent": flagged}, "title", "KTP Siti Rahasia")
	as_user(people("P2HAM Observer"))
	found = packed(doc, people("P2HAM Observer"))
	assert len(found.names) == len(doc.evidence_uses) - 1
	(row,) = (row for row in found.rows if row["Nomor data dukung"] == flagged)
	assert row["Keterangan"] == "tidak ditampilkan: data pribadi"
	assert not (row["Dokumen"] or row["Berkas"] or row["SHA-256"] or row["Ukuran (bita)"])
	assert "Siti Rahasia" not in found.text + str(found.rows) + str(found.names)
	assert "tidak ditampilkan: data pribadi" in found.text
	for duty in ("Sekda", "P2HAM Verifier"):
		as_user(people(duty))
		assert len(packed(doc, people(duty)).names) == len(doc.evidence_uses)


def test_personal_data_of_an_earlier_revision_stay_hidden(as_user, people, packed):
	"""The evidence shows nobody any more, but the approved sheet rests on the revision that does."""
	doc = assessment()
	name = doc.evidence_uses[0].evidence
	add_revision(name, 1, title="KTP Siti Rahasia", contains_personal_data=1)
	add_revision(name, 2)
	frappe.db.set_value("P2HAM Evidence", name, "revision", 2)
	doc.evidence_uses[0].revision = 1
	as_user(people("P2HAM Observer"))
	found = packed(doc, people("P2HAM Observer"))
	assert len(found.names) == len(doc.evidence_uses) - 1 and "Siti" not in str(found.rows)


def test_what_is_not_the_readers_is_named_without_its_title(as_user, people, packed, sheet):
	foreign = frappe.get_all(
		"P2HAM Evidence", filters={"opd": "DISDIKBUD"}, pluck="name", order_by="name", limit=1
	)[0]
	title = frappe.db.get_value("P2HAM Evidence", foreign, "title")
	append(sheet, "A1", foreign)
	clerk = people("OPD Clerk", UNIT)
	as_user(clerk)
	found = packed(sheet, clerk)
	assert not found.names
	assert found.rows[0]["Keterangan"] == contents.HIDDEN and title not in str(found.rows[0]["Dokumen"])


ALLOWED = (
	("OPD Clerk", UNIT),
	("OPD Head", UNIT),
	("P2HAM Verifier", ""),
	("Kabag Hukum", ""),
	("Sekda", ""),
	("P2HAM Observer", ""),
)


@pytest.mark.parametrize(("duty", "opd"), ALLOWED)
def test_whoever_may_read_the_sheet_gets_its_evidence(http, people, tmp_path, duty, opd):
	client = http(people(duty, opd))
	told = client.call("p2ham.api.package.prepare", assessment=APPROVED)
	assert told.status_code == 200, told.text
	assert told.json()["message"]["state"] == "ready"
	assert ask(client, "state").json()["message"]["state"] == "ready"
	response = ask(client, "download")
	assert response.status_code == 200, response.text
	assert response.headers["Content-Type"] == "application/zip"
	assert response.headers["Content-Disposition"] == f"attachment; filename=Data-Dukung-{APPROVED}.zip"
	assert "no-store" in response.headers["Cache-Control"]
	assert int(response.headers["Content-Length"]) == len(response.content)
	found = unpacked(response.content, tmp_path)
	assert len(found.names) == len(assessment().evidence_uses)
	assert ask(client, "download").content == response.content


@pytest.mark.parametrize("who", ["clerk of another unit", "manager", "nobody"])
@pytest.mark.parametrize("method", OPENS)
def test_nobody_else_gets_anything(http, people, demo_site, who, method):
	user = {
		"clerk of another unit": people("OPD Clerk", "DINSOS"),
		"manager": demo_site["manager"]["user"],
		"nobody": None,
	}[who]
	response = ask(http(user), method)
	assert response.status_code == 403 and b"PK" not in response.content[:4]


def test_an_observer_gets_no_draft(http, people):
	client = http(people("P2HAM Observer"))
	for method in OPENS:
		assert ask(client, method, IN_REVIEW).status_code == 403


def test_nothing_is_prepared_by_a_link(http, people):
	response = http(people("Sekda")).get(
		"/api/method/p2ham.api.package.prepare", params={"assessment": APPROVED}
	)
	assert response.status_code == 403


def ask(client, method: str, name: str = APPROVED):
	if OPENS[method] == "post":
		return client.call(f"p2ham.api.package.{method}", assessment=name)
	return client.get(f"/api/method/p2ham.api.package.{method}", params={"assessment": name})


def test_a_right_that_ends_after_the_package_was_made_ends_for_the_package(http, people, committed, tmp_path):
	client = http(people("P2HAM Observer"))
	assert ask(client, "prepare").json()["message"]["files"] == len(assessment().evidence_uses)
	flagged = assessment().evidence_uses[0].evidence
	committed("P2HAM Evidence", flagged, {"contains_personal_data": 1})
	refused = ask(client, "download")
	assert refused.status_code == 417 and b"PK" not in refused.content[:4]
	assert ask(client, "state").json()["message"]["state"] == "none"
	told = ask(client, "prepare").json()["message"]
	assert (told["state"], told["files"], told["total"]) == ("ready", told["total"] - 1, told["total"])
	found = unpacked(ask(client, "download").content, tmp_path)
	assert len(found.names) == told["files"]


def test_a_duty_that_ends_takes_the_package_with_it(http, people, committed):
	user = people("P2HAM Observer")
	client = http(user)
	assert ask(client, "prepare").json()["message"]["state"] == "ready"
	officer = frappe.db.get_value("P2HAM Officer", {"user": user, "duty": "P2HAM Observer"}, "name")
	committed("P2HAM Officer", officer, {"to_date": frappe.utils.add_days(frappe.utils.nowdate(), -1)})
	assert ask(client, "download").status_code == 403


def test_a_package_is_no_file_of_the_site(http, people):
	client = http(people("Sekda"))
	ask(client, "prepare")
	frappe.set_user(people("Sekda"))
	path = evidence_package.Package(assessment(), people("Sekda")).path
	assert path.exists()
	assert not frappe.db.exists("File", {"file_url": ("like", f"%{path.name}%")})
	for address in (
		f"/private/p2ham/packages/{path.name}",
		f"/private/files/{path.name}",
		f"/files/{path.name}",
	):
		assert not client.get(address).content.startswith(b"PK")


def test_the_web_server_in_front_is_told_where_the_package_lies(http, people):
	user = people("Sekda")
	ask(http(user), "prepare")
	response = http(user).get(
		"/api/method/p2ham.api.package.download",
		params={"assessment": APPROVED},
		headers={"X-Use-X-Accel-Redirect": "True"},
	)
	frappe.set_user(user)
	name = evidence_package.Package(assessment(), user).path.name
	assert response.headers["X-Accel-Redirect"] == f"/protected/private/p2ham/packages/{name}"
	assert response.headers["Content-Disposition"].startswith("attachment") and not response.content


def test_what_is_taken_away_is_on_record(http, people, committed):
	user = people("Kabag Hukum")
	client = http(user)
	flagged = assessment().evidence_uses[1].evidence
	committed("P2HAM Evidence", flagged, {"contains_personal_data": 1})
	ask(client, "prepare")
	before = logged(user)
	ask(client, "state")
	assert logged(user) == before
	ask(client, "download")
	added = list(logged(user))
	for row in before:
		added.remove(row)
	assert sorted(added) == [("P2HAM Assessment", APPROVED), ("P2HAM Evidence", flagged)]
	shown = client.get("/api/method/p2ham.api.evidence.downloads", params={"name": flagged}).json()["message"]
	assert shown[0]["user"] == user


def logged(user: str) -> list[tuple]:
	frappe.db.rollback()
	return frappe.get_all(
		"Access Log",
		filters={"user": user, "method": "Evidence Package"},
		fields=["export_from", "reference_document"],
		order_by="creation",
		as_list=True,
	)


# How it is made


@pytest.fixture
def shelf(db, monkeypatch, tmp_path):
	"""Packages of this test lie in a folder of its own."""
	monkeypatch.setattr(prepared_files, "folder", lambda: tmp_path)
	return tmp_path


@pytest.fixture
def made(shelf):
	"""The package of an assessment for Administrator."""
	return lambda doc=None: evidence_package.Package(doc or assessment(), "Administrator")


def test_changed_evidence_asks_for_a_new_package(sheet, use, made):
	name = use("A1", "SK")
	keys = [made(sheet).key, made(sheet).key]
	assert keys[0] == keys[1]

	def changes():
		frappe.db.set_value("P2HAM Evidence", name, "contains_personal_data", 1)
		yield
		frappe.db.set_value("P2HAM Evidence Revision", {"parent": name}, "title", "SK baru")
		frappe.db.set_value("P2HAM Evidence", name, "title", "SK baru")
		yield
		sheet.evidence_uses[0].verification = "Accepted"
		yield
		stored_path(name).write_bytes(b"another content")
		yield
		use("A1", "Lampiran")
		yield
		sheet.modified = frappe.utils.now_datetime()
		yield

	for _change in changes():
		keys.append(made(sheet).key)
	assert len(set(keys)) == len(keys) - 1
	assert evidence_package.Package(sheet, "Guest").key.split("-")[0] != keys[0].split("-")[0]


def test_nobody_meets_half_a_package(made):
	found = made()
	seen = []
	found.build(lambda done: seen.append(found.is_ready))
	assert seen and not any(seen)
	assert found.is_ready


def test_a_new_package_replaces_the_users_older_one(sheet, use, made, shelf):
	use("A1", "SK")
	made(sheet).build()
	(shelf / "another.zip").touch()
	use("A1", "Lampiran")
	made(sheet).build()
	assert {path.name for path in shelf.iterdir()} == {made(sheet).path.name, "another.zip"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_fills_up_leaves_nothing_and_says_so(made, shelf, monkeypatch, said, number):
	def full(entries):
		raise OSError(number, os.strerror(number))

	monkeypatch.setattr(evidence_package_index, "workbook", full)
	with pytest.raises(frappe.ValidationError) as caught:
		made().build()
	assert "no room" in said(caught)
	assert list(shelf.iterdir()) == []


def test_nothing_is_begun_where_the_disk_has_no_room(made, shelf, monkeypatch, said):
	usage = shutil.disk_usage(shelf)
	monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1024))
	with pytest.raises(frappe.ValidationError) as caught:
		made().build()
	assert "no room" in said(caught)
	assert list(shelf.iterdir()) == []


def test_any_other_failure_leaves_nothing_either(made, shelf, monkeypatch):
	def broken(entries):
		raise RuntimeError("broken")

	monkeypatch.setattr(evidence_package_index, "workbook", broken)
	with pytest.raises(RuntimeError):
		made().build()
	assert list(shelf.iterdir()) == []


def test_packages_older_than_a_day_are_removed(shelf):
	for name, hours in (("old.zip", 25), ("young.zip", 23), ("killed.zip.part", 30)):
		(shelf / name).touch()
		then = time.time() - hours * 3600
		os.utime(shelf / name, (then, then))
	prepared_files.remove_old()
	assert [path.name for path in shelf.iterdir()] == ["young.zip"]


@pytest.fixture
def waiting(made, monkeypatch):
	"""A package too large to be made at once, its job not begun, and nothing remembered of it afterwards."""
	monkeypatch.setattr(evidence_package, "SMALL_FILES", 0)
	monkeypatch.setattr(frappe, "enqueue", lambda *args, **kwargs: None)
	found = made()
	assert prepared_files.prepare(found)["state"] == "waiting"
	yield found
	frappe.cache.delete_value(prepared_files._place(found.key))


def test_a_job_makes_the_package_and_tells_how_far_it_is(waiting, monkeypatch):
	monkeypatch.setattr(prepared_files, "is_job_enqueued", lambda job: True)
	told = []
	build = evidence_package.write_entries

	def told_on_the_way(doc, entries, path, say):
		build(doc, entries, path, lambda done: (say(done), told.append(prepared_files.state(waiting))))

	monkeypatch.setattr(evidence_package, "write_entries", told_on_the_way)
	evidence_package.make(APPROVED, waiting.key)
	total = len(waiting.entries)
	assert [(row["state"], row["done"]) for row in told] == [("building", n + 1) for n in range(total)]
	assert (
		prepared_files.state(waiting)["state"] == "ready" and prepared_files.state(waiting)["done"] == total
	)


def test_a_job_that_fails_says_so(waiting, monkeypatch, shelf):
	usage = shutil.disk_usage(shelf)
	monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=0))
	with pytest.raises(frappe.ValidationError):
		evidence_package.make(APPROVED, waiting.key)
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "no room" in told["message"]


def test_a_worker_that_was_killed_leaves_no_dialog_waiting(waiting):
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "could not be made" in told["message"]
	assert prepared_files.prepare(waiting)["state"] == "waiting"


def test_a_job_makes_nothing_of_evidence_that_has_changed_meanwhile(waiting, shelf):
	frappe.db.set_value("P2HAM Assessment", APPROVED, "modified", frappe.utils.now(), update_modified=False)
	frappe.clear_document_cache("P2HAM Assessment", APPROVED)
	evidence_package.make(APPROVED, waiting.key)
	told = prepared_files.state(waiting)
	assert told["state"] == "failed" and "changed meanwhile" in told["message"]
	assert list(shelf.iterdir()) == []


def test_a_job_makes_nothing_for_who_may_not_read_the_sheet_any_more(waiting, as_user, people, shelf):
	as_user(people("OPD Clerk", "DINSOS"))
	with pytest.raises(frappe.PermissionError):
		evidence_package.make(APPROVED, waiting.key)
	assert list(shelf.iterdir()) == []


@pytest.fixture
def large(people):
	"""The approved sheet with more uses than are packed at once, committed; afterwards as before."""
	frappe.db.rollback()
	first = assessment().evidence_uses[0]
	names = [f"uji-paket-{number}" for number in range(evidence_package.SMALL_FILES)]
	for number, name in enumerate(names):
		row = frappe.copy_doc(first)
		row.update({"name": name, "parent": APPROVED, "idx": 100 + number})
		row.db_insert()
	forget()
	yield
	frappe.db.rollback()
	frappe.db.delete("P2HAM Evidence Use", {"name": ("in", names)})
	forget()


def forget() -> None:
	frappe.db.commit()
	frappe.clear_document_cache("P2HAM Assessment", APPROVED)


def test_a_large_package_is_made_by_the_worker_once(http, people, large, tmp_path):
	user = people("P2HAM Verifier")
	client = http(user)
	with concurrent.futures.ThreadPoolExecutor(2) as pool:
		answers = list(pool.map(lambda _number: ask(client, "prepare").json()["message"], range(2)))
	assert {answer["state"] for answer in answers} <= {"waiting", "building", "ready"}
	assert answers[0]["total"] > evidence_package.SMALL_FILES
	until = time.monotonic() + PATIENCE
	while (told := ask(client, "state").json()["message"])["state"] != "ready":
		assert told["state"] in ("waiting", "building"), told
		assert time.monotonic() < until, told
		time.sleep(0.5)
	assert told["done"] == told["total"]
	found = unpacked(ask(client, "download").content, tmp_path)
	assert len(found.names) == told["total"]
	frappe.db.rollback()
	frappe.set_user(user)
	path = evidence_package.Package(assessment(), user).path
	assert [other.name for other in path.parent.glob(f"{path.name.split('-')[0]}-*")] == [path.name]


# The list alone

LIST = "/api/method/p2ham.api.documents.show?document=evidence_list"


@pytest.mark.parametrize(("duty", "opd"), ALLOWED)
def test_whoever_may_print_the_sheet_may_print_the_list(http, people, duty, opd):
	response = http(people(duty, opd)).get(LIST, params={"name": APPROVED})
	assert response.status_code == 200, response.text
	assert response.headers["Content-Disposition"] == f"inline; filename=Daftar-Data-Dukung-{APPROVED}.pdf"
	text = " ".join(text_of(response.content))
	assert "DAFTAR DATA DUKUNG" in text and "tidak ditampilkan" not in text


def test_the_list_is_not_printed_for_others(http, people, demo_site):
	for user in (people("OPD Clerk", "DINSOS"), demo_site["manager"]["user"], None):
		response = http(user).get(LIST, params={"name": APPROVED})
		assert response.status_code == 403 and b"%PDF" not in response.content
	assert http(people("P2HAM Observer")).get(LIST, params={"name": IN_REVIEW}).status_code == 403


def test_the_printed_list_is_on_record(http, people):
	user = people("Sekda")
	filters = {"user": user, "reference_document": APPROVED, "method": "Daftar Data Dukung P2HAM"}
	frappe.db.rollback()
	before = frappe.db.count("Access Log", filters)
	http(user).get(LIST, params={"name": APPROVED})
	frappe.db.rollback()
	assert frappe.db.count("Access Log", filters) == before + 1


def test_titles_of_personal_data_are_on_no_printed_list(as_user, people, sheet, use):
	name = use("A1", "KTP Siti Rahasia", contains_personal_data=1)
	for user in (people("Sekda"), people("OPD Clerk", UNIT)):
		as_user(user)
		data = evidence_list.evidence_list(sheet)
		text = " ".join(text_of(catalogue.by_key("evidence_list").set(data)))
		assert "Siti" not in text and name in text and "memuat data pribadi" in text


def test_what_users_typed_is_text_on_the_list(sheet, use):
	evil = '<script>alert("x")</script> {{ 7 * 7 }}'
	use("A1", evil)
	sheet.evidence_uses[0].note = sheet.evidence_uses[0].slot = evil
	text = "".join(
		text_of(catalogue.by_key("evidence_list").set(evidence_list.evidence_list(sheet)))
	).replace(" ", "")
	assert text.count(evil.replace(" ", "")) == 3


def test_the_door_of_the_list_asks_for_the_right_in_its_data_too(as_user, people):
	doc = assessment()
	as_user(people("OPD Clerk", "DINSOS"))
	with pytest.raises(frappe.PermissionError):
		evidence_list.evidence_list(doc)
	with pytest.raises(frappe.PermissionError):
		door.state(APPROVED)
