"""What every script does around its work."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

from . import say
from .say import Problem


def run(script: str, work: Callable[[], int]) -> int:
	"""Do the work and return the exit code. A Problem is told in one sentence; who is asked to end, by a signal or
	Ctrl-C, leaves nothing behind, because every `finally` on the way is gone through."""
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
	signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
	try:
		return work()
	except Problem as problem:
		say.complain(f"{script}: {problem}")
		return 1
	except KeyboardInterrupt:
		return 130
