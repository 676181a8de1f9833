"""Laporan Triwulan: what the letter says, that it goes on saying it, and who makes, reads and changes the report."""

from __future__ import annotations

import io
import json
import re

import frappe
import generated
import pytest
from frappe.utils import add_days, getdate, nowdate
from report_world import World
from way_back import no_trace

from p2ham.access import duties
from p2ham.api import quarterly_report as door
from p2ham.demo import factories as make
from p2ham.documents import catalogue, quarterly_report
from p2ham.engine.quarterly_report import SENT
from p2ham.figures import choice
from p2ham.paper import indonesian
from p2ham.quarterly import kept_figures, quarter
from p2ham.quarterly.quarter import Span

REPORT, FORMAT, PERIOD = "P2HAM Quarterly Report", "Laporan Triwulan P2HAM", "P2HAM-2024"
PATH = "/api/method/p2ham.api.documents.show?document=quarterly_report"
NUMBER = "180/0123/HUKUM"
LETTER = {
	"number": NUMBER,
	"addressee": "Menteri Dalam Negeri Republik Indonesia\nu.p. Direktur Jenderal Otonomi Daerah",
	"addressee_place": "Jakarta",
	"copies": "Gubernur Sumatera Selatan;\nBupati Empat Lawang (sebagai laporan).",
}


def now() -> Span:
	return Span.containing(getdate(nowdate()))


@pytest.fixture
def kabag(people):
	"""Kabag Hukum, with no report there yet: the demo has one of this quarter."""
	frappe.db.delete(REPORT)
	return people("Kabag Hukum")


def insert(user: str, **values):
	given = {"year": now().year, "quarter": str(now().quarter), "period": PERIOD, **values}
	with make.acting_as(user):
		return frappe.get_doc({"doctype": REPORT, **given}).insert()


def ready(user: str, **values):
	"""A report that can be printed for signature and sent."""
	return insert(user, **{**LETTER, "report_date": nowdate(), **values})


def change(user: str, doc, **values):
	with make.acting_as(user):
		doc = frappe.get_doc(REPORT, doc.name)
		doc.update(values)
		doc.save()
	return doc


def send(user: str, doc):
	with make.acting_as(user):
		door.mark_as_sent(doc.name)
	return frappe.get_doc(REPORT, doc.name)


