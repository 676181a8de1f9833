"""How much of the app the tests have gone through: `script/test --coverage`.

Lines of Python that the test processes ran; what web server and worker do in processes of their own is not seen.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from .bench import CHECKOUT

APP = CHECKOUT / "p2ham"
RULES = "p2ham/engine/"
LOWEST = 10


def options(folder: Path) -> list[str]:
	"""What pytest is told; what it finds goes into a folder, in the place of what an earlier run found."""
	_report(folder).unlink(missing_ok=True)
	return [f"--cov={APP}", f"--cov-report=json:{_report(folder)}"]


def environment(folder: Path) -> dict[str, str]:
	return {"COVERAGE_FILE": str(folder / "coverage")}


def lines(folder: Path) -> list[str]:
	"""The totals and the lowest files, of those that were loaded at all: the unit tier loads no controllers."""
	if not _report(folder).exists():
		return []
	files = json.loads(_report(folder).read_text())["files"]
	figures = {
		_shown(path): each["summary"] for path, each in files.items() if each["summary"]["num_statements"]
	}
	loaded = {path: each for path, each in figures.items() if each["covered_lines"]}
	rules = {path: each for path, each in figures.items() if path.startswith(RULES)}
	lowest = sorted(loaded, key=lambda path: (loaded[path]["percent_covered"], path))[:LOWEST]
	return [
		f"coverage: {_share(loaded)}; {len(figures) - len(loaded)} files were not loaded",
		f"of the rules ({RULES}): {_share(rules)}",
		*(f"{loaded[path]['percent_covered']:>8.1f} %  {path}" for path in lowest),
	]


def tell(folder: Path) -> None:
	"""Print it; on GitHub it stands on the page of the job as well."""
	told = "\n".join(lines(folder))
	if not told:
		return
	print(told)
	if page := os.environ.get("GITHUB_STEP_SUMMARY"):
		with open(page, "a", encoding="utf-8") as file:
			file.write(f"```\n{told}\n```\n")


def _share(figures: dict[str, dict]) -> str:
	statements = sum(each["num_statements"] for each in figures.values())
	covered = sum(each["covered_lines"] for each in figures.values())
	return f"{covered / (statements or 1):.1%} of {statements} lines in {len(figures)} files"


def _report(folder: Path) -> Path:
	return folder / "coverage.json"


def _shown(path: str) -> str:
	"""A path as one reads it, wherever pytest was."""
	full = (CHECKOUT / path).resolve()
	return str(full.relative_to(CHECKOUT)) if full.is_relative_to(CHECKOUT) else path
