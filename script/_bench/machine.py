"""Programs and libraries that this machine needs, and the Debian packages that bring them.

What is missing is named; when we are root and there is an apt-get, it is installed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import say

SBIN = "/usr/sbin:/usr/local/sbin:/sbin"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program(*names: str) -> str | None:
	"""The path of the first of these programs that is there, also where only root looks."""
	for name in names:
		if found := shutil.which(name) or shutil.which(name, path=SBIN):
			return found
	return None


def library(name: str) -> bool:
	try:
		ctypes.CDLL(name)
	except OSError:
		return False
	return True


def _header(name: str) -> bool:
	return any(Path("/usr/include").glob(f"m*/{name}"))


def _certificates() -> bool:
	return any(any(Path(folder).glob("*")) for folder in ("/etc/ssl/certs", "/etc/pki/tls/certs"))


@dataclass(frozen=True)
class Need:
	"""Something from outside Python. `packages`: Debian packages that bring it, best first."""

	what: str
	group: str
	packages: tuple[str, ...]
	there: Callable[[], object]
	optional: bool = False


def _programs(*names: str) -> Callable[[], object]:
	return lambda: program(*names)


NEEDS = (
	# A server without the package that would start a system service where there is such a package.
	Need(
		"MariaDB server", "site", ("mariadb-server-core", "mariadb-server"), _programs("mariadbd", "mysqld")
	),
	Need(
		"MariaDB data folder maker",
		"site",
		("mariadb-server-core", "mariadb-server"),
		_programs("mariadb-install-db", "mysql_install_db"),
	),
	Need("MariaDB client", "site", ("mariadb-client-core", "mariadb-client"), _programs("mariadb", "mysql")),
	Need("MariaDB dump", "site", ("mariadb-client",), _programs("mariadb-dump", "mysqldump")),
	Need("Redis", "site", ("redis-server",), _programs("redis-server")),
	Need("Pango", "site", ("libpango-1.0-0",), lambda: library("libpango-1.0.so.0"), optional=True),
	Need("PangoFT2", "site", ("libpangoft2-1.0-0",), lambda: library("libpangoft2-1.0.so.0"), optional=True),
	Need(
		"HarfBuzz subset",
		"site",
		("libharfbuzz-subset0", "libharfbuzz0b"),
		lambda: library("libharfbuzz-subset.so.0"),
		optional=True,
	),
	Need("pdftotext", "site", ("poppler-utils",), _programs("pdftotext"), optional=True),
	Need("wkhtmltopdf", "site", ("wkhtmltopdf",), _programs("wkhtmltopdf"), optional=True),
	Need("Chromium", "browser", ("chromium", "chromium-browser"), _programs(*BROWSERS)),
	Need("ChromeDriver", "browser", ("chromium-driver", "chromium-chromedriver"), _programs("chromedriver")),
	Need("git", "git", ("git",), _programs("git")),
	# Only recommended by git, which believes no address of https without them.
	Need("certificates", "git", ("ca-certificates",), _certificates, optional=True),
	Need("C compiler", "bench", ("gcc",), _programs("gcc", "cc")),
	Need("pkg-config", "bench", ("pkg-config",), _programs("pkg-config"), optional=True),
	# Frappe 16 compiles its database driver against these.
	Need("headers of MariaDB", "bench", ("libmariadb-dev",), lambda: _header("mysql.h"), optional=True),
	Need("cron", "bench", ("cron",), _programs("crontab"), optional=True),
)


def missing(*groups: str) -> list[Need]:
	return [need for need in NEEDS if need.group in groups and not need.there()]


def provide(*groups: str) -> list[Need]:
	"""Sees to it that the needs of these groups are there; returns those that must be and are not."""
	lacking = missing(*groups)
	if not lacking:
		return []
	if not may_install():
		say.step(f"missing on this machine: {', '.join(need.what for need in lacking)}")
		say.note(f"as root: {_line(need.packages for need in lacking)}")
		return [need for need in lacking if not need.optional]
	install(*(need.packages for need in lacking))
	lacking = missing(*groups)
	for need in lacking:
		say.note(f"still missing: {need.what}")
	return [need for need in lacking if not need.optional]


def may_install() -> bool:
	"""Whether packages of the distribution can be installed by this script: by root, with apt-get."""
	return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def install(*wanted: tuple[str, ...]) -> None:
	"""Installs packages of the distribution: of each tuple the first that it has."""
	with say.timed(_line(wanted)):
		_update()
		known = [next(filter(_known, packages), None) for packages in wanted]
		if packages := dict.fromkeys(package for package in known if package):
			_apt_get("install", "--yes", "--no-install-recommends", *packages)


def _line(wanted: Iterable[tuple[str, ...]]) -> str:
	"""What a person would type."""
	return f"apt-get install {' '.join(dict.fromkeys(packages[0] for packages in wanted))}"


@cache
def _update() -> None:
	"""Once in a run is enough."""
	_apt_get("update")


def _known(package: str) -> bool:
	command = ["apt-cache", "policy", package]
	english = {**os.environ, "LC_ALL": "C"}
	found = subprocess.run(command, capture_output=True, text=True, env=english)
	return "Candidate:" in found.stdout and "Candidate: (none)" not in found.stdout


def _apt_get(*arguments: str) -> None:
	# RUNLEVEL=1: a package that brings a service must not start it here.
	result = subprocess.run(
		["apt-get", "--quiet", *arguments],
		stdin=subprocess.DEVNULL,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
		env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
	)
	if result.returncode:
		say.note("apt-get " + arguments[0] + " failed:")
		for line in result.stdout.rstrip().splitlines()[-10:]:
			say.note(line)
