"""MariaDB, Redis and other processes: start them, wait for them, stop them.

What is started here ends with the script that started it, also when that script fails, is interrupted
or is killed: on Linux the kernel ends the children of a killed parent, and what should still be left
is found in services.json by the next run.
"""

from __future__ import annotations

import ctypes
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import say
from .machine import program
from .say import Problem

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None
_PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> None:
	"""For subprocess's preexec_fn: the child gets this signal when its parent is gone."""
	if _libc:
		_libc.prctl(_PR_SET_PDEATHSIG, number)


LOOPBACK = "127.0.0.1"
EVERY_ADDRESS = ("0.0.0.0", "::")


def free_port(wanted: int | None = None, host: str = LOOPBACK) -> int:
	"""A port of an address of this machine that nobody listens on: the wanted one or the next ones, else any."""
	candidates = range(wanted, wanted + 50) if wanted else ()
	for port in (*candidates, 0):
		with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as sock:
			sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			try:
				sock.bind((host, port))
			except OSError:
				continue
			return sock.getsockname()[1]
	raise Problem(f"No free port on {host}, or no address of this machine.")


def is_loopback(host: str) -> bool:
	"""Whether only this machine reaches an address."""
	if host == "localhost":
		return True
	try:
		return ipaddress.ip_address(host).is_loopback
	except ValueError:
		return False


def in_address(host: str) -> str:
	"""A host as it stands before the port in an address."""
	return f"[{host}]" if ":" in host else host


def answers(host: str, port: int, seconds: float = 1) -> bool:
	"""Whether something listens there."""
	try:
		with socket.create_connection((host, port), timeout=seconds):
			return True
	except OSError:
		return False


def _birth(pid: int) -> str | None:
	"""When a process began, so that a number used anew is not taken for the old process."""
	try:
		return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
	except (OSError, IndexError):
		pass
	if Path("/proc/self").exists():
		return None
	found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
	return found.stdout.strip() or None


@dataclass
class Services:
	"""The processes of one workbench."""

	folder: Path
	running: list[tuple[str, subprocess.Popen]] = field(default_factory=list)
	litter: list[Path] = field(default_factory=list)  # temporary folders, removed in the end

	@property
	def record(self) -> Path:
		return self.folder / "services.json"

	def start(self, name: str, command: list[str], log: Path, **options) -> subprocess.Popen:
		"""Starts a process in a group of its own, so that Ctrl-C reaches only the script."""
		log.parent.mkdir(parents=True, exist_ok=True)
		with log.open("ab") as output:
			process = subprocess.Popen(
				command,
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				start_new_session=True,
				preexec_fn=die_with_parent,
				**options,
			)
		self.running.append((name, process))
		self._write_record()
		return process

	def stop(self) -> None:
		"""Stops all in reverse order, gently first."""
		for _, process in reversed(self.running):
			end(process.pid, process.poll, process.wait)
		self.running.clear()
		for folder in self.litter:
			shutil.rmtree(folder, ignore_errors=True)
		self.record.unlink(missing_ok=True)

	def stop_leftovers(self) -> None:
		"""Stops what an earlier run that was killed may have left."""
		try:
			left = json.loads(self.record.read_text())
		except (OSError, ValueError):
			left = []
		for entry in reversed(left):
			pid, birth = entry["pid"], entry["birth"]
			if birth and _birth(pid) == birth:
				say.note(f"stopping {entry['name']} left by a run that was killed")
				end(pid, lambda pid=pid, birth=birth: None if _birth(pid) == birth else 0)
		self.record.unlink(missing_ok=True)

	def dead(self) -> str | None:
		"""The name of a process that has ended by itself, if one has."""
		return next((name for name, process in self.running if process.poll() is not None), None)

	def _write_record(self) -> None:
		entries = [{"name": name, "pid": p.pid, "birth": _birth(p.pid)} for name, p in self.running]
		self.record.write_text(json.dumps(entries))


def end(pid: int, poll: Callable, wait: Callable | None = None, patience: float = 30) -> None:
	"""Ends a process and its group: SIGTERM, and SIGKILL for what does not listen."""
	with suppress(ProcessLookupError):
		os.kill(pid, signal.SIGTERM)
	deadline = time.monotonic() + patience
	while poll() is None and time.monotonic() < deadline:
		time.sleep(0.05)
	with suppress(ProcessLookupError):
		os.killpg(pid, signal.SIGKILL)
	if wait:
		wait()


