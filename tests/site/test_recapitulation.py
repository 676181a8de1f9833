"""Rekapitulasi: the results of all units of a period on one paper, and who may have it."""

from __future__ import annotations

import io
import re

import frappe
import generated
import pytest
from frappe.desk import query_report
from report_world import World, mean

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.documents import catalogue
from p2ham.documents import recapitulation as recap
from p2ham.paper import indonesian

FORMAT = "Rekapitulasi Hasil P2HAM"
PATH = "/api/method/p2ham.api.documents.show?document=recapitulation"
OPEN, CLOSED = "P2HAM-2024", "P2HAM-2023"
NUMBER = "180/0456/HUKUM"


def period(name: str = CLOSED, **values):
	doc = frappe.get_doc("P2HAM Period", name)
	doc.update(values)
	return doc


def final():
	return period(recap_number=NUMBER, recap_date="2026-02-03")


def pages(content: bytes) -> list[str]:
	from pypdf import PdfReader

	return [words(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def printed(doc) -> list[str]:
	"""The official PDF's text, page by page."""
	return pages(catalogue.by_key("recapitulation").render(doc))


def words(text: str) -> str:
	return re.sub(r"\s+", " ", text)


def scoreboard(user: str, name: str) -> list[dict]:
	with make.acting_as(user):
		return query_report.run("P2HAM Scoreboard", {"period": name})["result"]


# What it says


def check_final(text: str) -> None:
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG" in text
	assert f"REKAPITULASI NOMOR: {NUMBER} TENTANG HASIL PENILAIAN PELAYANAN PUBLIK" in text
	assert "KABUPATEN EMPAT LAWANG TAHUN 2023" in text
	for doc in (
		frappe.get_doc("P2HAM Assessment", name)
		for name in frappe.get_all(
			"P2HAM Assessment", filters={"period": CLOSED}, pluck="name", order_by="name"
		)
	):
		assert words(doc.opd_name) in text
		for score in (doc.self_score, doc.verified_score):
			assert indonesian.score(score) in text
		assert f"{frappe.utils.getdate(doc.approved_on):%d/%m/%Y}" in text
	assert "3 dari 3 unit" in text
	assert "Tebing Tinggi, 3 Februari 2026 Kepala Bagian Hukum," in text
	assert "Rahmat Umpamanya, S.H., M.H." in text
	assert "Mengetahui, Pj. Sekretaris Daerah Kabupaten Empat Lawang," in text
	assert "Dr. Sri Andaian, M.Si." in text
	assert "DRAF" not in text and "{{" not in text


def test_the_official_pdf_says_everything(db):
	found = printed(final())
	check_final(" ".join(found))
	for number, text in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in text
	assert f"Nomor {NUMBER}" in found[-1]


def test_the_print_view_says_the_same(db):
	final().save()
	check_final(" ".join(pages(frappe.get_print("P2HAM Period", CLOSED, FORMAT, as_pdf=True))))


def test_places_and_scores_are_those_of_the_scoreboard(people):
	shown = {row["opd"]: row for row in scoreboard(people("Sekda"), OPEN)}
	with make.acting_as(people("Sekda")):
		rows = recap.recapitulation(period(OPEN))["rows"]
	by_name = {row["unit"]: row for row in rows}
	for row in shown.values():
		printed_row = by_name[row["opd_name"]]
		assert printed_row["rank"] == (str(row["rank"]) if row["rank"] else "–")
		assert printed_row["category"] == (row["category"] or "–")
		verified = row["verified_score"]
		assert printed_row["verified"] == ("–" if verified is None else indonesian.score(verified))
		assert printed_row["self"] == indonesian.score(row["self_score"])
	ranked = [row["rank"] for row in rows if row["rank"] != "–"]
	assert ranked == [str(place) for place in range(1, len(ranked) + 1)]
	assert all(row["rank"] == "–" for row in rows[len(ranked) :])


def test_every_participant_is_listed_who_has_withdrawn_is_not(db):
	doc = period(OPEN)
	staying = [row.opd for row in doc.participants if row.status != "Withdrawn"]
	rows = recap.recapitulation(doc)["rows"]
	assert len(rows) == len(staying)
	assert {"Belum mulai", "Pengisian", "Diajukan", "Diperiksa", "Disahkan"} == {row["state"] for row in rows}
	leaving = next(row for row in doc.participants if row.opd == "KEC TEBING TINGGI")
	leaving.update({"status": "Withdrawn", "withdrawal_reason": "Dilebur."})
	doc.save()
	assert "Kecamatan Tebing Tinggi" not in {
		row["unit"] for row in recap.recapitulation(period(OPEN))["rows"]
	}


def test_only_what_is_approved_has_a_day_and_counts_in_the_summary(db):
	frappe.db.set_value("P2HAM Assessment", "DINSOS-P2HAM-2024", "approved_on", "2024-03-01 10:00:00")
	data = recap.recapitulation(period(OPEN))
	for row in data["rows"]:
		assert (row["approved"] != "–") == (row["state"] == "Disahkan")
	approved = frappe.get_all(
		"P2HAM Assessment",
		filters={"period": OPEN, "workflow_state": "Approved"},
		fields=["verified_score", "category"],
		order_by="name",
	)
	figures = dict(data["summary"]["figures"])
	assert figures["Penilaian yang disahkan"] == f"{len(approved)} dari {len(data['rows'])} unit"
	assert figures["Rata-rata nilai yang disahkan"] == indonesian.score(
		mean([row.verified_score for row in approved])
	)
	categories = dict(data["summary"]["categories"])
	assert sum(map(int, categories.values())) == len(approved)
	for label in {row.category for row in approved}:
		assert categories[label] == str(sum(row.category == label for row in approved))


def test_a_verdict_is_printed_where_the_instrument_sets_a_condition(db):
	doc = period()
	assert not recap.recapitulation(doc)["judged"]
	assert "Kriteria" not in printed(doc)[0]
	frappe.db.set_value("P2HAM Instrument", doc.instrument, "passing_score", 75)
	frappe.clear_document_cache("P2HAM Instrument", doc.instrument)
	frappe.db.set_value("P2HAM Assessment", {"period": CLOSED}, "meets", 0)
	frappe.db.set_value("P2HAM Assessment", "DINKES-P2HAM-2023", "meets", 1)
	data = recap.recapitulation(doc)
	assert data["judged"] and [row["verdict"] for row in data["rows"]].count("Memenuhi") == 1
	assert dict(data["summary"]["figures"])["Memenuhi kriteria"] == "1 dari 3 unit yang disahkan"
	assert "Memenuhi" in printed(doc)[0]


# Marks, number and signatures


@pytest.mark.parametrize(
	("name", "number", "mark"),
	[
		(OPEN, NUMBER, "DRAF – PERIODE BELUM DITUTUP"),
		(CLOSED, "", "DRAF – NOMOR BELUM DIISI"),
		(CLOSED, NUMBER, ""),
	],
)
def test_it_is_final_once_the_period_is_closed_and_it_has_a_number(db, name, number, mark):
	doc = period(name, recap_number=number)
	assert recap.recapitulation(doc)["frame"]["mark"].text == mark
	found = printed(doc)
	assert all((mark or "DRAF") in text for text in found) == bool(mark)
	doc.save()
	assert ("DRAF" in frappe.get_print("P2HAM Period", name, FORMAT)) == bool(mark)


def test_who_keeps_periods_gives_number_and_date_of_a_closed_one_and_nobody_else(people, demo_site):
	with make.acting_as(demo_site["manager"]["user"]):
		final().save()
	assert frappe.db.get_value("P2HAM Period", CLOSED, "recap_number") == NUMBER
	for user in (people("Kabag Hukum"), people("OPD Clerk", "DINSOS"), people("P2HAM Observer")):
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			period(recap_number="lain").save()


def test_who_holds_the_duty_on_its_date_signs(people):
	frappe.db.set_value(
		"P2HAM Officer", {"user": people("Kabag Hukum")}, {"from_date": "2024-01-01", "to_date": "2026-02-03"}
	)
	make.create_user("kabag.baru@empatlawang.example", "Kabag Baru")
	make.create_officer(
		"kabag.baru@empatlawang.example",
		"Kabag Baru",
		"Kabag Hukum",
		position="Kepala Bagian Hukum",
		from_date="2026-02-04",
	)
	duties.clear_cache()
	for day, name in (("2026-02-03", "Rahmat Umpamanya, S.H., M.H."), ("2026-02-04", "Kabag Baru")):
		blocks = recap.recapitulation(period(recap_date=day))["signatures"]
		assert [block["name"] for block in blocks] == ["Dr. Sri Andaian, M.Si.", name]
		assert blocks[0]["undated"] and blocks[1]["date"] == indonesian.long_date(frappe.utils.getdate(day))


# Who may have it


def test_who_sees_the_whole_regency_gets_it_and_units_are_told_why_not(http, people, demo_site):
	for duty in ("Kabag Hukum", "P2HAM Verifier", "Sekda", "P2HAM Observer"):
		response = http(people(duty)).get(PATH, params={"name": OPEN})
		assert response.status_code == 200, response.text
		assert f"Rekapitulasi-Hasil-{OPEN}.pdf" in response.headers["Content-Disposition"]
	for user in (people("OPD Clerk", "DINSOS"), people("OPD Head", "DINKES")):
		response = http(user).get(PATH, params={"name": OPEN})
		assert response.status_code == 403 and b"%PDF" not in response.content
		assert "only who sees the whole regency" in response.text
		view = http(user).get(
			"/printview", params={"doctype": "P2HAM Period", "name": OPEN, "format": FORMAT}
		)
		assert "Dinas Kesehatan" not in view.text
	for user in (demo_site["manager"]["user"], None):
		response = http(user).get(PATH, params={"name": OPEN})
		assert response.status_code == 403 and b"%PDF" not in response.content


def test_an_observer_gets_an_excerpt_of_what_is_approved(people):
	with make.acting_as(people("P2HAM Observer")):
		data = recap.recapitulation(period(OPEN))
		assert {row["state"] for row in data["rows"]} == {"Disahkan"}
		assert data["frame"]["mark"].text == "DRAF – PERIODE BELUM DITUTUP"
		closed = recap.recapitulation(final())
		assert closed["frame"]["mark"].text == "KUTIPAN – HANYA PENILAIAN YANG DISAHKAN"
		text = " ".join(printed(period(OPEN)))
	assert "Dinas Sosial" not in text and "Belum mulai" not in text


# How it does it


def test_what_users_typed_is_escaped(db):
	evil = "<script>alert(1)</script> {{ 7 * 7 }}"
	frappe.db.set_value("P2HAM Assessment", "DINKES-P2HAM-2023", "opd_name", evil)
	frappe.db.set_value("P2HAM Period", CLOSED, "recap_number", "<b>1</b>")
	html = frappe.get_print("P2HAM Period", CLOSED, FORMAT)
	assert "<script>alert" not in html and "&lt;script&gt;" in html and "&lt;b&gt;1&lt;/b&gt;" in html
	assert "{{ 7 * 7 }}" in html


def test_long_names_and_many_units_keep_head_and_numbers(db):
	data = recap.recapitulation(final())
	name = "Unit Pelaksana Teknis Daerah Pengelolaan Pelayanan Terpadu Satu Pintu Kecamatan Paling Ujung " * 2
	data["rows"] = [
		{**data["rows"][0], "number": str(number), "unit": f"{name}{number}"} for number in range(1, 251)
	]
	pieces = recap.portions(data)
	assert [len(piece["rows"]) for piece in pieces] == [100, 100, 50]
	found = pages(catalogue.by_key("recapitulation").set(data))
	for number, text in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in text
		assert "Unit kerja" in text
	assert "Ujung 250" in found[-1] and "Mengetahui," in found[-1]


def test_a_period_without_units_is_an_empty_table(db):
	frappe.db.delete("P2HAM Assessment", {"period": OPEN})
	frappe.db.delete("P2HAM Period Participant", {"parent": OPEN})
	assert "Belum ada unit yang mengikuti penilaian." in " ".join(printed(period(OPEN)))


def test_the_number_of_queries_does_not_depend_on_the_size(queries):
	counts = []
	for made in (generated.regency(), generated.regency(units=40, indicators=8, prefix="BESAR")):
		with make.acting_as(made.kabag):
			doc = frappe.get_doc("P2HAM Period", World(made).period)
			recap.recapitulation(doc)
			duties.clear_cache()
			with queries() as run:
				recap.recapitulation(doc)
		counts.append(len(run))
	assert counts[0] == counts[1] < 20
