"""What does a report cost beside the SQL that an expert would write by hand? On sites that regency.py has filled:

    env/bin/python apps/p2ham/benchmarks/reports.py SITE...        (in the folder of a bench; smallest site first)

script/benchmark makes the sites and runs this. Every Script Report of the module is asked as Kabag Hukum, who sees all
units, and as the clerk of one OPD. Times are medians of the largest site, in turns with the baseline, each as a request of
its own that remembers only what a worker keeps; the ratio is the median of those of each turn. Memory is the peak of a
process that is started for one report and asks it once, Python and Frappe included.

Ends with an error if a report has no baseline, shows other figures, or goes beyond a bound.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from operator import truediv
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
import regency
from frappe.core.doctype.report.report import get_report_module_dotted_path
from frappe.database.database import Database
from on_site import new_request
from report_sql import BASELINES, FILTERS, Asked

MAX_QUERIES = 8
MAX_RATIO = 2.0
MAX_MEGABYTES = 300
# So long, but at least and at most so often, is each report asked.
SECONDS, LEAST, MOST = 3.0, 7, 60
WHO = ("kabag", "clerk")


def main() -> int:
	options = read_options()
	if Path("sites").is_dir():
		os.chdir("sites")
	if options.ask:
		print(json.dumps(ask_once(options.sites[0], options.ask, options.who)))
		return 0
	if options.count:
		print(json.dumps(count_queries(options.sites[0], options.only)))
		return 0
	counted = [
		own_process(site, "--count", *(f"--only={name}" for name in options.only)) for site in options.sites
	]
	return table(options.sites, counted, measure(options.sites[-1], options.only))


def read_options() -> argparse.Namespace:
	parser = argparse.ArgumentParser(usage=__doc__)
	parser.add_argument("sites", nargs="+")
	parser.add_argument("--only", action="append", default=[], help="only reports with this in their names")
	parser.add_argument("--count", action="store_true", help="only count queries, for this script itself")
	parser.add_argument("--ask", default="", help="ask one report once, for this script itself")
	parser.add_argument("--who", choices=WHO, default=WHO[0])
	return parser.parse_args()


def own_process(site: str, *options: str):
	"""Run this script for one thing, so that nothing before it is in its memory; return what it says."""
	done = subprocess.run(
		[sys.executable, __file__, site, *options], stdout=subprocess.PIPE, text=True, check=True
	)
	return json.loads(done.stdout.splitlines()[-1])


def connect(site: str):
	frappe.init(site=site)
	frappe.connect()
	return regency.read()


def reports(only: list[str]) -> list[str]:
	found = frappe.get_all(
		"Report", filters={"module": "P2HAM", "report_type": "Script Report"}, pluck="name", order_by="name"
	)
	return [name for name in found if not only or any(part.lower() in name.lower() for part in only)]


def asked_of(made, report: str, who: str) -> Asked:
	filters = FILTERS[report](made) if report in FILTERS else {}
	return Asked(made, filters, made.clerk if who == "clerk" else "")


def execute_of(report: str):
	"""Return the function of a report that the desk asks."""
	module = get_report_module_dotted_path("P2HAM", report)
	return frappe.get_attr(f"{module}.execute")


def run(report: str, filters: dict):
	return execute_of(report)(frappe._dict(filters))


def shown(answer) -> list[dict]:
	"""Return the rows of a report's answer by the names of its columns."""
	columns = [column["fieldname"] if isinstance(column, dict) else column for column in answer[0]]
	return [
		dict(zip(columns, row, strict=False)) if isinstance(row, list | tuple) else row for row in answer[1]
	]


def count_queries(site: str, only: list[str]) -> dict:
	"""Return {report: {who: number of queries}}, once a worker knows the report."""
	made, found = connect(site), {}
	for report in reports(only):
		for who in WHO:
			asked, user = asked_of(made, report, who), getattr(made, who)
			for _warm in range(2):
				new_request(user)
				with counted_queries() as queries:
					run(report, asked.filters)
			found.setdefault(report, {})[who] = len(queries)
	frappe.destroy()
	return found


@contextmanager
def counted_queries() -> Iterator[list]:
	queries, sql = [], Database.sql

	def counting(database, query, *args, **kwargs):
		queries.append(query)
		return sql(database, query, *args, **kwargs)

	with patch.object(Database, "sql", counting):
		yield queries


def ask_once(site: str, report: str, who: str) -> dict:
	"""Return the memory of this process, which has done nothing else, before and after asking a report."""
	made = connect(site)
	frappe.set_user(getattr(made, who))
	before = peak()
	run(report, asked_of(made, report, who).filters)
	return {"before": before, "peak": peak()}