def wait_until(
	ready: Callable[[], bool], process: subprocess.Popen, log: Path, what: str, seconds: float = 60
):
	"""Waits until ready() is true; a process that ended or takes too long is a Problem."""
	deadline = time.monotonic() + seconds
	while not ready():
		if process.poll() is not None:
			raise Problem(f"{what} did not start. The end of {log}:\n{say.tail(log)}")
		if time.monotonic() > deadline:
			raise Problem(f"{what} does not answer after {seconds:.0f} s. The end of {log}:\n{say.tail(log)}")
		time.sleep(0.1)


# --- Redis -------------------------------------------------------------------------------------------


def start_redis(services: Services, name: str, logs: Path) -> str:
	"""Starts a Redis that keeps nothing, on a free port, and returns its address.

	Never the bench's own Redis: some of Frappe's cache keys are the same for all sites of a Redis.
	"""
	port, log = free_port(), logs / f"{name}.log"
	command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1"]
	process = services.start(name, [*command, "--save", "", "--appendonly", "no", "--dir", str(logs)], log)
	wait_until(lambda: answers("127.0.0.1", port), process, log, "Redis", 30)
	return f"redis://127.0.0.1:{port}"


# --- MariaDB -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Database:
	"""A MariaDB server that we may make databases on."""

	host: str
	port: int
	user: str
	password: str
	socket: str | None
	private: bool
	version: str = ""

	def run(self, statements: str) -> str:
		"""Runs SQL as the server's root user and returns what it prints."""
		result = self.try_run(statements)
		if result.returncode:
			raise Problem(f"MariaDB refused: {result.stderr.strip()}")
		return result.stdout.strip()

	def try_run(self, statements: str) -> subprocess.CompletedProcess:
		options = ["--batch", "--skip-column-names"]
		return self._call(
			("mariadb", "mysql"), *options, input=statements, capture_output=True, text=True, timeout=120
		)

	def create(self, name: str, password: str) -> None:
		"""Make a database anew, empty, with a user of its name who may do everything in it."""
		self.drop(name)
		statements = [f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"]
		for host in ("localhost", "%"):
			statements += [
				f"CREATE USER '{name}'@'{host}' IDENTIFIED BY '{password}';",
				f"GRANT ALL PRIVILEGES ON `{name}`.* TO '{name}'@'{host}';",
			]
		self.run("\n".join(statements))

	def drop(self, name: str) -> None:
		"""Take a database away, with its user."""
		users = "".join(f"DROP USER IF EXISTS '{name}'@'{host}';" for host in ("localhost", "%"))
		self.run(f"DROP DATABASE IF EXISTS `{name}`;{users}")

	def dump(self, name: str, into: Path) -> None:
		"""Write a database to a file of SQL."""
		with into.open("wb") as file:
			options = ["--single-transaction", "--skip-dump-date", "--skip-comments", name]
			done = self._call(("mariadb-dump", "mysqldump"), *options, stdout=file, stderr=subprocess.PIPE)
		if done.returncode:
			raise Problem(f"MariaDB could not be dumped: {done.stderr.decode(errors='replace').strip()}")

	def load(self, dump: Path, name: str) -> None:
		"""Read such a file into a database that is there and empty."""
		with dump.open("rb") as file:
			done = self._call(("mariadb", "mysql"), name, stdin=file, capture_output=True)
		if done.returncode:
			raise Problem(f"MariaDB could not read {dump}: {done.stderr.decode(errors='replace').strip()}")

	def _call(self, names: tuple[str, ...], *arguments: str, **options) -> subprocess.CompletedProcess:
		where = [f"--socket={self.socket}"] if self.socket else [f"--host={self.host}", f"--port={self.port}"]
		command = [_needed(*names), "--no-defaults", *where, f"--user={self.user}", *arguments]
		return subprocess.run(command, env={**os.environ, "MYSQL_PWD": self.password}, **options)


def running_database(conf: dict) -> Database | None:
	"""The database server of a bench, if it answers, is a MariaDB that Frappe supports, and lets us in
	as its root user. `conf` is the bench's common_site_config.json."""
	if os.environ.get("P2HAM_PRIVATE_DB") or conf.get("db_type", "mariadb") != "mariadb":
		return None
	host, port = conf.get("db_host") or "127.0.0.1", int(conf.get("db_port") or 3306)
	passwords = [os.environ.get("P2HAM_DB_ROOT_PASSWORD"), conf.get("root_password"), ""]
	sockets = [None]
	if host in ("127.0.0.1", "localhost"):
		usual = ("/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/tmp/mysql.sock")
		sockets = [s for s in (conf.get("db_socket"), *usual) if s and Path(s).exists()][:1] + sockets
	if not answers(host, port):
		return None
	for path in sockets:
		for password in dict.fromkeys(p for p in passwords if p is not None):
			database = Database(host, port, conf.get("root_login") or "root", password, path, private=False)
			try:
				result = database.try_run("SELECT VERSION(), @@port; SHOW GRANTS;")
			except (Problem, subprocess.TimeoutExpired):
				return None
			if result.returncode or not re.search(r"ON \*\.\* .*WITH GRANT OPTION", result.stdout):
				continue
			version, its_port = result.stdout.split("\n")[0].split("\t")
			if "MariaDB" in version and _number(version) >= (10, 6) and (not path or int(its_port) == port):
				return replace(database, version=version)
	return None


def start_mariadb(services: Services, folder: Path, logs: Path, secret: Callable, durable: bool) -> Database:
	"""Starts a MariaDB of our own with its data in `folder`, on a free port of 127.0.0.1.

	`durable`: the data is to be kept, so a data folder that does not start is not thrown away.
	"""
	log = logs / "mariadb.log"
	try:
		return _start_mariadb(services, folder, log, secret, durable)
	except Problem:
		if durable or not folder.exists():
			raise
		say.note("the database of an earlier run does not start, making a new one")
		services.stop()
		shutil.rmtree(folder)
		log.unlink(missing_ok=True)
		return _start_mariadb(services, folder, log, secret, durable)


def _start_mariadb(services: Services, folder: Path, log: Path, secret: Callable, durable: bool) -> Database:
	as_root = ["--user=root"] if os.geteuid() == 0 else []
	if not (folder / "complete").exists():
		_make_data_folder(folder, log, as_root)

	password = secret("mariadb-root")
	first = folder / "first.sql"
	first.touch(mode=0o600)
	first.write_text(
		f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{password}';\n"
		"DELETE FROM mysql.global_priv WHERE User IN ('', 'root') AND Host <> 'localhost';\n"
		"FLUSH PRIVILEGES;\n"
		# Frappe's new-site comes by TCP, and names are not resolved.
		f"CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
		"GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n"
	)
	path = str(folder / "mariadb.sock")
	if len(path) > 100:  # the kernel takes 107 characters
		services.litter.append(Path(tempfile.mkdtemp(prefix="p2ham-")))
		path = str(services.litter[-1] / "mariadb.sock")
	port = free_port()
	# Not in /tmp: a server that starts removes the temporary tables of all others there.
	(folder / "tmp").mkdir(exist_ok=True)
	command = [
		_needed("mariadbd", "mysqld"),
		"--no-defaults",
		f"--datadir={folder / 'data'}",
		f"--tmpdir={folder / 'tmp'}",
		f"--socket={path}",
		f"--port={port}",
		"--bind-address=127.0.0.1",
		f"--pid-file={folder / 'mariadb.pid'}",
		f"--init-file={first}",
		"--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_unicode_ci",
		"--skip-log-bin",
		"--skip-name-resolve",
		"--performance-schema=OFF",
		"--max-allowed-packet=256M",
		"--innodb-buffer-pool-size=384M",
		"--table-open-cache=8000",
		"--table-definition-cache=8000",
		"--innodb-read-only-compressed=OFF",
		"--innodb-flush-log-at-trx-commit=2",
		*([] if durable else ["--innodb-doublewrite=0", "--debug-no-sync"]),
		*as_root,
	]
	process = services.start("MariaDB", command, log)
	database = Database("127.0.0.1", port, "root", password, path, private=True)

	def ready() -> bool:
		return Path(path).exists() and database.try_run("SELECT 1;").returncode == 0

	wait_until(ready, process, log, "MariaDB", 120)
	return replace(database, version=database.run("SELECT VERSION();"))


def _make_data_folder(folder: Path, log: Path, as_root: list[str]) -> None:
	"""Makes it anew, also where a run that was killed left half of one."""
	if folder.exists():
		shutil.rmtree(folder)
	folder.mkdir(parents=True, mode=0o700)
	log.parent.mkdir(parents=True, exist_ok=True)
	command = [
		_needed("mariadb-install-db", "mysql_install_db"),
		"--no-defaults",
		f"--datadir={folder / 'data'}",
		"--auth-root-authentication-method=normal",
		"--skip-test-db",
		*as_root,
	]
	with log.open("ab") as output:
		made = subprocess.run(
			command,
			stdin=subprocess.DEVNULL,
			stdout=output,
			stderr=subprocess.STDOUT,
			preexec_fn=die_with_parent,
		)
	if made.returncode:
		raise Problem(f"MariaDB could not make its data folder. The end of {log}:\n{say.tail(log)}")
	(folder / "complete").touch()


def _needed(*names: str) -> str:
	found = program(*names)
	if not found:
		raise Problem(f"{names[0]} is missing on this machine.")
	return found


def _number(version: str) -> tuple[int, int]:
	major, minor, *_ = version.split("-")[0].split(".")
	return int(major), int(minor)
