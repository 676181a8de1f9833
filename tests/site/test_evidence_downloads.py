"""Each download of a document that shows citizens leaves a row, and those who answer for it may read who it was."""

import json

import frappe
import pytest

from p2ham.access import download_log
from p2ham.access.file_class import GuardedFile
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

EVIDENCE, LOG = "P2HAM Evidence", "Access Log"
UNIT = "DISDUKCAPIL"
READ = [
	("OPD Clerk", UNIT),
	("OPD Head", UNIT),
	("P2HAM Verifier", ""),
	("Kabag Hukum", ""),
	("Sekda", ""),
]
REFUSED = [("OPD Clerk", "DINSOS"), ("OPD Head", "DINSOS"), ("P2HAM Observer", "")]


@pytest.fixture
def documents(db):
	"""A flagged and an unflagged document of the demo, each with a file of its own; put back afterwards."""
	rows = [row for row in stored_documents() if frappe.db.count("File", {"file_url": row.file}) == 1][:2]
	flags = {row.name: row.contains_personal_data for row in rows}
	last = frappe.get_all(LOG, pluck="name", order_by="creation")
	set_flags(dict(zip(flags, (1, 0), strict=True)))
	yield rows
	frappe.db.rollback()
	frappe.db.delete(LOG, {"name": ("not in", [*last, ""])})
	set_flags(flags)


def stored_documents():
	return frappe.get_all(
		EVIDENCE,
		filters={"opd": UNIT, "kind": "File"},
		fields=["name", "file", "contains_personal_data"],
		order_by="name",
	)


def set_flags(flags):
	for name, flag in flags.items():
		frappe.db.set_value(EVIDENCE, name, "contains_personal_data", flag, update_modified=False)
	frappe.db.commit()
	forget_minute()


def forget_minute():
	frappe.cache.delete_keys("p2ham_download")


def logged(*documents):
	"""Who stands in the log of these documents, read from what is committed."""
	frappe.db.rollback()
	return frappe.get_all(
		LOG,
		filters={"export_from": EVIDENCE, "reference_document": ("in", [row.name for row in documents])},
		pluck="user",
		order_by="creation",
	)


DOORS = {
	"its address": lambda client, url: client.get(url),
	"its address and record": lambda client, url: client.get(url, params={"fid": record(url)}),
	"download_file": lambda client, url: client.get(
		"/api/method/frappe.handler.download_file", params={"file_url": url}
	),
	"download_file by POST": lambda client, url: client.call("frappe.handler.download_file", file_url=url),
}


def record(url):
	return frappe.db.get_value("File", {"file_url": url, "attached_to_doctype": EVIDENCE})


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("duty", "opd"), READ)
def test_a_flagged_document_leaves_a_row_for_each_who_opens_it(documents, http, people, duty, opd, door):
	flagged, _unflagged = documents
	user = people(duty, opd)
	response = DOORS[door](http(user), flagged.file)
	assert response.status_code == 200 and response.content.startswith((b"%PDF", b"\x89PNG"))
	assert logged(flagged) == [user]


@pytest.mark.parametrize(("duty", "opd"), READ)
def test_an_unflagged_document_leaves_no_row_of_ours(documents, http, people, duty, opd):
	_flagged, unflagged = documents
	assert http(people(duty, opd)).get(unflagged.file).status_code == 200
	assert logged(*documents) == []


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("duty", "opd"), REFUSED)
def test_a_refused_download_leaves_none(documents, http, people, duty, opd, door):
	flagged, _unflagged = documents
	assert DOORS[door](http(people(duty, opd)), flagged.file).status_code == 403
	assert logged(*documents) == []


def test_nobody_who_is_not_logged_in_leaves_one(documents, http):
	assert http(None).get(documents[0].file).status_code == 403
	assert logged(*documents) == []


def test_a_viewer_that_asks_in_pieces_leaves_one_row_a_minute(documents, http, people):
	flagged, _unflagged = documents
	client = http(people("P2HAM Verifier"))
	for first in (0, 100, 200):
		client.get(flagged.file, headers={"Range": f"bytes={first}-{first + 99}"})
	assert len(logged(flagged)) == 1
	forget_minute()
	client.get(flagged.file)
	assert len(logged(flagged)) == 2


def test_the_first_minute_of_one_is_not_that_of_another(documents, http, people):
	flagged, unflagged = documents
	set_flags({unflagged.name: 1})
	users = [people("P2HAM Verifier"), people("Kabag Hukum")]
	for user in users:
		for document in documents:
			http(user).get(document.file)
	assert logged(flagged) == users
	assert logged(unflagged) == users


def test_the_row_says_what_it_was(documents, http, people):
	flagged, _unflagged = documents
	http(people("OPD Clerk", UNIT)).get(flagged.file)
	logged(flagged)
	row = frappe.get_last_doc(LOG, filters={"export_from": EVIDENCE, "reference_document": flagged.name})
	assert (row.method, row.file_type) == ("Download", flagged.file.rsplit(".", 1)[-1])


def test_another_record_of_the_same_address_does_not_hide_the_download(people):
	"""Frappe hands out whichever record of an address comes first; this one belongs to no document."""
	name = frappe.get_all(EVIDENCE, filters={"opd": UNIT, "kind": "File"}, pluck="name", order_by="name")[0]
	frappe.db.set_value(EVIDENCE, name, "contains_personal_data", 1)
	url = frappe.db.get_value(EVIDENCE, name, "file")
	forget_minute()
	frappe.set_user(people("OPD Clerk", UNIT))
	values = {"doctype": "File", "name": "salinan", "file_name": "salinan.pdf", "file_url": url}
	frappe.get_doc({**values, "is_private": 1}).db_insert()
	assert frappe.get_doc("File", "salinan").is_downloadable()
	assert frappe.db.exists(LOG, {"export_from": EVIDENCE, "reference_document": name})
	forget_minute()


