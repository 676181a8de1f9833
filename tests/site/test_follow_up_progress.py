"""The course of a follow-up from outside: notes that nobody edits, evidence of completion, completing and closing."""

from __future__ import annotations

import html

import frappe
import pytest
from frappe.utils import nowdate

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

FOLLOW_UP, EVIDENCE = "P2HAM Follow-up", "P2HAM Evidence"
UNIT, OTHER, BELOW = "DINSOS", "DISDUKCAPIL", "PKM PENDOPO"


@pytest.fixture
def kabag(people):
	return people("Kabag Hukum")


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", UNIT)


@pytest.fixture
def doc(verifier):
	return follow_up(verifier)


def follow_up(user, opd=UNIT, **values):
	with make.acting_as(user):
		return frappe.get_doc(FOLLOW_UP, make.create_follow_up(opd, "Perbaiki", **values))


def evidence(user, opd=UNIT, title="Foto", **values):
	with make.acting_as(user):
		return make.create_evidence(
			opd, title, lines=[f"{title} {opd} {frappe.generate_hash(length=8)}"], **values
		)


def change(user, doc, **values):
	"""Save a change as somebody, on what is stored now."""
	with make.acting_as(user):
		doc = frappe.get_doc(doc.doctype, doc.name)
		doc.update(values)
		doc.save()
	return doc


def course(doc) -> list[tuple]:
	rows = frappe.get_doc(FOLLOW_UP, doc.name).progress_notes
	return [(row.noted_by, row.status, row.progress, row.note or "") for row in rows]


def test_each_change_of_progress_note_and_status_is_noted_and_nothing_else(doc, clerk, verifier, kabag):
	assert course(doc) == []
	change(clerk, doc, action="Rapat", responsible="Sekretaris")
	assert course(doc) == []
	change(clerk, doc, status="In Progress", progress=30, progress_note="Dimulai.")
	change(clerk, doc, progress=60)
	change(verifier, doc, progress_note="Anggaran tersedia.")
	change(clerk, doc, status="Completed")
	change(kabag, doc, status="Closed", closing_note="Sudah dilihat.")
	change(kabag, doc, status="In Progress")
	assert course(doc) == [
		(clerk, "In Progress", 30, "Dimulai."),
		(clerk, "In Progress", 60, ""),
		(verifier, "In Progress", 60, "Anggaran tersedia."),
		(clerk, "Completed", 100, ""),
		(kabag, "Closed", 100, "Sudah dilihat."),
		(kabag, "In Progress", 100, ""),
	]
	assert all(
		str(row.noted_on).startswith(nowdate()) for row in frappe.get_doc(FOLLOW_UP, doc.name).progress_notes
	)


@pytest.mark.parametrize("who", ["clerk", "verifier", "kabag", "Administrator"])
def test_nobody_edits_adds_or_removes_a_note(doc, clerk, verifier, kabag, who, said):
	user = {"clerk": clerk, "verifier": verifier, "kabag": kabag}.get(who, who)
	change(clerk, doc, progress=30, progress_note="Dimulai.")
	before = course(doc)

	def edit(doc):
		doc.progress_notes[0].note = "Lain"

	def forge(doc):
		doc.append("progress_notes", {"note": "Palsu", "progress": 90, "noted_by": kabag})

	def remove(doc):
		doc.progress_notes = []

	for attack in (edit, forge, remove):
		frappe.set_user(user)
		stored = frappe.get_doc(FOLLOW_UP, doc.name)
		attack(stored)
		with pytest.raises(frappe.PermissionError) as caught:
			stored.save()
		assert "Progress Notes" in said(caught) or "Dimulai" in said(caught) or "Note" in said(caught)
		frappe.set_user("Administrator")
		assert course(doc) == before