def pages(content: bytes) -> list[str]:
	from pypdf import PdfReader

	return [words(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def printed(doc) -> list[str]:
	"""The official PDF's text, page by page."""
	return pages(catalogue.by_key("quarterly_report").render(doc))


def words(text: str) -> str:
	"""One space wherever there is any, and none before a colon: where a cell ends, engines differ."""
	return re.sub(r" ?: ?", ": ", re.sub(r"\s+", " ", text))


# What it says


def check_letter(text: str, doc) -> None:
	"""Everything the letter and its annexes must say, whichever engine set them."""
	figures = kept_figures.read(doc.figures)
	assert "PEMERINTAH KABUPATEN EMPAT LAWANG" in text
	assert f"Nomor: {NUMBER}" in text and "Sifat: Biasa" in text
	roman = indonesian.roman(now().quarter)
	assert f"Laporan Pelaksanaan P2HAM Triwulan {roman} Tahun {now().year}" in text
	assert "Menteri Dalam Negeri Republik Indonesia u.p. Direktur Jenderal" in text and "di Jakarta" in text
	assert f"diikuti oleh {quarterly_report.counted(figures['counts']['taking_part'])} unit kerja" in text
	approved = figures["reached"]["Approved"]
	assert f"yang telah disahkan {approved} ({indonesian.in_words(approved)})" in text
	assert indonesian.score(figures["mean"]) in text
	assert "Demikian disampaikan" in text
	assert "Pj. Sekretaris Daerah Kabupaten Empat Lawang," in text and "Dr. Sri Andaian, M.Si." in text
	assert "NIP 19850416 200504 2 015" in text
	assert "Tembusan: 1. Gubernur Sumatera Selatan; 2. Bupati" in text
	for annex in ("LAMPIRAN I", "LAMPIRAN II", "LAMPIRAN III", "LAMPIRAN IV"):
		assert f"{annex} Surat Sekretaris Daerah Kabupaten Empat Lawang" in text
	for row in (*figures["units"], *figures["weakest"]):
		assert words(row.get("opd_name") or row["title"]) in text
	assert "Rapat koordinasi" in text
	assert "DRAF" not in text and "{{" not in text


def test_the_official_pdf_says_everything(kabag):
	doc = ready(kabag)
	found = printed(doc)
	check_letter(" ".join(found), doc)
	for number, text in enumerate(found, start=1):
		assert f"Halaman {number} dari {len(found)}" in text
	short = " ".join(doc.figures_hash[at : at + 4] for at in range(0, 16, 4))
	assert f"Sidik angka SHA-256 {short} (bukan tanda tangan elektronik)" in found[0]


def test_the_print_view_says_the_same(kabag):
	doc = ready(kabag)
	check_letter(" ".join(pages(frappe.get_print(REPORT, doc.name, FORMAT, as_pdf=True))), doc)


@pytest.mark.quick
def test_the_figures_are_those_of_the_report(kabag):
	doc = insert(kabag)
	figures = kept_figures.read(doc.figures)
	with make.acting_as(kabag):
		found = quarter.of_period(choice.periods({"period": PERIOD}).chosen, now())
	assert figures["reached"] == found.reached and figures["within"] == found.within
	assert figures["mean"] == found.mean
	assert dict(figures["categories"]) == found.categories
	assert figures["counts"] == {name: getattr(found, name) for name in kept_figures.COUNTS}
	assert [row["title"] for row in figures["weakest"]] == [gap.title for gap in found.weakest]
	states = [row["state"] for row in figures["units"]]
	assert states.count("Approved") == found.reached["Approved"]
	assert len(states) == found.taking_part


def test_every_unit_that_takes_part_is_listed_and_only_what_is_approved_has_a_score(kabag):
	period = frappe.get_doc("P2HAM Period", PERIOD)
	figures = kept_figures.read(insert(kabag).figures)
	staying = {row.opd for row in period.participants if row.status != "Withdrawn"}
	assert {row["opd"] for row in figures["units"]} == staying
	for row in figures["units"]:
		assert (row["score"] is not None) == (row["state"] == "Approved")
	assert "Not Begun" in {row["state"] for row in figures["units"]}


def test_guidance_of_the_quarter_is_listed_with_its_units(people, kabag):
	with make.acting_as(people("P2HAM Verifier")):
		make.create_guidance("Uji pendampingan", ["DINSOS", "DINKES"], status="Held", place="Aula")
		make.create_guidance("Uji lama", ["DINSOS"], status="Held", date=add_days(now().first, -1))
		make.create_guidance("Uji rencana", ["DINSOS"])
	rows = {row["subject"]: row for row in kept_figures.read(insert(kabag).figures)["guidance"]}
	assert rows["Uji pendampingan"]["units"] == 2 and rows["Uji pendampingan"]["place"] == "Aula"
	assert not {"Uji lama", "Uji rencana"} & set(rows)


def test_a_quarter_that_is_not_over_is_reported_until_today(kabag):
	yesterday_quarter = Span.containing(add_days(now().first, -1))
	for span, day in (
		(now(), min(now().last, getdate(nowdate()))),
		(yesterday_quarter, yesterday_quarter.last),
	):
		doc = insert(kabag, year=span.year, quarter=str(span.quarter))
		data = quarterly_report.quarterly_report(doc)
		assert data["heads"]["until"] == f"s.d. {indonesian.long_date(day)}"
		assert f"Sampai dengan {indonesian.long_date(day)}, penilaian" in " ".join(data["points"])


def test_the_text_begins_with_a_template_and_can_be_written_otherwise(kabag):
	doc = insert(kabag)
	roman = indonesian.roman(now().quarter)
	assert f"Kabupaten Empat Lawang untuk Triwulan {roman} Tahun {now().year}" in doc.opening
	doc = change(kabag, doc, opening="Alinea satu.\n\nAlinea dua.", closing="Sekian.")
	html = frappe.get_print(REPORT, doc.name, FORMAT)
	assert '<p class="begins written">Alinea dua.</p>' in html and "Sekian." in html
	assert "Dalam rangka" not in html


def test_what_has_no_figures_says_so(kabag):
	data = quarterly_report.quarterly_report(
		insert(kabag, year=now().year - 2, quarter="1", number="1", report_date=nowdate())
	)
	assert data["weakest"] == [] and data["guidance"] == []
	assert not any("Rata-rata" in point for point in data["points"])
	assert "0 (nol)" in " ".join(data["points"])


# Marks


@pytest.mark.parametrize(
	("values", "mark"),
	[
		({}, "DRAF – TANGGAL BELUM DIISI"),
		({"number": NUMBER}, "DRAF – TANGGAL BELUM DIISI"),
		({"report_date": "2026-01-05"}, "DRAF – NOMOR BELUM DIISI"),
		({"number": NUMBER, "report_date": "2026-01-05"}, ""),
	],
)
def test_a_print_is_final_with_a_number_and_a_date(kabag, values, mark):
	doc = insert(kabag, **values)
	assert quarterly_report.quarterly_report(doc)["frame"]["mark"].text == mark
	found = printed(doc)
	assert all((mark or "DRAF") in text for text in found) == bool(mark)
	assert ("DRAF" in frappe.get_print(REPORT, doc.name, FORMAT)) == bool(mark)


def test_figures_that_were_changed_behind_the_report_are_marked(kabag):
	doc = ready(kabag)
	figures = kept_figures.read(doc.figures)
	figures["counts"]["taking_part"] += 1
	frappe.db.set_value(REPORT, doc.name, "figures", kept_figures.written(figures))
	text = printed(frappe.get_doc(REPORT, doc.name))
	assert all("DRAF – ANGKA BERUBAH SEJAK DIBEKUKAN" in page for page in text)


# Figures are frozen


def test_figures_stay_when_the_data_change_until_they_are_taken_anew(people, kabag):
	doc = ready(kabag)
	before = printed(doc)
	with make.acting_as(people("Sekda")):
		make.take_step("DINKES-P2HAM-2024", "Cancel", "Angka keliru.")
	frappe.db.set_value("P2HAM OPD", "DINSOS", "opd_name", "Dinas Lain")
	assert printed(frappe.get_doc(REPORT, doc.name)) == before
	assert change(kabag, doc, closing="Sekian.").figures == doc.figures
	with make.acting_as(kabag):
		fingerprint = door.refresh_figures(doc.name)
	after = frappe.get_doc(REPORT, doc.name)
	assert after.figures_hash == fingerprint == kept_figures.fingerprint(after.figures) != doc.figures_hash
	old, new = kept_figures.read(doc.figures), kept_figures.read(after.figures)
	assert new["reached"]["Approved"] == old["reached"]["Approved"] - 1


def test_no_figures_and_no_status_come_from_outside(kabag, said):
	sent = {"status": "Sent", "figures": "{}", "figures_hash": "0" * 64, "figures_on": "2020-01-01 00:00:00"}
	doc = insert(kabag, **sent)
	assert doc.status == "Draft" and kept_figures.fingerprint(doc.figures) == doc.figures_hash != "0" * 64
	for field, value in {**sent, "year": 2020, "quarter": "1", "period": "P2HAM-2023"}.items():
		with pytest.raises(frappe.PermissionError) as caught:
			change(kabag, doc, **{field: value})
		assert frappe.get_meta(REPORT).get_label(field) in said(caught)


def test_text_in_the_figures_may_hold_anything(kabag):
	frappe.db.set_value("P2HAM OPD", "DINSOS", "opd_name", '<b>Dinas</b> "Uji" & {{ 7 * 7 }}')
	frappe.db.set_value(
		"P2HAM Assessment", "DINSOS-P2HAM-2024", "opd_name", '<b>Dinas</b> "Uji" & {{ 7 * 7 }}'
	)
	doc = ready(kabag)
	# Nobody can type this; older versions took it.
	frappe.db.set_value(
		REPORT, doc.name, {"copies": "<script>alert(1)</script>", "closing": "<i>x</i> {{ 7 * 7 }}"}
	)
	doc = frappe.get_doc(REPORT, doc.name)
	assert kept_figures.fingerprint(doc.figures) == doc.figures_hash
	html = frappe.get_print(REPORT, doc.name, FORMAT)
	assert "&lt;b&gt;Dinas&lt;/b&gt;" in html and "<script>alert" not in html
	assert "{{ 7 * 7 }}" in html
	assert '<b>Dinas</b> "Uji" & {{ 7 * 7 }}' in " ".join(printed(doc))


# Who may


def test_bagian_hukum_makes_it_and_nobody_else(people, kabag, demo_site):
	verifier = people("P2HAM Verifier")
	doc = insert(verifier)
	for user in (
		people("OPD Clerk", "DINSOS"),
		people("OPD Head", "DINSOS"),
		people("Sekda"),
		people("P2HAM Observer"),
		demo_site["manager"]["user"],
		"Administrator",
	):
		with pytest.raises(frappe.PermissionError):
			insert(user, quarter="1")
		with pytest.raises(frappe.PermissionError):
			change(user, doc, number="1")
		for action in (door.refresh_figures, door.mark_as_sent):
			with make.acting_as(user), pytest.raises(frappe.PermissionError):
				action(doc.name)
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			frappe.delete_doc(REPORT, doc.name)
	change(kabag, doc, number="1")
	with make.acting_as(kabag):
		frappe.delete_doc(REPORT, doc.name)


def test_who_held_the_duty_yesterday_makes_none(people):
	verifier = people("P2HAM Verifier")
	frappe.db.set_value("P2HAM Officer", {"user": verifier}, "to_date", add_days(nowdate(), -1))
	duties.clear_cache()
	with pytest.raises(frappe.PermissionError):
		insert(verifier)


def test_units_read_none_and_an_observer_reads_what_was_sent(people, kabag, demo_site):
	doc = ready(kabag)

	def seen(user: str) -> bool:
		with make.acting_as(user):
			readable = frappe.has_permission(REPORT, "read", doc.name)
			try:
				listed = doc.name in frappe.get_list(REPORT, pluck="name", order_by="name")
			except frappe.PermissionError:
				listed = False
			assert listed == readable
			return readable

	observer = people("P2HAM Observer")
	units = (people("OPD Clerk", "DINSOS"), people("OPD Head", "DINKES"), demo_site["manager"]["user"])
	all_of_it = (kabag, people("P2HAM Verifier"), people("Sekda"))
	assert [seen(user) for user in (*all_of_it, observer, *units)] == [True] * 3 + [False] * 4
	send(kabag, doc)
	duties.clear_cache()
	assert [seen(user) for user in (*all_of_it, observer, *units)] == [True] * 4 + [False] * 3
	with make.acting_as(observer):
		assert quarterly_report.quarterly_report(frappe.get_doc(REPORT, doc.name))["units"]
	with make.acting_as(units[0]), pytest.raises(frappe.PermissionError):
		quarterly_report.quarterly_report(frappe.get_doc(REPORT, doc.name))


def test_who_holds_the_duty_on_the_day_of_the_letter_signs(people, kabag):
	frappe.db.set_value(
		"P2HAM Officer", {"user": people("Sekda")}, {"from_date": "2024-01-01", "to_date": "2026-03-01"}
	)
	make.create_user("sekda.baru@empatlawang.example", "Sekda Baru")
	make.create_officer(
		"sekda.baru@empatlawang.example",
		"Sekda Baru",
		"Sekda",
		position="Sekretaris Daerah",
		from_date="2026-03-02",
	)
	duties.clear_cache()
	for day, duty, name in (
		("2026-03-01", "Sekda", "Dr. Sri Andaian, M.Si."),
		("2026-03-02", "Sekda", "Sekda Baru"),
		("2026-03-02", "Kabag Hukum", "Rahmat Umpamanya, S.H., M.H."),
	):
		doc = frappe.get_doc({"doctype": REPORT, "year": 2026, "quarter": "1", "period": PERIOD})
		doc.update({"report_date": day, "signatory_duty": duty})
		with make.acting_as(kabag):
			doc.insert()
			assert quarterly_report.quarterly_report(doc)["signatures"][0]["name"] == name
			doc.delete()


# Making and sending


def test_there_is_one_for_each_quarter(kabag, said):
	first = insert(kabag)
	assert first.name == f"P2HAM-TW-{now().year}-{now().quarter}"
	with pytest.raises(frappe.DuplicateEntryError) as caught:
		insert(kabag)
	assert first.name in said(caught)


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"year": 24}, "Year: 24 is not a year"),
		({"year": 2099}, "has not begun yet"),
		({"quarter": "5"}, 'Quarter: "5" is not one of: 1, 2, 3, 4'),
		({"period": ""}, "Period must be filled"),
		({"period": "P2HAM-1999"}, "Could not find Period: P2HAM-1999"),
	],
)
def test_what_is_wrong_is_named(kabag, said, values, words):
	with pytest.raises((frappe.ValidationError, frappe.DoesNotExistError)) as caught:
		insert(kabag, **values)
	assert words in frappe.utils.strip_html(said(caught))


