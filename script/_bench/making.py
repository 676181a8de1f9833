"""Makes a bench with the `bench` command, from Frappe's own repository, where there is none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import machine, python, say
from .bench import Bench, short_hash, wanted_root
from .machine import program
from .say import Problem
from .services import die_with_parent

REPOSITORY = "https://github.com/frappe/frappe.git"
# What a branch of Frappe runs on: first and last Python, and the oldest Node.js.
RUNS_ON = {"version-15": ((3, 10), (3, 12), 18), "version-16": ((3, 14), (3, 14), 24)}
BENCH_COMMAND = "from bench.commands import bench_command; bench_command()"  # as root too


def make_bench() -> Bench:
	"""Makes a bench at $P2HAM_BENCH or ~/frappe-bench. A Problem says in one sentence why it cannot be."""
	root = wanted_root()
	repository = os.environ.get("P2HAM_FRAPPE_REPO") or REPOSITORY
	python.cache().mkdir(parents=True, exist_ok=True)
	unfinished = python.cache() / f"bench-{short_hash(root)}.unfinished"
	with unfinished.with_suffix(".lock").open("w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		if Bench(root).python.exists() and not unfinished.exists():
			return Bench(root)  # another run has made it meanwhile
		if root.exists() and any(root.iterdir()) and not unfinished.exists():
			raise Problem(f"{root} is there, but is no bench")
		if lacking := machine.provide("git"):
			raise Problem(f"this machine lacks {', '.join(need.what for need in lacking)}")
		branch, interpreter = choose_branch()
		check_reachable(repository, branch)
		if lacking := machine.provide("git", "site", "desk", "bench"):
			raise Problem(f"this machine lacks {', '.join(need.what for need in lacking)}")
		check_node(branch)

		say.step(f"making a bench at {root}: {branch} of {repository}")
		unfinished.touch()
		shutil.rmtree(root, ignore_errors=True)
		bench = _init(root, repository, branch, interpreter)
		unfinished.unlink()
		return bench


def choose_branch() -> tuple[str, str]:
	"""The branch of Frappe, and the Python to run it with, by $P2HAM_FRAPPE_BRANCH and what is here."""
	wanted = os.environ.get("P2HAM_FRAPPE_BRANCH")
	for branch in [wanted] if wanted else RUNS_ON:
		if interpreter := _python_for(branch):
			return branch, interpreter
	raise Problem(
		f"no Python for Frappe {wanted or 'version-15 or version-16'} was found"
		" (version-15 runs on Python 3.10 to 3.12, version-16 on 3.14)"
	)


def _python_for(branch: str) -> str | None:
	if branch not in RUNS_ON:
		return sys.executable
	first, last, _ = RUNS_ON[branch]
	if first <= sys.version_info[:2] <= last:
		return sys.executable
	for minor in range(last[1], first[1] - 1, -1):
		found = shutil.which(f"python3.{minor}")
		# A version manager may offer a name behind which there is no Python.
		if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
			return found
	return None


def check_node(branch: str) -> None:
	oldest = RUNS_ON.get(branch, (0, 0, 18))[2]
	shown = subprocess.run([program("node"), "--version"], capture_output=True, text=True).stdout.strip()
	if int(shown.lstrip("v").split(".")[0] or 0) < oldest:
		raise Problem(f"Frappe {branch} needs Node.js {oldest} or newer; here is {shown}")


def check_reachable(repository: str, branch: str) -> None:
	"""Asks quickly, before anything large is begun."""
	git = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
	command = ["git", "ls-remote", "--heads", "--tags", repository, branch]
	try:
		result = subprocess.run(command, capture_output=True, text=True, timeout=20, env=git)
	except subprocess.TimeoutExpired:
		raise Problem(f"Frappe's repository {repository} does not answer") from None
	if result.returncode:
		raise Problem(f"Frappe's repository {repository} cannot be reached")
	if not result.stdout.strip():
		raise Problem(f"{repository} has no branch {branch}")


def _init(root: Path, repository: str, branch: str, interpreter: str) -> Bench:
	tool = python.python_with(python.TOOLS)
	folders = [str(tool.parent), *_yarn_folder(), os.environ.get("PATH", "")]
	environment = {**os.environ, "PATH": os.pathsep.join(folders)}
	if not shutil.which("uv", path=environment["PATH"]):
		environment["BENCH_DISABLE_UV"] = "1"
	log = python.cache() / "bench-init.log"
	log.unlink(missing_ok=True)
	root.parent.mkdir(parents=True, exist_ok=True)

	def run(what: str, command: list, cwd: Path) -> None:
		with say.timed(what), log.open("ab") as output:
			result = subprocess.run(
				[str(part) for part in command],
				cwd=cwd,
				env=environment,
				stdin=subprocess.DEVNULL,
				stdout=None if say.VERBOSE else output,
				stderr=None if say.VERBOSE else subprocess.STDOUT,
				preexec_fn=die_with_parent,
			)
		if result.returncode:
			raise Problem(f"{what} failed. The end of {log}:\n{say.tail(log)}")

	# fmt: off
	run("bench init", [
		tool, "-c", BENCH_COMMAND, "init", root, "--frappe-path", repository, "--frappe-branch", branch,
		"--python", interpreter, "--no-backups", "--skip-assets",
	], root.parent)
	# fmt: on
	bench = Bench(root)
	if not (bench.frappe / "frappe" / "__init__.py").exists():
		raise Problem(f"bench init brought no Frappe. The end of {log}:\n{say.tail(log)}")
	if bench.major == 15:  # its libraries import pkg_resources, which newer setuptools no longer have
		run("setuptools with pkg_resources", [*python.pip_install(bench.python), "setuptools<81"], root)
	build = [bench.python, "-m", "frappe.utils.bench_helper", "frappe", "build", "--production", "--force"]
	run("build the assets of Frappe", build, root / "sites")
	return bench


def _yarn_folder() -> list[str]:
	"""Yarn 1, which Frappe builds with: the one that is there, or one beside our other things."""
	if shutil.which("yarn"):
		return []
	folder = python.cache() / "yarn"
	programs = folder / "node_modules" / ".bin"
	if not (programs / "yarn").exists():
		with say.timed("yarn"):
			command = ["npm", "install", "--silent", "--prefix", str(folder), "yarn@1"]
			result = subprocess.run(command, capture_output=True, text=True)
		if result.returncode:
			raise Problem(f"yarn could not be installed: {result.stderr.strip()[-400:]}")
	return [str(programs)]
