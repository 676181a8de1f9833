"""Invitations to guidance: what the calendar file says, whom it goes to, and that nobody gets the same twice."""

from __future__ import annotations

import datetime
import email
import email.policy
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate
from icalendar import Calendar
from way_back import no_trace

from p2ham.api import guidance as doors
from p2ham.demo import factories as make
from p2ham.guidance import calendar_file, invitation, invitees
from p2ham.guidance.calendar_file import Attendee, Event

pytestmark = pytest.mark.quick

GUIDANCE = "P2HAM Guidance"
UNIT, OTHER, BELOW = "DINSOS", "DINKES", "PKM PENDOPO"
OFFICE = "bagian.hukum@kantor.example"
GUEST = "tamu@kanwil.example"
CALENDAR_FILE = "/api/method/p2ham.api.guidance.calendar_file"


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def mail_account(monkeypatch):
	add_account(monkeypatch)


def add_account(monkeypatch):
	"""An outgoing account of the site; the e-mails stay in the queue."""
	frappe.get_doc(
		{
			"doctype": "Email Account",
			"name": "Bagian Hukum",
			"email_account_name": "Bagian Hukum",
			"email_id": OFFICE,
			"enable_outgoing": 1,
			"default_outgoing": 1,
		}
	).db_insert()
	forget_account(monkeypatch)


def forget_account(monkeypatch):
	for name in ("outgoing_email_account", "incoming_email_account"):
		monkeypatch.setattr(frappe.local, name, {}, raising=False)


@pytest.fixture
def meeting(verifier):
	def make_meeting(rows=None, **values):
		values = {
			"date": add_days(nowdate(), 7),
			"start_time": "09:00:00",
			"end_time": "11:30:00",
			"place": "Aula; lantai 2, Tebing Tinggi",
			"host": 'Bagian Hukum "Setda"',
			"agenda": "1. Hasil, nilai\n2. Rencana; tindak lanjut",
			**values,
		}
		rows = rows or [{"person": "Tamu, S.H.", "institution": "Kanwil", "email": GUEST}]
		with make.acting_as(verifier):
			name = make.create_guidance("Rapat koordinasi, tahap 2", rows, **values)
		return frappe.get_doc(GUIDANCE, name)

	return make_meeting


def send(user, doc) -> int:
	with make.acting_as(user):
		return doors.send_invitation(doc.name)


def change(user, doc, **values):
	with make.acting_as(user):
		doc = frappe.get_doc(GUIDANCE, doc.name)
		doc.update(values)
		doc.save()
	return doc


class Letter:
	"""An e-mail of the queue: subject, to whom, what it says, and its calendar file."""

	def __init__(self, row):
		parsed = email.message_from_string(row.message, policy=email.policy.default)
		self.subject = str(parsed["Subject"])
		self.to = {
			each.recipient
			for each in frappe.get_all(
				"Email Queue Recipient", filters={"parent": row.name}, fields=["recipient"], order_by="idx"
			)
		}
		self.html = parsed.get_body(("html",)).get_content()
		(part,) = [part for part in parsed.walk() if part.get_filename() == "undangan.ics"]
		self.content = part.get_payload(decode=True)
		self.calendar = Calendar.from_ical(self.content)
		(self.event,) = self.calendar.walk("VEVENT")

	@property
	def said(self) -> tuple:
		return str(self.calendar["METHOD"]), int(self.event["SEQUENCE"]), self.to


def letters(doc) -> list[Letter]:
	rows = frappe.get_all(
		"Email Queue",
		filters={"reference_doctype": GUIDANCE, "reference_name": doc.name},
		fields=["name", "message"],
		order_by="creation, name",
	)
	return [Letter(row) for row in rows]


def new_letters(doc, seen: int) -> list[tuple]:
	return [letter.said for letter in letters(doc)[seen:]]


# The file


def test_the_file_says_when_where_and_what(meeting, verifier, mail_account):
	doc = meeting()
	assert send(verifier, doc) == 1
	(letter,) = letters(doc)
	event, zone = letter.event, ZoneInfo(frappe.utils.get_system_timezone())
	assert letter.said == ("REQUEST", 0, {GUEST})
	assert str(event["UID"]) == f"{doc.name}@{frappe.local.site}"
	day = datetime.datetime.combine(getdate(doc.date), datetime.time(9), zone)
	assert event.decoded("DTSTART") == day
	assert event.decoded("DTEND") == day.replace(hour=11, minute=30)
	assert event["DTSTART"].params["TZID"] == zone.key
	assert str(event["SUMMARY"]) == "Rapat koordinasi, tahap 2"
	assert str(event["LOCATION"]) == "Aula; lantai 2, Tebing Tinggi"
	assert "1. Hasil, nilai\n2. Rencana; tindak lanjut" in str(event["DESCRIPTION"])
	assert frappe.utils.get_url_to_form(GUIDANCE, doc.name) in str(event["DESCRIPTION"])
	assert str(event["ORGANIZER"]) == f"mailto:{OFFICE}"
	assert event["ORGANIZER"].params["CN"] == "Bagian Hukum 'Setda'"
	assert str(event["ATTENDEE"]) == f"mailto:{GUEST}"
	assert event["ATTENDEE"].params["CN"] == "Tamu, S.H."
	assert all(len(line) <= 75 for line in letter.content.split(b"\r\n"))
	(described,) = letter.calendar.walk("VTIMEZONE")
	assert str(described["TZID"]) == zone.key


