"""Lembar Reviu KKP HAM: the year beside the others, the OPD, what was found and what comes of it; each reader's part."""

from __future__ import annotations

import re

import frappe
import pytest
from printed import DOOR, html_view, official, pages, view, whole

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.documents.kkpham_review import kkpham_review

REGENCY, OPD = "KKPHAM-2023-EMPAT LAWANG", "KKPHAM-2023-DINSOS"
NUMBER = "100.2.1.6/77/HUKUM"
OLD, NEW = "PERMENKUMHAM-34-2016", "PERMENKUMHAM-22-2021"
EVIL = '<img src=x onerror="alert(1)"><script>alert(1)</script> {{ 7 * 7 }}'


def result(name: str = REGENCY, **values):
	return frappe.get_doc("P2HAM KKPHAM Result", name).update(values)


def test_the_sheet_of_the_regency_says_everything(http, people):
	response = http(people("Kabag Hukum")).get(DOOR, params={"document": "kkpham_review", "name": REGENCY})
	assert response.status_code == 200, response.text
	found = pages(response.content)
	text = whole(found)
	for number, page in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in page and "DRAF" in page
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG" in text
	assert "LEMBAR REVIU NOMOR: ..." in text and "KABUPATEN EMPAT LAWANG TAHUN 2023" in text
	assert "Tahun penilaian : 2023" in text and "Tahun data : 2022" in text
	assert "Nilai : 68,90" in text and "Kategori : Cukup Peduli HAM" in text
	assert "Tanggal reviu : 18 Januari 2024" in text and "HAM-UM.01.01/2023/204 (contoh)" in text
	assert "2022 2021 61,35 – Mulai Peduli HAM" in text and "2023 2022 68,90 +7,55" in text
	assert "76,40" not in text  # of a later year
	assert "1 Dinas Kependudukan dan Pencatatan Sipil 84,50 +10,30 Peduli HAM" in text
	assert "6 Kecamatan Tebing Tinggi 47,75 – Kurang Peduli" in text
	assert "Lengkapi data instansi vertikal" in text and "lingkungan yang baik masih rendah" in text
	assert "Sedang dikerjakan (60%)" in text and "terlambat" in text
	assert "Rehabilitasi Sosial" in text and "Menyusun ulang format pendataan" in text
	assert "Direviu oleh, Kepala Bagian Hukum," in text and "Rahmat Umpamanya, S.H., M.H." in text
	assert "Mengetahui, Pj. Sekretaris Daerah Kabupaten Empat Lawang" in text
	assert "Tebing Tinggi, 18 Januari 2024" in text
	assert "Petikan" not in text
	assert "NIP 19840315 200403 1 014" in found[-1]


def test_the_sheet_of_an_opd_is_about_that_opd(db):
	text = whole(official("kkpham_review", result(OPD)))
	assert "DINAS SOSIAL TAHUN 2023" in text and "58,30" in text and "55,40" in text
	assert "Hasil Perangkat Daerah" not in text and "84,50" not in text
	assert "B. Temuan dan Rekomendasi" in text and "C. Tindak Lanjut" in text
	assert "Rinci data penerima layanan" in text and "jalur landai" not in text


def test_the_print_view_says_the_same(db):
	text = whole(view("kkpham_review", result()))
	for part in (
		"LEMBAR REVIU",
		"84,50",
		"Kecamatan Tebing Tinggi",
		"Sedang dikerjakan",
		"Kepala Bagian Hukum",
	):
		assert part in text


@pytest.mark.parametrize(
	("values", "mark"),
	[
		({"sheet_number": NUMBER}, ""),
		({}, "DRAF – NOMOR BELUM DIISI"),
		({"sheet_number": NUMBER, "reviewed_on": None}, "DRAF – BELUM DIREVIU"),
	],
)
def test_a_sheet_is_final_once_it_is_reviewed_and_numbered(db, values, mark):
	doc = result(**values)
	assert kkpham_review(doc)["frame"]["mark"].text == mark
	for text in official("kkpham_review", doc):
		assert ("DRAF" in text) == bool(mark) and mark in text
		assert ("Nomor " + NUMBER in text) == bool(values.get("sheet_number"))


def test_bagian_hukum_types_the_number(people, said):
	for user in (people("OPD Clerk", "DINSOS"), people("Sekda"), "Administrator"):
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			result(OPD, sheet_number=NUMBER).save()
	with make.acting_as(people("P2HAM Verifier")):
		result(OPD, sheet_number=NUMBER).save()
	assert result(OPD).sheet_number == NUMBER


