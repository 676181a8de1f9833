"""`bench p2ham-verify-log`: whoever changes the log or its assessment past the app is found, and where."""

import os
import stat
import subprocess
import sys

import frappe
import pytest
from way_back import no_trace

from p2ham.assessment import log, log_anchors
from p2ham.assessment.log_verification import Verification
from p2ham.demo import factories as make
from p2ham.engine import anchor

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
		("means", "API Key"),
		("means_user", "Administrator"),
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
	"""A text is brought to the form in which it is stored; the seal must be that of what is stored."""
	note = 'Nilai < 50 & > 3, "kutip"\r\nbaris\u00a0kedua\u200b 😀  '
	with make.acting_as(people("Kabag Hukum")):
		make.take_step("DISDIKBUD-P2HAM-2024", "Return", note)
	assert breaks() == {}
	stored = frappe.get_last_doc(
		LOG, filters={"assessment": "DISDIKBUD-P2HAM-2024"}, order_by="sequence desc"
	)
	assert stored.note == 'Nilai < 50 & > 3, "kutip"\nbaris\u00a0kedua 😀'


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
	assert "entries of" in whole.stdout and "P2HAM-LOG day=" in whole.stdout
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


# What was kept outside the database


def differences(older):
	"""Where the log as it is now does not go on from an older one; the chains themselves must hold."""
	walk = Verification()
	assert not [found for found in walk.breaks(walk.names()) if "UJI" not in found.assessment]
	return {found.assessment: found for found in walk.since(older)}


def forge(assessment, **values):
	"""Write the log of an assessment anew, from the second entry on, as who rules the database does: every hash is that
	of what it now says."""
	previous = ""
	for number, entry in enumerate(log.entries_of(assessment), start=1):
		if number == 2:
			entry.update(values)
		entry.previous_hash = previous
		previous = entry.entry_hash = log.entry_hash(entry)
		frappe.db.set_value(LOG, log.entry_name(assessment, number), dict(entry), update_modified=False)


def take_away(assessment):
	"""Delete an assessment with all that belongs to it, past the app."""
	for doctype in ("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use"):
		frappe.db.delete(doctype, {"parent": assessment})
	for doctype in (LOG, "P2HAM Signed Copy"):
		frappe.db.delete(doctype, {"assessment": assessment})
	for doctype in ("P2HAM Assessment", "P2HAM Assessment Snapshot"):
		frappe.db.delete(doctype, {"name": assessment})


def test_a_log_that_was_written_anew_is_found_by_what_was_kept_only():
	older = log_anchors.now()
	forge(APPROVED, note="Semua lengkap.", at="2024-01-01 08:00:00")
	assert breaks() == {}
	(found,) = differences(older).values()
	assert found.assessment == APPROVED and found.place == (4,) and "written anew" in found.message


def test_an_assessment_that_is_gone_with_its_log_is_found_by_what_was_kept_only():
	older = log_anchors.now()
	take_away(APPROVED)
	assert breaks() == {}
	assert set(differences(older)) == {APPROVED}


def test_an_end_that_was_cut_off_together_with_what_it_says_is_found():
	older = log_anchors.now()
	frappe.db.delete(LOG, {"name": log.entry_name(REVIEWED, 3)})
	tamper("P2HAM Assessment", REVIEWED, workflow_state="Submitted", reviewed_by=None)
	assert breaks() == {}
	assert "shorter by 1" in differences(older)[REVIEWED].message


def test_a_log_that_goes_on_passes(people):
	older = log_anchors.now()
	with make.acting_as(people("Kabag Hukum")):
		make.take_step("DISDIKBUD-P2HAM-2024", "Return", "Foto A1 buram.")
	with make.acting_as(people("Sekda")):
		make.take_step(APPROVED, "Cancel", "Salah hitung.")
	with make.acting_as(people("OPD Clerk", "DISDUKCAPIL")):
		amended = frappe.copy_doc(frappe.get_doc("P2HAM Assessment", APPROVED))
		amended.update({"docstatus": 0, "amended_from": APPROVED})
		amended.insert()
	assert amended.name in log_anchors.now().heads
	assert differences(older) == {}
	assert log_anchors.now().line != older.line


