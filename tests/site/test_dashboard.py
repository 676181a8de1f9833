"""The workspace: each card and chart counts for each reader what he may see, and nothing that was counted for another."""

import json
from pathlib import Path

import frappe
import generated
import pytest
from frappe.desk import query_report
from frappe.utils import getdate, nowdate
from report_world import World, mean, points, share
from test_report_leaks import MARKER, mark, of_units, reach, upset

from p2ham.api import desk
from p2ham.demo import factories as make
from p2ham.figures import cells
from p2ham.setup import blocks

READERS = ("kabag", "clerk", "single", "sekda", "observer")
CARDS = (
	desk.waiting_for_me,
	desk.taking_part,
	desk.late,
	desk.submitted,
	desk.reviewed,
	desk.approved,
	desk.mean_verified_score,
	desk.evidence_expiring,
)
WAITS = {
	"kabag": ("Submitted",),
	"clerk": ("Draft", None),
	"single": ("Draft", None),
	"sekda": ("Reviewed",),
	"observer": (),
}


@pytest.fixture(scope="module")
def regency(regency_once):
	return regency_once()


@pytest.fixture
def world(regency):
	return World(regency)


def values(world, reader: str) -> dict:
	frappe.set_user(getattr(world.made, reader))
	try:
		found = {card.__name__: card() for card in CARDS}
		return {name: card if isinstance(card, str) else card["value"] for name, card in found.items()}
	finally:
		frappe.set_user("Administrator")


@pytest.mark.parametrize("reader", READERS)
def test_the_cards_count_what_the_reader_may_see_of_the_current_period(world, reader):
	assert world.opened()[-1] == world.period
	docs = world.documents(reader)
	shown = values(world, reader)
	for state in ("Submitted", "Reviewed", "Approved"):
		assert shown[state.lower()] == sum(doc.workflow_state == state for doc in docs)
	decided = [doc.verified_score for doc in docs if doc.workflow_state in ("Reviewed", "Approved")]
	assert shown["mean_verified_score"] == (f"{mean(decided):.2f}" if decided else "–")
	waiting = 0
	for period in frappe.get_all("P2HAM Period", filters={"status": "Open"}, pluck="name", order_by="name"):
		states = {doc.opd: doc.workflow_state for doc in world.documents(reader, period)}
		for row in frappe.get_doc("P2HAM Period", period).participants:
			if row.status != "Withdrawn" and world.sees(reader, row.opd):
				waiting += states.get(row.opd) in WAITS[reader]
	assert shown["waiting_for_me"] == waiting
	if reader != "observer":
		period = frappe.get_doc("P2HAM Period", world.period)
		staying = [
			row for row in period.participants if row.status != "Withdrawn" and world.sees(reader, row.opd)
		]
		assert shown["taking_part"] == len(staying)


def test_late_units_are_counted(world):
	frappe.db.set_value("P2HAM Period", world.period, "fill_until", getdate("2024-01-01"))
	late = [
		row
		for row in world.run("P2HAM Progress", "kabag", late=1)["result"]
		if row["deadline"] < getdate(nowdate())
	]
	assert values(world, "kabag")["late"] == len(late) > 0


def test_without_a_duty_or_a_period_every_card_is_zero(world):
	frappe.set_user(
		make.create_user("tanpa.tugas@empatlawang.example", "Tanpa Tugas", roles=("Kabag Hukum",))
	)
	assert desk.mean_verified_score() == "–"
	assert {card()["value"] for card in CARDS if card is not desk.mean_verified_score} == {0}
	assert desk.what_waits() == desk.weak_indicators()["tiles"] == []
	frappe.set_user("Administrator")
	frappe.db.set_value("P2HAM Period", {"name": ("is", "set")}, "status", "Draft")
	frappe.set_user(world.made.sekda)
	assert desk.approved()["value"] == desk.taking_part()["value"] == desk.late()["value"] == 0
	assert desk.what_waits() == desk.weak_indicators()["tiles"] == []


