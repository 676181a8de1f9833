"""Keeping a signed copy on the form of an approved assessment."""

from __future__ import annotations

import hashlib
from urllib.parse import quote

import pytest

from .conftest import words

SHEET = "DISDUKCAPIL-P2HAM-2024"
RECORD = "Berita Acara Hasil Evaluasi P2HAM"
DIALOG = ".modal.show"
SECTION = ".p2ham-signed-copies"
GROUP = f".inner-group-button[data-label={words('Print')}] button"
KEEP = f".inner-group-button [data-label={words(quote('Keep Signed Copy…'))}]"


@pytest.fixture
def scan(db, tmp_path):
	"""A scan on this machine; what becomes of it on the site is taken away again."""
	import frappe

	from p2ham.demo import factories as make

	path = tmp_path / "berita-acara.pdf"
	path.write_bytes(make.make_pdf(["Berita Acara"]))
	frappe.db.rollback()
	last = frappe.db.count("P2HAM Assessment Log", {"assessment": SHEET})
	yield path
	frappe.db.rollback()
	frappe.db.delete("P2HAM Assessment Log", {"assessment": SHEET, "sequence": (">", last)})
	frappe.db.delete("P2HAM Signed Copy")
	frappe.db.delete("File", {"attached_to_doctype": "P2HAM Signed Copy"})
	frappe.db.commit()


def test_bagian_hukum_keeps_what_was_signed_and_everybody_finds_it(desk, enter, scan):
	enter("Kabag Hukum")
	from selenium.webdriver.support.ui import Select

	desk.open_sheet(SHEET)
	desk.wait("return document.querySelector(arguments[0])", KEEP)
	desk.click(GROUP)
	desk.click(KEEP)
	desk.find(f"{DIALOG} input[type=file]").send_keys(str(scan))
	Select(desk.find(f"{DIALOG} select[data-fieldname=document]")).select_by_visible_text(RECORD)
	desk.click(f"{DIALOG} input[data-fieldname=electronic]")
	desk.type(f"{DIALOG} textarea[data-fieldname=note]", "Asli & di Bagian Hukum < 3")
	desk.shoot("signed-copy-dialog")
	desk.click(f"{DIALOG} .btn-modal-primary")
	desk.find(f"{SECTION} table")
	desk.wait_for_rest()
	text = " ".join(desk.texts(SECTION))
	for said in (RECORD, hashlib.sha256(scan.read_bytes()).hexdigest()[:16], "not verified", "Asli"):
		assert said in text, said
	assert len(desk.texts(SECTION)) == 1 and not desk.browser.execute_script(
		"return document.querySelectorAll(arguments[0]).length", f"{SECTION} td b"
	)
	desk.shoot("signed-copy-kept")
	assert not desk.console()

	enter("OPD Clerk", "DISDUKCAPIL")
	desk.open_sheet(SHEET)
	address = desk.find(f"{SECTION} td a").get_attribute("href")
	assert "/private/files/" in address
	assert not desk.browser.execute_script("return document.querySelector(arguments[0])", KEEP)
	status = desk.browser.execute_async_script(
		"const [url, done] = arguments; fetch(url).then((answer) => done(answer.status))", address
	)
	assert status == 200
	assert not desk.console()
