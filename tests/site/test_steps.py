"""The life of an assessment on the server: who may take which step, and what a step leaves behind."""

import frappe
import pytest
from frappe.model.workflow import apply_workflow
from frappe.utils import add_days, nowdate

from p2ham.assessment import snapshots
from p2ham.assessment.log import entry_hash
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

PERIOD = "P2HAM-2024"


@pytest.fixture
def draft(db, people):
	"""A complete draft of RSP PENDOPO, made by the clerk of the Dinas above it."""
	with make.acting_as(people("OPD Clerk", "DINKES")):
		doc = make.create_assessment(PERIOD, "RSP PENDOPO")
		make.fill(doc, [0, 1])
		make.attach_needed_evidence(doc, shared=True)
		return doc.save()


@pytest.fixture
def submitted(draft, people):
	with make.acting_as(people("OPD Clerk", "DINKES")):
		make.take_step(draft.name, "Submit")
	return frappe.get_doc("P2HAM Assessment", draft.name)


@pytest.fixture
def verified(submitted, people):
	with make.acting_as(people("P2HAM Verifier")):
		make.verify(submitted)
		return submitted.save()


@pytest.fixture
def reviewed(verified, people):
	with make.acting_as(people("Kabag Hukum")):
		make.take_step(verified.name, "Review")
	return frappe.get_doc("P2HAM Assessment", verified.name)


def state(doc) -> str:
	return frappe.db.get_value("P2HAM Assessment", doc.name, "workflow_state")


def test_an_assessment_has_a_name_that_people_can_read(draft):
	assert draft.name == "RSP PENDOPO-P2HAM-2024"


def test_the_whole_path_leaves_stamps_scores_and_a_chain_of_entries(reviewed, people):
	with make.acting_as(people("Sekda")):
		make.take_step(reviewed.name, "Approve")
	doc = frappe.get_doc("P2HAM Assessment", reviewed.name)
	assert (doc.workflow_state, doc.docstatus) == ("Approved", 1)
	assert doc.submitted_by == people("OPD Clerk", "DINKES")
	assert doc.reviewed_by == people("Kabag Hukum")
	assert doc.approved_by == people("Sekda")
	assert doc.self_score == doc.verified_score > 0
	assert len(doc.snapshot_hash) == 64 and snapshots.stored_hash(doc.name) == doc.snapshot_hash
	entries = frappe.get_all(
		"P2HAM Assessment Log", filters={"assessment": doc.name}, fields=["*"], order_by="sequence"
	)
	assert [entry.action for entry in entries] == ["Create", "Submit", "Review", "Approve"]
	assert [entry.duty for entry in entries] == ["", "OPD Clerk", "Kabag Hukum", "Sekda"]
	assert entries[-1].acting == "Pj."
	assert entries[-1].snapshot_hash == doc.snapshot_hash
	assert not any(entry.snapshot_hash for entry in entries[:-1])
	for before, entry in zip([None, *entries], entries, strict=False):
		assert entry.previous_hash == (before.entry_hash if before else "")
		assert entry.entry_hash == entry_hash(entry)


def test_an_incomplete_draft_names_every_missing_item_by_code_and_title(db, people, said):
	with make.acting_as(people("OPD Clerk", "DINKES")):
		doc = make.create_assessment(PERIOD, "RSP PENDOPO")
		make.fill(doc)
		doc.items[0].self_answer = None
		doc.save()
		with pytest.raises(frappe.ValidationError) as caught:
			make.take_step(doc.name, "Submit")
	text = said(caught)
	assert f"{doc.items[0].code} {doc.items[0].title}" in text
	slots = frappe.get_all("P2HAM Evidence Slot", filters={"mandatory": 1, "parenttype": "P2HAM Indicator"})
	assert slots and text.count("<li>") > 5
	assert state(doc) == "Draft"


@pytest.mark.parametrize("duty", ["P2HAM Verifier", "Sekda", "P2HAM Observer"])
def test_only_the_unit_submits(draft, people, duty):
	with make.acting_as(people(duty)), pytest.raises(frappe.PermissionError):
		make.take_step(draft.name, "Submit")
	assert state(draft) == "Draft"


def test_a_clerk_of_another_unit_neither_sees_nor_submits(draft, people):
	with make.acting_as(people("OPD Clerk", "DINSOS")), pytest.raises(frappe.PermissionError):
		make.take_step(draft.name, "Submit")


def test_a_review_needs_every_item_and_every_document_verified(submitted, people, said):
	with make.acting_as(people("Kabag Hukum")), pytest.raises(frappe.ValidationError) as caught:
		make.take_step(submitted.name, "Review")
	assert submitted.items[0].title in said(caught)
	assert state(submitted) == "Submitted"


def test_a_return_needs_a_note(submitted, people):
	with make.acting_as(people("Kabag Hukum")):
		with pytest.raises(frappe.MandatoryError):
			make.take_step(submitted.name, "Return", "  ")
		make.take_step(submitted.name, "Return", "Foto A1 buram.")
	doc = frappe.get_doc("P2HAM Assessment", submitted.name)
	assert (doc.workflow_state, doc.return_note) == ("Draft", "Foto A1 buram.")


