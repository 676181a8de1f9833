"""Surat Pernyataan Pencanangan: what each unit's head declares, who signs, and who may have which."""

from __future__ import annotations

import io
import re

import frappe
import pytest
from printed import DOOR, html_view, official, pages, view, whole
from pypdf import PdfReader

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.documents import catalogue
from p2ham.documents.declaration import PORTION, declaration, portions

PERIOD = "P2HAM-2024"
NUMBER = "100.2.1.6/7/P2HAM"
EVIL = '<img src=x onerror="alert(1)"><script>alert(1)</script> {{ 7 * 7 }}'
UNITS = 10


def period(**rows):
	"""The demo's period; `rows` are changes of participants, by unit with _ for a space."""
	doc = frappe.get_doc("P2HAM Period", PERIOD)
	for opd, values in rows.items():
		doc.participant(opd.replace("_", " ")).update(values)
	return doc


def sheet(opd: str, doc=None) -> dict:
	(found,) = declaration(doc or period(), unit=opd)["sheets"]
	return found


def test_the_head_of_a_unit_declares_it(http, people):
	user = people("Kabag Hukum")
	query = {"document": "declaration", "name": PERIOD, "unit": "DISDUKCAPIL"}
	response = http(user).get(DOOR, params=query)
	assert response.status_code == 200, response.text
	assert response.headers["Content-Disposition"].endswith(
		"filename=Surat-Pernyataan-Pencanangan-DISDUKCAPIL.pdf"
	)
	(text,) = pages(response.content)
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL" in text
	assert "SURAT PERNYATAAN NOMOR: ..." in text
	assert "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL TAHUN 2024" in text
	assert "Nama : Drs. Bahar Misalnya, M.Si." in text and "NIP : 19720303 200203 1 002" in text
	assert "Pangkat (golongan) : Pembina Tingkat I (IV/b)" in text
	assert "Jabatan : Kepala Dinas Kependudukan dan Pencatatan Sipil" in text
	assert "dengan ini menyatakan bahwa Dinas Kependudukan dan Pencatatan Sipil siap" in text
	assert "diatur dalam Peraturan Menteri Hukum dan HAM Nomor 25 Tahun 2023" in text
	assert "Mengetahui, Pj. Sekretaris Daerah Kabupaten Empat Lawang" in text
	assert "Dr. Sri Andaian, M.Si." in text
	assert "Tebing Tinggi, 30 Januari 2024 Yang menyatakan," in text
	assert "DRAF – NOMOR BELUM DIISI" in text


def test_without_a_unit_everybody_who_takes_part_gets_a_page(db):
	doc = period(SATPOL_PP={"status": "Withdrawn"})
	found = official("declaration", doc)
	units = [row.opd for row in doc.participants if row.status != "Withdrawn"]
	assert len(found) == len(units) == UNITS - 1
	for opd, text in zip(units, found, strict=True):
		name = frappe.db.get_value("P2HAM OPD", opd, "opd_name")
		assert f"{name.upper()} TAHUN 2024" in text and "SURAT PERNYATAAN" in text
		assert "Halaman" not in text  # each is a paper of its own
	assert "SATUAN POLISI" not in whole(found)


def test_the_print_view_has_the_same_pages(db):
	found = view("declaration", period())
	assert len(found) == UNITS
	assert "DINAS SOSIAL TAHUN 2024" in whole(found)


@pytest.mark.parametrize(
	("values", "mark"),
	[
		({"declaration_number": NUMBER}, ""),
		({}, "DRAF – NOMOR BELUM DIISI"),
		({"declaration_number": NUMBER, "status": "Ready"}, "DRAF – BELUM DICANANGKAN"),
		({"declaration_number": NUMBER, "declared_on": None}, "DRAF – BELUM DICANANGKAN"),
	],
)
def test_a_declaration_is_final_once_it_is_declared_dated_and_numbered(db, values, mark):
	doc = period(DINSOS=values)
	data = declaration(doc, unit="DINSOS")
	assert data["frame"]["mark"].text == data["sheets"][0]["mark"].text == mark
	(text,) = official("declaration", doc, unit="DINSOS")
	assert ("DRAF" in text) == bool(mark) and mark in text
	assert ("Nomor " + NUMBER in text) == bool(values.get("declaration_number"))
	assert bool(data["sheets"][0]["signatures"][1]["date"]) == ("BELUM DICANANGKAN" not in mark)


