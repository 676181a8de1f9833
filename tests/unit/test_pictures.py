"""The pictures of the documentation: each is there, each is shown, none is heavy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PICTURES = ROOT / "docs" / "images"
IMAGE = re.compile(r"!\[[^\]]+\]\(([^)\s]+)\)")  # one without words is none for who cannot see it


def shown(page: Path) -> list[Path]:
	return [(page.parent / path).resolve() for path in IMAGE.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_picture_that_a_page_shows_is_there(page):
	assert [path.name for path in shown(page) if not path.is_file()] == []


def test_every_picture_is_shown_on_a_page():
	everywhere = {path for page in PAGES for path in shown(page)}
	found = sorted(path for path in PICTURES.rglob("*") if path.is_file())
	assert [path.name for path in found if path.resolve() not in everywhere] == []


def test_no_picture_that_script_screenshots_takes_is_heavy():
	taken = sorted(
		path
		for kind in (
			"report-*",
			"workspace-*",
			"presentation-*",
			"official-pdf*",
			"documents/*",
			"programme/*",
		)
		for path in PICTURES.glob(kind)
	)
	assert [path.name for path in taken if path.stat().st_size > 120_000] == []
