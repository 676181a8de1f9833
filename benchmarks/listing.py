"""What does the scope cost in the list of assessments, among a thousand units? On a test site with the app:

    env/bin/python apps/p2ham/benchmarks/listing.py SITE        (in the folder of a bench)

Makes 20 OPD with 50 units below each, an assessment for each of the thousand units, and four users, past the
controllers, and REMOVES THEM AGAIN at the end, which is why this is for a test site. Then everybody asks for the
same as the desk's list does: twenty rows, the count beside it, and a search by text, as whole requests through
Frappe's WSGI application. The baseline, in turns with it, is the same request of the same user with the scope taken
out: it finds what Frappe alone would show. Times are medians, and the ratio is the median of those of each turn.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from p2ham.instruments import writing

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from frappe.app import application
from frappe.database.database import Database
from frappe.utils import add_to_date, now_datetime
from frappe.utils.password import update_password
from on_site import add_people, add_units, address, named_site
from werkzeug.test import Client

from p2ham.access import duties, scope
from p2ham.engine import lifecycle

OPDS, BELOW = 20, 50
REPETITIONS = 40
PASSWORD = "Uji-kecepatan-2024"
DOCTYPE = "P2HAM Assessment"
TREE = {
	f"UJI OPD {opd:02}": [f"UJI {opd:02} PUSKESMAS {unit:02}" for unit in range(BELOW)] for opd in range(OPDS)
}
PEOPLE = {
	"clerk": ("OPD Clerk", "UJI 07 PUSKESMAS 13"),
	"head": ("OPD Head", "UJI OPD 07"),
	"observer": ("P2HAM Observer", None),
	"kabag": ("Kabag Hukum", None),
}
# As the desk's list asks for them.
FIELDS = [
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"_user_tags",
	"_comments",
	"_assign",
	"_liked_by",
	"docstatus",
	"idx",
	"opd_name",
	"period",
	"workflow_state",
	"completeness",
	"self_score",
	"verified_score",
	"category",
]


LIST = {
	"doctype": DOCTYPE,
	"fields": json.dumps([f"`tab{DOCTYPE}`.`{field}`" for field in FIELDS]),
	"filters": "[]",
	"view": "List",
}
PAGE = {**LIST, "order_by": f"`tab{DOCTYPE}`.`modified` desc", "start": 0, "page_length": 20}
REQUESTS = {
	"20 rows": ("frappe.desk.reportview.get", PAGE),
	"search": (
		"frappe.desk.reportview.get",
		{**PAGE, "filters": json.dumps([[DOCTYPE, "opd_name", "like", "%puskesmas 1%"]])},
	),
	"count": ("frappe.desk.reportview.get_count", {**LIST, "distinct": "false", "limit": 1001}),
}


def add_assessments() -> None:
	"""Make the assessments, in all states, last changed within the past year."""
	chance = random.Random(25)
	states = [state for state in lifecycle.STATES if state.docstatus < 2]
	found = []
	for unit in (unit for below in TREE.values() for unit in below):
		state = chance.choice(states)
		found.append(
			{
				"name": f"{unit}-UJI-2090",
				"opd": unit,
				"opd_name": f"Unit uji {unit}",
				"period": "UJI-2090",
				"instrument": "UJI",
				"assessment_year": 2090,
				"workflow_state": state.name,
				"docstatus": state.docstatus,
				"completeness": chance.randint(0, 100),
				"self_score": chance.randint(0, 100),
				"verified_score": chance.randint(0, 100),
				"category": "Baik",
				"modified": add_to_date(now_datetime(), minutes=-chance.randint(0, 500_000)),
			}
		)
	writing._insert(DOCTYPE, found)


def without_scope() -> ExitStack:
	"""Take the scope out of Frappe's way."""
	stack = ExitStack()
	stack.enter_context(patch.object(scope, "permission_query_conditions", lambda *args, **kwargs: ""))
	stack.enter_context(patch.object(scope, "has_permission", lambda *args, **kwargs: True))
	return stack


def log_in(site: str, name: str) -> Client:
	client = Client(application)
	answer = client.post(
		"/api/method/login",
		data={"usr": address(name), "pwd": PASSWORD},
		headers={"X-Frappe-Site-Name": site},
		buffered=True,
	)
	assert answer.status_code == 200, answer.text
	return client


