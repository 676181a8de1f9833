"""Lembar Penilaian: what the signed paper says, who may have it, and what it must never do."""

from __future__ import annotations

import http.server
import io
import re
import threading

import frappe
import pytest

from p2ham.access import duties
from p2ham.api import documents as door
from p2ham.assessment import source as sources
from p2ham.demo import factories as make
from p2ham.documents import catalogue
from p2ham.documents.assessment_sheet import from_source
from p2ham.paper import pdf
from p2ham.paper.letterhead import small_png

pytestmark = pytest.mark.quick

FORMAT = "Lembar Penilaian P2HAM"
PATH = "/api/method/p2ham.api.documents.show?document=assessment_sheet"
APPROVED = "DISDUKCAPIL-P2HAM-2024"
IN_REVIEW = "DISDIKBUD-P2HAM-2024"
BELOW_OPD = "PKM PENDOPO-P2HAM-2024"


def assessment(name: str = APPROVED):
	return frappe.get_doc("P2HAM Assessment", name)


def assessment_sheet(doc) -> dict:
	"""What the sheet prints of records as they are now; what was sealed is another matter (test_sealed_documents)."""
	return from_source(sources.live(doc))


def pages(content: bytes) -> list[str]:
	from pypdf import PdfReader

	return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def printed(doc) -> list[str]:
	"""The official PDF's text, page by page."""
	return pages(catalogue.by_key("assessment_sheet").set(assessment_sheet(doc)))


def words(text: str) -> str:
	return re.sub(r"\s+", " ", text)


# What it says


def test_the_official_pdf_says_everything_in_its_text(http, people):
	response = http(people("Kabag Hukum")).get(PATH, params={"name": APPROVED})
	assert response.status_code == 200, response.text
	assert response.headers["Content-Type"] == "application/pdf"
	assert response.headers["Content-Disposition"] == f"inline; filename=Lembar-Penilaian-{APPROVED}.pdf"
	doc, found = assessment(), pages(response.content)
	text = words(" ".join(found))
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG" in text
	assert "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL TAHUN 2024" in text
	for row in doc.items:
		assert re.search(rf"\b{row.code}\b", text), row.code
	for score in (doc.self_score, doc.verified_score, *[row.verified_score for row in doc.scores]):
		assert f"{score:.2f}".replace(".", ",") in text
	for person in ("Drs. Bahar Misalnya, M.Si.", "Rahmat Umpamanya, S.H., M.H.", "Dr. Sri Andaian, M.Si."):
		assert person in text
	assert "NIP 19850416 200504 2 015" in text
	assert "Pj. Sekretaris Daerah Kabupaten Empat Lawang" in text
	assert "Penilaian internal kabupaten" in text
	assert frappe.get_single("P2HAM Settings").notice in text
	assert doc.snapshot_hash in text and "bukan tanda tangan elektronik" in text
	assert "BELUM DISAHKAN" not in text
	assert "{{" not in text


def test_every_page_has_the_table_head_and_its_number(db):
	found = printed(assessment())
	assert len(found) > 1
	for number, text in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in words(text)
	assert "Data dukung" in found[0] and "Data dukung" in found[1]
	assert "Penilaian mandiri" in found[1]


def test_the_signatures_do_not_stand_alone_on_a_page(db):
	last = printed(assessment())[-1]
	assert "NIP 19720303" in last and "NILAI AKHIR" in last


def test_the_print_view_has_the_same_rows(db):
	doc = assessment()
	html = frappe.get_print(doc.doctype, doc.name, FORMAT)
	for row in assessment_sheet(doc)["rows"]:
		assert f"<td>{row['code']}</td>" in html
		assert frappe.utils.escape_html(row["title"]) in html
	assert "LEMBAR PENILAIAN" in html and "{{" not in html


def test_both_answers_and_both_notes_stand_side_by_side(db):
	doc = assessment()
	doc.items[2].self_note = "Rambu dipasang di pintu."
	row = next(row for row in assessment_sheet(doc)["rows"] if row["code"] == "A3")
	assert (row["self"]["answer"], row["self"]["points"]) == ("Ada", "100")
	assert (row["verified"]["answer"], row["verified"]["points"]) == ("Proses", "50")
	assert row["differs"]
	assert row["self_note"] == "Rambu dipasang di pintu."
	assert row["verified_note"] == "Tidak didukung data dukung yang memadai."