def test_each_page_has_the_mark_of_its_own_unit(db):
	doc = period(DINSOS={"declaration_number": NUMBER})
	found = official("declaration", doc)
	final = [text for text in found if "DRAF" not in text]
	assert len(final) == 1 and "DINAS SOSIAL TAHUN 2024" in final[0] and NUMBER in final[0]
	data = declaration(doc)
	assert data["draft"].startswith("data:image/svg+xml") and not data["frame"]["mark"].word
	ready = [row for row in doc.participants if row.status == "Ready"]
	assert sum("BELUM DICANANGKAN" in text for text in found) >= len(ready)


def test_a_final_page_bears_no_watermark_beside_drafts(db):
	doc = period(DISDUKCAPIL={"declaration_number": NUMBER})
	content = catalogue.by_key("declaration").render(doc)
	# The background picture of a page is drawn as a pattern; nothing else in the document is.
	drawn = [
		b"/Pattern cs" in page.get_contents().get_data() for page in PdfReader(io.BytesIO(content)).pages
	]
	assert drawn == [False, *[True] * (UNITS - 1)]


def test_a_clerk_gets_the_declarations_of_his_own_units_only(http, people):
	def ask(user, **query):
		return http(user).get(DOOR, params={"document": "declaration", "name": PERIOD, **query})

	(text,) = pages(ask(people("OPD Clerk", "DINSOS")).content)
	assert "DINAS SOSIAL" in text
	found = pages(ask(people("OPD Head", "DINKES")).content)
	assert len(found) == 3  # with what lies below it
	for text in found:
		assert "DINAS KESEHATAN" in text
	response = ask(people("OPD Clerk", "DINSOS"), unit="DISDUKCAPIL")
	assert response.status_code == 403 and "Bahar" not in response.text
	assert ask(people("OPD Clerk", "DINSOS"), unit="TIDAK ADA").status_code == 403
	assert ask(people("OPD Clerk", "DINKES"), unit="PKM PENDOPO").status_code == 200
	assert ask(None).status_code == 403


def test_the_print_view_keeps_to_the_readers_units_too(people, as_user):
	as_user(people("OPD Clerk", "DINSOS"))
	html = html_view("declaration", period())
	assert "DINAS SOSIAL TAHUN 2024" in html and "Bahar" not in html and "KEPENDUDUKAN" not in html


def test_who_sees_all_units_gets_all(people, as_user, demo_site):
	for user in (people("Sekda"), people("P2HAM Verifier"), demo_site["manager"]["user"]):
		as_user(user)
		assert len(declaration(period())["sheets"]) == UNITS
	as_user("Administrator")
	make.create_user("tamu@empatlawang.example", "Tamu")
	as_user("tamu@empatlawang.example")
	with pytest.raises(frappe.PermissionError):
		declaration(period())


def test_a_clerk_whose_unit_takes_no_part_is_told_so(people, as_user, said):
	doc = period(DINSOS={"status": "Withdrawn"})
	as_user(people("OPD Clerk", "DINSOS"))
	with pytest.raises(frappe.ValidationError, match="No unit that you may see"):
		declaration(doc)
	with pytest.raises(frappe.ValidationError) as caught:
		declaration(doc, unit="DINSOS")
	assert "DINSOS has withdrawn from" in frappe.utils.strip_html(said(caught))


@pytest.mark.parametrize("unit", ["BPBD", "TIDAK ADA", "<b>x</b>"])
def test_a_unit_that_takes_no_part_declares_nothing(db, said, unit):
	with pytest.raises(frappe.ValidationError) as caught:
		declaration(period(), unit=unit)
	assert "does not take part in" in said(caught)
	assert "<b>x</b>" not in str(caught.value)


def test_there_is_none_of_kkp_ham(db):
	doc = period()
	doc.family = "KKP HAM"
	with pytest.raises(frappe.ValidationError, match="P2HAM only"):
		declaration(doc)


# Who signs


def test_without_officers_the_names_are_dotted_lines(db):
	frappe.db.delete("P2HAM Officer")
	duties.clear_cache()
	(text,) = official("declaration", period(), unit="DINSOS")
	for label in ("Nama", "NIP", "Pangkat (golongan)", "Jabatan"):
		assert f"{label} : ..." in text
	assert len(re.findall(r"NIP \.{10,}", text)) == 2
	assert "Kepala Dinas Sosial," in text  # the post is known, its holder is not