def test_cards_and_blocks_ask_the_same_number_of_questions_whatever_the_size(world, queries):
	def asked(reader: str) -> list[int]:
		counts = []
		for card in (*CARDS, desk.what_waits, desk.weak_indicators):
			frappe.set_user(reader)
			card()
			frappe.local.p2ham_duties = {}
			with queries() as calls:
				card()
			counts.append(len(calls))
			frappe.set_user("Administrator")
		return counts

	readers = ("kabag", "clerk", "observer")
	few = {reader: asked(getattr(world.made, reader)) for reader in readers}
	large = generated.regency(units=40, indicators=8, prefix="ZBESAR")  # its period is the current one
	assert {reader: asked(getattr(large, reader)) for reader in readers} == few
	assert max(map(max, few.values())) <= 8


# State of a sheet, None where there is none -> the day of the period that applies.
LASTS = {
	None: "fill_until",
	"Draft": "fill_until",
	"Submitted": "review_until",
	"Reviewed": "approve_until",
}
DUTIES = {
	"kabag": "Kabag Hukum",
	"clerk": "OPD Clerk",
	"single": "OPD Clerk",
	"sekda": "Sekda",
	"observer": "P2HAM Observer",
}


def seen_by(user: str, door):
	frappe.set_user(user)
	try:
		return door()
	finally:
		frappe.set_user("Administrator")


def reckoned_waiting(world, reader: str) -> list[tuple]:
	"""What waits for a reader, as somebody would tell who looks into each open period and its sheets; earliest last
	day first."""
	today, found = getdate(nowdate()), []
	for name in frappe.get_all("P2HAM Period", filters={"status": "Open"}, pluck="name", order_by="name"):
		period = frappe.get_doc("P2HAM Period", name)
		docs = {doc.opd: doc for doc in world.documents(reader, name)}
		for row in period.participants:
			doc = docs.get(row.opd)
			state = doc.workflow_state if doc else None
			if row.status == "Withdrawn" or state not in WAITS[reader] or not world.sees(reader, row.opd):
				continue
			given = [period.get(LASTS[state]), row.get(LASTS[state]), doc and doc.correct_until]
			last = max(getdate(day) for day in given if day)
			link = (doc.doctype, doc.name) if doc else (period.doctype, name)
			title = frappe.db.get_value("P2HAM OPD", row.opd, "opd_name")
			late = max((today - last).days, 0)
			found.append((last, row.opd, name, title, state or "Not Begun", late, link))
	return sorted(found)


@pytest.mark.parametrize("reader", READERS)
def test_what_waits_is_listed_worst_first_and_leads_to_the_sheet(reader):
	world = World(generated.regency(units=120, indicators=4, prefix="ZBESAR"))
	if reader in ("clerk", "single"):
		frappe.db.set_value("P2HAM Period", world.period, "fill_until", getdate("2024-01-01"))
		begun = {"period": world.period, "docstatus": ("<", 2)}
		frappe.db.set_value("P2HAM Assessment", begun, {"workflow_state": "Draft", "docstatus": 0})
	expected = reckoned_waiting(world, reader)
	groups = seen_by(getattr(world.made, reader), desk.what_waits)
	assert [group["duty"] for group in groups] == ([DUTIES[reader]] if expected else [])
	assert bool(expected) == (reader != "observer")
	for group in groups:
		assert group["number"] == len(expected) == values(world, reader)["waiting_for_me"]
		shown = [
			(
				row["deadline"],
				row["opd_name"],
				row["state"],
				row["late"],
				tuple(row["_link"]["opd_name"].values()),
			)
			for row in group["rows"]
		]
		assert shown == [(last, *row) for last, _opd, _period, *row in expected[:8]]
		for row in group["more"]:
			link = row["_link"]["number"]
			period = link["filters"]["period"]
			assert row["number"] == sum(entry[2] == period for entry in expected[8:])
			assert row["period"] == frappe.db.get_value("P2HAM Period", period, "title")
			listed = world.run(link["report"], reader, **link["filters"])["result"]
			assert len(listed) == sum(entry[2] == period for entry in expected)
		assert sum(row["number"] for row in group["more"]) == len(expected[8:])
	if reader in ("kabag", "clerk"):
		assert len(expected) > 8


