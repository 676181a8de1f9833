"""Guidance at the real desk: asked for by a clerk, accepted, scheduled and recorded as held with its decisions."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import nowdate
from way_back import no_trace

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

GUIDANCE, UNIT, OTHER = "P2HAM Guidance", "DINSOS", "DPMPTSP"
SUBJECT = "Pendampingan data terpilah di meja"
DIALOG = ".modal.show:not(:has(.msgprint))"
PRIMARY = f"{DIALOG} .modal-footer .btn-primary"


@pytest.fixture
def nothing_stays(demo_site, people):
	with no_trace():
		yield
		frappe.db.rollback()
		with make.acting_as(people("P2HAM Verifier")):
			for file in frappe.get_all(
				"File", {"file_name": ("like", "meja-%")}, pluck="name", order_by="name"
			):
				frappe.delete_doc("File", file)
		frappe.db.commit()


def press(desk, label: str) -> None:
	desk.click(f'.page-head .custom-actions [data-label="{label.replace(" ", "%20")}"]')


def buttons(desk) -> list[str]:
	return desk.browser.execute_script(
		"""return [...document.querySelectorAll(".page-head .custom-actions [data-label]")].map(
			(each) => decodeURIComponent(each.dataset.label))"""
	)


def press_in_grid(desk, label: str) -> None:
	desk.wait(
		"""const [button] = $("[data-fieldname='participants'] .btn:visible").filter(
			(_, each) => $(each).text().trim() === arguments[0]);
		if (button) button.click();
		return Boolean(button)""",
		label,
	)


def saved(desk) -> None:
	desk.click(".standard-actions .primary-action")
	desk.wait("return !cur_frm.is_new() && !cur_frm.is_dirty()", message="it was not saved")
	desk.wait_for_rest()


def status_is(desk, status: str) -> None:
	desk.wait("return cur_frm.doc.status === arguments[0]", status, message=f"it is not {status}")
	desk.wait_for_rest()


def test_a_request_becomes_a_meeting_with_decisions(desk, enter, people, nothing_stays):
	today = nowdate()
	enter("OPD Clerk", UNIT)
	desk.open("p2ham-guidance", "new")
	desk.wait("return cur_frm && cur_frm.is_new() && cur_frm.doc.kind === 'Request for Guidance'")
	desk.browser.execute_async_script(
		"""const [subject, unit, done] = arguments;
		cur_frm.add_child("participants", { opd: unit });
		cur_frm.refresh_field("participants");
		cur_frm.set_value({ subject, agenda: "Bukti apa yang diminta?" }).then(() => done());""",
		SUBJECT,
		UNIT,
	)
	saved(desk)
	name = desk.browser.execute_script("return cur_frm.doc.name")
	assert "Withdraw" in buttons(desk) and "Accept" not in buttons(desk)
	desk.shoot("guidance-asked")

	enter("P2HAM Verifier")
	desk.open("p2ham-guidance", name)
	press(desk, "Accept")
	status_is(desk, "Accepted")
	press(desk, "Schedule")
	desk.wait("return Boolean(cur_dialog && cur_dialog.fields_dict.place)")
	desk.browser.execute_script(
		"cur_dialog.set_values({ date: arguments[0], start_time: '09:00:00', end_time: '11:00:00', place: 'Aula' })",
		today,
	)
	desk.wait_for_rest()
	desk.shoot("guidance-schedule")
	desk.click(PRIMARY)
	status_is(desk, "Scheduled")
	press(desk, "Send Invitation")
	desk.wait("return cur_dialog && cur_dialog.title === __('Send Invitation')")
	shown = desk.browser.execute_script("return cur_dialog.$wrapper.text()")
	assert all(people(duty, UNIT) in shown for duty in ("OPD Clerk", "OPD Head"))
	desk.shoot("guidance-invitation")
	desk.browser.execute_script("cur_dialog.hide()")
	desk.wait("return !document.querySelector('.modal.show')")
	press(desk, "Record as Held")
	desk.click(".modal.show .modal-footer .btn-primary")
	status_is(desk, "Held")

	press_in_grid(desk, "Add Units")
	desk.wait("return Boolean(cur_dialog && cur_dialog.fields_dict.units)")
	desk.click(f'{DIALOG} input[data-unit="{OTHER}"]')
	desk.shoot("guidance-units")
	desk.click(PRIMARY)
	desk.wait("return cur_frm.doc.participants.length === 2")
	press_in_grid(desk, "Add Officers")
	desk.wait(
		"return cur_frm.doc.participants.length === 4 && cur_frm.doc.participants.every((row) => row.person)"
	)
	desk.browser.execute_script(
		"""for (const row of cur_frm.doc.participants) row.attended = 1;
		cur_frm.add_child("decisions", { decision: "Rinci data menurut usia", opd: arguments[0] });
		cur_frm.refresh_field("decisions");
		cur_frm.dirty();""",
		UNIT,
	)
	saved(desk)
	assert "Make Follow-ups" in buttons(desk)
	with make.acting_as(people("P2HAM Verifier")):
		for number in range(3):
			make.upload(
				f"meja-{number}.png",
				make.make_png(f"Foto {number}"),
				attached_to_doctype=GUIDANCE,
				attached_to_name=name,
			)
	frappe.db.commit()
	desk.open("p2ham-guidance", name)
	desk.wait(
		"""const photos = [...document.querySelectorAll(".p2ham-photos img")];
		photos.forEach((photo) => photo.scrollIntoView());
		return photos.length === 3 && photos.every((photo) => photo.naturalWidth > 0)""",
		message="the photos are not shown",
	)
	desk.shoot("guidance-photos")
	desk.find(".p2ham-add-photos")
	desk.browser.execute_script("document.querySelector('[data-fieldname=participants]').scrollIntoView()")
	desk.shoot("guidance-held")
	desk.browser.execute_script("window.scrollTo(0, 0)")
	desk.shoot("guidance-held-top")
	frappe.db.rollback()
	doc = frappe.get_doc(GUIDANCE, name)
	assert (doc.status, doc.place, str(doc.date)) == ("Held", "Aula", today)
	officers = {people(duty, unit) for duty in ("OPD Clerk", "OPD Head") for unit in (UNIT, OTHER)}
	assert {row.email for row in doc.participants} == officers
	assert [row.decision for row in doc.decisions] == ["Rinci data menurut usia"]
	assert all(row.attended for row in doc.participants)
	assert not desk.console()
