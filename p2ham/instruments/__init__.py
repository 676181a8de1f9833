"""Shipped instruments, one JSON file each, and the way between such a file and a site."""

from __future__ import annotations

from pathlib import Path


def shipped_files() -> list[Path]:
	"""Return the instrument files that come with the app, oldest regulation first."""
	return sorted(Path(__file__).parent.glob("*.json"), key=lambda path: path.stem.split("_")[-1] + path.stem)