def test_what_does_not_apply_has_no_points(db):
	doc = assessment()
	for row in doc.items:
		if row.criterion.endswith("-C"):
			continue
		scale = next((o for o in make.scale_answers(row.scale) if o == "Tidak berlaku"), None)
		if scale:
			row.self_answer = row.verified_answer = scale
	item = next(row for row in assessment_sheet(doc)["rows"] if row.get("self") and row["code"] == "A1")
	assert (item["self"]["answer"], item["self"]["points"]) == ("Tidak berlaku", "–")


def test_no_verdict_is_printed_where_the_instrument_sets_no_condition(db):
	statement = assessment_sheet(assessment())["statement"]
	assert statement["verdict"] == ""
	assert "tidak menetapkan nilai kelulusan" in statement["text"]


@pytest.mark.parametrize(("meets", "verdict"), [(1, "MEMENUHI KRITERIA"), (0, "BELUM MEMENUHI KRITERIA")])
def test_a_passing_score_brings_a_verdict(db, meets, verdict):
	doc = assessment()
	doc.meets = meets
	frappe.db.set_value("P2HAM Instrument", doc.instrument, "passing_score", 75)
	frappe.clear_document_cache("P2HAM Instrument", doc.instrument)
	statement = assessment_sheet(doc)["statement"]
	assert statement["verdict"] == verdict
	assert "75,00" in statement["text"]


def test_a_mandatory_indicator_is_marked_and_brings_a_verdict(db):
	doc = assessment()
	doc.items[0].mandatory = 1
	assert assessment_sheet(doc)["statement"]["verdict"]
	assert "(wajib)" in words(" ".join(printed(doc)))


def test_a_template_instrument_warns_in_short(db):
	notices = assessment_sheet(assessment())["notices"]
	warning = next(line for line in notices if "templat" in line)
	assert len(warning) < 200 and warning.endswith(".")


def test_scores_of_a_verification_that_is_not_finished_are_not_printed(db):
	doc = assessment(IN_REVIEW)
	doc.items[0].verified_answer = doc.items[0].self_answer
	sheet = assessment_sheet(doc)
	assert sheet["total"]["verified"] == "–"
	assert "setelah seluruh indikator diverifikasi" in sheet["category"]
	item = next(row for row in sheet["rows"] if row["kind"] == "item")
	assert item["verified"]["answer"] == doc.items[0].self_answer


def test_what_is_not_approved_says_so_on_every_page(db):
	for text in printed(assessment(IN_REVIEW)):
		assert "BELUM DISAHKAN" in text
	assert "BELUM DISAHKAN" in frappe.get_print("P2HAM Assessment", IN_REVIEW, FORMAT)


def test_the_number_stands_in_the_title_and_the_footer_or_is_dotted(db):
	doc = assessment()
	doc.sheet_number = ""
	assert "NOMOR: ..." in words(printed(doc)[0])
	doc.sheet_number = "100.2.1.6/0353/HUKUM"
	text = words(printed(doc)[0])
	assert "NOMOR: 100.2.1.6/0353/HUKUM" in text and "Nomor 100.2.1.6/0353/HUKUM" in text


# Letterhead and signatures


def test_a_unit_below_an_opd_stands_below_it_in_the_letterhead(db):
	head = assessment_sheet(assessment(BELOW_OPD))["letterhead"]
	assert head["government"] == "PEMERINTAH KABUPATEN EMPAT LAWANG"
	assert (head["opd"], head["unit"]) == ("DINAS KESEHATAN", "PUSKESMAS PENDOPO")


def test_the_head_of_the_nearest_unit_above_signs(db):
	block = assessment_sheet(assessment(BELOW_OPD))["signatures"][0]
	assert block["name"] == "dr. Hasan Tauladan, M.Kes."
	assert block["date"] == ""  # not submitted