def test_an_old_note_is_not_a_reason_for_a_new_return(reviewed, people):
	with make.acting_as(people("Sekda")):
		make.take_step(reviewed.name, "Return", "Mohon diperiksa ulang.")
	doc = frappe.get_doc("P2HAM Assessment", reviewed.name)
	with make.acting_as(people("Kabag Hukum")):
		doc.workflow_state = "Draft"
		with pytest.raises(frappe.MandatoryError):
			doc.save()


def test_submitting_again_clears_the_reason_for_return(submitted, people):
	with make.acting_as(people("Kabag Hukum")):
		make.take_step(submitted.name, "Return", "Foto A1 buram.")
	with make.acting_as(people("OPD Head", "DINKES")):
		make.take_step(submitted.name, "Submit")
	doc = frappe.get_doc("P2HAM Assessment", submitted.name)
	assert (doc.workflow_state, doc.return_note) == ("Submitted", "")


def test_a_changed_answer_must_be_verified_again(verified, people):
	with make.acting_as(people("Kabag Hukum")):
		make.take_step(verified.name, "Return", "Perbaiki A1.")
	with make.acting_as(people("OPD Clerk", "DINKES")):
		doc = frappe.get_doc("P2HAM Assessment", verified.name)
		best = make.scale_answers(doc.items[0].scale)
		doc.items[0].self_answer = best[1] if doc.items[0].self_answer == best[0] else best[0]
		doc.save()
	doc.reload()
	assert not doc.items[0].verified_answer
	assert doc.items[1].verified_answer


def test_frappes_own_submit_is_no_way_around_the_review(draft, submitted, people):
	for user in (people("Sekda"), "Administrator"):
		frappe.set_user(user)
		doc = frappe.get_doc("P2HAM Assessment", submitted.name)
		with pytest.raises(frappe.PermissionError):
			doc.submit()
	assert frappe.db.get_value("P2HAM Assessment", submitted.name, "docstatus") == 0


