"""The faults of tests/sabotage fit the app and the tests as they are, and what has changed decides which are tried."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from functools import cache

import pytest
from _bench import sabotage
from _bench.bench import CHECKOUT
from _bench.sabotage import BROKEN, CAUGHT, SURVIVED, Fault, Outcome
from _bench.say import Problem

NAMES = [path.stem for path in sorted(sabotage.FOLDER.glob("*.patch"))]
ENOUGH, MAX_LINES = 40, 2


def text_of(name: str) -> str:
	return (sabotage.FOLDER / f"{name}.patch").read_text()


def hunks(name: str) -> list[list[str]]:
	"""The lines of each hunk of a patch; an empty line of the app may have lost its blank."""
	found: list[list[str]] = []
	for line in text_of(name).splitlines():
		if line.startswith("@@"):
			found.append([])
		elif found:
			found[-1].append(line or " ")
	return found


@cache
def functions_in(path: str) -> set[str]:
	"""The tests of a module as pytest names them."""
	tree = ast.parse((CHECKOUT / path).read_text())
	named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
	for group in (node for node in tree.body if isinstance(node, ast.ClassDef)):
		named |= {f"{group.name}::{node.name}" for node in group.body if isinstance(node, ast.FunctionDef)}
	return named


def test_there_are_enough_of_every_room():
	assert len(NAMES) >= ENOUGH
	rooms = {room for fault in sabotage.every() for room in fault.rooms}
	wanted = {
		"engine",
		"access",
		"evidence",
		"notices",
		"documents",
		"figures",
		"assessment",
		"follow_ups",
		"guidance",
	}
	assert {f"p2ham/{room}" for room in (*wanted, "instruments", "kkpham", "api")} <= rooms
	assert any(not fault.needs_site for fault in sabotage.every())


@pytest.mark.parametrize("name", NAMES)
class TestEachFault:
	def test_it_says_what_is_wrong_and_names_tests_that_exist(self, name):
		fault = sabotage.read(name, text_of(name))
		assert re.fullmatch(r"[a-z0-9-]+", name)
		for test in fault.tests:
			path, _colons, inside = test.partition("::")
			assert inside.partition("[")[0] in functions_in(path), test

	def test_it_changes_a_line_or_two_of_the_app(self, name):
		fault = sabotage.read(name, text_of(name))
		lines = [line for hunk in hunks(name) for line in hunk]
		for sign in "+-":
			assert sum(line.startswith(sign) for line in lines) <= MAX_LINES
		assert lines and len(fault.files) == 1
		assert fault.files[0].startswith("p2ham/") and not fault.files[0].endswith((".json", "hooks.py"))

	def test_it_applies_at_one_place_only(self, name):
		done = subprocess.run(
			["git", "apply", "--check", f"tests/sabotage/{name}.patch"],
			cwd=CHECKOUT,
			env={**os.environ, "GIT_CEILING_DIRECTORIES": str(CHECKOUT.parent)},
			capture_output=True,
			text=True,
		)
		assert done.returncode == 0, done.stderr
		(file,) = sabotage.read(name, text_of(name)).files
		stored = (CHECKOUT / file).read_text().splitlines()
		for hunk in hunks(name):
			old = [line[1:] for line in hunk if line[0] in " -"]
			places = [at for at in range(len(stored)) if stored[at : at + len(old)] == old]
			assert len(places) == 1, places

	def test_what_it_makes_can_still_be_read(self, name):
		(file,) = sabotage.read(name, text_of(name)).files
		broken = (CHECKOUT / file).read_text()
		for hunk in hunks(name):
			old, new = (
				"".join(f"{line[1:]}\n" for line in hunk if line[0] in signs) for signs in (" -", " +")
			)
			broken = broken.replace(old, new)
		assert broken != (CHECKOUT / file).read_text()
		if file.endswith(".py"):
			ast.parse(broken)


def test_no_two_are_the_same():
	faults = [(fault.files, str(hunks(fault.name))) for fault in sabotage.every()]
	assert len(set(faults)) == len(faults)
	assert len({fault.says for fault in sabotage.every()}) == len(faults)


@pytest.mark.parametrize("lacking", ["Fault", "Caught by", "+++ b/"])
def test_a_patch_without_what_it_must_say_is_named(lacking):
	whole = "Fault: x\nCaught by: tests/unit/test_x.py::test_x\n--- a/p2ham/x.py\n+++ b/p2ham/x.py\n"
	assert sabotage.read("name", whole).tests == ("tests/unit/test_x.py::test_x",)
	with pytest.raises(Problem, match=f"name.patch.*{re.escape(lacking)}"):
		sabotage.read("name", "\n".join(line for line in whole.split("\n") if not line.startswith(lacking)))


def fault(name: str, file: str, *tests: str) -> Fault:
	return Fault(name, name, tests or ("tests/unit/test_x.py::test_x",), (file,))


FAULTS = [
	fault("a", "p2ham/engine/a.py"),
	fault("b", "p2ham/engine/b.py"),
	fault("c", "p2ham/access/c.py", "tests/site/test_c.py::TestC::test_c"),
	fault("d", "p2ham/api/d.py"),
	fault("e", "p2ham/p2ham/doctype/e/e.py"),
	fault("f", "p2ham/p2ham/report/f/f.py"),
]


class TestWhichAreTried:
	@pytest.mark.parametrize(
		("changed", "chosen"),
		[
			(["p2ham/engine/a.py"], ["a"]),
			(["tests/site/test_c.py"], ["c"]),
			(["tests/sabotage/d.patch"], ["d"]),
			(["p2ham/api/d.py", "p2ham/engine/b.py", "README.md"], ["b", "d"]),
		],
	)
	def test_first_those_whose_file_patch_or_test_has_changed(self, changed, chosen):
		found = sabotage.choose(FAULTS, changed, "turn", at_least=1)
		assert [fault.name for fault, _why in found] == chosen
		assert all(why.endswith("has changed") for _fault, why in found)

	def test_of_too_many_those_of_the_app_come_before_those_of_a_test(self):
		changed = ["tests/unit/test_x.py", "tests/site/test_c.py", "p2ham/api/d.py", "p2ham/engine/b.py"]
		assert len(sabotage.choose(FAULTS, changed, "turn")) == len(FAULTS)
		for turn in "12345":
			found = sabotage.choose(FAULTS, changed, turn, at_least=1, at_most=2)
			assert [fault.name for fault, _why in found] == ["b", "d"]

	def test_then_those_of_the_same_room(self):
		found = sabotage.choose(FAULTS, ["p2ham/engine/new.py"], "turn", at_least=2)
		assert [(fault.name, why) for fault, why in found] == [
			("a", "something in p2ham/engine has changed"),
			("b", "something in p2ham/engine has changed"),
		]
		((found, _why),) = sabotage.choose(FAULTS, ["p2ham/p2ham/doctype/other/o.json"], "turn", at_least=1)
		assert found.name == "e"

	def test_then_whose_turn_it_is_and_everyone_has_one(self):
		for number in range(1, len(FAULTS) + 1):
			assert len(sabotage.choose(FAULTS, [], "turn", at_least=number)) == number
		assert sabotage.choose(FAULTS, [], "turn", 2) == sabotage.choose(FAULTS, [], "turn", 2)
		turns = [sabotage.choose(FAULTS, [], str(turn), at_least=1) for turn in range(100)]
		assert {fault.name for ((fault, _why),) in turns} == {fault.name for fault in FAULTS}

	def test_more_than_there_are_are_all(self):
		assert len(sabotage.choose(FAULTS, ["p2ham/engine/a.py"], "turn", at_least=100)) == len(FAULTS)

	def test_a_word_is_a_part_of_a_name_a_file_or_a_test(self):
		assert [fault.name for fault in sabotage.matching(FAULTS, ["access", "api/d"])] == ["c", "d"]
		assert [fault.name for fault in sabotage.matching(FAULTS, ["TestC"])] == ["c"]
		assert sabotage.matching(FAULTS, []) == FAULTS


RESULTS = """<testsuites><testsuite>
<testcase classname="tests.unit.test_x" name="test_a[1]"/>
<testcase classname="tests.unit.test_x" name="test_a[2]"/>
<testcase classname="tests.unit.test_x.TestB" name="test_b">{0}</testcase>
</testsuite></testsuites>"""


class TestWhatCameOfIt:
	@pytest.mark.parametrize(
		("code", "found", "verdict"),
		[
			(0, "", SURVIVED),
			(1, '<failure message="assert 1 == 2"/>', CAUGHT),
			(1, '<failure message="frappe.exceptions.PermissionError"/>', CAUGHT),
			(1, '<failure message="ImportError: cannot import name"/>', BROKEN),
			(1, "<failure message=\"NameError: name 'x' is not defined\"/>", BROKEN),
			(1, '<error message="failed on setup with ConnectionError"/>', BROKEN),
			(2, '<error message="collection failure"/>', BROKEN),
			(2, '<failure message="assert 1 == 2"/>', BROKEN),
			(0, '<skipped message="no browser"/>', BROKEN),
			(None, "", BROKEN),
		],
	)
	def test_only_a_test_that_fails_by_itself_catches(self, tmp_path, code, found, verdict):
		results = tmp_path / "results.xml"
		results.write_text(RESULTS.format(found))
		assert Outcome.read(code, results, tmp_path / "log").verdict()[0] == verdict

	def test_without_results_nothing_is_said(self, tmp_path):
		for code in (0, 1, 4, 5):
			assert Outcome.read(code, tmp_path / "none", tmp_path / "log").verdict()[0] == BROKEN

	def test_a_test_has_passed_when_all_its_parameters_have(self, tmp_path):
		results = tmp_path / "results.xml"
		results.write_text(RESULTS.format('<failure message="assert  1\n== 2"/>'))
		outcome = Outcome.read(1, results, tmp_path / "log")
		assert outcome.lacking("tests/unit/test_x.py::test_a") == ""
		assert outcome.lacking("tests/unit/test_x.py::test_a[2]") == ""
		assert outcome.lacking("tests/unit/test_x.py::TestB::test_b") == "assert 1 == 2"
		assert outcome.lacking("tests/unit/test_x.py::test_c") == "did not run"
