"""A bench of our own inside the bench.

<bench>/.p2ham/<kind>-<checkout>/ is laid out like a bench: its Frappe and its Python are the bench's (by
symlink), its app is this checkout, its sites, settings, logs, assets and databases are its own. So the
bench itself - its sites, apps.txt, settings and environment - stays as it is, and two checkouts, or tests
and a server, do not meet.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import time
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from . import nodejs, python, say
from .bench import CHECKOUT, Bench, short_hash
from .say import Problem
from .services import Database, Services, die_with_parent, running_database, start_mariadb, start_redis

APP = CHECKOUT / "p2ham"


class Workbench:
	"""`kind`: "test", "server", "benchmark" or "screenshots", as the script that uses it."""

	def __init__(self, bench: Bench, kind: str, extras: tuple[str, ...] = ()):
		self.bench, self.kind = bench, kind
		self.root = bench.ours / f"{kind}-{short_hash(CHECKOUT)}"
		self.sites, self.logs = self.root / "sites", self.root / "logs"
		self.extras = extras
		self.services = Services(self.root)
		self.database: Database | None = None

	# --- Life --------------------------------------------------------------------------------------

	@contextmanager
	def in_use(self):
		"""Holds the workbench for this process alone; in the end everything started in it is stopped."""
		self.bench.ours.mkdir(parents=True, exist_ok=True, mode=0o700)
		self.root.mkdir(exist_ok=True)
		with (self.root / "lock").open("a+") as lock:
			self._take(lock)
			try:
				self.services.stop_leftovers()
				self._lay_out()
				yield self
			finally:
				self.services.stop()

	def _take(self, lock) -> None:
		try:
			fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			lock.seek(0)
			other = lock.read().strip()
			if self.kind == "server":
				raise Problem(f"script/server is running for this checkout already: {other}") from None
			say.step(f"another script/{self.kind} of this checkout is running ({other}); waiting for its end")
			fcntl.flock(lock, fcntl.LOCK_EX)
		self.lock = lock
		self.tell_others(f"process {os.getpid()}")

	def tell_others(self, text: str) -> None:
		"""What another run reads when it finds this workbench in use."""
		self.lock.truncate(0)
		self.lock.write(text)
		self.lock.flush()

	def remove_data(self) -> None:
		"""Removes sites and databases; what is cheap to keep stays."""
		self.services.stop()
		for name in ("sites", "mariadb", "secrets"):
			shutil.rmtree(self.root / name, ignore_errors=True)

	# --- Layout ------------------------------------------------------------------------------------

	def _lay_out(self) -> None:
		self._lay_out_folders()
		self._lay_out_assets()
		self._check_imports()

	def _lay_out_folders(self) -> None:
		for folder in ("apps", "sites", "config", "logs"):
			(self.root / folder).mkdir(parents=True, exist_ok=True)
		_link(self.root / "apps" / "frappe", self.bench.frappe)
		_link(self.root / "apps" / "p2ham", CHECKOUT)
		_link(self.root / "env", self.bench.root / "env")
		(self.sites / "apps.txt").write_text("frappe\np2ham\n")
		for log in self.logs.glob("*.log"):
			log.unlink()

	def _lay_out_assets(self) -> None:
		"""The bench's built assets by symlink, and beside them those of the app.

		assets.json and the compiled translations get entries of the app, so these are copies and folders
		of our own.
		"""
		theirs, ours = self.bench.root / "sites" / "assets", self.sites / "assets"
		ours.mkdir(exist_ok=True)
		for entry in theirs.iterdir() if theirs.is_dir() else ():
			if entry.name in ("p2ham", "locale"):
				continue
			if entry.suffix == ".json":
				built = _read_json(ours / entry.name)
				own = {key: path for key, path in built.items() if path.startswith("/assets/p2ham/")}
				(ours / entry.name).write_text(json.dumps({**_read_json(entry), **own}, indent=4))
			else:
				_link(ours / entry.name, entry.resolve())
		for catalog in theirs.glob("locale/*/LC_MESSAGES/frappe.mo"):
			_link(ours / catalog.relative_to(theirs), catalog)
		for entry in (APP / "public").glob("*"):
			if entry.name != "dist":  # what is built from it goes beside it, not into the checkout
				_link(ours / "p2ham" / entry.name, entry)

	@property
	def assets_built(self) -> bool:
		"""Whether the bench has the built assets of the desk."""
		return "desk.bundle.js" in _read_json(self.bench.root / "sites" / "assets" / "assets.json")

	def _check_imports(self) -> None:
		"""The app must come from this checkout even where another p2ham is installed in the bench."""
		found = self.bench.ask(
			"import p2ham, frappe; print(p2ham.__file__); print(frappe.__file__)", env=self.environment
		).splitlines()
		if Path(found[0]).resolve().parent != APP:
			raise Problem(f"The bench's Python takes p2ham from {found[0]}, not from {CHECKOUT}.")
		if Path(found[1]).resolve().parents[1] != self.bench.frappe.resolve():
			raise Problem(f"The bench's Python takes frappe from {found[1]}, not from {self.bench.frappe}.")

	# --- Settings ----------------------------------------------------------------------------------

	def configure(self, **settings) -> None:
		"""Adds to sites/common_site_config.json; None takes a setting away."""
		path = self.sites / "common_site_config.json"
		values = {**_read_json(path), **settings}
		path.write_text(
			json.dumps({k: v for k, v in values.items() if v is not None}, indent=1, sort_keys=True)
		)

	def secret(self, name: str) -> str:
		"""A random password that stays the same, in a file that only its owner reads."""
		path = self.root / "secrets" / name
		if not path.exists():
			path.parent.mkdir(mode=0o700, exist_ok=True)
			path.touch(mode=0o600)
			path.write_text(secrets.token_hex(12))
		return path.read_text()

	# --- Running Frappe ----------------------------------------------------------------------------

	@cached_property
	def packages(self) -> Path | None:
		return python.packages_beside(self.bench, *self.extras)

	@cached_property
	def node_folders(self) -> list[str]:
		"""What goes first in PATH for a Node.js that this Frappe runs on; where none can be brought, what the machine
		has is tried."""
		try:
			return nodejs.provide(self.bench.oldest_node)
		except Problem as problem:
			say.note(str(problem))
			return []

	@property
	def node(self) -> str | None:
		return nodejs.found(self.node_folders)

	@cached_property
	def environment(self) -> dict[str, str]:
		kept = {k: v for k, v in os.environ.items() if not k.startswith(("FRAPPE_", "PYTHON", "VIRTUAL_ENV"))}
		programs = [str(self.bench.root / "env" / "bin"), *self.node_folders, os.environ.get("PATH", "")]
		return {
			**kept,
			**python.environment(self.root, self.packages),
			"FRAPPE_BENCH_ROOT": str(self.root),
			"SITES_PATH": str(self.sites),
			"PATH": os.pathsep.join(programs),
			"PYTHONUNBUFFERED": "1",
			"PYTHONPYCACHEPREFIX": str(self.bench.ours / "pycache"),  # no files of ours among the bench's
			"GIT_CEILING_DIRECTORIES": str(self.root),
		}

	def frappe_command(self, site: str | None, *arguments: str) -> list[str]:
		"""What `bench --site SITE ...` runs, without the bench command (which refuses root)."""
		which = ["--site", site] if site else []
		return [str(self.bench.python), "-m", "frappe.utils.bench_helper", "frappe", *which, *arguments]

	def frappe(self, site: str | None, *arguments: str, show: bool = False) -> str:
		return self.run(self.frappe_command(site, *arguments), arguments[0], show=show)

	def run(self, command: list[str], name: str, *, show: bool = False, **options) -> str:
		"""Runs a command in sites/, its output in logs/NAME.log; if it fails that is shown."""
		log = self.logs / f"{name}.log"
		options = {"cwd": self.sites, "env": self.environment, **options}
		show = show or say.VERBOSE
		with log.open("wb") as output:
			process = subprocess.Popen(
				command,
				stdin=subprocess.DEVNULL,
				stdout=None if show else output,
				stderr=None if show else subprocess.STDOUT,
				preexec_fn=die_with_parent,
				**options,
			)
			try:
				code = process.wait()
			except BaseException:
				process.terminate()
				process.wait()
				raise
		if code:
			shown = "" if show else f" The end of {log}:\n{say.tail(log)}"
			raise Problem(f"{name} failed (exit code {code}).{shown}")
		return log.read_text(errors="replace")

	# --- Services ----------------------------------------------------------------------------------

	def start_services(self, anew: bool = False) -> None:
		"""The database server (the bench's if it may be used, else a private one) and two Redis; `anew` throws away
		what the private one holds."""
		begin, private = time.monotonic(), self.root / "mariadb"
		if anew and private.exists():
			say.step("what was kept is thrown away")
			shutil.rmtree(private)
		# Once a site has its data in a private server it stays there.
		self.database = None if private.exists() else running_database(self.bench.conf)
		if not self.database:
			self.database = start_mariadb(
				self.services, private, self.logs, self.secret, durable=self.kind == "server"
			)
		self.start_redis()
		whose = "started, private" if self.database.private else "of the bench"
		say.step(
			f"MariaDB {self.database.version.split('-')[0]} ({whose}), Redis ({time.monotonic() - begin:.0f} s)"
		)

	def start_redis(self) -> None:
		"""Start the two Redis and write down where they and the database are."""
		cache = start_redis(self.services, "redis-cache", self.logs)
		queue = start_redis(self.services, "redis-queue", self.logs)
		self.configure(
			db_host=self.database.host,
			db_port=self.database.port,
			redis_cache=cache,
			redis_queue=queue,
			redis_socketio=queue,
		)

	def attend(self, command: list, variables: dict | None = None) -> int:
		"""Run a command in the folder of the sites, which writes to our terminal; return its exit code."""
		process = subprocess.Popen(
			command,
			cwd=self.sites,
			env={**self.environment, **(variables or {})},
			stdin=subprocess.DEVNULL,
			preexec_fn=die_with_parent,
		)
		try:
			return process.wait()
		except BaseException:
			process.terminate()
			process.wait()
			raise

	# --- What is made from the app's files ---------------------------------------------------------

	def build_app(self) -> None:
		"""Compiles the app's translations and bundles, where they changed. Not `bench build`, which builds and links into the
		folder of the bench itself."""
		self._once("translations", APP.glob("locale/*.po"), self._compile_translations)
		sources = [p for p in APP.glob("public/**/*") if p.is_file() and "dist" not in p.parts]
		of_frappe = self.bench.root.glob("sites/assets/assets.json")  # none where its assets are not built
		self._once("bundles", [*sources, *of_frappe], self._build_bundles)

	def _compile_translations(self) -> None:
		self.frappe(None, "compile-po-to-mo", "--app", "p2ham", "--force")

	def _build_bundles(self) -> None:
		if not self.node:
			raise Problem("Node.js is missing: the app's assets cannot be built.")
		# In the folder of the apps, as Frappe's builder writes each style to a temporary path that is reckoned from there:
		# from elsewhere those of both directions of writing are one file.
		build = [self.node, str(self.bench.frappe / "esbuild"), "--production", "--apps", "p2ham"]
		self.run(build, "esbuild", cwd=self.root / "apps")

	def _once(self, name: str, sources, make) -> None:
		mark, now = self.sites / f".{name}", fingerprint(sources, self.bench.frappe_version)
		if not mark.exists() or mark.read_text() != now:
			make()
			mark.write_text(now)


class Lane(Workbench):
	"""Where one of several test processes works: laid out like a workbench, with sites, settings, logs and Redis of its
	own. The database server, the passwords and what is built are those of the workbench it belongs to."""

	def __init__(self, workbench: Workbench, number: int):
		super().__init__(workbench.bench, workbench.kind, workbench.extras)
		self.number = number
		self.root = workbench.root / f"lane-{number}"
		self.sites, self.logs = self.root / "sites", self.root / "logs"
		self.services, self.database = workbench.services, workbench.database
		self.workbench = workbench
		self._lay_out_folders()
		_link(self.sites / "assets", workbench.sites / "assets")

	def secret(self, name: str) -> str:
		return self.workbench.secret(name)


def fingerprint(files, *more: object) -> str:
	"""A hash of the names and contents of these files."""
	digest = hashlib.sha256("\n".join(map(str, more)).encode())
	for path in sorted(files):
		digest.update(str(path).encode())
		digest.update(path.read_bytes())
	return digest.hexdigest()


def _link(link: Path, target: Path) -> None:
	"""Makes a symlink, or makes it right."""
	if link.is_symlink():
		if Path(os.readlink(link)) == target:
			return
		link.unlink()
	elif link.exists():
		shutil.rmtree(link) if link.is_dir() else link.unlink()
	link.parent.mkdir(parents=True, exist_ok=True)
	link.symlink_to(target)


def _read_json(path: Path) -> dict:
	try:
		return json.loads(path.read_text())
	except (OSError, ValueError):
		return {}