def test_the_letter_is_indonesian_and_its_only_link_is_the_form(meeting, verifier, mail_account):
	doc = meeting()
	stored = {
		"agenda": '<script>alert("x")</script>'
	}  # as it may stand there since before such texts were refused
	stored |= {"subject": "Rapat koordinasi,\r\nBcc: x@example.com\ntahap 2"}
	frappe.db.set_value(GUIDANCE, doc.name, stored)
	send(verifier, doc)
	(letter,) = letters(doc)
	assert letter.subject == "Undangan: Rapat koordinasi, Bcc: x@example.com tahap 2" and letter.to == {GUEST}
	assert "kami mengundang Bapak/Ibu" in letter.html and "pukul 09.00 s.d. 11.30" in letter.html
	assert "<script>" not in letter.html
	links = {part.split('"')[0] for part in letter.html.split('href="')[1:]}
	assert links == {frappe.utils.get_url_to_form(GUIDANCE, doc.name)}


def test_without_times_it_takes_the_day_and_an_end_is_not_made_up(meeting, verifier, mail_account):
	whole_day = meeting(start_time=None, end_time=None)
	open_end = meeting(end_time=None)
	for doc in (whole_day, open_end):
		send(verifier, doc)
	(event,) = [letter.event for letter in letters(whole_day)]
	assert event.decoded("DTSTART") == getdate(whole_day.date)
	assert event.decoded("DTEND") == getdate(add_days(whole_day.date, 1))
	(event,) = [letter.event for letter in letters(open_end)]
	assert isinstance(event.decoded("DTSTART"), datetime.datetime) and "DTEND" not in event


@pytest.mark.parametrize(
	("zone", "offset", "observances"),
	[("Asia/Jakarta", 7, 1), ("Asia/Jayapura", 9, 1), ("Europe/Berlin", 2, 7)],
)
def test_the_time_zone_is_described_also_where_clocks_change(zone, offset, observances):
	event = Event(
		uid="a@b",
		sequence=0,
		day=datetime.date(2026, 7, 1),
		zone=zone,
		summary="Uji\x07 \x0b",
		organizer="https://a.example",
		organizer_name="",
		sent=datetime.datetime(2026, 6, 1, tzinfo=datetime.timezone.utc),
		starts=datetime.timedelta(hours=9),
		ends=datetime.timedelta(hours=9),
	)
	content = calendar_file.written(event, "REQUEST", [Attendee("a@b.example", 'Budi\n"Bagus"')])
	calendar = Calendar.from_ical(content)
	(entry,), (described,) = calendar.walk("VEVENT"), calendar.walk("VTIMEZONE")
	assert entry.decoded("DTSTART").utcoffset() == datetime.timedelta(hours=offset)
	assert "DTEND" not in entry and str(entry["SUMMARY"]) == "Uji"
	assert len(described.subcomponents) == observances
	spring = [part for part in described.subcomponents if part.name == "DAYLIGHT"]
	onsets = [part.decoded("DTSTART") for part in spring]
	assert onsets == (
		[datetime.datetime(year, 3, day, 2) for year, day in ((2025, 30), (2026, 29), (2027, 28))]
		if spring
		else []
	)


# To whom


def test_a_unit_without_a_person_is_its_head_and_clerk_or_those_above(
	meeting, people, verifier, mail_account
):
	doc = meeting(
		[
			{"opd": UNIT},
			{"opd": BELOW},
			{"opd": OTHER, "person": "Ani"},
			{"opd": OTHER, "person": "Budi", "email": GUEST.upper()},
			{"person": "Tamu", "email": GUEST},
		]
	)
	found = invitees.for_guidance(doc)
	expected = {people(duty, opd) for duty in ("OPD Clerk", "OPD Head") for opd in (UNIT, OTHER)}
	addresses = [attendee.address.lower() for attendee in found.attendees]
	assert set(addresses) == {*expected, GUEST} and len(addresses) == len(set(addresses))
	assert [row.split(",")[0] for row in found.unreached] == ["Ani"]
	send(verifier, doc)
	assert {address.lower() for address in letters(doc)[0].to} == {*expected, GUEST}