def test_who_holds_several_duties_finds_a_unit_once_under_the_duty_that_decides_most(world):
	kabag = world.made.kabag
	make.create_officer(kabag, "Kabag", "P2HAM Verifier")
	draft = next(doc.opd for doc in world.documents("kabag") if doc.workflow_state == "Draft")
	make.create_officer(kabag, "Kabag", "OPD Clerk", draft)
	groups = seen_by(kabag, desk.what_waits)
	assert [group["duty"] for group in groups] == ["Kabag Hukum", "OPD Clerk"]
	assert [row["_link"]["opd_name"]["name"] for row in groups[1]["rows"]] == [f"{draft}-{world.period}"]
	assert groups[0]["rows"][0]["next"] == "Verify and review"
	assert values(world, "kabag")["waiting_for_me"] == sum(group["number"] for group in groups)
	assert {group["rows"][0]["next"] for group in seen_by(world.made.verifier, desk.what_waits)} == {"Verify"}


def reckoned_weak(docs: list, side: str) -> list[tuple]:
	"""Each indicator that somebody has answered and not everybody meets: its share, code, and the counts."""
	asked: dict[str, list] = {}
	for doc in docs:
		for row in doc.items:
			asked.setdefault(row.indicator, []).append(points(doc, row, side))
	found = []
	for code, worths in asked.items():
		applicable = [worth.value for worth in worths if not worth.not_applicable]
		met = sum(value == 100 for value in applicable)
		if met < len(applicable) and any(worth.answered for worth in worths):
			found.append((share(met, len(applicable)), mean(applicable), code, met, len(applicable)))
	return sorted(found, key=lambda entry: entry[:2])


def assert_tiles(world, reader: str, docs: list, side: str) -> None:
	expected = reckoned_weak(docs, {"Verified": "verified", "Own": "self"}[side])
	block = seen_by(getattr(world.made, reader), desk.weak_indicators)
	tiles = block["tiles"]
	assert len(tiles) == min(8, len(expected)) > 0
	by_code = {entry[2]: entry for entry in expected}
	shares = []
	for tile in tiles:
		filters = tile["_link"]["title"]["filters"]
		points_in_percent, _mean, code, met, applicable = by_code[filters["indicator"]]
		indicator = frappe.get_doc("P2HAM Indicator", code)
		assert (tile["title"], tile["met"], tile["applicable"]) == (indicator.title, met, applicable)
		assert tile["criterion"] == frappe.db.get_value("P2HAM Criterion", indicator.criterion, "title")
		assert tile["share"] == f"{cells.decimal(points_in_percent, 1)}%"
		assert tile["heat"] == cells.heat(points_in_percent)
		assert filters == {"period": world.period, "indicator": code, "side": side}
		lacking = world.run("P2HAM Indicator Gap", reader, **filters)["result"]
		assert len(lacking) == applicable - met
		shares.append((points_in_percent, _mean))
	assert shares == [entry[:2] for entry in expected[:8]]
	assert ("verified answers" in block["note"]) == (side == "Verified")


@pytest.mark.parametrize("reader", READERS)
def test_the_tiles_are_the_indicators_that_fewest_of_the_readers_units_meet(world, reader):
	assert_tiles(world, reader, world.documents(reader, decided=True), "Verified")


@pytest.mark.parametrize("reader", ("clerk", "single"))
def test_as_long_as_nothing_is_reviewed_a_unit_sees_its_own_answers(world, reader):
	frappe.db.set_value("P2HAM Assessment", {"period": world.period}, "workflow_state", "Submitted")
	assert_tiles(world, reader, world.documents(reader), "Own")
	regency = seen_by(world.made.kabag, desk.weak_indicators)
	assert regency["tiles"] == [] and "no answers" in regency["note"]


