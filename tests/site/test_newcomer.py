"""What CONTRIBUTING.md says of adding a field that the verifier may change, done in a scratch copy: no more is needed."""

import json
import shutil
import sys
import types
from pathlib import Path

import frappe
import pytest
from frappe.modules.import_file import import_file_by_path
from way_back import no_trace

from p2ham.assessment import sealed_content
from p2ham.demo import factories as make
from p2ham.engine import lifecycle

APP = Path(frappe.get_app_path("p2ham"))
ITEM = "P2HAM Assessment Item"
DOCTYPE = "p2ham/doctype/p2ham_assessment_item/p2ham_assessment_item.json"
LIFECYCLE = "engine/lifecycle.py"
SUBMITTED, DRAFT = "DISDIKBUD-P2HAM-2024", "KEC TEBING TINGGI-P2HAM-2024"
FIELD = {"fieldname": "site_visit", "fieldtype": "Data", "label": "Seen on Site"}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
	"""The two files that the first two steps change, copied and changed."""
	folder = tmp_path_factory.mktemp("scratch")
	for path in (DOCTYPE, LIFECYCLE):
		(folder / path).parent.mkdir(parents=True, exist_ok=True)
		shutil.copy(APP / path, folder / path)
	doctype = json.loads((folder / DOCTYPE).read_text("utf-8"))
	doctype["fields"].append(FIELD)
	doctype["field_order"].append(FIELD["fieldname"])
	(folder / DOCTYPE).write_text(json.dumps(doctype), "utf-8")
	text = (folder / LIFECYCLE).read_text("utf-8")
	assert text.count('"verified_answer", "verified_note"') == 1
	named = text.replace(
		'"verified_answer", "verified_note"', '"verified_answer", "verified_note", "site_visit"'
	)
	(folder / LIFECYCLE).write_text(named, "utf-8")
	return folder


@pytest.fixture
def with_the_field(scratch, monkeypatch, no_trace_of_the_field):
	module = types.ModuleType("p2ham.engine.lifecycle_of_a_newcomer")
	module.__package__ = "p2ham.engine"
	monkeypatch.setitem(sys.modules, module.__name__, module)
	exec(compile((scratch / LIFECYCLE).read_text("utf-8"), LIFECYCLE, "exec"), module.__dict__)
	import_file_by_path(str(scratch / DOCTYPE), force=True)
	monkeypatch.setattr(lifecycle, "EDITABLE", module.EDITABLE)
	monkeypatch.setattr(sealed_content, "ANSWERS_IF_SET", (FIELD["fieldname"],))


@pytest.fixture
def no_trace_of_the_field():
	with no_trace():
		yield
	frappe.clear_cache(doctype=ITEM)


def write(name, value):
	doc = frappe.get_doc("P2HAM Assessment", name)
	doc.items[0].site_visit = value
	doc.save()
	return frappe.db.get_value(ITEM, doc.items[0].name, "site_visit")


def test_the_verifier_changes_it_and_it_is_sealed(with_the_field, people):
	doc = frappe.get_doc("P2HAM Assessment", SUBMITTED)
	before = sealed_content.content_hash(doc)
	with make.acting_as(people("P2HAM Verifier")):
		assert write(SUBMITTED, "12 November") == "12 November"
	after = frappe.get_doc("P2HAM Assessment", SUBMITTED)
	assert sealed_content.content(after)["items"][0]["site_visit"] == "12 November"
	assert sealed_content.content_hash(after) != before


def test_what_was_sealed_before_keeps_its_hash(with_the_field):
	name = "DISDUKCAPIL-P2HAM-2024"
	logged = frappe.get_all(
		"P2HAM Assessment Log", filters={"assessment": name}, pluck="content_hash", order_by="sequence desc"
	)
	assert sealed_content.content_hash(frappe.get_doc("P2HAM Assessment", name)) == logged[0]


@pytest.mark.parametrize(
	("duty", "opd", "name", "named"),
	[
		("OPD Clerk", "KEC TEBING TINGGI", DRAFT, "Seen on Site"),
		# Whose turn it is not is refused before any field is looked at.
		("OPD Clerk", "DISDIKBUD", SUBMITTED, ""),
		("Sekda", "", SUBMITTED, ""),
	],
)
def test_nobody_else_changes_it(with_the_field, people, said, duty, opd, name, named):
	frappe.set_user(people(duty, opd))
	with pytest.raises(frappe.PermissionError) as caught:
		write(name, "x")
	assert named in said(caught)
