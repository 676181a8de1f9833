"""No report says anything of what its reader may not see: not in rows, chart, cards or message, and in no file.

Two ways of looking. A marker is put into everything that foreign units have, and looked for in every output. And
foreign figures are turned upside down: a reader who cannot see them must get the very same report, to the last byte.
"""

import io
import json
import subprocess
import zipfile
from pathlib import Path

import frappe
import pytest
from frappe.desk import query_report

from p2ham.access import duties, scope
from p2ham.api import presentation, reports
from p2ham.demo import factories as make
from p2ham.engine import lifecycle
from p2ham.engine.duties import DUTIES

MARKER = "BOCORAN"
APP = Path(frappe.get_app_path("p2ham"))
NAMES = sorted(json.loads(path.read_text())["name"] for path in APP.glob("p2ham/report/*/*.json"))
# What a report shows under other filters than the first ones.
VARIANTS: dict[str, tuple[dict, ...]] = {
	"P2HAM Indicator Gap": (
		{"side": "Own"},
		{"view": "Matrix"},
		{"view": "Matrix", "side": "Own"},
		{"indicator": "UJI-B-I01"},
		{"indicator": "UJI-B-I01", "side": "Own"},
		{"aspect": "Elderly", "side": "Own"},
	),
	"P2HAM Vulnerable Groups and Principles": ({"side": "Own"},),
	"P2HAM Evidence Register": ({"unused": 1}, {"personal": 1}),
	"P2HAM Follow-up Status": ({"period": None},),
	"P2HAM Quarterly Report": ({"view": "Units"},),
	"KKP HAM Review": ({"assessment_year": 2093},),
	"P2HAM Weak Rights": ({"opd": "UJI KAB"}, {"opd": "UJI OPD 02"}),
}
# Where foreign text may stand, and foreign figures.
TEXTS = {
	"P2HAM OPD": ("opd_name", "address"),
	"P2HAM Assessment": ("opd_name", "return_note", "review_note"),
	"P2HAM Assessment Item": ("self_note", "verified_note", "self_answer", "verified_answer"),
	"P2HAM Evidence": ("title", "opd_name"),
	"P2HAM Evidence Use": ("note",),
	"P2HAM Assessment Log": ("note", "full_name"),
	"P2HAM KKPHAM Result": ("opd_name", "finding", "recommendation", "reference"),
	"P2HAM KKPHAM Right": ("title", "category"),
	"P2HAM Follow-up": ("opd_name", "recommendation", "action", "responsible", "progress_note"),
	"P2HAM Guidance": ("subject", "outcome", "agenda"),
}
FIGURES = {
	"P2HAM Assessment": {"self_score": 1.01, "verified_score": 99.99, "completeness": 1, "meets": 1},
	"P2HAM Assessment Item": {"self_points": 1, "verified_points": 99},
	"P2HAM Assessment Score": {"self_score": 1.01, "verified_score": 99.99},
	"P2HAM Evidence": {"size": 999999999, "contains_personal_data": 0},
	"P2HAM Evidence Use": {"verification": "Returned"},
	"P2HAM KKPHAM Result": {"score": 1.01},
	"P2HAM KKPHAM Right": {"score": 1.01},
	"P2HAM Follow-up": {"progress": 1},
}


@pytest.fixture(scope="module")
def made(regency_once):
	return regency_once(results=True)


def reach(made, reader: str) -> set[str]:
	if reader == "nobody":
		return set()
	return set(scope.for_user(getattr(made, reader)).opds)


def foreign_rows(doctype: str, foreign: set[str]) -> list[str]:
	"""The rows of a DocType that belong to foreign units, found without the scope that is tested here."""
	if not frappe.db.exists("DocType", doctype):
		return []
	fields = {field.fieldname for field in frappe.get_meta(doctype).fields}
	names = sorted(foreign)
	if doctype == "P2HAM OPD":
		return names
	if doctype == "P2HAM Guidance":
		invited = frappe.get_all(
			"P2HAM Guidance Participant",
			filters={"opd": ("not in", names)},
			pluck="parent",
			order_by="parent",
		)
		return frappe.get_all(
			doctype, filters={"name": ("not in", [*invited, ""])}, pluck="name", order_by="name"
		)
	if "opd" in fields:
		filters = {"opd": ("in", names)}
		if "is_regency" in fields:  # what the regency as a whole was given concerns each of its units
			filters["is_regency"] = 0
		return frappe.get_all(doctype, filters=filters, pluck="name", order_by="name")
	if doctype == "P2HAM KKPHAM Right":
		results = foreign_rows("P2HAM KKPHAM Result", foreign)
		return frappe.get_all(
			doctype, filters={"parent": ("in", [*results, ""])}, pluck="name", order_by="name"
		)
	sheets = frappe.get_all("P2HAM Assessment", filters={"opd": ("in", names)}, pluck="name", order_by="name")
	field = "assessment" if "assessment" in fields else "parent"
	return frappe.get_all(doctype, filters={field: ("in", [*sheets, ""])}, pluck="name", order_by="name")


def mark(foreign: set[str]) -> None:
	for doctype, fields in TEXTS.items():
		rows = foreign_rows(doctype, foreign)
		known = {field.fieldname for field in frappe.get_meta(doctype).fields} if rows else set()
		values = {field: f"{MARKER} {field}" for field in fields if field in known}
		if rows and values:
			frappe.db.set_value(doctype, {"name": ("in", rows)}, values)