def test_an_empty_sheet_is_no_weakness_and_what_everybody_meets_is_none(world):
	mine = {"opd": ("in", sorted(world.units_of("single"))), "period": world.period}
	(sheet,) = frappe.get_all("P2HAM Assessment", filters=mine, pluck="name", order_by="name")
	frappe.db.set_value("P2HAM Assessment Item", {"parent": sheet}, "verified_points", 100)
	block = seen_by(world.made.single, desk.weak_indicators)
	assert block["tiles"] == [] and "met in full" in block["note"]
	frappe.db.set_value("P2HAM Assessment", sheet, "workflow_state", "Draft")
	frappe.db.set_value("P2HAM Assessment Item", {"parent": sheet}, {"self_answer": None, "self_points": 0})
	block = seen_by(world.made.single, desk.weak_indicators)
	assert block["tiles"] == [] and "no answers" in block["note"]


@pytest.mark.parametrize("reader", ("clerk", "single", "observer"))
def test_the_blocks_say_nothing_of_foreign_units(world, reader):
	def shown(user: str) -> str:
		return seen_by(user, lambda: frappe.as_json([desk.what_waits(), desk.weak_indicators()]))

	foreign = of_units(world.made) - reach(world.made, reader)
	if reader == "observer":
		foreign -= {doc.opd for doc in world.documents("observer")}
	before = shown(getattr(world.made, reader))
	mark(foreign)
	assert MARKER in shown(world.made.kabag)
	upset(foreign)
	assert shown(getattr(world.made, reader)) == before
	assert MARKER not in before
	assert not [unit for unit in foreign if f'"{unit}' in before]


def test_the_blocks_are_read_by_whoever_sees_the_workspace_and_asked_by_nobody_else(world, people):
	from frappe.desk.desktop import get_desktop_page

	page = frappe.as_json({"name": "P2HAM", "title": "P2HAM", "public": 1})
	for user in (*(getattr(world.made, reader) for reader in READERS), people("OPD Head", "DINKES")):
		frappe.set_user(user)
		found = [row.custom_block_name for row in get_desktop_page(page)["custom_blocks"]["items"]]
		assert found == list(blocks.BLOCKS)
		for name in found:
			assert frappe.get_doc("Custom HTML Block", name).has_permission("read")
			assert not frappe.has_permission("Custom HTML Block", "write", name)


def test_the_blocks_are_set_right_and_otherwise_left_alone():
	def stamps() -> list:
		return frappe.get_all(
			"Custom HTML Block",
			filters={"name": ("in", list(blocks.BLOCKS))},
			fields=["name", "modified", "script"],
			order_by="name",
		)

	before = stamps()
	blocks.ensure_blocks()
	assert stamps() == before and len(before) == 2
	block = frappe.get_doc("Custom HTML Block", before[0].name)
	block.update({"script": "alert(1)", "roles": [{"role": "Sekda"}]})
	block.save()
	blocks.ensure_blocks()
	block.reload()
	assert block.script == before[0].script
	assert [row.role for row in block.roles] == ["Sekda"]
	blocks.remove_blocks()
	assert stamps() == []
	assert not frappe.db.exists("Version", {"docname": ("in", list(blocks.BLOCKS))})
	blocks.remove_blocks()
	blocks.ensure_blocks()
	assert [row.script for row in stamps()] == [row.script for row in before]


def test_the_charts_of_the_workspace_are_those_of_reports_which_are_run_for_each_reader(people):
	folder = Path(frappe.get_app_path("p2ham")) / "p2ham" / "dashboard_chart"
	charts = [json.loads(path.read_text()) for path in folder.glob("*/*.json")]
	assert charts
	for chart in charts:
		stored = frappe.get_doc("Dashboard Chart", chart["name"])
		assert (stored.chart_type, stored.use_report_chart) == ("Report", 1)
		frappe.set_user(people("Kabag Hukum"))
		assert query_report.run(stored.report_name, json.loads(stored.filters_json))["chart"]["data"][
			"labels"
		]
		frappe.set_user("Administrator")


