"""The steps of guidance, its participants and its photos, attacked from outside: by whom, how, and what is told."""

from __future__ import annotations

import html
import io
import json

import frappe
import pytest
from frappe.utils import add_days, nowdate
from way_back import no_trace

from p2ham.api import guidance as doors
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

GUIDANCE = "P2HAM Guidance"
UNIT, OTHER = "DINSOS", "DINKES"
REQUEST = {"kind": "Request for Guidance", "status": "Requested"}
STEP = "p2ham.api.guidance.take_step"


@pytest.fixture
def kabag(people):
	return people("Kabag Hukum")


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", UNIT)


def guidance(user, units=(UNIT,), **values):
	with make.acting_as(user):
		return frappe.get_doc(GUIDANCE, make.create_guidance("Uji langkah", list(units), **values))


def take(user, doc, action, **values):
	with make.acting_as(user):
		doors.take_step(doc.name, action, values)
	return frappe.get_doc(GUIDANCE, doc.name)


def change(user, doc, **values):
	with make.acting_as(user):
		doc = frappe.get_doc(GUIDANCE, doc.name)
		doc.update(values)
		doc.save()
	return doc


def offered(user, doc) -> list[str]:
	with make.acting_as(user):
		doc = frappe.get_doc(GUIDANCE, doc.name)
		doc.run_method("onload")
		return doc.get("__onload").steps


class TestSteps:
	def test_a_request_is_accepted_scheduled_and_held(self, clerk, verifier):
		doc = guidance(clerk, **REQUEST, date=None)
		assert offered(clerk, doc) == ["Withdraw"]
		assert offered(verifier, doc) == ["Accept", "Schedule", "Decline"]
		doc = take(verifier, doc, "Accept")
		assert (doc.status, offered(clerk, doc)) == ("Accepted", [])
		doc = take(
			verifier, doc, "Schedule", date=nowdate(), start_time="09:00:00", place="Aula", host="Kanwil"
		)
		assert (doc.status, str(doc.date), doc.place, doc.host) == ("Scheduled", nowdate(), "Aula", "Kanwil")
		doc = take(verifier, doc, "Record as Held")
		assert doc.status == "Held"
		assert change(verifier, doc, outcome="Sudah jelas.").outcome == "Sudah jelas."

	def test_what_a_step_needs_is_named(self, clerk, verifier, said):
		doc = guidance(clerk, **REQUEST, date=None)
		for action, label in (("Schedule", "Date"), ("Decline", "Reason of the Cancellation")):
			with pytest.raises(frappe.MandatoryError) as caught:
				take(verifier, doc, action, cancel_reason="  ")
			assert f"{label} must be filled" in said(caught)
		take(verifier, doc, "Schedule", date=add_days(nowdate(), 1))
		with pytest.raises(frappe.ValidationError, match="lies not in the future"):
			take(verifier, doc, "Record as Held")
		with pytest.raises(frappe.MandatoryError):
			guidance(verifier, status="Cancelled")

	def test_a_unit_withdraws_its_own_request_until_it_is_answered(self, people, clerk, verifier):
		doc = guidance(clerk, **REQUEST)
		with pytest.raises(frappe.PermissionError):
			take(people("OPD Clerk", OTHER), doc, "Withdraw", cancel_reason="x")
		with pytest.raises(frappe.MandatoryError):
			take(clerk, doc, "Withdraw")
		doc = take(clerk, doc, "Withdraw", cancel_reason="Sudah teratasi")
		assert (doc.status, doc.cancel_reason) == ("Cancelled", "Sudah teratasi")
		answered = take(verifier, guidance(clerk, **REQUEST), "Accept")
		with pytest.raises(frappe.PermissionError):
			take(clerk, answered, "Withdraw", cancel_reason="x")

	def test_nobody_jumps_over_steps(self, clerk, verifier, kabag, said):
		doc = guidance(clerk, **REQUEST)
		with pytest.raises(frappe.PermissionError) as caught:
			change(verifier, doc, status="Held")
		assert f"{doc.name}: there is no step from Requested to Held" in said(caught)
		with pytest.raises(frappe.ValidationError, match=r"Status: .*Diterima.* is not one of"):
			change(verifier, doc, status="Diterima")
		for user in (clerk, kabag):
			with pytest.raises(frappe.PermissionError, match="cannot be done by you"):
				take(user, doc, "Reopen")

	@pytest.mark.parametrize("duty", ["Sekda", "P2HAM Observer"])
	def test_who_only_reads_takes_no_step(self, people, verifier, duty):
		doc = guidance(verifier)
		assert offered(people(duty), doc) == []
		with pytest.raises(frappe.PermissionError):
			take(people(duty), doc, "Cancel", cancel_reason="x")

	def test_administrator_takes_none_either(self, verifier):
		doc = guidance(verifier)
		assert offered("Administrator", doc) == []
		with pytest.raises(frappe.PermissionError):
			change("Administrator", doc, status="Cancelled", cancel_reason="x")

	def test_what_was_cancelled_stays_until_kabag_hukum_opens_it_again(self, verifier, kabag, said):
		doc = take(verifier, guidance(verifier), "Cancel", cancel_reason="Bentrok jadwal")
		for values, label in (
			({"agenda": "x"}, "Agenda"),
			({"cancel_reason": "lain"}, "Reason of the Cancellation"),
			({"outcome": "x"}, "Outcome"),
			({"decisions": [{"decision": "x"}]}, "Decisions"),
		):
			for user in (verifier, kabag):
				with pytest.raises(frappe.PermissionError) as caught:
					change(user, doc, **values)
				assert label in said(caught)
		with pytest.raises(frappe.PermissionError):
			take(verifier, doc, "Reopen")
		doc = take(kabag, doc, "Reopen", date=add_days(nowdate(), 3))
		assert (doc.status, doc.cancel_reason) == ("Scheduled", None)

	def test_a_declined_request_is_asked_again_when_it_is_opened(self, clerk, verifier, kabag):
		doc = take(verifier, guidance(clerk, **REQUEST), "Decline", cancel_reason="Tidak ada anggaran")
		doc = take(kabag, doc, "Reopen")
		assert (doc.status, doc.cancel_reason) == ("Requested", None)
		assert change(clerk, doc, agenda="Lagi").agenda == "Lagi"

	def test_what_was_sent_is_written_by_the_app_alone(self, verifier):
		values = {"invited_on": "2020-01-01", "invitation_sequence": 7, "invitation_sent": "{}"}
		doc = guidance(verifier, **values)
		assert (doc.invited_on, doc.invitation_sequence, doc.invitation_sent) == (None, 0, None)
		doc = change(verifier, doc, **values)
		assert (doc.invited_on, doc.invitation_sequence, doc.invitation_sent) == (None, 0, None)


