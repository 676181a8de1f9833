"""Progress, participation and audit trail: against a reckoning over documents."""

import datetime
from collections import Counter

import frappe
import generated
import pytest
from frappe.utils import getdate, nowdate
from report_world import MAX_QUERIES, World, share

from p2ham.engine import lifecycle
from p2ham.figures import cells, choice, progress
from p2ham.reports import audit_trail

PROGRESS, PARTICIPATION, AUDIT = "P2HAM Progress", "P2HAM Participation", "P2HAM Audit Trail"
READERS = ("kabag", "clerk", "single", "sekda")
ACTS = {
	"Not Begun": {"OPD Clerk", "OPD Head"},
	"Draft": {"OPD Clerk", "OPD Head"},
	"Submitted": {"P2HAM Verifier", "Kabag Hukum"},
	"Reviewed": {"Sekda"},
}
DUTIES = {"kabag": "Kabag Hukum", "clerk": "OPD Clerk", "single": "OPD Clerk", "sekda": "Sekda"}
LASTS = {
	"Not Begun": "fill_until",
	"Draft": "fill_until",
	"Submitted": "review_until",
	"Reviewed": "approve_until",
}


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once()


@pytest.fixture
def world(regency):
	return World(regency)


def reckoned(world, reader: str, name: str = "") -> dict[str, dict]:
	"""Each unit that takes part, as somebody would tell who looks into the period, the sheet and its log."""
	docs = {doc.opd: doc for doc in world.documents(reader, name)}
	period = frappe.get_doc("P2HAM Period", name or world.period)
	today, found = getdate(nowdate()), {}
	for row in period.participants:
		if not world.sees(reader, row.opd):
			continue
		doc = docs.get(row.opd)
		state = "Withdrawn" if row.status == "Withdrawn" else doc.workflow_state if doc else "Not Begun"
		days = None
		if doc:
			arrivals = frappe.get_all(
				"P2HAM Assessment Log", filters={"assessment": doc.name}, fields=["*"], order_by="sequence"
			)
			since = [e.at for e in arrivals if e.to_state == doc.workflow_state != e.from_state] or [
				doc.creation
			]
			days = (today - getdate(since[-1])).days
		last = None
		if state in LASTS:
			given = [period.get(LASTS[state]), row.get(LASTS[state])]
			if doc and doc.correct_until and state in ("Draft", "Submitted"):
				given.append(doc.correct_until)
			last = max(getdate(day) for day in given if day)
		found[row.opd] = {
			"workflow_state": state,
			"completeness": doc.completeness if doc else None,
			"days": days,
			"deadline": last,
			"late": ((today - last).days if last and last < today else 0) or None,
			"assessment": doc.name if doc else None,
		}
	return found


@pytest.mark.parametrize("reader", READERS)
def test_every_unit_that_takes_part_is_where_its_sheet_says(world, reader):
	expected = reckoned(world, reader)
	report = world.run(PROGRESS, reader)
	shown = {
		row["opd"]: {name: row[name] for name in next(iter(expected.values()))} for row in report["result"]
	}
	assert shown == expected
	taking_part = [unit for unit in expected.values() if unit["workflow_state"] != "Withdrawn"]
	order = ("Not Begun", "Draft", "Submitted", "Reviewed", "Approved")
	assert report["chart"]["data"]["datasets"][0]["values"] == [
		sum(order.index(unit["workflow_state"]) >= least for unit in taking_part) for least in range(5)
	]
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	assert cards["Units"] == len(taking_part)
	assert cards["Late"] == sum(bool(unit["late"]) for unit in expected.values())
	waiting = {
		opd for opd, unit in expected.items() if DUTIES[reader] in ACTS.get(unit["workflow_state"], ())
	}
	assert cards["Waiting for Me"] == len(waiting)
	assert {row["opd"] for row in world.run(PROGRESS, reader, waiting=1)["result"]} == waiting


