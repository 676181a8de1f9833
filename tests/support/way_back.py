"""The one way back: a site becomes again what it was, whatever has been committed to it since.

A `Point` remembers the site: every row, every file, the columns of its tables. `put_back` asks the database for the
checksum of each table, which takes it a twentieth of a second for all of them together, and writes only rows that are
not what they were. It says which ones those are.

Sessions are left alone, since people stay logged in from one test to the next.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import frappe

from p2ham.access import duties

LEFT_ALONE = ("tabSessions",)
FILES = (("private", "files"), ("public", "files"), ("private", "p2ham"))
# Where one of these has changed, what Frappe remembers of the site's make-up is no longer true.
MAKE_UP = (
	"tabDocType",
	"tabDocField",
	"tabDocPerm",
	"tabCustom",
	"tabProperty Setter",
	"tabWorkflow",
	"tabReport",
)
TRIES = 20
ROWS = 100  # written with one statement

Row = dict[str, object]
Key = tuple[object, ...]


class Change(NamedTuple):
	"""A row that is not as it was; `before` is None for a new one, `row` for one that is gone."""

	table: str
	key: Key
	before: Row | None
	row: Row | None

	@property
	def doctype(self) -> str:
		return self.table.removeprefix("tab")

	@property
	def undone(self) -> Change:
		return Change(self.table, self.key, self.row, self.before)

	@property
	def fields(self) -> list[str]:
		return [field for field in self.row if self.row[field] != self.before.get(field)]

	def __str__(self) -> str:
		name = f"{self.doctype} {' '.join(map(str, self.key))}"
		if self.before and self.row:
			return f"{name} has another {', '.join(self.fields)}"
		return f"{name} is {'gone' if self.before else 'new'}"


class Point:
	"""What the site is at this moment. Of what is still as the first point found it, nothing is read again."""

	first: Point | None = None

	def __init__(self):
		frappe.db.commit()
		under = Point.first
		Point.first = under or self
		self.columns = columns()
		self.keys = {table: keys for table, (_all, keys) in self.columns.items()}
		self.sums = checksums(self.columns)
		known = under.rows if under else {}
		self.rows: dict[str, dict[Key, Row]] = {
			table: known[table]
			if table in known and under.sums[table] == total and under.columns[table] == self.columns[table]
			else self.read(table)
			for table, total in self.sums.items()
		}
		self.seen = {path: looks(path) for path in stored_files()}
		old = under.seen if under else {}
		self.files = {
			path: under.files[path] if old.get(path) == seen else path.read_bytes()
			for path, seen in self.seen.items()
		}
		frappe.db.commit()

	def read(self, table: str) -> dict[Key, Row]:
		"""Return the rows of a table by their keys; without a key, each by itself and how many there are of it."""
		found = frappe.db.sql(f"select * from `{table}`", as_dict=True)
		keys = self.keys[table]
		if keys:
			return {tuple(row[key] for key in keys): row for row in found}
		counted = defaultdict(int)
		rows = {}
		for row in found:
			same = tuple(row.values())
			counted[same] += 1
			rows[(*same, counted[same])] = row
		return rows

	# --- Back --------------------------------------------------------------------------------------

	def put_back(self) -> list[Change]:
		"""Make the site what it was; return what was different."""
		frappe.db.rollback()
		self.undo_the_schema()
		changes = self.put_back_rows(self.columns)
		self.put_back_files()
		forget(changes)
		return changes

	def put_back_rows(self, tables: Iterable[str]) -> list[Change]:
		"""Write the rows of these tables as they were; return what was different.

		Again, where the database had to choose between this and something that was done at the same time. And again
		until all is as it was, since what goes on in the background may write before this, meanwhile or later.
		"""
		wanted = [table for table in tables if table in self.columns]
		found: list[Change] = []
		for _attempt in range(TRIES):
			try:
				different = self.put_back_rows_once(wanted)
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
				frappe.db.rollback()
				time.sleep(0.25)
				continue
			if not different:
				return found
			found += different
		raise AssertionError("the database does not let the site be put back")

	def put_back_rows_once(self, tables: list[str]) -> list[Change]:
		found = self.changes(tables)
		for table, changes in by_table(found).items():
			self.write(table, [change.undone for change in changes], self.rows[table])
		frappe.db.commit()
		return found

	def changes(self, tables: Iterable[str]) -> list[Change]:
		"""Return what is different now in these tables."""
		frappe.db.commit()  # a new transaction sees what others have written
		return [
			change
			for table, total in checksums(tables).items()
			if total != self.sums[table]
			for change in differences(table, self.rows[table], self.read(table))
		]

	def write(self, table: str, changes: list[Change], wanted: dict[Key, Row]) -> None:
		"""Bring changes of a table about. Where its rows have no key, all that are wanted are written."""
		keys = self.keys[table]
		gone = [change.key for change in changes if change.before is not None]
		new = [change.row for change in changes if change.row is not None]
		if not keys:
			frappe.db.sql(f"delete from `{table}`")
			new = list(wanted.values())
		elif gone:
			names = ", ".join(f"`{key}`" for key in keys)
			for part in portions(gone):
				frappe.db.sql(f"delete from `{table}` where ({names}) in %s", (tuple(part),))
		for part in portions(new):
			insert(table, part)

	def undo_the_schema(self) -> None:
		for table, (present, _keys) in columns().items():
			if table not in self.columns:
				frappe.db.sql_ddl(f"drop table `{table}`")
			else:
				for added in present - self.columns[table][0]:
					frappe.db.sql_ddl(f"alter table `{table}` drop column `{added}`")

	def put_back_files(self) -> None:
		present = stored_files()
		for path in present - self.files.keys():
			path.unlink()
		for path, content in self.files.items():
			if path not in present or looks(path) != self.seen[path]:
				put(path, content)
				self.seen[path] = looks(path)


class State:
	"""What many tests begin from. The first time `make` brings it about; from then on the same rows are written, which
	takes a fraction of the time."""

	def __init__(self, make: Callable[[], None]):
		self.make = make
		self.changes: list[Change] | None = None
		self.files: dict[Path, bytes | None] = {}

	def enter(self) -> Point:
		"""Bring it about; return the point to go back to."""
		before = Point()
		if self.changes is None:
			self.make()
			frappe.db.commit()
			finish_jobs()
			self.changes = before.changes(before.columns)
			self.files = {path: path.read_bytes() for path in stored_files() - before.files.keys()}
			self.files |= dict.fromkeys(before.files.keys() - stored_files())
			return before
		for table, changes in by_table(self.changes).items():
			wanted = {**before.rows[table], **{change.key: change.row for change in changes}}
			before.write(table, changes, {key: row for key, row in wanted.items() if row is not None})
		frappe.db.commit()
		for path, content in self.files.items():
			if content is None:
				path.unlink(missing_ok=True)
			else:
				put(path, content)
		forget(self.changes)
		return before


@contextlib.contextmanager
def no_trace() -> Iterator[Point]:
	"""Make the site what it was when this ends, also after an error."""
	point = Point()
	try:
		yield point
	finally:
		frappe.db.rollback()
		frappe.set_user("Administrator")
		finish_jobs()
		point.put_back()


def differences(table: str, before: dict[Key, Row], now: dict[Key, Row]) -> list[Change]:
	return [
		Change(table, key, before.get(key), now.get(key))
		for key in {**before, **now}
		if before.get(key) != now.get(key)
	]


def by_table(changes: Iterable[Change]) -> dict[str, list[Change]]:
	found = defaultdict(list)
	for change in changes:
		found[change.table].append(change)
	return found


def put(path: Path, content: bytes) -> None:
	path.parent.mkdir(parents=True, exist_ok=True)
	path.write_bytes(content)


def columns() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
	"""Return the site's tables: all columns of each, and those that make up its key."""
	found: dict[str, set[str]] = defaultdict(set)
	keys: dict[str, list[str]] = defaultdict(list)
	for table, column, key in frappe.db.sql(
		"select c.table_name, c.column_name, c.column_key from information_schema.columns c"
		" join information_schema.tables t using (table_schema, table_name)"
		" where c.table_schema = %s and t.table_type = 'BASE TABLE' order by c.ordinal_position",
		frappe.conf.db_name,
	):
		if table not in LEFT_ALONE:
			found[table].add(column)
			if key == "PRI":
				keys[table].append(column)
	return {table: (frozenset(present), tuple(keys[table])) for table, present in found.items()}


