"""What a release says: the version of the app has its section in the changelog, and a tag that is another is refused."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RELEASE = runpy.run_path(str(ROOT / ".github" / "helper" / "release_notes.py"))


def test_the_version_has_its_section_in_the_changelog(capsys):
	RELEASE["main"](f"v{RELEASE['version_of_the_app']()}")
	printed = capsys.readouterr().out
	assert "### " in printed and "\n## " not in printed


def test_another_tag_and_a_version_that_is_not_told_of_are_refused():
	with pytest.raises(SystemExit, match=r"The tag is v9\.9\.9"):
		RELEASE["main"]("v9.9.9")
	assert RELEASE["notes"]("9.9.9") == RELEASE["notes"]("0.2") == ""


def test_what_comes_next_is_collected_above_the_releases():
	headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
	assert headings[0] == "## Unreleased" and len(headings) > 1


def test_the_upgrade_note_names_modules_that_are_there():
	table = (ROOT / "docs" / "upgrading.md").read_text().partition("| Was | Is |")[2]
	for row in table.splitlines()[2:]:
		old, new = (cell.strip(" `") for cell in row.strip("|").split("|"))
		if new.startswith("p2ham.") and "`" not in new:
			path = ROOT / new.replace(".", "/")
			assert path.with_suffix(".py").exists() or path.is_dir(), (old, new)
