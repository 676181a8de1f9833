"""How much memory this process and all that it has started take together, at the most."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PAUSE = 3  # seconds between two looks


class Peak:
	"""`bytes`: the largest sum seen; 0 where the system does not tell."""

	def __init__(self):
		self.bytes = 0
		self._end = threading.Event()

	def watch(self) -> None:
		while not self._end.wait(PAUSE):
			self.bytes = max(self.bytes, together(os.getpid()))

	def end(self) -> None:
		self._end.set()


@contextmanager
def watched() -> Iterator[Peak]:
	peak = Peak()
	thread = threading.Thread(target=peak.watch, daemon=True)
	thread.start()
	try:
		yield peak
	finally:
		peak.end()
		thread.join(PAUSE * 2)


def together(root: int) -> int:
	"""Return the bytes that a process and its descendants take. What several share is counted once."""
	children = defaultdict(list)
	for folder in Path("/proc").glob("[0-9]*"):
		with suppress(OSError, IndexError, ValueError):
			parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
			children[parent].append(int(folder.name))
	found, waiting = 0, [root]
	while waiting:
		process = waiting.pop()
		waiting += children[process]
		with suppress(OSError, IndexError, ValueError):
			lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
			found += next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
	return found