def test_a_period_that_is_over_its_dates_makes_units_late_and_a_closed_one_does_not(world):
	period = frappe.qb.DocType("P2HAM Period")
	past = getdate(nowdate()) - datetime.timedelta(days=3)
	frappe.qb.update(period).set(period.fill_until, past).where(period.name == world.period).run()
	late = world.run(PROGRESS, "kabag", late=1)["result"]
	expected = {opd: unit for opd, unit in reckoned(world, "kabag").items() if unit["late"]}
	assert {row["opd"]: row["late"] for row in late} == {opd: unit["late"] for opd, unit in expected.items()}
	assert late
	frappe.db.set_value("P2HAM Period", world.period, "status", "Closed")
	assert world.run(PROGRESS, "kabag", late=1)["result"] == []


@pytest.mark.parametrize("reader", ("kabag", "clerk"))
def test_in_a_closed_period_nobody_has_to_act_and_who_withdrew_is_not_on_the_way(world, reader):
	name = world.made.periods[0]
	expected = reckoned(world, reader, name)
	begun = [
		unit for unit in expected.values() if unit["workflow_state"] == "Withdrawn" and unit["assessment"]
	]
	assert begun
	report = world.run(PROGRESS, reader, period=name)
	assert {row["opd"]: row["workflow_state"] for row in report["result"]} == {
		opd: unit["workflow_state"] for opd, unit in expected.items()
	}
	assert {row["who"] for row in report["result"]} == {""}
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	assert cards["Units"] == sum(unit["workflow_state"] != "Withdrawn" for unit in expected.values())
	assert (cards["Waiting for Me"], cards["Late"]) == (0, 0)


def give(world, user: str, duty: str, opd: str | None) -> None:
	"""Let somebody hold one more duty, as the generated regency itself does it."""
	row = {"name": f"{user}-{duty}", "user": user, "full_name": user, "duty": duty, "opd": opd}
	frappe.db.bulk_insert("P2HAM Officer", [*row, "from_date"], [[*row.values(), "2000-01-01"]])


def test_a_duty_for_one_unit_makes_no_other_wait(world):
	"""Bagian Hukum is a unit too: its clerk may verify for the regency."""
	drafts = [opd for opd, unit in reckoned(world, "kabag").items() if unit["workflow_state"] == "Draft"]
	before = {row["opd"] for row in world.run(PROGRESS, "verifier", waiting=1)["result"]}
	assert not before.intersection(drafts)
	give(world, world.made.verifier, "OPD Clerk", drafts[0])
	report = world.run(PROGRESS, "verifier", waiting=1)
	assert {row["opd"] for row in report["result"]} == before | {drafts[0]}
	assert number(world, "verifier", waiting) == len(before) + 1


def waiting(period) -> int:
	return progress.waiting([period])


def number(world, reader: str, function) -> int:
	"""What a number card of the reader would say of the period."""
	from p2ham.access import duties

	duties.clear_cache()
	frappe.set_user(getattr(world.made, reader))
	try:
		return function(choice.periods({"period": world.period}).chosen)
	finally:
		frappe.set_user("Administrator")


@pytest.mark.parametrize("reader", (*READERS, "verifier"))
def test_number_cards_say_the_same_as_the_report(world, reader):
	period = frappe.qb.DocType("P2HAM Period")
	today = getdate(nowdate())
	for past in (0, 3):
		if past:
			day = today - datetime.timedelta(days=past)
			frappe.qb.update(period).set(period.fill_until, day).set(period.review_until, day).set(
				period.approve_until, day
			).where(period.name == world.period).run()
			opd = next(o for o, unit in reckoned(world, "kabag").items() if unit["workflow_state"] == "Draft")
			own = {"parent": world.period, "opd": opd}
			frappe.db.set_value("P2HAM Period Participant", own, "fill_until", today)
			sheet = {"period": world.period, "workflow_state": "Submitted", "opd": world.made.units[3]}
			frappe.db.set_value("P2HAM Assessment", sheet, "correct_until", today)
		cards = {card["label"]: card["value"] for card in world.run(PROGRESS, reader)["report_summary"]}
		assert number(world, reader, waiting) == cards["Waiting for Me"]
		assert number(world, reader, progress.late) == cards["Late"]
		assert bool(cards["Late"]) == bool(past)
	frappe.db.set_value("P2HAM Period", world.period, "status", "Closed")
	assert number(world, reader, waiting) == number(world, reader, progress.late) == 0


