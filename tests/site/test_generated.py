"""A generated regency is what it says: complete, right in every figure, and of the size that was asked for."""

from collections import Counter

import frappe
import generated
import pytest

from p2ham.access import scope
from p2ham.assessment import readiness
from p2ham.assessment.log_verification import Verification
from p2ham.assessment.recomputation import Audit
from p2ham.engine import instrument as rules
from p2ham.instruments import store

SHEET = "P2HAM Assessment"


@pytest.fixture
def made():
	return generated.regency()


def sheets(made, period: str = "", **filters) -> list:
	filters["period"] = period or ("in", made.periods)
	return frappe.get_all(SHEET, filters=filters, fields=["*"], order_by="name")


def rows(made, child: str, fields: list[str]) -> list:
	names = [row.name for row in sheets(made)]
	return frappe.get_all(child, filters={"parent": ("in", names)}, fields=fields, order_by="parent, idx")


def ours(names, made) -> list[str]:
	return [name for name in names if any(name.startswith(unit) for unit in made.units)]


def test_every_figure_is_what_the_answers_give(made):
	audit = Audit()
	names = ours(audit.names(), made)
	assert len(names) == len(sheets(made))
	assert [
		(found.name, [*map(str, found.differences)], found.error) for found in audit.findings(names)
	] == []


def test_every_chain_holds(made):
	walk = Verification()
	names = ours(walk.names(), made)
	assert list(walk.breaks(names)) == []
	assert set(walk.log) == {row.name for row in sheets(made)}


def test_there_is_as_much_as_was_asked_for(made):
	assert (len(made.units), len(made.periods), len(made.parents)) == (12, 3, 3)
	assert len(made.instruments) == 2
	for parent in made.parents:
		assert len(scope.below(parent)) == 5
	assert scope.below(made.root) == {made.root, *made.parents, *made.units}
	assert frappe.db.count("P2HAM Indicator", {"instrument": made.instruments[0]}) == 12
	uses = Counter(row.parent for row in rows(made, "P2HAM Evidence Use", ["parent"]))
	assert {uses[row.name] for row in sheets(made, workflow_state="Approved")} == {6}


def test_the_last_period_shows_every_state_and_the_earlier_ones_are_decided(made):
	last = sheets(made, made.periods[-1])
	assert Counter(row.workflow_state for row in last) == {
		"Approved": 2,
		"Reviewed": 1,
		"Submitted": 3,
		"Draft": 3,
		"Cancelled": 1,
	}
	drafts = [row for row in last if row.workflow_state == "Draft"]
	assert sorted(row.completeness for row in drafts)[0] == 0
	assert 0 < sorted(row.completeness for row in drafts)[1] < 100
	assert [row.return_note for row in drafts if row.completeness == 100] == ["Lengkapi data dukung."]
	verified = [not readiness.unverified(frappe.get_doc(SHEET, row.name)) for row in last]
	states = Counter(row.workflow_state for row, done in zip(last, verified, strict=True) if done)
	assert states["Submitted"] == 1
	for period in made.periods[:-1]:
		states = Counter(row.workflow_state for row in sheets(made, period))
		assert set(states) == {"Approved", "Draft"}
		assert states["Approved"] > states["Draft"] == 1
	statuses = [
		frappe.get_all("P2HAM Period", filters={"name": name}, pluck="status", order_by="name")[0]
		for name in made.periods
	]
	assert statuses == ["Closed", "Closed", "Open"]


def test_a_cancelled_sheet_has_its_successor(made):
	(cancelled,) = sheets(made, docstatus=2)
	(successor,) = sheets(made, amended_from=cancelled.name)
	assert (cancelled.workflow_state, successor.workflow_state) == ("Cancelled", "Submitted")
	assert successor.name == f"{cancelled.name}-1"
	assert cancelled.cancel_note


def test_units_join_over_the_years_and_stand_in_every_status(made):
	found = frappe.get_all(
		"P2HAM Period Participant",
		filters={"parent": ("in", made.periods)},
		fields=["parent", "opd", "status", "ready_on", "declared_on"],
		order_by="parent, idx",
	)
	assert {row.status for row in found} == {"Invited", "Ready", "Declared", "Withdrawn"}
	numbers = [sum(row.parent == period for row in found) for period in made.periods]
	assert numbers == sorted(set(numbers))
	for row in found:
		assert bool(row.declared_on) == (row.status == "Declared")
		assert bool(row.ready_on) == (row.status != "Invited")
	assert {row.opd for row in sheets(made, made.periods[0])} < {
		row.opd for row in found if row.parent == made.periods[0]
	}


