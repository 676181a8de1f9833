"""The bench: the one that is there, or one made from Frappe's own repository."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .say import Problem

CHECKOUT = Path(__file__).resolve().parents[2]
# What a branch of Frappe runs on: first and last Python, and the oldest Node.js. The first branch is the default.
RUNS_ON = {"version-15": ((3, 10), (3, 12), 18), "version-16": ((3, 14), (3, 14), 24)}
UNFINISHED = ".p2ham-unfinished"  # in a bench that is being made, or was when its maker was killed


@dataclass(frozen=True)
class Bench:
	"""A bench as the `bench` command makes it: apps/frappe, env, sites."""

	root: Path

	@property
	def python(self) -> Path:
		return self.root / "env" / "bin" / "python"

	@property
	def frappe(self) -> Path:
		return self.root / "apps" / "frappe"

	@cached_property
	def conf(self) -> dict:
		"""Its sites/common_site_config.json."""
		try:
			return json.loads((self.root / "sites" / "common_site_config.json").read_text())
		except (OSError, ValueError):
			return {}

	@cached_property
	def frappe_version(self) -> str:
		for line in (self.frappe / "frappe" / "__init__.py").read_text().splitlines():
			if line.startswith("__version__"):
				return line.split("=")[1].strip().strip("\"'")
		raise Problem(f"{self.frappe} has no version.")

	@cached_property
	def major(self) -> int:
		return int(self.frappe_version.split(".")[0])

	@property
	def oldest_node(self) -> int:
		"""The oldest Node.js that its Frappe runs on."""
		return RUNS_ON[f"version-{self.major}"][2]

	@cached_property
	def python_version(self) -> str:
		return self.ask("import platform; print(platform.python_version())")

	def ask(self, code: str, **options) -> str:
		"""What a line of Python prints in the bench's environment."""
		result = subprocess.run([self.python, "-c", code], capture_output=True, text=True, **options)
		if result.returncode:
			raise Problem(f"{self.python} fails: {result.stderr.strip()[-600:]}")
		return result.stdout.strip()

	@cached_property
	def ours(self) -> Path:
		"""The one folder where everything of ours goes: in the bench, or, where that may not be
		written, in the user's cache."""
		if os.access(self.root, os.W_OK):
			return self.root / ".p2ham"
		cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
		return cache / "p2ham" / short_hash(self.root.resolve())


def short_hash(*parts: object) -> str:
	return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:10]


def wanted_root() -> Path:
	"""Where the bench is or will be: $P2HAM_BENCH, else ~/frappe-bench."""
	return Path(os.environ.get("P2HAM_BENCH") or Path.home() / "frappe-bench").expanduser().absolute()


def find_bench() -> Bench | None:
	"""The bench, if it is there and whole; a folder that is something else is a Problem."""
	bench = Bench(wanted_root())
	if (bench.root / UNFINISHED).exists():
		return None
	if bench.python.exists() and (bench.frappe / "frappe" / "__init__.py").exists():
		if not 15 <= bench.major <= 16:
			raise Problem(f"{bench.root} has Frappe {bench.frappe_version}; p2ham runs on Frappe 15 and 16.")
		return bench
	return None
