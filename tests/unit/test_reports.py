"""Reports cannot leak: how they are written leaves them one way to the database, which has the scope in it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "p2ham"
# `result` runs reports as Frappe does and asks nothing of its own.
DOORS = (APP / "figures" / "scoped.py", APP / "reports" / "result.py")
# Figures that stand in the room of their subject.
FIGURES_OF_FEATURES = (
	"assessment/indicator_figures.py",
	"follow_ups/overview.py",
	"kkpham/results.py",
	"kkpham/results_by_right.py",
	"quarterly/quarter.py",
	"quarterly/kept_figures.py",
)
REPORTS = sorted(path for path in (APP / "p2ham" / "report").glob("*/*.json"))
CODE = sorted(
	path
	for path in [
		*(APP / "p2ham" / "report").rglob("*.py"),
		*(APP / "reports").glob("*.py"),
		*(APP / "figures").glob("*.py"),
		*(APP / path for path in FIGURES_OF_FEATURES),
	]
	if path not in DOORS
)
# What reaches the database without the scope. `store` reads instruments, which everybody with a duty sees.
PAST_THE_SCOPE = {
	"frappe.db",
	"frappe.qb",
	"frappe.get_all",
	"frappe.get_list",
	"frappe.get_doc",
	"frappe.get_cached_doc",
	"frappe.get_value",
	"frappe.get_cached_value",
	"frappe.call",
	"frappe.set_user",
}


def dotted(node: ast.AST) -> str:
	if isinstance(node, ast.Attribute):
		return f"{dotted(node.value)}.{node.attr}"
	return node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.stem)
def test_reports_reach_the_database_through_the_scope_only(path):
	tree = ast.parse(path.read_text())
	used = {dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
	assert not used & PAST_THE_SCOPE
	imported = {
		f"{node.module}.{name.name}"
		for node in ast.walk(tree)
		if isinstance(node, ast.ImportFrom)
		for name in node.names
	}
	assert not imported & PAST_THE_SCOPE


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_is_complete(path):
	"""Filters, roles and a DocType whose right to report it asks for; run at once, so that nobody gets what was
	prepared for another."""
	report = json.loads(path.read_text())
	assert report["report_type"] == "Script Report"
	assert report["module"] == "P2HAM"
	assert report["is_standard"] == "Yes"
	assert not report["prepared_report"]
	assert report["roles"]
	assert report["ref_doctype"].startswith("P2HAM ")
	script = path.with_suffix(".js").read_text()
	assert f'p2ham.reports.declare("{report["name"]}"' in script
	assert ast.get_docstring(ast.parse(path.with_suffix(".py").read_text()))


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_every_filter_has_a_name_for_paper(path):
	"""PDF and Excel file say what was chosen."""
	script = path.with_suffix(".js").read_text()
	fields = set(re.findall(r'(?:fieldname: |field\.select\()"(\w+)"', script))
	fields |= set(re.findall(r"field\.(period|opd)\(", script))
	assert fields
	named = ast.parse((APP / "reports" / "result.py").read_text())
	(words,) = (
		node.value
		for node in named.body
		if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FILTERS"
	)
	assert fields <= {key.value for key in words.keys}