def test_instruments_ask_what_instruments_can_ask_and_the_later_continues_the_earlier(made):
	older, newer = (store.load_for_file(code) for code in made.instruments)
	assert rules.check(older) == rules.check(newer) == []
	status = dict(
		frappe.get_all("P2HAM Instrument", fields=["name", "status"], as_list=True, order_by="name")
	)
	assert [status[code] for code in made.instruments] == ["Retired", "Active"]
	continued = {reference for row in newer.indicators for reference in row.continues}
	codes = {f"{older.code}:{row.code}" for row in older.indicators}
	assert continued < codes
	assert [row for row in newer.indicators if not row.continues]
	assert len({row.principles for row in newer.indicators}) > 5
	assert len({row.vulnerable_groups for row in newer.indicators}) > 5
	assert {row.mandatory for row in newer.indicators} == {True, False}
	assert any(row.opd_types for row in newer.indicators)
	assert {row.parent for row in newer.criteria} == {None, "A", "B"}
	assert any(option.not_applicable for scale in newer.scales for option in scale.options)
	items = rows(made, "P2HAM Assessment Item", ["parent"])
	assert len(set(Counter(row.parent for row in items).values())) > 1


def test_documents_are_of_every_kind_and_serve_one_to_three_sheets(made):
	uses = rows(made, "P2HAM Evidence Use", ["parent", "evidence", "validity", "verification", "note"])
	assert {row.validity for row in uses} == {"Valid", "Partly Valid", "Not Valid", "No Dates"}
	assert {row.verification for row in uses} == {"Pending", "Accepted", "Returned"}
	assert all(row.note for row in uses if row.verification == "Returned")
	served = Counter(name for name, _sheet in {(row.evidence, row.parent) for row in uses})
	# The successor of a cancelled sheet shows the same documents.
	assert {min(number, 3) for number in served.values()} == {1, 2, 3}
	stored = frappe.get_all(
		"P2HAM Evidence", filters={"opd": ("in", made.units)}, fields=["*"], order_by="name"
	)
	assert {row.name for row in stored} == set(served)
	assert {row.contains_personal_data for row in stored} == {0, 1}
	assert {row.kind for row in stored} == {"File", "Link"}
	today = frappe.utils.getdate()
	assert any(row.valid_until and row.valid_until < today for row in stored)
	assert any(row.valid_until and row.valid_until > today for row in stored)


def test_stamps_and_log_say_the_same_and_come_one_after_the_other(made):
	for row in sheets(made):
		entries = frappe.get_all(
			"P2HAM Assessment Log", filters={"assessment": row.name}, fields=["*"], order_by="sequence"
		)
		times = [entry["at"] for entry in entries]
		assert times == sorted(set(times))
		assert times[-1] < frappe.utils.now_datetime()
		last = {entry.action: entry for entry in entries}
		for action, stamp in (("Submit", "submitted"), ("Review", "reviewed"), ("Approve", "approved")):
			entry = last.get(action)
			assert row[f"{stamp}_on"] == (entry["at"] if entry else None)
			assert row[f"{stamp}_by"] == (entry.user if entry else None)
			assert not entry or entry.duty


@pytest.mark.parametrize(
	("who", "reach"),
	[
		("clerk", lambda made: made.units[::3]),
		("head", lambda made: made.units[::3]),
		("single", lambda made: made.units[1:2]),
		("kabag", lambda made: made.units),
		("verifier", lambda made: made.units),
		("sekda", lambda made: made.units),
	],
)
def test_each_sees_the_sheets_and_documents_of_his_units(made, as_user, who, reach):
	units = reach(made)
	everybodys = sheets(made)
	stored = frappe.get_all("P2HAM Evidence", filters={"opd": ("in", units)}, pluck="name", order_by="name")
	as_user(getattr(made, who))
	seen = frappe.get_list(SHEET, filters={"period": ("in", made.periods)}, pluck="name", limit=0)
	assert sorted(seen) == [row.name for row in everybodys if row.opd in units]
	documents = frappe.get_list("P2HAM Evidence", filters={"opd": ("in", made.units)}, pluck="name", limit=0)
	assert sorted(documents) == stored


