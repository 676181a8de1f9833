"""One digest for each person and day, with everything they are reminded of; and the digest of the week for who decides.

Digests, their notifications in the desk and the day of the run are written in one transaction, in a number of queries
that depends neither on the reminders nor on the people. The mail of each is sent by a job of its own afterwards.
"""

from __future__ import annotations

import datetime
import json
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.utils import add_days, cint, escape_html, get_url_to_form, get_url_to_list, getdate, nowdate

from p2ham.assessment import log_anchors
from p2ham.digests import collect, weekly_digest
from p2ham.digests.collect import DUE, EXPIRING, FOLLOW_UPS, LATE, Item
from p2ham.engine import reminders as rules
from p2ham.engine.duties import SEKDA
from p2ham.evidence import expiry as evidence
from p2ham.notices import events, mails, recipients, wording
from p2ham.notices.recipients import Person
from p2ham.utils import acting_as

DIGEST = "P2HAM Digest"
DAILY, WEEKLY = "Daily", "Weekly"
TEMPLATE = "p2ham/templates/emails/digest.html"
# As many lines of a group as can be read; the others are in the lists of the desk.
MAX_LINES = 40
LONGEST_LINE = 200


@dataclass(frozen=True)
class Digest:
	"""What one person reads: `content` is HTML, `counts` the number of lines in each group."""

	person: Person
	kind: str
	day: datetime.date
	subject: str
	content: str
	counts: dict[str, int] = field(default_factory=dict)

	@property
	def name(self) -> str:
		return name_of(self.person.user, self.kind, self.day)


def name_of(user: str, kind: str, day: datetime.date) -> str:
	"""Return the name of a digest: of a person, a kind and a day there is one."""
	return f"{day}-{kind}-{user[:120]}"


def remind() -> None:
	"""Write what people are to be reminded of today, or should have been since the last run; run again it adds nothing.

	If the digest of one person cannot be written, that is logged, the others get theirs, and the missing reminders are said by
	the next run. The day is remembered also when everything is switched off: what falls due meanwhile is not said
	all at once later.
	"""
	settings, today = frappe.get_doc(mails.SETTINGS), getdate(nowdate())
	people = recipients.load()
	owed = _owed(settings)
	days = collect.Days(
		today, getdate(settings.reminders_run_on) if settings.reminders_run_on else None, owed
	)
	found = collect.collect(settings, people, days)
	present = _present(name_of(user, DAILY, today) for user in found.items)
	digests, failed = [], {}
	for user in sorted(found.items):
		items = list(found.items[user])
		if items and name_of(user, DAILY, today) not in present:
			try:
				digests.append(daily(people.people[user], today, items))
			except Exception:
				frappe.log_error(title="P2HAM: the digest of a person could not be written")
				failed[user] = owed.get(user, days.since)
	store(digests)
	told = {digest.person.user for digest in digests}
	evidence.mark_said([name for name, users in found.evidence.items() if users & told])
	frappe.db.set_single_value(
		mails.SETTINGS,
		{"reminders_run_on": today, "reminders_owed": json.dumps(failed, default=str) if failed else ""},
		update_modified=False,
	)


def _owed(settings) -> dict[str, datetime.date]:
	"""Return until which day reminders were said to whom the last digest failed."""
	return {user: getdate(day) for user, day in json.loads(settings.reminders_owed or "{}").items()}


def _present(names: Iterable[str]) -> set[str]:
	return set(frappe.get_all(DIGEST, filters={"name": ("in", [*names, ""])}, pluck="name", order_by="name"))


def store(digests: list[Digest]) -> None:
	"""Write digests with their notifications, and have their mails sent once that is committed. Three queries.

	Their names tell person, kind and day, so that two runs at once write one.
	"""
	if not digests:
		return
	wording.write(
		DIGEST,
		(
			{
				"name": digest.name,
				"user": digest.person.user,
				"day": digest.day,
				"kind": digest.kind,
				"subject": digest.subject,
				"content": digest.content,
				**{group: digest.counts.get(group, 0) for group in collect.GROUPS},
			}
			for digest in digests
		),
	)
	wording.notify(
		{
			"name": wording.notification_name(DIGEST, digest.name),
			"for_user": digest.person.user,
			"from_user": digest.person.user,
			"subject": escape_html(digest.subject),
			"document_type": DIGEST,
			"document_name": digest.name,
		}
		for digest in digests
		if digest.person.desk
	)
	for digest in digests:
		if digest.person.address:
			frappe.enqueue("p2ham.digests.daily_digest.send", enqueue_after_commit=True, digest=digest.name)


def send(digest: str) -> None:
	"""Mail a digest to its user, once: the background job."""
	row = frappe.db.get_value(DIGEST, digest, ["user", "subject", "content"], as_dict=True)
	if not row or not mails.are_sent() or mails.is_queued(DIGEST, digest):
		return
	person = recipients.load().people.get(row.user)
	if person and person.address:
		mails.send([person.address], row.subject, row.content, DIGEST, digest)


