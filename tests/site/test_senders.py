"""Whoever writes about a document of ours does so in his own name, whatever the request says."""

import os
from email.utils import formataddr

import frappe
import pytest
from clients import Client
from way_back import no_trace

from p2ham.demo import build
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

WRITER = "surat@empatlawang.example"
DRAFT, UNIT = "KEC TEBING TINGGI-P2HAM-2024", "KEC TEBING TINGGI"
MAKE = "frappe.core.doctype.communication.email.make"
ABOUT = {"reference_doctype": "P2HAM Assessment", "reference_name": DRAFT}


@pytest.fixture(autouse=True)
def _undone(db):
	with no_trace():
		yield


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", UNIT)


@pytest.fixture
def sekda(people):
	return people("Sekda")


@pytest.fixture
def system_manager(db):
	"""A client of somebody who may make these records by REST, and sees the document."""
	user = make.create_user(WRITER, "Pengelola Sistem", build.PASSWORD, roles=("System Manager",))
	make.create_officer(user, "Pengelola Sistem", "P2HAM Verifier")
	frappe.db.commit()
	return Client(os.environ["P2HAM_URL"]).login(user, build.PASSWORD)


def stored(doctype, name):
	frappe.db.rollback()
	return frappe.get_doc(doctype, name)


def test_a_mail_about_a_document_is_sent_by_who_is_logged_in(http, clerk, sekda):
	name = frappe.utils.get_fullname(sekda)
	for more in (
		{"sender": sekda},
		{"sender": formataddr((name, sekda))},
		{"sender": formataddr((name, clerk)), "sender_full_name": name},
		{"sender": sekda, "sender_full_name": name, "sent_or_received": "Received"},
		{"sender": sekda, "communication_medium": "Phone", "communication_type": "Automated Message"},
	):
		response = http(clerk).call(
			MAKE,
			doctype="P2HAM Assessment",
			name=DRAFT,
			content="Setujui saja.",
			subject="Perintah",
			recipients="bagian.hukum@empatlawang.example",
			**more,
		)
		assert response.status_code == 200, response.text
		mail = stored("Communication", response.json()["message"]["name"])
		assert (mail.sender, mail.sender_full_name) == (clerk, frappe.utils.get_fullname(clerk))
		assert (mail.user, mail.sent_or_received) == (clerk, "Sent")


@pytest.mark.parametrize(
	"about",
	[
		ABOUT,
		{"timeline_links": [{"link_doctype": "P2HAM Assessment", "link_name": DRAFT}]},
	],
)
def test_a_mail_that_is_made_as_a_record_is_its_maker_s(system_manager, sekda, about):
	values = {"subject": "Perintah", "content": "Setujui", "sender": sekda, "sent_or_received": "Received"}
	response = system_manager.post("/api/resource/Communication", json={**values, **about, "user": sekda})
	assert response.status_code == 200, response.text
	mail = stored("Communication", response.json()["data"]["name"])
	assert (mail.sender, mail.user) == (WRITER, WRITER)


def test_a_mail_of_another_is_not_put_under_a_document(system_manager, sekda):
	values = {"subject": "Makan siang", "content": "Setuju.", "sender": sekda}
	made = system_manager.post("/api/resource/Communication", json=values).json()["data"]["name"]
	row = {"link_doctype": "P2HAM Assessment", "link_name": DRAFT}
	alone = {**row, "parent": made, "parenttype": "Communication", "parentfield": "timeline_links"}
	assert system_manager.post("/api/resource/Communication Link", json=alone).status_code == 403
	assert system_manager.put(f"/api/resource/Communication/{made}", json=ABOUT).status_code == 403
	mail = stored("Communication", made)
	assert not mail.reference_name and not mail.timeline_links


@pytest.mark.parametrize(
	"change",
	[
		{"sender": "sekda@empatlawang.example"},
		{"content": "Tidak setuju."},
		{"recipients": "lain@empatlawang.example"},
		{"reference_doctype": "User", "reference_name": "Administrator"},
	],
)
def test_what_was_written_about_a_document_stays_as_it_was(as_user, clerk, change):
	as_user(clerk)
	mail = frappe.get_doc({"doctype": "Communication", "subject": "x", "content": "Setuju.", **ABOUT})
	mail.insert(ignore_permissions=True)
	mail.update(change)
	with pytest.raises(frappe.PermissionError):
		mail.save(ignore_permissions=True)


def test_a_row_that_puts_a_mail_below_a_document_is_refused(as_user, clerk):
	as_user(clerk)
	mail = frappe.get_doc(
		{"doctype": "Communication", "subject": "x", "content": "x", "sender": "a@example.com"}
	)
	mail.insert(ignore_permissions=True)
	mail.append("timeline_links", {"link_doctype": "P2HAM Assessment", "link_name": DRAFT})
	with pytest.raises(frappe.PermissionError):
		mail.save(ignore_permissions=True)


def test_what_the_mail_server_brings_is_left_as_it_came(as_user, clerk):
	as_user(clerk)
	mail = frappe.get_doc(
		{
			"doctype": "Communication",
			"subject": "Jawaban",
			"content": "Terlampir.",
			"sender": "warga@example.com",
			"sent_or_received": "Received",
			**ABOUT,
		}
	)
	mail.flags.in_receive = True
	mail.insert(ignore_permissions=True)
	mail.reload()
	mail.content = "Terlampir, dengan gambar."
	mail.save(ignore_permissions=True)  # as Frappe does once it has kept the attachments
	assert (mail.sender, mail.sent_or_received) == ("warga@example.com", "Received")


def test_a_comment_is_its_writer_s_of_whatever_kind(http, clerk, sekda, system_manager):
	response = http(clerk).call(
		"frappe.desk.form.utils.add_comment",
		reference_doctype="P2HAM Assessment",
		reference_name=DRAFT,
		content="Sudah saya setujui.",
		comment_email=sekda,
		comment_by="Sekretaris Daerah",
	)
	assert response.status_code == 200, response.text
	comment = stored("Comment", response.json()["message"]["name"])
	assert (comment.comment_email, comment.comment_by) == (clerk, frappe.utils.get_fullname(clerk))
	for kind in ("Workflow", "Info", "Label", "Edit"):
		response = system_manager.post(
			"/api/resource/Comment",
			json={
				"comment_type": kind,
				"comment_email": sekda,
				"comment_by": "Sekda",
				"content": "Approved",
				**ABOUT,
			},
		)
		assert response.status_code == 200, response.text
		comment = stored("Comment", response.json()["data"]["name"])
		assert comment.comment_email == WRITER, kind
		response = system_manager.put(f"/api/resource/Comment/{comment.name}", json={"comment_email": sekda})
		assert response.status_code == 403


def test_mails_about_other_documents_are_left_to_frappe(system_manager):
	values = {
		"subject": "Rapat",
		"content": "x",
		"sender": "lain@example.com",
		"sent_or_received": "Received",
	}
	response = system_manager.post("/api/resource/Communication", json=values)
	assert stored("Communication", response.json()["data"]["name"]).sender == "lain@example.com"
