"""A real browser on the real desk, for the tests and for the pictures of the documentation. Chromium and its driver
are Debian's; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
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
POLL = 0.05  # seconds between two looks at what is waited for
# Before anything else of a page: what would move stands still, and what is under way is counted. A timer that runs
# soon is under way, as Frappe puts off much of what it does for a moment; one that is set again and again is a clock.
BEFORE_EACH_PAGE = """
(() => {
	const still = new CSSStyleSheet();
	still.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important; }");
	document.adoptedStyleSheets = [...document.adoptedStyleSheets, still];
	document.addEventListener("DOMContentLoaded", () => {
		if (window.jQuery) jQuery.fx.off = true;
		// A second after Frappe hears from the server that a form was stored it loads it again, whatever has been done
		// in it meanwhile. Who hears of his own change late, as on a slow machine, loses what came after it.
		const realtime = window.frappe && frappe.realtime;
		if (!realtime) return;
		const { on } = realtime;
		realtime.on = function (event, ...more) {
			return event === "doc_update" ? undefined : on.call(this, event, ...more);
		};
	});

	// A chart of Frappe shows its values 700 ms after it appears.
	const SOON = 800, OFTEN = 10, MOMENT = 50;
	const { setTimeout: later, clearTimeout: forget } = window;
	const timers = new Set();
	let requests = 0, changed = 0, depth = 0;
	const change = (number) => {
		requests += number;
		changed = performance.now();
	};
	window.setTimeout = (action, delay = 0, ...values) => {
		if (typeof action !== "function" || delay > SOON || depth >= OFTEN) return later(action, delay, ...values);
		const here = depth + 1;
		const number = later(() => {
			const before = depth;
			depth = here;
			try {
				action.call(window, ...values);
			} finally {
				depth = before;
				timers.delete(number);
				change(0);
			}
		}, delay);
		timers.add(number);
		return number;
	};
	window.clearTimeout = (number) => {
		timers.delete(number);
		forget(number);
	};
	const { open, send } = XMLHttpRequest.prototype;
	XMLHttpRequest.prototype.open = function (method, address, ...more) {
		this.is_counted = !String(address).includes("/socket.io/"); // which waits for what may come
		return open.call(this, method, address, ...more);
	};
	XMLHttpRequest.prototype.send = function (...body) {
		if (this.is_counted) {
			change(1);
			this.addEventListener("loadend", () => later(() => change(-1)));
		}
		return send.apply(this, body);
	};
	const { fetch } = window;
	window.fetch = (...asked) => {
		change(1);
		return fetch(...asked).finally(() => later(() => change(-1)));
	};
	window.is_at_rest = () => !requests && !timers.size && performance.now() - changed > MOMENT;
	window.what_moves = () => ({ requests, timers: timers.size, active: window.$ && $.active, app: document.body.dataset.p2ham });
})();
"""
AT_REST = """return window.frappe && frappe.boot && window.$ && document.querySelector(".page-head")
	&& document.body.dataset.p2ham === "ready" && $.active === 0 && !$("#freeze").length && is_at_rest()"""
# Whose desk is loaded
INSIDE = "return window.frappe && frappe.session && frappe.container && frappe.session.user"
# To another page within the desk: what the browser remembers of documents is asked anew.
GO_ON = """
const [address, filters] = arguments;
for (const doctype of Object.keys(locals).filter((each) => each.startsWith("P2HAM "))) {
	for (const { name } of Object.values(locals[doctype]).filter((each) => !each.parenttype)) {
		frappe.model.remove_from_locals(doctype, name);
	}
}
if (frappe.query_report) frappe.query_report.data = undefined;
frappe.route_options = Object.keys(filters).length ? filters : null;
frappe.set_route(address);
"""


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
	driver.user = None  # nobody is logged in
	driver.set_script_timeout(PATIENCE)
	driver.set_window_size(1400, 1000)
	# The site is found by its name, whatever address the server listens on.
	driver.execute_cdp_cmd("Network.enable", {})
	driver.execute_cdp_cmd(
		"Network.setExtraHTTPHeaders", {"headers": {"X-Frappe-Site-Name": os.environ["P2HAM_SITE"]}}
	)
	driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BEFORE_EACH_PAGE})
	try:
		yield driver
	finally:
		driver.quit()
		shutil.rmtree(profile, ignore_errors=True)


_sessions: dict[tuple[str, str], object] = {}


def session_of(user: str, password: str):
	"""Return a session over HTTP in which `user` is logged in: that of an earlier call, if it has not been ended."""
	import requests

	base = os.environ["P2HAM_URL"]
	session = _sessions.setdefault((base, user), requests.Session())
	# A connection that is kept may be closed by the server just as the next request goes out.
	session.headers.update({"X-Frappe-Site-Name": os.environ["P2HAM_SITE"], "Connection": "close"})
	asked = urljoin(base, "/api/method/frappe.auth.get_logged_user")
	if not session.cookies or session.get(asked, timeout=120).json().get("message") != user:
		session.cookies.clear()
		answer = session.post(
			urljoin(base, "/api/method/login"), data={"usr": user, "pwd": password}, timeout=120
		)
		assert answer.status_code == 200, answer.text
	return session


def login(browser, user: str, password: str) -> None:
	"""Give the browser the cookies of a session of `user`; whoever was logged in before is forgotten."""
	session = session_of(user, password)
	is_inside = browser.execute_script(INSIDE) == user
	if is_inside and browser.get_cookie("sid")["value"] == session.cookies["sid"]:
		return
	leave(browser)
	cookies = [
		{"name": cookie.name, "value": cookie.value, "url": os.environ["P2HAM_URL"]}
		for cookie in session.cookies
	]
	browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
	browser.execute_cdp_cmd("Network.setCookies", {"cookies": cookies})
	browser.user = user


def leave(browser) -> None:
	"""Leave the page once nothing is under way: an answer that comes later would bring an old session back, and a
	change that is stored later would be another test's."""
	from selenium.webdriver.support.ui import WebDriverWait

	WebDriverWait(browser, PATIENCE, poll_frequency=POLL).until(
		lambda _: browser.execute_script("return !window.is_at_rest || is_at_rest()"),
		"the page that is left does not come to rest",
	)
	# Nobody is to be asked whether he wants to leave an unsaved form.
	browser.execute_script("if (window.cur_frm && cur_frm.doc) cur_frm.doc.__unsaved = 0")
	browser.get("about:blank")


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
		"""Open a page of the desk and wait until it is at rest; within the desk, where it is loaded already."""
		self.console()  # what an earlier page said is not this page's
		address = "/app/" + "/".join(map(quote, route))
		if self.is_inside() and not self.is_at(address, route):
			self.wait_for_rest()  # what is still to come would be taken for a part of the next page
			self.browser.execute_script(GO_ON, address, filters or {})
		else:
			query = f"?{urlencode(filters)}" if filters else ""
			self.browser.get(urljoin(os.environ["P2HAM_URL"], address + query))
		self.wait_for_rest()
		inside = self.browser.execute_script("return frappe.session.user")
		assert inside == self.browser.user, f"the desk is that of {inside}, not of {self.browser.user}"

	def is_inside(self) -> bool:
		"""Tell whether the desk of who is logged in is loaded."""
		return self.browser.execute_script(INSIDE) == self.browser.user

	def is_at(self, address: str, route: tuple[str, ...]) -> bool:
		"""Tell whether the desk would have nothing to do: it is there, or shows that report again as it was."""
		return self.browser.execute_script(
			"""const [address, [page, name]] = arguments, report = frappe.query_report;
			return location.pathname === address || (page === "query-report" && report && report.report_name === name)""",
			address,
			route,
		)

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
			self.browser, PATIENCE, poll_frequency=POLL, ignored_exceptions=[JavascriptException]
		).until(lambda browser: browser.execute_script(script, *arguments), message or script)

	def wait_for_rest(self) -> None:
		"""Wait until the app says that it is ready, nothing is being asked of the server and nothing follows soon."""
		from selenium.common.exceptions import TimeoutException

		try:
			self.wait(AT_REST)
		except TimeoutException:
			moves = self.browser.execute_script("return window.what_moves && what_moves()")
			raise TimeoutException(f"the page does not come to rest: {moves}") from None

	def find(self, css: str):
		"""Return the first visible element that `css` finds, as soon as there is one."""
		return self.wait(
			"return [...document.querySelectorAll(arguments[0])].find((each) => each.checkVisibility())",
			css,
			message=f"nothing visible for {css}",
		)

	def click(self, css: str) -> None:
		def try_to(element) -> bool:
			element.click()
			return True

		self.act_on(css, try_to, f"cannot click {css}")

	def type(self, css: str, text: str) -> None:
		"""Write `text` into a field in place of what stands there."""
		from selenium.webdriver.common.keys import Keys

		def try_to(element) -> bool:
			element.send_keys(Keys.CONTROL, "a")
			element.send_keys(text)
			return element.get_property("value") == text

		self.act_on(css, try_to, f"cannot write into {css}")

	def act_on(self, css: str, act: Callable, message: str) -> None:
		"""Do something with the element as soon as it stays in its place, and again until it succeeds."""
		from selenium.common.exceptions import (
			ElementClickInterceptedException,
			ElementNotInteractableException,
			StaleElementReferenceException,
		)
		from selenium.webdriver.support.ui import WebDriverWait

		def try_to(browser) -> bool:
			element = self.find(css)
			try:
				browser.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
				return self.is_still(element) and act(element)
			except (
				ElementClickInterceptedException,
				ElementNotInteractableException,
				StaleElementReferenceException,
			):
				return False  # something lies over it for a moment, or it was just drawn anew

		WebDriverWait(self.browser, PATIENCE, poll_frequency=POLL).until(try_to, message)

	def is_still(self, element) -> bool:
		"""Tell whether an element stays where it is over two pictures of the screen: what is being drawn cannot be hit."""
		return self.browser.execute_async_script(
			"""
			const [element, done] = arguments;
			const place = () => JSON.stringify(element.getBoundingClientRect());
			const before = place();
			requestAnimationFrame(() =>
				requestAnimationFrame(() => done(element.isConnected && place() === before))
			);
			""",
			element,
		)

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