def test_who_approved_stays_on_the_paper_after_a_handover(db, people):
	frappe.db.set_value("P2HAM Assessment", APPROVED, "approved_on", "2024-03-01 10:00:00")
	frappe.db.set_value(
		"P2HAM Officer", {"user": people("Sekda")}, {"from_date": "2024-01-01", "to_date": "2024-03-01"}
	)
	make.create_user("sekda.baru@empatlawang.example", "Sekda Baru")
	make.create_officer(
		"sekda.baru@empatlawang.example",
		"Sekda Baru",
		"Sekda",
		position="Sekretaris Daerah",
		from_date="2024-03-02",
	)
	duties.clear_cache()
	signed = assessment_sheet(assessment())["signatures"][2]
	assert (signed["name"], signed["date"]) == ("Dr. Sri Andaian, M.Si.", "1 Maret 2024")
	waiting = assessment_sheet(assessment(IN_REVIEW))["signatures"][2]
	assert (waiting["name"], waiting["date"]) == ("Sekda Baru", "")


def test_a_step_that_was_undone_leaves_no_date(db):
	doc = assessment()
	doc.workflow_state = "Submitted"  # returned by the Sekda: the stamps are still there
	sheet = assessment_sheet(doc)
	assert [bool(block["date"]) for block in sheet["signatures"]] == [True, False, False]
	assert sheet["seal"] is None


def test_without_officers_the_names_are_dotted_lines(db):
	frappe.db.delete("P2HAM Officer")
	duties.clear_cache()
	sheet = assessment_sheet(assessment(IN_REVIEW))
	assert [block["name"] for block in sheet["signatures"]] == ["", "", ""]
	assert len(re.findall(r"NIP \.{10,}", words(printed(assessment(IN_REVIEW))[-1]))) == 3


