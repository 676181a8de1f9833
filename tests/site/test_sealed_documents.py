"""Approved means fixed: documents of an approved assessment are printed from what was sealed, whatever changes later."""

from __future__ import annotations

import json
import re

import frappe
import pytest

from p2ham.access import duties
from p2ham.assessment import log_verification, snapshots
from p2ham.assessment import source as sources
from p2ham.demo import factories as make
from p2ham.documents import assessment_sheet, catalogue, numbering
from p2ham.engine import lifecycle, snapshot
from p2ham.engine.duties import BAGIAN_HUKUM

pytestmark = pytest.mark.quick

ASSESSMENT, SNAPSHOT, LOG = "P2HAM Assessment", "P2HAM Assessment Snapshot", "P2HAM Assessment Log"
APPROVED = "DISDUKCAPIL-P2HAM-2024"
REVIEWED = "DINSOS-P2HAM-2024"


def assessment(name: str = APPROVED):
	return frappe.get_doc(ASSESSMENT, name)


def prepared(key: str, name: str = APPROVED) -> dict:
	return catalogue.by_key(key).prepare(assessment(name))


KEYS = ("assessment_sheet", "evaluation_record", "evidence_list")


# What is sealed


def test_the_snapshot_is_the_text_that_its_hash_names_and_the_log_seals():
	doc, found = assessment(), snapshots.for_assessment(APPROVED)
	assert snapshot.sha256_of_text(found.content) == found.content_hash == doc.snapshot_hash
	approval = frappe.get_last_doc(LOG, filters={"assessment": APPROVED, "action": "Approve"})
	assert approval.snapshot_hash == doc.snapshot_hash
	sealed = json.loads(found.content)
	assert json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":")) == found.content
	assert snapshot.sha256(sealed["content"]) == approval.content_hash
	assert sealed["code"] == found.code and snapshot.read_code(found.code) == found.code


def test_the_snapshot_holds_answers_notes_evidence_instrument_and_signatories():
	doc, sealed = assessment(), json.loads(snapshots.for_assessment(APPROVED).content)
	answers = [row["self_answer"] for row in sealed["content"]["items"]]
	assert answers == [row.self_answer for row in doc.items]
	assert [row["verified_note"] for row in sealed["content"]["items"]] == [
		row.verified_note or "" for row in doc.items
	]
	assert all(re.fullmatch(r"[0-9a-f]{64}|", row["sha256"]) for row in sealed["content"]["evidence"])
	assert sealed["instrument"]["code"] == doc.instrument and len(sealed["instrument"]["sha256"]) == 64
	assert {stamp: row["duty"] for stamp, row in sealed["signatories"].items()} == {
		"submitted": "OPD Head",
		"reviewed": "Kabag Hukum",
		"approved": "Sekda",
	}


def test_sealing_loses_nothing():
	"""Made of the records as they are, the same words come out."""
	sealed, doc = prepared("assessment_sheet"), assessment()
	live = assessment_sheet.from_source(sources.live(doc))
	assert sealed["seal"].pop("hash") == doc.snapshot_hash and live.pop("seal") is None
	for data in (sealed, live):
		data["frame"]["footer"].pop()
		data.pop("seal", None)
	assert sealed == live


def test_nothing_that_changes_later_changes_the_prints(people):
	doc = assessment()
	before = {key: prepared(key) for key in KEYS}
	frappe.db.set_value("P2HAM OPD", doc.opd, {"opd_name": "Dinas Lain", "address": "Jalan Lain 1"})
	frappe.db.set_value("P2HAM Officer", {"user": people("Sekda")}, {"full_name": "Orang Lain", "nip": "1"})
	frappe.db.set_value("P2HAM Officer", {"user": people("OPD Head", doc.opd)}, {"to_date": "2020-01-01"})
	frappe.db.set_value("P2HAM Period", doc.period, "title", "Periode Lain")
	frappe.db.set_value("P2HAM Instrument", doc.instrument, {"title": "Instrumen Lain", "passing_score": 99})
	frappe.db.set_value("P2HAM Criterion", {"instrument": doc.instrument}, {"title": "Lain", "weight": 1})
	frappe.db.set_value("P2HAM Scale Option", {"parent": doc.items[0].scale}, {"points": 3})
	frappe.db.set_value("P2HAM Evidence Revision", {"parent": doc.evidence_uses[0].evidence}, "title", "Lain")
	frappe.db.set_single_value("P2HAM Settings", {"seat": "Kota Lain", "government_line": "PEMERINTAH LAIN"})
	frappe.clear_cache()
	duties.clear_cache()
	for key in KEYS:
		after = prepared(key)
		before[key]["letterhead"].pop("emblem"), after["letterhead"].pop("emblem")
		assert after == before[key], key


