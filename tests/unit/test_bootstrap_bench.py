"""How a bench is made where there is none: from a mirror of any name, and wholly or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from _bench import interpreters, machine, making, nodejs, python
from _bench.bench import CHECKOUT, UNFINISHED, find_bench
from _bench.say import Problem
from fake_machine import FakeMachine

# What `bench init` does with Frappe's address: it is cloned, and the folder is what git makes of the address.
BENCH_INIT = """
shift 3
root=$1 url=$4 branch=$6
mkdir -p "$root/apps" "$root/env/bin" "$root/sites"
cd "$root/apps" && git clone --quiet --branch "$branch" --origin upstream "$url" || exit 1
printf '#!/bin/sh\\n%s\\n' "$(cat "$here/pythons" 2>/dev/null)" > "$root/env/bin/python"
chmod +x "$root/env/bin/python"
"""


@pytest.fixture(scope="module")
def frappe(tmp_path_factory) -> Path:
	"""A tiny repository of Frappe."""
	if not shutil.which("git"):
		pytest.skip("this machine has no git")
	folder = tmp_path_factory.mktemp("repositories") / "frappe"
	(folder / "frappe").mkdir(parents=True)
	(folder / "frappe" / "__init__.py").write_text('__version__ = "15.1.0"\n')
	for command in (
		["init", "--quiet", "--initial-branch=version-15"],
		["add", "."],
		["-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=Begin"],
	):
		subprocess.run(["git", *command], cwd=folder, check=True)
	return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
	"""A machine that has all that a bench is made with, and no bench."""
	fake = FakeMachine(tmp_path, monkeypatch)
	fake.has_really("git")
	fake.has("yarn")
	fake.has("uv")
	tool = fake.has("bench-tool", BENCH_INIT)
	monkeypatch.setattr(python, "python_with", lambda wanted: tool if wanted == python.TOOLS else None)
	monkeypatch.setattr(python, "pip_install", lambda of: [str(of), "-m", "pip", "install"])
	monkeypatch.setattr(machine, "NEEDS", [need for need in machine.NEEDS if need.what == "git"])
	monkeypatch.setattr(interpreters, "choose_branch", lambda: "version-15")
	monkeypatch.setattr(interpreters, "provide", lambda branch: "/usr/bin/python3.11")
	monkeypatch.setattr(nodejs, "provide", lambda oldest, with_npm: [])
	return fake


@pytest.fixture
def mirrored(here, frappe, monkeypatch):
	monkeypatch.setenv("P2HAM_FRAPPE_REPO", str(frappe))


# --- From a mirror ---------------------------------------------------------------------------------


def bare(frappe: Path, to: Path) -> Path:
	subprocess.run(["git", "clone", "--quiet", "--bare", frappe, to], check=True)
	return to


def clone(frappe: Path, to: Path) -> Path:
	subprocess.run(["git", "clone", "--quiet", frappe, to], check=True)
	return to


@pytest.mark.parametrize("make", [bare, clone])
@pytest.mark.parametrize("name", ["repo", "frappe.git", "mirror of it.git", "erpnext"])
def test_a_mirror_is_a_folder_of_any_name(here, frappe, monkeypatch, make, name):
	mirror = make(frappe, here.folder / name)
	monkeypatch.setenv("P2HAM_FRAPPE_REPO", str(mirror))
	bench = making.make_bench()
	assert bench.root == here.bench and bench.frappe_version == "15.1.0"
	assert [entry.name for entry in (here.bench / "apps").iterdir()] == ["frappe"]
	remote = ["git", "-C", bench.frappe, "remote", "get-url", "upstream"]
	assert subprocess.run(remote, capture_output=True, text=True).stdout.strip() == str(mirror)


def test_a_mirror_is_an_address_too(here, frappe, monkeypatch):
	monkeypatch.setenv("P2HAM_FRAPPE_REPO", bare(frappe, here.folder / "some repo").as_uri())
	assert making.make_bench().frappe_version == "15.1.0"


def test_a_mirror_is_found_from_where_the_script_is_run_and_from_home(here, frappe, monkeypatch):
	monkeypatch.chdir(clone(frappe, here.home / "repo").parent)
	for named in ("repo", "~/repo"):
		monkeypatch.setenv("P2HAM_FRAPPE_REPO", named)
		assert making.wanted_repository() == str(here.home / "repo")


def test_without_a_mirror_frappe_comes_from_its_own_address(here):
	assert making.wanted_repository() == making.REPOSITORY
	assert making._git_settings(making.REPOSITORY) == {}


def test_what_a_person_has_told_git_in_the_environment_still_holds(here, monkeypatch):
	monkeypatch.setenv("GIT_CONFIG_COUNT", "2")
	assert making._git_settings("/srv/mirror") == {
		"GIT_CONFIG_COUNT": "3",
		"GIT_CONFIG_KEY_2": "url./srv/mirror.insteadOf",
		"GIT_CONFIG_VALUE_2": making.REPOSITORY,
	}


# --- Where none can be made ------------------------------------------------------------------------


def test_where_frappe_cannot_be_reached_nothing_is_brought_or_made(here, monkeypatch):
	def must_not(*arguments, **options):
		raise AssertionError("this comes after Frappe's repository has answered")

	here.belongs_to_root()
	here.has_packages("mariadb-server-core")
	monkeypatch.setenv("P2HAM_FRAPPE_REPO", "/nonexistent/repo")
	monkeypatch.setattr(interpreters, "provide", must_not)
	monkeypatch.setattr(nodejs, "provide", must_not)
	with pytest.raises(Problem) as caught:
		making.make_bench()
	assert str(caught.value) == "Frappe's repository /nonexistent/repo cannot be reached"
	assert not here.bench.exists() and not here.called("apt-", "uv", "bench-tool")


def test_a_branch_that_the_mirror_does_not_have_is_named(here, mirrored, monkeypatch):
	monkeypatch.setattr(interpreters, "choose_branch", lambda: "version-16")
	with pytest.raises(Problem, match="has no branch version-16"):
		making.make_bench()


def test_without_git_an_ordinary_user_is_told_so(here, mirrored):
	(here.programs / "git").unlink()
	with pytest.raises(Problem, match="this machine lacks git"):
		making.make_bench()


def test_root_gets_git(here, mirrored):
	here.belongs_to_root()
	(here.programs / "git").rename(here.programs / "hidden")
	here.has_packages("git", that='mv "$here/programs/hidden" "$here/programs/git"')
	assert making.make_bench().frappe_version == "15.1.0"


def test_a_folder_that_may_not_be_made_is_a_sentence(here, mirrored, monkeypatch):
	(here.folder / "file").touch()
	monkeypatch.setenv("P2HAM_BENCH", str(here.folder / "file" / "bench"))
	with pytest.raises(Problem, match="no bench can be made at"):
		making.make_bench()


# --- Yarn ------------------------------------------------------------------------------------------


def test_where_there_is_no_yarn_npm_brings_it_once(here):
	here.has("npm", 'mkdir -p "$4/node_modules/.bin"; touch "$4/node_modules/.bin/yarn"')
	(here.programs / "yarn").unlink()
	path = str(here.programs)
	assert making._yarn_folder(path) == making._yarn_folder(path)
	assert len(here.called("npm install")) == 1


def test_the_npm_of_the_node_that_was_brought_is_taken(here):
	other = here.folder / "node"
	other.mkdir()
	here.has("npm", "echo the other npm >&2; exit 1")
	(here.programs / "npm").rename(other / "npm")
	here.has("npm", "echo too old >&2; exit 1")
	(here.programs / "yarn").unlink()
	with pytest.raises(Problem, match="yarn could not be installed: the other npm"):
		making._yarn_folder(f"{other}:{here.programs}")


# --- Wholly or not at all --------------------------------------------------------------------------


def test_a_bench_that_is_there_is_not_made_again(here, mirrored):
	making.make_bench()
	before = sorted(here.bench.rglob("*"))
	(here.programs / "bench-tool").unlink()
	assert making.make_bench().root == here.bench
	assert sorted(here.bench.rglob("*")) == before and find_bench()


def test_a_failed_init_is_undone_and_the_next_try_begins_clean(here, mirrored):
	good = (here.programs / "bench-tool").read_text()
	here.has("bench-tool", 'mkdir -p "$4/apps/frappe/half"; echo no room left; exit 1')
	with pytest.raises(Problem, match=r"bench init failed.(.|\n)*no room left"):
		making.make_bench()
	assert not here.bench.exists()
	(here.programs / "bench-tool").write_text(good)
	assert making.make_bench().frappe_version == "15.1.0"


def test_an_init_that_says_it_went_well_and_brought_nothing_is_undone(here, mirrored):
	here.has("bench-tool", 'mkdir -p "$4/apps"')
	with pytest.raises(Problem, match="brought no Frappe"):
		making.make_bench()
	assert not here.bench.exists()


def test_what_fails_after_the_init_undoes_it_too(here, mirrored):
	(here.folder / "pythons").write_text("echo esbuild broke; exit 1")
	with pytest.raises(Problem, match="failed"):
		making.make_bench()
	assert not here.bench.exists()


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_init_that_is_interrupted_is_undone(here, mirrored, monkeypatch, interruption):
	def interrupted(command, cwd, environment, log):
		(here.bench / "apps").mkdir()
		raise interruption

	monkeypatch.setattr(making, "_run_to_its_end", interrupted)
	with pytest.raises(interruption):
		making.make_bench()
	assert not here.bench.exists()


def test_who_is_asked_to_end_ends_what_it_started_and_leaves_nothing(here):
	script = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(CHECKOUT / "script")!r})
from _bench import entry, making

def work():
	root = Path({str(here.bench)!r})
	writes = "(while :; do date > apps; sleep 0.01; done) & wait"
	with making.whole_or_undone(root):
		making._run_to_its_end(["sh", "-c", writes], root, dict(os.environ), root.parent / "log")

sys.exit(entry.run("this", work))
"""
	path = {"PATH": "/usr/bin:/bin"}
	process = subprocess.Popen([sys.executable, "-c", script], env=path, stdout=subprocess.DEVNULL)
	while not (here.bench / "apps").exists():
		assert process.poll() is None
		time.sleep(0.01)
	process.send_signal(signal.SIGTERM)
	assert process.wait(20) == 143
	assert not here.bench.exists()


