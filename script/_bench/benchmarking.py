"""script/benchmark: the reports of the app against hand-written SQL, among 10, 100 and 1,000 units, and what the gate
costs a list.

The sites with their figures are made once and kept for this checkout. Ends with an error if a report goes beyond a
bound: benchmarks/README.md says which.
"""

from __future__ import annotations

import argparse

from . import entry, machine, say
from .bench import CHECKOUT, find_bench
from .making import make_bench
from .say import Problem
from .site import Site
from .workbench import Workbench, fingerprint

SIZES = (10, 100, 1000)
REPORTS = CHECKOUT / "benchmarks" / "reports.py"
GATE = REPORTS.with_name("gate.py")
GENERATED = CHECKOUT / "tests" / "support" / "generated"


def main(arguments: list[str]) -> int:
	parser = argparse.ArgumentParser(prog="script/benchmark", description=__doc__)
	parser.add_argument("--fresh", action="store_true", help="throw the sites away first and make new ones")
	parser.add_argument(
		"reports", nargs="*", metavar="REPORT", help='only these, by a part of their names; "gate": that only'
	)
	options = parser.parse_args(arguments)
	return entry.run("script/benchmark", lambda: measure(options))


def measure(options: argparse.Namespace) -> int:
	bench = find_bench() or make_bench()
	if lacking := machine.provide("site"):
		raise Problem(f"this machine lacks {', '.join(need.what for need in lacking)}.")
	workbench = Workbench(bench, "benchmark", ("test",))
	with workbench.in_use():
		workbench.start_services(anew=options.fresh)
		workbench.configure(developer_mode=0, server_script_enabled=0, mute_emails=1, pause_scheduler=1)
		versions = f"Frappe {bench.frappe_version}, MariaDB {workbench.database.version}"
		failed = 0
		if options.reports != ["gate"]:
			sites = [ensure_site(workbench, size, options.fresh) for size in SIZES]
			say.step(f"reports: {versions}")
			only = [f"--only={name}" for name in options.reports]
			failed = workbench.attend([bench.python, REPORTS, *(site.name for site in sites), *only])
		if options.reports in ([], ["gate"]):
			site = ensure_site(workbench, SIZES[0], options.fresh)
			say.step(f"the gate in front of Frappe's generic doors: {versions}")
			failed |= workbench.attend([bench.python, GATE, site.name])
		return failed


def ensure_site(workbench: Workbench, size: int, fresh: bool) -> Site:
	"""Make a site with a regency of `size` units, or keep the one that is there if it would be the same."""
	site = Site(workbench, f"p2ham-{size}.localhost", "English", part=str(size))
	mark = site.folder / "p2ham-generated"
	now = fingerprint([*GENERATED.glob("*.py"), REPORTS.with_name("regency.py")])
	same = mark.exists() and mark.read_text() == now
	site.ensure(anew=fresh or not same)
	if fresh or not same:
		with say.timed(f"a regency of {size} units on it"):
			command = [
				str(workbench.bench.python),
				str(REPORTS.with_name("regency.py")),
				site.name,
				str(size),
			]
			workbench.run(command, "regency")
		mark.write_text(now)
	return site
