"""Puts a site back to what it was, for tests whose requests do a lot that the server commits: every row, every file,
and what was added to the schema."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import frappe


@contextlib.contextmanager
def kept_site() -> Iterator[None]:
	"""Remember the site, and restore it at the end, also after an error."""
	frappe.db.commit()
	schema, files = columns(), stored_files()
	kept = {table: rows(table) for table in schema}
	try:
		yield
	finally:
		frappe.db.rollback()
		for table, present in columns().items():
			if table not in schema:
				frappe.db.sql_ddl(f"drop table `{table}`")
				continue
			for added in present - schema[table]:
				frappe.db.sql_ddl(f"alter table `{table}` drop column `{added}`")
			if rows(table) != kept[table]:
				refill(table, kept[table])
		frappe.db.commit()
		for path in stored_files() - files:
			path.unlink()
		frappe.clear_cache()


def columns() -> dict[str, set[str]]:
	"""Return the columns of the site's tables. Sessions are left alone, since other tests are logged in."""
	found = defaultdict(set)
	for table, column in frappe.db.sql(
		"select table_name, column_name from information_schema.columns where table_schema = %s",
		frappe.conf.db_name,
	):
		if table.startswith(("tab", "__")) and table != "tabSessions":
			found[table].add(column)
	return found


def rows(table: str) -> list[dict]:
	return frappe.db.sql(f"select * from `{table}`", as_dict=True)


def refill(table: str, kept: list[dict]) -> None:
	frappe.db.sql(f"delete from `{table}`")
	for row in kept:
		names, places = ", ".join(f"`{column}`" for column in row), ", ".join(["%s"] * len(row))
		frappe.db.sql(f"insert into `{table}` ({names}) values ({places})", tuple(row.values()))


def stored_files() -> set[Path]:
	folders = (Path(frappe.get_site_path(kind, "files")) for kind in ("private", "public"))
	return {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}
