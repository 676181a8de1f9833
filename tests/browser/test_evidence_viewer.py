"""Evidence is verified with the file beside what is asked, by keyboard alone if one likes."""

from __future__ import annotations

import pytest

from .conftest import PATIENCE, POLL, SHEET, UNIT, empty, officer, state_of, stored, words
from .test_assessment_form import HOSTILE, REASON

PANEL = ".p2ham-viewer"
CURRENT = f"{PANEL} .p2ham-viewer-entry[aria-current=true]"
CHANGED_BY_HAND = "return cur_frm.is_dirty()"


@pytest.fixture
def sheet(begin_from):
	"""The sheet handed over with PDF, pictures and a link."""
	begin_from(state_of(submitted_with_a_link))
	return SHEET


@pytest.fixture
def returned_sheet(begin_from):
	"""The same sheet back at the unit, one document returned with a reason."""
	begin_from(state_of(returned))
	return SHEET


def submitted_with_a_link() -> None:
	import frappe

	from p2ham.demo import factories as make

	empty()
	with make.acting_as(officer("OPD Clerk")):
		doc = stored()
		make.fill(doc, [0, 1])
		make.attach_needed_evidence(doc)
		link = make.create_evidence(UNIT, "Maklumat di laman kecamatan", kind="Link")
		doc.append("evidence_uses", {"indicator": doc.evidence_uses[0].indicator, "evidence": link})
		doc.save()
		make.take_step(SHEET, "Submit")
	frappe.db.commit()


def returned() -> None:
	import frappe

	from p2ham.demo import factories as make

	submitted_with_a_link()
	with make.acting_as(officer("P2HAM Verifier")):
		doc = stored()
		make.verify(doc)
		doc.evidence_uses[-1].update({"verification": "Returned", "note": REASON})
		doc.save()
	with make.acting_as(officer("Kabag Hukum")):
		make.take_step(SHEET, "Return", "Perbaiki data dukung.")
	frappe.db.commit()


def write_past_the_form(doctype: str, name: str, values: dict) -> None:
	import frappe

	frappe.db.set_value(doctype, name, values)
	if doctype == "P2HAM Evidence":  # the sheet shows the revision that it rests on
		known = frappe.get_meta("P2HAM Evidence Revision")
		values = {field: value for field, value in values.items() if known.has_field(field)}
		frappe.db.set_value("P2HAM Evidence Revision", {"parent": name}, values)
	frappe.db.commit()
	frappe.clear_document_cache("P2HAM Assessment", SHEET)


def press(desk, *keys: str) -> None:
	"""Press keys wherever the keyboard is; keys within one text are pressed together."""
	from selenium.webdriver.common.action_chains import ActionChains

	for key in keys:
		ActionChains(desk.browser).send_keys(key).perform()


def press_with_control(desk, key: str) -> None:
	from selenium.webdriver.common.action_chains import ActionChains
	from selenium.webdriver.common.keys import Keys

	ActionChains(desk.browser).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()


def look(desk) -> None:
	"""Open the viewer from the sheet with the keyboard."""
	from selenium.webdriver.common.keys import Keys

	desk.find(".p2ham-filter-row [data-do=look]").send_keys(Keys.ENTER)
	desk.find(PANEL)


def listed(desk) -> list[str]:
	return desk.browser.execute_script(
		"return [...document.querySelectorAll('.p2ham-viewer-entry')].map((entry) => entry.dataset.use)"
	)


def wait_until_at(desk, use: str) -> None:
	desk.find(f"{CURRENT}[data-use={words(use)}]")


def wait_until_shown(desk) -> str:
	"""Wait until the file of the current document is there; return the way in which it is shown."""
	return desk.wait(
		"""const stage = document.querySelector(".p2ham-viewer-stage");
		const image = stage.querySelector("img"), frame = stage.querySelector("iframe");
		if (image && !(image.complete && image.naturalWidth && image.getBoundingClientRect().width > 50)) return false;
		if (frame && !(frame.contentDocument && frame.contentDocument.contentType === "application/pdf")) return false;
		return stage.dataset.way;"""
	)


def verifications(name: str = SHEET) -> dict[str, tuple[str, str]]:
	return {use.name: (use.verification, use.note or "") for use in stored(name).evidence_uses}


