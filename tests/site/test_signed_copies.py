"""Signed copies: who may add and read one, that not a byte of it changes, and that it stays."""

from __future__ import annotations

import hashlib
import io
import threading
from pathlib import Path

import frappe
import hostile_files as files
import pytest
from frappe.utils import add_days, nowdate

from p2ham.access import duties
from p2ham.api import signed_copy as door
from p2ham.assessment import signed_copies
from p2ham.assessment.log_verification import is_intact
from p2ham.demo import factories as make
from p2ham.engine import lifecycle
from p2ham.evidence import intake, orphans

COPY, LOG = "P2HAM Signed Copy", "P2HAM Assessment Log"
APPROVED, UNIT = "DISDUKCAPIL-P2HAM-2024", "DISDUKCAPIL"
OPEN = {
	"Draft": "KEC TEBING TINGGI-P2HAM-2024",
	"Submitted": "DISDIKBUD-P2HAM-2024",
	"Reviewed": "DINSOS-P2HAM-2024",
}
RECORD, SHEET = "Berita Acara Hasil Evaluasi P2HAM", "Lembar Penilaian P2HAM"
KEEPERS = [("P2HAM Verifier", ""), ("Kabag Hukum", "")]
READERS = [*KEEPERS, ("Sekda", ""), ("OPD Clerk", UNIT), ("OPD Head", UNIT), ("P2HAM Observer", "")]
STRANGERS = [("OPD Clerk", "DINSOS"), ("OPD Head", "DINSOS"), ("Manager", ""), ("Guest", "")]


def signed_pdf(mark: str = "") -> bytes:
	"""A PDF with what a signing program appends: an update whose bytes, and all those before, the signature covers."""
	plain = make.make_pdf([f"Berita Acara {mark}"])
	before = int(plain.rpartition(b"startxref")[2].split()[0])
	update = b"\n99 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 10 20 30]/Contents<00ff>>>\nendobj\n"
	start = len(plain) + len(update)
	table = b"xref\n99 1\n%010d 00000 n \n" % (len(plain) + 1)
	trailer = b"trailer\n<</Size 100/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (before, start)
	return plain + update + table + trailer


@pytest.fixture
def who(http, people, demo_site):
	def client(duty: str, opd: str = ""):
		if duty == "Guest":
			return http(None)
		return http(demo_site["manager"]["user"] if duty == "Manager" else people(duty, opd))

	return client


@pytest.fixture
def clean(db):
	"""Takes away by SQL what a test has kept for everybody."""
	frappe.db.rollback()
	last = frappe.db.count(LOG, {"assessment": APPROVED})
	files_before = set(frappe.get_all("File", pluck="name", order_by="name"))
	disk = Path(frappe.get_site_path("private", "files"))
	before = set(disk.iterdir())
	yield
	frappe.db.rollback()
	frappe.db.delete(LOG, {"assessment": APPROVED, "sequence": (">", last)})
	frappe.db.delete(COPY)
	new = set(frappe.get_all("File", pluck="name", order_by="name")) - files_before
	frappe.db.delete("File", {"name": ("in", [*new, ""])})
	frappe.db.commit()
	for path in set(disk.iterdir()) - before:
		path.unlink()


def send(client, content: bytes = b"", name: str = "scan.pdf", assessment: str = APPROVED, **values):
	return client.post(
		"/api/method/p2ham.api.signed_copy.keep",
		data={"assessment": assessment, "document": RECORD, **values},
		files={"file": (name, content or signed_pdf())},
		headers={"Accept": "application/json"},
	)


