"""Invitations to guidance by e-mail, with a calendar file: what goes to whom, and what was sent already.

Bagian Hukum sends the first by hand. Afterwards another day, time or place, or that it is cancelled, is told to those
who were invited by itself. Nobody gets the same twice: the guidance keeps what each address was sent last.

The e-mails are put into Frappe's queue in the transaction that changes the guidance, so either both are stored or
neither; they leave the server once that is committed.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import cint, get_system_timezone, get_url, get_url_to_form, getdate, now_datetime, nowdate

from p2ham.engine import guidance
from p2ham.guidance import invitees
from p2ham.guidance.calendar_file import CANCEL, PUBLISH, REQUEST, Attendee, Event, written
from p2ham.guidance.occasion import KINDS, occasion, points
from p2ham.utils import time_of_day

GUIDANCE = "P2HAM Guidance"
TEMPLATE = "guidance_invitation"
# Frappe sends more than 100 at once one by one and without waiting for the transaction.
BATCH = 100
# What makes an invitation another one, and which of it is told by itself.
CONTENT = ("kind", "subject", "date", "start_time", "end_time", "place", "host", "agenda")
OCCASION = ("date", "start_time", "end_time", "place")
# The first words of the subject, in official Indonesian.
INVITES, CHANGES, CANCELS = "Undangan", "Perubahan undangan", "Pembatalan undangan"


@dataclass(frozen=True)
class Sent:
	"""What was sent last: of the whole (`content`), of day, time and place (`occasion`), and to each address."""

	content: str = ""
	occasion: str = ""
	to: tuple[tuple[str, str], ...] = ()

	@classmethod
	def last_for(cls, doc) -> Sent:
		kept = json.loads(doc.invitation_sent) if doc.invitation_sent else {}
		to = tuple(sorted(kept.get("to", {}).items()))
		return cls(kept.get("content", ""), kept.get("occasion", ""), to)

	def to_json(self) -> str:
		return json.dumps(
			{"content": self.content, "occasion": self.occasion, "to": dict(self.to)}, sort_keys=True
		)


@dataclass(frozen=True)
class Plan:
	"""What is to be sent now: `invited` get the invitation, those of them in `again` as a change; from `dropped` it is
	taken back. `sequence` is that of what is sent."""

	invited: tuple[Attendee, ...]
	again: tuple[Attendee, ...]
	dropped: tuple[Attendee, ...]
	everybody: tuple[Attendee, ...]
	unreached: tuple[str, ...]
	invalid: tuple[str, ...]
	sequence: int

	@property
	def empty(self) -> bool:
		return not (self.invited or self.dropped)


def plan(doc, only_invited: bool = False) -> Plan:
	"""Return what is to be sent of guidance as it is now. `only_invited` leaves out who was never sent anything."""
	sent, content = Sent.last_for(doc), fingerprint(doc, CONTENT)
	before = dict(sent.to)
	found = invitees.Found((), (), ()) if _method(doc) == CANCEL else invitees.for_guidance(doc)
	there = {attendee.address.casefold() for attendee in found.attendees}
	invited = [
		attendee
		for attendee in found.attendees
		if before.get(attendee.address.casefold()) != content
		and (not only_invited or attendee.address.casefold() in before)
	]
	cancelled = _method(doc) == CANCEL
	dropped = [
		Attendee(address)
		for address, last in before.items()
		if address not in there and not (cancelled and last == content)
	]
	# Whoever loses the invitation must not take that for something older.
	changed = bool(sent.content) and (sent.content != content or bool(dropped))
	return Plan(
		tuple(invited),
		tuple(attendee for attendee in invited if attendee.address.casefold() in before),
		tuple(dropped),
		found.attendees,
		found.unreached,
		found.invalid,
		cint(doc.invitation_sequence) + changed,
	)


def send(doc) -> Plan:
	"""Send what is to be sent to whom it was not sent yet; return it.

	Raises frappe.ValidationError where there is nothing to invite to, nobody to send to, or no e-mail account.
	"""
	check_can_be_sent(doc)
	if not has_account():
		frappe.throw(no_account(), title=_("Nothing Sent"))
	found = plan(doc)
	if not (found.everybody or found.dropped) and doc.status == guidance.SCHEDULED:
		frappe.throw(
			_("No participant can be reached by e-mail, so nothing was sent."), title=_("Nothing Sent")
		)
	if not found.empty:
		_send(doc, found)
	return found


def send_by_itself(doc) -> None:
	"""Tell those who were invited that day, time or place changed, or that it is cancelled.

	Where there is no e-mail account the change stays, the user is told, and it can be sent later by hand.
	"""
	if not doc.invited_on or not can_be_sent(doc):
		return
	if Sent.last_for(doc).occasion == fingerprint(doc, OCCASION):
		return
	if not has_account():
		frappe.msgprint(
			_("The change is stored, but those who were invited do not know of it.") + " " + no_account(),
			title=_("Nothing Sent"),
			indicator="orange",
		)
		return
	found = plan(doc, only_invited=True)
	if not found.empty:
		_send(doc, found)
		told = len(found.invited) + len(found.dropped)
		frappe.msgprint(_("The change goes to {0} who were invited.").format(told), alert=True)


def can_be_sent(doc) -> bool:
	"""Tell whether there is an invitation to guidance, or one to take back: to what is still to come."""
	if not doc.date or getdate(doc.date) < getdate(nowdate()):
		return False
	return doc.status == guidance.SCHEDULED or (doc.status == guidance.CANCELLED and bool(doc.invited_on))


def check_can_be_sent(doc) -> None:
	if not can_be_sent(doc):
		frappe.throw(
			_("{0}: there are invitations only to what is {1} and still to come.").format(
				doc.name, frappe.bold(_(guidance.SCHEDULED))
			),
			title=_("Nothing Sent"),
		)


def has_account() -> bool:
	return bool(_account())


def no_account() -> str:
	return _(
		"This site has no outgoing e-mail account, which a System Manager adds. Send the invitation then, or hand out the calendar file."
	)


def calendar(doc) -> bytes:
	"""Return the calendar file for whoever reads guidance: with nobody else's address in it.

	Raises frappe.ValidationError where it has no date yet.
	"""
	if not doc.date:
		frappe.throw(
			_("{0}: it has no date yet, so there is nothing for a calendar.").format(frappe.bold(doc.name))
		)
	changed = doc.invited_on and Sent.last_for(doc).content != fingerprint(doc, CONTENT)
	sequence = cint(doc.invitation_sequence) + bool(changed)
	return written(event(doc, sequence), CANCEL if _method(doc) == CANCEL else PUBLISH)


def event(doc, sequence: int) -> Event:
	"""Return what a calendar shows of guidance."""
	account = _account()
	return Event(
		uid=f"{doc.name}@{frappe.local.site}",
		sequence=sequence,
		day=getdate(doc.date),
		zone=get_system_timezone(),
		summary=doc.subject,
		# An address is needed by the format; where no e-mail comes from, it is that of the site.
		organizer=f"mailto:{account.email_id}" if account else get_url(),
		organizer_name=doc.host or frappe.local.site,
		sent=datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0),
		starts=time_of_day(doc, "start_time"),
		ends=time_of_day(doc, "end_time"),
		location=doc.place or "",
		description=_description(doc),
		url=get_url_to_form(doc.doctype, doc.name),
	)


def fingerprint(doc, fields: Iterable[str]) -> str:
	"""Return a short hash of what these fields say, and of whether it is cancelled."""
	values = [_method(doc)]
	for field in fields:
		value = doc.get(field)
		if field.endswith("_time"):
			value = time_of_day(doc, field)
		elif field == "date":
			value = getdate(value) if value else None
		values.append(str(value if value is not None else "").strip())
	return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _method(doc) -> str:
	return CANCEL if doc.status == guidance.CANCELLED else REQUEST


def _account():
	account = EmailAccount.find_outgoing(match_by_doctype=GUIDANCE)
	# Where e-mails are muted Frappe makes one up, without an address, and fails by it.
	return account if account and account.get("email_id") else None


def _description(doc) -> str:
	lines = [KINDS[doc.kind].capitalize()]
	if doc.host:
		lines.append(f"Penyelenggara: {doc.host}")
	agenda = points(doc.agenda)
	if len(agenda) > 1:
		lines += ["Agenda:", *(f"{number}. {point}" for number, point in enumerate(agenda, start=1))]
	elif agenda:
		lines.append(f"Agenda: {agenda[0]}")
	if doc.status == guidance.CANCELLED and doc.cancel_reason:
		lines.append(f"Dibatalkan: {doc.cancel_reason}")
	lines.append(get_url_to_form(doc.doctype, doc.name))
	return "\n".join(lines)


def _send(doc, found: Plan) -> None:
	"""Queue the e-mails and keep what was sent. One file for all who are invited, one of its own for each from whom it
	is taken back, unless it is taken back from all."""
	happening = event(doc, found.sequence)
	again = {attendee.address for attendee in found.again}
	new = [attendee.address for attendee in found.invited if attendee.address not in again]
	if found.invited:
		content = written(happening, REQUEST, found.everybody)
		_queue(doc, INVITES, new, content)
		_queue(doc, CHANGES, sorted(again), content)
	if found.dropped:
		cancelled = _method(doc) == CANCEL
		for attendees in [found.dropped] if cancelled else [(attendee,) for attendee in found.dropped]:
			_queue(
				doc,
				CANCELS,
				[attendee.address for attendee in attendees],
				written(happening, CANCEL, attendees),
			)
	content = fingerprint(doc, CONTENT)
	to = dict(Sent.last_for(doc).to)
	for attendee in found.dropped:
		if _method(doc) == CANCEL:
			to[attendee.address] = content
		else:
			del to[attendee.address]
	to.update((attendee.address.casefold(), content) for attendee in found.invited)
	kept = Sent(content, fingerprint(doc, OCCASION), tuple(sorted(to.items())))
	# Not a change of the meeting: who has its form open goes on, and a version would show the addresses to all.
	doc.db_set(
		{
			"invited_on": now_datetime(),
			"invitation_sequence": found.sequence,
			"invitation_sent": kept.to_json(),
		},
		update_modified=False,
	)


def _queue(doc, what: str, addresses: list[str], content: bytes) -> None:
	details = [(label, value) for label, value in occasion(doc) if value and label != "Acara"]
	for first in range(0, len(addresses), BATCH):
		frappe.sendmail(
			recipients=addresses[first : first + BATCH],
			# In one line: a header has no others.
			subject=" ".join(f"{what}: {doc.subject}".split()),
			template=TEMPLATE,
			args={
				"what": what,
				"cancelled": what == CANCELS,
				"changed": what == CHANGES,
				"kind": KINDS[doc.kind].capitalize(),
				"subject": doc.subject,
				"details": details,
				"agenda": points(doc.agenda),
				"reason": doc.cancel_reason if doc.status == guidance.CANCELLED else "",
				"address": get_url_to_form(doc.doctype, doc.name),
			},
			attachments=[{"fname": "undangan.ics", "fcontent": content}],
			reference_doctype=doc.doctype,
			reference_name=doc.name,
			# Links in e-mails work without login; there is one only, to the form.
			add_unsubscribe_link=0,
		)
