"""Stored figures always equal what the answers give, and the commands of the app."""

import json
import os
import subprocess
import sys

import frappe
import pytest

from p2ham.assessment.recomputation import Audit

APPROVED, DRAFT = "DISDUKCAPIL-P2HAM-2024", "KEC TEBING TINGGI-P2HAM-2024"


def findings(repair: bool = False) -> dict:
	audit = Audit(repair=repair)
	return {finding.name: finding for finding in audit.findings(audit.names()) if "UJI" not in finding.name}


def tamper(doctype: str, filters, field: str, value) -> None:
	frappe.db.set_value(doctype, filters, field, value, update_modified=False)


def first(doctype: str, parent: str) -> str:
	return frappe.get_all(doctype, filters={"parent": parent}, pluck="name", order_by="idx", limit=1)[0]


def test_every_figure_of_the_demo_is_what_its_answers_give():
	assert len(Audit().names()) > 5
	assert findings() == {}


@pytest.mark.parametrize(
	("doctype", "field", "value", "named"),
	[
		("P2HAM Assessment", "verified_score", 99.99, "Verified Score"),
		("P2HAM Assessment", "self_score", 0.01, "Unit's Score"),
		("P2HAM Assessment", "category", "Istimewa", "Category"),
		("P2HAM Assessment", "meets", None, "Meets"),
		("P2HAM Assessment", "completeness", 3, "Completeness"),
		("P2HAM Assessment Item", "verified_points", 12.34, "A1, Verified Points"),
		("P2HAM Assessment Score", "self_score", 12.34, "Unit's Score"),
		("P2HAM Assessment Score", "self_not_applicable", 1, "Not Applicable"),
	],
)
def test_a_figure_that_was_changed_past_the_app_is_named(doctype, field, value, named):
	name = APPROVED if doctype == "P2HAM Assessment" else first(doctype, APPROVED)
	if value is None:
		value = 1 - frappe.db.get_value(doctype, name, field)
	tamper(doctype, name, field, value)
	found = findings()
	assert list(found) == [APPROVED]
	(difference,) = found[APPROVED].differences
	assert named in difference.what
	assert str(value) in difference.stored


def test_a_criterion_whose_row_is_lost_is_named():
	frappe.db.delete("P2HAM Assessment Score", {"name": first("P2HAM Assessment Score", APPROVED)})
	assert findings()[APPROVED].differences[0].what == "Scores by Criterion"


def test_an_item_whose_scale_is_gone_is_named_and_does_not_end_the_audit():
	tamper("P2HAM Assessment Item", first("P2HAM Assessment Item", APPROVED), "scale", "Hilang")
	assert "Hilang is no longer part" in findings()[APPROVED].error


def test_an_answer_that_its_scale_does_not_know_is_named_and_the_rest_is_looked_at():
	tamper("P2HAM Assessment Item", first("P2HAM Assessment Item", APPROVED), "self_answer", "Mungkin")
	tamper("P2HAM Assessment", DRAFT, "self_score", 1)
	found = findings()
	assert "Mungkin" in found[APPROVED].error
	assert found[DRAFT].differences
	assert not frappe.message_log


@pytest.fixture
def one_transaction(monkeypatch):
	"""Repairing commits after each assessment; here everything is to be taken back."""
	monkeypatch.setattr(frappe.db, "commit", lambda: None)


def test_what_people_save_while_it_repairs_stays(one_transaction, monkeypatch):
	tamper("P2HAM Assessment", DRAFT, "self_score", 1)
	row, look_at, looked = first("P2HAM Assessment Item", DRAFT), Audit.look_at, []

	def and_then_somebody_saves(audit, doc):
		found = look_at(audit, doc)
		if doc.name == DRAFT and not looked:
			looked.append(doc.name)
			tamper("P2HAM Assessment Item", row, {"self_answer": "Proses", "self_note": "baru"}, None)
		return found

	monkeypatch.setattr(Audit, "look_at", and_then_somebody_saves)
	assert findings(repair=True)[DRAFT].repaired
	stored = frappe.db.get_value("P2HAM Assessment Item", row, ["self_answer", "self_note", "self_points"])
	assert stored == ("Proses", "baru", 50)
	assert findings() == {}


