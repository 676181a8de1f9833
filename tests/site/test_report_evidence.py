"""Evidence register: against a reckoning over documents, use by use."""

from collections import Counter

import frappe
import generated
import pytest
from frappe.utils import add_days, getdate, nowdate
from report_world import MAX_QUERIES, World

REGISTER = "P2HAM Evidence Register"
READERS = ("kabag", "clerk", "single", "observer")


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once()


@pytest.fixture
def world(regency):
	return World(regency)


def may_see(world, reader: str, evidence, revision) -> bool:
	if reader == "kabag":
		return True
	if reader == "observer":
		return not evidence.contains_personal_data and not (revision and revision.contains_personal_data)
	return evidence.opd in world.units_of(reader)


def reckoned(world, reader: str) -> list[dict]:
	found = []
	for doc in world.documents(reader):
		for use in doc.evidence_uses:
			evidence = frappe.get_doc("P2HAM Evidence", use.evidence)
			revision = next((row for row in evidence.revisions if row.revision == use.revision), None)
			if may_see(world, reader, evidence, revision):
				found.append(
					{
						"opd": doc.opd,
						"indicator": use.indicator,
						"evidence": use.evidence,
						"title": revision.title if revision else None,
						"validity": use.validity,
						"verification": use.verification,
						"valid_until": revision.valid_until if revision else None,
						"personal": int(
							bool(
								evidence.contains_personal_data
								or (revision and revision.contains_personal_data)
							)
						),
					}
				)
	return found


def key(row) -> tuple:
	return tuple(
		str(row[name]) for name in ("opd", "indicator", "evidence", "title", "validity", "verification")
	)


@pytest.mark.parametrize("reader", READERS)
def test_each_use_is_listed_once_and_counted(world, reader):
	expected = reckoned(world, reader)
	report = world.run(REGISTER, reader)
	assert Counter(map(key, report["result"])) == Counter(map(key, expected))
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	today, soon = (
		getdate(nowdate()),
		getdate(add_days(nowdate(), frappe.db.get_single_value("P2HAM Settings", "reminder_days") or 30)),
	)
	lasts = [getdate(row["valid_until"]) for row in expected if row["valid_until"]]
	assert cards == {
		"Documents": len({row["evidence"] for row in expected}),
		"Uses": len(expected),
		"Pending": sum(row["verification"] == "Pending" for row in expected),
		"Returned": sum(row["verification"] == "Returned" for row in expected),
		"Not Valid in the Year": sum(row["validity"] == "Not Valid" for row in expected),
		"Expired": sum(last < today for last in lasts),
		"Expiring Soon": sum(today <= last <= soon for last in lasts),
		"With Personal Data": sum(row["personal"] for row in expected),
	}
	assert report["chart"]["data"]["datasets"][0]["values"] == [
		sum(row["verification"] == name for row in expected) for name in ("Pending", "Accepted", "Returned")
	]


def test_an_earlier_revision_that_showed_citizens_is_not_for_the_observer(world):
	row = next(row for row in reckoned(world, "observer"))
	shown = {one["evidence"] for one in world.run(REGISTER, "observer")["result"]}
	assert row["evidence"] in shown
	frappe.db.set_value("P2HAM Evidence Revision", {"parent": row["evidence"]}, {"contains_personal_data": 1})
	shown = {one["evidence"] for one in world.run(REGISTER, "observer")["result"]}
	assert row["evidence"] not in shown


@pytest.mark.parametrize(
	("name", "value"),
	(("verification", "Returned"), ("validity", "Not Valid"), ("personal", 1)),
)
def test_uses_are_narrowed(world, name, value):
	expected = [row for row in reckoned(world, "kabag") if row[name] == value]
	report = world.run(REGISTER, "kabag", **{name: value})
	assert Counter(map(key, report["result"])) == Counter(map(key, expected))
	assert expected
	assert report["report_summary"][1]["value"] == len(expected)


def test_a_unit_and_an_indicator_narrow_the_uses(world):
	every = reckoned(world, "kabag")
	indicator = every[0]["indicator"]
	for filters, expected in (
		({"opd": world.made.parents[0]}, [r for r in every if r["opd"] in world.units_of("clerk")]),
		({"indicator": indicator}, [r for r in every if r["indicator"] == indicator]),
	):
		assert Counter(map(key, world.run(REGISTER, "kabag", **filters)["result"])) == Counter(
			map(key, expected)
		)


@pytest.mark.parametrize("reader", READERS)
def test_what_no_sheet_of_the_period_uses_can_be_listed(world, reader):
	expected = set()
	used = {use.evidence for doc in world.documents(reader) for use in doc.evidence_uses}
	used_when_approved = {
		row.evidence
		for period in world.opened()
		for doc in world.documents("observer", period)
		for row in doc.evidence_uses
	}
	for name in frappe.get_all("P2HAM Evidence", pluck="name", order_by="name"):
		doc = frappe.get_doc("P2HAM Evidence", name)
		seen = may_see(world, reader, doc, None) and (reader != "observer" or name in used_when_approved)
		if seen and name not in used:
			expected.add(name)
	report = world.run(REGISTER, reader, unused=1)
	assert {row["evidence"] for row in report["result"]} == expected
	assert report["report_summary"][0]["value"] == len(expected)


def test_a_long_register_says_how_much_is_not_listed(world, monkeypatch):
	from p2ham.p2ham.report.p2ham_evidence_register import p2ham_evidence_register as report

	number = len(reckoned(world, "kabag"))
	monkeypatch.setattr(report, "MOST", 3)
	found = world.run(REGISTER, "kabag")
	assert len(found["result"]) == 3
	assert found["message"] == f"3 of {number} are listed; all of them are counted."


@pytest.mark.parametrize(
	("filters", "words"),
	(
		({"verification": "Lost"}, "Verification: Lost"),
		({"validity": "Lost"}, "Validity: Lost"),
		({"opd": "NOWHERE"}, "Unit: NOWHERE"),
	),
)
def test_a_filter_that_makes_no_sense_is_named(world, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(REGISTER, "kabag", **filters)


def test_an_empty_period_has_no_figures(world):
	frappe.db.delete("P2HAM Assessment", {"period": world.period})
	report = world.run(REGISTER, "kabag")
	assert (report["result"], report["chart"]) == ([], None)


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, indicators=8, prefix="BESAR"))
	for filters in ({}, {"unused": 1}):
		for reader in ("kabag", "clerk"):
			few = world.count_queries(queries, REGISTER, reader, **filters)
			assert large.count_queries(queries, REGISTER, reader, **filters) == few <= MAX_QUERIES
