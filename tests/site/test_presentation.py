"""The presentation: one screen per topic, the reports' own figures, and nothing the presenter may not see."""

import io
import re

import frappe
import pytest
from pypdf import PdfReader

from p2ham.api import presentation as doors
from p2ham.demo import factories as make
from p2ham.documents import presentation

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"


def deck():
	doors.pdf(PERIOD)
	return PdfReader(io.BytesIO(frappe.local.response.filecontent))


def test_every_topic_that_has_figures_is_one_screen_and_one_page(people):
	frappe.set_user(people("Sekda"))
	found = doors.slides(PERIOD)
	shown = presentation.presentation(PERIOD)
	headings = [slide["heading"] for slide in shown["slides"]]
	assert "Results of the Units" in headings
	assert found["count"] == len(headings) + 1 == len(re.findall(r'class="slide[ "]', found["html"]))
	pages = deck().pages
	assert len(pages) == found["count"]
	for page, heading in zip(list(pages)[1:], headings, strict=True):
		assert heading in page.extract_text()
		assert (round(page.mediabox.width / 0.75), round(page.mediabox.height / 0.75)) == (1280, 720)


def test_each_topic_names_a_report_and_columns_that_exist(people):
	frappe.set_user(people("Kabag Hukum"))
	for topic in presentation.TOPICS:
		assert presentation.may_run(topic.report), topic.report
		columns = presentation.result.run(topic.report, {"period": PERIOD}).columns
		assert set(topic.columns) <= {column["fieldname"] for column in columns}


def test_the_screens_have_the_figures_of_the_report(people):
	frappe.set_user(people("Sekda"))
	report = presentation.result.run("P2HAM Scoreboard", {"period": PERIOD})
	(slide,) = (
		s for s in presentation.presentation(PERIOD)["slides"] if s["heading"] == "Results of the Units"
	)
	assert [card["value"] for card in slide["cards"]] == [card["value"] for card in report.cards]
	names = [row[1]["text"] for row in slide["table"]["rows"]]
	assert names == [row["opd_name"] for row in report.rows[: len(names)]]


def test_what_waits_for_who_presents_is_not_shown_to_the_room(people):
	frappe.set_user(people("Sekda"))
	report = presentation.result.run("P2HAM Progress", {"period": PERIOD})
	assert "Waiting for Me" in [card["label"] for card in report.cards]
	slide = next(
		s for s in presentation.presentation(PERIOD)["slides"] if s["heading"] == "How Far the Period Is"
	)
	assert [card["label"] for card in slide["cards"]] == [
		card["label"] for card in report.cards if card["label"] != "Waiting for Me"
	]


def test_the_head_of_a_unit_presents_the_own_unit_only(people):
	frappe.set_user(people("OPD Head", "DINKES"))
	text = "".join(page.extract_text() for page in deck().pages) + doors.slides(PERIOD)["html"]
	assert "DINKES" in text
	assert "DISDUKCAPIL" not in text
	assert frappe.db.get_value("P2HAM OPD", "DISDUKCAPIL", "opd_name") not in text


def test_without_a_duty_there_are_no_figures_and_without_a_role_no_page(demo_site):
	frappe.set_user(make.create_user("kepala.tanpa@empatlawang.example", "Kepala Tanpa", roles=("OPD Head",)))
	assert doors.slides()["count"] == 1
	frappe.set_user("Administrator")
	frappe.set_user(make.create_user("bukan.siapa@empatlawang.example", "Bukan Siapa"))
	for door in (doors.slides, doors.pdf):
		with pytest.raises(frappe.PermissionError):
			door()


def test_a_period_that_does_not_exist_is_named(people):
	frappe.set_user(people("Sekda"))
	with pytest.raises(frappe.DoesNotExistError, match="P2HAM-1900"):
		doors.slides("P2HAM-1900")
