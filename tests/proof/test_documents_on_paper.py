"""Every official document on paper, as the official PDF and as the desk's print view makes it: whole, within its margins,
in fonts that it brings along."""

from __future__ import annotations

import json

import frappe
import paper
import pytest

from p2ham.access import duties
from p2ham.assessment import results
from p2ham.demo import factories as make
from p2ham.demo import showcase
from p2ham.documents import catalogue
from p2ham.instruments import store, writing

KINDS = [pytest.param(kind, id=kind.key) for kind in catalogue.KINDS]
NUMBERED = [pytest.param(kind, id=kind.key) for kind in catalogue.KINDS if kind.number_field]
OF_ASSESSMENTS = [
	pytest.param(kind, id=kind.key) for kind in catalogue.KINDS if kind.doctype == showcase.ASSESSMENT
]
UNIT = "KEC TEBING TINGGI"
STEPS = ("submitted", "reviewed")


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


def in_both(kind, doc) -> list[list[paper.Page]]:
	return [official(kind, doc), print_view(kind, doc)]


def text_of(pages: list[paper.Page]) -> str:
	return paper.words(" ".join(page.text for page in pages))


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
def test_the_official_pdf_is_whole_and_within_its_margins(kind):
	shown = showcase.example_for(kind)
	found = official(kind, shown.doc, **shown.choice)
	first, data = paper.words(found[0].text), begin_of(kind.prepare(shown.doc, **shown.choice))
	assert data["letterhead"]["government"] in first
	for line in [*data["frame"]["footer"], *title_of(data)]:
		assert paper.words(line) in first
	for slip in ("{{", "None", "object at 0x", "Undefined"):
		assert slip not in text_of(found)


def begin_of(data: dict) -> dict:
	"""What the first page shows, where each page is a paper of its own."""
	return {**data, **data.get("sheets", [{}])[0]}


def title_of(data: dict) -> list[str]:
	"""The lines of a title; a letter has its subject instead."""
	return data["heading"] if "heading" in data else [data["letter"]["subject"]]


@pytest.mark.parametrize("kind", KINDS)
def test_the_print_view_is_whole_and_within_its_margins(kind):
	shown = showcase.example_for(kind)
	text, data = text_of(print_view(kind, shown.doc)), begin_of(kind.prepare(shown.doc, **shown.choice))
	for line in [data["letterhead"]["government"], *title_of(data)]:
		assert paper.words(line) in text


@pytest.mark.parametrize("kind", NUMBERED)
def test_what_has_no_number_is_marked_on_every_page(kind):
	shown = showcase.example_for(kind)
	shown.doc.set(kind.number_field, "")
	mark = kind.prepare(shown.doc, **shown.choice)["frame"]["mark"].text
	assert mark
	for page in official(kind, shown.doc, **shown.choice):
		assert paper.joined(mark) in paper.joined(page.text)


def test_the_print_view_has_the_margins_of_the_paper_once():
	kind = catalogue.by_key("assessment_sheet")
	(first, *_others) = print_view(kind, showcase.example_for(kind).doc)
	left, top, right, _bottom = first.ink(0, 0, first.width, first.height)
	wanted = paper.margins(is_landscape(kind), print_view=True)
	assert (left, first.width - right) == pytest.approx((wanted.left, wanted.right), abs=1)
	assert top == pytest.approx(wanted.top, abs=3)  # the height of a line


# Assessments of all kinds, not approved yet: what is approved is printed as it was sealed


@pytest.fixture
def reviewed():
	"""`reviewed(kind, doc)` brings an assessment (default: the demo's) so far that the document can be made of it."""

	def made(kind, doc=None):
		known = showcase.newest_assessment("Reviewed")
		shown = showcase.example_for(kind).doc
		doc = doc or known
		doc.update({"workflow_state": "Reviewed", "meets": shown.meets, kind.number_field: showcase.NUMBER})
		doc.items[0].mandatory = any(row.mandatory for row in shown.items)
		for step in STEPS:
			doc.update({name: known.get(name) for name in (f"{step}_by", f"{step}_on")})
		return doc

	return made


@pytest.fixture
def sized(people, demo_site):
	"""`sized(120)` is an assessment of as many indicators, answered and verified."""

	def made(indicators: int):
		instrument = make.make_instrument(
			f"UJI-{indicators}", 2090, {"Ada": 100, "Proses": 50, "Tidak": 0}, min(indicators, 5), indicators
		)
		name = writing.create(instrument)
		with make.acting_as(demo_site["manager"]["user"]):
			make.activate_instrument(name)
			period = make.create_period(name, 2090, [UNIT])
		with make.acting_as(people("OPD Clerk", UNIT)):
			doc = make.create_assessment(period, UNIT)
		make.fill(
			doc, [0, 1], note="Ruang tunggu diperluas pada triwulan kedua; rambu dipasang di pintu timur."
		)
		make.verify(doc, {row.code: "Tidak" for row in doc.items[::7]})
		results.store_results(doc, results.compute(doc, store.load(name)))
		return doc

	return made


@pytest.mark.parametrize("indicators", [1, 120])
@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_assessments_of_all_sizes_keep_within_their_pages(kind, sized, reviewed, indicators):
	doc = reviewed(kind, sized(indicators))
	assert len(doc.items) == indicators
	in_both(kind, doc)


@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_a_long_name_of_a_unit_breaks_into_lines(kind, reviewed):
	doc = reviewed(kind)
	name = ("Unit Pelaksana Teknis Daerah " + "Pelayanan Kesehatan Masyarakat Kecamatan " * 3)[:139] + "A"
	frappe.db.set_value("P2HAM OPD", doc.opd, "opd_name", name)
	doc.opd_name = name
	for found in in_both(kind, doc):
		assert "pelayanan kesehatan masyarakat" in text_of(found).lower()


@pytest.mark.parametrize("emblem", ["there", "missing"])
@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_the_letterhead_stands_with_and_without_an_emblem(kind, reviewed, emblem):
	address = "/files/tidak-ada.png"
	if emblem == "there":
		address = make.upload("lambang-uji.png", make.make_png("lambang", (600, 800)), is_private=0)
	frappe.db.set_single_value("P2HAM Settings", "emblem", address)
	frappe.clear_document_cache("P2HAM Settings", "P2HAM Settings")
	doc = reviewed(kind)
	assert bool(kind.prepare(doc)["letterhead"]["emblem"]) == (emblem == "there")
	for found in in_both(kind, doc):
		assert "PEMERINTAH KABUPATEN" in paper.words(found[0].text)


@pytest.mark.parametrize("kind", OF_ASSESSMENTS)
def test_an_acting_officer_signs_with_his_prefix(kind, reviewed):
	frappe.db.set_value("P2HAM Officer", {"duty": ("in", ("Kabag Hukum", "Sekda"))}, "acting_prefix", "Plt.")
	duties.clear_cache()
	doc = reviewed(kind)
	assert "Plt. " in json.dumps(kind.prepare(doc)["signatures"])
	for found in in_both(kind, doc):
		assert "Plt. " in text_of(found)
