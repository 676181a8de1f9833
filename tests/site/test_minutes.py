"""Notula and Daftar Hadir of guidance: what they say, who may have them, and what a unit may not write of them."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import frappe
import pytest
from frappe.utils import add_days, nowdate
from printed import DOOR, html_view, official, pages, view, whole

from p2ham.demo import factories as make
from p2ham.documents import catalogue
from p2ham.documents.attendance_list import FEWEST_BLANKS, attendance_list
from p2ham.documents.minutes import minutes
from p2ham.guidance import occasion, photos

NUMBER = "000.1.5/12/HUKUM"
SUBJECT = "Rapat koordinasi hasil penilaian KKP HAM dan persiapan P2HAM"
EVIL = '<img src=x onerror="alert(1)"><script>alert(1)</script> {{ 7 * 7 }}'


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def held(verifier):
	"""A meeting that was held, with everything that its minutes need."""

	def meeting(units=("DINSOS", "DISDUKCAPIL"), **values):
		fields = {
			"status": "Held",
			"date": "2024-01-30",
			"start_time": "09:00:00",
			"end_time": "11:30:00",
			"place": "Ruang rapat",
			"agenda": "1. Hasil\n2) Perbaikan\n- Rencana",
			"outcome": "Baris satu.\nBaris dua.",
			"chair": "Rahmat Umpamanya, S.H., M.H.",
			"chair_position": "Kepala Bagian Hukum",
			"chair_nip": "198403152004031014",
			"note_taker": "Lestari Contohan, S.H.",
			"minutes_number": NUMBER,
			**values,
		}
		with make.acting_as(verifier):
			name = make.create_guidance("Uji notula", list(units), **fields)
		return frappe.get_doc("P2HAM Guidance", name)

	return meeting


def test_the_minutes_say_what_a_meeting_was_about(held):
	doc = held(
		[
			{"opd": "DINSOS", "person": "Marlina", "position": "Operator"},
			{"opd": "DISDUKCAPIL"},
			{"opd": "DINSOS", "person": "Komar"},
		]
	)
	(text,) = official("minutes", doc)
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG" in text
	assert "NOTULA RAPAT KOORDINASI" in text and f"NOMOR: {NUMBER}" in text
	assert "Selasa, 30 Januari 2024" in text and "pukul 09.00 s.d. 11.30 WIB" in text
	assert "Ruang rapat" in text and "Uji notula" in text
	assert "1 Dinas Sosial Marlina, Operator Komar" in text
	assert "2 Dinas Kependudukan dan Pencatatan Sipil menurut daftar hadir" in text
	assert "1. Hasil 2. Perbaikan 3. Rencana" in text
	assert "Baris satu. Baris dua." in text
	assert "Pimpinan rapat, Kepala Bagian Hukum," in text and "NIP 19840315 200403 1 014" in text
	assert text.count("Lestari Contohan, S.H.") == 2 and "NIP ..." not in text
	assert "DRAF" not in text and f"Nomor {NUMBER}" in text


def test_the_print_view_says_the_same(held):
	text = whole(view("minutes", held()))
	for part in ("NOTULA RAPAT KOORDINASI", NUMBER, "Dinas Sosial", "Baris dua.", "Kepala Bagian Hukum"):
		assert part in text


@pytest.mark.parametrize(
	("values", "mark"),
	[
		({"status": "Scheduled", "date": "2091-01-30"}, "DRAF – RAPAT BELUM DILAKSANAKAN"),
		({"minutes_number": " "}, "DRAF – NOMOR BELUM DIISI"),
		({"status": "Cancelled", "cancel_reason": "Ditunda"}, "DIBATALKAN"),
		({}, ""),
	],
)
def test_minutes_are_final_once_the_meeting_was_held_and_they_have_a_number(held, values, mark):
	doc = held(**values)
	assert minutes(doc)["frame"]["mark"].text == mark
	for text in official("minutes", doc):
		assert mark in text
	assert mark in html_view("minutes", doc)


def test_what_is_not_known_is_a_dotted_line(held):
	doc = held(
		start_time=None, end_time=None, chair="", chair_position="", chair_nip="", outcome="", agenda=""
	)
	(text,) = official("minutes", doc)
	assert "Waktu : ..." in text and "Pimpinan rapat : ..." in text and "NIP ..." in text


@pytest.mark.parametrize(
	("zone", "words"),
	[("Asia/Makassar", "09.00 s.d. 11.30 WITA"), ("Asia/Jayapura", "11.30 WIT"), ("UTC", "11.30 Tempat")],
)
def test_the_time_zone_is_that_of_the_site(held, monkeypatch, zone, words):
	monkeypatch.setattr(occasion, "get_system_timezone", lambda: zone)
	assert words in official("minutes", held())[0]


def test_a_request_has_no_minutes_until_it_was_held(held, said):
	request = held(kind="Request for Guidance", status="Requested")
	with pytest.raises(frappe.ValidationError) as caught:
		minutes(request)
	assert "only once the guidance was held" in said(caught)
	assert "NOTULA PENDAMPINGAN" in official("minutes", held(kind="Request for Guidance"))[0]


def test_who_takes_part_may_have_them_and_nobody_else(http, people, demo_site):
	name = frappe.db.get_value("P2HAM Guidance", {"subject": SUBJECT})
	for key in ("minutes", "attendance_list"):
		for user, status in (
			(people("Kabag Hukum"), 200),
			(people("Sekda"), 200),
			(people("OPD Clerk", "DINSOS"), 200),
			(people("OPD Clerk", "KEC TEBING TINGGI"), 403),
			(demo_site["manager"]["user"], 403),
			(None, 403),
		):
			response = http(user).get(DOOR, params={"document": key, "name": name})
			assert response.status_code == status, (key, user)
			assert response.content.startswith(b"%PDF") == (status == 200), (key, user)


def test_a_template_of_another_doctype_gets_no_minutes(held, people, as_user):
	doc = held(["DINSOS"])
	as_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	for prepare in (minutes, attendance_list):
		with pytest.raises(frappe.PermissionError):
			prepare(doc)


def test_a_unit_reads_its_own_follow_ups_only(held, people, verifier, as_user):
	doc = held()
	with make.acting_as(verifier):
		for opd in ("DINSOS", "DISDUKCAPIL"):
			make.create_follow_up(opd, f"Rahasia {opd}", guidance=doc.name)
	text = whole(official("minutes", doc))
	assert "Rahasia DINSOS" in text and "Rahasia DISDUKCAPIL" in text and "Petikan" not in text
	as_user(people("OPD Clerk", "DINSOS"))
	for text in (whole(official("minutes", doc)), html_view("minutes", doc)):
		assert "Rahasia DINSOS" in text and "Rahasia DISDUKCAPIL" not in text
		assert "Petikan: hanya memuat" in text
	as_user(people("P2HAM Observer"))
	assert "Rahasia" not in whole(official("minutes", doc))


def test_what_users_typed_is_text(held):
	doc = held([{"opd": "DINSOS", "person": "x", "position": "x"}])
	for field in ("person", "position"):
		doc.participants[0].db_set(field, EVIL)
	for field in ("subject", "place", "host", "agenda", "outcome", "chair", "note_taker", "minutes_number"):
		doc.db_set(field, EVIL)
	for key in ("minutes", "attendance_list"):
		html = html_view(key, frappe.get_doc(doc.doctype, doc.name))
		assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html
		assert "{{ 7 * 7 }}" in html


def test_a_meeting_of_many_with_long_names_loses_nobody(held):
	rows = [
		{
			"opd": "DPMPTSP",
			"person": f"Orang {number} " + "Bergelar Sangat Panjang " * 4,
			"position": "x" * 130,
		}
		for number in range(1, 61)
	]
	doc = held(rows, outcome="Dibahas panjang lebar.\n" * 120, agenda="Pokok\n" * 30)
	for key in ("minutes", "attendance_list"):
		found = official(key, doc)
		assert len(found) > 2
		for number, text in enumerate(found, start=1):
			assert f"Halaman {number} dari {len(found)}" in text
		for number in range(1, 61):
			assert f"Orang {number} Bergelar" in whole(found)
	assert "Pimpinan rapat," in official("minutes", doc)[-1]


def test_the_number_of_queries_does_not_depend_on_how_many_take_part(held, queries, verifier):
	def needed(units):
		doc = held(units)
		with make.acting_as(verifier):
			for _ in range(len(units)):
				make.create_follow_up("DINSOS", "Uji", guidance=doc.name)
		doc = frappe.get_doc(doc.doctype, doc.name)
		for prepare in (minutes, attendance_list):
			prepare(doc)
		with queries() as run:
			for prepare in (minutes, attendance_list):
				prepare(doc)
		return len(run)

	every = frappe.get_all("P2HAM OPD", pluck="name", order_by="lft", limit=40)
	few, many = needed(["DINSOS"]), needed(every)
	assert few == many and many < 15


# Daftar Hadir


def test_the_attendance_list_fills_its_page_with_blank_rows(held):
	doc = held(
		[{"opd": "DINSOS", "person": "Marlina", "position": "Operator"}, {"opd": "DISDUKCAPIL"}],
		status="Scheduled",
		date=add_days(nowdate(), 3),
	)
	(text,) = official("attendance_list", doc)
	assert "DAFTAR HADIR RAPAT KOORDINASI" in text and "Tanda tangan" in text
	assert "1 Marlina Operator Dinas Sosial 1." in text
	assert "2 Dinas Kependudukan dan Pencatatan Sipil 2." in text
	rows = attendance_list(doc)["rows"]
	assert len(rows) > 12 and not any(row["unit"] for row in rows[2:])
	assert f"{len(rows)}." in text
	assert "DRAF" not in text and "NOMOR" not in text
	assert "Dinas Sosial" in whole(view("attendance_list", doc))


@pytest.mark.parametrize("count", [0, 1, 12, 13, 14, 15, 16, 17, 36, 40])
def test_there_is_always_room_for_who_was_not_expected(held, count):
	doc = held([{"opd": "DINSOS", "person": f"Orang {number}"} for number in range(count)])
	rows = attendance_list(doc)["rows"]
	assert len(rows) - count >= FEWEST_BLANKS
	# The last page is filled, not begun by what did not fit on the one before.
	assert f"{len(rows) - 8}.{len(rows) - 7}" in official("attendance_list", doc)[-1]


# What may be written


@pytest.mark.parametrize("field", ["minutes_number", "chair", "note_taker_nip", "outcome"])
def test_a_unit_does_not_write_the_minutes_of_its_request(people, said, field):
	clerk = people("OPD Clerk", "DINSOS")
	request = {"kind": "Request for Guidance", "status": "Requested"}
	label = frappe.get_meta("P2HAM Guidance").get_label(field)
	with make.acting_as(clerk):
		with pytest.raises(frappe.PermissionError, match=label):
			make.create_guidance("Uji", ["DINSOS"], **request, **{field: "198403152004031014"})
		doc = frappe.get_doc(
			"P2HAM Guidance", make.create_guidance("Uji", ["DINSOS"], **request, start_time="09:00:00")
		)
		doc.update({field: "198403152004031014", "start_time": "09:00:00"})
		with pytest.raises(frappe.PermissionError) as caught:
			doc.save()
		assert f"<li>{label}</li>" in said(caught) and "Start Time" not in said(caught)


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"start_time": "11:00:00", "end_time": "9:30:00"}, "End Time must not be before Start Time"),
		({"start_time": None, "end_time": "9:30:00"}, "Start Time must be filled"),
		({"start_time": "pagi"}, "is not a time of day"),
		({"chair_nip": "123"}, "NIP of the Chair must have 18 digits"),
		({"note_taker_nip": "123"}, "NIP of the Note Taker must have 18 digits"),
	],
)
def test_times_and_nip_make_sense(held, said, values, words):
	with pytest.raises(frappe.ValidationError) as caught:
		held(**values)
	assert words in frappe.utils.strip_html(said(caught))


# Decisions, who came, photos


def test_decisions_stand_in_the_minutes_before_what_became_of_them(held, verifier):
	decisions = [
		{
			"decision": "Tunjuk petugas < 30 tahun",
			"opd": "DINSOS",
			"responsible": "Sekretaris",
			"due_date": "2024-03-01",
		},
		{"decision": "Rapat lagi"},
	]
	doc = held(decisions=decisions)
	with make.acting_as(verifier):
		make.create_follow_up("DINSOS", "Uji", guidance=doc.name)
	for text in (whole(official("minutes", doc)), whole(view("minutes", doc))):
		assert "D. Keputusan" in text and "E. Tindak Lanjut" in text
		assert "1 Tunjuk petugas < 30 tahun Dinas Sosial Sekretaris 01/03/2024" in text
		assert "2 Rapat lagi" in text
	assert "D. Tindak Lanjut" not in html_view("minutes", doc)
	assert "Keputusan" not in html_view("minutes", held())


def test_once_it_is_known_who_came_the_others_are_not_named(held):
	rows = [
		{"opd": "DINSOS", "person": "Marlina", "attended": 1},
		{"opd": "DINSOS", "person": "Komar"},
		{"opd": "DISDUKCAPIL"},
		{"person": "Tamu", "institution": "Kantor Wilayah", "attended": 1},
		{"person": "Tanpa Asal", "attended": 1},
	]
	text = whole(official("minutes", held(rows)))
	assert "1 Dinas Sosial Marlina" in text and "Komar" not in text
	assert "2 Dinas Kependudukan dan Pencatatan Sipil tidak hadir" in text
	assert "3 Kantor Wilayah Tamu" in text and "4 Undangan lainnya Tanpa Asal" in text
	invited = whole(official("minutes", held([{**row, "attended": 0} for row in rows])))
	assert "Komar" in invited and "tidak hadir" not in invited
	attendance = whole(official("attendance_list", held(rows)))
	assert "Tamu" in attendance and "Kantor Wilayah" in attendance


def photo(side=2400, turned=False, kind="JPEG") -> bytes:
	"""A wide picture: red at the left, blue at the right."""
	from PIL import Image

	image = Image.new("RGB", (side, side // 2), "red")
	image.paste("blue", (side // 2, 0, side, side // 2))
	exif = image.getexif()
	exif[0x0112] = 6 if turned else 1  # to be turned to the right
	exif[0x010F] = "Kamera Rahasia"
	buffer = io.BytesIO()
	image.save(buffer, kind, exif=exif)
	return buffer.getvalue()


def attach(user, doc, name, content) -> Path:
	"""Attach a file; return where it lies. Frappe writes a JPEG anew while storing it, so its bytes are put there
	afterwards, as an older version or another program left them."""
	with make.acting_as(user):
		fields = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
		address = make.upload(name, make.make_png(name), **fields)
	stored = Path(frappe.get_site_path(*address.strip("/").split("/")))
	stored.write_bytes(content)
	return stored


def printed(doc) -> list:
	from PIL import Image

	found = [picture for pair in minutes(doc)["photos"] for picture in pair]
	content = [base64.b64decode(picture.partition(",")[2]) for picture in found]
	assert not [each for each in content if b"Rahasia" in each]
	return [Image.open(io.BytesIO(each)) for each in content]


def test_photos_are_printed_upright_and_small_and_what_is_broken_is_left_out(held, verifier):
	doc = held()
	plain = catalogue.by_key("minutes").render(doc)
	for name, content in (
		("satu.png", photo(turned=True)),
		("dua.PNG", photo(600, kind="PNG")),
		("rusak.png", b"\xff\xd8 bukan foto"),
		("kosong.png", b"x"),
		("surat.pdf", make.make_pdf(["surat"])),
	):
		attach(verifier, doc, name, content)
	upright, wide = printed(doc)
	assert upright.size == (400, 800) and wide.size == (600, 300)
	red, blue = upright.getpixel((200, 50)), upright.getpixel((200, 750))
	assert red[0] > 200 > red[2] and blue[2] > 200 > blue[0]
	content = catalogue.by_key("minutes").render(doc)
	assert len(content) - len(plain) < 100_000
	found = pages(content)
	assert "LAMPIRAN: DOKUMENTASI" in found[-1] and "Foto 1" in found[-1] and "Foto 2" in found[-1]
	assert "DOKUMENTASI" in whole(view("minutes", doc))
	assert "DOKUMENTASI" not in html_view("minutes", held())


def test_a_photo_whose_file_is_gone_and_one_too_many_hinder_nobody(held, verifier, monkeypatch):
	doc = held()
	attach(verifier, doc, "hilang.png", photo(300)).unlink()
	assert minutes(doc)["photos"] == []
	monkeypatch.setattr(photos, "PRINTED", 2)
	for number in range(4):
		attach(verifier, doc, f"{number}.png", photo(300 + number, kind="PNG"))
	data = minutes(doc)
	assert [len(pair) for pair in data["photos"]] == [2] and data["more_photos"].startswith("2 foto lainnya")