def once(site: str, client: Client, method: str, values: dict) -> tuple[float, int, int]:
	"""Ask once; return seconds, queries, and how many were found."""
	run, number = Database.sql, 0

	def counting_them(*args, **kwargs):
		nonlocal number
		number += 1
		return run(*args, **kwargs)

	with patch.object(Database, "sql", counting_them):
		begin = time.perf_counter()
		# Buffered, so that what belongs to the request ends with it.
		answer = client.get(
			f"/api/method/{method}",
			query_string=values,
			headers={"X-Frappe-Site-Name": site},
			buffered=True,
		)
		seconds = time.perf_counter() - begin
	assert answer.status_code == 200, answer.text
	found = answer.json["message"]
	if isinstance(found, dict):
		found = found["values"]
	return seconds, number, found if isinstance(found, int) else len(found)


def compare(site: str, name: str, who: str, client: Client) -> None:
	"""Print one line of figures."""

	def both() -> list:
		scoped = once(site, client, *REQUESTS[name])
		with without_scope():
			return [scoped, once(site, client, *REQUESTS[name])]

	both()  # fills what a worker keeps
	runs = [both() for _number in range(REPETITIONS)]
	ours, plain = (statistics.median(run[way][0] for run in runs) for way in (0, 1))
	ratio = statistics.median(scoped[0] / unscoped[0] for scoped, unscoped in runs)
	(_, queries, found), (_, plain_queries, plain_found) = runs[-1]
	print(
		f"{name:14}{who:10}{ours * 1000:8.1f}{plain * 1000:10.1f}{ratio:7.2f}"
		f"{queries:9}{plain_queries:10}{found:7}{plain_found:10}"
	)


def main(site: str) -> None:
	print("Makes units, assessments and users whose names begin with UJI, and removes them again.")
	try:
		with committed(site):
			remove()  # what an interrupted run may have left
			add_units(TREE)
			add_people(PEOPLE)
			for name in PEOPLE:
				update_password(address(name), PASSWORD)
			add_assessments()
		heads = ("ms", 8), ("unscoped", 10), ("ratio", 7), ("queries", 9), ("unscoped", 10), ("found", 7)
		print(f"{'':24}" + "".join(f"{head:>{width}}" for head, width in (*heads, ("unscoped", 10))))
		clients = {name: log_in(site, name) for name in PEOPLE}
		for name in REQUESTS:
			for who, client in clients.items():
				compare(site, name, who, client)
		with committed(site):
			explain()
	finally:
		with committed(site):
			remove()


@contextmanager
def committed(site: str) -> Iterator[None]:
	frappe.init(site=site)
	frappe.connect()
	try:
		yield
		frappe.db.commit()  # nosemgrep: a script, not a document event
	finally:
		frappe.destroy()


def remove() -> None:
	"""Remove everything this script makes, and what logging in leaves."""
	users = "uji.%@example.com"
	for doctype in (DOCTYPE, "P2HAM OPD", "P2HAM Officer"):
		frappe.db.delete(doctype, {"name": ("like", "UJI %" if doctype != "P2HAM Officer" else "UJI-%")})
	for doctype, field in (("User", "name"), ("Has Role", "parent"), ("Activity Log", "user")):
		frappe.db.delete(doctype, {field: ("like", users)})
	frappe.db.delete("Sessions", {"user": ("like", users)})
	frappe.db.delete("__Auth", {"name": ("like", users)})
	for name in PEOPLE:
		frappe.clear_cache(user=address(name))


def explain() -> None:
	"""Print how the database finds the twenty rows and the search for each of them."""
	print("\nhow the database goes about it")
	for name, where in (("20 rows", ""), ("search", "opd_name LIKE '%puskesmas 1%'")):
		for who in PEOPLE:
			duties.clear_cache()
			parts = [part for part in (where, scope.sql(DOCTYPE, address(who))) if part]
			condition = f"WHERE {' AND '.join(parts)}" if parts else ""
			plan = frappe.db.sql(
				f"EXPLAIN SELECT name FROM `tab{DOCTYPE}` {condition} ORDER BY modified DESC LIMIT 20",
				as_dict=True,
			)
			for step in plan:
				print(f"{name:14}{who:10}", step.type, step.key, step.rows, step.Extra)


if __name__ == "__main__":
	main(named_site(__doc__))