def test_repairing_puts_drafts_right_and_logs_it_but_leaves_what_was_approved(one_transaction):
	right = frappe.get_doc("P2HAM Assessment", DRAFT)
	tamper("P2HAM Assessment", DRAFT, "self_score", 1)
	tamper("P2HAM Assessment Item", first("P2HAM Assessment Item", DRAFT), "self_points", 1)
	tamper("P2HAM Assessment", APPROVED, "verified_score", 1)
	found = findings(repair=True)
	assert (found[DRAFT].repaired, found[APPROVED].repaired) == (True, False)
	assert list(findings()) == [APPROVED]
	now = frappe.get_doc("P2HAM Assessment", DRAFT)
	assert (now.self_score, now.items[0].self_points) == (right.self_score, right.items[0].self_points)
	assert now.modified == right.modified  # nobody's open form becomes stale
	entry = frappe.get_last_doc(
		"P2HAM Assessment Log", filters={"assessment": DRAFT}, order_by="sequence desc"
	)
	assert (entry.action, entry.to_state) == ("Recompute", "Draft")


def test_a_criterion_in_which_nothing_applies_is_stored_as_such(people):
	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	doc = frappe.get_doc("P2HAM Assessment", DRAFT)
	scales = {
		row.parent
		for row in frappe.get_all(
			"P2HAM Scale Option", filters={"not_applicable": 1}, fields=["parent"], order_by="parent"
		)
	}
	criterion = next(
		code
		for code in {row.criterion for row in doc.items}
		if any(row.scale in scales for row in doc.items if row.criterion == code)
	)
	scale = next(iter(scales))
	for row in doc.items:
		if row.criterion == criterion:
			tamper("P2HAM Assessment Item", row.name, "scale", scale)
	doc = frappe.get_doc("P2HAM Assessment", DRAFT)
	for row in doc.items:
		if row.criterion == criterion:
			row.self_answer = "Tidak berlaku"
	doc.save()
	row = next(row for row in doc.scores if row.criterion == criterion)
	assert (row.self_score, row.self_not_applicable, row.verified_not_applicable) == (0, 1, 0)
	assert findings() == {}


class TestCommands:
	"""As a person types them: processes of their own, on what is committed."""

	@staticmethod
	def bench(*arguments: str) -> subprocess.CompletedProcess:
		return subprocess.run(
			[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", *arguments],
			cwd=os.environ["P2HAM_SITES_PATH"],
			capture_output=True,
			text=True,
			timeout=120,
		)

	def test_recompute_check_goes_over_the_site(self, site):
		done = self.bench("--site", site, "p2ham-recompute", "--check")
		assert done.returncode == 0, done.stdout + done.stderr
		assert "assessments looked at" in done.stdout

	def test_export_check_and_import_an_instrument(self, site, tmp_path):
		file = tmp_path / "instrumen.xlsx"
		code = "PERMENKUMHAM-34-2016"
		done = self.bench("--site", site, "p2ham-instrument", "export", str(file), "--code", code)
		assert done.returncode == 0, done.stderr
		done = self.bench("--site", site, "p2ham-instrument", "import", str(file))
		assert done.returncode == 1
		assert f"the code {code} already exists" in done.stderr
		done = self.bench("--site", site, "p2ham-instrument", "import", str(file), "--replace")
		assert done.returncode == 0, done.stderr
		assert f"{code}: imported as Draft" in done.stdout
		again = tmp_path / "instrumen.json"
		done = self.bench("--site", site, "p2ham-instrument", "export", str(again), "--code", code)
		assert done.returncode == 0, done.stderr
		from p2ham.instruments import shipped_files

		assert again.read_bytes() in [path.read_bytes() for path in shipped_files()]

	def test_check_says_every_fault_and_needs_no_site(self, tmp_path):
		from p2ham.instruments import shipped_files

		data = json.loads(shipped_files()[0].read_bytes())
		data["year"], data["criteria"][0]["weight"] = "dua ribu", "banyak"
		file = tmp_path / "salah.json"
		file.write_text(json.dumps(data))
		done = self.bench("p2ham-instrument", "check", str(file))
		assert done.returncode == 1
		assert "$.year: must be a whole number" in done.stderr
		assert "$.criteria[0].weight" in done.stderr
		assert "2 fault(s)" in done.stderr

	def test_a_file_that_is_not_there_is_said_so(self, site, tmp_path):
		done = self.bench("--site", site, "p2ham-instrument", "check", str(tmp_path / "tidak-ada.json"))
		assert done.returncode == 1
		assert "No such file" in done.stderr