def test_writing_the_state_directly_is_a_step_with_all_its_conditions(draft, people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	doc = frappe.get_doc("P2HAM Assessment", draft.name)
	doc.workflow_state = "Reviewed"
	with pytest.raises(frappe.PermissionError, match="no step"):
		doc.save()
	doc = frappe.get_doc("P2HAM Assessment", draft.name)
	doc.items[0].self_answer = ""
	doc.workflow_state = "Submitted"
	with pytest.raises(frappe.ValidationError, match=doc.items[0].code):
		doc.save()


def test_an_approval_that_does_not_submit_is_none(reviewed, people):
	"""The state alone, written by PUT: it would look approved and be open for ever."""
	frappe.set_user(people("Sekda"))
	doc = frappe.get_doc("P2HAM Assessment", reviewed.name)
	doc.workflow_state = "Approved"
	with pytest.raises(frappe.PermissionError):
		doc.save()
	assert state(reviewed) == "Reviewed"


def test_the_desks_workflow_action_is_the_same_step(draft, people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	apply_workflow(frappe.get_doc("P2HAM Assessment", draft.name).as_json(), "Submit")
	doc = frappe.get_doc("P2HAM Assessment", draft.name)
	assert (doc.workflow_state, doc.submitted_by) == ("Submitted", frappe.session.user)
	last = frappe.get_last_doc(
		"P2HAM Assessment Log", filters={"assessment": doc.name}, order_by="sequence desc"
	)
	assert last.action == "Submit"


def test_administrator_holds_no_duty_and_takes_no_step(reviewed):
	frappe.set_user("Administrator")
	for action in ("Approve", "Return"):
		with pytest.raises(frappe.PermissionError):
			make.take_step(reviewed.name, action, "saya Administrator")


def test_who_submitted_does_not_review_even_as_kabag_hukum(draft, people, said):
	kabag = people("Kabag Hukum")
	make.create_officer(kabag, "Rangkap Jabatan", "OPD Head", "DINKES")
	with make.acting_as(kabag):
		make.take_step(draft.name, "Submit")
	with make.acting_as(people("P2HAM Verifier")):
		doc = frappe.get_doc("P2HAM Assessment", draft.name)
		make.verify(doc)
		doc.save()
	with make.acting_as(kabag), pytest.raises(frappe.PermissionError) as caught:
		make.take_step(draft.name, "Review")
	assert "Nobody else holds this duty today" in said(caught)


def test_who_submitted_before_a_return_does_not_review(draft, people, said):
	kabag = people("Kabag Hukum")
	make.create_officer(kabag, "Rangkap Jabatan", "OPD Head", "DINKES")
	with make.acting_as(kabag):
		make.take_step(draft.name, "Submit")
		make.take_step(draft.name, "Return", "Perbaiki A1.")
	with make.acting_as(people("OPD Clerk", "DINKES")):
		make.take_step(draft.name, "Submit")
	with make.acting_as(people("P2HAM Verifier")):
		doc = frappe.get_doc("P2HAM Assessment", draft.name)
		make.verify(doc)
		doc.save()
	with make.acting_as(kabag), pytest.raises(frappe.PermissionError) as caught:
		make.take_step(draft.name, "Review")
	assert "before it was returned" in said(caught)


def test_who_reviewed_does_not_approve(reviewed, people, said):
	kabag = people("Kabag Hukum")
	make.create_officer(kabag, "Plh", "Sekda", acting_prefix="Plh.")
	with make.acting_as(kabag), pytest.raises(frappe.PermissionError) as caught:
		make.take_step(reviewed.name, "Approve")
	assert "Dr. Sri Andaian" in said(caught)


def test_after_the_last_day_the_unit_cannot_submit_until_it_gets_a_later_date(draft, people):
	frappe.set_user("Administrator")
	period = frappe.get_doc("P2HAM Period", PERIOD)
	period.fill_until = add_days(nowdate(), -1)
	period.save()
	with make.acting_as(people("OPD Clerk", "DINKES")), pytest.raises(frappe.ValidationError, match="until"):
		make.take_step(draft.name, "Submit")
	row = period.participant("RSP PENDOPO")
	row.fill_until, row.extension_reason = nowdate(), "Listrik padam sepekan."
	period.save()
	with make.acting_as(people("OPD Clerk", "DINKES")):
		assert make.take_step(draft.name, "Submit")["workflow_state"] == "Submitted"


def test_an_approved_assessment_is_cancelled_with_a_note_and_amended_into_a_new_draft(reviewed, people):
	with make.acting_as(people("Sekda")):
		make.take_step(reviewed.name, "Approve")
		with pytest.raises(frappe.MandatoryError):
			make.take_step(reviewed.name, "Cancel")
		make.take_step(reviewed.name, "Cancel", "Salah periode.")
	doc = frappe.get_doc("P2HAM Assessment", reviewed.name)
	assert (doc.workflow_state, doc.docstatus, doc.cancel_note) == ("Cancelled", 2, "Salah periode.")
	with make.acting_as(people("OPD Clerk", "DINKES")):
		with pytest.raises(frappe.DuplicateEntryError, match="Amend"):
			make.create_assessment(PERIOD, "RSP PENDOPO")
		copy = frappe.copy_doc(doc)
		copy.docstatus = 0
		copy.amended_from = doc.name
		copy.insert()
	assert copy.workflow_state == "Draft"
	assert [row.self_answer for row in copy.items] == [row.self_answer for row in doc.items]
	assert not any(row.verified_answer for row in copy.items)
	assert not copy.snapshot_hash


def test_two_people_at_once_the_second_is_told_and_nothing_is_lost(draft, people):
	frappe.set_user(people("OPD Clerk", "DINKES"))
	first = frappe.get_doc("P2HAM Assessment", draft.name)
	second = frappe.get_doc("P2HAM Assessment", draft.name)
	first.items[0].self_note = "dari yang pertama"
	first.save()
	second.items[1].self_note = "dari yang kedua"
	with pytest.raises(frappe.TimestampMismatchError):
		second.save()
	stored = frappe.get_doc("P2HAM Assessment", draft.name)
	assert stored.items[0].self_note == "dari yang pertama"


def test_a_step_on_an_outdated_form_is_refused(draft, people):
	from p2ham.api.assessment import take_step

	frappe.set_user(people("OPD Clerk", "DINKES"))
	with pytest.raises(frappe.TimestampMismatchError):
		take_step(draft.name, "Submit", modified="2024-01-30 08:00:00.000000")


class TestTheLog:
	@pytest.fixture
	def entry(self, draft):
		return frappe.get_last_doc("P2HAM Assessment Log", filters={"assessment": draft.name})

	def test_nobody_writes_an_entry_by_hand(self, entry):
		copy = frappe.copy_doc(entry)
		copy.sequence = 99
		with pytest.raises(frappe.PermissionError):
			copy.insert(ignore_permissions=True)

	def test_nobody_changes_an_entry(self, entry):
		entry.note = "lain"
		with pytest.raises(frappe.PermissionError):
			entry.save(ignore_permissions=True)

	def test_nobody_deletes_an_entry(self, entry):
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc("P2HAM Assessment Log", entry.name, force=True, ignore_permissions=True)

	def test_nobody_renames_an_entry(self, entry):
		with pytest.raises(frappe.PermissionError):
			frappe.rename_doc("P2HAM Assessment Log", entry.name, "lain", force=True)
		assert frappe.db.exists("P2HAM Assessment Log", entry.name)

	def test_an_assessment_with_a_log_is_not_deleted(self, draft):
		with pytest.raises(frappe.PermissionError, match="cannot be deleted"):
			frappe.delete_doc("P2HAM Assessment", draft.name, ignore_permissions=True)