def daily(person: Person, today: datetime.date, items: list[Item]) -> Digest:
	"""Return what a person is reminded of today, in their language."""
	with wording.speaking(person.language):
		groups = {group: [item for item in items if item.group == group] for group in collect.GROUPS}
		counts = {group: len(lines) for group, lines in groups.items()}
		content = wording.rendered(
			TEMPLATE,
			{
				"title": _("Reminders of {0}").format(wording.day(today)),
				"groups": [_group(group, lines, today) for group, lines in groups.items() if lines],
				"why": events.why(),
			},
		)
		return Digest(person, DAILY, today, _summary(counts), content, counts)


def _summary(counts: dict[str, int]) -> str:
	"""Say in one line how much there is of what."""
	words = {
		LATE: _("{0} late"),
		DUE: _("{0} due soon"),
		EXPIRING: _("{0} documents expire"),
		FOLLOW_UPS: _("{0} follow-ups"),
	}
	return _("P2HAM: {0}").format(
		", ".join(words[group].format(number) for group, number in counts.items() if number)
	)


def _group(group: str, items: list[Item], today: datetime.date) -> dict:
	title, colour = {
		LATE: (_("Late"), "#c0392b"),
		DUE: (_("Due soon"), "#0f5c6e"),
		EXPIRING: (_("Documents that expire"), "#b7791f"),
		FOLLOW_UPS: (_("Follow-ups"), "#0f5c6e"),
	}[group]
	shown = sorted(items, key=lambda item: (item.last, item.opd_name, item.name))
	rest = len(shown) - MAX_LINES
	return {
		"title": title,
		"colour": colour,
		"number": len(shown),
		"lines": [_line(item, today) for item in shown[:MAX_LINES]],
		"more": _("... and {0} more").format(rest) if rest > 0 else "",
		"address": get_url_to_list(shown[0].doctype),
	}


def _line(item: Item, today: datetime.date) -> dict:
	unit, about = wording.plain(item.opd_name), _short(item.about) or _("Document {0}").format(item.name)
	# A sheet is known by its unit, a document or follow-up by what it says.
	name, beside = (unit, f"{_(item.next)} · {about}") if item.next else (about, unit)
	return {
		"name": name,
		"about": beside,
		"day": wording.day(item.last),
		"when": _when(item, today),
		"late": bool(item.late),
		"address": get_url_to_form(item.doctype, item.name),
	}


def _short(text: str) -> str:
	return textwrap.shorten(wording.plain(text), LONGEST_LINE, placeholder=" …")


def _when(item: Item, today: datetime.date) -> str:
	if item.late and item.group == EXPIRING:
		return _("expired")
	if item.late:
		return weekly_digest.days_late(item.late)
	days = (item.last - today).days
	if days > 1:
		return _("in {0} days").format(days)
	return _("tomorrow") if days else _("today")


def remind_of_the_week() -> None:
	"""Write the digest of the week to each who decides, on the day that the settings name or by the first run after
	it; each has one a week. What fails for one is logged, and tried again by the next run."""
	settings, today = frappe.get_doc(mails.SETTINGS), getdate(nowdate())
	if not cint(settings.weekly_digest):
		return
	day = rules.week_of(today, settings.weekly_day or rules.WEEKDAYS[0])
	people = recipients.load()
	users = people.holding(SEKDA)
	present = _present(name_of(user, WEEKLY, day) for user in users)
	digests, line = [], log_anchors.keep()
	for user in sorted(users):
		if name_of(user, WEEKLY, day) in present:
			continue
		try:
			digests.extend(_weekly(people.people[user], day, today, line))
		except Exception:
			frappe.log_error(title="P2HAM: the digest of the week could not be written")
	store(digests)


def _weekly(person: Person, day: datetime.date, today: datetime.date, line: str) -> list[Digest]:
	"""Return the digest of the week of a person as their own scope shows it; none where nothing is going on. `line` is the
	fingerprint of the log, which the mail takes out of the reach of who rules the database."""
	with acting_as(person.user), wording.speaking(person.language):
		week = weekly_digest.look(today)
		if not week:
			return []
		log = {
			"title": _("Fingerprint of the log"),
			"text": _(
				"Keep this mail, or print it: with this line it can be shown later that nobody wrote the log anew."
			),
			"line": line,
		}
		content = wording.rendered(
			weekly_digest.TEMPLATE, {**week.for_template(), "log": log, "why": events.why()}
		)
		return [Digest(person, WEEKLY, day, week.subject(), content)]


def remove_old() -> None:
	"""Remove digests, and their notifications, that are older than the settings keep them."""
	kept = cint(frappe.db.get_single_value(mails.SETTINGS, "digests_kept_days"))
	if not kept:
		return
	old = frappe.get_all(
		DIGEST,
		filters={"day": ("<", add_days(nowdate(), -kept))},
		pluck="name",
		order_by="name",
	)
	for batch in frappe.utils.create_batch(old, 500):
		frappe.db.delete("Notification Log", {"document_type": DIGEST, "document_name": ("in", batch)})
		frappe.db.delete(DIGEST, {"name": ("in", batch)})
