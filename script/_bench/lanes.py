"""The sites that tests run on: one is made with the demo regency and dumped, and every lane gets a copy of it.

A lane is what one test process owns: a site with its files, web server, background worker, realtime and Redis.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

from . import say
from .machine import BROWSERS, program
from .site import Site
from .workbench import APP, Lane, Workbench, fingerprint

# What a lane takes at its peak: a test process, two web processes, worker, realtime, Redis and a browser.
LANE_MEMORY = 1.6 * 2**30
# What the demo regency is made of, beside what a migrate brings.
DEMO = ("demo/**/*", "commands.py")


class Template:
	"""The site that is copied. Nobody works on it, so that it stays as the demo made it."""

	def __init__(self, workbench: Workbench, name: str):
		self.workbench = workbench
		self.site = Site(workbench, name, "English")
		self.folder = workbench.root / "template"

	@property
	def mark(self) -> Path:
		return self.folder / "complete"

	def ensure(self, anew: bool, migrate: bool) -> None:
		"""Make the site and its dump, or bring those that are kept up to date."""
		if migrate:
			self.site.forget_fingerprint()
		demo = self._demo_fingerprint()
		kept = self.mark.read_text().split() if self.mark.exists() else []
		self.site.ensure(anew=anew or kept[1:] != [demo])
		wanted = [self.site.mark.read_text(), demo]
		if kept == wanted and not anew and not migrate:
			return
		bench = self.workbench
		with say.timed("demo regency, and the dump that every lane gets a copy of"):
			bench.run([str(bench.bench.python), "-m", "_bench.inside", "demo", self.site.name], "demo")
			# What the demo has left for the background, so that every copy begins at rest.
			bench.frappe(None, "worker", "--burst", "--queue", "short,default,long")
			self.site.dump(self.folder)
		self.mark.write_text("\n".join(wanted))

	def drop(self) -> None:
		"""Take it away again."""
		shutil.rmtree(self.folder, ignore_errors=True)
		self.site.drop()

	def _demo_fingerprint(self) -> str:
		"""Of what the demo is made with: it is only made anew with its site."""
		files = {path for pattern in DEMO for path in APP.glob(pattern) if path.is_file()}
		return fingerprint(path for path in files if path.suffix != ".pyc")


def how_many(wanted: int, files: int) -> int:
	"""Return how many lanes there are to be: as many as wanted, else one for each processor, if the memory allows it;
	no more than there are files of tests."""
	return max(1, min(files, wanted or min(processors(), int(memory() // LANE_MEMORY))))


def processors() -> int:
	return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> float:
	"""Return the bytes of memory that are free for us, as far as the system tells."""
	try:
		lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
		return int(lines["MemAvailable"].split()[0]) * 1024
	except (OSError, KeyError, ValueError):
		return 4 * LANE_MEMORY


def open_lanes(template: Template, number: int) -> list[Site]:
	"""Make the copies and serve them; return the site of each lane."""
	workbench, sites = template.workbench, []
	with say.timed(f"{number} sites of their own, each with web server, background worker and realtime"):
		for old in workbench.root.glob("lane-*"):
			shutil.rmtree(old, ignore_errors=True)
		for lane_number in range(number):
			lane = Lane(workbench, lane_number)
			shutil.copy(workbench.sites / "common_site_config.json", lane.sites / "common_site_config.json")
			lane.start_redis()
			site = Site(lane, template.site.name, "English", part=str(lane_number))
			site.restore(template.folder)
			sites.append(site)
		waiting = [site.begin_to_serve() for site in sites]
		for site, web in zip(sites, waiting, strict=True):
			site.wait_until_served(web)
	return sites


def close_lanes(workbench: Workbench) -> None:
	"""Stop what serves the lanes and take their sites away; the site they were copied from stays."""
	if not workbench.database.private:
		for number in range(len(list(workbench.root.glob("lane-*")))):
			Site(Lane(workbench, number), "", "English", part=str(number)).drop_database()
	workbench.services.stop()
	for folder in workbench.root.glob("lane-*"):
		shutil.rmtree(folder, ignore_errors=True)


def environment(workbench: Workbench, sites: list[Site]) -> dict[str, str]:
	"""Return what tests are told: what all lanes have in common, and a file with what each has for itself."""
	each = [
		{
			"FRAPPE_BENCH_ROOT": str(site.workbench.root),
			"SITES_PATH": str(site.workbench.sites),
			"P2HAM_SITE": site.name,
			"P2HAM_SITES_PATH": str(site.workbench.sites),
			"P2HAM_URL": site.url,
		}
		for site in sites
	]
	told = workbench.root / "lanes.json"
	told.write_text(json.dumps(each))
	return {
		**each[0],
		"P2HAM_LANES": str(told),
		"P2HAM_ADMIN_PASSWORD": sites[0].admin_password,
		# For the test that installs and uninstalls the app on a site of its own.
		"P2HAM_DB": json.dumps(asdict(workbench.database)),
		"P2HAM_CHROMIUM": program(*BROWSERS) or "",
		"P2HAM_CHROMEDRIVER": program("chromedriver") or "",
	}