def test_only_a_period_of_p2ham_that_was_opened_is_reported(kabag, demo_site):
	with make.acting_as(demo_site["manager"]["user"]):
		draft = frappe.get_doc(
			{
				**frappe.copy_doc(frappe.get_doc("P2HAM Period", PERIOD)).as_dict(),
				"assessment_year": 2031,
				"status": "Draft",
			}
		).insert()
	with pytest.raises(frappe.ValidationError, match="has not been opened yet"):
		insert(kabag, period=draft.name)


def test_what_the_letter_lacks_is_named_before_it_is_sent(kabag, said):
	doc = insert(kabag)
	with pytest.raises(frappe.MandatoryError) as caught:
		send(kabag, doc)
	for label in ("Letter Number", "Letter Date", "Addressee"):
		assert label in said(caught)
	change(kabag, doc, **LETTER, report_date=add_days(nowdate(), 1))
	with pytest.raises(frappe.ValidationError, match="no date in the future"):
		send(kabag, doc)
	change(kabag, doc, report_date=nowdate())
	assert send(kabag, doc).status == SENT


def test_nothing_of_a_sent_report_changes(kabag, said):
	doc = send(kabag, ready(kabag))
	for field in frappe.get_meta(REPORT).fields:
		if field.fieldtype in ("Section Break", "Column Break", "HTML"):
			continue
		value = {"Date": "2020-01-01", "Int": 2020, "Datetime": "2020-01-01 00:00:00"}.get(
			field.fieldtype, "3"
		)
		others = {"signatory_duty": "Kabag Hukum", "status": "Draft", "period": "P2HAM-2023"}
		value = others.get(field.fieldname, value)
		assert doc.get(field.fieldname) != value
		with pytest.raises(frappe.PermissionError):
			change(kabag, doc, **{field.fieldname: value})
	for action in (door.refresh_figures, door.mark_as_sent):
		with make.acting_as(kabag), pytest.raises(frappe.PermissionError):
			action(doc.name)
	for user in (kabag, "Administrator"):
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			frappe.delete_doc(REPORT, doc.name)
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			frappe.rename_doc(REPORT, doc.name, "P2HAM-TW-LAIN", force=True)
	with make.acting_as(kabag), pytest.raises(frappe.PermissionError):
		make.upload("bukti.pdf", make.make_pdf(["x"]), attached_to_doctype=REPORT, attached_to_name=doc.name)
	assert frappe.get_doc(REPORT, doc.name).as_json() == doc.as_json()