@pytest.fixture
def kept(who, clean):
	"""A copy that Bagian Hukum has kept, for everybody."""
	content = signed_pdf()
	answer = send(
		who("Kabag Hukum"), content, signed_on="2024-03-04", electronic=1, note="Asli di Bagian Hukum"
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	doc = frappe.get_doc(COPY, answer.json()["message"]["name"])
	doc.content_sent = content
	return doc


def on_disk(url: str) -> bytes:
	return Path(frappe.get_site_path(url.lstrip("/"))).read_bytes()


def add(
	content: bytes = b"", document: str = RECORD, assessment: str = APPROVED, name: str = "scan.pdf", **more
):
	"""Keep a copy in this transaction as the session's user."""
	values = {"signed_on": None, "electronic": False, "note": "", **more}
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	return signed_copies.add(doc, intake.look_at_signed(name, content or signed_pdf()), document, **values)


# Who adds


@pytest.mark.parametrize(("duty", "opd"), KEEPERS)
def test_bagian_hukum_keeps_a_copy_and_the_log_has_its_hash(who, people, clean, duty, opd):
	content = signed_pdf(duty)
	answer = send(
		who(duty, opd), content, signed_on="2024-03-04", electronic="1", note="Asli di Bagian Hukum"
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	doc = frappe.get_doc(COPY, answer.json()["message"]["name"])
	sha256 = hashlib.sha256(content).hexdigest()
	assert (doc.name, doc.assessment, doc.document) == (f"{APPROVED}-COPY-001", APPROVED, RECORD)
	assert (doc.sha256, doc.size, doc.mime_type) == (sha256, len(content), "application/pdf")
	assert (str(doc.signed_on), doc.electronic, doc.note) == ("2024-03-04", 1, "Asli di Bagian Hukum")
	assert doc.added_by == people(duty, opd) and doc.added_on
	assert on_disk(doc.file) == content
	file = frappe.get_doc("File", {"file_url": doc.file})
	assert (file.is_private, file.attached_to_doctype, file.attached_to_name) == (1, COPY, doc.name)
	entry = frappe.get_last_doc(LOG, filters={"assessment": APPROVED}, order_by="sequence desc")
	assert (entry.action, entry.from_state, entry.to_state) == (lifecycle.KEEP_COPY, "Approved", "Approved")
	assert entry.note == f"{RECORD}: SHA-256 {sha256}"
	assert (entry.user, entry.duty) == (people(duty, opd), duty)
	assert is_intact(APPROVED)


@pytest.mark.parametrize(
	("duty", "opd"),
	[("OPD Clerk", UNIT), ("OPD Head", UNIT), ("Sekda", ""), ("P2HAM Observer", ""), *STRANGERS],
)
def test_nobody_else_keeps_one(who, clean, duty, opd):
	answer = send(who(duty, opd))
	assert answer.status_code == 403, answer.text
	frappe.db.rollback()
	assert not frappe.db.exists(COPY, {"assessment": APPROVED})
	assert frappe.db.count(LOG, {"assessment": APPROVED}) == 4


def test_administrator_and_who_holds_the_duty_no_more_keep_none(people, as_user):
	with pytest.raises(frappe.PermissionError):
		add()
	user = people("Kabag Hukum")
	frappe.db.set_value("P2HAM Officer", {"user": user}, "to_date", add_days(nowdate(), -1))
	duties.clear_cache()
	as_user(user)
	with pytest.raises(frappe.PermissionError):
		add()


@pytest.mark.parametrize("state", OPEN)
def test_only_what_is_approved_has_signed_copies(who, clean, state):
	answer = send(who("Kabag Hukum"), assessment=OPEN[state])
	assert answer.status_code == 403 and "approved" in answer.text
	frappe.db.rollback()
	assert not frappe.db.exists(COPY, {"assessment": OPEN[state]})


def test_what_was_cancelled_gets_none_and_keeps_its_own(people, as_user):
	as_user(people("Kabag Hukum"))
	name = add().name
	with make.acting_as(people("Sekda")):
		make.take_step(APPROVED, "Cancel", "Salah hitung.")
	with pytest.raises(frappe.PermissionError):
		add(signed_pdf("lain"))
	assert frappe.get_doc(COPY, name).has_permission("read")
	assert is_intact(APPROVED)
	as_user(people("P2HAM Observer"))
	assert not frappe.get_doc(COPY, name).has_permission("read")


def test_it_is_added_by_its_door_only(who, clean):
	client = who("Kabag Hukum")
	values = {"assessment": APPROVED, "document": RECORD, "file": "/private/files/x.pdf", "sequence": 1}
	for flags in ({}, {"flags": {"p2ham_looked": 1, "p2ham_kept": 1, "ignore_permissions": 1}}):
		assert client.post(f"/api/resource/{COPY}", json={**values, **flags}).status_code == 403
		answer = client.call("frappe.client.insert", doc={"doctype": COPY, **values, **flags})
		assert answer.status_code == 403
	frappe.db.rollback()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": COPY, **values}).insert(ignore_permissions=True)


def test_the_door_is_opened_by_post_only(who, clean):
	answer = who("Kabag Hukum").get(
		"/api/method/p2ham.api.signed_copy.keep", params={"assessment": APPROVED, "document": RECORD}
	)
	assert answer.status_code in (403, 405)


# Who reads


@pytest.mark.parametrize(("duty", "opd"), READERS)
def test_who_may_read_the_assessment_reads_the_copy(who, kept, duty, opd):
	client = who(duty, opd)
	answer = client.get(f"/api/resource/{COPY}/{kept.name}")
	assert answer.status_code == 200 and answer.json()["data"]["sha256"] == kept.sha256
	file = client.get(kept.file)
	assert file.status_code == 200 and file.content == kept.content_sent
	listed = client.get(f"/api/resource/{COPY}").json()["data"]
	assert [row["name"] for row in listed] == [kept.name]
	shown = client.call("p2ham.api.signed_copy.get_signed_copies", assessment=APPROVED).json()["message"]
	assert [(row["name"], row["current"]) for row in shown["copies"]] == [(kept.name, True)]
	assert shown["may_add"] is ((duty, opd) in KEEPERS)


@pytest.mark.parametrize(("duty", "opd"), STRANGERS)
def test_nobody_else_reads_it(who, kept, duty, opd):
	client = who(duty, opd)
	for answer in (
		client.get(f"/api/resource/{COPY}/{kept.name}"),
		client.get(kept.file),
		client.get("/api/method/frappe.handler.download_file", params={"file_url": kept.file}),
		client.call("p2ham.api.signed_copy.get_signed_copies", assessment=APPROVED),
		client.call("frappe.client.get", doctype=COPY, name=kept.name),
		client.call("frappe.client.get_value", doctype=COPY, filters=kept.name, fieldname="file"),
	):
		assert answer.status_code in (403, 404) or not answer.json().get("message"), answer.text
		assert kept.sha256 not in answer.text and kept.content_sent not in answer.content
	listed = client.get(f"/api/resource/{COPY}")
	assert listed.status_code == 403 or listed.json()["data"] == []
	names = client.get("/api/resource/File", params={"filters": f'[["attached_to_doctype","=","{COPY}"]]'})
	assert names.status_code == 403 or names.json()["data"] == []


# What it may be


@pytest.mark.parametrize(
	("name", "content", "mime_type"),
	[
		("tte.pdf", signed_pdf("tte"), "application/pdf"),
		("SCAN.PDF", signed_pdf("besar"), "application/pdf"),
		("foto.jpg", files.photo(), "image/jpeg"),
		("foto.jpeg", files.photo(quality=50), "image/jpeg"),
		("foto.png", files.photo("PNG"), "image/png"),
	],
)
def test_what_is_stored_is_what_was_sent_byte_for_byte(who, clean, name, content, mime_type):
	"""Also where Frappe and the intake of evidence would rewrite a photo."""
	assert frappe.get_system_settings("strip_exif_metadata_from_uploaded_images")
	answer = send(who("Kabag Hukum"), content, name)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	doc = frappe.get_doc(COPY, answer.json()["message"]["name"])
	assert on_disk(doc.file) == content == who("P2HAM Observer").get(doc.file).content
	assert (doc.sha256, doc.mime_type) == (hashlib.sha256(content).hexdigest(), mime_type)


REFUSED = {
	"a Word file": ("surat.docx", files.docx(files.paragraph("x")), "pdf, jpg, jpeg, png"),
	"a web page": ("x.html", b"<script>alert(1)</script>", "pdf, jpg, jpeg, png"),
	"an SVG": ("x.svg", b"<svg onload=alert(1)>", "pdf, jpg, jpeg, png"),
	"a WebP": ("x.webp", files.picture("WEBP"), "pdf, jpg, jpeg, png"),
	"no ending": ("scan", make.make_pdf(["x"]), "pdf, jpg, jpeg, png"),
	"two endings": ("scan.pdf.exe", files.program(), "pdf, jpg, jpeg, png"),
	"a program named PDF": ("scan.pdf", files.program(), "not what its ending says"),
	"a picture named PDF": ("scan.pdf", files.picture(), "not what its ending says"),
	"a damaged PDF": ("scan.pdf", make.make_pdf(["x"])[:200], "damaged"),
	"a PDF with a password": ("scan.pdf", files.encrypted_pdf("rahasia"), "password"),
	"a PDF without pages": ("scan.pdf", files.pdf_without_pages(), "pages"),
	"a PDF that goes in circles": ("scan.pdf", files.pdf_cycle(), "not accepted"),
	"a PDF that claims a million pages": ("scan.pdf", files.pdf_claims_pages(), "pages"),
	"a PDF bomb": ("scan.pdf", files.pdf_bomb_in_xref(200), "not accepted"),
	"a damaged photo": ("scan.jpg", files.photo()[:300], "damaged"),
	"a picture of a billion pixels": ("scan.png", files.png_header(), "pixels"),
	"a film": ("scan.png", files.animated(), "not what its ending says"),
	"nothing": ("scan.pdf", b"", "empty"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_such_a_copy_is_refused_with_a_reason(as_user, people, said, what):
	as_user(people("Kabag Hukum"))
	name, content, reason = REFUSED[what]
	with pytest.raises(frappe.ValidationError) as caught:
		signed_copies.add(
			frappe.get_doc("P2HAM Assessment", APPROVED),
			intake.look_at_signed(name, content),
			RECORD,
			None,
			False,
			"",
		)
	assert reason in said(caught)


def test_a_refused_file_leaves_nothing_behind(who, clean):
	disk = Path(frappe.get_site_path("private", "files"))
	before = set(disk.iterdir())
	for values in (
		{"name": "x.pdf", "content": files.program()},
		{"document": "Surat Cinta"},
		{"signed_on": "2999-01-01"},
	):
		answer = send(who("Kabag Hukum"), **values)
		assert answer.status_code == 417, answer.text
	frappe.db.rollback()
	assert set(disk.iterdir()) == before
	assert not frappe.db.exists(COPY, {"assessment": APPROVED})
	assert frappe.db.count(LOG, {"assessment": APPROVED}) == 4


def test_a_copy_may_be_as_large_as_evidence(people, as_user, said):
	frappe.db.set_single_value("P2HAM Settings", "evidence_max_mb", 1)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	as_user(people("Kabag Hukum"))
	with pytest.raises(frappe.ValidationError) as caught:
		add(make.make_pdf(["x"]) + b"%" * 1024 * 1024)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	assert "1 MB at most" in said(caught)


@pytest.mark.parametrize(
	("values", "reason"),
	[
		({"document": "Surat Cinta"}, "choose one of"),
		({"document": ""}, "choose one of"),
		({"document": "Notula P2HAM"}, "choose one of"),
		({"signed_on": "2999-01-01"}, "future"),
		({"signed_on": "kemarin"}, "kemarin"),
		({"note": "x" * 501}, "500"),
	],
)
def test_what_is_said_of_it_is_checked(people, as_user, said, values, reason):
	as_user(people("Kabag Hukum"))
	with pytest.raises(frappe.ValidationError) as caught:
		add(**values)
	assert reason in said(caught)


def test_a_request_without_a_file_says_so(who, clean):
	answer = who("Kabag Hukum").call("p2ham.api.signed_copy.keep", assessment=APPROVED, document=RECORD)
	assert answer.status_code == 417 and "no file was sent" in answer.text


# Which one counts


def test_a_newer_copy_stands_before_the_older_which_stays(people, as_user):
	as_user(people("P2HAM Verifier"))
	first, other = add(signed_pdf("1")), add(signed_pdf("2"), SHEET)
	second = add(signed_pdf("3"))
	third = add(signed_pdf("4"))
	rows = {row.name: row for row in signed_copies.for_assessment(APPROVED)}
	assert [row.current for row in (rows[doc.name] for doc in (first, other, second, third))] == [
		False,
		True,
		False,
		True,
	]
	assert (second.replaces, third.replaces, first.replaces) == (first.name, second.name, None)
	assert len({doc.file for doc in (first, other, second, third)}) == 4
	assert on_disk(first.file) == signed_pdf("1")
	assert frappe.db.count(LOG, {"assessment": APPROVED, "action": lifecycle.KEEP_COPY}) == 4
	assert is_intact(APPROVED)


def test_the_same_file_twice_is_kept_once(people, as_user, said):
	as_user(people("Kabag Hukum"))
	first = add()
	with pytest.raises(frappe.DuplicateEntryError) as caught:
		add()
	assert first.name in said(caught)
	add(document=SHEET)  # one scan may show two documents


def test_two_at_once_are_both_kept_in_one_order(who, clean):
	clients = [who("Kabag Hukum"), who("P2HAM Verifier")]
	answers = []

	def go(client, mark):
		answers.append(send(client, signed_pdf(mark)))

	threads = [threading.Thread(target=go, args=(client, str(n))) for n, client in enumerate(clients)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	frappe.db.rollback()
	good = [answer for answer in answers if answer.status_code == 200]
	rows = signed_copies.for_assessment(APPROVED)
	assert len(good) == len(rows) >= 1
	assert [row.sequence for row in rows] == list(range(len(rows), 0, -1))
	assert sum(row.current for row in rows) == 1
	assert is_intact(APPROVED)


# That it stays


@pytest.mark.parametrize(
	("duty", "opd"), [("Kabag Hukum", ""), ("P2HAM Verifier", ""), ("Sekda", ""), ("OPD Clerk", UNIT)]
)
def test_nobody_changes_or_deletes_one_over_http(who, kept, duty, opd):
	client = who(duty, opd)
	path = f"/api/resource/{COPY}/{kept.name}"
	for answer in (
		client.put(path, json={"note": "lain"}),
		client.put(path, json={"flags": {"p2ham_looked": 1}, "document": SHEET}),
		client.delete(path),
		client.call(
			"frappe.client.set_value", doctype=COPY, name=kept.name, fieldname="signed_on", value="2020-01-01"
		),
		client.call(
			"frappe.client.save",
			doc={**kept.as_dict(no_default_fields=False, convert_dates_to_str=True), "note": "lain"},
		),
		client.call("frappe.client.delete", doctype=COPY, name=kept.name),
		client.call("frappe.client.rename_doc", doctype=COPY, old_name=kept.name, new_name="lain"),
		client.call(
			"frappe.model.rename_doc.update_document_title", doctype=COPY, docname=kept.name, title="lain"
		),
		client.call("frappe.desk.reportview.delete_items", doctype=COPY, items=f'["{kept.name}"]'),
		client.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			doctype=COPY,
			docnames=f'["{kept.name}"]',
			action="update",
			data={"note": "lain"},
		),
		client.call("frappe.desk.like.toggle_like", doctype=COPY, name=kept.name, add="Yes"),
		client.call("frappe.share.add", doctype=COPY, name=kept.name, user="Guest", read=1),
	):
		assert answer.status_code < 500, answer.text
	unchanged(kept)


def unchanged(kept) -> None:
	frappe.db.rollback()
	now = frappe.get_doc(COPY, kept.name)
	for field in ("document", "note", "signed_on", "file", "sha256", "electronic", "modified"):
		assert now.get(field) == kept.get(field), field
	assert frappe.db.get_value(COPY, kept.name, "_liked_by") in (None, "", "[]")
	records = frappe.get_all(
		"File",
		filters={"attached_to_doctype": COPY},
		fields=["attached_to_name", "file_url", "is_private"],
		order_by="name",
	)
	assert [(row.attached_to_name, row.file_url, row.is_private) for row in records] == [
		(kept.name, kept.file, 1)
	]
	assert on_disk(kept.file) == kept.content_sent


def test_administrator_neither(kept):
	doc = frappe.get_doc(COPY, kept.name)
	doc.note = "lain"
	file = frappe.get_doc("File", {"attached_to_doctype": COPY})
	attempts = [
		lambda: doc.save(ignore_permissions=True),
		lambda: frappe.delete_doc(COPY, kept.name, force=True, ignore_permissions=True),
		lambda: frappe.rename_doc(COPY, kept.name, "lain", force=True),
		lambda: frappe.delete_doc("File", file.name, force=True, ignore_permissions=True),
		lambda: file.update({"attached_to_name": "", "attached_to_doctype": ""}).save(),
		lambda: frappe.get_doc("File", file.name).update({"is_private": 0}).save(),
		lambda: frappe.get_doc("File", file.name).update({"file_name": "lain.pdf"}).save(),
		lambda: frappe.get_doc("File", file.name).optimize_file(),
		lambda: frappe.get_doc("File", file.name).unzip(),
		lambda: make.upload(
			"lain.pdf", signed_pdf("lain"), attached_to_doctype=COPY, attached_to_name=kept.name
		),
		lambda: make.upload(
			"lain.pdf", signed_pdf("lain"), attached_to_doctype=COPY, attached_to_name="belum ada"
		),
		lambda: frappe.client.insert({"doctype": "File", "file_url": kept.file, "is_private": 1}),
	]
	for number, attempt in enumerate(attempts):
		with pytest.raises(frappe.PermissionError):
			attempt()
			pytest.fail(f"attempt {number}")
	unchanged(kept)


@pytest.mark.parametrize(("duty", "opd"), [("Kabag Hukum", ""), ("OPD Clerk", UNIT), ("OPD Clerk", "DINSOS")])
def test_its_file_is_not_moved_copied_replaced_or_deleted(who, kept, duty, opd):
	client = who(duty, opd)
	frappe.db.rollback()
	record = frappe.db.get_value("File", {"attached_to_doctype": COPY})
	evidence = frappe.db.get_value("P2HAM Evidence", {"opd": UNIT}, "name", order_by="name")
	path = f"/api/resource/File/{record}"
	attempts = [
		client.delete(path),
		client.put(path, json={"attached_to_doctype": "P2HAM Evidence", "attached_to_name": evidence}),
		client.put(path, json={"is_private": 0}),
		client.put(path, json={"file_url": "/private/files/lain.pdf"}),
		client.put(path, json={"content": "lain"}),
		client.call("frappe.desk.form.utils.remove_attach", dt=COPY, dn=kept.name, fid=record),
		client.post(
			"/api/method/run_doc_method", json={"dt": "File", "dn": record, "method": "optimize_file"}
		),
		client.call(
			"frappe.core.api.file.move_file",
			file_list=[{"name": record}],
			new_parent="Home",
			old_parent="Home/Attachments",
		),
		client.post("/api/resource/File", json={"file_url": kept.file, "is_private": 1}),
		client.post("/api/resource/File", json={"file_url": f"/./{kept.file}", "is_private": 1}),
		client.post(
			"/api/resource/File", json={"file_url": kept.file.replace("/private", ""), "is_private": 0}
		),
		client.post(
			"/api/resource/File",
			json={
				"file_url": kept.file,
				"is_private": 1,
				"attached_to_doctype": "P2HAM Evidence",
				"attached_to_name": evidence,
			},
		),
		client.post(
			"/api/method/upload_file",
			data={"doctype": COPY, "docname": kept.name, "is_private": 1},
			files={"file": ("lain.pdf", signed_pdf("lain"))},
		),
		client.post(
			"/api/method/upload_file",
			data={"doctype": COPY, "docname": f"{APPROVED}-COPY-002", "is_private": 1},
			files={"file": ("lain.pdf", signed_pdf("lain"))},
		),
		client.post("/api/method/upload_file", data={"file_url": kept.file, "is_private": 1}),
	]
	for number, answer in enumerate(attempts):
		assert answer.status_code >= 400, (number, answer.text)
	unchanged(kept)


def test_it_does_not_become_evidence_by_its_address(who, kept, people, as_user):
	as_user(people("OPD Clerk", UNIT))
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(
			{"doctype": "P2HAM Evidence", "opd": UNIT, "title": "x", "kind": "File", "file": kept.file}
		).insert()


def test_its_content_is_not_put_on_the_web_by_who_reads_it(who, kept):
	answer = who("OPD Clerk", UNIT).post(
		"/api/method/upload_file", data={"is_private": 0}, files={"file": ("scan.pdf", kept.content_sent)}
	)
	assert answer.status_code == 403
	unchanged(kept)


def test_it_has_a_place_of_its_own_even_where_the_same_bytes_are_stored(who, clean):
	"""Frappe takes two files with one MD5 for the same, and MD5 can be made to collide."""
	content = signed_pdf()
	frappe.db.commit()
	stored = make.upload("lain.pdf", content)
	frappe.db.commit()
	answer = send(who("Kabag Hukum"), content).json()["message"]
	frappe.db.rollback()
	assert answer["file"] != stored and on_disk(answer["file"]) == content
	frappe.get_doc("File", {"file_url": stored}).delete()
	frappe.db.commit()
	assert on_disk(answer["file"]) == content


def test_a_file_elsewhere_with_the_same_bytes_takes_nothing_along(who, kept):
	"""Frappe gives a later file with the same content the same place on the disk."""
	client = who("Kabag Hukum")
	again = client.post(
		"/api/method/upload_file", data={"is_private": 1}, files={"file": ("lagi.pdf", kept.content_sent)}
	)
	assert again.status_code == 200
	record = again.json()["message"]["name"]
	client.post("/api/method/run_doc_method", json={"dt": "File", "dn": record, "method": "optimize_file"})
	client.put(f"/api/resource/File/{record}", json={"content": "lain"})
	assert client.delete(f"/api/resource/File/{record}").status_code == 202
	unchanged(kept)


def test_tidying_leaves_it_alone(kept):
	frappe.db.set_value("File", {"attached_to_doctype": COPY}, "creation", "2020-01-01")
	orphans.remove()
	unchanged(kept)


def test_what_was_typed_stays_text(people, as_user):
	as_user(people("Kabag Hukum"))
	with pytest.raises(frappe.ValidationError, match="plain text"):
		add(note='<script>alert("x")</script><img src=x onerror=alert(1)>')
	doc = frappe.get_doc(COPY, add(note='Lembar < 3 & "asli"', name="<b>.pdf").name)
	assert doc.note == 'Lembar < 3 & "asli"'
	assert "<" not in doc.file


def test_the_door_of_the_form_asks_little(people, as_user, queries):
	as_user(people("Kabag Hukum"))
	add(signed_pdf("1"))
	door.get_signed_copies(APPROVED)
	with queries() as few:
		door.get_signed_copies(APPROVED)
	for mark in "234":
		add(signed_pdf(mark))
	with queries() as many:
		assert len(door.get_signed_copies(APPROVED)["copies"]) == 4
	assert len(few) == len(many)


def test_every_signed_document_of_an_assessment_can_be_kept():
	from p2ham.documents import catalogue

	assert {kind.title for kind in catalogue.KINDS if kind.doctype == "P2HAM Assessment"} <= set(
		signed_copies.documents()
	)


def test_a_pdf_that_is_kept_opens(kept):
	from pypdf import PdfReader

	assert len(PdfReader(io.BytesIO(on_disk(kept.file))).pages) == 1
