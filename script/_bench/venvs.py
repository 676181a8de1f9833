"""Python environments of our own, made by whatever this machine has for it.

Debian's Python makes none without the package python3-venv: as root it is installed, otherwise uv or virtualenv
does it where one of them is there, and where none is, the package is named.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import machine
from .say import Problem


def make(folder: Path) -> None:
	"""Makes an environment with pip in it, of the Python that runs now."""
	command = [*_maker(sys.executable), str(folder)]
	result = subprocess.run(command, capture_output=True, text=True)
	if result.returncode:
		said = (result.stderr or result.stdout).strip()[-600:]
		raise Problem(f"{' '.join(command[:3])} failed: {said}")


def _maker(python: str) -> list[str]:
	"""The beginning of a command that makes an environment of this Python."""
	packages = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "python3-venv"
	if not _complete(python) and _of_the_distribution(python) and machine.may_install():
		machine.install(packages)
	if _complete(python):
		return [python, "-m", "venv"]
	if uv := shutil.which("uv"):
		return [uv, "venv", "--quiet", "--seed", "--python", python]
	if virtualenv := shutil.which("virtualenv"):
		return [virtualenv, "--quiet", "--python", python]
	if importlib.util.find_spec("virtualenv"):
		return [python, "-m", "virtualenv", "--quiet"]
	raise Problem(
		f"{python} makes no environments: install {packages[0]} (as root: apt-get install {packages[0]})"
		", or uv, or virtualenv"
	)


def _complete(python: str) -> bool:
	"""Whether this Python has what `python -m venv` needs, the pip that it puts in included."""
	return subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0


def _of_the_distribution(python: str) -> bool:
	"""Whether a package of the distribution can complete it."""
	return os.path.realpath(python).startswith("/usr/bin/")
