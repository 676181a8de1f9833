"""The branch of Frappe for a new bench, and a Python that fits it: one of this machine, else one that uv brings."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from . import python, say
from .bench import RUNS_ON
from .say import Problem


def choose_branch() -> str:
	"""$P2HAM_FRAPPE_BRANCH, else the first branch that a Python of this machine fits, else the default."""
	if wanted := os.environ.get("P2HAM_FRAPPE_BRANCH"):
		return wanted
	return next(filter(find, RUNS_ON), next(iter(RUNS_ON)))


def find(branch: str) -> str | None:
	"""A Python of this machine that fits the branch: the one that runs now, else the newest."""
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


def provide(branch: str) -> str:
	"""A Python that fits the branch, brought by uv where this machine has none."""
	if found := find(branch):
		return found
	wanted = ".".join(map(str, RUNS_ON[branch][1]))
	uv = python.uv()
	if found := _ask(uv, "find", wanted).stdout.strip():
		return found
	with say.timed(f"Python {wanted} by uv: Frappe {branch} runs on {_span(branch)}, which is not here"):
		installed = _ask(uv, "install", wanted)
	if found := _ask(uv, "find", wanted).stdout.strip():
		return found
	reasons = installed.stderr.strip().splitlines()
	raise Problem(
		f"Frappe {branch} runs on {_span(branch)}, which is not here, and uv cannot bring it"
		+ (f" ({reasons[-1].strip().removeprefix('cause: ')})" if reasons else "")
	)


def _ask(uv: str, *arguments: str) -> subprocess.CompletedProcess:
	"""`uv python ...`, among the Pythons that uv has brought: those of this machine are looked for already."""
	# Its Python goes where uv keeps such, for all who use uv; no `python3.12` of it goes into ~/.local/bin.
	environment = {**os.environ, "UV_PYTHON_PREFERENCE": "only-managed", "UV_PYTHON_INSTALL_BIN": "0"}
	command = [uv, "--no-config", "python", *arguments]
	return subprocess.run(command, capture_output=True, text=True, env=environment)


def _span(branch: str) -> str:
	first, last, _ = RUNS_ON[branch]
	names = dict.fromkeys(f"{major}.{minor}" for major, minor in (first, last))
	return f"Python {' to '.join(names)}"
