"""Evidence in many hands at once, over HTTP: what a sheet was handed over with stays whole while the unit goes on
replacing it, and of two who upload into one sheet nobody's file is lost without a word."""

import hashlib
import io
import itertools
from threading import Event

import frappe
import made_regency
import pytest
from test_concurrency import MODIFIED, Record, Tab, at_once
from way_back import no_trace, stored_files

from p2ham.assessment.log_verification import Verification
from p2ham.demo import factories as make
from p2ham.engine import lifecycle
from p2ham.evidence import integrity, revisions

EVIDENCE = "P2HAM Evidence"
RACES = 4
BEFORE = 2  # replacements that are through when the sheet is handed over, at least
UNITS = [f"UJI GANTI {number}" for number in range(RACES)] + [
	f"UJI UNGGAH {number}" for number in range(RACES)
]
number = itertools.count(1)


@pytest.fixture(scope="module")
def regency(demo_site):
	with no_trace(), made_regency.committed(UNITS, indicators=2) as regency:
		yield regency


@pytest.fixture
def tab(http):
	record = Record()
	return lambda user: Tab(http(user), record)


@pytest.fixture
def draft(regency):
	"""`draft(unit)` is a complete draft that uses one document, committed: (its name, the document's)."""

	def made(unit: str) -> tuple[str, str]:
		name = made_regency.start_assessment(regency, unit)
		with make.acting_as(regency.clerk):
			evidence = make.create_evidence(unit, f"SK {unit}", stem="sk")
			doc = frappe.get_doc("P2HAM Assessment", name)
			doc.append("evidence_uses", {"indicator": doc.items[0].indicator, "evidence": evidence})
			doc.save()
		frappe.db.commit()
		return name, evidence

	return made


def upload(tab: Tab, content: bytes | None = None, name: str = "", **values) -> tuple[dict | None, str]:
	"""Upload through the app's door; return (what it answers, "") or (None, why it refused)."""
	now = next(number)
	content = content or make.make_pdf([f"Berkas {now}"])
	answer, why = tab.ask(
		"POST",
		"/api/method/p2ham.api.evidence.upload",
		data=values,
		files={"file": (name or f"berkas-{now}.pdf", io.BytesIO(content))},
	)
	return (answer["message"] if answer else None), why


def stored(doctype: str, name: str):
	frappe.db.rollback()  # what others have committed since
	frappe.clear_document_cache(doctype, name)
	return frappe.get_doc(doctype, name)


def check_whole(unit: str) -> None:
	"""Every document of a unit has its revisions, each with its file; and no file is there without a document."""
	frappe.db.rollback()
	names = frappe.get_all(EVIDENCE, filters={"opd": unit}, pluck="name", order_by="name")
	assert list(integrity.Verification().differences(names)) == []
	kept = frappe.get_all(
		"P2HAM Evidence Revision", filters={"parent": ("in", names)}, pluck="file", order_by="name"
	)
	attached = {"attached_to_doctype": EVIDENCE, "attached_to_name": ("like", f"DD-{unit}-%")}
	assert set(frappe.get_all("File", filters=attached, pluck="file_url", order_by="name")) == set(kept)


def replace_until(done: Event, begun: Event, tab: Tab, evidence: str) -> int:
	"""Replace the file of an evidence until the event has come, and once more; return how often that was done."""
	replaced, last = 0, False
	while not last:
		last = done.is_set()
		answer, why = upload(tab, evidence=evidence)
		assert answer or why == MODIFIED
		replaced += bool(answer)
		if replaced >= BEFORE:
			begun.set()
	return replaced


def hand_over(done: Event, begun: Event, tab: Tab, name: str) -> str:
	try:
		assert begun.wait(120)
		return tab.take_step(name, "Submit")
	finally:
		done.set()


@pytest.mark.parametrize("race", range(RACES))
def test_a_sheet_keeps_the_file_it_was_handed_over_with_while_the_unit_replaces_it(regency, tab, draft, race):
	unit = UNITS[race]
	name, evidence = draft(unit)
	clerk, head, verifier = (tab(user) for user in (regency.clerk, regency.head, regency.verifier))
	done, begun = Event(), Event()
	replaced, refused = at_once(
		lambda: replace_until(done, begun, clerk, evidence), lambda: hand_over(done, begun, head, name)
	)
	assert refused == ""
	frappe.db.rollback()
	with make.acting_as(regency.clerk):  # as the background has done already, or does once more
		revisions.tidy(evidence)
	frappe.db.commit()

	doc = stored("P2HAM Assessment", name)
	(use,) = doc.evidence_uses
	assert doc.workflow_state == lifecycle.SUBMITTED
	assert BEFORE < use.revision <= replaced + 1
	pinned = revisions.by_use(doc.evidence_uses)[evidence, use.revision]
	file = verifier.client.get(pinned.file)
	assert (file.status_code, hashlib.sha256(file.content).hexdigest()) == (200, pinned.sha256)
	assert list(Verification().breaks([name])) == []

	document = stored(EVIDENCE, evidence)
	assert document.revision == replaced + 1
	# Nothing rests on what was between.
	assert {row.revision for row in document.revisions} == {use.revision, document.revision}
	check_whole(unit)


@pytest.mark.parametrize("race", range(RACES))
@pytest.mark.parametrize("same", [False, True], ids=["other files", "the same file"])
def test_of_two_uploads_into_one_sheet_both_are_used_or_one_is_told(regency, tab, race, same):
	unit = UNITS[RACES + race]
	name = frappe.db.get_value("P2HAM Assessment", {"opd": unit, "period": regency.period})
	name = name or made_regency.start_assessment(regency, unit)
	frappe.db.commit()
	before, on_disk = stored("P2HAM Assessment", name), stored_files()
	indicators = [row.indicator for row in before.items]
	clerk, head = tab(regency.clerk), tab(regency.head)
	content = make.make_pdf([f"Berkas yang sama {unit}"]) if same else None
	file_name = "sama.pdf" if same else ""

	answers = at_once(
		lambda: upload(clerk, content, file_name, assessment=name, indicator=indicators[0], again=1),
		lambda: upload(head, content, file_name, assessment=name, indicator=indicators[1], again=1),
	)
	made = {
		answer["evidence"]: indicator
		for (answer, _why), indicator in zip(answers, indicators, strict=True)
		if answer
	}
	assert made
	assert {why for answer, why in answers if not answer} <= {MODIFIED}
	doc = stored("P2HAM Assessment", name)
	known = {use.evidence for use in before.evidence_uses}
	assert {use.evidence: use.indicator for use in doc.evidence_uses if use.evidence not in known} == made
	assert set(frappe.get_all(EVIDENCE, filters={"opd": unit}, pluck="name", order_by="name")) == {
		*known,
		*made,
	}
	paths = {frappe.get_site_path(stored(EVIDENCE, evidence).file.lstrip("/")) for evidence in made}
	assert {path.name for path in stored_files() - on_disk} == {path.rpartition("/")[2] for path in paths}
	check_whole(unit)
