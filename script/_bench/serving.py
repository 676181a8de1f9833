"""script/server: the app with a demo regency, served to this machine until Ctrl-C.

It listens on the loopback (127.0.0.1) only: nobody on the network reaches it, unless --host says otherwise.
"""

from __future__ import annotations

import argparse
import time

from . import entry, machine, say
from .bench import CHECKOUT, find_bench, wanted_root
from .making import make_bench
from .say import Problem
from .services import LOOPBACK, is_loopback
from .site import INDONESIAN, Site
from .workbench import Workbench

SITE = "p2ham.localhost"


def main(arguments: list[str]) -> int:
	parser = argparse.ArgumentParser(prog="script/server", description=__doc__)
	parser.add_argument(
		"--port", type=int, default=8000, help="port of the web server (default: 8000 or the next)"
	)
	parser.add_argument(
		"--host",
		default=LOOPBACK,
		metavar="ADDRESS",
		help="address of this machine to listen at (default: %(default)s, the loopback); with 0.0.0.0 everybody on"
		" the network reaches a demo site whose passwords are printed here and stand in the documentation",
	)
	parser.add_argument("--fresh", action="store_true", help="throw the site away first and make a new one")
	parser.add_argument(
		"--dev",
		action="store_true",
		help="Frappe's developer mode: changes made to DocTypes in the desk are written to this checkout,"
		" and the web server reloads changed Python files",
	)
	options = parser.parse_args(arguments)
	return entry.run("script/server", lambda: serve(options))


def serve(options: argparse.Namespace) -> int:
	try:
		bench = find_bench() or make_bench()
	except Problem as problem:
		why, _, more = str(problem).partition("\n")
		if more:
			say.note(more)
		raise Problem(f"there is no bench at {wanted_root()} and none can be made: {why}") from None
	if lacking := machine.provide("site"):
		raise Problem(
			f"this machine lacks {', '.join(need.what for need in lacking)}; install it and try again."
		)

	workbench = Workbench(bench, "server")
	with workbench.in_use():
		if not workbench.assets_built:
			raise Problem(f"the assets of {bench.root} are not built: run `bench build` there.")
		workbench.start_services(anew=options.fresh)
		workbench.configure(
			developer_mode=int(options.dev),
			server_script_enabled=0,
			mute_emails=1,  # a demo sends no mail
		)
		workbench.build_app()
		site = Site(workbench, SITE, INDONESIAN)
		site.ensure(anew=options.fresh)
		with say.timed("demo regency"):
			logins = workbench.frappe(SITE, "p2ham-demo").strip()
		say.step("web server, realtime, background worker, scheduler")
		url = site.serve(options.port, scheduler=True, reload=options.dev, host=options.host)
		workbench.tell_others(url)
		print()
		print(logins)
		print()
		print(f"  Address         {url}")
		print(f"  Reached from    {reached_from(options.host)}")
		print(f"  Administrator   {site.admin_password}")
		print(f"  Checkout        {CHECKOUT}")
		print(f"  Frappe          {bench.frappe_version} in {bench.root}")
		print(f"  Logs            {workbench.logs}")
		print("\nCtrl-C stops it.", flush=True)
		try:
			while not (ended := workbench.services.dead()):
				time.sleep(1)
		except KeyboardInterrupt:
			say.step("stopped; script/server starts it again with all its data")
			return 0
		raise Problem(f"{ended} has ended. The end of its log:\n{say.tail(workbench.logs / log_of(ended))}")


def reached_from(host: str) -> str:
	"""Say who reaches the server at an address: a warning, where that is more than this machine."""
	if is_loopback(host):
		return f"this machine only ({host}); --host listens at another address"
	return (
		f"THE NETWORK ({host}): whoever reaches this machine reads and changes the site with the logins above,"
		" and everything goes over the line unencrypted"
	)


def log_of(service: str) -> str:
	return {"web server": "web.log", "MariaDB": "mariadb.log"}.get(service, f"{service}.log")