def test_who_held_the_post_on_the_day_signs(db, people):
	head = people("OPD Head", "DINSOS")
	frappe.db.set_value("P2HAM Officer", {"user": head}, "to_date", "2024-03-31")
	make.create_user("plt.dinsos@empatlawang.example", "Plt Dinsos")
	make.create_officer(
		"plt.dinsos@empatlawang.example",
		"Sulastri Pengganti, S.Sos.",
		"OPD Head",
		"DINSOS",
		position="Kepala Dinas Sosial",
		acting_prefix="Plt.",
		nip="198403152004031014",
		from_date="2024-04-01",
	)
	duties.clear_cache()
	before, after = (
		sheet("DINSOS", period(DINSOS={"declared_on": day})) for day in ("2024-03-31", "2024-04-01")
	)
	assert dict(before["identity"])["Nama"] == "Drs. Komar Gambaran"
	assert dict(after["identity"])["Nama"] == "Sulastri Pengganti, S.Sos."
	assert (
		dict(after["identity"])["Jabatan"] == after["signatures"][1]["position"] == "Plt. Kepala Dinas Sosial"
	)
	mixed = declaration(period(DINSOS={"declared_on": "2024-04-01"}))["sheets"]
	assert "Plt. Kepala Dinas Sosial" in [row["signatures"][1]["position"] for row in mixed]


def test_the_head_of_the_nearest_unit_above_declares_one_without_a_head(db):
	found = sheet("PKM PENDOPO")
	assert found["letterhead"]["unit"] == "PUSKESMAS PENDOPO"
	assert dict(found["identity"])["Jabatan"] == "Kepala Dinas Kesehatan"
	assert dict(found["identity"])["Bertindak untuk"] == "Puskesmas Pendopo"


# How it is set


def test_what_users_typed_is_text(db):
	frappe.db.set_value("P2HAM OPD", "DINSOS", {"opd_name": EVIL, "address": EVIL})
	frappe.db.set_value(
		"P2HAM Period Participant", {"parent": PERIOD, "opd": "DINSOS"}, "declaration_number", EVIL
	)
	frappe.db.set_value("P2HAM Instrument", period().instrument, "regulation", EVIL + " {0} {regulation}")
	frappe.clear_document_cache("P2HAM Instrument", period().instrument)
	html = html_view("declaration", period())
	assert "<script>alert" not in html and "<img src=x" not in html and "&lt;script&gt;" in html
	assert "{{ 7 * 7 }}" in html and "{0} {regulation}" in html


@pytest.mark.parametrize(("length", "count"), [(80, 1), (95, 1), (140, 2)])
def test_long_names_leave_no_signature_alone(db, length, count):
	long = ("Dinas " + "Penanaman Modal dan Pelayanan Terpadu " * 4)[:length]
	frappe.db.set_value("P2HAM OPD", "DINSOS", {"opd_name": long, "address": "Jalan " + "Panjang " * 15})
	frappe.db.set_value(
		"P2HAM Officer",
		{"duty": "OPD Head", "opd": "DINSOS"},
		{
			"full_name": ("Prof. Dr. " + "Namanya Panjang " * 9)[: length - 25],
			"position": f"Kepala {long}"[:140],
		},
	)
	duties.clear_cache()
	found = official("declaration", period(), unit="DINSOS")
	assert len(found) <= count
	assert "NIP 19780909 200809 1 008" in found[-1] and "Demikian pernyataan ini" in found[-1]


@pytest.fixture
def large():
	"""A period of many units, not stored."""

	def made(count: int):
		doc = period()
		doc.participants = []
		for number in range(count):
			name = make.create_opd(f"UJI {number}", f"Dinas Uji {number}", "Dinas", "EMPAT LAWANG")
			values = {"opd": name, "status": "Declared", "declared_on": f"2024-02-{1 + number % 28:02}"}
			doc.append("participants", {**values, "declaration_number": str(number)})
		return doc

	return made


def test_the_number_of_queries_does_not_depend_on_the_number_of_units(large, queries):
	def needed(count: int) -> int:
		doc = large(count)
		declaration(doc)
		with queries() as run:
			assert len(declaration(doc)["sheets"]) == count
		return len(run)

	few, many = needed(1), needed(40)
	assert few == many and many < 12


def test_many_are_set_in_portions(large):
	doc = large(PORTION + 2)
	data = declaration(doc)
	assert [len(piece["sheets"]) for piece in portions(data)] == [PORTION, 2]
	found = official("declaration", doc)
	assert len(found) == PORTION + 2
	for number, text in enumerate(found):
		assert f"DINAS UJI {number} TAHUN 2024" in text and "DRAF" not in text
