"""The buttons of official documents beside their forms, and what the form of guidance fills in by itself."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import frappe
import pytest

from p2ham.engine import lifecycle

pytestmark = pytest.mark.quick

HELD = {"status": "Held"}
OPENED = "window.opened = []; window.open = (address) => window.opened.push(address)"


def press(desk, label: str) -> None:
	"""Press a button in the group Print of the form."""
	desk.browser.execute_script(OPENED)
	desk.wait(
		"""const name = encodeURIComponent(__(arguments[0]));
		const button = $(`.page-head .inner-group-button [data-label="${name}"]`);
		button.trigger("click");
		return button.length === 1""",
		label,
		message=f"no button {label}",
	)


def opened(desk) -> dict:
	(address,) = desk.wait("return window.opened.length && window.opened")
	assert urlsplit(address).path == "/api/method/p2ham.api.documents.show"
	return {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}


def test_guidance_has_minutes_and_an_attendance_list(desk, enter):
	name = frappe.db.get_value("P2HAM Guidance", HELD)
	enter("Kabag Hukum")
	desk.open("p2ham-guidance", name)
	desk.shoot("guidance")
	for label, key in (("Minutes", "minutes"), ("Attendance List", "attendance_list")):
		press(desk, label)
		assert opened(desk) == {"document": key, "name": name}


def test_a_request_has_no_minutes_to_press_and_a_clerk_does_not_write_them(desk, enter):
	name = frappe.db.get_value("P2HAM Guidance", {"kind": "Request for Guidance", "status": "Requested"})
	enter("OPD Clerk", "KEC TEBING TINGGI")
	desk.open("p2ham-guidance", name)
	desk.shoot("guidance-request")
	press(desk, "Attendance List")
	assert opened(desk)["document"] == "attendance_list"
	assert desk.browser.execute_script("return $('[data-label=\"Minutes\"]').length") == 0
	assert desk.browser.execute_script("return cur_frm.get_field('chair').df.read_only") == 1


def test_a_new_meeting_has_no_time_until_somebody_types_one(desk, enter):
	enter("P2HAM Verifier")
	desk.open("p2ham-guidance", "new")
	desk.wait("return cur_frm && cur_frm.is_new() && cur_frm.doc.doctype === 'P2HAM Guidance'")
	desk.wait("return !cur_frm.doc.start_time && !cur_frm.doc.end_time")


def test_a_period_has_declarations_of_all_and_of_each_unit(desk, enter):
	enter("Kabag Hukum")
	desk.open("p2ham-period", "P2HAM-2024")
	press(desk, "Declarations")
	assert opened(desk) == {"document": "declaration", "name": "P2HAM-2024"}
	desk.browser.execute_script(
		"""const grid = cur_frm.fields_dict.participants.grid;
		grid.grid_rows[0].toggle_view(true);
		grid.wrapper[0].scrollIntoView({ block: "start" })"""
	)
	desk.find(".grid-row-open [data-fieldname='show_declaration'] button")
	desk.shoot("participant")
	desk.browser.execute_script(OPENED)
	desk.click(".grid-row-open [data-fieldname='show_declaration'] button")
	assert opened(desk)["unit"] == desk.browser.execute_script("return cur_frm.doc.participants[0].opd")


def test_a_result_has_its_review_sheet(desk, enter):
	enter("OPD Clerk", "DINSOS")
	desk.open("p2ham-kkpham-result", "KKPHAM-2024-EMPAT LAWANG")
	desk.shoot("result")
	press(desk, "KKP HAM Review Sheet")
	assert opened(desk)["document"] == "kkpham_review"


# Numbers of an approved assessment

APPROVED = "DISDUKCAPIL-P2HAM-2024"
NUMBERS = ("sheet_number", "record_number")


@pytest.fixture
def numbers_again(demo_site):
	"""The numbers that the dialog gives are taken back, and so is their entry in the log."""
	before = frappe.db.get_value("P2HAM Assessment", APPROVED, [*NUMBERS, "modified"], as_dict=True)
	yield before
	frappe.db.rollback()
	frappe.db.delete("P2HAM Assessment Log", {"assessment": APPROVED, "action": lifecycle.NUMBER})
	frappe.db.set_value("P2HAM Assessment", APPROVED, before, update_modified=False)
	frappe.db.commit()


def test_kabag_hukum_numbers_the_documents_of_an_approved_assessment(desk, enter, numbers_again):
	enter("Kabag Hukum")
	desk.open_sheet(APPROVED)
	press(desk, "Document Numbers")
	desk.wait(
		"return cur_dialog && cur_dialog.get_value('record_number') === arguments[0]",
		numbers_again.record_number,
	)
	desk.browser.execute_script("cur_dialog.set_value('sheet_number', '100.2.1.6/0354/HUKUM')")
	desk.wait_for_rest()
	desk.shoot("document-numbers")
	desk.click(".modal.show .btn-modal-primary")
	desk.wait("return cur_frm.doc.sheet_number === '100.2.1.6/0354/HUKUM'", message="it has no number")
	frappe.db.rollback()
	stored = frappe.db.get_value("P2HAM Assessment", APPROVED, NUMBERS)
	assert stored == ("100.2.1.6/0354/HUKUM", numbers_again.record_number)
	assert not desk.console()


def test_the_clerk_prints_and_gives_no_numbers(desk, enter):
	enter("OPD Clerk", "DISDUKCAPIL")
	desk.open_sheet(APPROVED)
	press(desk, "Evaluation Record (passed)")
	assert opened(desk) == {"document": "evaluation_record", "name": APPROVED}
	assert desk.browser.execute_script("return $('[data-label=\"Document%20Numbers\"]').length") == 0