def test_an_address_that_is_none_is_named_and_the_others_get_it(meeting, people, verifier, mail_account):
	doc = meeting([{"opd": UNIT}, {"person": "Tamu", "email": GUEST}])
	frappe.db.set_value("User", people("OPD Clerk", UNIT), "email", "bukan alamat")
	with make.acting_as(verifier):
		shown = doors.preview_invitation(doc.name)
	assert shown["invalid"] == ("Dinas Sosial: bukan alamat",)
	assert send(verifier, doc) == 2
	assert letters(doc)[0].to == {people("OPD Head", UNIT), GUEST}


def test_who_was_disabled_or_whose_term_is_over_gets_nothing(meeting, people):
	doc = meeting([{"opd": UNIT}])
	frappe.db.set_value("User", people("OPD Clerk", UNIT), "enabled", 0)
	assert [each.address for each in invitees.for_guidance(doc).attendees] == [people("OPD Head", UNIT)]


def test_the_number_of_queries_does_not_depend_on_the_rows(meeting, queries):
	def needed(units):
		doc = meeting([{"opd": unit} for unit in units])
		invitees.for_guidance(doc)
		with queries() as run:
			invitees.for_guidance(doc)
		return len(run)

	every = frappe.get_all("P2HAM OPD", pluck="name", order_by="lft", limit=30)
	assert needed([UNIT]) == needed(every)


# What is sent when


def test_another_day_time_or_place_is_told_by_itself_and_the_rest_is_not(meeting, verifier, mail_account):
	doc = meeting()
	send(verifier, doc)
	doc = change(verifier, doc, outcome="Catatan")
	doc = change(verifier, doc, agenda="Lain")
	assert len(letters(doc)) == 1
	doc = change(verifier, doc, place="Ruang lain")
	assert new_letters(doc, 1) == [("REQUEST", 1, {GUEST})]
	assert letters(doc)[1].subject.startswith("Perubahan undangan")
	change(verifier, doc, start_time="9:00:00", place=" Ruang lain")
	doc = change(verifier, doc, date=add_days(nowdate(), 9))
	assert new_letters(doc, 2) == [("REQUEST", 2, {GUEST})]
	assert frappe.db.get_value(GUIDANCE, doc.name, "invitation_sequence") == 2


def test_nobody_gets_the_same_twice(meeting, verifier, mail_account):
	doc = meeting()
	assert (send(verifier, doc), send(verifier, doc)) == (1, 0)
	rows = [*(row.as_dict() for row in doc.participants), {"person": "Baru", "email": "baru@example.com"}]
	doc = change(verifier, doc, participants=rows)
	assert len(letters(doc)) == 1, "who is new is invited by hand"
	assert send(verifier, doc) == 1
	assert new_letters(doc, 1) == [("REQUEST", 0, {"baru@example.com"})]
	doc = change(verifier, doc, agenda="Lain")
	assert send(verifier, doc) == 2
	assert new_letters(doc, 2) == [("REQUEST", 1, {"baru@example.com", GUEST})]


def test_it_is_taken_back_from_whom_takes_no_part_any_more(meeting, verifier, mail_account):
	rows = [{"person": "Tamu", "email": GUEST}, {"person": "Lain", "email": "lain@example.com"}]
	doc = meeting(rows)
	send(verifier, doc)
	doc = change(verifier, doc, participants=[doc.participants[0].as_dict()])
	with make.acting_as(verifier):
		assert doors.preview_invitation(doc.name)["dropped"] == ["lain@example.com"]
	assert send(verifier, doc) == 1
	assert new_letters(doc, 1) == [("CANCEL", 1, {"lain@example.com"})]
	assert send(verifier, doc) == 0


def test_a_cancellation_is_told_once_and_what_is_opened_again_is_an_invitation_again(
	meeting, people, verifier, mail_account
):
	doc = meeting()
	send(verifier, doc)
	with make.acting_as(verifier):
		doors.take_step(doc.name, "Cancel", {"cancel_reason": "Pimpinan dinas luar"})
	assert new_letters(doc, 1) == [("CANCEL", 1, {GUEST})]
	letter = letters(doc)[1]
	assert str(letter.event["STATUS"]) == "CANCELLED" and "Pimpinan dinas luar" in letter.html
	assert send(verifier, doc) == 0 and len(letters(doc)) == 2
	with make.acting_as(people("Kabag Hukum")):
		doors.take_step(doc.name, "Reopen")
	assert new_letters(doc, 2) == [("REQUEST", 2, {GUEST})]
	assert len({str(letter.event["UID"]) for letter in letters(doc)}) == 1