def test_the_rights_stand_there_from_the_weakest_with_the_owners_that_the_reader_may_see(
	people, demo_site, as_user
):
	frappe.db.delete("P2HAM Right Owner")
	with make.acting_as(demo_site["manager"]["user"]):
		for opd in ("DINSOS", "DISDUKCAPIL"):
			frappe.get_doc(
				{"doctype": "P2HAM Right Owner", "instrument": NEW, "criterion": f"{NEW}-5", "opd": opd}
			).insert()
	with make.acting_as(people("P2HAM Verifier")):
		for name, scores in ((REGENCY, {"5": 88.5, "1": 40}), ("KKPHAM-2022-EMPAT LAWANG", {"5": 80})):
			doc = frappe.get_doc("P2HAM KKPHAM Result", name)
			doc.set(
				"rights", [{"criterion": f"{NEW}-{code}", "score": score} for code, score in scores.items()]
			)
			doc.save()
	text = whole(official("kkpham_review", result()))
	assert "B. Hasil per Hak, dari yang Terendah" in text
	assert "1 Hak atas bantuan hukum 40,00 – Kurang Peduli HAM –" in text
	assert "2 Hak atas kependudukan 88,50 +8,50 Peduli HAM" in text
	assert "C. Hasil Perangkat Daerah" in text and "E. Tindak Lanjut" in text
	data = kkpham_review(result())["rights"][1]
	assert data["owners"] == "Dinas Kependudukan dan Pencatatan Sipil, Dinas Sosial"
	assert "Hasil per Hak" in whole(view("kkpham_review", result()))
	as_user(people("OPD Clerk", "DINSOS"))
	assert kkpham_review(result())["rights"][1]["owners"] == "Dinas Sosial"


# Who sees what


def test_a_clerk_reads_on_the_regencys_sheet_of_his_own_units_only(http, people):
	def ask(user, name):
		return http(user).get(DOOR, params={"document": "kkpham_review", "name": name})

	clerk = people("OPD Clerk", "DINSOS")
	text = whole(pages(ask(clerk, REGENCY).content))
	assert "1 Dinas Sosial 58,30" in text and "68,90" in text and "Petikan: hanya memuat" in text
	for other in ("84,50", "47,75", "Kependudukan", "Kecamatan Tebing Tinggi", "jalur landai", "inklusif"):
		assert other not in text, other
	assert ask(clerk, OPD).status_code == 200
	response = ask(clerk, "KKPHAM-2023-DISDUKCAPIL")
	assert response.status_code == 403 and "84,50" not in response.text
	assert ask(None, REGENCY).status_code == 403


def test_the_print_view_keeps_to_the_readers_units_too(people, as_user):
	as_user(people("OPD Head", "DINSOS"))
	html = html_view("kkpham_review", result())
	assert "58,30" in html and "84,50" not in html and "jalur landai" not in html


def test_follow_ups_of_another_opd_on_the_regencys_result_are_not_shown(people, as_user):
	with make.acting_as(people("P2HAM Verifier")):
		for opd in ("DINSOS", "DISDUKCAPIL"):
			make.create_follow_up(opd, f"Rahasia {opd}", kkpham_result=REGENCY)
	assert "Rahasia DISDUKCAPIL" in whole(official("kkpham_review", result()))
	as_user(people("OPD Clerk", "DINSOS"))
	text = whole(official("kkpham_review", result()))
	assert "Rahasia DINSOS" in text and "Rahasia DISDUKCAPIL" not in text


def test_an_observer_sees_all_results_and_no_follow_ups(people, as_user):
	as_user(people("P2HAM Observer"))
	text = whole(official("kkpham_review", result()))
	assert "84,50" in text and "Belum ada tindak lanjut" in text


def test_who_keeps_periods_only_gets_none(people, as_user, demo_site):
	as_user(demo_site["manager"]["user"])
	with pytest.raises(frappe.PermissionError):
		kkpham_review(result())


# What follows from the data


