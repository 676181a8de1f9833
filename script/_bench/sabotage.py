"""script/test --sabotage: does a test notice when the app is broken?

tests/sabotage/ holds faults, each a small patch of the app with the tests that must catch it. Each is applied to a copy
of this checkout, the tests that it names are run there, and one that none of them catches is an error. The copy and its
site lie in a folder of their own and are used again; the checkout stays as it is.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as xml
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from . import entry, python, say
from .bench import CHECKOUT, find_bench, short_hash
from .say import Problem
from .services import die_with_parent

FOLDER = CHECKOUT / "tests" / "sabotage"
WHAT, CAUGHT_BY = "Fault", "Caught by"
BASE = "P2HAM_SABOTAGE_BASE"
ENOUGH, MOST = 10, 25  # faults of a run that is narrowed to what changed: at least, and at most
PATIENCE, LONG_PATIENCE = 900, 3600  # seconds for the tests of one fault, and for those of all
NO_SITE = "tests/unit/"
# A module that cannot be read is noticed by everybody: that a test fails by it says nothing about the test.
NOT_READ = ("ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "NameError")

CAUGHT, SURVIVED, BROKEN = "caught", "SURVIVED", "BROKEN"


@dataclass(frozen=True)
class Fault:
	"""A patch of tests/sabotage: what is wrong in words, the tests that must catch it (ids of pytest), and the files it
	changes."""

	name: str
	says: str
	tests: tuple[str, ...]
	files: tuple[str, ...]

	@property
	def patch(self) -> str:
		return f"tests/sabotage/{self.name}.patch"

	@property
	def needs_site(self) -> bool:
		return not all(test.startswith(NO_SITE) for test in self.tests)

	@property
	def modules(self) -> set[str]:
		"""The files of its tests."""
		return {test.partition("::")[0] for test in self.tests}

	@property
	def rooms(self) -> set[str]:
		return {room_of(file) for file in self.files}


def room_of(file: str) -> str:
	"""Return the room of the app that a file lies in, e.g. p2ham/access or p2ham/p2ham/doctype."""
	folders = PurePosixPath(file).parts[:-1]
	return "/".join(folders[: 3 if folders[:2] == ("p2ham", "p2ham") else 2])


def read(name: str, text: str) -> Fault:
	"""Read a patch: its headers stand before the first file. Raises Problem for one without."""
	head, mark, diff = text.partition("\n--- ")
	found: dict[str, list[str]] = {}
	for line in head.splitlines():
		title, _colon, value = line.partition(": ")
		found.setdefault(title, []).append(value.strip())
	files = tuple(re.findall(r"^\+\+\+ b/(.+?)\s*$", mark + diff, re.MULTILINE))
	for title, value in ((WHAT, found.get(WHAT)), (CAUGHT_BY, found.get(CAUGHT_BY)), ("+++ b/", files)):
		if not value or not all(value):
			raise Problem(f"tests/sabotage/{name}.patch has no line that begins with '{title}'.")
	return Fault(name, found[WHAT][0], tuple(found[CAUGHT_BY]), files)


def every() -> list[Fault]:
	"""Return all faults, in the order of their names."""
	return [read(path.stem, path.read_text()) for path in sorted(FOLDER.glob("*.patch"))]


# --- Which ---------------------------------------------------------------------------------------------


def choose(
	faults: Sequence[Fault], changed: Iterable[str], turn: str, at_least: int = ENOUGH, at_most: int = MOST
) -> list[tuple[Fault, str]]:
	"""Return the faults of a run that is narrowed to what changed, each with the reason.

	First those whose own file or patch has changed, then those whose test has, `at_most` so many; up to `at_least` then
	those that lie in a room of the app in which something has, and others. Among equals `turn` decides: with each turn it
	is another order, so that all have theirs.
	"""
	changed = set(changed)
	rooms = {room_of(file) for file in changed}
	by_turn = sorted(faults, key=lambda fault: hashlib.sha256(f"{turn} {fault.name}".encode()).hexdigest())
	chosen: dict[Fault, str] = {}

	def take(why: str, found: Callable[[Fault], Iterable[str]], most: int) -> None:
		for fault in by_turn:
			if fault not in chosen and len(chosen) < most and (reasons := sorted(found(fault))):
				chosen[fault] = why.format(reasons[0])

	take("{0} has changed", lambda fault: changed.intersection([*fault.files, fault.patch]), at_most)
	take("{0} has changed", lambda fault: changed.intersection(fault.modules), at_most)
	take("something in {0} has changed", lambda fault: rooms & fault.rooms, at_least)
	take("its turn", lambda fault: fault.files, at_least)
	return [(fault, chosen[fault]) for fault in faults if fault in chosen]


def matching(faults: Sequence[Fault], words: Sequence[str]) -> list[Fault]:
	"""Return the faults that one of these words belongs to: a part of the name, of a changed file or of a test."""
	found = [
		fault
		for fault in faults
		if any(word in text for word in words for text in (fault.name, *fault.files, *fault.tests))
	]
	return found if words else list(faults)


def changed_since(revision: str) -> list[str]:
	"""Return what differs from a revision, new files included. Where git does not know it, nothing: the turn decides."""
	told = _git("diff", "--name-only", "--relative", revision, "--")
	if told is None:
		say.note(f"git does not know {revision}: the faults are chosen by their turn")
		return []
	return [*told.splitlines(), *(_git("ls-files", "-o", "--exclude-standard") or "").splitlines()]


def _git(*arguments: str) -> str | None:
	done = subprocess.run(["git", *arguments], cwd=CHECKOUT, capture_output=True, text=True)
	return done.stdout if done.returncode == 0 else None


# --- The copy ------------------------------------------------------------------------------------------


@dataclass
class Copy:
	"""A copy of the checkout at a fixed place, so that its kept site can be used again."""

	root: Path
	stamp: int = 0

	@property
	def logs(self) -> Path:
		return self.root.with_name(f"{self.root.name}-logs")

	@contextmanager
	def in_use(self) -> Iterator[Copy]:
		"""Hold the copy for this process alone; it is made anew from the checkout as it is now."""
		self.root.parent.mkdir(parents=True, exist_ok=True)
		with self.root.with_suffix(".lock").open("a+") as lock:
			try:
				fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
			except BlockingIOError:
				raise Problem("script/test --sabotage is running for this checkout already.") from None
			shutil.rmtree(self.logs, ignore_errors=True)
			self.logs.mkdir()
			self._make()
			yield self

	def _make(self) -> None:
		listed = _git("ls-files", "-co", "--exclude-standard", "-z")
		if listed is None:
			raise Problem(f"{CHECKOUT} is no checkout of git: it says which files are copied.")
		shutil.rmtree(self.root, ignore_errors=True)
		for name in filter(None, listed.split("\0")):
			if (CHECKOUT / name).is_file():  # and not removed since
				(self.root / name).parent.mkdir(parents=True, exist_ok=True)
				shutil.copy2(CHECKOUT / name, self.root / name)

	@contextmanager
	def broken_by(self, fault: Fault) -> Iterator[bool]:
		"""Apply a fault as long as the block lasts; False where it does not apply any more."""
		paths = [path for file in fault.files if (path := self.root / file).exists()]
		kept = [(path, path.read_bytes(), path.stat()) for path in paths]
		done = subprocess.run(
			["git", "apply", fault.patch],
			cwd=self.root,
			env={**os.environ, "GIT_CEILING_DIRECTORIES": str(self.root.parent)},
			capture_output=True,
		)
		try:
			# Python tells compiled files apart by second and size, and both may be those of the fault before.
			self.stamp = max(self.stamp + 1, int(time.time()))
			for path in paths if done.returncode == 0 else ():
				os.utime(path, (self.stamp, self.stamp))
			yield done.returncode == 0
		finally:
			for path, content, status in kept:
				path.write_bytes(content)
				os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

	def test(self, name: str, tests: Iterable[str], *options: str, patience: int = PATIENCE) -> Outcome:
		"""Run tests of the copy with these options of script/test; what they print goes to NAME.log."""
		log, results = self.logs / f"{name}.log", self.logs / f"{name}.xml"
		command = [sys.executable, str(self.root / "script" / "test"), "-q", *options]
		with log.open("wb") as output:
			process = subprocess.Popen(
				[*command, f"--junitxml={results}", *dict.fromkeys(tests)],
				cwd=self.root,
				stdin=subprocess.DEVNULL,
				stdout=None if say.VERBOSE else output,
				stderr=subprocess.STDOUT,
				preexec_fn=die_with_parent,
			)
			try:
				code = process.wait(patience)
			except BaseException as error:
				process.terminate()
				process.wait()
				if not isinstance(error, subprocess.TimeoutExpired):
					raise
				code = None
		return Outcome.read(code, results, log)


# --- What came of it -----------------------------------------------------------------------------------


@dataclass
class Outcome:
	"""What a run of tests came to: pytest's exit code (None if it did not end), and by the id of each test whether it
	passed, or what went wrong."""

	code: int | None
	log: Path
	passed: list[str] = field(default_factory=list)
	failed: dict[str, str] = field(default_factory=dict)  # in the test itself
	others: dict[str, str] = field(default_factory=dict)  # before or after it, or it was skipped

	@classmethod
	def read(cls, code: int | None, results: Path, log: Path) -> Outcome:
		outcome = cls(code, log)
		try:
			cases = list(xml.parse(results).iter("testcase"))
		except (OSError, xml.ParseError):
			return outcome
		for case in cases:
			name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
			bad = {
				kind: found
				for kind in ("failure", "error", "skipped")
				if (found := case.find(kind)) is not None
			}
			if "failure" in bad:
				outcome.failed[name] = bad["failure"].get("message") or ""
			elif bad:
				outcome.others[name] = "; ".join(found.get("message") or kind for kind, found in bad.items())
			else:
				outcome.passed.append(name)
		return outcome

	def lacking(self, test: str) -> str:
		"""Return why a test did not pass; empty if it did, with all its parameters."""
		wanted = case_of(test)
		for kinds in (self.failed, self.others):
			for name, why in kinds.items():
				if _is_of(name, wanted):
					return _line(why) or "failed"
		return "" if any(_is_of(name, wanted) for name in self.passed) else "did not run"

	def verdict(self) -> tuple[str, str]:
		"""Return what became of a fault, and by which test or why not."""
		read_but_failed = {
			name: why
			for name, why in self.failed.items()
			if not why.startswith(tuple(f"{e}:" for e in NOT_READ))
		}
		if self.code == 1 and read_but_failed:
			return CAUGHT, _short(next(iter(read_but_failed)))
		if self.code == 0 and self.passed and not self.others:
			return SURVIVED, "its tests pass with it"
		if self.code is None:
			return BROKEN, f"its tests did not end within {PATIENCE} s"
		for name, why in {**self.failed, **self.others}.items():
			return BROKEN, f"{_short(name)} did not come to its end: {_line(why)}"
		return BROKEN, f"no test ran (exit code {self.code}), see {self.log}"


def case_of(test: str) -> str:
	"""Return the id of a test as results name it: "tests/unit/test_x.py::Class::test" is "tests.unit.test_x.Class::test"."""
	path, _colons, inside = test.partition("::")
	*classes, function = inside.split("::")
	return f"{'.'.join([path.removesuffix('.py').replace('/', '.'), *classes])}::{function}"


def _is_of(name: str, wanted: str) -> bool:
	return name == wanted or name.startswith(f"{wanted}[")


def _short(name: str) -> str:
	"""Return the name of a test without its module and parameters."""
	return name.partition("[")[0].rpartition("::")[2]


def _line(text: str) -> str:
	return " ".join(text.split())[:160]


# --- The run -------------------------------------------------------------------------------------------


@dataclass
class Row:
	"""A line of the table in the end."""

	fault: Fault
	result: str = ""
	why: str = ""
	seconds: float = 0


def main(arguments: list[str]) -> int:
	parser = argparse.ArgumentParser(
		prog="script/test --sabotage",
		description=__doc__,
		formatter_class=argparse.RawDescriptionHelpFormatter,
	)
	parser.add_argument(
		"words", nargs="*", metavar="NAME", help="only these, by a part of name, file or test"
	)
	parser.add_argument(
		"--changed",
		metavar="REVISION",
		default=os.environ.get(BASE) or None,
		help=f"only what has to do with what changed since then (or ${BASE}), and some others",
	)
	parser.add_argument(
		"--at-least", type=int, default=ENOUGH, metavar="N", help=f"with --changed: so many (else {ENOUGH})"
	)
	parser.add_argument(
		"--at-most", type=int, default=MOST, metavar="N", help=f"with --changed: no more (else {MOST})"
	)
	parser.add_argument("--list", action="store_true", help="say which, and run nothing")
	options = parser.parse_args(arguments)
	return entry.run("script/test --sabotage", lambda: sabotage(options))


def sabotage(options: argparse.Namespace) -> int:
	begin = time.monotonic()
	faults = matching(every(), options.words)
	if not faults:
		raise Problem("there is no such fault in tests/sabotage.")
	if options.changed:
		turn = _git("rev-parse", "HEAD") or ""
		changed = changed_since(options.changed)
		chosen = choose(faults, changed, turn.strip(), options.at_least, options.at_most)
		say.step(f"{len(chosen)} of {len(faults)} faults")
		for fault, why in chosen:
			say.note(f"{fault.name}: {why}")
		faults = [fault for fault, _why in chosen]
	elif options.list:
		for fault in faults:
			say.note(f"{fault.name}: {fault.says}")
	if options.list:
		return 0
	# Those without a site first: they are quick.
	rows = [Row(fault) for fault in sorted(faults, key=lambda fault: (fault.needs_site, fault.name))]
	bench = find_bench()
	if not bench and (without := [row for row in rows if row.fault.needs_site]):
		say.step(f"{len(without)} faults are not tried: they need a site, and there is no bench")
		rows = [row for row in rows if row not in without]
	with Copy(
		(bench.ours if bench else python.cache()) / f"sabotage-{short_hash(CHECKOUT)}"
	).in_use() as copy:
		for some in ([row for row in rows if row.fault.needs_site is kind] for kind in (False, True)):
			if some:
				try_out(copy, some)
	return conclude(rows, time.monotonic() - begin)


def try_out(copy: Copy, rows: list[Row]) -> None:
	"""Try faults one after the other: those with a site, or those without."""
	site = rows[0].fault.needs_site
	name = "site" if site else "unit"
	tests = [test for row in rows for test in row.fault.tests]
	with say.timed(
		f"{len(rows)} faults {'on' if site else 'without'} a site; first their tests without a fault"
	):
		whole = copy.test(f"{name}-before", tests, "--reuse", patience=LONG_PATIENCE)
	if not (whole.passed or whole.failed):
		say.note(f"none of them ran. The end of {whole.log}:\n{say.tail(whole.log)}")
	for row in rows:
		blame(row, whole)
	for row in rows:
		if row.result:
			continue
		say.step(f"{row.fault.name}: {row.fault.says}")
		begin = time.monotonic()
		with copy.broken_by(row.fault) as applied:
			if applied:
				outcome = copy.test(row.fault.name, row.fault.tests, "--reuse", "-x")
				row.result, row.why = outcome.verdict()
			else:
				row.result, row.why = BROKEN, "the patch does not apply any more"
		row.seconds = time.monotonic() - begin
		say.note(f"{row.result}: {row.why} ({row.seconds:.0f} s)")


def blame(row: Row, whole: Outcome) -> None:
	"""A test that fails anyway proves nothing."""
	for test in row.fault.tests:
		if why := whole.lacking(test):
			row.result, row.why = BROKEN, f"{test} does not pass without the fault: {why}"
			return


def conclude(rows: list[Row], seconds: float) -> int:
	"""The table, and the exit code."""
	width = max((len(row.fault.name) for row in rows), default=0)
	print(f"\n{'fault':<{width}}  {'result':<8}  {'s':>4}  test", flush=True)
	for row in rows:
		print(f"{row.fault.name:<{width}}  {row.result:<8}  {row.seconds:>4.0f}  {row.why}", flush=True)
	counts = {result: sum(row.result == result for row in rows) for result in (CAUGHT, SURVIVED, BROKEN)}
	told = ", ".join(f"{number} {result}" for result, number in counts.items() if number)
	print(f"{told} · {seconds:.0f} s", flush=True)
	return 0 if counts[CAUGHT] == len(rows) else 1