def test_a_verifier_goes_through_all_documents_with_the_keyboard_alone(desk, enter, sheet):
	from selenium.webdriver.common.keys import Keys

	enter("P2HAM Verifier")
	desk.open_sheet()
	look(desk)
	uses = listed(desk)
	assert set(uses) == set(verifications())
	assert desk.texts(f"{PANEL} [data-part=progress] span") == [f"1 of {len(uses)} looked at"]
	wait_until_shown(desk)
	desk.shoot("viewer-first")

	press(desk, "j")
	wait_until_at(desk, uses[1])
	press(desk, "k")
	wait_until_at(desk, uses[0])
	press(desk, Keys.ARROW_DOWN)
	wait_until_at(desk, uses[1])

	# Returned with a reason; what is typed there is no command.
	press(desk, "r")
	desk.find(f"{PANEL} textarea[data-part=reason]:focus")
	press_with_control(desk, Keys.ENTER)
	desk.find(f"{PANEL} textarea[aria-invalid=true]:focus")
	press(desk, "Jangan naskah saja")
	desk.shoot("viewer-return")
	press_with_control(desk, Keys.ENTER)
	wait_until_at(desk, uses[2])

	# Each file may take the keyboard while it loads: the keys go on working.
	for position, use in enumerate(uses[2:], start=2):
		wait_until_at(desk, use)
		wait_until_shown(desk)
		press(desk, "a")
		wait_until_at(desk, uses[position + 1] if position + 1 < len(uses) else uses[0])
	assert desk.texts(f"{PANEL} [data-part=progress] span") == [f"{len(uses)} of {len(uses)} looked at"]
	press(desk, "n")  # the only one left is this one
	wait_until_at(desk, uses[0])
	press(desk, "a")
	desk.find(f"{PANEL} [data-do=accept][aria-pressed=true]")
	assert desk.browser.execute_script(CHANGED_BY_HAND)
	assert set(verifications().values()) == {("Pending", "")}

	press(desk, "s")
	desk.wait("return !cur_frm.is_dirty() && $.active === 0 && !$('#freeze').length")
	expected = dict.fromkeys(uses, ("Accepted", "")) | {uses[1]: ("Returned", "Jangan naskah saja")}
	assert verifications() == expected
	desk.shoot("viewer-done")

	press(desk, "?")
	desk.find(f"{PANEL} .p2ham-viewer-keys")
	desk.shoot("viewer-keys")
	press(desk, Keys.ESCAPE)
	press(desk, Keys.ESCAPE)
	desk.wait(f"return !document.querySelector('{PANEL}')")
	desk.find("[data-do=look]:focus")
	assert not desk.console()


def test_each_kind_of_evidence_is_really_shown_and_asked_for_once(desk, enter, sheet):
	enter("P2HAM Verifier")
	desk.open_sheet()
	look(desk)
	ways = {}
	for use in listed(desk):
		wait_until_at(desk, use)
		way = wait_until_shown(desk)
		if way not in ways:
			desk.wait_for_rest()
			desk.shoot(f"viewer-{way}")
		ways.setdefault(way, use)
		press(desk, "j")
	assert set(ways) == {"pdf", "picture", "link"}

	desk.click(f".p2ham-viewer-entry[data-use={words(ways['pdf'])}]")
	wait_until_shown(desk)
	answer = desk.browser.execute_async_script(
		"""const done = arguments[0];
		fetch(document.querySelector(".p2ham-viewer-stage iframe").src)
			.then((answer) => done([answer.status, answer.headers.get("Content-Type")]));"""
	)
	assert answer == [200, "application/pdf"]

	desk.browser.execute_script("document.querySelector('.p2ham-viewer-stage iframe').is_the_same = true")
	desk.click(f"{PANEL} [data-filter=returned]")
	desk.click(f"{PANEL} [data-filter=all]")
	press(desk, "r")
	desk.click(f"{PANEL} [data-do=reason]")
	desk.click(f"{PANEL} [data-do=cancel_return]")
	assert desk.browser.execute_script(
		"return document.querySelector('.p2ham-viewer-stage iframe').is_the_same"
	)

	desk.click(f".p2ham-viewer-entry[data-use={words(ways['picture'])}]")
	wait_until_shown(desk)
	size = """const box = document.querySelector(".p2ham-viewer-stage img").getBoundingClientRect();
		return [Math.round(box.width), Math.round(box.height)]"""
	fitted = desk.browser.execute_script(size)
	desk.click(f"{PANEL} [data-do=rotate]")
	turned = desk.browser.execute_script(size)
	assert turned[0] < turned[1] and fitted[0] > fitted[1]
	press(desk, "+")
	assert desk.browser.execute_script(size)[1] > turned[1]
	desk.shoot("viewer-picture-turned")
	press(desk, "-")
	assert desk.browser.execute_script(size) == turned

	desk.click(f".p2ham-viewer-entry[data-use={words(ways['link'])}]")
	opened = desk.find(".p2ham-viewer-card a")
	assert opened.get_attribute("href").startswith("https://example.go.id/")
	assert {"noopener", "noreferrer"} <= set(opened.get_attribute("rel").split())
	assert not desk.console()


