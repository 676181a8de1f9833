"""script/test --coverage says how much of the app the tests have gone through."""

import json

import pytest
from _bench import covered


def summary(lines: int, covered_lines: int) -> dict:
	share = 100 * covered_lines / lines if lines else 100
	return {"summary": {"num_statements": lines, "covered_lines": covered_lines, "percent_covered": share}}


@pytest.fixture
def found(tmp_path):
	"""What coverage.py found: two rules, one of them never loaded, a controller, and a file without a line."""
	files = {
		"p2ham/engine/scoring.py": summary(60, 60),
		"p2ham/engine/ranking.py": summary(20, 0),
		"p2ham/api/period.py": summary(40, 10),
		"p2ham/api/__init__.py": summary(0, 0),
	}
	(tmp_path / "coverage.json").write_text(json.dumps({"files": files}))
	return tmp_path


def test_a_rule_that_no_test_loads_counts_as_one_that_no_test_goes_through(found):
	assert covered.lines(found)[:2] == [
		"coverage: 70.0% of 100 lines in 2 files; 1 files were not loaded",
		"of the rules (p2ham/engine/): 75.0% of 80 lines in 2 files",
	]


def test_the_lowest_files_come_first(found):
	assert [line.split()[-1] for line in covered.lines(found)[2:]] == [
		"p2ham/api/period.py",
		"p2ham/engine/scoring.py",
	]


def test_on_github_it_stands_on_the_page_of_the_job_too(found, monkeypatch, capsys):
	page = found / "page.md"
	page.write_text("before\n")
	monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
	covered.tell(found)
	told = capsys.readouterr().out
	assert told.startswith("coverage: 70.0%")
	assert page.read_text() == f"before\n```\n{told}```\n"


def test_a_run_that_found_nothing_says_nothing(tmp_path, monkeypatch):
	page = tmp_path / "page.md"
	monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
	covered.tell(tmp_path)
	assert not page.exists()


def test_what_an_earlier_run_found_is_not_taken_for_this_one(found):
	assert f"--cov={covered.APP}" in covered.options(found)
	assert covered.lines(found) == []
