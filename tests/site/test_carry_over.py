"""Last year's answers and documents in this year's assessment: marked until the unit has confirmed them."""

import frappe
import pytest

from p2ham.api import assessment as forms
from p2ham.api import period as doors
from p2ham.assessment import sealed_content
from p2ham.demo import factories as make

pytestmark = pytest.mark.quick

INSTRUMENT, OLDER = "PERMENKUMHAM-25-2023", "PERMENKUMHAM-27-2018"
UNIT = "DISDUKCAPIL"
LAST = f"{UNIT}-P2HAM-2024"  # approved
SUBMITTED = "DISDIKBUD"  # has nothing approved yet


@pytest.fixture
def next_year(demo_site):
	"""The name of a draft of 2025 made with everything of 2024 that is still valid."""
	period = make.create_period(INSTRUMENT, 2025, [UNIT, "DPMPTSP", SUBMITTED])
	frappe.set_user(demo_site["manager"]["user"])
	assert doors.create_assessments(period, 1) == {"created": 3, "carried": 2, "failed": []}
	frappe.set_user("Administrator")
	return f"{UNIT}-{period}"


@pytest.fixture
def draft(next_year, people):
	"""The draft as its clerk opens it."""
	frappe.set_user(people("OPD Clerk", UNIT))
	return frappe.get_doc("P2HAM Assessment", next_year)


def of(doc, indicator):
	return next(row for row in doc.items if row.indicator == indicator)


def uses_of(doc, indicator):
	return [use for use in doc.evidence_uses if use.indicator == indicator]


def confirm(doc, *indicators):
	for row in [*doc.items, *doc.evidence_uses]:
		if not indicators or row.indicator in indicators:
			row.carried_over = 0
	doc.save()


def put(client, name, **values):
	return client.put(f"/api/resource/P2HAM Assessment/{name}", json=values)


class TestWhatComesAlong:
	def test_what_was_accepted_with_the_units_note(self, next_year):
		last, doc = frappe.get_doc("P2HAM Assessment", LAST), frappe.get_doc("P2HAM Assessment", next_year)
		accepted = {row.indicator: row for row in last.items}
		assert any(row.verified_answer != row.self_answer for row in last.items)
		assert len(doc.items) == len(last.items)
		for row in doc.items:
			before = accepted[row.indicator]
			assert (row.self_answer, row.self_note or "") == (before.verified_answer, before.self_note or "")
			assert (row.carried_over, row.carried_from) == (1, LAST)
			assert not row.verified_answer and row.self_points == before.verified_points
		assert doc.self_score == last.verified_score
		assert doc.owner != last.owner and doc.workflow_state == "Draft"

	def test_documents_that_are_still_valid_in_their_slots(self, next_year):
		last, doc = frappe.get_doc("P2HAM Assessment", LAST), frappe.get_doc("P2HAM Assessment", next_year)
		key = lambda use: (use.indicator, use.slot, use.evidence)  # noqa: E731
		assert sorted(map(key, doc.evidence_uses)) == sorted(map(key, last.evidence_uses))
		assert {(use.carried_over, use.verification, use.validity) for use in doc.evidence_uses} == {
			(1, "Pending", "Valid")
		}

	def test_not_what_has_expired_or_was_returned(self, people, demo_site):
		last = frappe.get_doc("P2HAM Assessment", LAST)
		expired, returned = last.evidence_uses[0], last.evidence_uses[1]
		frappe.db.set_value("P2HAM Evidence", expired.evidence, "valid_until", "2023-06-30")
		frappe.db.set_value("P2HAM Evidence Use", returned.name, "verification", "Returned")
		period = make.create_period(INSTRUMENT, 2025, [UNIT])
		doors.create_assessments(period, 1)
		found = {use.evidence for use in frappe.get_doc("P2HAM Assessment", f"{UNIT}-{period}").evidence_uses}
		assert found == {use.evidence for use in last.evidence_uses} - {expired.evidence, returned.evidence}

	def test_nothing_where_nothing_was_approved(self, next_year):
		doc = frappe.get_doc("P2HAM Assessment", next_year.replace(UNIT, SUBMITTED))
		assert not doc.evidence_uses and not any(row.self_answer or row.carried_over for row in doc.items)

	def test_nothing_unless_it_is_asked_for(self):
		period = make.create_period(INSTRUMENT, 2025, [UNIT])
		assert doors.create_assessments(period)["carried"] == 0
		doc = frappe.get_doc("P2HAM Assessment", f"{UNIT}-{period}")
		assert not doc.evidence_uses and not any(row.self_answer for row in doc.items)

	def test_from_an_older_instrument_along_the_links(self):
		"""In a second round of 2024 the latest earlier one is that of 2023, under the instrument before."""
		period = make.create_period(INSTRUMENT, 2024, [UNIT])
		assert doors.create_assessments(period, 1)["carried"] == 1
		doc = frappe.get_doc("P2HAM Assessment", f"{UNIT}-{period}")
		before = frappe.get_doc("P2HAM Assessment", f"{UNIT}-P2HAM-2023")
		accepted = {row.indicator: row.verified_answer for row in before.items}
		carried = [row for row in doc.items if row.carried_over]
		assert 0 < len(carried) < len(doc.items)
		for row in carried:
			links = frappe.get_all(
				"P2HAM Indicator Predecessor", {"parent": row.indicator}, pluck="reference", order_by="idx"
			)
			olds = [link.replace(":", "-") for link in links if link.startswith(OLDER)]
			assert {accepted[old] for old in olds if old in accepted} == {row.self_answer}
			assert row.carried_from == before.name

	def test_the_figures_and_the_log_hold(self, next_year):
		from p2ham.assessment.log_verification import Verification
		from p2ham.assessment.recomputation import Audit

		assert list(Audit().findings([next_year])) == [] and list(Verification().breaks([next_year])) == []


