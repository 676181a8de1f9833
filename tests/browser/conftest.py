"""The browser tests' desk and the demo's sheets they work on."""

from __future__ import annotations

import functools
import json
import os
import time
from pathlib import Path

import pytest

from .desk import PATIENCE, POLL, SHEET, Desk, leave, login, open_browser

UNIT = "KEC TEBING TINGGI"


@pytest.fixture(scope="module", autouse=True)
def _way_back(as_it_was):
	"""Every module begins with the site as it was made."""


@pytest.fixture(scope="session")
def browser():
	"""One browser for all tests."""
	with open_browser() as driver:
		yield driver


@pytest.fixture
def desk(browser, tmp_path, request, begin_from):
	"""The desk, with a place for pictures: P2HAM_SCREENSHOTS or the test's own folder. What was on the screen
	when the test ended is the last of them. Each test loads the desk anew, but for those of a module that says
	ONE_DESK: they only go from page to page, as people do."""
	pictures = Path(os.environ.get("P2HAM_SCREENSHOTS") or tmp_path)
	pictures.mkdir(parents=True, exist_ok=True)
	yield (desk := Desk(browser, pictures))
	desk.shoot(f"end-of-{request.node.name}"[:120].replace(" ", "-").replace("/", "-"))
	if not getattr(request.module, "ONE_DESK", False):
		leave(browser)


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
		time.sleep(POLL)
	pytest.fail("nothing was downloaded")


def stored(name: str = SHEET):
	"""Return an assessment as it is stored now, whatever this process has seen of it before."""
	import frappe

	frappe.db.rollback()
	frappe.clear_document_cache("P2HAM Assessment", name)
	return frappe.get_doc("P2HAM Assessment", name)


@pytest.fixture
def begin_from(demo_site):
	"""`begin_from(state)` brings a state of the site about. When the desk is closed, the site is as it was before."""
	from way_back import finish_jobs

	before = []
	yield lambda state: before.append(state.enter())
	for point in reversed(before):
		finish_jobs()
		point.put_back()


@pytest.fixture
def empty_sheet(begin_from):
	"""The demo's draft without answers and evidence."""
	begin_from(state_of(empty))
	return SHEET


@pytest.fixture
def submitted_sheet(begin_from):
	"""The same sheet, complete and handed over."""
	begin_from(state_of(submitted))
	return SHEET


@functools.cache
def state_of(make):
	"""Return the state that a function makes, which all tests share."""
	from way_back import State

	return State(make)


def empty() -> None:
	import frappe

	from p2ham.demo import factories as make

	with make.acting_as(officer("OPD Clerk")):
		doc = stored()
		for row in doc.items:
			row.self_answer, row.self_note = None, ""
		doc.set("evidence_uses", [])
		doc.save()
		for name in frappe.get_all("P2HAM Evidence", filters={"opd": UNIT}, pluck="name", order_by="name"):
			frappe.delete_doc("P2HAM Evidence", name)
	frappe.db.commit()


def submitted() -> None:
	import frappe

	from p2ham.demo import factories as make

	empty()
	with make.acting_as(officer("OPD Clerk")):
		doc = stored()
		make.fill(doc, [0, 1])
		make.attach_needed_evidence(doc)
		doc.save()
		make.take_step(SHEET, "Submit")
	frappe.db.commit()


def officer(duty: str) -> str:
	"""Return who holds a duty: that of the sheet's unit, or of the regency."""
	from p2ham.demo import build

	return build.officer(build.read(), duty, UNIT if duty.startswith("OPD") else "")


def words(value) -> str:
	"""Write a value the way a CSS attribute selector wants it."""
	return json.dumps(value, ensure_ascii=False)


@pytest.fixture(scope="module")
def planted(as_it_was, demo_site):
	"""The text fields, each with a numbered script in all rows, by the numbers."""
	import planting

	planting.make_missing()
	found = planting.fields()
	planting.plant(found)
	planting.plant_traces(found, "Administrator")
	return found


@pytest.fixture(scope="module")
def looking():
	"""A browser of its own, which remembers what ran from before anything of a page does."""
	import planting

	with open_browser() as driver:
		driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": planting.BEFORE_EACH_PAGE})
		yield driver


@pytest.fixture
def visit(looking, tmp_path):
	from .planted_pages import Visit

	return Visit(Desk(looking, tmp_path))


@pytest.fixture
def user_of(demo_site, people):
	return lambda duty, opd: demo_site["manager"]["user"] if duty == "Manager" else people(duty, opd)
