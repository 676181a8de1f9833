"""The clerk's day and the reviewer's, with mouse and keyboard, at the real desk."""

from __future__ import annotations

import pytest

from .conftest import SHEET, UNIT, stored, words

# What a note or a title must never become.
HOSTILE = '<img src=x onerror="window.p2ham_hacked = 1">'
NOTE = "Ram sudah diukur, lebar 120 cm & kemiringan < 7 derajat."
REASON = "Foto ruang laktasi belum memperlihatkan isi ruangan."


@pytest.fixture
def pdf(tmp_path):
	from p2ham.demo import factories as make

	path = tmp_path / "maklumat.pdf"
	path.write_bytes(make.make_pdf(["Maklumat pelayanan", "Kecamatan Tebing Tinggi"]))
	return path


def codes(desk) -> list[str]:
	return desk.browser.execute_script(
		"return [...document.querySelectorAll('.p2ham-item')].map((item) => item.dataset.code)"
	)


def item(code: str) -> str:
	return f".p2ham-item[data-code={words(code)}]"


def answer(desk, code: str, tone: str) -> None:
	"""Click the answer of an item that has a tone: red earns nothing, green earns everything."""
	desk.click(f"{item(code)} [role=radio].p2ham-{tone}")
	desk.find(f"{item(code)} [role=radio].p2ham-{tone}[aria-checked=true]")


def code_with_mandatory_pdf(desk) -> str:
	return desk.browser.execute_script(
		"""return [...document.querySelectorAll(".p2ham-slot[data-kind=PDF]")]
		.find((slot) => slot.querySelector(".p2ham-star")).closest(".p2ham-item").dataset.code"""
	)


def upload(desk, slot: str, path) -> None:
	desk.click(f"{slot} [data-do=upload]")
	desk.find(".p2ham-upload .p2ham-drop")
	desk.browser.find_element("css selector", ".p2ham-upload input[type=file]").send_keys(str(path))
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.shoot("upload")
	desk.click(".p2ham-upload .modal-footer .btn-primary")


def test_a_clerk_answers_every_item_uploads_what_is_wanted_and_submits(desk, enter, empty_sheet, pdf):
	enter("OPD Clerk", UNIT)
	desk.open_sheet()
	desk.shoot("clerk-empty")
	all_codes = codes(desk)
	with_pdf = code_with_mandatory_pdf(desk)
	assert len(desk.texts(".p2ham-missing li")) == len(all_codes)

	for code in all_codes:
		answer(desk, code, "green" if code == with_pdf else "red")
	desk.type(f"{item(with_pdf)} [data-note-of=self]", NOTE)
	assert desk.texts(".p2ham-bar-text")[0].startswith(f"{len(all_codes)} of {len(all_codes)} answered")
	missing = desk.texts(".p2ham-missing li")
	assert len(missing) == 1 and missing[0].startswith(with_pdf)

	# Nothing is saved yet: the upload saves first, so the note is not lost.
	slot = f"{item(with_pdf)} .p2ham-slot.is-wanted"
	upload(desk, slot, pdf)
	desk.find(f"{item(with_pdf)} .p2ham-use a[href^='/private/files/']")
	desk.find("[data-missing='0']")
	desk.shoot("clerk-complete")
	assert desk.browser.execute_script("return !cur_frm.is_dirty()")

	desk.click(".p2ham-bar [data-action=Submit]")
	desk.shoot("clerk-submit")
	desk.click(".modal.show .modal-footer .btn-primary")
	desk.wait("return cur_frm.doc.workflow_state === 'Submitted'")
	desk.wait_for_rest()
	desk.shoot("clerk-submitted")
	assert not desk.console()

	doc = stored()
	assert doc.workflow_state == "Submitted"
	row = next(row for row in doc.items if row.code == with_pdf)
	assert row.self_note == NOTE
	assert [use.indicator for use in doc.evidence_uses] == [row.indicator]


def test_submitting_too_early_leads_to_what_is_missing(desk, enter, empty_sheet):
	enter("OPD Clerk", UNIT)
	desk.open_sheet()
	desk.click(".p2ham-bar [data-action=Submit]")
	desk.find(".p2ham-missing a:focus")
	desk.click(".p2ham-missing li:last-child a")
	desk.find(f"{item(codes(desk)[-1])}.is-flashing")
	assert stored().workflow_state == "Draft"


def test_answers_can_be_given_with_the_keyboard_alone(desk, enter, empty_sheet):
	from selenium.webdriver.common.keys import Keys

	enter("OPD Clerk", UNIT)
	desk.open_sheet()
	first = codes(desk)[0]
	radios = f"{item(first)} [role=radio]"
	assert (
		desk.browser.execute_script(
			"return document.querySelectorAll(arguments[0] + '[tabindex=\"0\"]').length", radios
		)
		== 1
	), "one stop for the Tab key in each group"
	desk.browser.execute_script("arguments[0].focus()", desk.find(f"{radios}[tabindex='0']"))
	for key, position in ((Keys.ARROW_RIGHT, 1), (Keys.ARROW_RIGHT, 2), (Keys.ARROW_LEFT, 1), (Keys.HOME, 0)):
		desk.browser.switch_to.active_element.send_keys(key)
		desk.wait(
			"""const radios = [...document.querySelectorAll(arguments[0])];
			return radios.findIndex((radio) => radio.ariaChecked === "true") === arguments[1]
				&& document.activeElement === radios[arguments[1]]""",
			radios,
			position,
		)
	desk.save()
	assert stored().items[0].self_answer == desk.texts(radios)[0]


