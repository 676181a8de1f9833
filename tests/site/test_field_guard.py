"""Which fields may change in which state: the server names every one that may not."""

import frappe
import pytest

from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

DRAFT, SUBMITTED, REVIEWED, APPROVED = (
	"KEC TEBING TINGGI-P2HAM-2024",
	"DISDIKBUD-P2HAM-2024",
	"DINSOS-P2HAM-2024",
	"DISDUKCAPIL-P2HAM-2024",
)


def save(name, change):
	doc = frappe.get_doc("P2HAM Assessment", name)
	change(doc)
	return doc.save()


def item(field, value):
	return lambda doc: doc.items[0].set(field, value)


@pytest.mark.parametrize(
	("duty", "opd", "name", "change", "label"),
	[
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, item("verified_answer", "Ada"), "Verified Answer"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, item("self_points", 99), "Unit's Points"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, item("weight", 50), "Weight"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, item("title", "lain"), "Title"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, lambda doc: doc.set("self_score", 100), "Unit's Score"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, lambda doc: doc.set("category", "Sangat baik"), "Category"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, lambda doc: doc.set("owner", "x@example.com"), "owner"),
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, lambda doc: doc.items.pop(), "removed"),
		(
			"OPD Clerk",
			"KEC TEBING TINGGI",
			DRAFT,
			lambda doc: doc.set("return_note", "x"),
			"Reason for Return",
		),
		("OPD Clerk", "DISDIKBUD", SUBMITTED, item("self_answer", "Ada"), ""),
		("P2HAM Verifier", "", SUBMITTED, item("self_note", "x"), "Unit's Note"),
		("P2HAM Verifier", "", SUBMITTED, lambda doc: doc.set("evidence_uses", []), "removed"),
		("Kabag Hukum", "", SUBMITTED, lambda doc: doc.set("verified_score", 100), "Verified Score"),
		("Sekda", "", REVIEWED, item("verified_note", "x"), "Verifier's Note"),
	],
)
def test_what_may_not_change_is_named(people, duty, opd, name, change, label, said):
	frappe.set_user(people(duty, opd))
	with pytest.raises(frappe.PermissionError) as caught:
		save(name, change)
	assert label in said(caught)


def test_all_forbidden_fields_are_named_at_once(people, said):
	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))

	def change(doc):
		doc.self_score = 100
		doc.items[1].verified_answer = "Ada"

	with pytest.raises(frappe.PermissionError) as caught:
		save(DRAFT, change)
	assert "Unit's Score" in said(caught)
	assert frappe.get_doc("P2HAM Assessment", DRAFT).items[1].code in said(caught)


def test_administrator_is_not_exempt(said):
	with pytest.raises(frappe.PermissionError) as caught:
		save(DRAFT, item("self_note", "dari Administrator"))
	assert "Unit's Note" in said(caught)


def test_an_approved_assessment_does_not_change(people):
	for user in (people("Sekda"), people("Kabag Hukum"), people("OPD Head", "DISDUKCAPIL"), "Administrator"):
		frappe.set_user(user)
		for change in (item("verified_answer", "Tidak"), lambda doc: doc.set("evidence_uses", [])):
			with pytest.raises((frappe.PermissionError, frappe.UpdateAfterSubmitError)):
				save(APPROVED, change)


def test_the_clerk_writes_the_units_side_and_the_verifier_the_other(people):
	frappe.set_user(people("OPD Clerk", "KEC TEBING TINGGI"))
	assert save(DRAFT, item("self_note", "catatan")).items[0].self_note == "catatan"
	frappe.set_user(people("P2HAM Verifier"))
	doc = save(SUBMITTED, item("verified_answer", "Tidak"))
	assert doc.items[0].verified_points == 0


def test_a_new_assessment_does_not_bring_the_verifiers_side(people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	indicator = "PERMENKUMHAM-25-2023-A2"
	with pytest.raises(frappe.PermissionError, match=indicator):
		make.create_assessment(
			"P2HAM-2024", "RSP PENDOPO", items=[{"indicator": indicator, "verified_answer": "Ada"}]
		)


def test_a_manager_starts_assessments_for_the_units_but_neither_answers_nor_sees_them(people, demo_site):
	from p2ham.api.period import create_assessments

	frappe.set_user(demo_site["manager"]["user"])
	indicator = "PERMENKUMHAM-25-2023-A2"
	with pytest.raises(frappe.PermissionError):
		make.create_assessment(
			"P2HAM-2024", "RSP PENDOPO", items=[{"indicator": indicator, "self_answer": "Ada"}]
		)
	result = create_assessments("P2HAM-2024")
	assert result["created"] >= 1 and not result["failed"]
	name = "RSP PENDOPO-P2HAM-2024"
	assert not frappe.has_permission("P2HAM Assessment", "read", name)
	frappe.set_user(people("OPD Clerk", "DINKES"))
	assert len(frappe.get_doc("P2HAM Assessment", name).items) == 20


def test_answers_that_come_with_a_new_assessment_are_kept(people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	indicator = "PERMENKUMHAM-25-2023-A2"
	doc = make.create_assessment(
		"P2HAM-2024", "RSP PENDOPO", items=[{"indicator": indicator, "self_answer": "Ada"}], self_score=99
	)
	row = next(row for row in doc.items if row.indicator == indicator)
	assert row.self_points == 100
	assert doc.self_score < 99


def test_a_new_assessment_brings_no_stamp_no_state_and_no_number(people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	forged = {
		"workflow_state": "Reviewed",
		"submitted_by": people("OPD Head", "DINKES"),
		"reviewed_by": people("Kabag Hukum"),
		"snapshot_hash": "0" * 64,
		"sheet_number": "100/1",
		"review_note": "sudah diperiksa",
	}
	doc = make.create_assessment("P2HAM-2024", "RSP PENDOPO", **forged)
	assert doc.workflow_state == "Draft"
	assert not any(doc.get(field) for field in forged if field != "workflow_state")


def test_nobody_inserts_an_assessment_that_is_approved_already(people):
	make.create_officer(people("Sekda"), "Rangkap", "OPD Clerk", "DINKES")
	for user in (people("Sekda"), "Administrator"):
		frappe.set_user(user)
		with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
			make.create_assessment("P2HAM-2024", "RSP PENDOPO", docstatus=1)