def peak() -> float:
	"""Return the largest resident size of this process so far, in megabytes."""
	status = Path("/proc/self/status")
	if status.exists():  # what getrusage says includes the process that this one was forked from
		found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
		return int(found[1]) / 1024
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(site: str, only: list[str]) -> dict:
	"""Return {report: {who: {...}}} with seconds, ratio, memory and what is wrong with the figures."""
	made, found = connect(site), {}
	for report in reports(only):
		for who in WHO:
			memory = own_process(site, f"--ask={report}", f"--who={who}")
			timed = compare_times(report, asked_of(made, report, who), getattr(made, who))
			found.setdefault(report, {})[who] = {"memory": memory, **timed}
	frappe.destroy()
	return found


def compare_times(report: str, asked: Asked, user: str) -> dict:
	execute, baseline = execute_of(report), BASELINES.get(report)
	fault = compare_figures(report, asked, user) if baseline else "no baseline"
	ours, theirs, begin = [], [], time.perf_counter()
	while len(ours) < LEAST or (time.perf_counter() - begin < SECONDS and len(ours) < MOST):
		ours.append(seconds(user, execute, frappe._dict(asked.filters)))
		if baseline:
			theirs.append(seconds(user, baseline, asked))
	return {
		"fault": fault,
		"seconds": statistics.median(ours),
		"baseline": statistics.median(theirs) if theirs else 0,
		"ratio": statistics.median(map(truediv, ours, theirs)) if theirs else None,
	}


def seconds(user: str, function, argument) -> float:
	"""Return how long a function takes in a request of its own."""
	new_request(user)
	gc.collect()
	begin = time.perf_counter()
	function(argument)
	return time.perf_counter() - begin


def compare_figures(report: str, asked: Asked, user: str) -> str:
	"""Say where the figures of a report and of its baseline differ; empty where they do not."""
	new_request(user)
	rows, baseline = shown(run(report, asked.filters)), BASELINES[report](asked)
	columns = sorted(baseline[0]) if baseline else ()
	ours = Counter(tuple(plain(row.get(column)) for column in columns) for row in rows)
	theirs = Counter(tuple(plain(row[column]) for column in columns) for row in baseline)
	if ours == theirs:
		return "" if theirs else "shows nothing"
	only_ours, only_theirs = list(ours - theirs), list(theirs - ours)
	return (
		f"other figures: {len(only_ours)} rows {only_ours[:1]}, baseline {len(only_theirs)} {only_theirs[:1]}"
	)


def plain(value):
	"""Return a value so that the same figure is the same, whoever fetched it."""
	if isinstance(value, bool | int | float | Decimal):
		return round(float(value), 2)
	if isinstance(value, datetime.datetime | datetime.date):
		return str(value)
	return value or ""


def table(sites: list[str], counted: list[dict], measured: dict) -> int:
	"""Print a line for each report and person, then every bound that does not hold; return the exit status."""
	wrong = []
	numbers = "".join(f"{site.split('.')[0].removeprefix('p2ham-'):>6}" for site in sites)
	print(f"\n{'queries, units:':>46}{numbers}{'ms':>9}{'SQL ms':>9}{'ratio':>7}{'MB':>6}{'+MB':>6}")
	for report, people in measured.items():
		for who, entry in people.items():
			queries = [count[report][who] for count in counted]
			ratio = f"{entry['ratio']:7.2f}" if entry["ratio"] else "      -"
			memory = entry["memory"]
			print(
				f"{report:38}{who:>8}{''.join(f'{number:6}' for number in queries)}"
				f"{entry['seconds'] * 1000:9.1f}{entry['baseline'] * 1000:9.1f}{ratio}"
				f"{memory['peak']:6.0f}{memory['peak'] - memory['before']:6.0f}"
			)
			if entry["fault"]:
				wrong.append(f"{report}, {who}: {entry['fault']}")
			if len(set(queries)) > 1:
				wrong.append(f"{report}, {who}: the number of queries grows with the units, {queries}")
			if max(queries) > MAX_QUERIES:
				wrong.append(f"{report}, {who}: {max(queries)} queries, more than {MAX_QUERIES}")
			if entry["ratio"] and entry["ratio"] > MAX_RATIO:
				wrong.append(
					f"{report}, {who}: {entry['ratio']:.2f} times the baseline, more than {MAX_RATIO}"
				)
			if memory["peak"] > MAX_MEGABYTES:
				wrong.append(f"{report}, {who}: {memory['peak']:.0f} MB, more than {MAX_MEGABYTES}")
	print()
	for line in wrong:
		print(line)
	print(f"{len(measured)} reports, " + (f"{len(wrong)} bounds do not hold" if wrong else "all bounds hold"))
	return int(bool(wrong) or not measured)


if __name__ == "__main__":
	sys.exit(main())