def test_the_sheet_fits_a_phone(desk, enter, empty_sheet):
	enter("OPD Clerk", UNIT)
	desk.resize(360, 740)
	try:
		desk.open_sheet()
		too_wide = desk.browser.execute_script(
			"""return [...document.querySelectorAll(".p2ham-sheet *")]
			.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > 361)
			.map((each) => each.className)"""
		)
		assert too_wide == []
		assert desk.browser.execute_script("return document.documentElement.scrollWidth") <= 360
		desk.shoot("clerk-phone")
		answer(desk, codes(desk)[0], "green")
		desk.save()
	finally:
		desk.resize(0, 0)


def test_a_verifier_accepts_and_corrects_beside_the_units_answer(desk, enter, submitted_sheet):
	enter("P2HAM Verifier")
	desk.open_sheet()
	first, second, *_ = codes(desk)
	desk.click(f"{item(first)} [data-do=accept]")
	answer(desk, second, "red")
	desk.type(f"{item(second)} [data-note-of=verified]", NOTE)
	desk.click(".p2ham-use [data-do=accept-evidence]")
	desk.click(".p2ham-section [data-do=accept-all]")
	desk.shoot("verifier")
	desk.save()
	assert not desk.console()
	doc = stored()
	by_code = {row.code: row for row in doc.items}
	assert by_code[first].verified_answer == by_code[first].self_answer
	assert by_code[second].verified_answer != by_code[second].self_answer
	assert by_code[second].verified_note == NOTE
	assert [use.verification for use in doc.evidence_uses].count("Accepted") == 1


@pytest.mark.parametrize("nothing", ["", "   "], ids=["empty", "blanks"])
def test_kabag_hukum_returns_only_with_a_reason(desk, enter, submitted_sheet, nothing):
	enter("Kabag Hukum")
	desk.open_sheet()
	desk.click(".p2ham-bar [data-action=Return]")
	primary = ".modal.show .modal-footer .btn-primary"
	if nothing:
		desk.type(".modal.show textarea", nothing)
	desk.click(primary)
	desk.find(".modal.show .msgprint")
	desk.shoot("kabag-refused")
	assert stored().workflow_state == "Submitted"
	desk.click(".modal.show:has(.msgprint) .btn-modal-close")
	desk.wait("return !document.querySelector('.modal.show .msgprint')")
	desk.type(".modal.show textarea", REASON)
	desk.click(primary)
	desk.wait("return cur_frm.doc.workflow_state === 'Draft'")
	desk.find("[data-note=return_note]")
	desk.shoot("kabag-returned")
	doc = stored()
	assert (doc.workflow_state, doc.return_note) == ("Draft", REASON)


def test_frappes_own_workflow_menu_asks_for_the_reason_as_well(desk, enter, submitted_sheet):
	enter("Kabag Hukum")
	desk.open_sheet()
	desk.browser.execute_script(
		"""frappe.dom.freeze();
		cur_frm.selected_workflow_action = "Return";
		cur_frm.script_manager.trigger("before_workflow_action").catch(() => {});"""
	)
	desk.type(".modal.show textarea", REASON)
	desk.click(".modal.show .modal-footer .btn-primary")
	desk.wait("return cur_frm.doc.workflow_state === 'Draft' && !cur_frm.selected_workflow_action")
	assert stored().return_note == REASON


def test_what_people_write_is_shown_as_text_and_never_runs(desk, enter, submitted_sheet):
	import frappe

	# Frappe cleans what comes through a form; the sheet must not rely on it, so this goes past the form.
	doc = stored()
	row = doc.items[0]
	frappe.db.set_value("P2HAM Assessment", SHEET, "return_note", HOSTILE)
	frappe.db.set_value("P2HAM Assessment Item", row.name, {"self_note": HOSTILE, "verified_note": HOSTILE})
	frappe.db.set_value("P2HAM Evidence Use", doc.evidence_uses[0].name, "note", HOSTILE)
	use = doc.evidence_uses[0]
	frappe.db.set_value(
		"P2HAM Evidence Revision", {"parent": use.evidence, "revision": use.revision}, "title", HOSTILE
	)
	frappe.db.commit()
	frappe.clear_document_cache("P2HAM Assessment", SHEET)
	enter("P2HAM Verifier")
	desk.open_sheet()
	seen = "\n".join(desk.texts(".p2ham-sheet"))
	assert seen.count(HOSTILE) >= 4  # return note, unit's note, evidence title and note
	assert not desk.texts("[onerror]")
	assert not desk.browser.execute_script("return window.p2ham_hacked")
