"""Reports and the presentation in the desk: every report opens, is coloured and leads on; the screens can be leafed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.quick

APP = Path(__file__).parents[2] / "p2ham"
NAMES = sorted(json.loads(path.read_text())["name"] for path in APP.glob("p2ham/report/*/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_a_report_opens_with_figures_and_without_errors(desk, enter, name):
	enter("Kabag Hukum")
	desk.open_report(name)
	assert desk.browser.execute_script("return frappe.query_report.data.length") > 0
	desk.find(".dt-row .dt-cell__content")
	assert desk.texts(".report-summary .summary-item")
	for link in desk.browser.execute_script(
		"return [...document.querySelectorAll('.dt-scrollable a')].slice(0, 40).map((a) => a.getAttribute('href'))"
	):
		assert link.startswith("/app/"), link
	assert desk.console() == []
	desk.shoot(f"report-{name}".replace(" ", "-").lower())


def test_the_newest_period_is_named_and_a_unit_leads_to_its_sheet(desk, enter):
	enter("Sekda")
	desk.open_report("P2HAM Scoreboard")
	desk.wait("return frappe.query_report.get_filter_value('period') === 'P2HAM-2024'")
	hrefs = desk.browser.execute_script(
		"return [...document.querySelectorAll('.dt-scrollable a')].map((a) => a.getAttribute('href'))"
	)
	assert "/app/p2ham-assessment/DISDUKCAPIL-P2HAM-2024" in hrefs
	assert desk.texts(".inner-group-button, .custom-actions .btn, .page-actions .btn")
	labels = desk.texts(".standard-actions button, .custom-actions button")
	assert {"Official PDF", "Excel"} <= set(labels) or {"PDF Resmi", "Excel"} <= set(labels)


def test_the_screens_of_the_presentation_can_be_leafed(desk, enter):
	enter("Sekda")
	desk.open("p2ham-presentation")
	slides = "[...document.querySelector('.p2ham-screen').shadowRoot.querySelectorAll('.slide')]"
	desk.wait(f"return {slides}.length > 1")
	shown = f"return {slides}.findIndex((slide) => slide.style.display !== 'none')"
	assert desk.browser.execute_script(shown) == 0
	desk.shoot("presentation-1")
	desk.click(".p2ham-stage")
	assert desk.browser.execute_script(shown) == 1
	desk.browser.execute_script(
		"document.querySelector('.p2ham-stage').dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }))"
	)
	assert desk.browser.execute_script(shown) == 0
	for place in range(1, desk.browser.execute_script(f"return {slides}.length")):
		desk.click(".p2ham-stage")
		desk.shoot(f"presentation-{place + 1}")
	width = desk.browser.execute_script(
		"return document.querySelector('.p2ham-screen').getBoundingClientRect().width"
		" / document.querySelector('.p2ham-stage').clientWidth"
	)
	assert 0.99 < width < 1.01
	assert desk.console() == []
