import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import carry_over, evidence
from p2ham.engine.carry_over import Accepted, Asked, Document
from p2ham.engine.instrument import EvidenceSlot, Scale, ScaleOption

OPTIONS = Scale("Ada", "Options", (ScaleOption("Ada", Decimal(100)), ScaleOption("Tidak", Decimal(0))))
PERCENT = Scale("Persen", "Percentage", ())
PHOTO = EvidenceSlot("Foto", "Image", True)
DECREE = EvidenceSlot("SK", "PDF", True)
REPORT = EvidenceSlot("Laporan", "PDF", False)


def asked(code="N1", scale=OPTIONS, *slots):
	return Asked(code, scale, slots)


def document(**fields):
	return Document(
		**{
			"evidence": "DD-1",
			"code": "O1",
			"slot": "SK",
			"kind": "File",
			"mime_type": "application/pdf",
			**fields,
		}
	)


class TestAnswers:
	def test_the_accepted_answer_and_the_units_note_go_along(self):
		found = carry_over.answers([asked()], [Accepted("O1", "Ada", "Di lantai dua.")], {"N1": ("O1",)})
		assert found == {"N1": carry_over.Answer("Ada", "Di lantai dua.")}

	def test_a_split_indicator_gives_to_each(self):
		found = carry_over.answers(
			[asked("N1"), asked("N2")], [Accepted("O1", "Tidak")], {"N1": ("O1",), "N2": ("O1",)}
		)
		assert {code: one.answer for code, one in found.items()} == {"N1": "Tidak", "N2": "Tidak"}

	@pytest.mark.parametrize(("second", "carried"), [("Ada", True), ("Tidak", False), ("", False)])
	def test_merged_ones_only_if_all_agree(self, second, carried):
		items = [Accepted("O1", "Ada", "satu"), Accepted("O2", second, "dua")]
		found = carry_over.answers([asked()], items, {"N1": ("O1", "O2")})
		assert found == ({"N1": carry_over.Answer("Ada", "satu\ndua")} if carried else {})

	def test_of_merged_ones_only_what_the_unit_was_asked_counts(self):
		found = carry_over.answers([asked()], [Accepted("O1", "Ada")], {"N1": ("O1", "O2")})
		assert found["N1"].answer == "Ada"

	@pytest.mark.parametrize(
		("scale", "answer"), [(OPTIONS, "Sebagian"), (OPTIONS, "80"), (PERCENT, "Ada"), (PERCENT, "101")]
	)
	def test_what_the_new_scale_does_not_know_stays_behind(self, scale, answer):
		assert carry_over.answers([asked(scale=scale)], [Accepted("O1", answer)], {"N1": ("O1",)}) == {}

	def test_a_new_question_begins_empty(self):
		assert carry_over.answers([asked("N9")], [Accepted("O1", "Ada")], {"N9": ()}) == {}

	@given(
		st.dictionaries(st.sampled_from(["O1", "O2", "O3"]), st.sampled_from(["Ada", "Tidak", "", "lain"]))
	)
	def test_nothing_is_invented(self, given_answers):
		items = [Accepted(code, answer) for code, answer in given_answers.items()]
		found = carry_over.answers([asked()], items, {"N1": ("O1", "O2", "O3")})
		assert all({one.answer} == set(given_answers.values()) for one in found.values())


class TestDocuments:
	def use(self, *slots, **fields):
		return carry_over.documents(
			[asked("N1", OPTIONS, *slots)], [document(**fields)], {"N1": ("O1",)}, 2024
		)

	@pytest.mark.parametrize(
		("slots", "slot"),
		[
			((DECREE, REPORT), "SK"),  # the same label
			((PHOTO, REPORT), "Laporan"),  # the only one that wants such a document
			((EvidenceSlot("SK", "Image", True),), ""),  # the same label wants something else
			((REPORT, EvidenceSlot("Notula", "PDF", False)), ""),  # two would do
			((), ""),
		],
	)
	def test_where_a_document_goes(self, slots, slot):
		(found,) = self.use(*slots)
		assert (found.code, found.slot, found.document.evidence) == ("N1", slot, "DD-1")

	def test_only_what_is_valid_in_the_new_data_year_goes_along(self):
		day = datetime.date
		assert self.use(DECREE, valid_until=day(2023, 12, 31)) == []
		assert self.use(DECREE, document_date=day(2025, 1, 1)) == []
		(partly,) = self.use(DECREE, valid_until=day(2024, 6, 30))
		assert partly.validity == evidence.PARTLY_VALID
		(valid,) = self.use(DECREE, document_date=day(2020, 1, 1))
		assert valid.validity == evidence.VALID
		(unknown,) = self.use(DECREE)
		assert unknown.validity == evidence.NO_DATES

	def test_one_document_of_two_merged_indicators_stands_there_once(self):
		documents = [document(code="O1"), document(code="O2")]
		assert (
			len(carry_over.documents([asked("N1", OPTIONS, DECREE)], documents, {"N1": ("O1", "O2")}, 2024))
			== 1
		)