def test_the_file_of_a_day_is_written_once_for_the_site_s_user_only(tmp_path, monkeypatch, people):
	monkeypatch.setitem(frappe.conf, "p2ham_log_folder", str(tmp_path / "berkas"))
	line = log_anchors.keep()
	(file,) = (tmp_path / "berkas").iterdir()
	assert file.name == f"p2ham-log-{frappe.utils.nowdate()}.txt"
	assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
	assert anchor.read(file.read_text()).line == line
	with make.acting_as(people("Kabag Hukum")):
		make.take_step("DISDIKBUD-P2HAM-2024", "Return", "Foto A1 buram.")
	assert log_anchors.keep() == line != log_anchors.now().line
	assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_a_folder_that_cannot_be_written_is_logged_and_the_line_is_said(tmp_path, monkeypatch):
	(tmp_path / "berkas").write_text("")
	monkeypatch.setitem(frappe.conf, "p2ham_log_folder", str(tmp_path / "berkas"))
	assert log_anchors.keep() == log_anchors.now().line
	assert frappe.db.exists("Error Log", {"method": ("like", "P2HAM: the fingerprint%")})


def test_no_address_leads_to_the_files(http):
	frappe.conf.pop("p2ham_log_folder", None)
	line = log_anchors.keep()
	try:
		name = f"p2ham-log-{frappe.utils.nowdate()}.txt"
		for path in (
			f"/private/p2ham/log/{name}",
			f"/files/../../private/p2ham/log/{name}",
			f"/p2ham/log/{name}",
		):
			response = http(None).get(path)
			assert response.status_code in (403, 404) and line not in response.text
	finally:
		(log_anchors.folder() / name).unlink()


def test_a_thousand_units_make_a_small_file():
	heads = {f"BIDANG KEHAKIMAN {number}-P2HAM-2024": {12: "a" * 64} for number in range(1000)}
	assert len(anchor.of_log(frappe.utils.getdate(), heads).text()) < 120_000


class TestTheCommand:
	def test_it_prints_one_line(self):
		printed = run("p2ham-verify-log", "--fingerprint")
		assert (printed.returncode, printed.stdout) == (0, f"{log_anchors.now().line}\n")

	def test_it_shows_that_the_log_goes_on_and_ends_with_an_error_where_it_does_not(self, tmp_path):
		file = tmp_path / "log.txt"
		saved = run("p2ham-verify-log", "--fingerprint", "--save", str(file))
		line = saved.stdout.strip()
		held = run("p2ham-verify-log", "--against", str(file), "--line", f" {line.upper()} ")
		assert held.returncode == 0 and "goes on from that of" in held.stdout, held.stderr
		with no_trace():
			take_away(APPROVED)
			forge(REVIEWED, note="lain")
			frappe.db.commit()
			assert run("p2ham-verify-log").returncode == 0
			found = run("p2ham-verify-log", "--against", str(file))
		assert found.returncode == 1
		assert f"{APPROVED}: the whole log is gone" in found.stdout
		assert f"{REVIEWED}, entry 3: the entry is not that of" in found.stdout
		assert "2 do not go on" in found.stderr and "backup" in found.stderr

	def test_a_file_is_never_written_over(self, tmp_path):
		file = tmp_path / "log.txt"
		file.write_text("lama")
		refused = run("p2ham-verify-log", "--fingerprint", "--save", str(file))
		assert refused.returncode == 2 and file.read_text() == "lama"

	@pytest.mark.parametrize(
		("content", "word"),
		[
			(None, "No such file"),
			(b"", "no file of fingerprints"),
			(b"\xff\xfe", "no text"),
			(b"P2HAM-LOG day=2026-01-01 assessments=1 entries=1 sha256=" + b"0" * 64 + b"\nx", "was changed"),
		],
	)
	def test_a_file_of_no_use_is_told(self, tmp_path, content, word):
		file = tmp_path / "log.txt"
		if content is not None:
			file.write_bytes(content)
		refused = run("p2ham-verify-log", "--against", str(file))
		assert refused.returncode == 2 and word in refused.stderr

	def test_a_file_that_is_not_that_of_the_line_is_told(self, tmp_path):
		file, older = tmp_path / "log.txt", log_anchors.now()
		forged = dict(older.heads)
		forged.pop(APPROVED)
		file.write_text(anchor.Anchor(older.day, forged).text())
		refused = run("p2ham-verify-log", "--against", str(file), "--line", older.line)
		assert refused.returncode == 2 and "another one" in refused.stderr
