"""What our doors hand to a controller, and one hook to the next, cannot be handed in from outside: neither sent along as
a key, nor as a flag, nor by calling the method that hands it."""

from __future__ import annotations

import copy
import json
import pickle

import frappe
import pytest
from frappe.model.base_document import get_controller

from p2ham.access.own_files import Origin
from p2ham.access.server_side import ServerSide
from p2ham.engine import lifecycle

pytestmark = pytest.mark.quick

ASSESSMENT, LOG, PERIOD, GUIDANCE = (
	"P2HAM Assessment",
	"P2HAM Assessment Log",
	"P2HAM Period",
	"P2HAM Guidance",
)
SUBMITTED, UNIT = "DISDIKBUD-P2HAM-2024", "DISDIKBUD"
# The methods by which our own doors hand something in, or store what nobody else does.
OWN_CALLS = {
	ASSESSMENT: ("take_step",),
	LOG: ("write",),
	"P2HAM Assessment Snapshot": ("write",),
	"P2HAM Signed Copy": ("keep",),
	"P2HAM Evidence": ("receive", "save_cleared"),
	PERIOD: ("save_step_of",),
	GUIDANCE: ("save_links",),
	"P2HAM Quarterly Report": ("refresh_figures", "mark_as_sent"),
}


@pytest.fixture
def who(http, people):
	return lambda duty, opd="": http(people(duty, opd))


def declared() -> dict[str, list[str]]:
	"""Every controller of ours with what travels with its documents."""
	doctypes = frappe.get_all("DocType", {"module": "P2HAM", "istable": 0}, pluck="name", order_by="name")
	found = {}
	for doctype in [*doctypes, "File"]:
		classes = get_controller(doctype).__mro__
		names = [
			name for cls in classes for name, value in vars(cls).items() if isinstance(value, ServerSide)
		]
		if names:
			found[doctype] = names
	return found


def sent_along() -> list[tuple[str, str]]:
	return [(doctype, name) for doctype, names in declared().items() for name in names]


def test_they_are_found():
	found = declared()
	assert set(found) == {
		*(ASSESSMENT, PERIOD, GUIDANCE, "File", "P2HAM Evidence"),
		*("P2HAM Signed Copy", "P2HAM Quarterly Report"),
	}
	assert sum(map(len, found.values())) == 11


def test_no_key_that_a_client_sends_is_read():
	for doctype, name in sent_along():
		default = getattr(get_controller(doctype), name).default  # the descriptor itself
		for value in ({"note": "x"}, [1], "x", 1, True):
			doc = frappe.get_doc({"doctype": doctype, name: value, "flags": {name: value}})
			assert getattr(doc, name) is default, (doctype, name)
			doc.update({name: value, "flags": {name: value}})
			doc.set(name, value)
			assert getattr(doc, name) is default, (doctype, name)


def test_no_field_has_such_a_name():
	for doctype, name in sent_along():
		assert not frappe.get_meta(doctype).has_field(name), (doctype, name)


def test_no_copy_of_a_document_has_it():
	doc = frappe.get_doc(ASSESSMENT, SUBMITTED)
	doc.sealed = ("content", "code")
	assert doc.sealed == ("content", "code")
	for other in (copy.copy(doc), frappe.copy_doc(doc), pickle.loads(pickle.dumps(doc))):
		assert other.sealed is None


def test_a_step_takes_no_note_that_is_sent_beside_its_fields(who):
	client = who("Kabag Hukum")
	smuggled = {"note": "tanpa alasan", "until": ""}
	answer = client.put(
		f"/api/resource/{ASSESSMENT}/{SUBMITTED}",
		json={
			"workflow_state": lifecycle.DRAFT,
			"request": smuggled,
			"taken": smuggled,
			"flags": {"request": smuggled, "p2ham_note": "tanpa alasan", "ignore_validate": 1},
		},
	)
	assert answer.status_code in (403, 417), answer.text
	frappe.db.rollback()
	assert frappe.db.get_value(ASSESSMENT, SUBMITTED, "workflow_state") == lifecycle.SUBMITTED


def test_nobody_takes_part_in_another_s_right_by_sending_it(who):
	period = frappe.get_doc(PERIOD, "P2HAM-2024")
	rows = json.loads(period.as_json())["participants"]
	rows[0]["status"] = "Withdrawn"
	sent = {"participants": rows, "taker": "OPD Head", "flags": {"taker": "OPD Head"}}
	answer = who("OPD Head", UNIT).put(f"/api/resource/{PERIOD}/P2HAM-2024", json=sent)
	assert answer.status_code == 403


@pytest.mark.parametrize("origin", [origin.value for origin in Origin])
def test_no_file_says_by_which_door_it_came(who, origin):
	values = {
		"doctype": "File",
		"file_name": "x.pdf",
		"content": "x",
		"is_private": 1,
		"attached_to_doctype": "P2HAM Signed Copy",
		"attached_to_name": "X",
	}
	for more in ({"p2ham_origin": origin}, {"flags": {"p2ham_origin": origin, "p2ham_kept": 1}}):
		answer = who("Kabag Hukum").call("frappe.client.insert", doc={**values, **more})
		assert answer.status_code == 403, answer.text


@pytest.mark.parametrize(
	("doctype", "method"), [(name, call) for name, calls in OWN_CALLS.items() for call in calls]
)
def test_no_client_calls_what_hands_it_in(who, doctype, method):
	assert callable(getattr(get_controller(doctype), method))
	stored = frappe.get_all(doctype, pluck="name", order_by="name", limit=1)
	doc = frappe.get_doc(doctype, stored[0]) if stored else frappe.get_doc({"doctype": doctype, "name": "X"})
	for duty, unit in (("Kabag Hukum", ""), ("OPD Head", UNIT)):
		client = who(duty, unit)
		for asked in (
			{"dt": doctype, "dn": doc.name, "method": method},
			{"docs": doc.as_json(), "method": method},
		):
			answer = client.post("/api/method/run_doc_method", json=asked)
			assert answer.status_code in (403, 404), answer.text


@pytest.mark.parametrize("doctype", [LOG, "P2HAM Assessment Snapshot", "P2HAM Signed Copy"])
def test_what_is_only_appended_is_refused_before_anything_of_it_is_stored(doctype):
	before = frappe.db.count(doctype)
	for values in (
		{},
		{"name": "X", "assessment": SUBMITTED, "__islocal": 1},
		{"flags": {"p2ham_append": 1}},
	):
		doc = frappe.get_doc({"doctype": doctype, **values})
		for store in (doc.insert, doc.save):
			with pytest.raises(frappe.PermissionError):
				store(ignore_permissions=True)
	assert frappe.db.count(doctype) == before
