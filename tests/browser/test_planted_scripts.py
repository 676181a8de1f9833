"""Nothing that somebody types runs in the browser of another: a numbered script in every text field of ours, and every
page that shows it opened as those who may see it. Fields come from the meta, pages from the DocTypes, the reports and
the print formats of the site."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

import frappe
import planting
import pytest

from .desk import open_browser

ONE_DESK = True
DUTIES = (
	("Kabag Hukum", ""),
	("P2HAM Verifier", ""),
	("Sekda", ""),
	("OPD Clerk", "DINSOS"),
	("OPD Head", "DINSOS"),
	("P2HAM Observer", ""),
	("Manager", ""),
)
SHOWN = 0.8  # of the fields; the rest stands on no page, such as settings for the papers
EVERY_DUTY = os.environ.get("P2HAM_HYPOTHESIS") == "nightly"
# Each table of a form has its first row open for a moment, and what is folded is unfolded.
UNFOLD = """
const found = [];
if (window.cur_frm) {
	cur_frm.wrapper.querySelectorAll("details").forEach((each) => (each.open = true));
	for (const { grid } of Object.values(cur_frm.fields_dict).filter((each) => each.grid)) {
		const [row] = grid.grid_rows || [];
		if (!row) continue;
		row.toggle_view(true);
		found.push(...planted_here());
		row.toggle_view(false);
	}
	frappe.dom.unfreeze();
}
return found;
"""
# One dialog with a link to each DocType of ours, and what is suggested for it.
SUGGEST = """
const [doctypes, done] = arguments;
const fields = doctypes.map((options, at) => ({ fieldtype: "Link", fieldname: `link_${at}`, label: options, options }));
const dialog = new frappe.ui.Dialog({ title: "Links", fields });
dialog.show();
for (const field of dialog.fields_list) field.$input && field.$input.trigger("focus").trigger("input");
setTimeout(() => done(true), 700);
"""
SEARCH = """
const [word, done] = arguments;
frappe.searchdialog.search.init_search(word, "global_search");
$("#navbar-search").val(word).trigger("input");
$(".notifications-icon, .dropdown-notifications .nav-link").first().trigger("click");
setTimeout(() => done(true), 700);
"""


class Page(NamedTuple):
	"""What is opened: a page of the desk (`route`) or an address outside of it."""

	kind: str
	what: str
	route: tuple[str, ...] = ()
	address: str = ""

	def __str__(self) -> str:
		return f"{self.kind} {self.what}"


def first_seen(doctype: str) -> str | None:
	"""Return a record that the session's user may read, the one that has most to show."""
	if not frappe.has_permission(doctype, "read"):
		return None
	order = "modified desc"
	return next(iter(frappe.get_list(doctype, pluck="name", order_by=order, limit=1)), None)


def pages_of_doctype(doctype: str) -> Iterator[Page]:
	"""Every page of a DocType that the session's user may open."""
	meta = frappe.get_meta(doctype)
	slug = doctype.lower().replace(" ", "-")
	if meta.issingle:
		if frappe.has_permission(doctype, "read"):
			yield Page("form", doctype, (slug,))
		return
	name = first_seen(doctype)
	if not name:
		return
	yield Page("list", doctype, (slug, "view", "list"))
	if frappe.has_permission(doctype, "report"):
		yield Page("report view", doctype, (slug, "view", "report"))
	if meta.is_tree:
		yield Page("tree", doctype, (slug, "view", "tree"))
	if doctype in frappe.get_hooks("calendars"):
		yield Page("calendar", doctype, (slug, "view", "calendar", "default"))
	yield Page("form", doctype, (slug, name))
	if frappe.has_permission(doctype, "print", name):
		yield from prints(doctype, name)


def prints(doctype: str, name: str) -> Iterator[Page]:
	formats = frappe.get_all("Print Format", filters={"doc_type": doctype}, pluck="name", order_by="name")
	for each in ("Standard", *formats):
		asked = urlencode({"doctype": doctype, "name": name, "format": each, "no_letterhead": 0})
		yield Page("print", f"{doctype} {each}", address=f"/printview?{asked}")


def pages_seen() -> Iterator[Page]:
	"""Every page of ours that the session's user may open."""
	for doctype in planting.doctypes(istable=0):
		yield from pages_of_doctype(doctype)
	for workspace in frappe.get_all("Workspace", filters={"module": "P2HAM"}, pluck="name", order_by="name"):
		yield Page("workspace", workspace, (workspace.lower().replace(" ", "-"),))
	for report in frappe.get_all(
		"Report", filters={"module": "P2HAM"}, fields=["name", "ref_doctype"], order_by="name"
	):
		if (
			frappe.has_permission(report.ref_doctype, "report")
			and frappe.get_doc("Report", report.name).is_permitted()
		):
			yield Page("report", report.name, ("query-report", report.name))
	for page in frappe.get_all("Page", filters={"module": "P2HAM"}, pluck="name", order_by="name"):
		if frappe.get_doc("Page", page).is_permitted():
			yield Page("page", page, (page,))
	if code := frappe.db.get_value("P2HAM Assessment Snapshot", {}, "code", order_by="creation"):
		yield Page("public page", "of a document", address=f"/p2ham/verify/{code}")
	yield Page("suggestions", "of all links", ("p2ham",))
	yield Page("search", "and notifications", ("p2ham",))