def checksums(tables: Iterable[str]) -> dict[str, int]:
	"""Return the database's checksum of each of these tables."""
	names = ", ".join(f"`{table}`" for table in tables)
	return {
		name.partition(".")[2]: total for name, total in frappe.db.sql(f"checksum table {names}") if names
	}


def insert(table: str, rows: list[Row]) -> None:
	names = ", ".join(f"`{column}`" for column in rows[0])
	places = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
	values = tuple(value for row in rows for value in row.values())
	frappe.db.sql(f"insert into `{table}` ({names}) values {places}", values)


def portions(rows: list) -> Iterator[list]:
	for start in range(0, len(rows), ROWS):
		yield rows[start : start + ROWS]


def stored_files() -> set[Path]:
	folders = (Path(frappe.get_site_path(*parts)) for parts in FILES)
	return {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}


def looks(path: Path) -> tuple[int, int]:
	return path.stat().st_mtime_ns, path.stat().st_size


def begin() -> None:
	"""Start from what is committed, as Administrator, with nothing remembered."""
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.message_log = []
	frappe.local.job = None  # what a test has run as a job of the background stays in Frappe's memory
	forget_documents()


def forget(changes: list[Change]) -> None:
	"""Make Frappe and the app forget what they remember of rows that are other ones now: written row by row, these have
	the time stamps by which a kept instrument is known to be the same."""
	frappe.cache.delete_keys("p2ham")
	if any(change.table.startswith(MAKE_UP) for change in changes):
		frappe.clear_cache()
	forget_documents()


def forget_documents() -> None:
	"""Drop cached documents, roles and duties, which a rollback does not take back. The caches of DocTypes stay, since
	reading them anew takes a second."""
	for prefix in ("document_cache", "roles", "user_permissions", "defaults", "has_role"):
		frappe.cache.delete_keys(prefix)
	if hasattr(frappe, "client_cache"):
		frappe.client_cache.clear_cache()
	frappe.local.cache = {}
	frappe.local.role_permissions = {}
	frappe.local.document_cache = {}
	duties.clear_cache()


def finish_jobs(patience: float = 60) -> None:
	"""Wait until the background worker has done what was asked of it.

	Raises AssertionError if it does not.
	"""
	until = time.monotonic() + patience
	while are_jobs_open():
		if time.monotonic() > until:
			raise AssertionError("the background worker does not finish")
		time.sleep(0.05)


def are_jobs_open() -> bool:
	"""Tell whether a job waits or is being done, by what the jobs themselves say: between being taken from its queue and
	being begun, a job stands in no list."""
	from frappe.utils.background_jobs import get_redis_conn
	from rq.job import Job

	connection = get_redis_conn()
	with connection.pipeline(transaction=False) as pipe:
		for key in connection.scan_iter(f"{Job.redis_job_namespace_prefix}*", count=1000, _type="HASH"):
			pipe.hget(key, "status")
		return not {b"queued", b"started"}.isdisjoint(pipe.execute())
