"""script/screenshots: the pictures of docs/images, from the desk and the official documents of the demo regency, in
Indonesian.

The site is made once and kept for this checkout. The pictures of forms in docs/images are not taken here.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from . import entry, machine, say
from .bench import CHECKOUT, find_bench
from .making import make_bench
from .say import Problem
from .site import INDONESIAN, Site
from .workbench import Workbench


def main(arguments: list[str]) -> int:
	parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__)
	parser.add_argument("--fresh", action="store_true", help="throw the site away first and make a new one")
	parser.add_argument("--into", type=Path, default=CHECKOUT / "docs" / "images", help="another folder")
	parser.add_argument("pictures", nargs="*", metavar="PICTURE", help="only these, by a part of their names")
	options = parser.parse_args(arguments)
	return entry.run("script/screenshots", lambda: take(options))


def take(options: argparse.Namespace) -> int:
	bench = find_bench() or make_bench()
	lacking = [need.what for need in machine.provide("site", "browser")]
	if not machine.program("pdftoppm"):
		lacking.append("pdftoppm")
	if lacking:
		raise Problem(f"this machine lacks {', '.join(lacking)}.")
	workbench = Workbench(bench, "screenshots", ("test",))
	with workbench.in_use():
		if not workbench.assets_built:
			raise Problem(f"the assets of {bench.root} are not built: run `bench build` there.")
		workbench.start_services(anew=options.fresh)
		workbench.configure(developer_mode=0, server_script_enabled=0, mute_emails=1, pause_scheduler=1)
		workbench.build_app()
		site = Site(workbench, "p2ham-screenshots.localhost", INDONESIAN)
		site.ensure(anew=options.fresh)
		with say.timed("demo regency"):
			workbench.frappe(site.name, "p2ham-demo")
		say.step("web server, realtime, background worker")
		site.serve()
		variables = {
			"P2HAM_SITE": site.name,
			"P2HAM_URL": site.url,
			"P2HAM_CHROMIUM": machine.program(*machine.BROWSERS),
			"P2HAM_CHROMEDRIVER": machine.program("chromedriver"),
		}
		options.into.mkdir(parents=True, exist_ok=True)
		command = [bench.python, "-m", "_bench.pictures", options.into.resolve(), *options.pictures]
		return workbench.attend(command, variables)
