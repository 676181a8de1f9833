"""A machine that a test makes up: an empty home, and a PATH on which there is nothing but what the test puts there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from _bench import machine

REAL = os.environ.get("PATH", "")


class FakeMachine:
	"""Its programs are small shell scripts that write down how they were called; `calls` tells it."""

	def __init__(self, folder: Path, monkeypatch):
		self.folder, self.monkeypatch = folder, monkeypatch
		self.programs, self.home, self.log = folder / "programs", folder / "home", folder / "calls"
		self.programs.mkdir()
		self.home.mkdir()
		for name in [name for name in os.environ if name.startswith(("P2HAM_", "GIT_", "UV_", "XDG_"))]:
			monkeypatch.delenv(name)
		monkeypatch.setenv("HOME", str(self.home))
		monkeypatch.setenv("PATH", str(self.programs))
		monkeypatch.setenv("P2HAM_BENCH", str(self.bench))
		monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
		monkeypatch.setattr(machine, "SBIN", str(self.programs))
		machine._update.cache_clear()
		self.belongs_to_root(False)

	@property
	def bench(self) -> Path:
		"""Where a bench is or will be."""
		return self.folder / "bench"

	def belongs_to_root(self, root: bool = True) -> None:
		"""Whether the scripts run as root; nobody else may install packages."""
		self.monkeypatch.setattr(os, "geteuid", lambda: 0 if root else 1000)

	def has(self, name: str, script: str = "") -> str:
		"""Puts a program on PATH; its path. The script finds the usual commands."""
		path = self.programs / name
		path.write_text(
			f'#!/bin/sh\nPATH=$PATH:/usr/bin:/bin\necho "{name} $*" >> "{self.log}"\nhere="{self.folder}"\n{script}\n'
		)
		path.chmod(0o755)
		return str(path)

	def has_really(self, name: str) -> None:
		"""Puts a program of the real machine on PATH; where that has none the test is skipped."""
		if not (found := shutil.which(name, path=f"{REAL}:/usr/local/bin:/usr/bin:/bin")):
			pytest.skip(f"this machine has no {name}")
		(self.programs / name).symlink_to(found)

	def has_packages(self, *packages: str, that: str = "") -> None:
		"""Is a Debian that offers these packages; installing one does `that`."""
		offered = "|".join(packages)
		self.has(
			"apt-cache", f'case "$2" in {offered}) echo "Candidate: 1";; *) echo "Candidate: (none)";; esac'
		)
		self.has("apt-get", f'case "$*" in *" install "*) {that or ":"};; esac')

	@property
	def calls(self) -> list[str]:
		return self.log.read_text().splitlines() if self.log.exists() else []

	def called(self, *beginnings: str) -> list[str]:
		"""The calls that begin so."""
		return [call for call in self.calls if call.startswith(beginnings)]
