"""Every official document on paper, as the official PDF and as the desk's print view makes it: whole, within its margins,
in fonts that it brings along."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal

import frappe
import paper
import pytest

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.demo import showcase
from p2ham.documents import catalogue
from p2ham.instruments import store

KINDS = [pytest.param(kind, id=kind.key) for kind in catalogue.KINDS]
OF_ASSESSMENTS = [
	pytest.param(kind, id=kind.key) for kind in catalogue.KINDS if kind.doctype == "P2HAM Assessment"
]
UNIT = "KEC TEBING TINGGI"


def is_landscape(kind) -> bool:
	source = frappe.get_jenv().loader.get_source(frappe.get_jenv(), kind.module.TEMPLATE)[0]
	assert ("landscape.css" in source) != ("portrait.css" in source)
	return "landscape.css" in source


def official(kind, doc, **choice) -> list[paper.Page]:
	"""Set a document officially, check its pages and their numbers; return them."""
	found = paper.check_pages(kind.render(doc, **choice), is_landscape(kind))
	for page in found:
		assert f"Halaman {page.number} dari {len(found)}" in paper.words(page.text)
	return found


def print_view(kind, doc) -> list[paper.Page]:
	"""Set it as the desk's PDF button does, check its pages; return them."""
	content = frappe.get_print(kind.doctype, doc.name, kind.title, doc=doc, as_pdf=True)
	return paper.check_pages(content, is_landscape(kind), print_view=True)


def text_of(pages: list[paper.Page]) -> str:
	return paper.words(" ".join(page.text for page in pages))


@pytest.fixture
def record():
	"""`record(kind)` is the demo's record for a document, and what is chosen of it."""
	return showcase.record_of


@pytest.fixture
def unsealed(record):
	"""`unsealed(kind)` is the same as it is printed of what is stored now: what is sealed would not change."""

	def found(kind):
		doc, choice = record(kind)
		frappe.db.delete("P2HAM Assessment Snapshot", {"assessment": doc.name})
		return doc, choice

	return found


# Every document