def test_an_answer_that_is_changed_past_the_app_is_not_printed():
	doc = assessment()
	row = doc.items[0]
	answer = next(row for row in prepared("assessment_sheet")["rows"] if row["kind"] == "item")["self"][
		"answer"
	]
	frappe.db.set_value("P2HAM Assessment Item", row.name, {"self_answer": "Lain", "verified_points": 0})
	printed = next(row for row in prepared("assessment_sheet")["rows"] if row["kind"] == "item")
	assert printed["self"]["answer"] == answer != "Lain"
	assert not log_verification.is_intact(APPROVED)


@pytest.mark.parametrize(
	("doctype", "field", "value"),
	[(SNAPSHOT, "content", "{}"), (ASSESSMENT, "snapshot_hash", "0" * 64)],
)
def test_a_changed_snapshot_or_hash_is_found(doctype, field, value):
	assert log_verification.is_intact(APPROVED)
	frappe.db.set_value(doctype, APPROVED, field, value)
	assert not log_verification.is_intact(APPROVED)


def test_an_approved_assessment_without_its_snapshot_prints_no_valid_document():
	frappe.db.delete(SNAPSHOT, {"assessment": APPROVED})
	data = prepared("assessment_sheet")
	assert data["frame"]["mark"].text == "DRAF – SALINAN YANG DISAHKAN TIDAK DITEMUKAN"
	assert data["seal"] is None
	assert not log_verification.is_intact(APPROVED)


def test_a_cancelled_assessment_prints_what_was_approved_as_cancelled(people):
	before = prepared("assessment_sheet")
	with make.acting_as(people("Sekda")):
		make.take_step(APPROVED, "Cancel", "Dokumen ternyata keliru.")
	data = prepared("assessment_sheet")
	assert data["frame"]["mark"].text == "DIBATALKAN"
	assert data["rows"] == before["rows"] and data["seal"] == before["seal"]
	assert ("Alasan pembatalan", "Dokumen ternyata keliru.") in data["remarks"]
	assert log_verification.is_intact(APPROVED)


def test_nothing_is_sealed_before_the_approval():
	assert snapshots.for_assessment(REVIEWED) is None
	assert prepared("assessment_sheet", REVIEWED)["seal"] is None


@pytest.mark.parametrize("duty", ["Sekda", "Kabag Hukum", "P2HAM Observer"])
def test_nobody_reads_or_writes_a_snapshot(http, people, duty, demo_site):
	for user in (people(duty), demo_site["manager"]["user"]):
		client = http(user)
		address = f"/api/resource/{SNAPSHOT}"
		assert client.get(f"{address}/{APPROVED}").status_code == 403
		answer = client.get(address)
		assert answer.status_code == 403 or answer.json()["data"] == []
		assert client.put(f"{address}/{APPROVED}", json={"code": "A"}).status_code == 403
		assert client.delete(f"{address}/{APPROVED}").status_code == 403
		assert client.post(address, json={"assessment": REVIEWED, "content": "{}"}).status_code == 403


def test_even_the_administrator_changes_no_snapshot():
	doc = frappe.get_doc(SNAPSHOT, APPROVED)
	doc.content = "{}"
	for act in (doc.save, doc.delete):
		with pytest.raises(frappe.PermissionError):
			act()


# Numbers


