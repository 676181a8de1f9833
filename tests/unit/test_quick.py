"""The slice that script/test --quick runs goes through every room of the app."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "p2ham"
TIERS = ("site", "browser", "proof")


def rooms() -> list[str]:
	"""Return the folders of the app that hold code: there may be no patches."""
	return sorted(
		folder.name
		for folder in APP.iterdir()
		if any(path.stem != "__init__" for path in folder.rglob("*.py"))
	)


def quick_files() -> list[Path]:
	files = [path for tier in TIERS for path in (ROOT / "tests" / tier).glob("test_*.py")]
	return [path for path in files if "mark.quick" in path.read_text(encoding="utf-8")]


def named(path: Path) -> set[str]:
	"""Return the rooms that a file of tests names, by importing from them or as the address of a function."""
	found = set()
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if isinstance(node, ast.ImportFrom) and node.module == "p2ham":
			found |= {alias.name for alias in node.names}
		elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("p2ham."):
			found.add(node.module.split(".")[1])
		elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "p2ham." in node.value:
			found |= {part.split(".")[0] for part in node.value.split("p2ham.")[1:]}
	return found


def test_every_room_is_gone_through():
	seen = set().union(*map(named, quick_files()))
	assert not [room for room in rooms() if room not in seen]


def test_every_tier_has_a_part_in_it():
	assert {path.parent.name for path in quick_files()} == set(TIERS)
