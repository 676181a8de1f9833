"""script/test: the whole test suite, on a site of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO

from . import covered, entry, lanes, machine, python, sabotage, say
from .bench import CHECKOUT, Bench, find_bench, short_hash
from .making import make_bench
from .say import Problem
from .services import die_with_parent
from .workbench import Workbench

USAGE = """script/test [--quick] [--keep | --reuse] [--migrate] [--lanes N] [--shard N/M] [--coverage] [pytest's options and paths]
script/test --sabotage [--changed REVISION] [NAME ...]

Runs all tests: tests/unit (no Frappe), tests/site, tests/browser (Chromium) and tests/proof (what is proved as a whole).
A site with the demo regency is made, and each test process (lane) works on a copy of it; files go to whichever lane is
free. Unit tests go on while the site is made, and what they print comes last.
Paths narrow the run: without one below tests/site, tests/browser or tests/proof no site is made.

  --quick      unit tests and those of the others that are marked quick: a slice through every room, on the kept site
  --keep       keep the site for --reuse
  --reuse      use the kept site again, brought up to date if what it is made of has changed; keeps it too
  --migrate    with --reuse: migrate in any case
  --shard N/M  only the Nth of M parts, which together are everything
  --coverage   say how much of the app the tests have gone through, and where least
  --sabotage   break a copy of the app in the ways of tests/sabotage: does a test notice? (with --help: how)
  --lanes N    so many processes, each with a site of its own (else one for each processor, as the memory allows)

  P2HAM_BENCH            the bench to use (else ~/frappe-bench, else one is made)
  P2HAM_DB_ROOT_PASSWORD root's password of the bench's MariaDB, if it is to be used
  P2HAM_PRIVATE_DB=1     start a private MariaDB even if the bench's answers
  P2HAM_OVER_SOCKET=1    ask the web server, where tests otherwise ask the application in their own process
  P2HAM_VERBOSE=1        show the output of every command

Examples: script/test tests/unit -q · script/test --reuse tests/site/test_x.py -k name · script/test -x
"""

PLAIN, ON_SITE = ("unit",), ("site", "browser", "proof")
KINDS = (*PLAIN, *ON_SITE)
# What only one process can do.
ALONE = ("-s", "--capture=no", "--pdb", "--trace", "-n", "--dist")
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


@dataclass
class Run:
	"""One run of script/test."""

	keep: bool = False
	quick: bool = False
	lanes: int = 0  # as many as the machine can take
	reuse: bool = False
	migrate: bool = False
	coverage: bool = False
	paths: list[str] = field(default_factory=list)
	options: list[str] = field(default_factory=list)
	left_out: dict[str, str] = field(default_factory=dict)  # kind -> why it does not run
	against: list[str] = field(default_factory=list)  # versions, for the table
	summaries: list[Path] = field(default_factory=list)  # where each pytest writes its counts

	@property
	def kinds(self) -> list[str]:
		"""The kinds of tests among the paths, as far as they are there."""
		found = {Path(path.split("::")[0]).relative_to(CHECKOUT).parts[1:2] for path in self.paths}
		return [kind for kind in KINDS if (kind,) in found and kind not in self.left_out]

	def leave_out(self, kinds, why: str) -> None:
		for kind in kinds:
			if kind in self.kinds:
				self.left_out[kind] = why

	def files_on_site(self) -> int:
		"""How many files of tests there are that need a site: each is the business of one process."""
		found = {
			file
			for path in self.paths_without(PLAIN)
			for file in ([Path(path)] if ".py" in path else Path(path).rglob("test_*.py"))
		}
		return 1 if any(option.split("=")[0] in ALONE for option in self.options) else max(1, len(found))

	def paths_without(self, kinds: tuple[str, ...] = ()) -> list[str]:
		"""The paths to run, but for those of these kinds."""

		def kind_of(path: str) -> str:
			return Path(path).relative_to(CHECKOUT).parts[1]

		return [path for path in self.paths if kind_of(path) not in (*self.left_out, *kinds)]


def main(arguments: list[str]) -> int:
	if "--sabotage" in arguments:
		return sabotage.main([argument for argument in arguments if argument != "--sabotage"])
	if "-h" in arguments or "--help" in arguments:
		print(USAGE)
		return 0
	return entry.run("script/test", lambda: test(understand(arguments)))


def test(run: Run) -> int:
	begin = time.monotonic()
	code = run_tests(run)
	return conclude(run, code, time.monotonic() - begin)


def understand(arguments: list[str]) -> Run:
	"""Our own options, then paths, then what pytest is to make of the rest."""
	run = Run()
	for before, argument in pairwise(["", *arguments]):
		if argument in ("--keep", "--reuse", "--migrate", "--quick", "--coverage"):
			setattr(run, argument[2:], True)
			continue
		if before == "--lanes":
			run.lanes = number_of(argument)
		if before == "--shard":
			os.environ["P2HAM_SHARD"] = shard_of(argument)  # tests/conftest.py picks the files
		if {"--lanes", "--shard"} & {before, argument}:
			continue
		path, _, test = argument.partition("::")
		a_path = not path.startswith("-") and before not in TAKE_A_VALUE
		found = next((p for p in (Path.cwd() / path, CHECKOUT / path) if a_path and p.exists()), None)
		if found and (CHECKOUT / "tests") in (found.resolve(), *found.resolve().parents):
			run.paths.append(str(found.resolve()) + (f"::{test}" if test else ""))
		else:
			run.options.append(argument)
	if run.quick:
		run.reuse = True
	everything = str(CHECKOUT / "tests")
	if not run.paths or everything in run.paths:
		run.paths = [str(p) for kind in KINDS if (p := CHECKOUT / "tests" / kind).exists()]
	return run


def number_of(text: str) -> int:
	if not text.isdecimal() or not int(text):
		raise Problem(f"--lanes takes a number of processes, not {text!r}")
	return int(text)


def shard_of(text: str) -> str:
	number, _, of = text.partition("/")
	if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
		raise Problem(f"--shard takes a part and how many there are, such as 1/3, not {text!r}")
	return text


def run_tests(run: Run) -> int:
	needs_site = bool(set(ON_SITE) & set(run.kinds))
	try:
		bench = find_bench() or (make_bench() if needs_site else None)
	except Problem as problem:
		first, _, more = str(problem).partition("\n")
		if more:
			say.note(str(problem))
		run.leave_out(ON_SITE, first)
		bench = None
	if not needs_site or not bench:
		return run_without_site(run, bench)

	if lacking := machine.provide("site"):
		run.leave_out(ON_SITE, f"this machine lacks {', '.join(need.what for need in lacking)}")
		return run_without_site(run, bench)
	if "browser" in run.kinds and (lacking := machine.provide("browser")):
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
		template = lanes.Template(workbench, SITE)
		with plain_tests_beside(run, bench) as others:
			try:
				template.ensure(anew=not run.reuse, migrate=run.migrate)
				sites = lanes.open_lanes(template, lanes.how_many(run.lanes, run.files_on_site()))
				run.against += [f"MariaDB {workbench.database.version.split('-')[0]}"]
				without = PLAIN if others else ()
				environment = {**workbench.environment, **lanes.environment(workbench, sites)}
				code = run_pytest(run, without, bench, bench.python, environment, workbench.root, len(sites))
				if ended := workbench.services.dead():
					say.step(f"note: {ended} ended during the tests, see {workbench.logs}")
				return (others.result() if others else 0) or code
			finally:
				lanes.close_lanes(workbench)
				if run.keep or run.reuse:
					say.step(f"the site is kept: script/test --reuse uses it again ({workbench.root})")
				else:
					template.drop()


@dataclass
class Others:
	"""A pytest that runs beside another one, and what it prints."""

	process: subprocess.Popen
	output: Path

	def result(self) -> int:
		"""Wait for it, show what it printed and return its exit code."""
		code = self.process.wait()
		say.step(f"pytest: {', '.join(PLAIN)}, beside the others")
		print(self.output.read_text(errors="replace"), flush=True)
		return code


@contextmanager
def plain_tests_beside(run: Run, bench: Bench) -> Iterator[Others | None]:
	"""In a run of everything, tests/unit needs no site and does not wait for it: it goes on while it is
	made. With pytest's own options there is one pytest, which is given them, and one that adds up coverage; None
	then."""
	if run.options or run.coverage or not {*PLAIN, "site"} <= set(run.kinds):
		yield None
		return
	python_path, environment, folder = plain_python(bench)
	output = folder / "output.log"
	with output.open("w") as written:
		process = start_pytest(run, ON_SITE, python_path, environment, folder, written)
	try:
		yield Others(process, output)
	finally:
		if process.poll() is None:
			process.send_signal(signal.SIGINT)
			_wait_or_interrupt(process)


def run_without_site(run: Run, bench: Bench | None) -> int:
	"""tests/unit, which needs no Frappe: in the bench's Python, else in this one."""
	if not run.paths_without():
		raise Problem("; ".join(dict.fromkeys(run.left_out.values())) or "there are no tests")
	python_path, environment, folder = plain_python(bench)
	# Starting a second process takes longer than a few files do, and what adds up coverage is one.
	whole = any(".py" not in path for path in run.paths_without())
	alone = not whole or run.options or run.coverage
	processes = 1 if alone else run.lanes or lanes.processors()
	return run_pytest(run, (), bench, python_path, environment, folder, processes)


def plain_python(bench: Bench | None) -> tuple[Path, dict, Path]:
	"""The Python for what needs no Frappe, its environment and a folder for what it leaves."""
	if bench:
		folder = bench.ours / f"plain-{short_hash(CHECKOUT)}"
		python_path, packages = bench.python, python.packages_beside(bench, "test")
	else:
		folder = python.cache() / f"plain-{short_hash(CHECKOUT)}"
		python_path, packages = python.python_with(python.requirements("test", "unit")), None
	folder.mkdir(parents=True, exist_ok=True)
	kept = {
		key: value
		for key, value in os.environ.items()
		if not key.startswith(("P2HAM_S", "P2HAM_U", "P2HAM_L"))
	}
	return python_path, {**kept, **python.environment(folder, packages)}, folder


def run_pytest(
	run: Run,
	without: tuple[str, ...],
	bench: Bench | None,
	python_path: Path,
	environment: dict,
	folder: Path,
	processes: int = 1,
) -> int:
	run.against.insert(0, f"Frappe {bench.frappe_version}" if bench else "no Frappe")
	version = subprocess.run([python_path, "--version"], capture_output=True, text=True).stdout.strip()
	run.against.append(version)
	kinds = ", ".join(kind for kind in run.kinds if kind not in without)
	say.step(f"pytest: {kinds}" + (f", in {processes} processes" if processes > 1 else ""))
	options = ["-m", "quick"] if run.quick and set(kinds.split(", ")) & set(ON_SITE) else []
	if processes > 1:
		# A file is the business of one process; the order is that of tests/conftest.py, what takes longest first.
		options += [
			"-n",
			str(processes),
			"--dist",
			"loadfile",
			"--no-loadscope-reorder",
			"--max-worker-restart=0",
		]
	process = start_pytest(run, without, python_path, environment, folder, options=options)
	try:
		return process.wait()
	except KeyboardInterrupt:  # from a terminal pytest got it too
		return _wait_or_interrupt(process)
	except SystemExit:
		process.send_signal(signal.SIGINT)
		_wait_or_interrupt(process)
		raise


def start_pytest(
	run: Run,
	without: tuple[str, ...],
	python_path: Path,
	environment: dict,
	folder: Path,
	output: IO[str] | None = None,
	options: Sequence[str] = (),
) -> subprocess.Popen:
	"""Start all tests but those of some kinds. Those that write to a file leave the others the right of way."""
	summary = folder / "summary.json"
	summary.unlink(missing_ok=True)
	run.summaries.append(summary)
	if run.coverage:
		environment = {**environment, **covered.environment(folder)}
		options = [*options, *covered.options(folder)]
	# fmt: off
	command = [
		str(python_path), "-m", "pytest", "-p", "_bench.summary", "--rootdir", str(CHECKOUT),
		"-c", str(CHECKOUT / "pyproject.toml"), "-o", f"cache_dir={folder / 'pytest-cache'}",
		*options, *run.options, *run.paths_without(without),
	]
	# fmt: on

	def prepare() -> None:
		die_with_parent(signal.SIGINT)  # what makes pytest sum up and close its browser
		if output:
			os.nice(10)

	return subprocess.Popen(
		command,
		cwd=CHECKOUT,
		env={**environment, "P2HAM_SUMMARY": str(summary)},
		stdin=subprocess.DEVNULL if output or not sys.stdin or not sys.stdin.isatty() else None,
		stdout=output,
		stderr=subprocess.STDOUT if output else None,
		preexec_fn=prepare,
	)


def _wait_or_interrupt(process: subprocess.Popen, patience: float = 20) -> int:
	for number in (signal.SIGINT, signal.SIGKILL):
		try:
			return process.wait(patience)
		except subprocess.TimeoutExpired:
			process.send_signal(number)
	return process.wait()


COLUMNS = ("passed", "failed", "errors", "skipped")


def conclude(run: Run, code: int, seconds: float) -> int:
	"""The table, what did not run and why, and the exit code."""
	tiers, figures = {}, {}
	for path in run.summaries:
		with suppress(OSError, ValueError):
			told = json.loads(path.read_text())
			tiers.update(told["tiers"])
			figures.update(told["figures"])
	print(f"\n{' · '.join(run.against)} · {seconds:.0f} s")
	print(f"{'tests':<10}" + "".join(f"{column:>9}" for column in (*COLUMNS, "seconds")))
	for kind in (*KINDS, "other"):
		if kind in run.left_out:
			print(f"{kind:<10} did not run")
		elif kind in tiers:
			counts = "".join(f"{tiers[kind].get(column, 0):>9}" for column in COLUMNS)
			print(f"{kind:<10}{counts}{tiers[kind].get('seconds', 0):>9.0f}")
	print("The seconds are those of the tests; processes that work side by side share the time of the clock.")
	for name, value in figures.items():
		print(f"{name}: {value}")
	for summary in run.summaries if run.coverage else ():
		covered.tell(summary.parent)
	reasons: dict[str, list[str]] = {}
	for kind, why in run.left_out.items():
		reasons.setdefault(why, []).append(kind)
	for why, kinds in reasons.items():
		print(f"The {' and '.join(kinds)} tests did not run: {why}")
	sys.stdout.flush()
	if run.left_out and os.environ.get("CI") == "true" and find_bench() and not code:
		print("This is CI and there is a bench: tests that do not run there count as failed.")
		return 1
	return code