def test_every_document_has_a_record_in_the_demo():
	assert set(showcase.RECORDS) == {kind.key for kind in catalogue.KINDS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_has_a_print_format_of_its_name(kind):
	found = frappe.get_doc("Print Format", kind.title)
	assert (found.doc_type, found.standard, found.disabled) == (kind.doctype, "Yes", 0)
	assert f'p2ham_document("{kind.key}", doc)' in found.html
	if kind.number_field:
		assert frappe.get_meta(kind.doctype).has_field(kind.number_field)


@pytest.mark.parametrize("kind", KINDS)
def test_the_official_pdf_is_whole_and_within_its_margins(kind, record):
	doc, choice = record(kind)
	found = official(kind, doc, **choice)
	first, data = paper.words(found[0].text), kind.prepare(doc, **choice)
	assert data["letterhead"]["government"] in first
	assert paper.words(data["frame"]["footer"][0]) in first
	for line in title_of(data):
		assert paper.words(line) in first
	assert "{{" not in text_of(found) and "None" not in text_of(found)


def title_of(data: dict) -> list[str]:
	"""The lines of a title; a letter has its subject instead."""
	return data.get("heading") or data.get("title") or [data["letter"]["subject"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_print_view_is_whole_and_within_its_margins(kind, record):
	doc, choice = record(kind)
	text = text_of(print_view(kind, doc))
	data = kind.prepare(doc, **choice)
	assert data["letterhead"]["government"] in text
	for line in title_of(data):
		assert paper.words(line) in text


# Assessments of all sizes


@pytest.fixture
def sized(people, demo_site, record):
	"""`sized(120, kind)` is an assessment of as many indicators, as far as the demo's record for this document is."""

	def made(indicators: int, kind):
		instrument = make.make_instrument(
			f"UJI-{indicators}", 2090, {"Ada": 100, "Proses": 50, "Tidak": 0}, min(indicators, 5), indicators
		)
		if kind.key == "evaluation_statement":
			instrument = dataclasses.replace(instrument, passing_score=Decimal("99.5"))
		with make.acting_as("Administrator"):
			name = store.create(instrument)
		with make.acting_as(demo_site["manager"]["user"]):
			make.activate_instrument(name)
			period = make.create_period(name, 2090, [UNIT])
		with make.acting_as(people("OPD Clerk", UNIT)):
			doc = make.create_assessment(period, UNIT)
		make.fill(
			doc, [0, 1], note="Ruang tunggu diperluas pada triwulan kedua; rambu dipasang di pintu timur."
		)
		make.verify(doc, {row.code: "Tidak" for row in doc.items[::7]})
		shown, _choice = record(kind)
		for field in ("workflow_state", "docstatus", "meets", "category", "self_score", "verified_score"):
			doc.set(field, shown.get(field))
		for step in ("submitted", "reviewed", "approved"):
			doc.update({f"{step}_by": shown.get(f"{step}_by"), f"{step}_on": shown.get(f"{step}_on")})
		doc.update({"snapshot_hash": shown.snapshot_hash, kind.number_field: showcase.NUMBER})
		return doc

	return made


@pytest.mark.parametrize("indicators", [1, 120])
@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_assessments_of_all_sizes_keep_within_their_pages(kind, sized, indicators):
	doc = sized(indicators, kind)
	assert len(doc.items) == indicators
	official(kind, doc)
	print_view(kind, doc)


@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_a_long_name_of_a_unit_breaks_into_lines(kind, unsealed):
	doc, choice = unsealed(kind)
	name = "Unit Pelaksana Teknis Daerah " + "Pelayanan Kesehatan Masyarakat Kecamatan " * 3
	name = name[:139].strip() + "A"
	frappe.db.set_value("P2HAM OPD", doc.opd, "opd_name", name)
	doc.opd_name = name
	for found in (official(kind, doc, **choice), print_view(kind, doc)):
		assert "PELAYANAN KESEHATAN MASYARAKAT" in text_of(found)


@pytest.mark.parametrize("emblem", ["there", "missing"])
@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_the_letterhead_stands_with_and_without_an_emblem(kind, record, emblem):
	doc, choice = record(kind)
	address = "/files/tidak-ada.png"
	if emblem == "there":
		address = make.upload("lambang-uji.png", make.make_png("lambang", (600, 800)), is_private=0)
	frappe.db.set_single_value("P2HAM Settings", "emblem", address)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	assert bool(kind.prepare(doc, **choice)["letterhead"]["emblem"]) == (emblem == "there")
	for found in (official(kind, doc, **choice), print_view(kind, doc)):
		assert "PEMERINTAH KABUPATEN" in paper.words(found[0].text)


@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_an_acting_officer_signs_with_his_prefix(kind, unsealed, people):
	doc, choice = unsealed(kind)
	frappe.db.set_value("P2HAM Officer", {"duty": ("in", ("Kabag Hukum", "Sekda"))}, "acting_prefix", "Plt.")
	duties.clear_cache()
	assert "Plt. " in json.dumps(kind.prepare(doc, **choice)["signatures"])
	for found in (official(kind, doc, **choice), print_view(kind, doc)):
		assert "Plt. " in text_of(found)


@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_a_draft_is_marked_on_every_page(kind, record):
	doc, choice = record(kind)
	doc.set(kind.number_field, "")
	mark = kind.prepare(doc, **choice)["frame"]["mark"].text
	assert mark
	for page in official(kind, doc, **choice):
		assert paper.joined(mark) in paper.joined(page.text)


def test_the_paper_on_the_screen_is_none_in_the_pdf_of_the_print_view(record):
	kind = catalogue.KINDS[0]
	doc, _choice = record(kind)
	(first, *_others) = print_view(kind, doc)
	left, top, right, _bottom = first.ink(0, 0, first.width, first.height)
	wanted = paper.margins(is_landscape(kind), print_view=True)
	assert (left, first.width - right) == pytest.approx((wanted.left, wanted.right), abs=1)
	assert top == pytest.approx(wanted.top, abs=3)  # the height of a line
