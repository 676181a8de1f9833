"""A real browser on the real desk. Chromium and its driver are Debian's; nothing is downloaded."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest

SHEET = "KEC TEBING TINGGI-P2HAM-2024"
UNIT = "KEC TEBING TINGGI"
PATIENCE = 60  # seconds; a small machine with a cold cache is slow
FLAGS = (
	"--headless=new",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-dev-shm-usage",
	"--lang=en",
	# A page that is left is gone: kept for going back, it would go on taking answers, and their cookies.
	"--disable-features=BackForwardCache",
)


def program(*names: str) -> str:
	"""Return the path of the first of these programs that is installed; the test fails if none is."""
	found = next(filter(None, (shutil.which(name) for name in names)), None)
	if not found:
		pytest.fail(f"none of {', '.join(names)} is installed")
	return found


@pytest.fixture(scope="session")
def browser():
	"""One browser for all tests, with a profile of its own that is thrown away."""
	from selenium import webdriver
	from selenium.webdriver.chrome.options import Options
	from selenium.webdriver.chrome.service import Service

	options = Options()
	options.binary_location = os.environ.get("P2HAM_CHROMIUM") or program(
		"chromium", "chromium-browser", "google-chrome"
	)
	profile = tempfile.mkdtemp(prefix="p2ham-browser-")
	for flag in (*FLAGS, f"--user-data-dir={profile}"):
		options.add_argument(flag)
	options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
	# Named, so that selenium looks for nothing to download.
	service = Service(os.environ.get("P2HAM_CHROMEDRIVER") or program("chromedriver"))
	driver = webdriver.Chrome(service=service, options=options)
	driver.set_script_timeout(PATIENCE)
	driver.set_window_size(1400, 1000)
	# The site is found by its name, whatever address the server listens on.
	driver.execute_cdp_cmd("Network.enable", {})
	driver.execute_cdp_cmd(
		"Network.setExtraHTTPHeaders", {"headers": {"X-Frappe-Site-Name": os.environ["P2HAM_SITE"]}}
	)
	yield driver
	driver.quit()
	shutil.rmtree(profile, ignore_errors=True)


def login(browser, user: str, password: str) -> None:
	"""Log in as `user`; whoever was logged in before is forgotten."""
	from selenium.webdriver.support.ui import WebDriverWait

	# An answer that is still under way would bring the old session back.
	WebDriverWait(browser, PATIENCE, poll_frequency=0.1).until(
		lambda _: browser.execute_script("return !window.$ || !$.active"), "the page left is not at rest"
	)
	browser.get(urljoin(os.environ["P2HAM_URL"], "/api/method/ping"))
	browser.delete_all_cookies()
	browser.get(urljoin(os.environ["P2HAM_URL"], "/login"))
	logged_in = browser.execute_async_script(
		"""
		const [usr, pwd, done] = arguments;
		fetch("/api/method/login", {
			method: "POST",
			headers: { "Content-Type": "application/json" },
			body: JSON.stringify({ usr, pwd }),
		})
			.then(() => fetch("/api/method/frappe.auth.get_logged_user"))
			.then((response) => response.json())
			.then((answer) => done(answer.message), (error) => done(String(error)));
		""",
		user,
		password,
	)
	assert logged_in == user


def is_noise(entry: dict) -> bool:
	"""Tell whether an error in the console is known of Frappe itself and harmless.

	A server without realtime answers nothing at /socket.io/; browser and desk note each try. A chart of a
	workspace that is drawn anew while it is still being drawn removes its old picture twice.
	"""
	message = entry["message"]
	if entry["source"] == "network":
		return "/socket.io/?" in message
	if '"Error connecting to socket.io:"' in message:
		return True
	return "/desk.bundle." in message and "Failed to execute 'removeChild' on 'Node'" in message


class Desk:
	"""What a person does at the desk: look for something, click it, type, wait until it is there."""

	def __init__(self, browser, pictures: Path):
		self.browser, self.pictures = browser, pictures

	def open(self, *route: str) -> None:
		"""Open a page of the desk and wait until it is at rest."""
		self.console()  # what an earlier page said is not this page's
		self.browser.get(urljoin(os.environ["P2HAM_URL"], "/app/" + "/".join(map(quote, route))))
		self.wait_for_rest()

	def open_sheet(self, name: str = SHEET) -> None:
		self.open("p2ham-assessment", name)
		self.find(".p2ham-bar")

	def wait(self, script: str, *arguments, message: str = ""):
		"""Wait until a script returns something true; return it."""
		from selenium.common.exceptions import JavascriptException
		from selenium.webdriver.support.ui import WebDriverWait

		return WebDriverWait(
			self.browser, PATIENCE, poll_frequency=0.2, ignored_exceptions=[JavascriptException]
		).until(lambda browser: browser.execute_script(script, *arguments), message or script)

	def wait_for_rest(self) -> None:
		"""Wait until nothing is being asked of the server, and nothing follows in the next moment."""
		at_rest = """return window.frappe && frappe.boot && window.$ && document.querySelector(".page-head")
			&& $.active === 0 && !$("#freeze").length"""
		for _ in range(3):
			self.wait(at_rest)
			time.sleep(0.3)
		self.wait(at_rest)

	def find(self, css: str):
		"""Return the first visible element that `css` finds, as soon as there is one."""
		return self.wait(
			"return [...document.querySelectorAll(arguments[0])].find((each) => each.checkVisibility())",
			css,
			message=f"nothing visible for {css}",
		)

	def click(self, css: str) -> None:
		from selenium.common.exceptions import (
			ElementClickInterceptedException,
			StaleElementReferenceException,
		)
		from selenium.webdriver.support.ui import WebDriverWait

		def try_to(browser) -> bool:
			element = self.find(css)
			try:
				browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
				if not self.is_still(element):
					return False
				element.click()
			except (ElementClickInterceptedException, StaleElementReferenceException):
				return False  # a dialog is still fading, or the row was just drawn anew
			return True

		WebDriverWait(self.browser, PATIENCE, poll_frequency=0.2).until(try_to, f"cannot click {css}")

	def is_still(self, element) -> bool:
		"""Tell whether an element stays where it is: a dialog that slides in cannot be hit."""
		return self.browser.execute_async_script(
			"""
			const [element, done] = arguments;
			const place = () => JSON.stringify(element.getBoundingClientRect());
			const before = place();
			setTimeout(() => done(element.isConnected && place() === before), 120);
			""",
			element,
		)

	def type(self, css: str, text: str) -> None:
		"""Write `text` into a field in place of what stands there, as soon as the field stays in its place."""
		from selenium.webdriver.common.keys import Keys
		from selenium.webdriver.support.ui import WebDriverWait

		WebDriverWait(self.browser, PATIENCE).until(
			lambda _: self.is_still(self.find(css)), f"{css} does not come to rest"
		)
		element = self.find(css)
		self.browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
		element.send_keys(Keys.CONTROL, "a")
		element.send_keys(text)
		self.wait("return arguments[0].value === arguments[1]", element, text)

	def texts(self, css: str) -> list[str]:
		return self.browser.execute_script(
			"return [...document.querySelectorAll(arguments[0])].map((each) => each.innerText.trim())", css
		)

	def save(self) -> None:
		self.click('.p2ham-bar [data-do="save"]')
		self.wait("return !cur_frm.is_dirty() && $.active === 0 && !$('#freeze').length")

	def shoot(self, name: str) -> None:
		self.browser.save_screenshot(str(self.pictures / f"{name}.png"))

	def console(self) -> list[str]:
		"""Return the errors in the browser's console since the last call."""
		entries = [entry for entry in self.browser.get_log("browser") if entry["level"] == "SEVERE"]
		return [entry["message"] for entry in entries if not is_noise(entry)]

	def resize(self, width: int, height: int) -> None:
		"""Give the page the size of a phone, which a window cannot have; 0 x 0 ends it."""
		if width:
			self.browser.execute_cdp_cmd(
				"Emulation.setDeviceMetricsOverride",
				{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True},
			)
		else:
			self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


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