class TestParticipants:
	def test_a_guest_has_a_name_and_gives_nobody_access(self, people, verifier, said):
		rows = [
			{"opd": UNIT},
			{"person": "Tamu", "institution": "Kantor Wilayah", "email": "tamu@example.com"},
		]
		doc = guidance(verifier, rows)
		guest = doc.participants[1]
		assert (guest.opd, guest.opd_name, guest.institution) == (None, None, "Kantor Wilayah")
		with make.acting_as(people("OPD Clerk", OTHER)):
			assert not frappe.has_permission(GUIDANCE, "read", doc.name)
			assert doc.name not in frappe.get_list(GUIDANCE, pluck="name", order_by="name")
		with pytest.raises(frappe.MandatoryError) as caught:
			guidance(verifier, [{"opd": UNIT}, {"institution": "Kantor Wilayah"}])
		assert "Row 2: name the unit" in said(caught)

	def test_a_guest_lends_no_follow_up_to_a_unit_that_was_not_there(self, verifier):
		doc = guidance(verifier, [{"opd": UNIT}, {"person": "Tamu"}])
		with make.acting_as(verifier), pytest.raises(frappe.ValidationError, match="does not concern"):
			make.create_follow_up(OTHER, "Uji", guidance=doc.name)

	def test_a_unit_brings_no_guest(self, clerk):
		with pytest.raises(frappe.PermissionError, match="Tamu"):
			guidance(clerk, [{"opd": UNIT}, {"person": "Tamu"}], **REQUEST)

	def test_rows_are_named_that_are_wrong(self, verifier, said):
		for rows, words in (
			(
				[{"opd": UNIT, "email": "bukan alamat"}],
				"Row 1: E-mail: bukan alamat is not an e-mail address",
			),
			([{"opd": UNIT, "email": "a@b.id, c@d.id"}], "Row 1: E-mail"),
			([{"opd": UNIT}, {"opd": OTHER, "attended": 1}], "Row 2: Attended: it is known only once"),
			([{"person": "Tamu"}, {"person": "tamu "}], "Row 2: tamu already stands in row 1"),
		):
			with pytest.raises(frappe.ValidationError) as caught:
				guidance(verifier, rows)
			assert words in frappe.utils.strip_html(said(caught)), rows

	def test_who_came_is_recorded_once_it_was_held(self, verifier):
		doc = take(verifier, guidance(verifier, [{"opd": UNIT}, {"opd": OTHER}]), "Record as Held")
		rows = [{**row.as_dict(), "attended": int(row.opd == UNIT)} for row in doc.participants]
		doc = change(verifier, doc, participants=rows)
		assert [row.attended for row in doc.participants] == [1, 0]

	def test_officers_of_today_fill_the_rows_for_bagian_hukum_only(self, people, verifier, clerk, kabag):
		with make.acting_as(verifier):
			found = doors.officers([UNIT, "PKM PENDOPO"])
		users = {people("OPD Clerk", UNIT), people("OPD Head", UNIT)}
		assert {row["email"] for row in found["rows"]} == users
		assert all(row["person"] and row["position"] for row in found["rows"])
		assert found["without"] == ["PKM PENDOPO"]
		for user in (clerk, people("Sekda"), people("P2HAM Observer"), "Administrator"):
			with make.acting_as(user), pytest.raises(frappe.PermissionError):
				doors.officers([UNIT])
		with make.acting_as(kabag):
			frappe.db.set_value("P2HAM Officer", {"opd": UNIT}, "to_date", add_days(nowdate(), -1))
			assert doors.officers(json.dumps([UNIT]))["without"] == [UNIT]


