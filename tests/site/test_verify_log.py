"""`bench p2ham-verify-log`: whoever changes the log or its assessment past the app is found, and where."""

import os
import subprocess
import sys

import frappe
import pytest

from p2ham.demo import factories as make
from p2ham.p2ham.doctype.p2ham_assessment_log.verification import Verification

pytestmark = pytest.mark.quick

APPROVED, REVIEWED, DRAFT = "DISDUKCAPIL-P2HAM-2024", "DINSOS-P2HAM-2024", "KEC TEBING TINGGI-P2HAM-2024"
LOG = "P2HAM Assessment Log"


def breaks():
	walk = Verification()
	return {found.assessment: found for found in walk.breaks(walk.names()) if "UJI" not in found.assessment}


def tamper(doctype, name, **values):
	frappe.db.set_value(doctype, name, values, update_modified=False)


def test_the_log_of_the_demo_holds():
	assert breaks() == {}


@pytest.mark.parametrize(
	("field", "value"),
	[
		("note", "lain"),
		("user", "Administrator"),
		("at", "2024-01-01 00:00:00"),
		("duty", "Sekda"),
		("acting", "Plh."),
		("content_hash", "0" * 64),
		("until", "2024-12-31"),
	],
)
def test_an_entry_that_was_changed_is_named(field, value):
	tamper(LOG, f"{APPROVED}-LOG-002", **{field: value})
	assert {name: found.place for name, found in breaks().items()} == {APPROVED: (2,)}


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_an_entry_that_was_deleted_is_named(sequence):
	frappe.db.delete(LOG, {"name": f"{APPROVED}-LOG-{sequence:03d}"})
	assert breaks()[APPROVED].place == (sequence,)


def test_the_last_entry_is_missed_too():
	frappe.db.delete(LOG, {"name": f"{APPROVED}-LOG-004"})
	assert "Approved" in breaks()[APPROVED].message


def test_a_log_that_is_gone_and_an_assessment_that_is_gone():
	frappe.db.delete(LOG, {"assessment": DRAFT})
	frappe.db.delete("P2HAM Assessment", {"name": REVIEWED})
	found = breaks()
	assert "no entry" in found[DRAFT].message
	assert "does not exist" in found[REVIEWED].message


@pytest.mark.parametrize(
	("values", "word"),
	[
		({"workflow_state": "Approved"}, "Reviewed"),
		({"reviewed_by": "Administrator"}, "reviewed_by"),
		({"verified_score": 100}, "content"),
		({"category": "Istimewa"}, "content"),
	],
)
def test_an_assessment_changed_past_the_app_does_not_fit_its_log(values, word):
	tamper("P2HAM Assessment", REVIEWED, **values)
	assert word in breaks()[REVIEWED].message


def test_an_answer_of_an_approved_assessment_changed_past_the_app_is_found():
	row = frappe.get_doc("P2HAM Assessment", APPROVED).items[0].name
	tamper("P2HAM Assessment Item", row, verified_note="lain")
	assert "content" in breaks()[APPROVED].message


def test_notes_are_sealed_as_they_were_written(people):
	"""Frappe cleans text that looks like HTML when it stores it; the seal must be that of what is stored."""
	note = "Nilai < 50 & <b onclick='x()'>tebal</b>, \"kutip\"\r\nbaris kedua 😀  "
	with make.acting_as(people("Kabag Hukum")):
		make.take_step("DISDIKBUD-P2HAM-2024", "Return", note)
	assert breaks() == {}
	stored = frappe.get_last_doc(
		LOG, filters={"assessment": "DISDIKBUD-P2HAM-2024"}, order_by="sequence desc"
	)
	assert stored.note == note.strip()


def test_the_fingerprint_changes_with_every_entry(people):
	def fingerprint():
		walk = Verification()
		list(walk.breaks(walk.names()))
		return walk.fingerprint()

	before = fingerprint()
	with make.acting_as(people("Kabag Hukum")):
		make.take_step("DISDIKBUD-P2HAM-2024", "Return", "Foto A1 buram.")
	assert fingerprint() != before


def run(*arguments):
	site = os.environ["P2HAM_SITE"]
	return subprocess.run(
		[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, *arguments],
		cwd=os.environ["P2HAM_SITES_PATH"],
		capture_output=True,
		text=True,
		timeout=120,
	)


def test_the_command_says_so_and_ends_with_an_error_when_a_chain_is_broken():
	whole = run("p2ham-verify-log")
	assert whole.returncode == 0, whole.stderr
	assert "entries of" in whole.stdout and "Fingerprint" in whole.stdout
	entry = f"{DRAFT}-LOG-001"
	user = frappe.db.get_value(LOG, entry, "user")
	try:
		tamper(LOG, entry, user="Guest")
		frappe.db.commit()
		broken = run("p2ham-verify-log")
	finally:
		tamper(LOG, entry, user=user)
		frappe.db.commit()
	assert broken.returncode == 1
	assert f"{DRAFT}, entry 1" in broken.stdout
