"""What Frappe reads from files: complete, in its place, and named as ours. No Frappe is needed to look."""

import ast
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from p2ham import hooks
from p2ham.access import policies
from p2ham.engine import lifecycle, weights, windows
from p2ham.engine.duties import DUTIES, ROLES, SEKDA
from p2ham.engine.instrument import loads, schema
from p2ham.instruments import shipped_files

APP = Path(__file__).parents[2] / "p2ham"
MODULE = APP / "p2ham"
DOCTYPES = {
	data["name"]: data
	for path in sorted(MODULE.glob("doctype/*/*.json"))
	for data in [json.loads(path.read_text(encoding="utf-8"))]
}
TABLES = {name for name, doctype in DOCTYPES.items() if doctype.get("istable")}
NO_VALUE = {"Section Break", "Column Break", "Tab Break", "HTML"}


def folder_of(doctype: str) -> str:
	return doctype.lower().replace(" ", "_").replace("-", "_")


def test_every_json_file_is_json():
	for path in APP.rglob("*.json"):
		json.loads(path.read_text(encoding="utf-8"))


def test_every_doctype_is_ours_by_name_and_lies_where_frappe_looks():
	for name in DOCTYPES:
		folder = folder_of(name)
		assert name.startswith("P2HAM ")
		assert (MODULE / "doctype" / folder / f"{folder}.py").exists()
		assert (MODULE / "doctype" / folder / "__init__.py").exists()
		assert DOCTYPES[name]["module"] == "P2HAM"


# There is no history of what never changes.
APPEND_ONLY = ("P2HAM Assessment Log", "P2HAM Assessment Snapshot", "P2HAM Digest")
# Nobody's to read: documents are made from it for those who may print them.
UNREAD = ("P2HAM Assessment Snapshot",)


@pytest.mark.parametrize("name", sorted(set(DOCTYPES) - TABLES))
def test_a_doctype_says_who_may_do_what_and_keeps_its_history(name):
	doctype = DOCTYPES[name]
	roles = {row["role"] for row in doctype["permissions"]}
	assert roles <= {*ROLES, "System Manager"}
	assert bool(roles) == (name not in UNREAD)
	assert doctype.get("track_changes") == int(name not in APPEND_ONLY)


@pytest.mark.parametrize("name", sorted(DOCTYPES))
def test_a_controller_types_the_fields_of_its_doctype(name):
	doctype, folder = DOCTYPES[name], folder_of(name)
	source = (MODULE / "doctype" / folder / f"{folder}.py").read_text(encoding="utf-8")
	typed = {
		line.target.id
		for line in ast.walk(ast.parse(source))
		if isinstance(line, ast.AnnAssign) and line.value is None
	}
	layout = NO_VALUE | {"Button", "Heading", "Fold"}
	fields = {field["fieldname"] for field in doctype["fields"] if field["fieldtype"] not in layout}
	assert typed == fields | ({"parent", "parentfield", "parenttype"} if doctype.get("istable") else set())


def test_no_link_leaves_frappe_and_this_app():
	frappe_doctypes = {"User", "Workflow State"}
	for name, doctype in DOCTYPES.items():
		for field in doctype["fields"]:
			if field["fieldtype"] in ("Link", "Table", "Table MultiSelect"):
				assert field["options"] in DOCTYPES or field["options"] in frappe_doctypes, (
					name,
					field["fieldname"],
				)


def test_every_visible_field_has_a_label_and_stands_in_the_order():
	for name, doctype in DOCTYPES.items():
		names = [field["fieldname"] for field in doctype["fields"]]
		assert doctype["field_order"] == names, name
		assert len(names) == len(set(names)), name
		for field in doctype["fields"]:
			assert field.get("label") or field["fieldtype"] in NO_VALUE, (name, field["fieldname"])


def test_nobody_shares_deletes_or_imports_what_follows_duties():
	for name in ("P2HAM Assessment", "P2HAM Assessment Log"):
		for row in DOCTYPES[name]["permissions"]:
			assert not {"share", "delete", "import"}.intersection(
				key for key, value in row.items() if value == 1
			), name
	for row in DOCTYPES["P2HAM Assessment Log"]["permissions"]:
		assert not {"write", "create"}.intersection(row)


