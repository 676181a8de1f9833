"""Berita Acara and Surat Keterangan Hasil Evaluasi: which one there is, what it says, who signs it."""

from __future__ import annotations

import re

import frappe
import pytest
from printed import DOOR, pages, whole

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.documents import catalogue

pytestmark = pytest.mark.quick

ASSESSMENT = "P2HAM Assessment"
APPROVED, REVIEWED, IN_REVIEW = "DISDUKCAPIL-P2HAM-2024", "DINSOS-P2HAM-2024", "DISDIKBUD-P2HAM-2024"
RECORD, STATEMENT = "evaluation_record", "evaluation_statement"


def assessment(name: str):
	return frappe.get_doc(ASSESSMENT, name)


def prepared(key: str, name: str) -> dict:
	return catalogue.by_key(key).prepare(assessment(name))


def text_of(content: bytes) -> str:
	return whole(pages(content))


@pytest.fixture
def failed(people):
	"""A unit that the Sekda approves below the passing score of its instrument."""
	doc = assessment(REVIEWED)
	frappe.db.set_value("P2HAM Instrument", doc.instrument, "passing_score", 99.5)
	frappe.db.set_value("P2HAM Assessment Item", doc.items[-1].name, "mandatory", 1)
	frappe.clear_document_cache("P2HAM Instrument", doc.instrument)
	frappe.cache.delete_value(f"p2ham_instrument::{doc.instrument}")
	try:
		with make.acting_as(people("Sekda")):
			make.take_step(REVIEWED, "Approve")
		yield assessment(REVIEWED)
	finally:
		frappe.cache.delete_value(f"p2ham_instrument::{doc.instrument}")


# Which one


def test_a_unit_that_passed_has_a_record_and_no_statement(http, people):
	client = http(people("Kabag Hukum"))
	record = client.get(DOOR, params={"document": RECORD, "name": APPROVED})
	assert record.status_code == 200, record.text
	assert (
		record.headers["Content-Disposition"]
		== f"inline; filename=Berita-Acara-Hasil-Evaluasi-{APPROVED}.pdf"
	)
	statement = client.get(DOOR, params={"document": STATEMENT, "name": APPROVED})
	assert statement.status_code == 417 and "Berita Acara" in statement.text


def test_a_unit_that_failed_has_a_statement_and_no_record(failed, said):
	assert prepared(STATEMENT, failed.name)["reasons"]
	with pytest.raises(frappe.ValidationError) as caught:
		prepared(RECORD, failed.name)
	assert "Surat Keterangan" in said(caught)


def test_neither_is_there_before_the_review(said):
	for key in (RECORD, STATEMENT):
		with pytest.raises(frappe.ValidationError) as caught:
			prepared(key, IN_REVIEW)
		assert IN_REVIEW in said(caught)


def test_the_form_offers_what_there_is(as_user, people, failed):
	from p2ham.api.assessment import get_worksheet

	as_user(people("Kabag Hukum"))
	offered = {
		name: [row["key"] for row in get_worksheet(name)["documents"]]
		for name in (APPROVED, failed.name, IN_REVIEW)
	}
	assert offered == {
		APPROVED: ["assessment_sheet", RECORD, "evidence_list"],
		failed.name: ["assessment_sheet", STATEMENT, "evidence_list"],
		IN_REVIEW: ["assessment_sheet", "evidence_list"],
	}
	assert get_worksheet(APPROVED)["may_number"] and not get_worksheet(IN_REVIEW)["may_number"]
	as_user(people("Sekda"))
	assert not get_worksheet(APPROVED)["may_number"]


@pytest.mark.parametrize(
	("duty", "opd", "status"),
	[
		("OPD Clerk", "DISDUKCAPIL", 200),
		("P2HAM Observer", None, 200),
		("OPD Clerk", "DINSOS", 403),
	],
)
def test_who_may_print_the_sheet_may_print_the_record(http, people, duty, opd, status):
	answer = http(people(duty, opd)).get(DOOR, params={"document": RECORD, "name": APPROVED})
	assert answer.status_code == status
	assert answer.content.startswith(b"%PDF") == (status == 200)


def test_a_document_that_is_none_is_refused(http, people):
	client = http(people("Kabag Hukum"))
	for key in ("source", "../pdf", "assessment_sheet.assessment_sheet", ""):
		assert client.get(DOOR, params={"document": key, "name": APPROVED}).status_code in (404, 417), key


# What they say


