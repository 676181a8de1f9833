"""Looks into a file without opening it here: a child process does, and whatever becomes of it is an answer.

The caller needs the file's size and a few hundred kilobytes of memory, however large the file unpacks.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from p2ham.engine.personal_data import NOBODY, Finding, Offices
from p2ham.evidence.refusals import TOO_MUCH, UNREADABLE

MEGABYTE = 1024 * 1024
GRACE = 60  # seconds beside the budget: starting, checking, decoding a large photo on a busy server
MAX_ANSWER = 210 * MEGABYTE  # a photo without metadata is never larger than it was, and files are smaller
MAX_LINE = MEGABYTE  # 200 findings are 30 kB
MAX_NAME = 300  # characters of the name that are searched; longer ones are refused anyway
CHUNK = 256 * 1024
# Deaths by a limit the process set itself. The kernel's own killer (SIGKILL) comes for memory as well.
KILLED_BY_LIMITS = frozenset(
	-number for number in (signal.SIGKILL, signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT)
)


@dataclass(frozen=True)
class Report:
	"""What a file is. `refused` is None or has a `code` of refusals.py and the numbers for its message.

	`kind` is pdf, image, sheet, document or other; `taken_on` ISO text; `cleaned` a photo without its metadata, None
	if there was nothing to remove; `text` "found", "none" (a scan) or None (no text looked for). `left_out` counts
	findings beyond those listed, `partial` says that the time did not suffice for the whole file.
	"""

	kind: str = "other"
	refused: dict | None = None
	pages: int = 0
	width: int = 0
	height: int = 0
	taken_on: str | None = None
	cleaned: bytes | None = None
	text: str | None = None
	findings: tuple[Finding, ...] = ()
	left_out: int = 0
	partial: bool = False
	unreadable_pages: int = 0


def inspect(
	file_name: str,
	content: bytes | Path,
	offices: Offices = NOBODY,
	budget: float = 20,
	scan: bool = True,
) -> Report:
	"""Return what a file is: checked, cleaned if it is a photo, and searched for personal data with `scan`.

	`budget` are the seconds the search may take. Never raises because of the file; raises OSError if the path
	cannot be opened.
	"""
	request = {
		"file_name": file_name[-MAX_NAME:],
		"scan": scan,
		"budget": budget,
		"offices": {
			"phones": sorted(offices.phones),
			"emails": sorted(offices.emails),
			"domains": sorted(offices.domains),
		},
	}
	if isinstance(content, bytes):
		status, answer = _run(request, None, content, budget + GRACE)
	else:
		with open(content, "rb") as file:
			status, answer = _run(request, file, b"", budget + GRACE)
	return _report(status, answer)


def _run(request: dict, file: BinaryIO | None, content: bytes, seconds: float) -> tuple[int, bytes]:
	"""Return the exit status and the answer of a reader that has read a file, or `content` through a pipe."""
	try:
		process = subprocess.Popen(
			[sys.executable, "-m", "p2ham.evidence.reader", json.dumps(request)],
			stdin=file or subprocess.PIPE,
			stdout=subprocess.PIPE,
			stderr=subprocess.DEVNULL,
			cwd="/",
			env=_environment(),
			start_new_session=True,  # killed with all that it may have started
		)
	except OSError:  # no Python, no memory for another process, a request that is too long
		return 1, b""
	clock = threading.Timer(seconds, _kill, [process])
	clock.daemon = True
	clock.start()
	try:
		if not file:
			threading.Thread(target=_feed, args=(process.stdin, content), daemon=True).start()
		answer = _read(process.stdout)
	finally:
		clock.cancel()
		clock.join()
		_kill(process)
		status = process.wait()
		process.stdout.close()
	return status, answer


def _environment() -> dict[str, str]:
	"""Return what the reader needs of the environment: the way to the packages, and none of the site's secrets."""
	paths = os.pathsep.join(os.path.abspath(path) for path in sys.path)
	found = {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath}
	# Compiled modules lie where this process keeps them; compiling pypdf anew takes most of the time.
	return {**found, "PYTHONPYCACHEPREFIX": sys.pycache_prefix} if sys.pycache_prefix else found


def _feed(pipe: BinaryIO, content: bytes) -> None:
	# The reader may be dead before it has read everything.
	with contextlib.suppress(OSError), pipe:
		pipe.write(content)


def _read(pipe: BinaryIO) -> bytes:
	answer = bytearray()
	while chunk := pipe.read1(CHUNK):
		answer += chunk
		if len(answer) > MAX_ANSWER:
			return b""
	return bytes(answer)


def _kill(process: subprocess.Popen) -> None:
	"""Kill the process and what it may have started. It must not have been waited for: until then its number
	belongs to nobody else. What it ended with by itself stays its status."""
	with contextlib.suppress(ProcessLookupError, PermissionError):
		os.killpg(process.pid, signal.SIGKILL)


def _report(status: int, answer: bytes) -> Report:
	line, newline, rest = answer.partition(b"\n")
	if newline and len(line) <= MAX_LINE:
		with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
			said = json.loads(line)
			said["findings"] = tuple(Finding(**finding) for finding in said["findings"])
			said["cleaned"] = rest if said["cleaned"] else None
			return Report(**said)
	return Report(refused={"code": TOO_MUCH if status in KILLED_BY_LIMITS else UNREADABLE})
