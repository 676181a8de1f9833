"""The inspector of pages (tests/paper.py) finds what is wrong, and nothing where nothing is."""

from __future__ import annotations

import paper
import pytest

from p2ham.demo import factories as make
from p2ham.paper import pdf

needs_poppler = pytest.mark.skipif(not paper.has_poppler(), reason="poppler-utils is not installed")
PAGE = """<style>@page {{ size: {size}; margin: 14mm 15mm 17mm 15mm; {page} }} body {{ margin: 0 }}</style>{body}"""
LINES = "<p>Penilaian pelayanan publik.</p>" * 5


def page(body: str = LINES, size: str = "A4 landscape", page: str = "") -> bytes:
	return pdf.html_to_pdf(PAGE.format(body=body, size=size, page=page))


def test_a_sound_page_is_told_as_it_is():
	found = paper.check_pages(page(LINES + '<p style="break-before: page">Halaman dua.</p>'), landscape=True)
	assert [entry.number for entry in found] == [1, 2]
	assert (round(found[0].width), round(found[0].height)) == (297, 210)
	assert "Penilaian pelayanan publik." in found[0].text and "Halaman dua." in found[1].text
	assert found[0].fonts and all(found[0].fonts.values())


@needs_poppler
def test_the_box_of_ink_is_where_the_ink_is():
	square = '<div style="position: absolute; left: 30mm; top: 20mm; width: 40mm; height: 10mm; background: #000">.</div>'
	(found,) = paper.pages_of(page(square))
	box = found.ink(0, 0, found.width, found.height)
	assert box == pytest.approx((45, 34, 85, 44), abs=1)
	assert found.ink(100, 0, found.width, found.height) is None


@pytest.mark.parametrize(
	("content", "fault"),
	[
		pytest.param(lambda: page(size="letter landscape"), "instead of 297 x 210", id="letter"),
		pytest.param(lambda: page(size="A4 portrait"), "instead of 297 x 210", id="portrait"),
		pytest.param(lambda: make.make_pdf(["teks"]), "font /Helvetica is not embedded", id="font"),
		pytest.param(lambda: page(""), "no text", id="empty"),
	],
)
def test_what_is_wrong_is_said(content, fault):
	with pytest.raises(AssertionError) as caught:
		paper.check_pages(content(), landscape=True)
	assert fault in str(caught.value)


WIDE = f"<table border=1><tr>{'<td>Pelayanan</td>' * 40}</tr></table>"
TALL = '<div style="height: 185mm; border: 1pt solid #000; position: absolute; top: 0">tinggi</div>'
AHEAD = '<p style="margin-left: -8mm">Terlalu ke kiri.</p>'


@needs_poppler
@pytest.mark.parametrize(
	("body", "fault"), [(WIDE, "right margin"), (AHEAD, "left margin"), (TALL, "gap above the foot")]
)
def test_what_leaves_its_margins_is_found(body, fault):
	with pytest.raises(AssertionError) as caught:
		paper.check_pages(page(body), landscape=True)
	assert f"page 1: ink in the {fault}" in str(caught.value)


@needs_poppler
def test_head_and_foot_are_allowed_only_where_there_are_any():
	running = '@top-right { content: "DRAF" } @bottom-left { content: "Halaman 1"; vertical-align: bottom }'
	content = page(page=running)
	paper.check_pages(content, landscape=True)
	with pytest.raises(AssertionError) as caught:
		paper.check_pages(content, landscape=True, print_view=True)
	assert "top margin" in str(caught.value) and "bottom margin" in str(caught.value)


@needs_poppler
def test_the_watermark_is_no_ink():
	mark = (
		'<div style="position: fixed; left: -15mm; width: 297mm; height: 100mm; background: #efefef"></div>'
	)
	paper.check_pages(page(mark + LINES), landscape=True)


def test_the_margins_are_those_of_the_style_sheets():
	assert paper.margins(landscape=True) == paper.Margins(14, 15, 17, 15)
	assert paper.margins(landscape=False, print_view=True).left == 25
