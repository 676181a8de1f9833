"""The pages of ours that somebody may open, from the meta, the reports and the print formats of the site; and what of the
planted scripts runs on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

import frappe
import planting

DUTIES = (
	("Kabag Hukum", ""),
	("P2HAM Verifier", ""),
	("Sekda", ""),
	("OPD Clerk", "DINSOS"),
	("OPD Head", "DINSOS"),
	("P2HAM Observer", ""),
	("Manager", ""),
)
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

# What can be pressed in an open page: what stands above it, and of the app's own places one button of each kind. By what
# tells it from the others.
BUTTONS = """
const found = new Map();
const here = (each) => {
	const page = each.closest(".page-container");
	return page && page.checkVisibility() && !each.disabled;
};
const above = ":is(.custom-actions, .actions-btn-group)";
const item = ":is(button:not([data-toggle], [data-bs-toggle]), .dropdown-item)";
for (const each of document.querySelectorAll(`.page-head ${above} ${item}`)) {
	if (here(each) && each.textContent.trim()) found.set(`above: ${each.textContent.trim()}`, each);
}
const inside = `.page-container :is([class*="p2ham-"], .grid-buttons, .grid-custom-buttons, [data-fieldtype=Button])`;
for (const each of document.querySelectorAll(`${inside} :is(button, [role=button], [data-do])`)) {
	const key = `inside: ${each.className} ${each.dataset.do || ""}`.trim();
	if (here(each) && each.checkVisibility() && !found.has(key)) found.set(key, each);
}
"""
# A new window, a paper of the browser's and its questions would stop the visit.
PRESS = """
window.open = window.alert = window.confirm = window.print = () => null;
const button = found.get(arguments[0]);
if (button) button.click();
return Boolean(button);
"""
CLOSE = """
for (let turn = 0; turn < 5 && window.cur_dialog; turn++) {
	const dialog = cur_dialog;
	dialog.hide();
	if (window.cur_dialog === dialog) break;
}
frappe.hide_msgprint(true);
frappe.dom.unfreeze();
$("#freeze").remove();
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


def in_each_state(doctype: str) -> list[str]:
	"""Return records that the session's user may read, the last one in each state, as buttons go by states."""
	if not frappe.has_permission(doctype, "read"):
		return []
	meta = frappe.get_meta(doctype)
	field = next(filter(meta.has_field, ("workflow_state", "status")), None)
	if not field:
		return [name] if (name := first_seen(doctype)) else []
	rows = frappe.get_list(doctype, fields=["name", field], order_by="modified desc")
	return list({row[field]: row.name for row in reversed(rows)}.values())


def forms_and_lists() -> Iterator[Page]:
	"""Every list and form that the session's user may open, a form in each state."""
	for doctype in planting.doctypes(istable=0):
		slug = doctype.lower().replace(" ", "-")
		if frappe.get_meta(doctype).issingle:
			if frappe.has_permission(doctype, "read"):
				yield Page("form", doctype, (slug,))
		elif frappe.has_permission(doctype, "read"):
			yield Page("list", doctype, (slug, "view", "list"))
			for name in in_each_state(doctype):
				yield Page("form", doctype, (slug, name))


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


class Visit:
	"""One duty's way through the pages."""

	def __init__(self, desk):
		self.desk, self.browser = desk, desk.browser
		self.shown: set[int] = set()  # what the page that was opened last holds
		self.opened = 0  # dialogs, by a button

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
		"""Return what runs here, and close what lies over the page."""
		found = self.runs_here()
		if self.browser.user and self.desk.is_inside():
			self.browser.execute_script(CLOSE)
		return found

	def runs_here(self) -> list[tuple[int, str]]:
		self.shown = set(self.browser.execute_script("return shown_here()"))
		return self.browser.execute_script("return planted_here()")

	def pressed_on(
		self, page: Page, known: set[tuple[str, str]]
	) -> Iterator[tuple[str, list[tuple[int, str]]]]:
		"""Open a page and press all that can be pressed there but what is `known`, one after another; yield what it was, and
		what ran. What has been pressed is known."""
		self.desk.open(*page.route)
		place = self.where()
		for key in self.browser.execute_script(BUTTONS + "return [...found.keys()]"):
			if (page.what, key) in known:
				continue
			if self.where() != place:
				self.desk.open(*page.route)
			if not self.browser.execute_script(BUTTONS + PRESS, key):
				continue  # what was pressed before has taken it away
			known.add((page.what, key))
			self.desk.wait_for_rest()
			self.opened += self.browser.execute_script(
				"return Boolean(window.cur_dialog && cur_dialog.display)"
			)
			yield key, self.ran_here()

	def where(self) -> str:
		"""Return the address of the desk's page, "" outside of the desk."""
		return self.browser.execute_script("return location.pathname") if self.desk.is_inside() else ""