def test_what_was_never_sent_sends_nothing_and_what_is_over_neither(meeting, verifier, mail_account, said):
	doc = change(verifier, meeting(), place="Lain")
	with make.acting_as(verifier):
		doors.take_step(doc.name, "Cancel", {"cancel_reason": "x"})
	over = meeting(date=add_days(nowdate(), -1))
	for target in (doc, over):
		with pytest.raises(frappe.ValidationError) as caught:
			send(verifier, target)
		assert "still to come" in said(caught)
		assert letters(target) == []
	nobody = meeting([{"opd": UNIT, "person": "Ani"}])
	with pytest.raises(frappe.ValidationError, match="No participant can be reached"):
		send(verifier, nobody)


def test_without_an_account_the_change_is_kept_and_sent_later(
	meeting, verifier, mail_account, monkeypatch, said
):
	doc = meeting()
	send(verifier, doc)
	frappe.db.set_value("Email Account", "Bagian Hukum", "enable_outgoing", 0)
	forget_account(monkeypatch)
	frappe.local.message_log = []
	doc = change(verifier, doc, place="Ruang lain")
	assert doc.place == "Ruang lain" and len(letters(doc)) == 1
	assert "no outgoing e-mail account" in str(frappe.local.message_log)
	with make.acting_as(verifier):
		assert "no outgoing e-mail account" in doors.preview_invitation(doc.name)["no_account"]
	with pytest.raises(frappe.ValidationError) as caught:
		send(verifier, doc)
	assert "no outgoing e-mail account" in said(caught)
	assert Calendar.from_ical(invitation.calendar(doc))["METHOD"] == "PUBLISH"
	frappe.db.set_value("Email Account", "Bagian Hukum", "enable_outgoing", 1)
	forget_account(monkeypatch)
	assert send(verifier, doc) == 1
	assert new_letters(doc, 1) == [("REQUEST", 1, {GUEST})]


def test_many_are_reached_in_portions(meeting, verifier, mail_account, monkeypatch):
	monkeypatch.setattr(invitation, "BATCH", 2)
	doc = meeting([{"person": f"Tamu {n}", "email": f"tamu{n}@example.com"} for n in range(5)])
	assert send(verifier, doc) == 5
	assert sorted(len(letter.to) for letter in letters(doc)) == [1, 2, 2]
	assert all(len(letter.event["ATTENDEE"]) == 5 for letter in letters(doc))


# Who may


@pytest.mark.parametrize("door", [doors.send_invitation, doors.preview_invitation])
def test_only_bagian_hukum_sends_and_sees_addresses(meeting, people, mail_account, door):
	doc = meeting([{"opd": UNIT}])
	for user in (people("OPD Clerk", UNIT), people("Sekda"), people("P2HAM Observer"), "Administrator"):
		with make.acting_as(user), pytest.raises(frappe.PermissionError):
			door(doc.name)
	assert letters(doc) == []


def test_to_whom_it_was_sent_is_not_for_every_reader(http, meeting, people, verifier, monkeypatch):
	with no_trace():
		add_account(monkeypatch)
		doc = meeting([{"opd": UNIT}, {"person": "Tamu", "email": GUEST}])
		send(verifier, doc)
		frappe.db.commit()
		address = f"/api/resource/{GUIDANCE}/{doc.name}"
		assert GUEST in http(verifier).get(address).json()["data"]["invitation_sent"]
		shown = http(people("OPD Clerk", UNIT)).get(address).json()["data"]
		assert not shown.get("invitation_sent") and shown["invited_on"]


def test_who_reads_it_gets_the_file_without_others_addresses(http, meeting, people, verifier):
	with no_trace():
		doc = meeting([{"opd": UNIT}, {"person": "Tamu", "email": GUEST}])
		undated = meeting([{"opd": UNIT}], date=None, status="Requested", kind="Request for Guidance")
		frappe.db.commit()
		answer = http(people("OPD Clerk", UNIT)).get(CALENDAR_FILE, params={"name": doc.name})
		assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/calendar")
		assert f"Undangan-{doc.name}.ics" in answer.headers["Content-Disposition"]
		calendar = Calendar.from_ical(answer.content)
		(event,) = calendar.walk("VEVENT")
		assert str(calendar["METHOD"]) == "PUBLISH" and "ATTENDEE" not in event
		assert GUEST not in answer.text
		for user, status in (
			(people("OPD Clerk", OTHER), 403),
			(None, 403),
			(people("P2HAM Observer"), 200),
			(verifier, 200),
		):
			assert http(user).get(CALENDAR_FILE, params={"name": doc.name}).status_code == status, user
		answer = http(verifier).get(CALENDAR_FILE, params={"name": undated.name})
		assert answer.status_code == 417 and "no date yet" in answer.text
