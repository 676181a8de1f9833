"""Makes a bench with the `bench` command, from Frappe's own repository or a mirror of it, where there is none."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import interpreters, machine, nodejs, python, say
from .bench import RUNS_ON, UNFINISHED, Bench, find_bench, short_hash, wanted_root
from .say import Problem
from .services import die_with_parent, end

REPOSITORY = "https://github.com/frappe/frappe.git"
BENCH_COMMAND = "from bench.commands import bench_command; bench_command()"  # as root too


def make_bench() -> Bench:
	"""Makes a bench at $P2HAM_BENCH or ~/frappe-bench. A Problem says in one sentence why it cannot be."""
	root = wanted_root()
	python.cache().mkdir(parents=True, exist_ok=True)
	with (python.cache() / f"bench-{short_hash(root)}.lock").open("w") as lock:
		fcntl.flock(lock, fcntl.LOCK_EX)
		if bench := find_bench():
			return bench  # another run has made it meanwhile
		if root.exists() and not _may_be_filled(root):
			raise Problem(f"{root} is there, but is no bench")
		_provide("git")
		repository, branch = wanted_repository(), interpreters.choose_branch()
		check_reachable(repository, branch)
		interpreter = interpreters.provide(branch)
		environment = _environment(repository, branch)
		_provide("site", "bench")
		say.step(f"making a bench at {root}: {branch} of {repository}")
		with whole_or_undone(root):
			_init(root, repository, branch, interpreter, environment)
		return Bench(root)


def _provide(*groups: str) -> None:
	if lacking := machine.provide(*groups):
		raise Problem(f"this machine lacks {', '.join(need.what for need in lacking)}")


def wanted_repository() -> str:
	"""$P2HAM_FRAPPE_REPO, an address or a folder of any name, else Frappe's own."""
	named = os.environ.get("P2HAM_FRAPPE_REPO")
	if named and "://" not in named and (folder := Path(named).expanduser()).exists():
		return str(folder.absolute())
	return named or REPOSITORY


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


# --- The folder ------------------------------------------------------------------------------------


def _may_be_filled(root: Path) -> bool:
	"""Whether this folder is empty, or holds no more than what an earlier run left of a bench when it was killed."""
	return root.is_dir() and ((root / UNFINISHED).exists() or not any(root.iterdir()))


@contextmanager
def whole_or_undone(root: Path) -> Iterator[None]:
	"""What is done in it makes a bench at `root`. If it fails or is interrupted, all that it made is removed, so
	that the next try begins clean; a folder that was there before stays."""
	was_there, mark = root.exists(), root / UNFINISHED
	try:
		root.mkdir(parents=True, exist_ok=True)
		mark.touch()
		_empty(root)
	except OSError as error:
		raise Problem(f"no bench can be made at {root}: {error.strerror}") from None
	try:
		yield
		mark.unlink()
	except BaseException:
		say.step(f"{root} did not become a bench: what was made of it is removed")
		_empty(root)
		if [*root.iterdir()] == [mark]:  # else the mark tells the next try whose the rest is
			mark.unlink()
			if not was_there:
				root.rmdir()
		raise


def _empty(root: Path) -> None:
	"""Removes what is in it but the mark that says it is ours."""
	for entry in root.iterdir():
		if entry.is_dir() and not entry.is_symlink():
			shutil.rmtree(entry, ignore_errors=True)
		elif entry.name != UNFINISHED:
			entry.unlink()


# --- The bench -------------------------------------------------------------------------------------


def _environment(repository: str, branch: str) -> dict[str, str]:
	"""The environment variables for the `bench` command: the programs it uses, and where git finds Frappe."""
	oldest_node = RUNS_ON.get(branch, RUNS_ON["version-15"])[2]
	uv_folder = [] if shutil.which("uv") else [str(Path(python.uv()).parent)]
	folders = [*nodejs.provide(oldest_node, with_npm=True), *uv_folder, os.environ.get("PATH", "")]
	path = os.pathsep.join(folders)
	path = os.pathsep.join([*_yarn_folder(path), path])
	return {**os.environ, "PATH": path, **_git_settings(repository)}


def _git_settings(repository: str) -> dict[str, str]:
	"""Makes git take Frappe from a mirror when it is asked for Frappe's own address.

	The `bench` command, given the mirror itself, would take the app's name from that folder or address, and
	cannot read a bare repository on this machine's disk.
	"""
	if repository == REPOSITORY:
		return {}
	number = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
	return {
		"GIT_CONFIG_COUNT": str(number + 1),
		f"GIT_CONFIG_KEY_{number}": f"url.{repository}.insteadOf",
		f"GIT_CONFIG_VALUE_{number}": REPOSITORY,
	}


def _init(root: Path, repository: str, branch: str, interpreter: str, environment: dict[str, str]) -> None:
	tool = python.python_with(python.TOOLS)
	log = python.cache() / "bench-init.log"
	log.unlink(missing_ok=True)

	def run(what: str, command: list, cwd: Path) -> None:
		with say.timed(what):
			code = _run_to_its_end([str(part) for part in command], cwd, environment, log)
		if code:
			raise Problem(f"{what} failed. The end of {log}:\n{say.tail(log)}")

	# fmt: off
	run("bench init", [
		tool, "-c", BENCH_COMMAND, "init", root, "--ignore-exist", "--frappe-path", REPOSITORY,
		"--frappe-branch", branch, "--python", interpreter, "--no-backups", "--skip-assets",
	], root.parent)
	# fmt: on
	bench = Bench(root)
	if not (bench.frappe / "frappe" / "__init__.py").exists():
		raise Problem(f"bench init brought no Frappe. The end of {log}:\n{say.tail(log)}")
	if repository != REPOSITORY:  # where `bench update` is to find it too
		run("where Frappe came from", ["git", "remote", "set-url", "upstream", repository], bench.frappe)
	if bench.major == 15:  # its libraries import pkg_resources, which newer setuptools no longer have
		run("setuptools with pkg_resources", [*python.pip_install(bench.python), "setuptools<81"], root)
	build = [bench.python, "-m", "frappe.utils.bench_helper", "frappe", "build", "--production", "--force"]
	run("build the assets of Frappe", build, root / "sites")


def _run_to_its_end(command: list[str], cwd: Path, environment: dict[str, str], log: Path) -> int:
	"""Runs a command in a group of its own; if we are interrupted, what it has started ends with it."""
	with log.open("ab") as output:
		process = subprocess.Popen(
			command,
			cwd=cwd,
			env=environment,
			stdin=subprocess.DEVNULL,
			stdout=None if say.VERBOSE else output,
			stderr=None if say.VERBOSE else subprocess.STDOUT,
			start_new_session=True,
			preexec_fn=die_with_parent,
		)
	try:
		return process.wait()
	except BaseException:
		end(process.pid, process.poll, process.wait, patience=5)
		raise


def _yarn_folder(path: str) -> list[str]:
	"""Yarn 1, which Frappe builds with: the one that is there, or one beside our other things."""
	if shutil.which("yarn", path=path):
		return []
	folder = python.cache() / "yarn"
	programs = folder / "node_modules" / ".bin"
	if not (programs / "yarn").exists():
		with say.timed("yarn"):
			npm = shutil.which("npm", path=path) or "npm"
			command = [npm, "install", "--silent", "--prefix", str(folder), "yarn@1"]
			result = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": path})
		if result.returncode:
			raise Problem(f"yarn could not be installed: {result.stderr.strip()[-400:]}")
	return [str(programs)]
