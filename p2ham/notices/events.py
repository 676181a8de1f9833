"""What happened to a document is told to whom it concerns, after the commit and in the background: nobody waits for it,
and nobody is told of what was refused. Who is told what: `p2ham.engine.notices`, and `recipients`."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, escape_html, get_url_to_form, get_url_to_list, to_timedelta

from p2ham.access import means
from p2ham.engine import notices as rules
from p2ham.engine.steps import Step
from p2ham.notices import mails, recipients, wording

ASSESSMENT, GUIDANCE, FOLLOW_UP = "P2HAM Assessment", "P2HAM Guidance", "P2HAM Follow-up"
TEMPLATE = "p2ham/templates/emails/notice.html"
# When and where guidance takes place.
PLACE_AND_TIME = ("date", "start_time", "end_time", "place")
# So much of a long text stands in a subject.
SHORT = 120


def tell(doc, step: Step | None = None) -> None:
	"""Have it told, once it is committed, what this save of a document was: `step` of an assessment, or a change of
	status of guidance or a follow-up. To be called while it is being saved."""
	event = _event(doc, step)
	if not event or _untold.get():
		return
	let_in = _let_in(doc)
	waiting = _waiting()
	if not waiting:
		frappe.db.after_commit.add(_enqueue)
		frappe.db.after_rollback.add(_forget)
	waiting.append(
		{
			"doctype": doc.doctype,
			"name": doc.name,
			"event": event,
			"by": frappe.session.user,
			"at": str(doc.modified),
			"means": [let_in.word, let_in.user] if let_in.word else None,
		}
	)


def _let_in(doc) -> means.Means:
	"""Return how whoever did it was let in. Much of ours is done in the background, but no step of an assessment."""
	found = means.of_request()
	return means.OWN_LOGIN if found.word == means.JOB and doc.doctype != ASSESSMENT else found


_untold: ContextVar[bool] = ContextVar("p2ham_untold", default=False)


@contextmanager
def untold() -> Iterator[None]:
	"""Tell nobody of what stands in the block: examples, and what was decided long ago."""
	token = _untold.set(True)
	try:
		yield
	finally:
		_untold.reset(token)


def _event(doc, step: Step | None) -> str | None:
	if doc.doctype == ASSESSMENT:
		return rules.of_step(step.action, step.target) if step else None
	before = doc.get_doc_before_save()
	status = before.status if before else None
	if doc.doctype == FOLLOW_UP:
		return rules.of_follow_up(status, doc.status)
	moved = bool(before) and any(doc.has_value_changed(field) for field in PLACE_AND_TIME)
	return rules.of_guidance(status, doc.status, moved)


def _waiting() -> list[dict]:
	if not hasattr(frappe.local, "p2ham_events"):
		frappe.local.p2ham_events = []
	return frappe.local.p2ham_events


def _forget() -> None:
	frappe.local.p2ham_events = []


def _enqueue() -> None:
	events = _waiting()
	_forget()
	try:
		frappe.enqueue("p2ham.notices.events.deliver", events=events)
	except Exception:
		# What was saved is saved: that nobody could be told of it must not look like a failure of the save.
		frappe.logger("p2ham").exception("nobody was told of %s", events)


@dataclass(frozen=True)
class News:
	"""An event of a document as it stands now: values for the templates, by language where they depend on it."""

	doctype: str
	name: str
	event: rules.Event
	at: str
	opds: tuple[str, ...]
	row: frappe._dict
	note: str = ""
	submitted_by: str | None = None
	let_in: means.Means = means.OWN_LOGIN

	@property
	def comes_by_calendar(self) -> bool:
		"""Tell whether an invitation that was sent is changed or taken back by itself, with a mail of its own."""
		return bool(self.row.get("invited_on")) and self.event in (
			rules.EVENTS[GUIDANCE]["moved"],
			rules.EVENTS[GUIDANCE]["cancelled"],
		)

	def subject(self) -> str:
		"""Return the sentence in the language that is spoken; with it, if it was no login of one's own that did it."""
		sentence = _(self.event.subject).format(*self._values())
		return f"{sentence} [{self.let_in.said()}]" if self.let_in.word else sentence

	def _values(self) -> tuple[str, ...]:
		row = self.row
		if self.doctype == ASSESSMENT:
			return wording.plain(row.opd_name or row.opd), wording.plain(row.period_title)
		if self.doctype == GUIDANCE:
			units = ", ".join(map(wording.plain, row.unit_names))
			return _(row.kind), wording.plain(row.subject), units, _when_and_where(row)
		return wording.plain(row.opd_name or row.opd), _short(row.recommendation), wording.day(row.due_date)

	def for_mail(self) -> dict:
		"""Return what the template of the mail shows of it, in the language that is spoken."""
		until = self.row.get("correct_until")
		return {
			"subject": self.subject(),
			"text": _(self.event.text),
			"means": _hint(self.let_in),
			"note": self.note,
			"until": _("Correct until {0}.").format(wording.day(until)) if until and self.note else "",
			"address": get_url_to_form(self.doctype, self.name),
		}


