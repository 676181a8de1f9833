"""Python packages that the bench does not have: in a folder of their own, behind the bench's packages.

The folder is put at the end of the module path (by a sitecustomize.py), so whatever the bench has comes
from the bench, and nothing is installed into it.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import say
from .bench import CHECKOUT, Bench, short_hash
from .say import Problem

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
	project = _toml().loads((CHECKOUT / "pyproject.toml").read_text())["project"]
	optional = project.get("optional-dependencies", {})
	return [*project.get("dependencies", []), *(line for extra in extras for line in optional.get(extra, []))]


def _toml():
	for module in ("tomllib", "tomli", "pip._vendor.tomli"):  # the first is in Python from 3.11 on
		try:
			return importlib.import_module(module)
		except ImportError:
			pass
	raise Problem("Reading pyproject.toml on Python 3.10 needs the package tomli.")


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
	"""The beginning of a command that installs for this Python: its own pip, uv, or another Python's pip."""

	def works(*command: str | Path) -> bool:
		return subprocess.run([*command, "--version"], capture_output=True).returncode == 0

	pip = ["-m", "pip", "--disable-pip-version-check"]
	if works(python, "-m", "pip"):
		return [str(python), *pip, "install"]
	if uv := shutil.which("uv"):
		return [uv, "pip", "install", "--python", str(python)]
	if works(sys.executable, "-m", "pip"):
		return [sys.executable, *pip, "--python", str(python), "install"]
	raise Problem(f"There is no pip for {python}: install pip or uv.")


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


def python_with(modules: tuple[str, ...], wanted: list[str]) -> Path:
	"""A Python outside any bench that has these modules: the one that runs now, or one in a private venv
	with the `wanted` packages."""
	if all(importlib.util.find_spec(module) for module in modules):
		return Path(sys.executable)
	folder = cache() / f"venv-{short_hash(sys.version, wanted)}"
	if not (folder / "complete").exists():
		with say.timed(f"private Python environment with {', '.join(wanted)}"):
			_make_venv(folder, wanted)
	return folder / "bin" / "python"


def _make_venv(folder: Path, wanted: list[str]) -> None:
	shutil.rmtree(folder, ignore_errors=True)
	folder.parent.mkdir(parents=True, exist_ok=True)
	for command in (
		[sys.executable, "-m", "venv", str(folder)],
		[str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *wanted],
	):
		result = subprocess.run(command, capture_output=True, text=True)
		if result.returncode:
			said = (result.stderr or result.stdout).strip()[-600:]
			raise Problem(f"{' '.join(command[:4])} failed: {said}")
	(folder / "complete").touch()
