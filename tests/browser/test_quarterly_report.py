"""The form of a quarterly report: made with the figures of the quarter, sent by its button, and fixed afterwards."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import nowdate

from p2ham.demo import build

REPORT = "P2HAM Quarterly Report"
PERIOD = "P2HAM-2024"


def clean() -> None:
	frappe.db.rollback()
	for doctype, field in ((REPORT, "name"), ("Version", "docname"), ("Comment", "reference_name")):
		frappe.db.delete(doctype, {field: ("like", "P2HAM-TW-%")})
	frappe.db.commit()


@pytest.fixture
def no_report(demo_site):
	"""The demo has the report of this quarter; afterwards it has it again."""
	clean()
	yield
	clean()
	build.build_quarterly_report(demo_site, PERIOD)
	frappe.db.commit()


def fill_and_save(desk, **values: str) -> None:
	desk.browser.execute_async_script(
		"""const [values, done] = arguments;
		cur_frm.set_value(values).then(() => done());""",
		values,
	)
	desk.click(".standard-actions .primary-action")
	desk.wait("return !cur_frm.is_new() && !cur_frm.is_dirty()", message="it was not saved")
	desk.wait_for_rest()


def has_button(desk, label: str) -> bool:
	"""Tell whether the form has a button of its own (English label), alone or in a group."""
	return desk.browser.execute_script(
		"const label = encodeURIComponent(arguments[0]);"
		"return $(cur_frm.page.wrapper).find(`.page-head [data-label='${label}']`).length > 0",
		label,
	)


def test_a_report_is_made_filled_and_sent(desk, enter, no_report):
	enter("Kabag Hukum")
	desk.open("p2ham-quarterly-report", "new")
	desk.wait("return cur_frm && cur_frm.doc.period && cur_frm.doc.quarter", message="nothing is proposed")
	fill_and_save(desk, addressee="Menteri Dalam Negeri", copies="Gubernur;\nBupati (sebagai laporan).")
	name = desk.wait("return !cur_frm.is_new() && cur_frm.doc.figures && cur_frm.doc.name")
	assert name.startswith("P2HAM-TW-")
	assert "Letter Number" in " ".join(desk.texts(".form-message"))
	assert "Units Taking Part" in " ".join(desk.texts(".p2ham-summary"))
	desk.shoot("quarterly-report-draft")
	fill_and_save(desk, number="180/1/HUKUM", report_date=nowdate())
	desk.click('[data-label="Mark%20as%20Sent"]')
	desk.click(".modal.show .btn-modal-primary")
	desk.wait("return cur_frm.doc.status === 'Sent'", message="it was not sent")
	desk.wait_for_rest()
	desk.shoot("quarterly-report-sent")
	assert not has_button(desk, "Mark as Sent") and has_button(desk, "Quarterly Report")
	frappe.db.rollback()
	assert frappe.db.get_value(REPORT, name, "status") == "Sent"
	assert not desk.console()


def test_the_period_offers_the_recapitulation_to_who_sees_all_units(desk, enter):
	for duty, opd, offered in (("Kabag Hukum", "", True), ("OPD Clerk", "DINSOS", False)):
		enter(duty, opd)
		desk.open("p2ham-period", PERIOD)
		# Its own summary: the page of another form may still be there.
		desk.wait(
			"return cur_frm && cur_frm.doctype === 'P2HAM Period' && $(cur_frm.wrapper).find('.p2ham-summary').length"
		)
		assert has_button(desk, "Recapitulation of Results") == offered
		desk.shoot(f"period-{duty}".lower().replace(" ", "-"))
		assert not desk.console()