def test_each_number_is_one_query(world, queries):
	frappe.set_user(world.made.clerk)
	period = choice.periods({"period": world.period}).chosen
	waiting(period)
	for function in (progress.by_state, waiting, progress.late):
		with queries() as calls:
			function(period)
		assert len(calls) <= 1


def test_who_observes_follows_no_unit_and_counts_approved_sheets_only(world):
	assert number(world, "observer", waiting) == number(world, "observer", progress.late) == 0
	approved = world.documents("observer")
	assert number(world, "observer", progress.by_state) == {"Approved": len(approved)}


def test_a_target_of_the_regency_is_not_measured_on_the_units_of_a_clerk_who_also_observes(world):
	give(world, world.made.clerk, "P2HAM Observer", None)
	row = world.run(PARTICIPATION, "clerk")["result"][0]
	assert "target" not in row and "target_share" not in row


@pytest.mark.parametrize("reader", READERS)
def test_participation_is_counted_participant_by_participant(world, reader):
	report = world.run(PARTICIPATION, reader)
	rows = {row["period"]: row for row in report["result"]}
	periods = world.opened()[-5:]
	assert list(rows) == periods[::-1]
	before = None
	for name in periods:
		period = frappe.get_doc("P2HAM Period", name)
		seen = [row for row in period.participants if world.sees(reader, row.opd)]
		docs = world.documents(reader, name)
		stays = Counter(row.status for row in seen)
		expected = {
			"invited": stays["Invited"] + stays["Ready"] + stays["Declared"],
			"ready": stays["Ready"] + stays["Declared"],
			"declared": stays["Declared"],
			"withdrawn": stays["Withdrawn"],
			"assessed": len(docs),
			"approved": sum(doc.workflow_state == "Approved" for doc in docs),
		}
		assert {field: rows[name][field] for field in expected} == expected
		growth = None if before is None else expected["invited"] - before
		assert rows[name]["growth"] == growth
		assert rows[name]["growth_share"] == (share(growth, before) if before else None)
		before = expected["invited"]
		if reader == "kabag":
			assert rows[name]["target"] == (period.target_units or None)
		else:
			assert reader == "sekda" or "target" not in rows[name]


def test_the_share_of_all_units_counts_leaves_and_who_takes_part(world):
	units = frappe.get_all("P2HAM OPD", fields=["name", "is_group", "is_active"], order_by="name")
	took_part = {
		row.opd
		for name in frappe.get_all("P2HAM Period", pluck="name", order_by="name")
		for row in frappe.get_doc("P2HAM Period", name).participants
	}
	serving = [u for u in units if u.is_active and (not u.is_group or u.name in took_part)]
	row = world.run(PARTICIPATION, "kabag")["result"][0]
	assert row["serving_share"] == share(row["invited"], len(serving))


@pytest.mark.parametrize("reader", (*READERS, "observer"))
def test_the_audit_trail_lists_every_entry_that_the_reader_may_see(world, reader):
	sheets = {
		doc.name: doc
		for doc in (
			frappe.get_doc("P2HAM Assessment", name)
			for name in frappe.get_all(
				"P2HAM Assessment", filters={"period": world.period}, pluck="name", order_by="name"
			)
		)
		if world.sees(reader, doc.opd, doc.workflow_state)
	}
	entries = [
		entry
		for name in sheets
		for entry in frappe.get_all(
			"P2HAM Assessment Log", filters={"assessment": name}, fields=["*"], order_by="sequence"
		)
	]
	report = world.run(AUDIT, reader)
	assert Counter(row["name"] for row in report["result"]) == Counter(entry.name for entry in entries)
	times = [row["at"] for row in report["result"]]
	assert times == sorted(times, reverse=True)
	cards = {card["label"]: card["value"] for card in report["report_summary"]}
	assert cards == {
		"Entries": len(entries),
		"People": len({entry.user for entry in entries}),
		"Returns": sum(entry.action == "Return" for entry in entries),
	}
	charted = sum(sum(dataset["values"]) for dataset in report["chart"]["data"]["datasets"])
	assert charted == len(entries)