@pytest.fixture(scope="class")
def site_stays(demo_site):
	with no_trace():
		yield


@pytest.mark.usefixtures("site_stays")
class TestOverHttp:
	def stored(self, doc):
		frappe.db.rollback()
		return frappe.get_doc(GUIDANCE, doc.name)

	def test_no_door_of_frappe_takes_a_step_that_is_not_ones_own(self, http, clerk, verifier):
		doc = guidance(clerk, **REQUEST)
		frappe.db.commit()
		client = http(clerk)
		sent = frappe.parse_json(frappe.as_json(doc))
		answers = [
			client.put(f"/api/resource/{GUIDANCE}/{doc.name}", json={"status": "Scheduled"}),
			client.call(
				"frappe.client.set_value",
				doctype=GUIDANCE,
				name=doc.name,
				fieldname="status",
				value="Held",
			),
			client.call("frappe.client.save", doc={**sent, "status": "Accepted"}),
			client.call(STEP, name=doc.name, action="Accept"),
		]
		assert [answer.status_code for answer in answers] == [403] * 4
		client.call(
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			doctype=GUIDANCE,
			docnames=json.dumps([doc.name]),
			action="update",
			data=json.dumps({"status": "Accepted"}),
		)
		assert self.stored(doc).status == "Requested"
		assert http(None).call(STEP, name=doc.name, action="Accept").status_code == 403
		assert http(verifier).get(f"/api/method/{STEP}", params={"name": doc.name}).status_code == 403
		assert http(verifier).call(STEP, name=doc.name, action="Accept").status_code == 200
		assert self.stored(doc).status == "Accepted"
		refused = http(verifier).put(f"/api/resource/{GUIDANCE}/{doc.name}", json={"status": "Cancelled"})
		assert refused.status_code == 417 and "Reason of the Cancellation" in html.unescape(refused.text)

	def test_what_cannot_be_read_is_said(self, http, verifier):
		doc = guidance(verifier)
		frappe.db.commit()
		client = http(verifier)
		assert client.call(STEP, name=doc.name, action="Cancel", values="{").status_code == 417
		assert client.call(STEP, name=doc.name, action="Cancel", values="[1]").status_code == 417
		address = "/api/method/p2ham.api.guidance.officers"
		for units in ("x", "{}"):
			assert client.get(address, params={"units": units}).status_code == 417
		assert client.get(address, params={"units": json.dumps([UNIT])}).status_code == 200

	def test_photos_are_private_and_stay_with_what_was_cancelled(self, http, people, clerk, verifier):
		doc = guidance(verifier)
		frappe.db.commit()

		def add(user, is_private=1):
			return http(user).post(
				"/api/method/upload_file",
				data={"doctype": GUIDANCE, "docname": doc.name, "is_private": is_private},
				files={"file": ("foto.png", io.BytesIO(make.make_png(user)))},
			)

		assert add(verifier, 0).status_code == 403 and add(clerk).status_code == 403
		photo = add(verifier).json()["message"]
		assert http(clerk).get(photo["file_url"]).status_code == 200
		for stranger in (people("OPD Clerk", OTHER), None):
			assert http(stranger).get(photo["file_url"]).status_code == 403
		cancelled = http(verifier).call(
			STEP, name=doc.name, action="Cancel", values={"cancel_reason": "Tunda"}
		)
		assert cancelled.status_code == 200
		assert add(verifier).status_code == 403
		assert http(verifier).delete(f"/api/resource/File/{photo['name']}").status_code == 403