def test_only_sekda_submits_and_cancels():
	for action in ("submit", "cancel"):
		roles = {row["role"] for row in DOCTYPES["P2HAM Assessment"]["permissions"] if row.get(action)}
		assert roles == {SEKDA}


def test_the_duties_of_an_officer_are_those_of_the_rules():
	field = next(field for field in DOCTYPES["P2HAM Officer"]["fields"] if field["fieldname"] == "duty")
	assert tuple(field["options"].split("\n")) == DUTIES


def test_fields_of_the_lifecycle_exist():
	assessment = {field["fieldname"]: field for field in DOCTYPES["P2HAM Assessment"]["fields"]}
	period = {field["fieldname"] for field in DOCTYPES["P2HAM Period"]["fields"]}
	for step in lifecycle.TRANSITIONS:
		for name in (step.note_field, *step.clears, *step.differs_from):
			assert not name or name in assessment
		if step.stamp:
			assert {f"{step.stamp}_by", f"{step.stamp}_on"} <= set(assessment)
		if step.reopens:
			assert step.until_field in assessment
			assert step.reopens in windows.WINDOWS
		assert step.window in {*windows.WINDOWS, windows.ANY_DAY}
	participant = {field["fieldname"] for field in DOCTYPES["P2HAM Period Participant"]["fields"]}
	assert set(windows.OVERRIDES) <= participant
	for first, last in windows.WINDOWS.values():
		assert {name for name in (first, last) if name} <= period
	for editable in lifecycle.EDITABLE.values():
		assert editable.fields <= set(assessment)
		for table, names in editable.rows.items():
			child = {field["fieldname"] for field in DOCTYPES[assessment[table]["options"]]["fields"]}
			assert names <= child


def dotted_paths(value):
	if isinstance(value, str) and re.fullmatch(r"p2ham(\.\w+)+", value):
		yield value
	elif isinstance(value, dict):
		for entry in value.values():
			yield from dotted_paths(entry)
	elif isinstance(value, list | tuple):
		for entry in value:
			yield from dotted_paths(entry)


def functions_in(module: str) -> set[str]:
	path = APP.parent / Path(*module.split(".")).with_suffix(".py")
	if not path.exists():
		path = path.with_suffix("") / "__init__.py"
	tree = ast.parse(path.read_text(encoding="utf-8"))
	return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_every_hook_leads_to_a_function():
	paths = [
		path
		for name, value in vars(hooks).items()
		if not name.startswith("__")
		for path in dotted_paths(value)
	]
	assert len(paths) > 10
	for path in paths:
		module, _, function = path.rpartition(".")
		assert function in functions_in(module), path


@pytest.mark.parametrize(
	("name", "ending", "source", "part"),
	[(hooks.app_include_js, ".js", "js", "guards"), (hooks.app_include_css, ".css", "scss", "p2ham")],
)
def test_what_every_page_of_the_desk_has_comes_as_a_bundle(name, ending, source, part):
	"""Only a bundle has a hash in its name; a browser would keep any other file after an update."""
	assert name.endswith(f".bundle{ending}")
	bundle = APP / "public" / source / f"{name.removesuffix(ending)}.{source}"
	named = re.findall(r'^@?import (?:.* from )?"(.+)";$', bundle.read_text(encoding="utf-8"), re.MULTILINE)
	parts = [(bundle.parent / each).with_suffix(f".{source}") for each in named]
	assert part in [each.stem for each in parts]
	assert all(each.exists() for each in parts)


def test_no_script_or_style_is_named_by_its_own_address():
	named = [
		f"{path.relative_to(APP)}: {found}"
		for path in APP.rglob("*")
		if path.suffix in (".py", ".js", ".json", ".html", ".css", ".scss")
		for found in re.findall(r"/assets/p2ham/[\w/.-]+\.(?:js|css)\b", path.read_text(encoding="utf-8"))
	]
	assert not named, named


