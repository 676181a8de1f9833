"""What last year's sheet said about an indicator and what became of it, beside this year's question: across versions
of the instrument, and nothing that the reader may not see."""

from __future__ import annotations

import frappe
import pytest

from p2ham.api.assessment import get_worksheet
from p2ham.assessment import last_year
from p2ham.demo import factories as make
from p2ham.engine import comparison
from p2ham.instruments import store, writing

pytestmark = pytest.mark.quick

NOW, BEFORE, UNIT = "DISDUKCAPIL-P2HAM-2024", "DISDUKCAPIL-P2HAM-2023", "DISDUKCAPIL"


@pytest.fixture
def sheets(demo_site):
	return frappe.get_doc("P2HAM Assessment", NOW), frappe.get_doc("P2HAM Assessment", BEFORE)


@pytest.fixture
def linked(sheets):
	"""For each indicator of this year the codes of last year's that it continues."""
	now, before = sheets
	found = comparison.predecessors(
		before.instrument, now.instrument, [row.code for row in now.items], store.continuations()
	)
	assert any(found.values())
	return found


def follow_up(people, indicator: str, assessment: str = BEFORE, **values) -> str:
	with make.acting_as(people("P2HAM Verifier")):
		name = make.create_follow_up(UNIT, "Perbaiki", assessment=assessment, indicator=indicator)
		doc = frappe.get_doc("P2HAM Follow-up", name)
		doc.update(values)
		return doc.save().name


def test_each_indicator_shows_what_was_verified_in_those_it_continues(sheets, linked, people):
	now, before = sheets
	frappe.set_user(people("OPD Clerk", UNIT))
	found = get_worksheet(NOW)["last_year"]
	old = {row.code: row for row in before.items}
	for row in now.items:
		expected = [old[code] for code in linked[row.code] if code in old]
		if not expected:
			assert row.indicator not in found
			continue
		shown = found[row.indicator]
		assert (shown["year"], shown["assessment"]) == (2023, BEFORE)
		assert [(item["code"], item["answer"], item["note"]) for item in shown["items"]] == [
			(item.code, item.verified_answer, item.verified_note or "") for item in expected
		]
		assert [item["points"] or 0 for item in shown["items"]] == [item.verified_points for item in expected]


def test_what_became_of_it_is_shown_with_its_state(sheets, linked, people):
	now, before = sheets
	row = next(row for row in now.items if linked[row.code])
	old = next(item.indicator for item in before.items if item.code == linked[row.code][0])
	running = follow_up(people, old, status="In Progress", progress=60)
	closed = follow_up(people, old, status="Closed")
	this_year = follow_up(people, row.indicator, assessment=NOW)
	frappe.set_user(people("OPD Clerk", UNIT))
	shown = {
		each["name"]: (each["status"], each["progress"])
		for each in last_year.for_assessment(frappe.get_doc("P2HAM Assessment", NOW))[row.indicator][
			"follow_ups"
		]
	}
	assert shown[running] == ("In Progress", 60) and shown[closed] == ("Closed", 0)
	assert this_year not in shown


def test_an_older_follow_up_is_shown_until_it_is_closed(sheets, linked, people, demo_site):
	"""Seen from a third round: the first one lies two years back."""
	now, before = sheets
	row = next(row for row in now.items if linked[row.code])
	old = next(item.indicator for item in before.items if item.code == linked[row.code][0])
	running, closed = follow_up(people, old), follow_up(people, old, status="Closed")
	last = follow_up(people, row.indicator, assessment=NOW, status="Closed")
	frappe.set_user("Administrator")
	period = make.create_period(now.instrument, 2031, [UNIT])
	with make.acting_as(people("OPD Clerk", UNIT)):
		newest = make.create_assessment(period, UNIT)
		found = last_year.for_assessment(newest)[row.indicator]
	assert found["assessment"] == NOW and [item["code"] for item in found["items"]] == [row.code]
	names = [each["name"] for each in found["follow_ups"]]
	assert running in names and last in names and closed not in names


def test_who_does_not_see_the_last_sheet_is_told_nothing_of_it(sheets, people, demo_site):
	now, _before = sheets
	other = people("OPD Clerk", "DINSOS")
	frappe.set_user(other)
	with pytest.raises(frappe.PermissionError):
		get_worksheet(NOW)
	assert last_year.for_assessment(now) == {}


def test_a_first_assessment_has_no_last_year(people):
	frappe.set_user(people("Kabag Hukum"))
	assert get_worksheet("KEC TEBING TINGGI-P2HAM-2024")["last_year"] == {}


def test_the_number_of_queries_does_not_depend_on_the_size(people, queries, demo_site):
	def count(size):
		frappe.set_user("Administrator")
		code, unit = f"UJI-LALU-{size}", f"UJI LALU {size}"
		make.create_opd(unit, unit, "Puskesmas", "DINKES")
		writing.create(make.make_instrument(code, 2092, {"Ada": 100, "Sebagian": 50, "Tidak": 0}, 2, size))
		make.activate_instrument(code)
		sheets = []
		for year in (2092, 2093):
			frappe.set_user("Administrator")
			period = make.create_period(code, year, [unit])
			with make.acting_as(people("OPD Clerk", "DINKES")):
				doc = make.create_assessment(period, unit)
				make.fill(doc, [1])
				sheets.append(doc.save())
		first, second = sheets
		for row in first.items:
			row.db_set({"verified_answer": row.self_answer, "verified_points": row.self_points})
		first.db_set("workflow_state", "Approved")
		with make.acting_as(people("P2HAM Verifier")):
			for row in first.items[: size // 2]:
				make.create_follow_up(unit, "Perbaiki", assessment=first.name, indicator=row.indicator)
		with make.acting_as(people("OPD Clerk", "DINKES")):
			last_year.for_assessment(second)  # the instrument is in the cache then
			with queries() as run:
				found = last_year.for_assessment(second)
		assert sum(len(row["follow_ups"]) for row in found.values()) == size // 2
		return len(found), len(run)

	(few, small), (many, large) = count(6), count(40)
	assert (few, many) == (6, 40)
	assert small == large <= 14