NUMBER = "100.2.1.6/0353/HUKUM"


def give(client, **numbers):
	return client.post("/api/method/p2ham.api.assessment.give_numbers", json={"name": APPROVED, **numbers})


@pytest.fixture
def numbers_again():
	"""What a request commits is taken back, the entry in the log too."""
	before = frappe.db.get_value(ASSESSMENT, APPROVED, [*numbering.FIELDS, "modified"], as_dict=True)
	yield
	frappe.db.rollback()
	frappe.db.delete(LOG, {"assessment": APPROVED, "action": lifecycle.NUMBER})
	frappe.db.set_value(ASSESSMENT, APPROVED, before, update_modified=False)
	frappe.db.commit()


def test_a_final_print_needs_a_number():
	frappe.db.set_value(ASSESSMENT, APPROVED, dict.fromkeys(numbering.FIELDS))
	for key in KEYS:
		assert prepared(key)["frame"]["mark"].text == "DRAF – NOMOR BELUM DIISI"
	frappe.db.set_value(ASSESSMENT, APPROVED, {"sheet_number": NUMBER})
	assert prepared("assessment_sheet")["frame"]["mark"].text == ""
	assert prepared("evidence_list")["frame"]["mark"].text == ""
	assert prepared("evaluation_record")["frame"]["mark"].word == "DRAF"


@pytest.mark.parametrize("duty", BAGIAN_HUKUM)
def test_bagian_hukum_numbers_what_is_approved_and_the_log_says_so(http, people, numbers_again, duty):
	entries = frappe.db.count(LOG, {"assessment": APPROVED})
	old = assessment().sheet_number
	answer = give(http(people(duty)), sheet_number=f"  {NUMBER} ", record_number="")
	assert answer.status_code == 200, answer.text
	assert answer.json()["message"] == {"sheet_number": NUMBER, "record_number": ""}
	frappe.db.rollback()
	entry = frappe.get_last_doc(LOG, filters={"assessment": APPROVED})
	assert (entry.action, entry.user, entry.duty) == (lifecycle.NUMBER, people(duty), duty)
	assert entry.note.startswith("Lembar Penilaian P2HAM: ") and "KKP HAM" not in entry.note
	assert f"{NUMBER} (semula {old})" in entry.note
	assert frappe.db.count(LOG, {"assessment": APPROVED}) == entries + 1
	assert log_verification.is_intact(APPROVED)
	assert give(http(people(duty)), sheet_number=NUMBER).status_code == 200  # nothing new, nothing logged
	frappe.db.rollback()
	assert frappe.db.count(LOG, {"assessment": APPROVED}) == entries + 1


@pytest.mark.parametrize(
	("duty", "opd"),
	[
		("Sekda", None),
		("P2HAM Observer", None),
		("OPD Clerk", "DISDUKCAPIL"),
		("OPD Head", "DISDUKCAPIL"),
		("OPD Clerk", "DINSOS"),
	],
)
def test_nobody_else_gives_numbers(http, people, duty, opd):
	assert give(http(people(duty, opd)), sheet_number=NUMBER).status_code == 403


def test_numbers_are_given_after_the_approval_and_never_twice(as_user, people, said):
	as_user(people("Kabag Hukum"))
	with pytest.raises(frappe.PermissionError):
		numbering.give(assessment(REVIEWED), {"sheet_number": NUMBER})
	frappe.db.set_value(ASSESSMENT, REVIEWED, "sheet_number", NUMBER)
	with pytest.raises(frappe.DuplicateEntryError) as caught:
		numbering.give(assessment(), {"sheet_number": NUMBER})
	assert REVIEWED in said(caught) and NUMBER in said(caught)
	with pytest.raises(frappe.ValidationError):
		numbering.give(assessment(), {"record_number": "9" * 141})


def test_a_form_cannot_number_what_is_approved(http, people):
	answer = http(people("Kabag Hukum")).put(
		f"/api/resource/{ASSESSMENT}/{APPROVED}", json={"sheet_number": NUMBER}
	)
	assert answer.status_code == 403