def test_the_keys_work_again_when_the_mouse_leaves_the_pdf(desk, enter, sheet):
	from selenium.webdriver.common.action_chains import ActionChains
	from selenium.webdriver.support.ui import WebDriverWait

	enter("P2HAM Verifier")
	desk.open_sheet()
	look(desk)
	uses = listed(desk)
	while wait_until_shown(desk) != "pdf":
		press(desk, "j")
	at = uses.index(desk.find(CURRENT).get_attribute("data-use"))
	frame = desk.find(f"{PANEL} iframe")
	is_in_frame = "return document.activeElement === arguments[0]"

	def click_into_the_file(browser) -> bool:
		# Once it has come completely: until then the keyboard is taken back.
		ActionChains(browser).move_to_element(frame).click().perform()
		return browser.execute_script(is_in_frame, frame)

	WebDriverWait(desk.browser, PATIENCE, poll_frequency=POLL).until(click_into_the_file)
	ActionChains(desk.browser).move_to_element(desk.find("#p2ham-viewer-title")).perform()
	desk.wait("return document.activeElement !== arguments[0]", frame)
	press(desk, "j")
	wait_until_at(desk, uses[at + 1])


def test_the_whole_item_is_verified_in_the_viewer_and_a_missing_note_is_said(desk, enter, sheet):
	import frappe

	doc = stored()
	mandatory = {
		(row.parent, row.label)
		for row in frappe.get_all(
			"P2HAM Evidence Slot", filters={"mandatory": 1}, fields=["parent", "label"], order_by="idx"
		)
	}
	best = {row.indicator: row for row in doc.items[::2]}  # every second has the best answer
	use = next(
		use for use in doc.evidence_uses if (use.indicator, use.slot) in mandatory and use.indicator in best
	)
	enter("P2HAM Verifier")
	desk.open_sheet()
	desk.click(f".p2ham-use[data-use={words(use.name)}] [data-do=view]")
	wait_until_at(desk, use.name)
	warning = f"{PANEL} [data-warning=note]"
	desk.click(f"{PANEL} [data-do=accept_answer]")
	desk.find(f"{PANEL} [role=radio].p2ham-green[aria-checked=true]")
	assert not desk.texts(warning)
	press(desk, "r")
	desk.click(f"{PANEL} [data-do=reason]")
	reason = desk.texts(f"{PANEL} [data-do=reason]")[0]
	desk.click(f"{PANEL} [data-do=confirm_return]")
	desk.click(f".p2ham-viewer-entry[data-use={words(use.name)}]")
	desk.find(warning)
	desk.shoot("viewer-note-needed")
	desk.type(f"{PANEL} [data-note-of=verified]", "Sudah dilihat di tempat.")
	desk.wait("return !document.querySelector(arguments[0])", warning)
	press_with_control(desk, "s")
	desk.wait("return !cur_frm.is_dirty() && $.active === 0 && !$('#freeze').length")
	assert verifications()[use.name] == ("Returned", reason)
	row = next(row for row in stored().items if row.indicator == use.indicator)
	assert (row.verified_answer, row.verified_note) == (row.self_answer, "Sudah dilihat di tempat.")
	assert not desk.console()


