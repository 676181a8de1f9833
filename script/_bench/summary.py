"""A pytest plugin of script/test: counts the results of each tier of tests and the seconds they take.

The counts go to the file that P2HAM_SUMMARY names, and beside it what each test took (times.json). Tests add figures of
their own, such as the number of cells of the access matrix, with the fixture `figure`. While tests run, the working
directory is the sites folder (where there is one), as in every process of Frappe.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

tiers: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
figures: dict[str, str] = {}
times: dict[str, dict[str, float]] = defaultdict(dict)


def tier_of(nodeid: str) -> str:
	parts = nodeid.split("::")[0].split("/")
	return parts[1] if parts[0] == "tests" and len(parts) > 2 else "other"


def pytest_collectreport(report) -> None:
	"""A file that cannot be read, or that is skipped as a whole."""
	if report.failed:
		tiers[tier_of(report.nodeid)]["errors"] += 1
	elif report.skipped:
		tiers[tier_of(report.nodeid)]["skipped"] += 1


def pytest_runtest_logreport(report) -> None:
	tier = tiers[tier_of(report.nodeid)]
	tier["seconds"] += report.duration
	times[report.nodeid][report.when] = round(report.duration, 3)
	if report.failed:
		tier["failed" if report.when == "call" else "errors"] += 1
	elif report.skipped:
		tier["skipped"] += 1
	elif report.when == "call":
		tier["passed"] += 1
	figures.update(value for name, value in report.user_properties if name == "figure")


@pytest.fixture
def figure(record_property):
	"""`figure(name, value)` has a figure printed at the end of the run."""
	return lambda name, value: record_property("figure", (name, str(value)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session) -> None:
	if sites := os.environ.get("P2HAM_SITES_PATH"):
		os.chdir(sites)


def pytest_sessionfinish(session) -> None:
	path = os.environ.get("P2HAM_SUMMARY")
	if not path or hasattr(
		session.config, "workerinput"
	):  # a process of xdist tells its results to the first one
		return
	told = {
		tier: {name: int(n) if name != "seconds" else n for name, n in of.items()}
		for tier, of in tiers.items()
	}
	Path(path).write_text(json.dumps({"tiers": told, "figures": figures}))
	Path(path).with_name("times.json").write_text(json.dumps(times, indent=0))
