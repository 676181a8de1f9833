"""A real browser on the real desk, for the tests and for the pictures of the documentation. Chromium and its driver
are Debian's; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode, urljoin

SHEET = "KEC TEBING TINGGI-P2HAM-2024"  # the demo's draft, half filled
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
	"""Return the path of the first of these programs that is installed.

	Raises FileNotFoundError if none is.
	"""
	found = next(filter(None, (shutil.which(name) for name in names)), None)
	if not found:
		raise FileNotFoundError(f"none of {', '.join(names)} is installed")
	return found


@contextmanager
def open_browser():
	"""A browser with a profile of its own that is thrown away."""
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
	try:
		yield driver
	finally:
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

	def open(self, *route: str, filters: dict[str, str] | None = None) -> None:
		"""Open a page of the desk and wait until it is at rest."""
		self.console()  # what an earlier page said is not this page's
		address = "/app/" + "/".join(map(quote, route)) + (f"?{urlencode(filters)}" if filters else "")
		self.browser.get(urljoin(os.environ["P2HAM_URL"], address))
		self.wait_for_rest()

	def open_sheet(self, name: str = SHEET) -> None:
		self.open("p2ham-assessment", name)
		self.find(".p2ham-bar")

	def open_report(self, name: str, **filters: str) -> None:
		"""Open a report, with these filters where they are not its own, and wait until its figures are there."""
		self.open("query-report", name, filters=filters)
		self.wait(
			"return frappe.query_report && frappe.query_report.report_name === arguments[0]"
			" && frappe.query_report.data !== undefined && $.active === 0",
			name,
		)
		self.wait_for_rest()

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

	def resize(self, width: int, height: int, mobile: bool = True) -> None:
		"""Give the page a size that the window cannot have, as of a phone; 0 x 0 ends it."""
		if width:
			self.browser.execute_cdp_cmd(
				"Emulation.setDeviceMetricsOverride",
				{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile},
			)
		else:
			self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