def test_the_same_file_in_an_unflagged_document_does_not_hide_the_download(people):
	"""Two documents have one stored file where somebody named its address, and where Frappe stored both."""
	one, other = stored_documents()[:2]
	frappe.db.set_value("File", record(other.file), "file_url", one.file)
	frappe.db.set_value(EVIDENCE, {"name": ("in", [one.name, other.name])}, "contains_personal_data", 0)
	frappe.db.set_value(EVIDENCE, one.name, "contains_personal_data", 1)
	forget_minute()
	frappe.set_user(people("OPD Clerk", UNIT))
	assert frappe.get_doc("File", {"attached_to_name": other.name, "file_url": one.file}).is_downloadable()
	of_either = {"export_from": EVIDENCE, "reference_document": ("in", [one.name, other.name])}
	assert frappe.get_all(LOG, filters=of_either, pluck="reference_document", order_by="creation") == [
		one.name
	]
	forget_minute()


def test_other_peoples_files_are_handed_out_as_ever():
	url = make.upload("catatan.txt", b"catatan uji")
	before = frappe.db.count(LOG)
	file = frappe.get_doc("File", {"file_url": url})
	assert isinstance(file, GuardedFile) and file.is_downloadable()
	assert frappe.db.count(LOG) == before


class TestWhoReadsTheLog:
	DOOR = "/api/method/p2ham.api.evidence.downloads"

	@pytest.mark.parametrize(
		("duty", "opd"), [("Kabag Hukum", ""), ("P2HAM Verifier", ""), ("OPD Head", UNIT)]
	)
	def test_those_who_answer_for_it_do(self, documents, http, people, duty, opd):
		flagged, _unflagged = documents
		clerk = people("OPD Clerk", UNIT)
		http(clerk).get(flagged.file)
		http(people("Sekda")).get(flagged.file)
		response = http(people(duty, opd)).get(self.DOOR, params={"name": flagged.name})
		assert response.status_code == 200, response.text
		rows = response.json()["message"]
		assert [row["user"] for row in rows] == [people("Sekda"), clerk]
		assert rows[1]["full_name"] == frappe.db.get_value("User", clerk, "full_name")
		assert rows[0]["on"] >= rows[1]["on"]

	@pytest.mark.parametrize(
		("duty", "opd"),
		[
			("OPD Clerk", UNIT),
			("OPD Head", "DINSOS"),
			("OPD Clerk", "DINSOS"),
			("Sekda", ""),
			("P2HAM Observer", ""),
		],
	)
	def test_nobody_else_does(self, documents, http, people, duty, opd):
		response = http(people(duty, opd)).get(self.DOOR, params={"name": documents[0].name})
		assert response.status_code == 403

	def test_guests_and_managers_do_not(self, documents, http, demo_site):
		for user in (None, demo_site["manager"]["user"]):
			assert http(user).get(self.DOOR, params={"name": documents[0].name}).status_code == 403

	def test_what_does_not_exist_is_refused_like_what_is_not_yours(self, documents, http, people):
		head = http(people("OPD Head", "DINSOS"))
		answers = [
			head.get(self.DOOR, params={"name": name}) for name in (documents[0].name, "DD-TIDAK-ADA-0001")
		]
		assert [answer.status_code for answer in answers] == [403, 403]
		said = [json.loads(json.loads(answer.json()["_server_messages"])[0])["message"] for answer in answers]
		assert said[0] == said[1]

	def test_the_head_above_the_unit_does(self, people):
		frappe.set_user(people("OPD Clerk", "DINKES"))
		make.create_evidence("PKM PENDOPO", "Tautan", "Link")
		name = frappe.get_last_doc(EVIDENCE, filters={"opd": "PKM PENDOPO"}, order_by="creation desc").name
		frappe.set_user(people("OPD Head", "DINKES"))
		assert download_log.for_evidence(name) == []

	def test_other_rows_about_the_document_are_no_downloads(self, people):
		name = frappe.get_all(EVIDENCE, filters={"opd": UNIT}, pluck="name", order_by="name")[0]
		frappe.get_doc(
			{
				"doctype": LOG,
				"export_from": EVIDENCE,
				"reference_document": name,
				"method": "Print",
				"user": "Administrator",
			}
		).db_insert()
		frappe.set_user(people("Kabag Hukum"))
		assert download_log.for_evidence(name) == []

	def test_the_latest_come_first_and_no_more_than_asked_for(self, people):
		name = frappe.get_all(EVIDENCE, filters={"opd": UNIT}, pluck="name", order_by="name")[0]
		for minute in (1, 3, 2):
			frappe.get_doc(
				{
					"doctype": LOG,
					"export_from": EVIDENCE,
					"reference_document": name,
					"method": download_log.METHOD,
					"user": "Administrator",
					"creation": f"2026-01-01 10:0{minute}:00",
				}
			).db_insert()
		frappe.set_user(people("Kabag Hukum"))
		assert [row["on"].minute for row in download_log.for_evidence(name, limit=2)] == [3, 2]
