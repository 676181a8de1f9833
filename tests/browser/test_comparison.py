"""Two years of a unit side by side, in the desk."""

from __future__ import annotations

import re

import pytest

from .conftest import SHEET, words

NOW, BEFORE = "DISDUKCAPIL-P2HAM-2024", "DISDUKCAPIL-P2HAM-2023"
HOSTILE = '<img src=x onerror="window.p2ham_hacked = 1">'
DIALOG = ".modal.show .p2ham-comparison"


def compare(desk, name: str = NOW) -> None:
	desk.open_sheet(name)
	desk.click(f".inner-group-button[data-label={words('View')}] button")
	desk.click(f".inner-group-button [data-label={words('Compare')}]")


def numbers(desk, css: str) -> list[float]:
	"""Return figures of two decimals, whether the site writes them with a point or a comma."""
	return [int(re.sub(r"\D", "", text)) / 100 for text in desk.texts(f"{DIALOG} {css}")]


def test_sekda_sees_the_unit_beside_itself_a_year_ago(desk, enter):
	import frappe

	enter("Sekda")
	compare(desk)
	desk.find(f"{DIALOG} .p2ham-by-indicator")
	desk.shoot("comparison")
	assert not desk.console()
	assert desk.texts(f"{DIALOG} .p2ham-callout") == [
		"Different instruments: the official totals are not like for like."
	]
	stored = [frappe.db.get_value("P2HAM Assessment", name, "verified_score") for name in (BEFORE, NOW)]
	assert numbers(desk, "[data-total=official] .p2ham-total-value") == stored
	assert len(desk.texts(f"{DIALOG} .p2ham-by-criterion tbody tr")) == 3

	# One question of then has become two; and only what got worse can be looked at alone.
	(split,) = desk.texts(f"{DIALOG} tr[data-kind=split]:has(.p2ham-code):nth-child(4) th")
	assert "A4" in split and "A5" in split and "2023: A5 Informasi pelayanan publik" in split
	desk.click(f"{DIALOG} [data-filter=worse]")
	shown = desk.texts(f"{DIALOG} .p2ham-by-indicator tbody tr:not([hidden])")
	assert shown and all("▼ −" in text for text in shown)


def test_the_comparison_fits_a_phone(desk, enter):
	enter("OPD Clerk", "DISDUKCAPIL")
	desk.resize(375, 740)
	try:
		desk.open_sheet(NOW)
		desk.browser.execute_script("p2ham.compare(cur_frm)")
		desk.find(f"{DIALOG} .p2ham-by-criterion")
		too_wide = desk.browser.execute_script(
			"""return [...document.querySelectorAll(arguments[0] + " *")]
			.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > 376)
			.map((each) => each.className)""",
			DIALOG,
		)
		assert too_wide == []
		desk.shoot("comparison-phone")
	finally:
		desk.resize(0, 0)


def test_a_unit_in_its_first_year_is_told_kindly(desk, enter):
	enter("OPD Clerk", "KEC TEBING TINGGI")
	compare(desk, SHEET)
	desk.find(".modal.show .msgprint")
	assert "no earlier assessment" in desk.texts(".modal.show .msgprint")[0]


@pytest.fixture
def hostile_title(demo_site):
	"""Past every check that would clean it, as nothing on the screen may rely on that."""
	import frappe

	frappe.db.rollback()
	row = frappe.db.get_value(
		"P2HAM Assessment Item", {"parent": NOW, "code": "A1"}, ["name", "title"], as_dict=True
	)
	period = frappe.db.get_value("P2HAM Assessment", BEFORE, "period")
	title = frappe.db.get_value("P2HAM Period", period, "title")

	def write(item_title, period_title):
		frappe.db.set_value("P2HAM Assessment Item", row.name, "title", item_title, update_modified=False)
		frappe.db.set_value("P2HAM Period", period, "title", period_title, update_modified=False)
		frappe.db.commit()
		frappe.clear_document_cache("P2HAM Assessment", NOW)

	write(HOSTILE, HOSTILE)
	yield
	write(row.title, title)


def test_titles_are_shown_as_text_and_never_run(desk, enter, hostile_title):
	enter("Sekda")
	compare(desk)
	desk.find(f"{DIALOG} .p2ham-by-indicator")
	assert HOSTILE in desk.texts(f"{DIALOG} .p2ham-by-indicator")[0]
	assert HOSTILE in desk.texts(f"{DIALOG} .p2ham-facts")[0]
	assert not desk.browser.execute_script(f"return document.querySelector({words(DIALOG + ' [onerror]')})")
	assert not desk.browser.execute_script("return window.p2ham_hacked")