def test_what_speaks_against_a_document_is_said_beside_it(desk, enter, sheet):
	use = stored().evidence_uses[0]
	write_past_the_form("P2HAM Evidence Use", use.name, {"validity": "Not Valid"})
	write_past_the_form(
		"P2HAM Evidence",
		use.evidence,
		{
			"contains_personal_data": 1,
			"valid_from": "2020-02-03",
			"valid_until": "2021-12-31",
			"scan_status": "Waiting",
		},
	)
	enter("P2HAM Verifier")
	desk.open_sheet()
	desk.click(f".p2ham-use[data-use={words(use.name)}] [data-do=view]")
	wait_until_at(desk, use.name)
	flags = "\n".join(desk.texts(f"{PANEL} .p2ham-viewer-flags"))
	for text in ("Not valid in 2023", "Personal data", "Not searched for personal data yet"):
		assert text in flags, text
	desk.shoot("viewer-flags")


@pytest.mark.parametrize("duty", ["Sekda", "P2HAM Verifier"])
def test_who_may_not_verify_looks_and_changes_nothing(desk, enter, returned_sheet, people, duty):
	import frappe

	from p2ham.demo import factories as make

	before = verifications()
	if duty == "Sekda":
		with make.acting_as(people("OPD Clerk", UNIT)):
			make.take_step(SHEET, "Submit")
		frappe.db.commit()
	enter(duty)
	desk.open_sheet()
	look(desk)
	wait_until_shown(desk)
	for part in ("accept", "return", "undo", "answer", "save"):
		assert not desk.texts(f"{PANEL} [data-do={part}]"), part
	assert not desk.texts(f"{PANEL} textarea")
	press(desk, "a", "r", "s", "n", "j")
	desk.wait_for_rest()
	assert not desk.browser.execute_script(CHANGED_BY_HAND)
	assert verifications() == before
	desk.shoot(f"viewer-reading-{duty.replace(' ', '-')}")
	assert not desk.console()


def test_the_unit_sees_what_came_back_and_why(desk, enter, returned_sheet):
	returned = next(use for use in stored().evidence_uses if use.verification == "Returned")
	enter("OPD Clerk", UNIT)
	desk.open_sheet()
	assert desk.texts(".p2ham-filter-row [data-do=look]") == ["Look at Evidence (1 returned)"]
	look(desk)
	wait_until_at(desk, returned.name)
	wait_until_shown(desk)
	assert REASON in desk.texts(f"{PANEL} [data-state=Returned]")[0]
	desk.shoot("viewer-unit")
	desk.click(f"{PANEL} [data-filter=returned]")
	assert listed(desk) == [returned.name]
	assert not desk.console()


def test_a_document_that_the_reader_may_not_see_is_a_card_that_says_so(desk, enter, demo_site):
	import frappe

	name = frappe.get_all(
		"P2HAM Assessment", filters={"workflow_state": "Approved"}, pluck="name", order_by="name", limit=1
	)[0]
	use = frappe.get_doc("P2HAM Assessment", name).evidence_uses[0]
	title, flag = frappe.db.get_value("P2HAM Evidence", use.evidence, ["title", "contains_personal_data"])
	write_past_the_form("P2HAM Evidence", use.evidence, {"contains_personal_data": 1})
	try:
		enter("P2HAM Observer")
		desk.open_sheet(name)
		look(desk)
		desk.click(f".p2ham-viewer-entry[data-use={words(use.name)}]")
		desk.find(f"{PANEL} [data-way=hidden] .p2ham-viewer-card")
		assert not desk.texts(f"{PANEL} :is(.p2ham-viewer-file a, iframe, img)")
		assert title not in "\n".join(desk.texts(f"{PANEL} .p2ham-viewer-file"))
		desk.shoot("viewer-hidden")
		assert not desk.console()
	finally:
		write_past_the_form("P2HAM Evidence", use.evidence, {"contains_personal_data": flag})