def test_a_year_between_breaks_the_trend_and_another_instrument_is_marked(people, demo_site):
	with make.acting_as(demo_site["manager"]["user"]):
		make.activate_instrument(OLD)
	with make.acting_as(people("P2HAM Verifier")):
		make.create_kkpham_result("EMPAT LAWANG", 2018, 50, OLD)
		make.create_kkpham_result("EMPAT LAWANG", 2021, 60, OLD)
	rows = kkpham_review(result())["trend"]
	assert [row["year"] for row in rows] == ["2018", "2021", "2022", "2023"]
	assert [row["change"] for row in rows] == ["–", "–", "+1,35", "+7,55"]
	assert [row["doubt"] for row in rows] == [False, False, True, False]
	text = whole(official("kkpham_review", result()))
	assert "+1,35*" in text and "instrumen yang berbeda" in text


def test_who_held_the_post_on_the_day_of_the_review_signs(db, people):
	frappe.db.set_value("P2HAM Officer", {"user": people("Kabag Hukum")}, "from_date", "2024-01-19")
	make.create_user("plt.hukum@empatlawang.example", "Plt Hukum")
	make.create_officer(
		"plt.hukum@empatlawang.example",
		"Sementara Pejabat, S.H.",
		"Kabag Hukum",
		position="Kepala Bagian Hukum",
		acting_prefix="Plt.",
		from_date="2023-06-01",
		to_date="2024-01-18",
	)
	duties.clear_cache()
	signed = kkpham_review(result())["signatures"][1]
	assert (signed["name"], signed["position"]) == ("Sementara Pejabat, S.H.", "Plt. Kepala Bagian Hukum")
	later = kkpham_review(result(reviewed_on="2024-01-19"))["signatures"][1]
	assert later["name"] == "Rahmat Umpamanya, S.H., M.H."


def test_without_officers_the_names_are_dotted_lines(db):
	frappe.db.delete("P2HAM Officer")
	duties.clear_cache()
	text = official("kkpham_review", result())[-1]
	assert len(re.findall(r"NIP \.{10,}", text)) == 2
	assert "Kepala Bagian Hukum," in text


def test_what_users_typed_is_text(db):
	for name in (REGENCY, OPD):
		values = dict.fromkeys(("finding", "recommendation", "reference", "sheet_number", "opd_name"), EVIL)
		frappe.db.set_value("P2HAM KKPHAM Result", name, values)
	frappe.db.set_value(
		"P2HAM Follow-up", {"kkpham_result": OPD}, {"recommendation": EVIL, "responsible": EVIL}
	)
	html = html_view("kkpham_review", result())
	assert "<script>alert" not in html and "<img src=x" not in html and html.count("&lt;script&gt;") > 8
	assert "{{ 7 * 7 }}" in html


def test_long_texts_lose_nothing_and_the_signatures_do_not_stand_alone(db):
	for row in frappe.get_all(
		"P2HAM KKPHAM Result", filters={"assessment_year": 2023}, pluck="name", order_by="name"
	):
		values = {"finding": f"Temuan {row} " + "panjang " * 150, "recommendation": "saran " * 150}
		frappe.db.set_value("P2HAM KKPHAM Result", row, values)
	frappe.db.set_value("P2HAM KKPHAM Result", OPD, "opd_name", ("Dinas " + "Sangat Panjang " * 12)[:140])
	found = official("kkpham_review", result())
	assert len(found) > 3
	for row in ("DINSOS", "DISDIKBUD", "EMPAT LAWANG"):
		assert f"Temuan KKPHAM-2023-{row}" in whole(found)
	assert "Perangkat daerah Nilai Perubahan" in found[1]  # the head is repeated
	assert "Tindak Lanjut" in found[-1] or "Penanggung jawab" in found[-1]
	assert "Kepala Bagian Hukum," in found[-1]


def test_the_number_of_queries_does_not_depend_on_how_many_opd_and_years_there_are(people, queries):
	def needed() -> int:
		doc = result()
		kkpham_review(doc)
		with queries() as run:
			kkpham_review(doc)
		return len(run)

	few = needed()
	for number in range(40):
		make.create_opd(f"UJI {number}", f"Dinas Uji {number}", "Dinas", "EMPAT LAWANG")
	with make.acting_as(people("P2HAM Verifier")):
		for number in range(40):
			name = make.create_kkpham_result(f"UJI {number}", 2023, 50 + number, NEW)
			make.create_follow_up(f"UJI {number}", "Uji", kkpham_result=name)
		for year in range(2010, 2020):
			make.create_kkpham_result("EMPAT LAWANG", year, 50, NEW)
	assert len(kkpham_review(result())["units"]) == 46
	assert needed() == few < 15
