"""The browser tests' desk and the demo's sheets they work on."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from .desk import PATIENCE, SHEET, Desk, login, open_browser

UNIT = "KEC TEBING TINGGI"


@pytest.fixture(scope="session")
def browser():
	"""One browser for all tests."""
	with open_browser() as driver:
		yield driver


@pytest.fixture
def desk(browser, tmp_path, request):
	"""The desk, with a place for pictures: P2HAM_SCREENSHOTS or the test's own folder. What was on the screen
	when the test ended is the last of them."""
	pictures = Path(os.environ.get("P2HAM_SCREENSHOTS") or tmp_path)
	pictures.mkdir(parents=True, exist_ok=True)
	yield (desk := Desk(browser, pictures))
	desk.shoot(f"end-of-{request.node.name}"[:120].replace(" ", "-").replace("/", "-"))
	# Nobody is to be asked whether he wants to leave an unsaved form.
	browser.execute_script("if (window.cur_frm && cur_frm.doc) cur_frm.doc.__unsaved = 0")
	browser.get("about:blank")


@pytest.fixture
def enter(desk, people):
	"""`enter("Kabag Hukum")` logs in as the holder of a duty of the demo."""
	from p2ham.demo import build

	return lambda duty, opd="": login(desk.browser, people(duty, opd), build.PASSWORD)


@pytest.fixture
def downloads(desk, tmp_path):
	"""The folder that the browser puts downloads into."""
	folder = tmp_path / "downloads"
	folder.mkdir()
	desk.browser.execute_cdp_cmd(
		"Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
	)
	return folder


def arrived(folder: Path, ending: str) -> Path:
	"""Wait until a download is complete; return its path."""
	until = time.monotonic() + PATIENCE
	while time.monotonic() < until:
		if found := [path for path in folder.iterdir() if path.suffix == ending]:
			return found[0]
		time.sleep(0.2)
	pytest.fail("nothing was downloaded")


def stored(name: str = SHEET):
	"""Return an assessment as it is stored now, whatever this process has seen of it before."""
	import frappe

	frappe.db.rollback()
	frappe.clear_document_cache("P2HAM Assessment", name)
	return frappe.get_doc("P2HAM Assessment", name)


@pytest.fixture
def empty_sheet(demo_site, people):
	"""The demo's draft without answers and evidence; afterwards as the demo wants it, half filled."""
	_empty(people)
	yield SHEET
	_empty(people)
	_fill_half(demo_site, people)


@pytest.fixture
def submitted_sheet(empty_sheet, people):
	"""The same sheet, complete and handed over."""
	import frappe

	from p2ham.demo import factories as make

	with make.acting_as(people("OPD Clerk", UNIT)):
		doc = stored()
		make.fill(doc, [0, 1])
		make.attach_needed_evidence(doc)
		doc.save()
		make.take_step(SHEET, "Submit")
	frappe.db.commit()
	return SHEET


def _empty(people) -> None:
	import frappe

	from p2ham.demo import factories as make

	if stored().workflow_state == "Submitted":
		with make.acting_as(people("Kabag Hukum")):
			make.take_step(SHEET, "Return", "Uji ulang.")
		frappe.db.commit()
	with make.acting_as(people("OPD Clerk", UNIT)):
		doc = stored()
		for row in doc.items:
			row.self_answer, row.self_note = None, ""
		doc.set("evidence_uses", [])
		doc.save()
		for name in frappe.get_all("P2HAM Evidence", filters={"opd": UNIT}, pluck="name", order_by="name"):
			_delete_evidence(name)
	# What tests have put past the form there is not the unit's to clear.
	for row in doc.items:
		frappe.db.set_value("P2HAM Assessment Item", row.name, "verified_note", "", update_modified=False)
	frappe.db.commit()


def _delete_evidence(name: str) -> None:
	"""Frappe does not wait for a lock here, and the background may be tidying the revisions of a document."""
	import frappe

	for _ in range(PATIENCE):
		try:
			return frappe.delete_doc("P2HAM Evidence", name)
		except frappe.QueryTimeoutError:
			time.sleep(1)
	pytest.fail(f"{name} stays locked")


def _fill_half(demo_site, people) -> None:
	import frappe

	from p2ham.demo import build
	from p2ham.demo import factories as make

	entry = next(entry for entry in demo_site["assessments"] if entry["opd"] == UNIT)
	with make.acting_as(people("OPD Clerk", UNIT)):
		doc = stored()
		make.fill(doc, entry["quality"])
		for row in doc.items[len(doc.items) * entry["share"] // 100 :]:
			row.self_answer = None
		doc.save()
	for evidence in demo_site["evidence"]:
		build.build_evidence(demo_site, evidence)
	frappe.db.commit()


def words(value) -> str:
	"""Write a value the way a CSS attribute selector wants it."""
	return json.dumps(value, ensure_ascii=False)