def test_the_record_says_day_parties_result_and_who_signs():
	frappe.db.set_value(ASSESSMENT, APPROVED, {"record_number": "100.3.10/7/HUKUM"})
	doc, data = assessment(APPROVED), prepared(RECORD, APPROVED)
	assert data["frame"]["mark"].text == ""
	text = text_of(catalogue.by_key(RECORD).set(data))
	assert "BERITA ACARA NOMOR: 100.3.10/7/HUKUM TENTANG HASIL EVALUASI" in text
	assert re.search(r"Pada hari ini, \w+, tanggal [a-z ]+, bulan \w+, tahun dua ribu [a-z ]+, kami", text)
	assert f"atas {len(doc.items)} indikator dan menyampaikan {len(doc.evidence_uses)} data dukung" in text
	score = f"{doc.verified_score:.2f}".replace(".", ",")
	assert f"{score} ({data['total_in_words']})" in text and data["total_in_words"].split()[0].isalpha()
	assert "Mengetahui, Pj. Sekretaris Daerah Kabupaten Empat Lawang" in text
	for name in ("Drs. Bahar Misalnya, M.Si.", "Rahmat Umpamanya, S.H., M.H.", "Dr. Sri Andaian, M.Si."):
		assert name in text
	assert "tidak menetapkan nilai kelulusan" in text and "MEMENUHI KRITERIA" not in text
	assert "Halaman 1 dari" in text and doc.snapshot_hash in text.replace(" ", "")


def test_the_statement_gives_reasons_and_how_to_take_part_again(failed):
	frappe.db.set_value(ASSESSMENT, failed.name, {"record_number": "100.3.10/8/HUKUM"})
	data = prepared(STATEMENT, failed.name)
	text = text_of(catalogue.by_key(STATEMENT).set(data))
	assert "SURAT KETERANGAN NOMOR: 100.3.10/8/HUKUM" in text and "BELUM MEMENUHI KRITERIA" in text
	score = f"{failed.verified_score:.2f}".replace(".", ",")
	assert f"nilai akhir {score} masih di bawah nilai kelulusan 99,50" in text
	missed = [row for row in failed.items if row.verified_points < 100]
	assert {row["code"] for row in data["reasons"]} == {row.code for row in missed}
	for row in missed:
		assert row.title in text
	assert text.count("Pj. Sekretaris Daerah Kabupaten Empat Lawang") == 2  # who declares, and who signs
	assert "dapat mengikuti kembali penilaian pada periode berikutnya" in text


def test_mandatory_indicators_come_first_and_are_counted(failed):
	data = prepared(STATEMENT, failed.name)
	assert [row["mandatory"] for row in data["reasons"]] == sorted(
		(row["mandatory"] for row in data["reasons"]), reverse=True
	)
	assert data["mandatory"] == sum(row.mandatory and row.verified_points < 100 for row in failed.items)


def test_the_regencys_own_way_to_take_part_again_is_printed(people):
	doc = assessment(REVIEWED)
	frappe.db.set_single_value(
		"P2HAM Settings", "retake_note", "Ajukan surat kepada Kabag Hukum.\nPaling lambat Maret."
	)
	frappe.db.set_value("P2HAM Instrument", doc.instrument, "passing_score", 99.5)
	frappe.db.set_value(ASSESSMENT, REVIEWED, "meets", 0)
	frappe.cache.delete_value(f"p2ham_instrument::{doc.instrument}")
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	try:
		text = text_of(catalogue.by_key(STATEMENT).render(assessment(REVIEWED)))
	finally:
		frappe.cache.delete_value(f"p2ham_instrument::{doc.instrument}")
	assert "Ajukan surat kepada Kabag Hukum. Paling lambat Maret." in text
	assert "DRAF" in text


def test_a_post_that_nobody_holds_is_a_dotted_line():
	frappe.db.delete("P2HAM Officer")
	duties.clear_cache()
	data = prepared(RECORD, REVIEWED)
	text = text_of(catalogue.by_key(RECORD).set(data))
	assert data["signatures"][0]["name"] == "" and re.search(r"Nama ?: ?[. ]{20,}", text)
	assert data["frame"]["mark"].text == "DRAF – BELUM DISAHKAN"


def test_typed_text_stays_text(failed):
	doc = failed
	from p2ham.assessment import source
	from p2ham.documents import evaluation_statement

	item = next(row for row in doc.items if row.verified_points < 100)
	item.verified_note = "<b>tebal</b> {{ 7 * 7 }}"
	live = source.live(doc)
	html = (
		frappe.get_jenv()
		.get_template(evaluation_statement.TEMPLATE)
		.render({"data": {**prepared(STATEMENT, doc.name), "reasons": evaluation_statement.reasons(live)}})
	)
	assert "&lt;b&gt;tebal&lt;/b&gt; {{ 7 * 7 }}" in html


def test_the_number_of_queries_does_not_depend_on_the_indicators(queries):
	from p2ham.assessment import source
	from p2ham.documents import evaluation

	def counted(copies: int) -> int:
		doc = assessment(REVIEWED)
		doc.items = doc.items * copies
		with queries() as run:
			evaluation.prepare(source.live(doc), ["X"], "X")
		return len(run)

	counted(1)
	assert counted(1) == counted(5) < 25
