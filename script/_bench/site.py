"""The site on a workbench: made, kept up to date, served."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from . import say
from .bench import short_hash
from .say import Problem
from .services import EVERY_ADDRESS, LOOPBACK, free_port, in_address, wait_until
from .workbench import APP, Workbench, fingerprint

LISTEN_AT = Path(__file__).with_name("listen_at.js")
INDONESIAN = "Indonesia"  # as Frappe names the language

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Site:
	"""`part` keeps the databases of several sites of one workbench apart."""

	def __init__(self, workbench: Workbench, name: str, language: str, part: str = ""):
		self.workbench, self.name, self.language = workbench, name, language
		self.folder = workbench.sites / name
		self.database_name = f"_p2ham_{short_hash(workbench.root)}{part and f'_{part}'}"
		self.url = ""

	@property
	def mark(self) -> Path:
		"""Written when the site is whole, and then with the fingerprint of what it was made from."""
		return self.folder / "p2ham-complete"

	@property
	def exists(self) -> bool:
		return self.mark.exists()

	@property
	def admin_password(self) -> str:
		return self.workbench.secret("administrator")

	def ensure(self, anew: bool = False) -> None:
		"""Makes the site, or brings the one that is there up to date."""
		there = self._database_exists()
		if self.exists and not there and not anew and self.workbench.kind == "server":
			raise Problem(
				f"the database of {self.name} is not on the MariaDB at port {self.workbench.database.port}:"
				" start the one it was made on, or throw the site away with --fresh."
			)
		if anew or not self.exists or not there:
			self._make()
		elif self.mark.read_text() != self._fingerprint():
			with say.timed(f"migrate {self.name}: its DocTypes or setup have changed"):
				self.workbench.frappe(self.name, "migrate", "--skip-search-index")
		else:
			say.step(f"{self.name} is up to date")
		self.mark.write_text(self._fingerprint())

	def forget_fingerprint(self) -> None:
		"""Makes the next ensure() migrate."""
		if self.exists:
			self.mark.write_text("")

	def _fingerprint(self) -> str:
		"""Of what a migrate brings into the database."""
		patterns = ("**/*.json", "*.txt", "hooks.py", "setup/**/*.py", "patches/**/*.py")
		files = {path for pattern in patterns for path in APP.glob(pattern)}
		files = [path for path in files if not {"public", "node_modules"} & set(path.parts)]
		return fingerprint(files, self.workbench.bench.frappe_version)

	# --- Making ------------------------------------------------------------------------------------

	def _make(self) -> None:
		bench = self.workbench
		shutil.rmtree(self.folder, ignore_errors=True)
		name, password = self._make_database()
		with say.timed(f"new site {self.name} on Frappe {bench.bench.frappe_version}"):
			# fmt: off
			bench.frappe(
				None, "new-site", self.name, "--no-setup-db", "--db-name", name, "--db-password", password,
				"--admin-password", self.admin_password,
			)
			# fmt: on
		with say.timed("install p2ham on it"):
			bench.frappe(self.name, "install-app", "p2ham")
			inside = [str(bench.bench.python), "-m", "_bench.inside", "setup", self.name, self.language]
			bench.run(inside, "finish-setup")

	def _make_database(self) -> tuple[str, str]:
		"""Make the database anew, empty, with a user who may do everything in it; return its name and his password."""
		name, password = self.database_name, self.workbench.secret("site-database")
		self.workbench.database.create(name, password)
		return name, password

	# --- Copies ------------------------------------------------------------------------------------

	def dump(self, into: Path) -> None:
		"""Put all of the site into a folder: its database, its files and its settings."""
		shutil.rmtree(into, ignore_errors=True)
		into.mkdir()
		self.workbench.database.dump(self.database_name, into / "database.sql")
		shutil.copytree(self.folder, into / "site")

	def restore(self, dump: Path) -> None:
		"""Make this site what such a folder holds."""
		shutil.rmtree(self.folder, ignore_errors=True)
		shutil.copytree(dump / "site", self.folder)
		name, password = self._make_database()
		settings = self.folder / "site_config.json"
		values = {**json.loads(settings.read_text()), "db_name": name, "db_password": password}
		values.pop("db_user", None)  # that of the other database; Frappe takes the name of the database then
		settings.write_text(json.dumps(values, indent=1))
		self.workbench.database.load(dump / "database.sql", name)

	def _database_exists(self) -> bool:
		shown = self.workbench.database.run(f"SHOW DATABASES LIKE '{self.database_name}';")
		return bool(shown)

	def drop_database(self) -> None:
		self.workbench.database.drop(self.database_name)

	def drop(self) -> None:
		"""Takes it away again."""
		if not self.workbench.database.private:
			self.drop_database()
		self.workbench.remove_data()

	# --- Serving -----------------------------------------------------------------------------------

	def serve(
		self,
		port: int | None = None,
		*,
		scheduler: bool = False,
		reload: bool = False,
		host: str = LOOPBACK,
	) -> str:
		"""Starts web server, realtime, a background worker and perhaps the scheduler; returns the address when it
		answers. What is started listens at `host` only, the loopback unless another is named.

		Realtime is left out where there is no Node.js.
		"""
		web = self.begin_to_serve(port, scheduler=scheduler, reload=reload, host=host)
		self.wait_until_served(web)
		return self.url

	def begin_to_serve(
		self,
		port: int | None = None,
		*,
		scheduler: bool = False,
		reload: bool = False,
		host: str = LOOPBACK,
	) -> subprocess.Popen:
		"""The same without waiting; returns the web server's process."""
		bench = self.workbench
		port, realtime = free_port(port, host), free_port(9000 if port else None, host)
		self.url = f"http://{in_address(LOOPBACK if host in EVERY_ADDRESS else host)}:{port}"
		bench.configure(
			default_site=self.name,
			serve_default_site=True,
			host_name=self.url,
			webserver_port=port,
			socketio_port=realtime,
		)
		# DEV_SERVER: there is no proxy in front, so the browser finds realtime at its own port.
		environment = {**bench.environment, "DEV_SERVER": "1", "P2HAM_SITE": self.name}
		common = {"cwd": bench.sites, "env": environment}
		gunicorn = [str(bench.bench.python), "-m", "gunicorn", "_bench.wsgi:application"]
		options = [
			"--bind",
			f"{in_address(host)}:{port}",
			"--workers",
			"2",
			"--threads",
			"4",
			"--timeout",
			"120",
		]
		options.append("--reload" if reload else "--preload")
		web = bench.services.start("web server", [*gunicorn, *options], bench.logs / "web.log", **common)
		if bench.node:
			script = str(bench.bench.frappe / "socketio.js")
			command = [bench.node, "--require", str(LISTEN_AT), script]
			there = {**common, "env": {**environment, "P2HAM_HOST": host}}
			bench.services.start("realtime", command, bench.logs / "realtime.log", **there)
		worker = bench.frappe_command(None, "worker", "--queue", "short,default,long")
		bench.services.start("worker", worker, bench.logs / "worker.log", **common)
		if scheduler:
			schedule = bench.frappe_command(None, "schedule")
			bench.services.start("scheduler", schedule, bench.logs / "scheduler.log", **common)
		return web

	def wait_until_served(self, web: subprocess.Popen) -> None:
		wait_until(self._pong, web, self.workbench.logs / "web.log", "The web server", 90)

	def _pong(self) -> bool:
		try:
			with _direct.open(f"{self.url}/api/method/ping", timeout=20) as answer:
				return json.load(answer).get("message") == "pong"
		except (OSError, ValueError, urllib.error.URLError):
			return False