def _hint(let_in: means.Means) -> str:
	"""Say that it was no login of one's own that did something, and what to do about it."""
	if not let_in.word:
		return ""
	return _(
		"This was not done with a login of the user's own, but with: {0}. Ask whether it was meant."
	).format(let_in.said())


def _short(text: str) -> str:
	return textwrap.shorten(wording.plain(text), SHORT, placeholder=" …")


def _when_and_where(row) -> str:
	hours = "–".join(_hour(row[field]) for field in ("start_time", "end_time") if row[field] is not None)
	return ", ".join(
		filter(None, [" ".join(filter(None, [wording.day(row.date), hours])), wording.plain(row.place)])
	)


def _hour(time) -> str:
	minutes = int(to_timedelta(time).total_seconds()) // 60
	return f"{minutes // 60:02d}.{minutes % 60:02d}"


def deliver(events: list[dict]) -> None:
	"""Tell each person once, in the desk and by mail, what happened: the background job.

	The number of queries does not depend on the number of people or of documents. Run again it tells nobody anew.
	"""
	settings = frappe.get_doc(mails.SETTINGS)
	known = rules.EVENTS
	wanted = [
		entry
		for entry in events
		if entry.get("means") or cint(settings.get(known[entry["doctype"]][entry["event"]].switch))
	]
	if not wanted:
		return
	people = recipients.load()
	told: dict[str, list[tuple[dict, News]]] = defaultdict(list)
	for entry, news in _as_they_stand(wanted, people):
		for user in _whom(entry, news, people, settings):
			told[user].append((entry, news))
	# All of one kind that a person is told at once are one notification and one mail.
	parcels = [
		Parcel(people.people[user], found[0][0]["by"], [news for _entry, news in found])
		for user in sorted(told)
		for found in _by_kind(told[user])
	]
	present = set(
		frappe.get_all(
			"Notification Log",
			filters={"name": ("in", [parcel.name for parcel in parcels] + [""])},
			pluck="name",
			order_by="name",
		)
	)
	parcels = [parcel for parcel in parcels if parcel.name not in present]
	wording.notify(parcel.notification() for parcel in parcels if parcel.person.desk)
	if mails.are_sent():
		_mail(parcels)


def _whom(entry: dict, news: News, people: recipients.Recipients, settings) -> set[str]:
	"""Return who is told: whom it concerns, but for who did it; that one too, whatever the settings say, if it was done
	in their name by an API key, a token or an impersonation."""
	found = set()
	if cint(settings.get(news.event.switch)):
		found = people.of_event(news.event, news.opds, news.submitted_by) - {entry["by"]}
	return found | ({entry["by"]} & set(people.people) if news.let_in.word else set())


def _by_kind(found: list[tuple[dict, News]]) -> Iterable[list[tuple[dict, News]]]:
	kinds: dict[tuple, list[tuple[dict, News]]] = defaultdict(list)
	for entry, news in found:
		kinds[entry["doctype"], entry["event"], entry["by"], news.let_in].append((entry, news))
	return kinds.values()


@dataclass(frozen=True)
class Parcel:
	"""What one person is told at once: news of one kind."""

	person: recipients.Person
	by: str
	news: list[News]

	@property
	def name(self) -> str:
		return wording.notification_name(
			self.person.user, *(f"{news.doctype} {news.name} {news.at}" for news in self.news)
		)

	def subject(self) -> str:
		first, *others = self.news
		if not others:
			return first.subject()
		return _("{0} and {1} more").format(first.subject(), len(others))

	def notification(self) -> dict:
		with wording.speaking(self.person.language):
			return {
				"name": self.name,
				"for_user": self.person.user,
				"from_user": self.by,
				"subject": escape_html(self.subject()),
				# Who may not read the document any more does not read what was said about it either.
				"document_type": self.news[0].doctype,
				"document_name": self.news[0].name,
			}


