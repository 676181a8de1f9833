"""The workspace: each card and chart counts for each reader what he may see, and nothing that was counted for another."""

import json
from pathlib import Path

import frappe
import pytest
from frappe.desk import query_report
from frappe.utils import getdate, nowdate
from report_world import World, mean

from p2ham.api import desk
from p2ham.demo import factories as make
from p2ham.demo import generated

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


@pytest.fixture
def world():
	return World(generated.regency())


def values(world, reader: str) -> dict:
	frappe.set_user(getattr(world.made, reader))
	try:
		return {card.__name__: card()["value"] for card in CARDS}
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
	assert shown["mean_verified_score"] == (mean(decided) or 0)
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
	assert {card()["value"] for card in CARDS} == {0}
	frappe.set_user("Administrator")
	frappe.db.set_value("P2HAM Period", {"name": ("is", "set")}, "status", "Draft")
	frappe.set_user(world.made.sekda)
	assert desk.approved()["value"] == desk.taking_part()["value"] == desk.late()["value"] == 0


def test_a_card_asks_the_same_number_of_questions_whatever_the_size(world, queries):
	def asked(reader: str) -> list[int]:
		counts = []
		for card in CARDS:
			frappe.set_user(reader)
			card()
			frappe.local.p2ham_duties = {}
			with queries() as calls:
				card()
			counts.append(len(calls))
			frappe.set_user("Administrator")
		return counts

	few = asked(world.made.kabag)
	large = generated.regency(units=40, indicators=8, prefix="BESAR")
	assert asked(large.kabag) == few
	assert max(few) <= 8


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
		("P2HAM Assessment Item", "P2HAM Assessment", "parent"),
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
		assert set(own["labels"]) <= world.units_of("single")


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
	from p2ham.access import doors

	assert sum(doors.get_chart(chart_name=chart.name)["datasets"][0]["values"]) == frappe.db.count("Role")
