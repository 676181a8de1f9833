"""A pytest plugin of script/test: counts the results of each kind of test.

The counts go to the file that P2HAM_SUMMARY names. While tests run, the working directory is the sites
folder (where there is one), as in every process of Frappe.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from pathlib import Path

import pytest

counts: dict[str, Counter] = defaultdict(Counter)


def kind_of(nodeid: str) -> str:
	parts = nodeid.split("::")[0].split("/")
	return parts[1] if parts[0] == "tests" and len(parts) > 2 else "other"


def pytest_collectreport(report) -> None:
	"""A file that cannot be read, or that is skipped as a whole."""
	if report.failed:
		counts[kind_of(report.nodeid)]["errors"] += 1
	elif report.skipped:
		counts[kind_of(report.nodeid)]["skipped"] += 1


def pytest_runtest_logreport(report) -> None:
	if report.failed:
		counts[kind_of(report.nodeid)]["failed" if report.when == "call" else "errors"] += 1
	elif report.skipped:
		counts[kind_of(report.nodeid)]["skipped"] += 1
	elif report.when == "call":
		counts[kind_of(report.nodeid)]["passed"] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session) -> None:
	if sites := os.environ.get("P2HAM_SITES_PATH"):
		os.chdir(sites)


def pytest_sessionfinish(session) -> None:
	if path := os.environ.get("P2HAM_SUMMARY"):
		Path(path).write_text(json.dumps(counts))