def test_no_script_is_put_into_the_meta_of_a_doctype_by_a_hook():
	"""It would come raw, without what it imports; a DocType has the one script that lies beside it."""
	assert not {"doctype_js", "doctype_list_js", "doctype_tree_js", "doctype_calendar_js"} & set(vars(hooks))


def test_bundles_have_names_that_no_other_app_has():
	"""Those of all apps of a site stand in one list, by their name alone."""
	names = [path.name for path in (APP / "public").rglob("*.bundle.*") if "dist" not in path.parts]
	assert all(name.startswith("p2ham_") for name in names)
	assert len(names) == len(set(names))


def test_files_named_in_hooks_exist():
	assert (APP / "public" / hooks.app_logo_url.removeprefix("/assets/p2ham/")).exists()


def test_what_frappe_writes_about_documents_follows_them():
	others = {"File", "Audit Trail", "Prepared Report", *policies.TRACES}
	ours = {*policies.SCOPED, *policies.PARENTS}
	assert set(hooks.permission_query_conditions) - ours == others - {"Audit Trail"}
	assert set(hooks.has_permission) - ours == others


def test_what_is_tracked_is_tracked():
	for name in policies.TRACKED:
		assert DOCTYPES[name]["track_changes"] == 1, name


def test_every_patch_can_be_found():
	for line in (APP / "patches.txt").read_text().splitlines():
		name = line.split("#")[0].strip()
		if name and not name.startswith(("[", "execute:")):
			assert importlib.util.find_spec(name), name


def whitelisted():
	for path in sorted(APP.rglob("*.py")):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			if isinstance(node, ast.FunctionDef) and any(
				"whitelist" in ast.dump(decorator) for decorator in node.decorator_list
			):
				yield path.relative_to(APP), node


def test_every_door_is_typed_and_says_what_it_does():
	doors = list(whitelisted())
	assert len(doors) >= 6
	for path, node in doors:
		assert ast.get_docstring(node), (path, node.name)
		assert node.returns is not None, (path, node.name)
		for argument in (*node.args.args, *node.args.kwonlyargs):
			if argument.arg == "self":
				continue
			assert argument.annotation is not None, (path, node.name, argument.arg)
		assert "allow_guest" not in ast.dump(node), (path, node.name)
		# With it the types are text, and Frappe checks none of them.
		assert "from __future__ import annotations" not in (APP / path).read_text(encoding="utf-8"), path


def test_the_rules_know_nothing_of_frappe():
	for path in (APP / "engine").glob("*.py"):
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
			names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
			if isinstance(node, ast.ImportFrom) and not node.level:
				names.append(node.module)
			assert not [name for name in names if name.split(".")[0] in ("frappe", "p2ham")], path


def test_there_is_no_raw_sql_and_no_translated_f_string():
	for path in APP.rglob("*.py"):
		source = path.read_text(encoding="utf-8")
		assert "frappe.db.sql(" not in source, path
		assert not re.search(r"\b_\(f[\"']", source), path


def test_fixtures_hold_nothing_that_an_admin_may_change():
	assert [path.name for path in (APP / "fixtures").iterdir()] == ["workflow.json"]
	assert [entry["dt"] for entry in hooks.fixtures] == ["Workflow"]


def test_every_row_of_ours_is_guarded_against_being_changed_alone():
	assert set(policies.PARENTS) == TABLES
	for name in TABLES:
		assert hooks.doc_events[name] == {
			"before_validate": hooks._row_alone,
			"on_trash": hooks._row_alone,
			"before_print": hooks._before_print,
		}


def test_the_schema_in_the_docs_is_that_of_the_rules():
	stored = json.loads((APP.parent / "docs" / "instrument.schema.json").read_text(encoding="utf-8"))
	assert stored == json.loads(json.dumps(schema()))


