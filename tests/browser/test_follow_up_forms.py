"""From the approval to the closed follow-up: Bagian Hukum takes over what is suggested, the unit reports with a document,
Bagian Hukum closes; and the next sheet of the unit shows it."""

from __future__ import annotations

import frappe
import made_regency
import pytest
from frappe.utils import add_days, nowdate

from p2ham.demo import factories as make

from .test_evidence_upload import drop, pdf

UNIT = "UJI TINDAK LANJUT"
DIALOG = ".p2ham-follow-ups.show"


@pytest.fixture
def approved(demo_site):
	"""An approved assessment of a made unit below the demo's DINKES, six indicators, three of them not fully met."""
	with made_regency.committed([UNIT], 6) as regency:
		name = made_regency.start_assessment(regency, UNIT)
		made_regency.review_assessment(regency, name)
		with make.acting_as(regency.sekda):
			make.take_step(name, "Approve")
		frappe.db.commit()
		yield regency, name


def button(label: str) -> str:
	return f".page-head [data-label='{label.replace(' ', '%20')}']"


def answer(desk, **values: str) -> None:
	"""Fill the open dialog and press its button."""
	for field, value in values.items():
		desk.type(f".modal.show [data-fieldname={field}] :is(input, textarea)", value)
	desk.click(".modal.show .btn-modal-primary")
	desk.wait("return !cur_frm.is_dirty() && $.active === 0 && !document.querySelector('.modal.show')")
	desk.wait_for_rest()


def test_a_weak_indicator_is_followed_up_to_the_end(desk, enter, approved):
	regency, sheet = approved
	due = add_days(nowdate(), 21)
	enter("P2HAM Verifier")
	desk.open_sheet(sheet)
	weak = [row for row in frappe.get_doc("P2HAM Assessment", sheet).items if row.verified_points < 100]
	(headline,) = desk.texts(".form-message")
	assert headline == f"{len(weak)} indicators are not fully met; 0 have a follow-up."
	desk.shoot("follow-up-headline")

	# All are ticked; one is left out, one edited, all get another day.
	desk.click(button("Suggest Follow-ups"))
	desk.find(f"{DIALOG} .p2ham-suggestion")
	assert len(desk.texts(f"{DIALOG} .p2ham-suggestion:not(.is-off)")) == len(weak)
	desk.shoot("follow-up-suggestions")
	desk.type(f"{DIALOG} .p2ham-suggestion:not(.is-off) textarea", "Sediakan jalur landai.")
	desk.browser.execute_script(
		"""const day = document.querySelector(arguments[0] + " [data-part=due]");
		day.value = arguments[1];
		day.dispatchEvent(new Event("change", { bubbles: true }));""",
		DIALOG,
		due,
	)
	desk.click(f"{DIALOG} [data-do=set-due]")
	desk.browser.execute_script(
		"[...document.querySelectorAll(arguments[0] + ' [data-do=choose]')].pop().click()", DIALOG
	)
	assert desk.texts(f"{DIALOG} .btn-modal-primary") == [f"Create {len(weak) - 1} Follow-ups"]
	desk.shoot("follow-up-suggestions-edited")
	desk.click(f"{DIALOG} .btn-modal-primary")
	desk.wait(f"return !document.querySelector({DIALOG!r}) && $.active === 0")
	desk.wait(
		"return document.querySelector('.form-message').innerText.includes(arguments[0])",
		f"{len(weak) - 1} have",
	)
	frappe.db.rollback()
	stored = frappe.get_all("P2HAM Follow-up", filters={"assessment": sheet}, fields=["*"], order_by="name")
	assert len(stored) == len(weak) - 1
	assert {str(row.due_date) for row in stored} == {due}
	name = next(row.name for row in stored if row.recommendation == "Sediakan jalur landai.")

	# What is there is greyed, with the way to it.
	desk.click(button("Suggest Follow-ups"))
	desk.find(f"{DIALOG} .is-present.is-off a[href*={name}]")
	desk.shoot("follow-up-suggestions-present")
	desk.click(f"{DIALOG} .btn-modal-secondary")
	assert not desk.console()

	# The unit reports, shows a document, and says that it is done.
	enter("OPD Clerk", made_regency.OPD)
	desk.open("p2ham-follow-up", name)
	desk.click(button("Add Progress"))
	answer(desk, progress="40", note="Rencana anggaran disusun.")
	desk.click(button("Upload Evidence"))
	desk.find(".p2ham-upload.show")
	drop(desk, ".p2ham-upload .p2ham-drop", {"jalur-landai.pdf": pdf("Jalur landai sudah dibangun")})
	desk.find(".p2ham-upload .p2ham-file[data-state=waiting]")
	desk.click(".p2ham-upload .modal-footer .btn-primary")
	desk.wait("return !document.querySelector('.p2ham-upload.show') && cur_frm.doc.evidence.length === 1")
	desk.wait("return !cur_frm.is_dirty() && $.active === 0")
	desk.wait_for_rest()
	desk.click(button("Mark Completed"))
	answer(desk, note="Jalur landai selesai dibangun.")
	assert desk.texts(".p2ham-course li .p2ham-text") == [
		"Jalur landai selesai dibangun.",
		"Rencana anggaran disusun.",
	]
	desk.shoot("follow-up-completed-by-unit")
	assert not desk.browser.execute_script(f"return document.querySelector({button('Close Follow-up')!r})")
	assert not desk.console()

	# Bagian Hukum looks at it and closes.
	enter("Kabag Hukum")
	desk.open("p2ham-follow-up", name)
	desk.click(button("Close Follow-up"))
	answer(desk, closing_note="Sudah dilihat di lapangan.")
	desk.find(button("Open Again"))
	desk.shoot("follow-up-closed")
	assert desk.texts(".p2ham-course li .p2ham-text")[0] == "Sudah dilihat di lapangan."
	frappe.db.rollback()
	doc = frappe.get_doc("P2HAM Follow-up", name)
	assert (doc.status, doc.completed_by, doc.closed_by) == ("Closed", regency.clerk, regency.kabag)
	assert not desk.console()

	# A year later.
	frappe.set_user("Administrator")
	period = make.create_period(regency.instrument, 2091, [UNIT])
	with make.acting_as(regency.clerk):
		newest = make.create_assessment(period, UNIT).name
	frappe.db.commit()
	enter("OPD Clerk", made_regency.OPD)
	desk.open_sheet(newest)
	lines = desk.texts(".p2ham-last-year > summary")
	assert len(lines) == 6
	assert any("Sebagian, 50" in line and f"{name}: Closed" in line for line in lines)
	desk.click(".p2ham-last-year > summary")
	desk.shoot("follow-up-last-year")
	assert not desk.console()
