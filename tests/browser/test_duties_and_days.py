"""A duty handed over, and a sheet returned after the last day of filling: the two dialogs, at the real desk."""

from __future__ import annotations

import pytest

from .conftest import login, stored

OLD, NEW = "petugas.lama@example.com", "petugas.baru@example.com"
UNIT = "KEC TEBING TINGGI"
DIALOG = ".modal.show:not(:has(.msgprint))"
PRIMARY = f"{DIALOG} .modal-footer .btn-primary"
REASON = "Foto ramp belum ada."


@pytest.fixture
def officer(demo_site):
	"""A clerk of his own, committed and removed again, with a colleague who holds no duty yet."""
	import frappe

	from p2ham.demo import factories as make

	make.create_user(OLD, "Petugas Lama")
	make.create_user(NEW, "Petugas Baru, S.H.")
	name = make.create_officer(OLD, "Petugas Lama, S.E.", "OPD Clerk", UNIT)
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	for user in (OLD, NEW):
		for each in frappe.get_all("P2HAM Officer", {"user": user}, pluck="name", order_by="name"):
			frappe.delete_doc("P2HAM Officer", each)
		frappe.delete_doc("User", user, force=True)
	frappe.db.commit()


@pytest.fixture
def late(submitted_sheet):
	"""The submitted sheet, with filling over since yesterday."""
	import frappe
	from frappe.utils import add_days, nowdate

	period = stored().period
	before = frappe.db.get_value("P2HAM Period", period, "fill_until")

	def end_on(day) -> None:
		frappe.db.set_value("P2HAM Period", period, "fill_until", day)
		frappe.db.commit()

	end_on(add_days(nowdate(), -1))
	yield submitted_sheet
	frappe.db.rollback()
	end_on(before)
	frappe.db.set_value("P2HAM Assessment", submitted_sheet, "correct_until", None)
	frappe.db.commit()


def field(name: str) -> str:
	return f"{DIALOG} [data-fieldname={name}] input"


def officers_of(user: str) -> list:
	import frappe

	frappe.db.rollback()
	return frappe.get_all(
		"P2HAM Officer",
		{"user": user},
		["name", "full_name", "duty", "opd", "from_date", "to_date"],
		order_by="name",
	)


def test_the_manager_hands_a_duty_over_in_one_dialog(desk, demo_site, officer):
	from frappe.utils import add_days, getdate, nowdate

	from p2ham.demo import build

	days = [nowdate()]
	login(desk.browser, demo_site["manager"]["user"], build.PASSWORD)
	desk.open("p2ham-officer", officer)
	desk.wait(
		"""const button = [...document.querySelectorAll(".page-head button")]
			.find((each) => each.checkVisibility() && each.innerText.trim() === "Hand Over");
		if (button) button.click();
		return Boolean(button)"""
	)
	desk.type(field("user"), NEW)
	desk.click(f"{DIALOG} .awesomplete [role=option]")
	# The name comes with the user, and can be written as it is printed.
	desk.wait(
		"return document.querySelector(arguments[0]).value === 'Petugas Baru, S.H.'", field("full_name")
	)
	desk.type(field("nip"), "123")
	desk.click(PRIMARY)
	desk.find(".modal.show .msgprint")
	desk.shoot("hand-over-refused")
	assert officers_of(OLD)[0]["to_date"] is None and not officers_of(NEW)
	desk.click(".modal.show:has(.msgprint) .btn-modal-close")
	desk.wait("return !document.querySelector('.modal.show .msgprint')")
	desk.type(field("nip"), "198501012010011003")
	desk.shoot("hand-over")
	desk.click(PRIMARY)
	desk.wait("return cur_frm.doc.user === arguments[0] && !cur_frm.is_new()", NEW)
	(ended,), (started,) = officers_of(OLD), officers_of(NEW)
	days.append(nowdate())  # another one if it is midnight
	assert str(started["from_date"]) in days
	assert getdate(ended["to_date"]) == getdate(add_days(started["from_date"], -1))
	assert (started["duty"], started["opd"], started["to_date"]) == ("OPD Clerk", UNIT, None)


def test_a_return_after_the_last_day_of_filling_gives_a_day_with_it(desk, enter, late):
	from frappe.utils import add_days, getdate, nowdate

	day = add_days(nowdate(), 5)
	enter("Kabag Hukum")
	desk.open_sheet()
	desk.click(".p2ham-bar [data-action=Return]")
	desk.type(f"{DIALOG} textarea", REASON)
	desk.click(PRIMARY)
	desk.find(".modal.show .msgprint")
	desk.shoot("late-return-refused")
	assert stored().workflow_state == "Submitted"
	desk.click(".modal.show:has(.msgprint) .btn-modal-close")
	desk.wait("return !document.querySelector('.modal.show .msgprint')")
	desk.browser.execute_script("cur_dialog.set_value('until', arguments[0])", str(day))
	desk.wait("return cur_dialog.get_value('until') === arguments[0]", str(day))
	desk.shoot("late-return")
	desk.click(PRIMARY)
	desk.wait("return cur_frm.doc.workflow_state === 'Draft'")
	doc = stored()
	assert (doc.return_note, getdate(doc.correct_until)) == (REASON, getdate(day))
	# The unit reads until when, and can go on.
	enter("OPD Clerk", UNIT)
	desk.open_sheet()
	desk.find("[data-note=return_note]")
	desk.shoot("late-return-unit")
	shown = getdate(day).strftime("%d %b %Y").lstrip("0")
	assert any(shown in text for text in desk.texts("[data-note=return_note]"))
	assert desk.texts(".p2ham-sheet [role=radio]")
	assert not desk.console()
