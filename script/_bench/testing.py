"""script/test: the whole test suite, on a site of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from . import entry, machine, python, say
from .bench import CHECKOUT, Bench, find_bench, short_hash
from .making import make_bench
from .say import Problem
from .services import die_with_parent
from .site import Site
from .workbench import Workbench

USAGE = """script/test [--keep | --reuse] [--migrate] [pytest's options and paths]

Runs tests/engine and tests/app (no Frappe), tests/site (a site of its own) and tests/browser (Chromium).
Paths narrow the run: without one below tests/site or tests/browser no site is made.

  --keep     keep the site and its database for --reuse
  --reuse    use the kept site again, migrated if the app's DocTypes or setup changed; keeps it too
  --migrate  with --reuse: migrate in any case

  P2HAM_BENCH            the bench to use (else ~/frappe-bench, else one is made)
  P2HAM_DB_ROOT_PASSWORD root's password of the bench's MariaDB, if it is to be used
  P2HAM_PRIVATE_DB=1     start a private MariaDB even if the bench's answers
  P2HAM_VERBOSE=1        show the output of every command

Examples: script/test tests/engine -q · script/test --reuse tests/site/test_x.py -k name · script/test -x
"""

KINDS = ("engine", "app", "site", "browser")
TAKE_A_VALUE = (
	"-k",
	"-m",
	"-n",
	"-o",
	"-p",
	"-W",
	"--deselect",
	"--durations",
	"--ignore",
	"--junitxml",
	"--maxfail",
)
SITE = "p2ham-test.localhost"
# What the tests without Frappe import; where there is a bench it brings these or they are put beside it.
WITHOUT_BENCH = ("pytest", "babel", "jinja2", "hypothesis", "jsonschema", "openpyxl", "pandas")


@dataclass
class Run:
	"""One run of script/test."""

	keep: bool = False
	reuse: bool = False
	migrate: bool = False
	paths: list[str] = field(default_factory=list)
	options: list[str] = field(default_factory=list)
	left_out: dict[str, str] = field(default_factory=dict)  # kind -> why it does not run
	against: list[str] = field(default_factory=list)  # versions, for the table
	summary: Path = Path(os.devnull)  # where pytest writes the counts

	@property
	def kinds(self) -> list[str]:
		"""The kinds of tests among the paths, as far as they are there."""
		found = {Path(path.split("::")[0]).relative_to(CHECKOUT).parts[1:2] for path in self.paths}
		return [kind for kind in KINDS if (kind,) in found and kind not in self.left_out]

	def leave_out(self, kinds, why: str) -> None:
		for kind in kinds:
			if kind in self.kinds:
				self.left_out[kind] = why

	@property
	def paths_to_run(self) -> list[str]:
		def kind_of(path: str) -> str:
			return Path(path).relative_to(CHECKOUT).parts[1]

		return [path for path in self.paths if kind_of(path) not in self.left_out]


def main(arguments: list[str]) -> int:
	if "-h" in arguments or "--help" in arguments:
		print(USAGE)
		return 0
	return entry.run("script/test", lambda: test(understand(arguments)))


def test(run: Run) -> int:
	begin = time.monotonic()
	return conclude(run, run_tests(run), time.monotonic() - begin)


def understand(arguments: list[str]) -> Run:
	"""Our own options, then paths, then what pytest is to make of the rest."""
	run = Run()
	for before, argument in pairwise(["", *arguments]):
		if argument in ("--keep", "--reuse", "--migrate"):
			setattr(run, argument[2:], True)
			continue
		path, _, test = argument.partition("::")
		a_path = not path.startswith("-") and before not in TAKE_A_VALUE
		found = next((p for p in (Path.cwd() / path, CHECKOUT / path) if a_path and p.exists()), None)
		if found and (CHECKOUT / "tests") in (found.resolve(), *found.resolve().parents):
			run.paths.append(str(found.resolve()) + (f"::{test}" if test else ""))
		else:
			run.options.append(argument)
	everything = str(CHECKOUT / "tests")
	if not run.paths or everything in run.paths:
		run.paths = [str(p) for kind in KINDS if (p := CHECKOUT / "tests" / kind).exists()]
	return run


def run_tests(run: Run) -> int:
	needs_site = bool({"site", "browser"} & set(run.kinds))
	try:
		bench = find_bench() or (make_bench() if needs_site else None)
	except Problem as problem:
		first, _, more = str(problem).partition("\n")
		if more:
			say.note(str(problem))
		run.leave_out(("site", "browser"), first)
		bench = None
	if not needs_site or not bench:
		return run_without_site(run, bench)

	if lacking := machine.provide("site"):
		run.leave_out(("site", "browser"), f"this machine lacks {', '.join(need.what for need in lacking)}")
		return run_without_site(run, bench)
	if "browser" in run.kinds and (lacking := machine.provide("desk", "browser")):
		run.leave_out(("browser",), f"this machine lacks {', '.join(need.what for need in lacking)}")

	workbench = Workbench(bench, "test", ("test",))
	with workbench.in_use():
		if "browser" in run.kinds and not workbench.assets_built:
			run.leave_out(("browser",), f"the assets of {bench.root} are not built: run `bench build` there")
		workbench.start_services()
		workbench.configure(
			allow_tests=True,
			developer_mode=0,
			server_script_enabled=0,
			mute_emails=1,
			pause_scheduler=1,
		)
		workbench.build_app()
		site = Site(workbench, SITE, "English")
		if run.migrate:
			site.forget_fingerprint()
		try:
			site.ensure(anew=not run.reuse)
			with say.timed("web server, realtime and background worker"):
				site.serve()
			run.against += [f"MariaDB {workbench.database.version.split('-')[0]}"]
			variables = {
				"P2HAM_SITE": site.name,
				"P2HAM_SITES_PATH": str(workbench.sites),
				"P2HAM_URL": site.url,
				"P2HAM_ADMIN_PASSWORD": site.admin_password,
				# For the test that installs and uninstalls the app on a site of its own.
				"P2HAM_DB_ROOT_USER": workbench.database.user,
				"P2HAM_DB_ROOT_PASSWORD": workbench.database.password,
				"P2HAM_CHROMIUM": machine.program(*machine.BROWSERS) or "",
				"P2HAM_CHROMEDRIVER": machine.program("chromedriver") or "",
			}
			code = run_pytest(
				run, bench, bench.python, {**workbench.environment, **variables}, workbench.root
			)
			if ended := workbench.services.dead():
				say.step(f"note: {ended} ended during the tests, see {workbench.logs}")
			return code
		finally:
			if run.keep or run.reuse:
				say.step(f"the site is kept: script/test --reuse uses it again ({workbench.root})")
			else:
				site.drop()


def run_without_site(run: Run, bench: Bench | None) -> int:
	"""tests/engine and tests/app, which need no Frappe: in the bench's Python, else in this one."""
	if not run.paths_to_run:
		raise Problem("; ".join(dict.fromkeys(run.left_out.values())) or "there are no tests")
	if bench:
		folder = bench.ours / f"plain-{short_hash(CHECKOUT)}"
		python_path, packages = bench.python, python.packages_beside(bench, "test")
	else:
		folder = python.cache() / f"plain-{short_hash(CHECKOUT)}"
		# Babel and Jinja2 come with Frappe; tests/app reads translations and templates with them.
		wanted = [*python.requirements("test"), "Babel", "Jinja2"]
		python_path, packages = python.python_with(WITHOUT_BENCH, wanted), None
	folder.mkdir(parents=True, exist_ok=True)
	kept = {key: value for key, value in os.environ.items() if not key.startswith(("P2HAM_S", "P2HAM_U"))}
	environment = {**kept, **python.environment(folder, packages)}
	return run_pytest(run, bench, python_path, environment, folder)


def run_pytest(run: Run, bench: Bench | None, python_path: Path, environment: dict, folder: Path) -> int:
	run.against.insert(0, f"Frappe {bench.frappe_version}" if bench else "no Frappe")
	version = subprocess.run([python_path, "--version"], capture_output=True, text=True).stdout.strip()
	run.against.append(version)
	run.summary = folder / "summary.json"
	run.summary.unlink(missing_ok=True)
	# fmt: off
	command = [
		str(python_path), "-m", "pytest", "-p", "_bench.summary", "--rootdir", str(CHECKOUT),
		"-c", str(CHECKOUT / "pyproject.toml"), "-o", f"cache_dir={folder / 'pytest-cache'}",
		*run.options, *run.paths_to_run,
	]
	# fmt: on
	say.step(f"pytest: {', '.join(run.kinds)}")
	process = subprocess.Popen(
		command,
		cwd=CHECKOUT,
		env={**environment, "P2HAM_SUMMARY": str(run.summary)},
		stdin=subprocess.DEVNULL if not sys.stdin or not sys.stdin.isatty() else None,
		preexec_fn=lambda: die_with_parent(signal.SIGINT),  # what makes pytest sum up and close its browser
	)
	try:
		return process.wait()
	except KeyboardInterrupt:  # from a terminal pytest got it too
		return _wait_or_interrupt(process)
	except SystemExit:
		process.send_signal(signal.SIGINT)
		_wait_or_interrupt(process)
		raise


def _wait_or_interrupt(process: subprocess.Popen, patience: float = 20) -> int:
	for number in (signal.SIGINT, signal.SIGKILL):
		try:
			return process.wait(patience)
		except subprocess.TimeoutExpired:
			process.send_signal(number)
	return process.wait()


def conclude(run: Run, code: int, seconds: float) -> int:
	"""The table, what did not run and why, and the exit code."""
	try:
		counts = json.loads(run.summary.read_text())
	except (OSError, ValueError):
		counts = {}
	columns = ("passed", "failed", "errors", "skipped")
	print(f"\n{' · '.join(run.against)} · {seconds:.0f} s", flush=True)
	print(f"{'tests':<10}" + "".join(f"{column:>9}" for column in columns))
	for kind in (*KINDS, "other"):
		if kind in run.left_out:
			print(f"{kind:<10} did not run")
		elif kind in counts:
			print(f"{kind:<10}" + "".join(f"{counts[kind].get(column, 0):>9}" for column in columns))
	reasons: dict[str, list[str]] = {}
	for kind, why in run.left_out.items():
		reasons.setdefault(why, []).append(kind)
	for why, kinds in reasons.items():
		print(f"The {' and '.join(kinds)} tests did not run: {why}", flush=True)
	if run.left_out and os.environ.get("CI") == "true" and find_bench() and not code:
		print("This is CI and there is a bench: tests that do not run there count as failed.")
		return 1
	return code
