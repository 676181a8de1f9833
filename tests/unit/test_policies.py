"""Every DocType of ours has one policy, and everything that goes by it says the same."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import access_table
import policy_table
import pytest

from p2ham import hooks
from p2ham.access import policies
from p2ham.access.policies import BY_DOCTYPE, PARENTS, POLICIES, Sees, Writes

APP = Path(__file__).parents[2] / "p2ham"
DOCTYPES = {
	data["name"]: data
	for path in sorted((APP / "p2ham" / "doctype").glob("*/*.json"))
	for data in [json.loads(path.read_text(encoding="utf-8"))]
}
ALL = pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.doctype)


def test_every_doctype_has_one_policy():
	documents = {
		name for name, data in DOCTYPES.items() if not data.get("istable") and not data.get("issingle")
	}
	assert len(BY_DOCTYPE) == len(POLICIES)
	assert set(BY_DOCTYPE) == documents
	assert {name for name, data in DOCTYPES.items() if data.get("issingle")} == {policies.SETTINGS}


def test_every_child_table_is_the_rows_of_one_policy():
	assert set(PARENTS) == {name for name, data in DOCTYPES.items() if data.get("istable")}
	assert sum(len(policy.rows) for policy in POLICIES) == len(PARENTS)


@ALL
def test_a_policy_says_of_its_doctype_what_the_doctype_says_itself(policy):
	data = DOCTYPES[policy.doctype]
	fields = {field["fieldname"]: field for field in data["fields"]}
	tables = {
		field["options"] for field in fields.values() if field["fieldtype"] in ("Table", "Table MultiSelect")
	}
	assert set(policy.rows) == tables
	assert bool(data.get("is_submittable")) == policy.submitted
	assert data.get("track_changes") == 1 or not policy.tracked
	if policy.of_unit:
		assert fields["opd"]["options"] == "P2HAM OPD"
	if policy.of_assessment:
		assert fields["assessment"]["options"] == "P2HAM Assessment"
	if any(field["fieldtype"] in ("Attach", "Attach Image") for field in fields.values()):
		assert policy.files
	states = set((fields.get("status") or {}).get("options", "").split("\n"))
	assert policy.fixed_in | (policy.open_to_units or frozenset()) <= states


@ALL
def test_the_steps_of_a_policy_are_a_table_of_the_engine(policy):
	if policy.steps:
		assert importlib.util.find_spec(f"p2ham.engine.{policy.steps}")


def test_every_way_of_seeing_is_used_and_has_words():
	assert {policy.sees for policy in POLICIES} == set(Sees)
	assert {policy.creates for policy in POLICIES} | {policy.changes for policy in POLICIES} == set(Writes)


def test_what_is_fixed_takes_nothing_more():
	follow_up, guidance = BY_DOCTYPE["P2HAM Follow-up"], BY_DOCTYPE["P2HAM Guidance"]
	assert follow_up.is_fixed("Closed", bagian_hukum=True)
	assert not follow_up.is_fixed("Open", bagian_hukum=False)
	assert guidance.is_fixed("Cancelled", bagian_hukum=True)
	assert guidance.is_fixed("Scheduled", bagian_hukum=False)
	assert not guidance.is_fixed("Scheduled", bagian_hukum=True)
	assert not guidance.is_fixed("Requested", bagian_hukum=False)


def test_the_hooks_go_by_the_policies():
	rights, events = hooks.has_permission, hooks.doc_events
	for doctype, policy in BY_DOCTYPE.items():
		assert rights[doctype] == "p2ham.access.scope.has_permission"
		assert ("before_rename" in events[doctype]) != policy.renamed
		assert ("before_submit" in events[doctype]) != policy.submitted
	for doctype in (*BY_DOCTYPE, *PARENTS):
		assert hooks.permission_query_conditions[doctype] == "p2ham.access.scope.permission_query_conditions"
	for rows in PARENTS:
		assert events[rows]["before_validate"] == "p2ham.access.guard.refuse_row_alone"


def test_the_security_page_shows_the_policies():
	shown = policy_table.section(policy_table.DOCUMENT.read_text(encoding="utf-8"))
	assert shown == policy_table.rendered(), (
		"docs/security.md does not show the policies as they are: run `python tests/support/policy_table.py`"
	)


def test_every_doctype_is_tried_by_the_access_table_or_by_a_test_that_is_named():
	rules = (*access_table.RULES, *access_table.FOLLOW_UP_RULES, *access_table.OTHER_RULES)
	assert set(policy_table.TRIED.values()) <= {rule.what for rule in rules}
	assert {*policy_table.TRIED, *policy_table.TRIED_ELSEWHERE} == set(BY_DOCTYPE)
	assert not set(policy_table.TRIED).intersection(policy_table.TRIED_ELSEWHERE)
	for path in policy_table.TRIED_ELSEWHERE.values():
		assert (APP.parent / path).exists()
