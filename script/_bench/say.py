"""What the scripts tell the person who runs them."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

VERBOSE = bool(os.environ.get("P2HAM_VERBOSE"))


class Problem(Exception):
	"""Something a person has to know or do. Told as it stands, without a traceback."""


def step(text: str) -> None:
	print(f"==> {text}", flush=True)


def note(text: str) -> None:
	print(f"    {text}", flush=True)


def complain(text: str) -> None:
	print(text, file=sys.stderr, flush=True)


@contextmanager
def timed(text: str):
	"""Says what begins, and how long it took if that was more than a moment."""
	step(text)
	begin = time.monotonic()
	yield
	seconds = time.monotonic() - begin
	if seconds >= 2:
		note(f"{seconds:.0f} s")


def tail(log: Path, lines: int = 40) -> str:
	"""The last lines of a log file, for the message of a Problem; of a progress bar only its end."""
	try:
		text = log.read_bytes().decode(errors="replace")
	except OSError:
		return "(no log)"
	shown = [line.rpartition("\r")[2] for line in text.replace("\r\n", "\n").rstrip().split("\n")]
	return "\n".join(shown[-lines:])