class TestShippedInstruments:
	@pytest.fixture(scope="class")
	def shipped(self):
		return {path.stem: loads(path.read_bytes()) for path in shipped_files()}

	def test_all_five_are_there(self, shipped):
		assert {row.code: row.template for row in shipped.values()} == {
			"PERMENKUMHAM-34-2016": True,
			"PERMENKUMHAM-27-2018": False,
			"PERMENKUMHAM-22-2021": True,
			"PERMENKUMHAM-2-2022": True,
			"PERMENKUMHAM-25-2023": True,
		}

	def test_27_2018_has_the_thirteen_facilities_staff_and_compliance(self, shipped):
		codes = [row.code for row in shipped["permenkumham_27_2018"].indicators]
		assert codes == [*(f"A{number}" for number in range(1, 14)), "B1", "C1"]

	def test_2_2022_has_five_criteria(self, shipped):
		assert [row.parent for row in shipped["permenkumham_2_2022"].criteria] == [None] * 5

	def test_25_2023_has_three_criteria_and_continues_the_older_two(self, shipped):
		instrument = shipped["permenkumham_25_2023"]
		assert len(instrument.criteria) == 3
		assert instrument.passing_score is None
		continued = {name for row in instrument.indicators for name in row.continues}
		first = {f"PERMENKUMHAM-27-2018:{row.code}" for row in shipped["permenkumham_27_2018"].indicators}
		assert first <= continued
		assert {name.split(":")[0] for name in continued} == {"PERMENKUMHAM-27-2018", "PERMENKUMHAM-2-2022"}

	def test_34_2016_has_seven_rights_of_structure_process_and_outcome(self, shipped):
		# Secondary sources: structure 10, process 30, outcome 60; total is the mean over the rights.
		instrument = shipped["permenkumham_34_2016"]
		assert len(instrument.criteria) == 7
		assert {row.weight for row in instrument.criteria} == {1}
		assert {row.weight_total for row in instrument.criteria} == {100}
		assert [(row.label, row.min_score) for row in instrument.thresholds] == [
			("Kurang Peduli HAM", 0),
			("Mulai Peduli HAM", 50),
			("Cukup Peduli HAM", 65),
			("Peduli HAM", 75),
		]
		for criterion in instrument.criteria:
			rows = [row.weight for row in instrument.indicators if row.criterion == criterion.code]
			assert rows == [10, 30, 60], criterion.code

	def test_22_2021_has_ten_rights_and_says_which_cut_offs_are_not_verified(self, shipped):
		instrument = shipped["permenkumham_22_2021"]
		assert len(instrument.criteria) == 10
		for criterion in instrument.criteria:
			assert sum(row.criterion == criterion.code for row in instrument.indicators) == 3
		assert "65" in instrument.unverified_note and "50" in instrument.unverified_note

	def test_every_reference_leads_to_an_older_instrument_that_is_shipped(self, shipped):
		by_code = {row.code: row for row in shipped.values()}
		for instrument in shipped.values():
			for reference in (name for row in instrument.indicators for name in row.continues):
				code, indicator = reference.split(":")
				assert by_code[code].year < instrument.year, reference
				assert indicator in {row.code for row in by_code[code].indicators}, reference

	def test_each_says_its_source_and_what_is_not_verified(self, shipped):
		for instrument in shipped.values():
			assert len(instrument.source_note) > 80, instrument.code
			assert len(instrument.unverified_note) > 80, instrument.code

	def test_weights_add_up_to_what_the_regulation_says(self, shipped):
		for instrument in shipped.values():
			assert weights.warnings(instrument) == [], instrument.code

	def test_every_indicator_is_guided_and_says_what_it_wants(self, shipped):
		for instrument in shipped.values():
			for row in instrument.indicators:
				assert row.evidence_slots, row.code
				assert len(row.guidance) > 80, row.code
				assert instrument.family != "P2HAM" or (row.principles and row.vulnerable_groups), row.code

	def test_scales_of_one_title_are_the_same_everywhere(self, shipped):
		seen = {}
		for instrument in shipped.values():
			for scale in instrument.scales:
				assert seen.setdefault(scale.title, scale) == scale


def test_modules_of_tests_have_names_of_their_own():
	"""pytest imports those of engine, app and site by their names alone: two with one name end the whole run."""
	folders = (APP.parent / "tests" / name for name in ("", "engine", "app", "site"))
	names = Counter(
		path.name for folder in folders for path in folder.glob("*.py") if path.stem != "conftest"
	)
	assert [name for name, number in names.items() if number > 1] == []