def upset(foreign: set[str]) -> None:
	for doctype, values in FIGURES.items():
		rows = foreign_rows(doctype, foreign)
		if rows:
			known = {field.fieldname for field in frappe.get_meta(doctype).fields}
			frappe.db.set_value(
				doctype,
				{"name": ("in", rows)},
				{name: value for name, value in values.items() if name in known},
			)
	frappe.db.delete(
		"P2HAM Assessment", {"opd": ("in", sorted(foreign)), "workflow_state": lifecycle.SUBMITTED}
	)


def filters_of(report: str, made) -> list[dict]:
	plain = {"period": made.periods[-1]}
	if report == "KKP HAM Review":  # own forecasts are there in the year of the last period
		return [plain, *VARIANTS[report], {"assessment_year": int(made.periods[-1].rpartition("-")[2])}]
	return [plain, *({**plain, **variant} for variant in VARIANTS.get(report, ()))]


def of_units(made) -> set[str]:
	return {made.root, *made.parents, *made.units}


def output(report: str, filters: dict) -> str:
	found = query_report.run(report, dict(filters), ignore_prepared_report=True)
	found.pop("execution_time", None)
	return frappe.as_json(found)


@pytest.mark.parametrize("reader", ("clerk", "single"))
@pytest.mark.parametrize("report", NAMES)
def test_nothing_that_foreign_units_wrote_comes_out(made, report, reader):
	foreign = of_units(made) - reach(made, reader)
	mark(foreign)
	duties.clear_cache()
	record = frappe.get_doc("Report", report)
	frappe.set_user(getattr(made, reader))
	if not record.is_permitted():
		with pytest.raises(frappe.PermissionError):
			output(report, {"period": made.periods[-1]})
		return
	for filters in filters_of(report, made):
		seen = output(report, filters)
		assert MARKER not in seen
		for unit in foreign - {made.root}:
			assert f'"{unit}"' not in seen
	filters = filters_of(report, made)[0]
	reports.excel(report, filters)
	with zipfile.ZipFile(io.BytesIO(frappe.local.response.filecontent)) as book:
		assert all(MARKER not in book.read(part).decode("utf-8", "replace") for part in book.namelist())
	reports.pdf(report, filters)
	text = subprocess.run(
		["pdftotext", "-", "-"], input=frappe.local.response.filecontent, capture_output=True, check=True
	)
	assert MARKER not in text.stdout.decode()


@pytest.mark.parametrize("report", NAMES)
def test_the_marker_is_found_by_who_may_see_it(made, report):
	"""Else the other test would look for something that no report shows."""
	frappe.set_user(made.kabag)
	before = output(report, {"period": made.periods[-1]})
	frappe.set_user("Administrator")
	mark(of_units(made))
	upset(of_units(made))
	frappe.set_user(made.kabag)
	after = output(report, {"period": made.periods[-1]})
	assert before != after


@pytest.mark.parametrize("reader", ("clerk", "single"))
@pytest.mark.parametrize("report", NAMES)
def test_foreign_figures_change_nothing(made, report, reader):
	record = frappe.get_doc("Report", report)
	frappe.set_user(getattr(made, reader))
	if not record.is_permitted():
		return
	before = [output(report, filters) for filters in filters_of(report, made)]
	frappe.set_user("Administrator")
	upset(of_units(made) - reach(made, reader))
	duties.clear_cache()
	frappe.set_user(getattr(made, reader))
	assert [output(report, filters) for filters in filters_of(report, made)] == before


@pytest.mark.parametrize("report", NAMES)
def test_the_observer_is_told_nothing_of_what_is_not_approved(made, report):
	record = frappe.get_doc("Report", report)
	frappe.set_user(made.observer)
	if not record.is_permitted():
		with pytest.raises(frappe.PermissionError):
			output(report, {"period": made.periods[-1]})
		return
	before = [output(report, filters) for filters in filters_of(report, made)]
	frappe.set_user("Administrator")
	hidden = frappe.get_all(
		"P2HAM Assessment",
		filters={"period": ("in", made.periods), "workflow_state": ("!=", lifecycle.APPROVED)},
		pluck="name",
		order_by="name",
	)
	for doctype in ("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use"):
		frappe.db.set_value(doctype, {"parent": ("in", hidden)}, FIGURES[doctype])
	frappe.db.set_value("P2HAM Assessment", {"name": ("in", hidden)}, FIGURES["P2HAM Assessment"])
	frappe.db.set_value("P2HAM Assessment Log", {"assessment": ("in", hidden)}, {"note": MARKER})
	frappe.set_user(made.observer)
	assert [output(report, filters) for filters in filters_of(report, made)] == before


@pytest.mark.parametrize("report", NAMES)
def test_a_role_without_a_duty_gets_no_figure(made, report):
	record = frappe.get_doc("Report", report)
	for duty in DUTIES:
		user = make.create_user(f"{frappe.scrub(duty)}@tanpa.example", duty, roles=(duty,))
		with make.acting_as(user):
			if record.is_permitted() and frappe.has_permission(record.ref_doctype, "report"):
				found = query_report.run(report, {}, ignore_prepared_report=True)
				assert not [row for row in found["result"] if any(_figures(row))], duty
				assert not [card for card in found["report_summary"] or [] if card["value"] not in (0, "–")]


def _figures(row) -> list:
	return [value for value in row.values() if isinstance(value, (int, float)) and value]


def test_the_presentation_of_a_head_says_nothing_of_others(made):
	foreign = of_units(made) - reach(made, "head")
	mark(foreign)
	duties.clear_cache()
	frappe.set_user(made.head)
	assert MARKER not in presentation.slides(made.periods[-1])["html"]