def test_the_audit_trail_is_narrowed_by_person_action_and_day(world):
	rows = world.run(AUDIT, "kabag")["result"]
	some = rows[len(rows) // 2]
	for filters, test in (
		({"user": some["user"]}, lambda row: row["user"] == some["user"]),
		({"action": some["action"]}, lambda row: row["action"] == some["action"]),
		({"opd": some["opd"]}, lambda row: row["opd"] == some["opd"]),
		({"from_date": str(getdate(some["at"]))}, lambda row: getdate(row["at"]) >= getdate(some["at"])),
		({"to_date": str(getdate(some["at"]))}, lambda row: getdate(row["at"]) <= getdate(some["at"])),
	):
		found = world.run(AUDIT, "kabag", **filters)["result"]
		assert [row["name"] for row in found] == [row["name"] for row in rows if test(row)]
		assert some["name"] in [row["name"] for row in found]


def test_every_action_of_the_log_can_be_asked_for_and_has_a_colour(world):
	logged = frappe.get_all("P2HAM Assessment Log", pluck="action", distinct=True, order_by="action")
	assert set(logged) <= set(audit_trail.ACTIONS)
	assert set(lifecycle.ACTIONS) < set(audit_trail.ACTIONS)
	assert len(audit_trail.ACTIONS) <= len(cells.SERIES)


def test_a_long_audit_trail_says_how_much_is_not_listed(world, monkeypatch):
	from p2ham.p2ham.report.p2ham_audit_trail import p2ham_audit_trail as report

	monkeypatch.setattr(report, "MOST", 5)
	entries = next(
		card["value"] for card in world.run(AUDIT, "kabag")["report_summary"] if card["label"] == "Entries"
	)
	found = world.run(AUDIT, "kabag")
	assert len(found["result"]) == 5 < entries
	assert f"The newest 5 of {entries} entries" in found["message"]


@pytest.mark.parametrize(
	("report", "filters", "words"),
	(
		(PROGRESS, {"workflow_state": "Lost"}, "State: Lost"),
		(PROGRESS, {"opd": "NOWHERE"}, "Unit: NOWHERE"),
		(PARTICIPATION, {"years": 99}, "Number of Years: 99"),
		(AUDIT, {"action": "Ajukan"}, "Action: Ajukan"),
		(AUDIT, {"from_date": "yesterday"}, "From Date: yesterday"),
		(AUDIT, {"from_date": "2024-02-01", "to_date": "2024-01-01"}, "To Date must not be before From Date"),
	),
)
def test_a_filter_that_makes_no_sense_is_named(world, report, filters, words):
	with pytest.raises(frappe.ValidationError, match=words):
		world.run(report, "kabag", **filters)


def test_an_empty_period_has_no_figures(world):
	frappe.db.delete("P2HAM Assessment", {"period": world.period})
	frappe.db.delete("P2HAM Period Participant", {"parent": world.period})
	assert world.run(PROGRESS, "kabag")["result"] == []
	assert world.run(PROGRESS, "kabag")["chart"] is None
	row = world.run(PARTICIPATION, "kabag")["result"][0]
	assert (row["invited"], row["assessed"], row["serving_share"]) == (0, 0, 0)
	assert world.run(AUDIT, "kabag")["result"] == []


def test_the_number_of_queries_does_not_depend_on_the_size(world, queries):
	large = World(generated.regency(units=40, indicators=8, prefix="BESAR"))
	for report in (PROGRESS, PARTICIPATION, AUDIT):
		for reader in ("kabag", "clerk"):
			few = world.count_queries(queries, report, reader)
			assert large.count_queries(queries, report, reader) == few <= MAX_QUERIES
