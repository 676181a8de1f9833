from dataclasses import replace
from decimal import Decimal

from p2ham.engine.completeness import Gap, ItemState, missing, share_complete
from p2ham.engine.instrument import EvidenceSlot
from p2ham.engine.scoring import UNANSWERED, Points

PHOTO = EvidenceSlot("Foto ramp", "Image", mandatory=True)
DECREE = EvidenceSlot("SK", "PDF", mandatory=False)
FULL, NONE, OUT = Points(Decimal(100)), Points(Decimal(0)), Points(None)


def item(points, *filled):
	return ItemState("A1", "Ramp", points, (PHOTO, DECREE), frozenset(filled))


def test_an_unanswered_item_is_listed_by_code_and_title():
	(gap,) = missing([item(UNANSWERED)])
	assert (gap.code, gap.title, gap.gap) == ("A1", "Ramp", Gap.ANSWER)


def test_a_claim_needs_its_mandatory_evidence():
	(gap,) = missing([item(FULL)])
	assert (gap.gap, gap.slot) == (Gap.EVIDENCE, "Foto ramp")
	assert missing([item(FULL, "Foto ramp")]) == []


def test_who_says_no_or_not_applicable_has_nothing_to_show():
	assert missing([item(NONE), item(OUT)]) == []


def test_the_share_is_100_only_when_nothing_is_missing():
	assert share_complete([item(FULL, "Foto ramp"), item(UNANSWERED)]) == 50
	assert share_complete([item(NONE)]) == 100
	assert (
		share_complete([*(replace(item(NONE), code=f"B{each}") for each in range(199)), item(UNANSWERED)])
		== 99
	)
	assert share_complete([]) == 0


def test_what_was_carried_over_counts_once_it_is_confirmed():
	answered = Points(Decimal(0))
	items = [ItemState("A1", "Ramp", answered, unconfirmed=True), ItemState("A2", "Toilet", answered)]
	(gap,) = missing(items)
	assert (gap.code, gap.gap, gap.slot) == ("A1", Gap.CONFIRMATION, "")
	assert share_complete(items) == 50


def test_of_what_is_not_answered_nothing_can_be_confirmed():
	(gap,) = missing([ItemState("A1", "Ramp", UNANSWERED, unconfirmed=True)])
	assert gap.gap is Gap.ANSWER


def test_confirmed_or_not_the_evidence_has_to_be_there():
	gaps = missing([ItemState("A1", "Ramp", Points(Decimal(100)), (PHOTO,), unconfirmed=True)])
	assert [gap.gap for gap in gaps] == [Gap.CONFIRMATION, Gap.EVIDENCE]