def drawn(reader: str, **given):
	"""What the desk's address for charts gives a reader."""
	(method,) = frappe.get_hooks("override_whitelisted_methods")[
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	]
	frappe.set_user(reader)
	try:
		return frappe.get_attr(method)(**given)
	finally:
		frappe.set_user("Administrator")


@pytest.fixture
def chart_of():
	"""Make a chart as an administrator would."""

	def make_chart(doctype: str, parent: str = "", **options):
		return frappe.get_doc(
			{
				"doctype": "Dashboard Chart",
				"chart_name": f"Grafik uji {doctype} {options['chart_type']}",
				"document_type": doctype,
				"parent_document_type": parent,
				"filters_json": "[]",
				"is_public": 1,
				"type": "Bar",
				"timespan": "Last Year",
				"time_interval": "Yearly",
				**options,
			}
		).insert()

	return make_chart


@pytest.mark.parametrize(
	("doctype", "parent", "field"),
	(
		("P2HAM Assessment", "", "opd"),
		("P2HAM Evidence", "", "opd"),
		("P2HAM Assessment Item", "P2HAM Assessment", "indicator"),
	),
)
def test_a_chart_counts_for_each_reader_whatever_lies_in_the_cache(world, chart_of, doctype, parent, field):
	chart = chart_of(doctype, parent, chart_type="Group By", group_by_type="Count", group_by_based_on=field)
	key = f"chart-data:{chart.name}"
	planted = {"labels": ["BOCORAN"], "datasets": [{"name": "", "values": [99]}]}
	frappe.cache.set_value(key, frappe.as_json(planted))
	try:
		own, everything = (
			drawn(reader, chart_name=chart.name) for reader in (world.made.single, world.made.kabag)
		)
	finally:
		frappe.cache.delete_value(key)
	assert "BOCORAN" not in own["labels"] + everything["labels"]
	assert 0 < sum(own["datasets"][0]["values"]) < sum(everything["datasets"][0]["values"])
	if field == "opd":
		units = world.units_of("single")
		# Frappe 16 writes what a link's document is called.
		called = {frappe.db.get_value("P2HAM OPD", unit, "opd_name") for unit in units}
		assert set(own["labels"]) <= units | called


def test_a_heat_map_counts_for_each_reader_what_he_may_see(world, chart_of):
	"""Frappe's own counts all documents, for anybody."""
	from frappe.desk.doctype.dashboard_chart import dashboard_chart

	chart = chart_of(
		"P2HAM Assessment", chart_type="Count", type="Heatmap", timeseries=1, based_on="creation"
	)
	year = frappe.db.get_value("P2HAM Assessment", {"period": world.period}, "creation").year

	def number(found: dict) -> int:
		return sum(found["dataPoints"].values())

	def seen(reader: str) -> int:
		return sum(
			doc.creation.year == year
			for period in frappe.get_all("P2HAM Period", pluck="name", order_by="name")
			for doc in world.documents(reader, period)
		)

	for given in ({"chart_name": chart.name}, {"chart": frappe.as_json(chart.as_dict())}):
		for reader in ("single", "kabag"):
			found = drawn(getattr(world.made, reader), heatmap_year=year, **given)
			assert number(found) == seen(reader) > 0
	frappe.set_user(world.made.single)
	plain = dashboard_chart.get(chart_name=chart.name, heatmap_year=year, refresh=1)
	assert number(plain) > seen("single")


def test_a_chart_of_something_else_is_drawn_as_ever():
	chart = frappe.get_doc(
		{
			"doctype": "Dashboard Chart",
			"chart_name": "Grafik uji lain",
			"chart_type": "Group By",
			"document_type": "Role",
			"group_by_type": "Count",
			"group_by_based_on": "disabled",
			"filters_json": "[]",
			"type": "Bar",
		}
	).insert()
	from p2ham.access import overrides

	assert sum(overrides.get_chart(chart_name=chart.name)["datasets"][0]["values"]) == frappe.db.count("Role")
