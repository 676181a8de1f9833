"""What the benchmarks that run on a site share: requests as a worker sees them, and made people and units."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frappe
from frappe.utils.global_search import sync_global_search

from p2ham.instruments import store, writing

ROOT = "UJI KABUPATEN"


def named_site(usage: str) -> str:
	"""Return the site that the command line names, and go to the folder of sites if this is that of a bench."""
	if len(sys.argv) != 2:
		raise SystemExit(usage)
	if Path("sites").is_dir():
		os.chdir("sites")
	return sys.argv[1]


@contextmanager
def undone(site: str) -> Iterator[None]:
	"""Work on a site; whatever is not committed is undone, also in the caches that outlive the process."""
	frappe.init(site=site)
	frappe.connect()
	# Mails and jobs of documents that nobody will ever see must not be sent on their way.
	frappe.flags.mute_emails = True
	try:
		yield
	finally:
		frappe.db.rollback()
		sync_global_search()  # saved documents wait there for the scheduler, which knows of no rollback
		for made in ("UJI%", "DD-UJI%"):
			frappe.db.delete("__global_search", {"name": ("like", made)})
		frappe.db.commit()  # nosemgrep: a script, not a document event
		frappe.cache.delete_keys("document_cache")
		frappe.clear_cache(user=None)
		frappe.destroy()


def new_request(user: str) -> None:
	"""Forget what lives as long as a request; keep what a worker keeps, and the connection with its transaction."""
	site, connection = frappe.local.site, frappe.local.db
	frappe.release_local(frappe.local)
	frappe.init(site=site)
	frappe.local.db = connection
	connection.value_cache.clear()
	frappe.set_user(user)


@contextmanager
def counted(figures: dict):
	"""Count queries and seconds of what stands in the block."""
	run, number = frappe.db.sql, 0

	def counting(*args, **kwargs):
		nonlocal number
		number += 1
		return run(*args, **kwargs)

	frappe.db.sql = counting
	begin = time.perf_counter()
	try:
		yield
	finally:
		figures.update(seconds=time.perf_counter() - begin, queries=number)
		frappe.db.sql = run


def add_people(officers: dict[str, tuple[str, str | None]]) -> None:
	"""Make users with one duty each, past the controllers: `officers` is {name: (duty, unit or None)}."""
	writing._insert(
		"User",
		[
			{"name": user, "email": user, "first_name": user, "enabled": 1, "user_type": "System User"}
			for user in map(address, officers)
		],
	)
	writing._insert(
		"Has Role",
		[
			{**store.child_of("User", address(name), "roles", 1), "role": duty}
			for name, (duty, _opd) in officers.items()
		],
	)
	writing._insert(
		"P2HAM Officer",
		[
			{
				"name": f"UJI-{name}",
				"user": address(name),
				"full_name": name,
				"duty": duty,
				"opd": opd,
				"from_date": "2000-01-01",
			}
			for name, (duty, opd) in officers.items()
		],
	)


def address(name: str) -> str:
	return f"uji.{name.lower()}@example.com"


def add_units(tree: dict[str, list[str]]) -> None:
	"""Make units, past the controllers: {unit: units below it}, all under one made root beside the site's own."""
	rows, place = [], (frappe.get_all("P2HAM OPD", pluck="rgt", order_by="rgt desc", limit=1) or [0])[0] + 1
	root = {"name": ROOT, "parent_p2ham_opd": None, "lft": place}
	for name, below in tree.items():
		place += 1
		unit = {"name": name, "parent_p2ham_opd": ROOT, "lft": place}
		for leaf in below:
			rows.append({"name": leaf, "parent_p2ham_opd": name, "lft": place + 1, "rgt": place + 2})
			place += 2
		place += 1
		rows.append({**unit, "rgt": place})
	rows.append({**root, "rgt": place + 1})
	parents = {row["parent_p2ham_opd"] for row in rows}
	writing._insert(
		"P2HAM OPD",
		[
			{
				**row,
				"abbreviation": row["name"],
				"opd_name": f"Unit uji {row['name']}",
				"is_group": int(row["name"] in parents),
				"is_active": 1,
			}
			for row in rows
		],
	)