def _mail(parcels: list[Parcel]) -> None:
	same: dict[tuple, list[Parcel]] = defaultdict(list)
	for parcel in parcels:
		if parcel.person.address and not all(news.comes_by_calendar for news in parcel.news):
			same[
				parcel.person.language,
				tuple((news.doctype, news.name, news.at) for news in parcel.news),
			].append(parcel)
	for (language, _news), alike in same.items():
		first = alike[0]
		with wording.speaking(language):
			content = wording.rendered(
				TEMPLATE,
				{
					"news": [news.for_mail() for news in first.news],
					"open": _("Open in P2HAM"),
					"address_of_list": get_url_to_list(first.news[0].doctype) if len(first.news) > 1 else "",
					"show_all": _("Show all"),
					"why": why(),
				},
			)
			mails.send(
				[parcel.person.address for parcel in alike],
				first.subject(),
				content,
				first.news[0].doctype,
				first.news[0].name,
			)


def why() -> str:
	"""Say below a text why somebody gets it, and how to have no more mails."""
	return _(
		"You get this because of your duty in P2HAM. Whether it also comes by mail is said in your Notification Settings."
	)


def _as_they_stand(events: list[dict], people: recipients.Recipients) -> Iterator[tuple[dict, News]]:
	"""Return the events that are still news, with their documents as they are stored now: a save that was taken back
	after all left no document in that state."""
	read = {ASSESSMENT: _assessments, GUIDANCE: _guidance, FOLLOW_UP: _follow_ups}
	names = defaultdict(set)
	for entry in events:
		names[entry["doctype"]].add(entry["name"])
	rows = {doctype: read[doctype](sorted(found), people) for doctype, found in names.items()}
	for entry in events:
		event = rules.EVENTS[entry["doctype"]][entry["event"]]
		row = rows[entry["doctype"]].get(entry["name"])
		if row and (event.states is None or row.state in event.states):
			yield (
				entry,
				News(
					entry["doctype"],
					entry["name"],
					event,
					entry["at"],
					tuple(row.opds),
					row,
					note=wording.plain(row.get(event.note)),
					submitted_by=row.get("submitted_by"),
					let_in=means.Means(*(entry.get("means") or ())),
				),
			)


def _assessments(names: list[str], people: recipients.Recipients) -> dict[str, frappe._dict]:
	assessment, period = frappe.qb.DocType(ASSESSMENT), frappe.qb.DocType("P2HAM Period")
	rows = (
		frappe.qb.from_(assessment)
		.join(period)
		.on(period.name == assessment.period)
		.select(
			assessment.name,
			assessment.opd,
			assessment.opd_name,
			period.title.as_("period_title"),
			assessment.workflow_state.as_("state"),
			assessment.submitted_by,
			assessment.return_note,
			assessment.cancel_note,
			assessment.correct_until,
		)
		.where(assessment.name.isin(names))
		.orderby(assessment.name)
		.run(as_dict=True)
	)
	return {row.name: frappe._dict(row, opds=[row.opd]) for row in rows}


def _guidance(names: list[str], people: recipients.Recipients) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		GUIDANCE,
		filters={"name": ("in", names)},
		fields=[
			"name",
			"kind",
			"subject",
			"status as state",
			"cancel_reason",
			"invited_on",
			*PLACE_AND_TIME,
		],
		order_by="name",
	)
	named = defaultdict(dict)
	for row in frappe.get_all(
		"P2HAM Guidance Participant",
		filters={"parent": ("in", names), "parenttype": GUIDANCE, "opd": ("is", "set")},
		fields=["parent", "opd"],
		order_by="parent, idx",
	):
		named[row.parent][row.opd] = people.units[row.opd].opd_name if row.opd in people.units else row.opd
	return {
		row.name: frappe._dict(row, opds=list(named[row.name]), unit_names=list(named[row.name].values()))
		for row in rows
	}


def _follow_ups(names: list[str], people: recipients.Recipients) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		FOLLOW_UP,
		filters={"name": ("in", names)},
		fields=["name", "opd", "opd_name", "recommendation", "due_date", "status as state"],
		order_by="name",
	)
	return {row.name: frappe._dict(row, opds=[row.opd]) for row in rows}