class TestConfirming:
	def test_nothing_is_submitted_unseen(self, draft, people, said):
		assert draft.completeness == 0
		gaps = forms.get_worksheet(draft.name)["missing"]
		assert {gap["code"] for gap in gaps if gap["kind"] == "confirmation"} == {
			row.code for row in draft.items
		}
		with pytest.raises(frappe.ValidationError) as caught:
			make.take_step(draft.name, "Submit")
		assert "confirm what was carried over" in said(caught) and draft.items[0].title in said(caught)

	def test_confirmed_one_by_one_or_all_at_once_it_can_be_submitted(self, draft, people):
		first = draft.items[0].indicator
		confirm(draft, first)
		assert draft.completeness == 100 // len(draft.items)
		assert of(draft, first).carried_from == LAST  # where it came from stays
		confirm(draft)
		assert draft.completeness == 100
		assert make.take_step(draft.name, "Submit")["workflow_state"] == "Submitted"

	def test_a_changed_answer_is_the_units_own(self, draft):
		row = next(row for row in draft.items if uses_of(draft, row.indicator))
		scale = make.scale_answers(row.scale)
		row.self_answer = next(answer for answer in scale if answer != row.self_answer)
		draft.save()
		again = of(frappe.get_doc("P2HAM Assessment", draft.name), row.indicator)
		assert (again.carried_over, again.carried_from) == (0, None)
		assert not any(use.carried_over for use in uses_of(draft, row.indicator))

	def test_a_note_alone_confirms_nothing(self, draft):
		draft.items[0].self_note = "Sudah dilihat."
		draft.save()
		assert draft.items[0].carried_over == 1

	def test_another_document_in_its_place_is_the_units_own(self, draft):
		use = draft.evidence_uses[0]
		use.evidence = make.create_evidence(
			UNIT, "Dokumen baru", make.slot_kinds(INSTRUMENT)[use.indicator, use.slot]
		)
		draft.save()
		assert use.carried_over == 0

	@pytest.mark.parametrize("table", ["items", "evidence_uses"])
	def test_nobody_marks_anything_as_carried_over(self, draft, table, said):
		confirm(draft)
		draft.get(table)[0].carried_over = 1
		with pytest.raises(frappe.PermissionError) as caught:
			draft.save()
		assert "Carried Over" in said(caught)

	def test_nor_where_it_came_from(self, draft):
		draft.items[0].carried_from = None
		with pytest.raises(frappe.PermissionError, match="Carried Over From"):
			draft.save()

	def test_nor_by_a_document_that_is_added(self, draft):
		use = draft.evidence_uses[0]
		draft.append(
			"evidence_uses", {"indicator": use.indicator, "evidence": use.evidence, "carried_over": 1}
		)
		with pytest.raises(frappe.PermissionError, match="Carried Over"):
			draft.save()

	def test_a_new_assessment_brings_no_marks_along(self, people):
		period = make.create_period(INSTRUMENT, 2025, [UNIT])
		frappe.set_user(people("OPD Clerk", UNIT))
		use = frappe.get_doc("P2HAM Assessment", LAST).evidence_uses[0]
		marks = {"indicator": use.indicator, "carried_over": 1}
		doc = make.create_assessment(
			period,
			UNIT,
			items=[{**marks, "self_answer": "Ada", "carried_from": LAST}],
			evidence_uses=[{**marks, "slot": use.slot, "evidence": use.evidence}],
		)
		assert not any(row.carried_over for row in [*doc.items, *doc.evidence_uses])
		assert of(doc, use.indicator).carried_from is None

	def test_past_draft_nobody_changes_the_mark(self, draft, people):
		confirm(draft)
		make.take_step(draft.name, "Submit")
		frappe.set_user(people("P2HAM Verifier"))
		doc = frappe.get_doc("P2HAM Assessment", draft.name)
		doc.items[0].carried_over = 1
		with pytest.raises(frappe.PermissionError):
			doc.save()


def test_what_was_sealed_keeps_its_hash():
	"""The fields that this added are no part of what log and approval seal."""
	doc = frappe.get_doc("P2HAM Assessment", LAST)
	before = sealed_content.content_hash(doc)
	doc.items[0].carried_over, doc.items[0].carried_from = 1, LAST
	doc.evidence_uses[0].carried_over = 1
	assert sealed_content.content_hash(doc) == before
	assert set(sealed_content.content(doc)["items"][0]).isdisjoint({"carried_over", "carried_from"})
