"""script/screenshots: the pictures of docs/images, from the desk of the demo regency, in Indonesian.

The site is made once and kept for this checkout. The pictures of forms in docs/images are not taken here.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from . import machine, say
from .bench import CHECKOUT, find_bench
from .making import make_bench
from .say import Problem
from .services import die_with_parent
from .site import INDONESIAN, Site
from .workbench import Workbench


def main(arguments: list[str]) -> int:
	parser = argparse.ArgumentParser(prog="script/screenshots", description=__doc__)
	parser.add_argument("--fresh", action="store_true", help="throw the site away first and make a new one")
	parser.add_argument("--into", type=Path, default=CHECKOUT / "docs" / "images", help="another folder")
	parser.add_argument("pictures", nargs="*", metavar="PICTURE", help="only these, by a part of their names")
	options = parser.parse_args(arguments)
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
	signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
	try:
		return take(options)
	except Problem as problem:
		say.complain(f"script/screenshots: {problem}")
		return 1
	except KeyboardInterrupt:
		return 130


def take(options: argparse.Namespace) -> int:
	bench = find_bench() or make_bench()
	lacking = [need.what for need in machine.provide("site", "desk", "browser")]
	if not machine.program("pdftoppm"):
		lacking.append("pdftoppm")
	if lacking:
		raise Problem(f"this machine lacks {', '.join(lacking)}.")
	workbench = Workbench(bench, "screenshots", ("test",))
	with workbench.in_use():
		if not workbench.assets_built:
			raise Problem(f"the assets of {bench.root} are not built: run `bench build` there.")
		if options.fresh and (workbench.root / "mariadb").exists():
			say.step("the site is thrown away")
			shutil.rmtree(workbench.root / "mariadb")
		workbench.start_services()
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
		process = subprocess.Popen(
			[bench.python, "-m", "_bench.pictures", options.into.resolve(), *options.pictures],
			cwd=workbench.sites,
			env={**workbench.environment, **variables},
			stdin=subprocess.DEVNULL,
			preexec_fn=die_with_parent,
		)
		try:
			return process.wait()
		except BaseException:
			process.terminate()
			process.wait()
			raise
