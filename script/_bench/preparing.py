"""script/bootstrap: what script/server and script/test need, without running either."""

from __future__ import annotations

import argparse

from . import entry, machine, say
from .bench import CHECKOUT, find_bench
from .making import make_bench
from .say import Problem
from .workbench import Workbench


def main(arguments: list[str]) -> int:
	argparse.ArgumentParser(prog="script/bootstrap", description=__doc__).parse_args(arguments)
	return entry.run("script/bootstrap", prepare)


def prepare() -> int:
	bench = find_bench() or make_bench()
	lacking = machine.provide("site", "browser")
	say.step(f"bench {bench.root}: Frappe {bench.frappe_version}, Python {bench.python_version}")
	if any(need.group == "site" for need in lacking):
		raise Problem(f"this machine lacks {', '.join(need.what for need in lacking)}.")
	workbench = Workbench(bench, "test", ("test",))
	with workbench.in_use():
		workbench.start_services()
		workbench.build_app()
	say.step(f"{CHECKOUT} can be tested (script/test) and served (script/server)")
	if lacking:
		say.note(f"without {', '.join(need.what for need in lacking)} the tests in a browser do not run")
	return 0
