"""Fixtures of all tests. tests/unit needs no Frappe; tests/site, tests/browser and tests/proof run on a real site that
script/test prepares and names in P2HAM_SITE, P2HAM_SITES_PATH and P2HAM_URL."""

from __future__ import annotations

import contextlib
import gc
import html
import json
import os
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
	from clients import Client

# How much hypothesis looks for: little while one works, the same each time where CI decides, much by night.
EXAMPLES = {"dev": 20, "ci": 60, "nightly": 1000}
for name, examples in EXAMPLES.items():
	settings.register_profile(
		name, max_examples=examples, deadline=None, database=None, derandomize=name == "ci"
	)
settings.load_profile(os.environ.get("P2HAM_HYPOTHESIS") or ("ci" if os.environ.get("CI") else "dev"))

# Each of several test processes has a site of its own (script/_bench/lanes.py); this one finds its own here.
if lanes := os.environ.get("P2HAM_LANES"):
	number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
	os.environ.update(json.loads(Path(lanes).read_text())[number])

SITE = os.environ.get("P2HAM_SITE")
collect_ignore = [] if SITE else ["site", "browser", "proof"]


# Whoever begins last with what takes longest is waited for by all others.
TIERS = ("proof", "browser", "site", "unit")


def pytest_collection_finish() -> None:
	"""What has been imported stays: there is no need to look through it again and again for what can be thrown away."""
	gc.collect()
	gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
	"""Order the tests so that several processes end together: by tier, and the files of many tests first. Of a run
	that is one of several parts (P2HAM_SHARD, such as 1/3), every third file in this order is left."""
	folder = Path(__file__).parent
	size = Counter(item.path for item in items)

	def place(item: pytest.Item) -> tuple:
		tier = item.path.relative_to(folder).parts[0]
		return TIERS.index(tier) if tier in TIERS else len(TIERS), -size[item.path], item.path

	items.sort(key=place)
	if shard := os.environ.get("P2HAM_SHARD"):
		number, of = map(int, shard.split("/"))
		files = set([*dict.fromkeys(item.path for item in items)][number - 1 :: of])
		config.hook.pytest_deselected(items=[item for item in items if item.path not in files])
		items[:] = [item for item in items if item.path in files]


@pytest.fixture(scope="session")
def site():
	"""Connect to the site under test, once."""
	import frappe

	os.chdir(os.environ["P2HAM_SITES_PATH"])
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	frappe.flags.in_test = True
	frappe.flags.mute_emails = True
	set_each_page_once()
	yield SITE
	frappe.db.rollback()
	frappe.destroy()


def set_each_page_once() -> None:
	"""What this process has set as PDF is not set again: the same HTML is the same PDF."""
	from p2ham.paper import pdf

	pdf.html_to_pdf = lru_cache(maxsize=200)(pdf.html_to_pdf)


@pytest.fixture(scope="session")
def demo_site(site):
	"""The demo regency, which is on every site of the tests: what it was made of."""
	from p2ham.demo import build

	return build.read()


@pytest.fixture(scope="session")
def as_made(site):
	"""The site as it was made, to go back to."""
	from way_back import Point

	return Point()


# Who is logged in (`http`), for all modules.
CLIENTS: dict[str | None, Client] = {}


@pytest.fixture(scope="module")
def as_it_was(as_made):
	"""Whatever the tests of a module commit, the next module finds the site as it was made."""
	import frappe
	from way_back import finish_jobs

	yield
	frappe.db.rollback()
	finish_jobs()
	as_made.put_back()
	forget_lost_logins()


def forget_lost_logins() -> None:
	"""Who was switched off, or got another password, is logged out everywhere: he logs in again."""
	import frappe

	sessions = frappe.qb.DocType("Sessions")
	known = set(frappe.qb.from_(sessions).select(sessions.sid).run(pluck=True))
	frappe.db.rollback()
	for user in [
		user for user, client in CLIENTS.items() if user and client.session.cookies.get("sid") not in known
	]:
		del CLIENTS[user]


@pytest.fixture(scope="module")
def regency_once(as_it_was):
	"""`regency_once(results=True, years=4)` makes a generated regency (tests/support/generated), if wanted with results
	of KKP HAM, for all tests of a module: it is committed, and what a test does with it ends with the test."""
	import frappe
	import generated
	from report_world import add_results
	from way_back import begin

	def make(results: bool = False, **options):
		begin()
		made = generated.regency(**options)
		if results:
			add_results(made)
		frappe.db.commit()
		return made

	return make


@pytest.fixture
def db(demo_site):
	"""A transaction that ends with the test: nothing a test writes outlives it."""
	import frappe
	from way_back import begin

	begin()
	yield frappe.db
	begin()


@pytest.fixture
def as_user(db):
	"""`as_user("kabag.hukum@...")` goes on as that user until the test ends or names another."""
	import frappe

	return frappe.set_user


@pytest.fixture(scope="session")
def http(demo_site):
	"""`http(user)` is a client logged in as a user of the demo; `http(None)` is nobody (Guest)."""
	import frappe
	from clients import Client

	from p2ham.demo import build

	def client(user: str | None, password: str = build.PASSWORD) -> Client:
		if user not in CLIENTS:
			frappe.db.commit()
			CLIENTS[user] = Client(os.environ["P2HAM_URL"])
			if user:
				CLIENTS[user].login(user, password)
		return CLIENTS[user]

	return client


@pytest.fixture
def people(demo_site):
	"""Logins of the demo by duty and unit: `people("OPD Clerk", "DINSOS")`."""
	from p2ham.demo import build

	return lambda duty, opd="": build.officer(demo_site, duty, opd)


@pytest.fixture
def said():
	"""What an error told the user, as he reads it."""
	return lambda caught: html.unescape(str(caught.value))


@pytest.fixture
def queries():
	"""`with queries() as run:` collects the queries of what stands in the block."""
	import frappe

	@contextlib.contextmanager
	def collected():
		calls, plain = [], frappe.db.sql

		def counting(*args, **kwargs):
			calls.append(args[0])
			return plain(*args, **kwargs)

		frappe.db.sql = counting
		try:
			yield calls
		finally:
			frappe.db.sql = plain

	return collected


@pytest.fixture
def committed():
	"""`committed(doctype, name, values)` changes records for the server to see, until the test ends."""
	import frappe
	from way_back import no_trace

	def change(doctype: str, name: str, values: dict) -> None:
		frappe.db.set_value(doctype, name, values, update_modified=False)
		frappe.db.commit()
		frappe.clear_document_cache(doctype, name)

	with no_trace():
		yield change