# Over HTTP


class TestOverHttp:
	@pytest.fixture(autouse=True)
	def _kept(self, db):
		with no_trace():
			yield

	@pytest.fixture
	def doc(self, kabag):
		doc = ready(kabag)
		frappe.db.commit()
		return doc

	def test_every_door_leaves_a_sent_report_alone(self, http, kabag, doc):
		client = http(kabag)
		answer = client.call("p2ham.api.quarterly_report.mark_as_sent", report=doc.name)
		assert answer.status_code == 200, answer.text
		frappe.db.rollback()
		sent = frappe.get_doc(REPORT, doc.name).as_dict()
		assert sent.status == "Sent"
		address = f"/api/resource/{REPORT}/{doc.name}"
		bulk = {"doctype": REPORT, "docnames": json.dumps([doc.name]), "action": "update"}
		as_sent = json.loads(frappe.as_json(sent))
		answers = [
			client.put(address, json={"number": "lain"}),
			client.put(address, json={"status": "Draft"}),
			client.delete(address),
			client.call(
				"frappe.client.set_value", doctype=REPORT, name=doc.name, fieldname="copies", value="x"
			),
			client.call("frappe.client.save", doc={**as_sent, "figures": "{}"}),
			client.call("frappe.client.delete", doctype=REPORT, name=doc.name),
			client.call("p2ham.api.quarterly_report.refresh_figures", report=doc.name),
			client.post(
				"/api/method/frappe.desk.form.save.savedocs",
				data={"doc": json.dumps({**as_sent, "closing": "lain"}), "action": "Save"},
			),
			client.post(
				"/api/method/frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
				data={**bulk, "data": json.dumps({"number": "lain"})},
			),
			client.post(
				"/api/method/frappe.desk.reportview.delete_items",
				data={"items": json.dumps([doc.name]), "doctype": REPORT},
			),
		]
		# The last two answer 200 with the list of what failed.
		assert all(answer.status_code in (403, 417) for answer in answers[:-2]), [
			a.status_code for a in answers
		]
		frappe.db.rollback()
		assert frappe.get_doc(REPORT, doc.name).as_dict() == sent

	def test_the_letter_is_a_pdf_for_who_sees_the_regency(self, http, people, doc):
		response = http(people("Sekda")).get(PATH, params={"name": doc.name})
		assert response.status_code == 200, response.text
		assert response.headers["Content-Type"] == "application/pdf"
		assert f"Laporan-Triwulan-{doc.name}.pdf" in response.headers["Content-Disposition"]
		for user in (
			people("OPD Clerk", "DINSOS"),
			people("OPD Head", "DINKES"),
			people("P2HAM Observer"),
			None,
		):
			response = http(user).get(PATH, params={"name": doc.name})
			assert response.status_code == 403 and b"%PDF" not in response.content


