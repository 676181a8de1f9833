"""What supports an answer: kinds, validity, names of files, and what a verifier still has to do."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from p2ham.engine import evidence, file_names, verification
from p2ham.engine.verification import Judged, Kind, Looked

day = datetime.date


@pytest.mark.parametrize(
	("slot", "kind", "mime", "fits"),
	[
		("PDF", "File", "application/pdf", True),
		("PDF", "File", "image/png", False),
		("PDF", "Link", "", False),
		("Image", "File", "image/jpeg", True),
		("Image", "File", "application/pdf", False),
		("Link", "Link", "", True),
		("Link", "File", "application/pdf", False),
		("Any", "Link", "", True),
		("Any", "File", "application/zip", True),
		("PDF", "File", None, False),
	],
)
def test_a_slot_takes_its_kind_only(slot, kind, mime, fits):
	assert evidence.fits(slot, kind, mime) is fits


@pytest.mark.parametrize(
	("dated", "begins", "ends", "validity"),
	[
		(None, None, None, "No Dates"),
		(day(2019, 1, 1), None, None, "Valid"),
		(day(2023, 6, 1), None, None, "Valid"),
		(day(2023, 12, 31), None, None, "Valid"),
		(day(2024, 1, 1), None, None, "Not Valid"),
		(None, day(2023, 1, 1), day(2023, 12, 31), "Valid"),
		(None, day(2023, 1, 2), None, "Partly Valid"),
		(None, None, day(2023, 12, 30), "Partly Valid"),
		(None, None, day(2022, 12, 31), "Not Valid"),
		(None, day(2024, 1, 1), None, "Not Valid"),
		(day(2024, 5, 1), day(2023, 1, 1), None, "Valid"),  # decreed later, in force before
		(day(2020, 5, 1), None, day(2023, 1, 1), "Partly Valid"),
	],
)
def test_a_document_stands_to_the_data_year_by_its_dates(dated, begins, ends, validity):
	assert evidence.validity(2023, dated, begins, ends) == validity


days = st.one_of(st.none(), st.dates(day(2018, 1, 1), day(2028, 12, 31)))


@given(days, days, days)
def test_what_is_valid_in_a_year_has_a_day_in_it(dated, begins, ends):
	if begins and ends and ends < begins:
		return
	said = evidence.validity(2023, dated, begins, ends)
	first = begins or dated or day.min
	common = max(first, day(2023, 1, 1)) <= min(ends or day.max, day(2023, 12, 31))
	if said == "No Dates":
		assert not (dated or begins or ends)
	else:
		assert (said != "Not Valid") is common


@pytest.mark.parametrize(
	("name", "clean"),
	[
		("SK Maklumat 2024.pdf", "SK Maklumat 2024.pdf"),
		("C:\\Users\\x\\SK.pdf", "SK.pdf"),
		("../../etc/passwd", "passwd"),
		("foto/../loket.JPG", "loket.JPG"),
		("laporan\u202efdp.exe", "laporanfdp.exe"),
		("a\u200b\u2066b\u2069.pdf", "ab.pdf"),
		("baris\nbaru\t.pdf", "baris baru.pdf"),
		("baris%0Abaru.pdf", "baris baru.pdf"),
		("%2e%2e%2fsandi.pdf", "sandi.pdf"),
		("%252e%252e%252fsandi.pdf", "-2e-2e-2fsandi.pdf"),
		("Realisasi 100%.pdf", "Realisasi 100-.pdf"),
		('dua: "kata" <x>|?.pdf', "dua- -kata- -x-.pdf"),
		("...pdf", "pdf"),
		("", ""),
		(None, ""),
		("   ", ""),
		("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
		("\u00e9" * 10 + ".pdf", "\u00e9" * 10 + ".pdf"),
	],
)
def test_a_name_is_cleaned(name, clean):
	assert file_names.clean(name) == clean


@given(st.text(max_size=400))
def test_a_cleaned_name_has_no_path_no_hidden_signs_and_a_bounded_length(name):
	found = file_names.clean(name)
	assert len(found) <= file_names.LONGEST
	assert not set(found) & set('/\\:*?"<>|%\n\r\t\u202e\u200f')
	assert file_names.clean(found) == found
	assert found not in (".", "..")


@given(st.text(max_size=200))
def test_a_part_of_a_path_is_never_empty_nor_a_way_up(text):
	found = file_names.part(text)
	assert found and found not in (".", "..") and not set(found) & set("/\\")
	assert not found.endswith((" ", "."))


def judged(**fields):
	return Judged(
		**{"code": "A1", "title": "Ram", "answered": True, "full_points": True, "has_note": False, **fields}
	)


def used(said, slot="Foto", mandatory=True, evidence="DD-1"):
	return Looked(slot, said, mandatory, evidence)


def test_an_item_without_an_answer_and_a_document_nobody_looked_at_are_open():
	items = [
		judged(answered=False),
		judged(code="A2", uses=(used("Pending"), used("", slot="", evidence="DD-9"))),
	]
	found = verification.open_points(items)
	assert [(point.code, point.kind, point.slot) for point in found] == [
		("A1", Kind.ANSWER, ""),
		("A2", Kind.EVIDENCE, "Foto"),
		("A2", Kind.EVIDENCE, "DD-9"),
	]


@pytest.mark.parametrize(
	("fields", "uses", "open_"),
	[
		({}, ("Returned",), True),
		({}, ("Returned", "Returned"), True),
		({}, ("Returned", "Accepted"), False),  # another document of the slot counts
		({}, (), False),  # an empty slot is the unit's business, and the verifier's answer
		({"has_note": True}, ("Returned",), False),
		({"full_points": False}, ("Returned",), False),
	],
)
def test_full_points_without_the_wanted_document_need_a_note(fields, uses, open_):
	item = judged(uses=tuple(used(said) for said in uses), **fields)
	assert bool(verification.open_points([item])) is open_


def test_a_returned_document_that_was_not_mandatory_needs_no_note():
	assert verification.open_points([judged(uses=(used("Returned", mandatory=False),))]) == []
