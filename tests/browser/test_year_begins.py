"""A year begins: the head of a unit declares it ready, who keeps periods makes the assessments with what still holds of
the year before, and the clerk confirms it in the sheet."""

from __future__ import annotations

import frappe
import made_regency
import pytest
from way_back import finish_jobs, no_trace

from p2ham.demo import build
from p2ham.demo import factories as make

from .conftest import stored, words
from .desk import login

UNIT, YEAR = "DISDUKCAPIL", 2025
MODAL = ".modal.show"


def button(label: str) -> str:
	return f".page-head [data-label={words(label.replace(' ', '%20'))}]"


@pytest.fixture
def period(demo_site):
	"""A period of the next year to which the unit is invited, committed."""
	with no_trace():
		with make.acting_as(demo_site["manager"]["user"]):
			name = make.create_period(
				"PERMENKUMHAM-25-2023",
				YEAR,
				[],
				participants=[{"opd": UNIT}, {"opd": "DISPAR"}],
				target_units=20,
				target_passed=12,
				target_score=80,
			)
		frappe.db.commit()
		yield name
		frappe.db.rollback()
		for file in frappe.get_all("File", {"attached_to_name": name}, pluck="name", order_by="name"):
			frappe.delete_doc("File", file, force=True)
		frappe.db.commit()


def test_from_ready_to_a_confirmed_sheet(desk, enter, people, demo_site, period, tmp_path):
	letter = tmp_path / "surat kesiapan.pdf"
	letter.write_bytes(make.make_pdf(["Surat kesiapan"]))
	enter("OPD Head", UNIT)
	desk.open("p2ham-period", period)
	desk.click(button("Declare Ready"))
	desk.find(f"{MODAL} input[type=file]").send_keys(str(letter))
	desk.shoot("period-declare-ready")
	desk.click(f"{MODAL} .btn-modal-primary")
	desk.wait(
		"return cur_frm.doc.participants[0].status === 'Ready' && !document.querySelector('.modal.show')"
	)
	desk.shoot("period-of-a-head")
	assert not desk.console()

	login(desk.browser, demo_site["manager"]["user"], build.PASSWORD)
	desk.open("p2ham-period", period)
	desk.click("[data-fieldname=participants] .btn-custom")
	desk.wait("return window.cur_dialog && cur_dialog.fields_dict.way && cur_dialog.display")
	desk.browser.execute_script("cur_dialog.set_value('way', 'paste')")
	desk.type(f"{MODAL} textarea[data-fieldname=abbreviations]", "dinsos\nANTAH BERANTAH")
	desk.wait("return document.querySelector('.p2ham-chosen').innerText.includes('ANTAH BERANTAH')")
	assert desk.texts(".p2ham-chosen strong") == ["1 units will be added."]
	desk.shoot("period-add-units")
	desk.browser.execute_script("cur_dialog.set_value('way', 'public')")
	desk.wait("return parseInt(document.querySelector('.p2ham-chosen strong').innerText) > 10")
	desk.browser.execute_script("cur_dialog.hide()")
	desk.wait_for_rest()
	desk.click(button("Create Assessments"))
	desk.click(f"{MODAL} input[data-fieldname=carry_over]")
	desk.shoot("period-create")
	desk.click(f"{MODAL} .btn-modal-primary")
	desk.wait(
		"return [...document.querySelectorAll('.msgprint')].some((box) => box.innerText.includes('1 assessments created'))"
	)
	desk.shoot("period-created")
	assert not desk.console()

	enter("OPD Clerk", UNIT)
	name = f"{UNIT}-{period}"
	desk.open_sheet(name)
	number = len(stored(name).items)
	assert any("2024" in text for text in desk.texts(".p2ham-item .p2ham-pill"))
	desk.shoot("sheet-carried-over")
	desk.click(".p2ham-item .p2ham-confirm")
	desk.wait("return document.querySelectorAll('.p2ham-confirm').length === arguments[0]", number - 1)
	desk.save()
	assert sum(row.carried_over for row in stored(name).items) == number - 1
	desk.click('[data-do="confirm-all"]')
	desk.shoot("sheet-confirm-all")
	desk.click(f"{MODAL} .btn-modal-primary")
	desk.wait("return !document.querySelector('.p2ham-confirm')")
	desk.wait("return !document.querySelector('.modal.show')")
	desk.save()
	doc = stored(name)
	assert not any(row.carried_over for row in [*doc.items, *doc.evidence_uses]) and doc.completeness == 100
	desk.shoot("sheet-confirmed")
	assert not desk.console()


MANY = [f"UJI BANYAK {number:02}" for number in range(30)]
# Only what the form is told counts, not what it asks from time to time.
ASK_NEVER = """
const { setTimeout: later } = window;
window.setTimeout = (action, delay, ...values) => (delay === 5000 ? 0 : later(action, delay, ...values));
"""


@pytest.fixture
def many(demo_site):
	"""Units in a period in which nothing has begun: more than are made while somebody waits."""
	with made_regency.committed(MANY, indicators=2) as regency:
		yield regency
		finish_jobs()


def test_whoever_has_started_it_sees_how_far_it_is_and_what_came_of_it(desk, many):
	login(desk.browser, many.manager, build.PASSWORD)
	desk.open("p2ham-period", many.period)
	desk.browser.execute_script(ASK_NEVER)
	told = {"period": many.period, "done": 12, "total": 30}
	frappe.publish_realtime("p2ham_generating", {**told, "period": "P2HAM-2024"}, user=many.manager)
	frappe.publish_realtime("p2ham_generating", told, user=many.manager)
	desk.wait(
		"const bar = document.querySelector('.p2ham-creation progress'); return bar && bar.value === 40"
	)
	[line] = desk.texts(".p2ham-creation")
	assert line.split() == ["Creating", "Assessments", "12", "of", "30"]
	desk.shoot("period-creating")

	desk.click(button("Create Assessments"))
	desk.click(f"{MODAL} .btn-modal-primary")
	desk.wait(
		"return [...document.querySelectorAll('.msgprint')].some((box) => box.innerText.includes('30 assessments created'))"
	)
	desk.wait_for_rest()
	assert desk.texts(".p2ham-creation") == [""]
	desk.shoot("period-all-created")
	assert not desk.console()


def test_the_calendar_shows_what_happens_and_leads_there(desk, enter):
	enter("Kabag Hukum")
	desk.open("p2ham-period", "view", "calendar", "default")
	desk.wait(
		"return [...document.querySelectorAll('.fc-event')].some((event) => event.innerText.includes('Filling'))"
	)
	desk.shoot("calendar")
	desk.click(".fc-event")
	desk.wait("return window.cur_frm && cur_frm.doc && frappe.get_route()[0] === 'Form'")
	assert not desk.console()