def test_a_folder_of_somebody_else_is_neither_filled_nor_removed(here, mirrored):
	(here.bench / "apps").mkdir(parents=True)
	(here.bench / "letter.txt").write_text("mine")
	with pytest.raises(Problem, match="is there, but is no bench"):
		making.make_bench()
	assert (here.bench / "letter.txt").read_text() == "mine"
	assert not here.called("bench-tool")


def test_a_file_at_its_place_stays(here, mirrored):
	here.bench.write_text("mine")
	with pytest.raises(Problem, match="is there, but is no bench"):
		making.make_bench()
	assert here.bench.read_text() == "mine"


def test_an_empty_folder_is_filled_and_after_a_failure_empty_again(here, mirrored):
	here.bench.mkdir()
	here.has("bench-tool", 'mkdir -p "$4/apps"; ln -s /etc "$4/link"; exit 1')
	with pytest.raises(Problem):
		making.make_bench()
	assert list(here.bench.iterdir()) == []


def test_what_a_killed_run_has_left_is_no_bench_and_is_made_anew(here, mirrored):
	making.make_bench()
	(here.bench / UNFINISHED).touch()
	(here.bench / "half").touch()
	assert find_bench() is None
	assert making.make_bench().frappe_version == "15.1.0"
	assert find_bench() and not (here.bench / "half").exists()


def test_while_it_is_made_it_counts_as_unfinished(here, mirrored, monkeypatch):
	seen = []
	really = making._run_to_its_end

	def look(*arguments):
		code = really(*arguments)
		seen.append(find_bench())
		return code

	monkeypatch.setattr(making, "_run_to_its_end", look)
	making.make_bench()
	assert seen and not any(seen)
	assert UNFINISHED not in os.listdir(here.bench)