def test_a_file_that_does_not_come_is_said_and_not_shown_as_a_page(desk, enter, sheet):
	import frappe

	use = next(
		use
		for use in stored().evidence_uses
		if frappe.db.get_value("P2HAM Evidence", use.evidence, "mime_type") == "application/pdf"
	)
	enter("P2HAM Verifier")
	desk.open_sheet()
	desk.browser.execute_script(
		"cur_frm.p2ham_worksheet.data.evidence[arguments[0]].file = '/private/files/tidak-ada.pdf'",
		use.evidence,
	)
	desk.click(f".p2ham-use[data-use={words(use.name)}] [data-do=view]")
	desk.find(f"{PANEL} [data-way=failed] .p2ham-viewer-card")
	desk.shoot("viewer-failed")


def test_hostile_words_are_text_and_hostile_addresses_no_links(desk, enter, sheet):
	doc = stored()
	use, link = doc.evidence_uses[0], doc.evidence_uses[-1]
	write_past_the_form("P2HAM Evidence", use.evidence, {"title": HOSTILE})
	write_past_the_form("P2HAM Evidence", link.evidence, {"url": "javascript:window.p2ham_hacked=1"})
	write_past_the_form("P2HAM Evidence Use", use.name, {"note": HOSTILE})
	row = next(row for row in doc.items if row.indicator == use.indicator)
	write_past_the_form("P2HAM Assessment Item", row.name, {"self_note": HOSTILE, "verified_note": HOSTILE})
	enter("P2HAM Verifier")
	desk.open_sheet()
	look(desk)
	desk.click(f".p2ham-viewer-entry[data-use={words(use.name)}]")
	press(desk, "r")
	desk.find(f"{PANEL} textarea[data-part=reason]:focus")
	seen = "\n".join(desk.texts(PANEL))
	assert seen.count(HOSTILE) >= 3  # over the file, the note before, the unit's note
	desk.shoot("viewer-hostile")
	desk.click(f".p2ham-viewer-entry[data-use={words(link.name)}]")
	desk.find(f"{PANEL} [data-way=nothing]")
	assert not desk.texts(f"{PANEL} a")
	assert not desk.texts(f"{PANEL} [onerror]")
	assert not desk.browser.execute_script("return window.p2ham_hacked")


def test_the_viewer_fits_a_phone(desk, enter, sheet):
	enter("P2HAM Verifier")
	desk.resize(360, 740)
	try:
		desk.open_sheet()
		desk.click("[data-do=look]")
		wait_until_shown(desk)
		desk.shoot("viewer-phone")
		too_wide = """return [...document.querySelectorAll(".p2ham-viewer *")]
			.filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > 361)
			.filter((each) => !each.closest(".sr-only")).map((each) => each.className)"""
		assert desk.browser.execute_script(too_wide) == []
		desk.click(f"{PANEL} [data-do=fold]")
		uses = listed(desk)
		desk.shoot("viewer-phone-list")
		desk.click(f".p2ham-viewer-entry[data-use={words(uses[1])}]")
		desk.click(f"{PANEL} [data-do=return]")
		desk.click(f"{PANEL} [data-do=reason]:last-child")
		assert desk.browser.execute_script(too_wide) == []
		desk.shoot("viewer-phone-return")
		desk.click(f"{PANEL} [data-do=confirm_return]")
		desk.click(f"{PANEL} [data-do=accept]")
		desk.click(f"{PANEL} [data-do=save]")
		desk.wait("return !cur_frm.is_dirty() && $.active === 0 && !$('#freeze').length")
		assert {"Returned", "Accepted"} <= {state for state, _note in verifications().values()}
	finally:
		desk.resize(0, 0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_word_is_smaller_than_twelve_pixels(desk, enter, sheet, theme):
	enter("P2HAM Verifier")
	desk.open_sheet()
	desk.browser.execute_script("document.documentElement.setAttribute('data-theme', arguments[0])", theme)
	look(desk)
	press(desk, "?", "a", "r")
	wait_until_shown(desk)
	desk.shoot(f"viewer-{theme}")
	assert (
		desk.browser.execute_script(
			"""return [...document.querySelectorAll(".p2ham-viewer *")]
			.filter((each) => each.checkVisibility() && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
			.filter((each) => parseFloat(getComputedStyle(each).fontSize) < 12).map((each) => each.outerHTML)"""
		)
		== []
	)
