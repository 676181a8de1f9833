"""Decisions of a meeting: who writes them, what they become, and what stays of them."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate
from way_back import no_trace

from p2ham.demo import factories as make
from p2ham.follow_ups import from_guidance

pytestmark = pytest.mark.quick

GUIDANCE, FOLLOW_UP = "P2HAM Guidance", "P2HAM Follow-up"
UNIT, OTHER, BELOW = "DINSOS", "DINKES", "PKM PENDOPO"
REQUEST = {"kind": "Request for Guidance", "status": "Requested"}


@pytest.fixture
def verifier(people):
	return people("P2HAM Verifier")


@pytest.fixture
def clerk(people):
	return people("OPD Clerk", UNIT)


def guidance(user, units=(UNIT,), **values):
	with make.acting_as(user):
		return frappe.get_doc(GUIDANCE, make.create_guidance("Uji keputusan", list(units), **values))


def decided(user, *decisions, units=(UNIT, BELOW), **values):
	rows = [{"decision": "Tunjuk petugas data", "opd": UNIT, **decision} for decision in decisions or ({},)]
	return guidance(user, units, status="Held", decisions=rows, **values)


def make_follow_ups(user, doc) -> dict[str, str]:
	"""Make one of every suggestion, as the dialog does."""
	with make.acting_as(user):
		doc = frappe.get_doc(GUIDANCE, doc.name)
		names = {
			each.key: make.create_follow_up(each.opd or UNIT, each.recommendation, guidance=doc.name)
			for group in from_guidance.groups(doc)
			for each in group.suggestions
		}
		from_guidance.created(doc, names)
	return names


def change(user, doc, **values):
	with make.acting_as(user):
		doc = frappe.get_doc(GUIDANCE, doc.name)
		doc.update(values)
		doc.save()
	return doc


def rows_of(doc, **values) -> list[dict]:
	return [{**row.as_dict(), **values} for row in doc.decisions]


def test_a_unit_writes_no_decisions(clerk, verifier, said):
	with pytest.raises(frappe.PermissionError, match="Decisions"):
		guidance(clerk, **REQUEST, decisions=[{"decision": "x"}])
	request = guidance(clerk, **REQUEST)
	with pytest.raises(frappe.PermissionError) as caught:
		change(clerk, request, decisions=[{"decision": "x"}], agenda="boleh")
	assert "Decisions: row" in said(caught) and "Agenda" not in said(caught)
	with pytest.raises(frappe.PermissionError):
		change(clerk, decided(verifier), decisions=[])


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"opd": "DISDUKCAPIL"}, "Row 1: OPD: DISDUKCAPIL takes no part"),
		({"opd": "NOWHERE"}, "1: OPD: NOWHERE"),  # by Frappe itself, in its words, in version 16
		({"decision": "  "}, "Row 1: Decision must be filled"),
	],
)
def test_what_is_wrong_is_named_with_its_row(verifier, said, values, words):
	with pytest.raises(frappe.ValidationError) as caught:
		decided(verifier, values)
	assert words in frappe.utils.strip_html(said(caught))


def test_who_stands_above_a_unit_that_takes_part_may_carry_it_out(verifier):
	doc = decided(verifier, {"opd": OTHER}, {"opd": None})
	change(verifier, doc, participants=[])
	assert len(change(verifier, doc, outcome="tetap").decisions) == 2


def test_decisions_are_suggested_until_a_follow_up_was_made_of_them(verifier, clerk):
	due = add_days(nowdate(), 10)
	doc = decided(
		verifier,
		{"responsible": "Sekretaris", "due_date": due},
		{"decision": "Perbaiki loket", "opd": OTHER},
	)
	((group,), first, second) = (from_guidance.groups(doc), *doc.decisions)
	assert group.title == doc.subject
	assert [(each.key, each.opd, each.recommendation) for each in group.suggestions] == [
		(first.name, UNIT, "Tunjuk petugas data"),
		(second.name, OTHER, "Perbaiki loket"),
	]
	assert (group.suggestions[0].responsible, group.suggestions[0].due_date) == ("Sekretaris", getdate(due))
	names = make_follow_ups(verifier, doc)
	doc.reload()
	assert {row.name: row.follow_up for row in doc.decisions} == names
	assert from_guidance.groups(doc) == []
	assert frappe.db.get_value(FOLLOW_UP, names[first.name], from_guidance.FIELD) == doc.name


def test_nothing_is_suggested_of_what_was_cancelled(verifier):
	doc = guidance(verifier, decisions=[{"decision": "x", "opd": UNIT}])
	assert from_guidance.groups(change(verifier, doc, status="Cancelled", cancel_reason="x")) == []


def test_none_is_made_twice_and_two_at_once_do_not_both(verifier, said):
	doc = decided(verifier)
	(row,) = doc.decisions
	stale = frappe.get_doc(GUIDANCE, doc.name)
	(name,) = make_follow_ups(verifier, doc).values()
	frappe.db.set_value(GUIDANCE, doc.name, "modified", add_days(nowdate(), 1), update_modified=False)
	with make.acting_as(verifier):
		with pytest.raises(frappe.TimestampMismatchError):
			from_guidance.created(stale, {row.name: name})
		with pytest.raises(frappe.ValidationError) as caught:
			from_guidance.created(frappe.get_doc(GUIDANCE, doc.name), {row.name: name})
	assert "was made of this decision already" in said(caught)


def test_a_decision_with_a_follow_up_stays_with_its_unit(verifier, said):
	doc = decided(verifier)
	(name,) = make_follow_ups(verifier, doc).values()
	doc.reload()
	for decisions in ([], rows_of(doc, opd=BELOW), [{"decision": "lain", "opd": UNIT}]):
		with pytest.raises(frappe.PermissionError) as caught:
			change(verifier, doc, decisions=decisions)
		assert "Row 1: the follow-up" in said(caught) and name in said(caught) and UNIT in said(caught)
	assert (
		change(verifier, doc, decisions=rows_of(doc, responsible="Kepala Dinas")).decisions[0].follow_up
		== name
	)


def test_a_decision_takes_the_unit_for_which_the_follow_up_was_made(verifier):
	doc = decided(verifier, {"opd": None})
	make_follow_ups(verifier, doc)
	doc.reload()
	assert (doc.decisions[0].opd, doc.decisions[0].opd_name) == (UNIT, "Dinas Sosial")


def test_nobody_writes_the_link_by_hand(verifier, said):
	doc = decided(verifier)
	with make.acting_as(verifier):
		name = make.create_follow_up(UNIT, "x", guidance=doc.name)
	with pytest.raises(frappe.PermissionError) as caught:
		change(verifier, doc, decisions=rows_of(doc, follow_up=name))
	assert "Follow-up" in said(caught)
	born = guidance(verifier, decisions=[{"decision": "x", "opd": UNIT, "follow_up": name}])
	assert born.decisions[0].follow_up is None


def test_a_follow_up_that_is_deleted_leaves_its_decision(verifier):
	doc = decided(verifier)
	(name,) = make_follow_ups(verifier, doc).values()
	with make.acting_as(verifier):
		frappe.delete_doc(FOLLOW_UP, name)
	doc.reload()
	assert doc.decisions[0].follow_up is None and from_guidance.groups(doc)


def test_decisions_are_read_with_the_guidance_only(http, people, clerk, verifier):
	with no_trace():
		doc = decided(verifier, units=(UNIT,))
		frappe.db.commit()
		(row,) = doc.decisions
		assert "Tunjuk petugas data" in http(clerk).get(f"/api/resource/{GUIDANCE}/{doc.name}").text
		stranger = http(people("OPD Clerk", OTHER))
		assert stranger.get(f"/api/resource/{row.doctype}/{row.name}").status_code == 403
		listed = stranger.call(
			"frappe.client.get_list", doctype=row.doctype, parent=GUIDANCE, fields=["decision"]
		)
		assert "Tunjuk petugas data" not in listed.text
		for user in (clerk, verifier):
			address = f"/api/resource/{row.doctype}/{row.name}"
			assert http(user).put(address, json={"decision": "lain"}).status_code == 403
			assert http(user).delete(address).status_code == 403