def test_a_row_is_not_changed_alone_and_not_listed_by_who_may_not_see_its_follow_up(http, doc, clerk, people):
	change(clerk, doc, progress=30, progress_note="Dimulai.")
	document = evidence(clerk)
	change(clerk, doc, evidence=[{"evidence": document}])
	frappe.db.commit()
	try:
		stored = frappe.get_doc(FOLLOW_UP, doc.name)
		for table, row in (("Progress", stored.progress_notes[0]), ("Evidence", stored.evidence[0])):
			path = f"/api/resource/P2HAM Follow-up {table}/{row.name}"
			assert http(clerk).put(path, json={"note": "Lain"}).status_code == 403
			assert http(clerk).delete(path).status_code == 403
			other = http(people("OPD Clerk", OTHER))
			assert other.get(path).status_code == 403
			listed = other.get(
				f"/api/resource/P2HAM Follow-up {table}",
				params={"parent": FOLLOW_UP, "fields": '["name","parent"]', "limit_page_length": 0},
			)
			assert row.name not in listed.text
			mine = http(clerk).get(
				f"/api/resource/P2HAM Follow-up {table}",
				params={"parent": FOLLOW_UP, "fields": '["name","parent"]', "limit_page_length": 0},
			)
			assert row.name in mine.text
	finally:
		remove(doc.name, document)


def remove(name: str, document: str) -> None:
	"""Take away what was committed, past every rule."""
	frappe.db.rollback()
	for table in ("P2HAM Follow-up Progress", "P2HAM Follow-up Evidence", "P2HAM Evidence Revision"):
		frappe.db.delete(table, {"parent": ("in", (name, document))})
	for doctype, field in (
		(FOLLOW_UP, "name"),
		(EVIDENCE, "name"),
		("Version", "docname"),
		("File", "attached_to_name"),
	):
		frappe.db.delete(doctype, {field: ("in", (name, document))})
	frappe.db.commit()


def test_completed_says_by_what(doc, clerk, verifier, said):
	with pytest.raises(frappe.MandatoryError) as caught:
		change(clerk, doc, status="Completed")
	assert "Progress Note" in said(caught) and "Evidence of Completion" in said(caught)
	with pytest.raises(frappe.MandatoryError):
		change(verifier, doc, status="Completed", progress_note="  ")
	done = change(clerk, doc, status="Completed", evidence=[{"evidence": evidence(clerk), "note": "Foto"}])
	assert (done.progress, done.completed_by, str(done.completed_on)) == (100, clerk, nowdate())
	done = change(clerk, done, status="In Progress")
	assert (done.completed_by, done.completed_on) == (None, None)


def test_bagian_hukum_closes_with_a_note_and_the_unit_does_not(doc, clerk, kabag, verifier, said):
	for values, label in (
		({"status": "Closed"}, "Status"),
		({"closing_note": "Beres"}, "Closing Note"),
		({"closed_by": "Administrator"}, "Closed By"),
	):
		with pytest.raises(frappe.PermissionError) as caught:
			change(clerk, doc, **values)
		assert f"<li>{label}</li>" in said(caught)
	# A note on closing belongs to what is closed.
	assert change(verifier, doc, closing_note="Belum").closing_note is None
	closed = change(verifier, doc, status="Closed", closing_note="Cukup.")
	assert (closed.closed_by, closed.closing_note, str(closed.closed_on)) == (verifier, "Cukup.", nowdate())
	with pytest.raises(frappe.PermissionError):
		change(verifier, doc, status="Open")
	reopened = change(kabag, doc, status="Open")
	assert (reopened.closed_by, reopened.closing_note) == (None, None)
	assert ("Closed", "Cukup.") in [(status, note) for _by, status, _progress, note in course(doc)]


def test_evidence_is_of_the_units_line_and_seen_by_who_adds_it(people, verifier, clerk, said):
	mine = follow_up(verifier)
	with pytest.raises(frappe.PermissionError, match="not yours"):
		change(clerk, mine, evidence=[{"evidence": evidence(people("OPD Clerk", OTHER), OTHER)}])
	with pytest.raises(frappe.PermissionError, match="not yours"):
		change(clerk, mine, evidence=[{"evidence": evidence(people("OPD Clerk", "DINKES"), BELOW)}])
	# Bagian Hukum sees it, but it is of another unit.
	with pytest.raises(frappe.ValidationError, match="does not concern DINSOS"):
		change(verifier, mine, evidence=[{"evidence": evidence(people("OPD Clerk", OTHER), OTHER)}])
	document = evidence(clerk)
	with pytest.raises(frappe.ValidationError, match="already stands there"):
		change(clerk, mine, evidence=[{"evidence": document}, {"evidence": document}])
	assert [row.evidence for row in change(clerk, mine, evidence=[{"evidence": document}]).evidence] == [
		document
	]
	# Of the unit above, and of one below.
	above = people("OPD Clerk", "DINKES")
	for opd, of in ((BELOW, "DINKES"), ("DINKES", BELOW)):
		doc = follow_up(verifier, opd)
		assert change(above, doc, evidence=[{"evidence": evidence(above, of)}]).evidence