def test_the_observer_sees_what_is_approved(made, as_user):
	as_user(made.observer)
	seen = frappe.get_list(SHEET, filters={"period": ("in", made.periods)}, pluck="workflow_state", limit=0)
	assert set(seen) == {"Approved"}


def test_the_same_seed_gives_the_same_regency(made):
	said = {row.name: row.snapshot_hash for row in sheets(made)}
	names = [row.name for row in rows(made, "P2HAM Assessment Item", ["name"])]
	frappe.db.rollback()
	again = generated.regency()
	assert again == made
	assert {row.name: row.snapshot_hash for row in sheets(again)} == said
	assert [row.name for row in rows(again, "P2HAM Assessment Item", ["name"])] == names
	frappe.db.rollback()
	other = generated.regency(seed=2)
	assert {row.name: row.snapshot_hash for row in sheets(other)} != said


@pytest.mark.parametrize("size", [(1, 1, 1), (2, 1, 5), (3, 2, 7), (30, 5, 30)])
def test_any_size_is_right(size):
	units, years, indicators = size
	made = generated.regency(units, years, indicators, prefix="UJI B")
	assert (len(made.units), len(made.periods)) == (units, years)
	assert len(made.instruments) == {1: 1, 2: 2, 5: 3}[years]
	assert list(Audit().findings(ours(Audit().names(), made))) == []
	assert list(Verification().breaks(row.name for row in sheets(made))) == []


def test_the_number_of_queries_grows_by_batches_and_not_by_rows(queries):
	with queries() as few:
		generated.regency(12)
	with queries() as more:
		generated.regency(24, prefix="UJI B")
	assert len(more) <= len(few) + 16
	assert len(few) < 100


def test_each_batch_is_told(made):
	told = []
	generated.regency(60, 3, 12, prefix="UJI B", written=lambda: told.append(1))
	assert len(told) > 2


def test_follow_ups_and_guidance_are_in_every_state_and_pass_their_own_checks(made):
	found = frappe.get_all(
		"P2HAM Follow-up", filters={"opd": ("in", [*made.units, *made.parents])}, fields=["*"]
	)
	assert {row.status for row in found} == {"Open", "In Progress", "Completed", "Closed"}
	for source in ("assessment", "kkpham_result", "guidance"):
		assert any(row[source] for row in found)
	today = frappe.utils.getdate()
	assert any(row.due_date < today and row.status in ("Open", "In Progress") for row in found)
	assert any(row.due_date > today for row in found)
	held = frappe.get_all(
		"P2HAM Guidance", filters={"name": ("like", "PB-%-UJI%")}, fields=["name", "status", "kind"]
	)
	assert {row.status for row in held} == {"Held", "Cancelled", "Scheduled", "Requested"}
	assert len({row.kind for row in held}) == 4
	as_stored = [("P2HAM Follow-up", row.name) for row in found]
	as_stored += [("P2HAM Guidance", row.name) for row in held]
	frappe.set_user(made.kabag)
	for doctype, name in as_stored:
		before = frappe.get_doc(doctype, name)
		if before.status == "Closed":
			continue  # stays as it is
		after = frappe.get_doc(doctype, name).save()
		fields = [field.fieldname for field in after.meta.fields if field.fieldtype != "Table"]
		assert [before.get(field) for field in fields] == [after.get(field) for field in fields]


def test_the_regency_has_a_result_for_every_year_and_its_opd_for_the_later_ones(made):
	found = frappe.get_all(
		"P2HAM KKPHAM Result",
		filters={"opd": ("in", [made.root, *made.parents])},
		fields=["name", "opd", "is_regency", "assessment_year", "score", "category"],
		order_by="name",
	)
	assert sum(row.is_regency for row in found) == len(made.periods)
	assert len(found) == 3 + 2 * 3
	frappe.set_user(made.kabag)
	for row in found:
		doc = frappe.get_doc("P2HAM KKPHAM Result", row.name).save()
		assert (doc.score, doc.category, doc.is_regency) == (row.score, row.category, row.is_regency)
