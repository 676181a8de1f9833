"""What the desk's list of assessments asks for among a thousand units, for gate.py: made past the controllers on a test
site, and removed again.

20 OPD with 50 units below each, an assessment for each of the thousand units, and four users. Everybody asks for twenty
rows, the count beside it, and a search by text, as whole requests through Frappe's WSGI application.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from frappe.app import application
from frappe.database.database import Database
from frappe.utils import add_to_date, now_datetime
from on_site import address
from werkzeug.test import Client

from p2ham.engine import lifecycle
from p2ham.instruments import writing

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


def once(site: str, client: Client, method: str, values: dict) -> tuple[float, int]:
	"""Ask once; return seconds and queries."""
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
	return seconds, number


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