def shared_out(seen: dict[str, list[Page]]) -> dict[str, list[Page]]:
	"""Give each page to one of those who may open it, by turns; by night to all of them."""
	if EVERY_DUTY:
		return seen
	given: dict[str, list[Page]] = {duty: [] for duty in seen}
	turns = cycle(seen)
	for page in dict.fromkeys((each.kind, each.what) for pages in seen.values() for each in pages):
		for duty in (next(turns) for _each in range(len(seen))):
			mine = [each for each in seen[duty] if (each.kind, each.what) == page]
			if mine:
				given[duty] += mine
				break
	return given


@pytest.fixture(scope="module")
def planted(as_it_was, demo_site):
	"""The fields, each with its payload in all rows; what was planted is what tells of a page that showed it."""
	planting.make_missing()
	found = planting.fields()
	planting.plant(found)
	planting.plant_traces(found, "Administrator")
	return found


@pytest.fixture(scope="module")
def looking():
	"""A browser of its own, which remembers what ran from before anything of a page does."""
	with open_browser() as driver:
		driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": planting.BEFORE_EACH_PAGE})
		yield driver


@pytest.fixture
def user_of(demo_site, people):
	return lambda duty, opd: demo_site["manager"]["user"] if duty == "Manager" else people(duty, opd)


class Visit:
	"""One duty's way through the pages."""

	def __init__(self, desk):
		self.desk, self.browser = desk, desk.browser
		self.shown: set[int] = set()  # what the page that was opened last holds

	def ran_on(self, page: Page) -> list[tuple[int, str]]:
		"""Open a page and return what ran, or would run at a touch: its number, and where it stands."""
		if page.address:
			self.browser.get(urljoin(os.environ["P2HAM_URL"], page.address))
			return self.ran_here()
		self.desk.open(*page.route)
		found = []
		if page.kind == "form":
			found = self.browser.execute_script(UNFOLD)
		elif page.kind == "suggestions":
			self.browser.execute_async_script(SUGGEST, planting.doctypes(istable=0, issingle=0))
		elif page.kind == "search":
			self.browser.execute_async_script(SEARCH, "planted")
		self.desk.wait_for_rest()
		return found + self.ran_here()

	def ran_here(self) -> list[tuple[int, str]]:
		self.shown = set(self.browser.execute_script("return shown_here()"))
		found = self.browser.execute_script("return planted_here()")
		if self.browser.user and self.desk.is_inside():
			self.browser.execute_script(
				"if (window.cur_dialog) cur_dialog.hide(); frappe.hide_msgprint(true)"
			)
		return found


@pytest.fixture
def visit(looking, tmp_path):
	from .desk import Desk

	return Visit(Desk(looking, tmp_path))


def test_a_script_that_runs_is_seen(visit):
	"""The control: each payload, put into a page as it is."""
	for way, text in enumerate(planting.PAYLOADS):
		visit.browser.get("about:blank")
		link = f'<a href="{text}">x</a>' if text.startswith("javascript") else f'<i title="{text}">{text}</i>'
		visit.browser.execute_script("document.body.innerHTML = arguments[0]", link.format(7))
		assert [number for number, _where in visit.ran_here()] == [7], way


def test_no_planted_script_runs_on_any_page_of_any_duty(planted, visit, user_of, figure):
	from p2ham.demo import build

	from .desk import login

	seen = {}
	for duty, opd in DUTIES:
		frappe.set_user(user_of(duty, opd))
		seen[duty] = list(pages_seen())
	frappe.set_user("Administrator")
	ran, shown, opened = [], set(), 0
	for duty, pages in shared_out(seen).items():
		login(visit.browser, user_of(*next(each for each in DUTIES if each[0] == duty)), build.PASSWORD)
		for page in sorted(pages, key=lambda each: bool(each.address)):
			opened += 1
			for number, where in visit.ran_on(page):
				ran.append(f"{number}: {planted[number]}, on {page}, opened by {duty}: {where}")
			shown |= visit.shown
	figure(
		"planted scripts",
		f"{len(planted)} fields, {len(shown)} of them shown, {opened} pages, {len(DUTIES)} duties, {len(ran)} ran",
	)
	assert not ran, "\n".join(ran)
	assert len(shown) >= SHOWN * len(planted), [
		str(each) for at, each in enumerate(planted) if at not in shown
	]