def test_a_move_to_another_unit_asks_for_its_evidence_anew(verifier, clerk):
	doc = follow_up(verifier)
	change(clerk, doc, evidence=[{"evidence": evidence(clerk)}])
	with pytest.raises(frappe.ValidationError, match="does not concern DISDUKCAPIL"):
		change(verifier, doc, opd=OTHER)


def test_what_a_closed_follow_up_rests_on_stays(verifier, clerk, said):
	doc = follow_up(verifier)
	document = evidence(clerk)
	doc = change(clerk, doc, status="Completed", evidence=[{"evidence": document}])
	file = frappe.db.get_value("File", {"attached_to_name": document})
	with make.acting_as(clerk), pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc(EVIDENCE, document)
	doc = change(verifier, doc, status="Closed")
	assert doc.evidence[0].revision == 1
	for user in (clerk, verifier, "Administrator"):
		with make.acting_as(user):
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc(EVIDENCE, document)
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc("File", file)
	with pytest.raises(frappe.PermissionError) as caught:
		change(clerk, frappe.get_doc(EVIDENCE, document), title="Lain")
	assert doc.name in said(caught)
	for values in ({"evidence": []}, {"evidence": [{"evidence": evidence(clerk)}]}):
		with pytest.raises(frappe.PermissionError, match="Evidence of Completion"):
			change(verifier, doc, **values)


def test_the_rows_follow_the_newest_revision_until_it_is_closed(verifier, clerk):
	from p2ham.evidence import revisions

	doc, document = follow_up(verifier), evidence(clerk)
	change(clerk, doc, evidence=[{"evidence": document, "revision": 7}])
	assert frappe.get_doc(FOLLOW_UP, doc.name).evidence[0].revision == 1
	replace(clerk, document)
	change(verifier, doc, status="Closed")
	assert frappe.get_doc(FOLLOW_UP, doc.name).evidence[0].revision == 2
	replace(clerk, document)
	revisions.tidy(document)
	kept = {row.revision for row in frappe.get_doc(EVIDENCE, document).revisions}
	assert kept == {2, 3}


def replace(user, document: str) -> None:
	with make.acting_as(user):
		doc = frappe.get_doc(EVIDENCE, document)
		doc.file = make.upload("baru.pdf", make.make_pdf([frappe.generate_hash(length=8)]))
		doc.save()


def test_a_reader_learns_the_title_of_evidence_only_where_he_may_see_it(http, people, verifier):
	unit = "DISDUKCAPIL"
	sheet = f"{unit}-P2HAM-2024"
	clerk, observer = people("OPD Clerk", unit), people("P2HAM Observer")
	doc = follow_up(verifier, unit, assessment=sheet)
	document = evidence(clerk, unit, "Daftar nama warga", contains_personal_data=1)
	change(clerk, doc, evidence=[{"evidence": document}])
	frappe.db.commit()
	try:
		for user, told in ((clerk, True), (verifier, True), (observer, False)):
			answer = http(user).get(
				"/api/method/frappe.desk.form.load.getdoc", params={"doctype": FOLLOW_UP, "name": doc.name}
			)
			assert answer.status_code == 200
			assert ("Daftar nama warga" in html.unescape(answer.text)) == told, user
		printed = http(observer).get("/printview", params={"doctype": FOLLOW_UP, "name": doc.name})
		assert "Daftar nama warga" not in printed.text
	finally:
		remove(doc.name, document)
