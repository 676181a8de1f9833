"""Python packages that the bench does not have: in a folder of their own, behind the bench's packages.

The folder is put at the end of the module path (by a sitecustomize.py), so whatever the bench has comes
from the bench, and nothing is installed into it.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import operator
import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from . import say, venvs
from .bench import CHECKOUT, Bench, short_hash
from .say import Problem

TOOLS = ["frappe-bench", "uv"]  # the `bench` command, and what it makes environments with
COMPARE = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "==": operator.eq}

SITECUSTOMIZE = '''"""Puts p2ham's own packages behind those of the bench."""

import os
import site

if folder := os.environ.get("P2HAM_PACKAGES"):
	site.addsitedir(folder)
'''

INSTALLED = """
from importlib.metadata import distributions
for d in distributions():
	print(f"{d.metadata['Name']}=={d.version}")
"""


def requirements(*extras: str) -> list[str]:
	"""What pyproject.toml asks for: its dependencies and those of the named extras."""
	project = _read_toml(CHECKOUT / "pyproject.toml")["project"]
	optional = project.get("optional-dependencies", {})
	return [*project.get("dependencies", []), *(line for extra in extras for line in optional.get(extra, []))]


def _read_toml(path: Path) -> dict:
	for module in ("tomllib", "tomli", "pip._vendor.tomli"):  # the first is in Python from 3.11 on
		try:
			return importlib.import_module(module).loads(path.read_text())
		except ImportError:
			pass
	code = "import json, sys, tomli; print(json.dumps(tomli.loads(open(sys.argv[1]).read())))"
	asked = subprocess.run([python_with(["tomli"]), "-c", code, path], capture_output=True, check=True)
	return json.loads(asked.stdout)


def packages_beside(bench: Bench, *extras: str) -> Path | None:
	"""A folder with the packages that the app and these extras need and the bench lacks; made once."""
	wanted = requirements(*extras)
	if bench.major == 15 and not _imports(bench, "pkg_resources"):
		wanted.append("setuptools<81")  # Frappe 15's libraries import pkg_resources
	if not wanted:
		return None
	has = bench.ask(INSTALLED).splitlines()
	folder = bench.ours / f"python-{short_hash(bench.python_version, sorted(has), wanted)}"
	if not folder.exists():
		with say.timed(f"Python packages beside the bench's: {', '.join(wanted)}"):
			_install(bench.python, wanted, has, folder)
	return folder


def _imports(bench: Bench, module: str) -> bool:
	command = [bench.python, "-W", "ignore", "-c", f"import {module}"]
	return subprocess.run(command, capture_output=True).returncode == 0


def _install(python: Path, wanted: list[str], has: list[str], folder: Path) -> None:
	"""Installs into a new folder and gives it its name only when it is whole."""
	part = folder.with_name(folder.name + ".part")
	shutil.rmtree(part, ignore_errors=True)
	part.mkdir(parents=True)
	constraints = part.with_suffix(".constraints")
	names = {re.split(r"[^\w.-]", line)[0].lower() for line in wanted}
	constraints.write_text("\n".join(line for line in has if line.split("==")[0].lower() not in names) + "\n")
	install = pip_install(python)
	tries = ([*wanted, "--constraint", str(constraints)], wanted)
	for arguments in tries:
		result = subprocess.run(
			[*install, "--quiet", "--target", str(part), *arguments], capture_output=True, text=True
		)
		if result.returncode == 0:
			break
	constraints.unlink()
	if result.returncode:
		shutil.rmtree(part)
		raise Problem(f"Python packages could not be installed: {result.stderr.strip()[-800:]}")
	part.rename(folder)


def pip_install(python: Path) -> list[str]:
	"""The beginning of a command that installs for this Python: its own pip, uv, or another Python's pip that can."""

	def works(*command: str | Path) -> bool:
		return subprocess.run([*command, "--version"], capture_output=True).returncode == 0

	pip = ["-m", "pip", "--disable-pip-version-check"]
	if works(python, "-m", "pip"):
		return [str(python), *pip, "install"]
	if uv := shutil.which("uv"):
		return [uv, "pip", "install", "--python", str(python)]
	return [str(python_with(["pip>=22.3"])), *pip, "--python", str(python), "install"]


def environment(workbench: Path, packages: Path | None) -> dict[str, str]:
	"""The environment variables that make the bench's Python find this checkout first and `packages` last."""
	hook = workbench / "python"
	hook.mkdir(parents=True, exist_ok=True)
	(hook / "sitecustomize.py").write_text(SITECUSTOMIZE)
	variables = {"PYTHONPATH": os.pathsep.join(map(str, (CHECKOUT, CHECKOUT / "script", hook)))}
	if packages:
		variables["P2HAM_PACKAGES"] = str(packages)
	return variables


def cache() -> Path:
	"""Where things go that belong to no bench."""
	return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "p2ham"


def python_with(wanted: list[str]) -> Path:
	"""A Python outside any bench that has what these lines ask for: the one that runs now, or one in an environment
	of our own."""
	if all(map(_is_here, wanted)):
		return Path(sys.executable)
	folder = cache() / f"venv-{short_hash(sys.version, wanted)}"
	folder.parent.mkdir(parents=True, exist_ok=True)
	with folder.with_suffix(".lock").open("w") as lock:  # another run may be making it
		fcntl.flock(lock, fcntl.LOCK_EX)
		if not (folder / "complete").exists():
			with say.timed(f"private Python environment with {', '.join(wanted)}"):
				_make_venv(folder, wanted)
	return folder / "bin" / "python"


def _make_venv(folder: Path, wanted: list[str]) -> None:
	shutil.rmtree(folder, ignore_errors=True)
	venvs.make(folder)
	# What is imported is compiled then; to compile all of it would take longer than to install it.
	command = [*pip_install(folder / "bin" / "python"), "--quiet", "--no-compile", *wanted]
	result = subprocess.run(command, capture_output=True, text=True)
	if result.returncode:
		said = (result.stderr or result.stdout).strip()[-600:]
		raise Problem(f"Python packages could not be installed: {said}")
	(folder / "complete").touch()


def _is_here(requirement: str) -> bool:
	"""Whether the Python that runs now has what a requirement names, in a version that it allows. What is not
	understood of it counts as not here."""
	name, bounds = re.fullmatch(r"([\w.-]+)\s*(.*)", requirement).groups()
	try:
		here = _numbers(metadata.version(name))
	except metadata.PackageNotFoundError:
		return False
	return all(_allows(bound.strip(), here) for bound in bounds.split(",") if bound)


def _allows(bound: str, here: tuple[int, ...]) -> bool:
	sign, number = re.match(r"([<>=~!]*)\s*(.*)", bound).groups()
	if not re.fullmatch(r"\d+(\.\d+)*", number) or sign not in COMPARE:
		return False
	return COMPARE[sign](here, _numbers(number))


def _numbers(version: str) -> tuple[int, ...]:
	"""The numbers that a version begins with, without zeros at the end: 2.0 is 2."""
	numbers = [int(number) for number in re.match(r"[\d.]*", version)[0].split(".") if number]
	while numbers and not numbers[-1]:
		numbers.pop()
	return tuple(numbers)


def uv() -> str:
	"""The program uv: the machine's, else the one that comes with the `bench` command."""
	if found := shutil.which("uv"):
		return found
	asked = subprocess.run(
		[python_with(TOOLS), "-c", "import uv; print(uv.find_uv_bin())"], capture_output=True, text=True
	)
	if asked.returncode:
		raise Problem(f"uv is not here: {asked.stderr.strip()[-400:]}")
	return asked.stdout.strip()