# How it does it


def test_a_thousand_units_are_set_in_portions_and_numbered_through(kabag):
	doc = ready(kabag)
	figures = kept_figures.read(doc.figures)
	name = "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu Kecamatan Paling Ujung " * 2
	figures["units"] = [
		{**figures["units"][0], "opd": str(number), "opd_name": f"{name}{number}"} for number in range(250)
	]
	text = kept_figures.written(figures)
	frappe.db.set_value(REPORT, doc.name, {"figures": text, "figures_hash": kept_figures.fingerprint(text)})
	doc = frappe.get_doc(REPORT, doc.name)
	data = quarterly_report.quarterly_report(doc)
	pieces = quarterly_report.portions(data)
	assert [len(piece["units"]) for piece in pieces] == [100, 100, 50]
	assert [row for piece in pieces for row in piece["units"]] == data["units"]
	found = printed(doc)
	assert all(f"Halaman {number} dari {len(found)}" in text for number, text in enumerate(found, start=1))
	text = " ".join(found)
	assert text.count("LAMPIRAN II ") == text.count("LAMPIRAN III ") == 1
	assert text.count("Tembusan:") == 1 and "249 " in text


def test_the_number_of_queries_does_not_depend_on_the_size(kabag, queries):
	counts = []
	for made in (generated.regency(), generated.regency(units=40, indicators=8, prefix="BESAR")):
		world = World(made)
		with make.acting_as(made.kabag):
			period = choice.periods({"period": world.period}).chosen
			kept_figures.figures(period, now())
			doc = frappe.get_doc(
				{"doctype": REPORT, "year": now().year, "quarter": str(now().quarter), "period": world.period}
			).insert()
			with queries() as made_of:
				kept_figures.figures(period, now())
			quarterly_report.quarterly_report(doc)
			with queries() as printing:
				quarterly_report.quarterly_report(doc)
			doc.delete()
		counts.append((len(made_of), len(printing)))
	assert counts[0] == counts[1]
	assert counts[0][0] < 20 and counts[0][1] < 20
