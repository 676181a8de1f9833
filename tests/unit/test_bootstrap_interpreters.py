"""Which branch of Frappe a new bench gets, and which Python."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from _bench import interpreters, python
from _bench.say import Problem
from fake_machine import FakeMachine


@pytest.fixture
def here(tmp_path, monkeypatch):
	return FakeMachine(tmp_path, monkeypatch)


@pytest.fixture
def runs_on(here, monkeypatch):
	"""Makes the scripts run on this version of Python."""

	def run(*version: int) -> str:
		executable = str(here.programs / "python3")
		fake = SimpleNamespace(executable=executable, version_info=(*version, 1))
		monkeypatch.setattr(interpreters, "sys", fake)
		return executable

	return run


# A uv that has no Python, and can bring one unless told otherwise.
UV = """
case "$*" in
*"python find"*) test -e "$here/brought" && echo "$here/brought/python3.12";;
*"python install"*) mkdir "$here/brought";;
esac
"""
UV_WITHOUT_NETWORK = """
case "$*" in
*"python install"*) echo "error: Failed to install" >&2; echo "  cause: no network" >&2; exit 2;;
*) exit 2;;
esac
"""


@pytest.mark.parametrize("version", [(3, 10), (3, 11), (3, 12)])
def test_a_python_that_fits_the_default_branch_is_taken(runs_on, version):
	executable = runs_on(*version)
	assert interpreters.choose_branch() == "version-15"
	assert interpreters.provide("version-15") == executable


def test_where_only_the_newer_frappe_fits_it_is_taken(runs_on):
	executable = runs_on(3, 14)
	assert interpreters.choose_branch() == "version-16"
	assert interpreters.provide("version-16") == executable


def test_another_python_of_the_machine_is_taken_the_newest_that_fits(here, runs_on):
	runs_on(3, 13)
	here.has("python3.10")
	newest = here.has("python3.11")
	assert interpreters.choose_branch() == "version-15"
	assert interpreters.provide("version-15") == newest


def test_a_name_behind_which_there_is_no_python_is_not_taken(here, runs_on):
	runs_on(3, 13)
	here.has("python3.12", "exit 127")
	real = here.has("python3.10")
	assert interpreters.find("version-15") == real


def test_the_branch_that_is_asked_for_is_taken_whatever_is_here(here, runs_on, monkeypatch):
	runs_on(3, 11)
	monkeypatch.setenv("P2HAM_FRAPPE_BRANCH", "version-16")
	assert interpreters.choose_branch() == "version-16"
	assert interpreters.find("version-16") is None


def test_on_debian_13_uv_brings_python_3_12_for_the_default_branch(here, runs_on):
	runs_on(3, 13)
	here.has("uv", UV)
	assert interpreters.choose_branch() == "version-15"
	assert interpreters.provide("version-15") == f"{here.folder}/brought/python3.12"
	assert [call.split("python ")[1] for call in here.called("uv")] == [
		"find 3.12",
		"install 3.12",
		"find 3.12",
	]


def test_a_python_that_uv_has_brought_before_is_taken_again(here, runs_on):
	runs_on(3, 13)
	here.has("uv", UV)
	(here.folder / "brought").mkdir()
	assert interpreters.provide("version-15") == f"{here.folder}/brought/python3.12"
	assert not [call for call in here.called("uv") if "install" in call]


def test_frappe_16_gets_python_3_14(here, runs_on):
	runs_on(3, 13)
	here.has("uv", UV)
	interpreters.provide("version-16")
	assert here.called("uv --no-config python install 3.14")


def test_where_uv_cannot_bring_it_one_sentence_says_why(here, runs_on):
	runs_on(3, 13)
	here.has("uv", UV_WITHOUT_NETWORK)
	with pytest.raises(Problem) as caught:
		interpreters.provide("version-15")
	assert str(caught.value) == (
		"Frappe version-15 runs on Python 3.10 to 3.12, which is not here, and uv cannot bring it (no network)"
	)


def test_uv_itself_comes_with_the_bench_command(here, monkeypatch):
	uv = here.folder / "environment" / "bin" / "uv"
	asked = here.has("python-of-environment", f"echo {uv}")
	monkeypatch.setattr(python, "python_with", lambda wanted: asked if wanted == python.TOOLS else None)
	assert python.uv() == str(uv)
	assert python.uv() != here.has("uv") == python.uv()
