"""A meeting as a calendar file (RFC 5545, RFC 5546), as calendars and mail programs take it in.

Nothing of Frappe: what stands in the file is given.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vText
from icalendar import Event as Entry

PRODUCT = "-//p2ham//Guidance//ID"
# An invitation or its update; what takes it back; a file for one's own calendar, with nobody else in it.
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
DAY = datetime.timedelta(days=1)
# No calendar takes these in, not even in a text.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Attendee:
	"""Somebody who is invited: the e-mail address, and what the person or the unit is called."""

	address: str
	name: str = ""


@dataclass(frozen=True)
class Event:
	"""What a calendar shows of a meeting. `uid` stays the same for ever and `sequence` grows with each change that is
	sent; times are since midnight in `zone`, without a beginning it takes the whole day. `organizer` is the URI of who
	invites, `sent` when the file is written, in UTC."""

	uid: str
	sequence: int
	day: datetime.date
	zone: str
	summary: str
	organizer: str
	organizer_name: str
	sent: datetime.datetime
	starts: datetime.timedelta | None = None
	ends: datetime.timedelta | None = None
	location: str = ""
	description: str = ""
	url: str = ""


def written(event: Event, method: str, attendees: Iterable[Attendee] = ()) -> bytes:
	"""Return the calendar file of an event. Raises zoneinfo.ZoneInfoNotFoundError for a time zone that is unknown."""
	calendar, zone = Calendar(), ZoneInfo(event.zone)
	calendar.add("prodid", PRODUCT)
	calendar.add("version", "2.0")
	calendar.add("calscale", "GREGORIAN")
	calendar.add("method", method)
	calendar.add_component(timezone(zone, event.day))
	entry = Entry()
	entry.add("uid", event.uid)
	entry.add("sequence", event.sequence)
	entry.add("dtstamp", event.sent)
	_add_times(entry, event, zone)
	for name in ("summary", "location", "description"):
		if text := CONTROLS.sub(" ", getattr(event, name)).strip():
			entry.add(name, text)
	if event.url:
		entry.add("url", event.url)
	entry.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
	organizer = vCalAddress(event.organizer)
	if name := parameter(event.organizer_name):
		organizer.params["CN"] = vText(name)
	entry.add("organizer", organizer, encode=0)
	for attendee in attendees:
		entry.add("attendee", _attendee(attendee), encode=0)
	calendar.add_component(entry)
	return calendar.to_ical()


def _add_times(entry: Entry, event: Event, zone: ZoneInfo) -> None:
	if event.starts is None:
		entry.add("dtstart", event.day)
		entry.add("dtend", event.day + DAY)
		return
	entry.add("dtstart", _at(event.day, event.starts, zone))
	# An end that is not after the beginning is none, and one that nobody gave is not made up.
	if event.ends is not None and event.ends > event.starts:
		entry.add("dtend", _at(event.day, event.ends, zone))


def _at(day: datetime.date, since_midnight: datetime.timedelta, zone: ZoneInfo) -> datetime.datetime:
	return (datetime.datetime.combine(day, datetime.time()) + since_midnight).replace(tzinfo=zone)


def _attendee(attendee: Attendee) -> vCalAddress:
	person = vCalAddress(f"mailto:{attendee.address}")
	if name := parameter(attendee.name):
		person.params["CN"] = vText(name)
	person.params["ROLE"] = vText("REQ-PARTICIPANT")
	person.params["PARTSTAT"] = vText("NEEDS-ACTION")
	# Nobody reads answers here: who came is recorded in the meeting itself.
	person.params["RSVP"] = vText("FALSE")
	return person


def parameter(text: str) -> str:
	"""Return a name as a parameter of the format can hold it: one line without quotation marks."""
	return " ".join(CONTROLS.sub(" ", text).replace('"', "'").split())


def timezone(zone: ZoneInfo, day: datetime.date) -> Timezone:
	"""Return what a calendar needs to know of a time zone around a day: its offset, and where that changes."""
	found = Timezone()
	found.add("tzid", zone.key)
	begins = datetime.datetime(day.year - 1, 1, 1, tzinfo=datetime.timezone.utc)
	first = begins.astimezone(zone)
	found.add_component(_observance(first, first.utcoffset()))
	for before, after in _changes(zone, begins, begins.replace(year=day.year + 2)):
		found.add_component(_observance(after, before.utcoffset()))
	return found


def _observance(onset: datetime.datetime, before: datetime.timedelta):
	"""An offset that holds from a moment; the format gives that moment in the time that held until then."""
	kind = TimezoneDaylight if onset.dst() else TimezoneStandard
	component = kind()
	component.add("dtstart", (onset.astimezone(datetime.timezone.utc) + before).replace(tzinfo=None))
	component.add("tzoffsetfrom", before)
	component.add("tzoffsetto", onset.utcoffset())
	component.add("tzname", onset.tzname())
	return component


def _changes(
	zone: ZoneInfo, begins: datetime.datetime, ends: datetime.datetime
) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
	"""Yield the last minute before and the first minute after each change of the offset."""
	day = begins
	while day < ends:
		low, high = day, day + DAY
		if _offset(low, zone) != _offset(high, zone):
			while high - low > datetime.timedelta(minutes=1):
				middle = low + (high - low) // 2
				middle = middle.replace(second=0, microsecond=0)
				low, high = (low, middle) if _offset(middle, zone) != _offset(low, zone) else (middle, high)
			yield low.astimezone(zone), high.astimezone(zone)
		day += DAY


def _offset(moment: datetime.datetime, zone: ZoneInfo) -> datetime.timedelta:
	return moment.astimezone(zone).utcoffset()