def test_the_emblem_becomes_a_small_picture_in_the_page(db):
	uri = small_png(make.make_png("lambang", (3000, 2000)))
	assert uri.startswith("data:image/png;base64,") and len(uri) < 200_000
	settings = frappe.get_doc("P2HAM Settings")
	settings.emblem = make.upload("lambang-uji.png", make.make_png("lambang"), is_private=0)
	settings.save()
	assert assessment_sheet(assessment())["letterhead"]["emblem"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("address", ["/files/tidak-ada.png", "https://example.com/lambang.png"])
def test_an_emblem_that_cannot_be_had_leaves_its_space_empty(db, address):
	frappe.db.set_single_value("P2HAM Settings", "emblem", address)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	assert assessment_sheet(assessment())["letterhead"]["emblem"] == ""


def test_a_private_picture_of_something_else_is_no_emblem(db):
	evidence = frappe.get_all(
		"P2HAM Evidence", filters={"mime_type": "image/png"}, pluck="file", order_by="name", limit=1
	)[0]
	frappe.db.set_single_value("P2HAM Settings", "emblem", evidence)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	assert assessment_sheet(assessment())["letterhead"]["emblem"] == ""


# Who may have it


def test_an_observer_gets_what_is_approved_and_no_draft(http, people):
	observer = http(people("P2HAM Observer"))
	assert observer.get(PATH, params={"name": APPROVED}).status_code == 200
	for name in (IN_REVIEW, BELOW_OPD):
		response = observer.get(PATH, params={"name": name})
		assert response.status_code == 403 and b"%PDF" not in response.content


def test_the_clerk_of_another_unit_and_a_guest_get_nothing(http, people):
	for user in (people("OPD Clerk", "DINSOS"), None):
		response = http(user).get(PATH, params={"name": APPROVED})
		assert response.status_code == 403 and b"%PDF" not in response.content


def test_the_own_clerk_may_print_a_draft(http, people):
	response = http(people("OPD Clerk", "DINKES")).get(PATH, params={"name": BELOW_OPD})
	assert response.status_code == 200
	assert "Lembar-Penilaian-PKM-PENDOPO-P2HAM-2024.pdf" in response.headers["Content-Disposition"]


def test_the_sites_print_settings_hold_here_too(db):
	frappe.db.set_single_value("Print Settings", "allow_print_for_draft", 0)
	frappe.clear_document_cache("Print Settings", "Print Settings")
	with pytest.raises(frappe.PermissionError):
		door.check_may_print(assessment(IN_REVIEW))


def test_the_title_of_evidence_with_personal_data_is_not_printed(db, as_user, people):
	use = assessment().evidence_uses[0]
	frappe.db.set_value(
		"P2HAM Evidence", use.evidence, {"title": "KTP Siti Rahasia", "contains_personal_data": 1}
	)
	for user in (people("Sekda"), people("P2HAM Observer")):
		as_user(user)
		text = words(" ".join(printed(assessment())))
		assert "Siti Rahasia" not in text and use.evidence in text


# What it must never do


EVIL = '<script>alert("x")</script><img src="{url}">\nbaris kedua {{{{ 7 * 7 }}}}'


def test_what_users_typed_is_escaped_and_keeps_its_lines(db):
	doc = assessment(IN_REVIEW)
	evil = EVIL.format(url="https://example.com/x.png")
	frappe.db.set_value("P2HAM Assessment Item", doc.items[0].name, "self_note", evil)
	frappe.db.set_value("P2HAM Assessment Item", doc.items[0].name, "verified_note", evil)
	frappe.db.set_value("P2HAM Evidence Use", doc.evidence_uses[0].name, "note", evil)
	frappe.db.set_value("P2HAM Evidence", doc.evidence_uses[0].evidence, "title", evil)
	frappe.db.set_value("P2HAM Assessment", doc.name, {"review_note": evil, "sheet_number": "<b>1</b>"})
	frappe.db.set_value("P2HAM OPD", doc.opd, {"address": evil, "website": evil})
	html = frappe.get_print("P2HAM Assessment", doc.name, FORMAT)
	assert "<script>alert" not in html and "<img src=" not in html.replace('<img src="data:', "")
	assert "&lt;script&gt;" in html and "&lt;b&gt;1&lt;/b&gt;" in html
	assert "{{ 7 * 7 }}" in html and "49" not in re.findall(r"baris kedua \S+", html)
	text = " ".join(printed(assessment(IN_REVIEW)))
	assert '<script>alert("x")' in re.sub(r"\s+", "", text)  # readable as the text it is
	assert re.search(r"\n\s*baris kedua", text)


def test_nothing_is_fetched_while_a_pdf_is_made():
	hits = []

	class Trap(http.server.BaseHTTPRequestHandler):
		def do_GET(self):
			hits.append(self.path)
			self.send_error(404)

		def log_message(self, *args):
			pass

	server = http.server.HTTPServer(("127.0.0.1", 0), Trap)
	threading.Thread(target=server.serve_forever, daemon=True).start()
	base = f"http://127.0.0.1:{server.server_port}"
	try:
		content = pdf.html_to_pdf(
			f'<link rel="stylesheet" href="{base}/a.css"><style>@import "{base}/b.css";'
			f'@font-face {{ font-family: x; src: url("{base}/c.ttf") }} p {{ font-family: x; '
			f'background: url("{base}/d.png") }}</style><p>isi<img src="{base}/e.png">'
			f'<object data="{base}/f.svg"></object><img src="file:///etc/hostname"><a rel="attachment" '
			f'href="file:///etc/hostname">g</a></p>'
		)
	finally:
		server.shutdown()
		server.server_close()
	assert "isi" in pages(content)[0]
	assert hits == []
	assert b"EmbeddedFile" not in content


@pytest.mark.parametrize(
	"address",
	["http://127.0.0.1/", "https://example.com/x.png", "file:///etc/passwd", "data:text/css,p{}", "x.png"],
)
def test_only_embedded_pictures_are_given(address):
	with pytest.raises(pdf.FetchRefused):
		pdf.fetch_embedded(address)


# How it does it


def test_the_number_of_queries_does_not_depend_on_the_number_of_indicators(db, queries):
	def sheet_with(copies: int):
		doc = assessment()
		doc.items = doc.items[:15] * copies
		doc.evidence_uses = doc.evidence_uses[:10] * copies
		assessment_sheet(doc)  # what is cached once must not count for either
		with queries() as run:
			assessment_sheet(doc)
		return len(run)

	few, many = sheet_with(1), sheet_with(4)
	assert few == many
	assert many < 25


def test_a_note_longer_than_a_page_keeps_the_table_head(db):
	doc = assessment()
	doc.items[3].self_note = "catatan panjang " * 500
	found = printed(doc)
	assert len(found) > 4
	for text in found[:-1]:
		assert "Data dukung" in text


def test_a_printed_sheet_is_on_record(http, people):
	user = people("Kabag Hukum")
	filters = {"user": user, "reference_document": APPROVED, "method": FORMAT}
	frappe.db.rollback()
	before = frappe.db.count("Access Log", filters)
	http(user).get(PATH, params={"name": APPROVED})
	frappe.db.rollback()
	assert frappe.db.count("Access Log", filters) == before + 1
