"""Nothing that somebody types runs in the browser of another: a numbered script in every text field of ours, and every
page that shows it opened as those who may see it. Fields come from the meta, pages from the DocTypes, the reports and
the print formats of the site."""

from __future__ import annotations

import os
from itertools import cycle

import frappe
import planting

from .desk import login
from .planted_pages import DUTIES, Page, forms_and_lists, pages_seen

ONE_DESK = True
DIALOGS = 150  # that buttons open at least
SHOWN = 0.8  # of the fields; the rest stands on no page, such as settings for the papers
EVERY_DUTY = os.environ.get("P2HAM_HYPOTHESIS") == "nightly"


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


def test_a_script_that_runs_is_seen(visit):
	"""The control: each payload, put into a page as it is."""
	for way, text in enumerate(planting.PAYLOADS):
		visit.browser.get("about:blank")
		link = f'<a href="{text}">x</a>' if text.startswith("javascript") else f'<i title="{text}">{text}</i>'
		visit.browser.execute_script("document.body.innerHTML = arguments[0]", link.format(7))
		assert [number for number, _where in visit.ran_here()] == [7], way


def test_no_planted_script_runs_on_any_page_of_any_duty(planted, visit, user_of, figure):
	from p2ham.demo import build

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


def test_no_planted_script_runs_in_what_a_button_opens(planted, visit, user_of, figure):
	from p2ham.demo import build

	ran, shown, known = [], set(), set()
	for duty, opd in DUTIES:
		user = user_of(duty, opd)
		frappe.set_user(user)
		pages = list(forms_and_lists())
		frappe.set_user("Administrator")
		login(visit.browser, user, build.PASSWORD)
		for page in pages:
			for button, found in visit.pressed_on(page, known):
				ran += [
					f"{number}: {planted[number]}, {button} on {page}, pressed by {duty}: {where}"
					for number, where in found
				]
				shown |= visit.shown
		frappe.db.rollback()
	figure(
		"planted scripts behind buttons",
		f"{len(known)} buttons, {visit.opened} dialogs, {len(shown)} fields shown, {len(ran)} ran",
	)
	assert not ran, "\n".join(ran)
	assert visit.opened >= DIALOGS, sorted(known)


def mails_and_notices(monkeypatch) -> list[str]:
	"""Have everybody told of everything that is there to tell, and return the HTML of the mails, the digests and the
	notifications."""
	from p2ham.digests import daily_digest
	from p2ham.engine import notices
	from p2ham.notices import events, mails

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
	daily_digest.remind()
	daily_digest.remind_of_the_week()
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
