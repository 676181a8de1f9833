"""States of the site that many tests begin from: made once, by the documents' own methods, and afterwards brought about
row by row, which takes a fraction of the time. What a test leaves is taken back in the same way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import frappe
import made_regency
from frappe.utils.background_jobs import get_jobs

from .desk import PATIENCE, POLL


@dataclass
class Site:
	"""What our documents, and what Frappe writes along with them, consist of."""

	rows: dict[str, dict[str, tuple]]  # by doctype and name
	files: dict[Path, bytes]


@dataclass
class Change:
	"""The rows and files that one site has otherwise than another, None where it has none."""

	rows: dict[str, dict[str, tuple | None]]
	files: dict[Path, bytes | None]


class State:
	"""What `make` makes of the site: the first time it does, from then on the same rows are written."""

	def __init__(self, make: Callable[[], None]):
		self.make = make
		self.change: Change | None = None

	def enter(self, before: Site) -> None:
		"""Bring it about on a site that was found to be `before`."""
		if self.change:
			write(self.change)
			return
		self.make()
		self.change = difference(before, look())


def look() -> Site:
	"""Return what is committed, once the background has nothing to add: it would be taken for the next test's."""
	until = time.monotonic() + PATIENCE
	while get_jobs(site=frappe.local.site):
		assert time.monotonic() < until, "the background does not come to rest"
		time.sleep(POLL)
	frappe.db.rollback()
	doctypes = frappe.get_all("DocType", {"module": "P2HAM", "issingle": 0}, pluck="name", order_by="name")
	wanted = [*doctypes, *made_regency.TRACES, "File", "Deleted Document"]
	folder = Path(frappe.get_site_path("private", "files"))
	return Site(
		{doctype: rows_of(doctype) for doctype in wanted if frappe.db.table_exists(doctype)},
		{path: path.read_bytes() for path in folder.iterdir() if path.is_file()},
	)


def rows_of(doctype: str) -> dict[str, tuple]:
	rows = frappe.db.sql(f"select name, `tab{doctype}`.* from `tab{doctype}`")
	return {name: values for name, *values in rows}


def difference(old: Site, new: Site) -> Change:
	rows = {doctype: changed(old.rows[doctype], new.rows[doctype]) for doctype in new.rows}
	return Change({doctype: each for doctype, each in rows.items() if each}, changed(old.files, new.files))


def changed(old: dict, new: dict) -> dict:
	return {key: new.get(key) for key in {**old, **new} if old.get(key) != new.get(key)}


def write(change: Change) -> None:
	for doctype, rows in change.rows.items():
		frappe.db.delete(doctype, {"name": ("in", list(rows))})
		for values in filter(None, rows.values()):
			places = ", ".join(["%s"] * len(values))
			frappe.db.sql(f"insert into `tab{doctype}` values ({places})", values)
	frappe.db.commit()
	for doctype, rows in change.rows.items():
		for name in rows:
			frappe.clear_document_cache(doctype, name)
	for path, content in change.files.items():
		if content is None:
			path.unlink(missing_ok=True)
		else:
			path.write_bytes(content)