def mails_and_notices(monkeypatch) -> list[str]:
	"""Have everybody told of everything that is there to tell, and return the HTML of the mails, the digests and the
	notifications."""
	from p2ham.engine import notices
	from p2ham.notices import digests, events, mails

	sent: list[dict] = []
	monkeypatch.setattr(mails, "are_sent", lambda: True)
	monkeypatch.setattr(frappe, "sendmail", lambda **mail: sent.append(mail))
	monkeypatch.setattr(frappe, "enqueue", lambda *_given, **_named: None)
	happened = [
		{"doctype": doctype, "name": name, "event": event, "by": "Administrator", "at": frappe.utils.now()}
		for doctype, known in notices.EVENTS.items()
		for event in known
		for name in frappe.get_all(doctype, pluck="name", order_by="name")
	]
	events.deliver(happened)
	frappe.db.set_single_value("P2HAM Settings", {"reminders_run_on": None, "weekly_digest": 1})
	digests.remind()
	digests.remind_of_the_week()
	found = frappe.get_all("P2HAM Digest", pluck="content", order_by="name")
	found += frappe.get_all("Notification Log", pluck="subject", order_by="name")
	found += frappe.get_all("Notification Log", pluck="email_content", order_by="name")
	return [*filter(None, found), *(html_of(mail) for mail in sent)]


def html_of(mail: dict) -> str:
	if "template" not in mail:
		return mail["message"]
	return frappe.get_template(f"templates/emails/{mail['template']}.html").render(mail["args"])


def test_no_planted_script_runs_in_a_mail_or_a_notification(planted, visit, monkeypatch, figure):
	found = mails_and_notices(monkeypatch)
	frappe.db.rollback()
	assert found and "planted(" in "".join(found)
	visit.browser.user = None
	visit.browser.get("about:blank")
	visit.browser.execute_script("document.body.innerHTML = arguments[0]", "<hr>".join(found))
	ran = [f"{number}: {planted[number]}: {where}" for number, where in visit.ran_here()]
	figure(
		"planted scripts in mails", f"{len(found)} mails, {len(visit.shown)} fields in them, {len(ran)} ran"
	)
	assert not ran, "\n".join(ran)


# By which door a field is written, turn by turn: the form and REST, where one answers and the other refuses
DOORS = ("form", "REST")


def writable(doctype: str, name: str) -> list[str]:
	"""Return the text fields of a record that its form lets the session's user write, those of its first rows too
	(`items.self_note`)."""
	meta = frappe.get_meta(doctype)
	found = [
		field.fieldname
		for field in meta.fields
		if planting.is_typed(field) and not field.read_only and not field.fetch_from
	]
	for table in meta.get_table_fields():
		if frappe.db.exists(table.options, {"parent": name, "parentfield": table.fieldname}):
			found += [
				f"{table.fieldname}.{field.fieldname}"
				for field in frappe.get_meta(table.options).fields
				if planting.is_typed(field) and not field.read_only and not field.fetch_from
			]
	return found


def with_text(record: dict, field: str, text: str) -> dict:
	"""Return the record with the text in a field, or in that of its first row."""
	table, _point, name = field.rpartition(".")
	if not table:
		return {**record, name: text}
	first, *others = record[table]
	return {**record, table: [{**first, name: text}, *others]}


def by_door(client, door: str, doctype: str, name: str, field: str, text: str) -> bool:
	"""Write a text into a field as the desk's form does, or by REST; say whether the server took it."""
	address = f"/api/resource/{doctype}/{name}"
	record = with_text(client.get(address).json()["data"], field, text)
	if door == "REST":
		part = field.partition(".")[0]
		return client.put(address, json={part: record[part], "modified": record["modified"]}).ok
	saved = client.post(
		"/api/method/frappe.desk.form.save.savedocs", data={"doc": frappe.as_json(record), "action": "Save"}
	)
	return saved.ok


def test_no_script_runs_that_came_in_by_a_form_or_by_rest(as_it_was, visit, user_of, http, figure):
	from p2ham.demo import build

	from .desk import login

	tried, taken, ran, doors = 0, [], [], cycle(DOORS)
	written = set()  # what one duty has written needs no other
	for duty, opd in DUTIES:
		user = user_of(duty, opd)
		frappe.set_user(user)
		mine = {
			doctype: name
			for doctype in planting.doctypes(istable=0, issingle=0)
			if frappe.has_permission(doctype, "write") and (name := first_seen(doctype))
		}
		frappe.set_user("Administrator")
		before = len(taken)
		for doctype, name in mine.items():
			for field in writable(doctype, name):
				if (doctype, field) in written:
					continue
				text = planting.payload(tried, tried % len(planting.PAYLOADS))
				tried += 1
				if by_door(http(user), next(doors), doctype, name, field, text):
					taken.append((tried - 1, doctype, field))
					written.add((doctype, field))
		frappe.db.rollback()
		if not taken[before:]:
			continue
		reader = "Kabag Hukum" if duty != "Kabag Hukum" else "P2HAM Verifier"
		login(visit.browser, user_of(reader, ""), build.PASSWORD)
		for doctype in dict.fromkeys(doctype for _number, doctype, _field in taken[before:]):
			slug = doctype.lower().replace(" ", "-")
			page = Page("form", doctype, (slug, mine[doctype]))
			ran += [
				f"{number}, on {page}, written by {duty}: {where}" for number, where in visit.ran_on(page)
			]
	figure(
		"scripts planted by doors",
		f"{tried} tries by {len(DUTIES)} duties, {len(taken)} taken, {tried - len(taken)} refused, {len(ran)} ran",
	)
	assert not ran, "\n".join(ran)
