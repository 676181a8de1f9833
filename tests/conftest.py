"""Fixtures of all tests. tests/unit needs no Frappe; tests/site, tests/browser and tests/proof run on a real site that
script/test prepares and names in P2HAM_SITE, P2HAM_SITES_PATH and P2HAM_URL."""

from __future__ import annotations

import contextlib
import html
import os
import re
from urllib.parse import urljoin

import pytest
from hypothesis import settings

# Time is not what these tests measure, and what CI says must not depend on luck; elsewhere they keep looking.
settings.register_profile("p2ham", deadline=None, database=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("p2ham")

SITE = os.environ.get("P2HAM_SITE")
collect_ignore = [] if SITE else ["site", "browser", "proof"]


@pytest.fixture(scope="session")
def site():
	"""Connect to the site under test, once."""
	import frappe

	os.chdir(os.environ["P2HAM_SITES_PATH"])
	frappe.init(site=SITE, sites_path=".")
	frappe.connect()
	frappe.flags.in_test = True
	frappe.flags.mute_emails = True
	yield SITE
	frappe.db.rollback()
	frappe.destroy()


@pytest.fixture(scope="session")
def demo_site(site):
	"""The demo regency, committed: what is true of every site test's beginning."""
	import frappe

	from p2ham.demo import build

	build.build(say=lambda line: None)
	frappe.db.commit()
	return build.read()


@pytest.fixture
def db(demo_site):
	"""A transaction that ends with the test: nothing a test writes outlives it."""
	import frappe

	begin(frappe)
	yield frappe.db
	begin(frappe)


def begin(frappe) -> None:
	"""Start from what is committed, as Administrator, with nothing remembered."""
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.message_log = []
	forget_documents(frappe)


def forget_documents(frappe) -> None:
	"""Drop cached documents, roles and duties, which a rollback does not take back. The caches of DocTypes
	stay: no test changes a DocType, and reading them anew takes a second."""
	from p2ham.access import duties

	for prefix in ("document_cache", "roles", "user_permissions", "defaults", "has_role"):
		frappe.cache.delete_keys(prefix)
	if hasattr(frappe, "client_cache"):
		frappe.client_cache.clear_cache()
	frappe.local.cache = {}
	frappe.local.role_permissions = {}
	frappe.local.document_cache = {}
	duties.clear_cache()


@pytest.fixture
def as_user(db):
	"""`as_user("kabag.hukum@...")` goes on as that user until the test ends or names another."""
	import frappe

	return frappe.set_user


# Python before 3.11.8 and 3.12.2 counts the depth of syntax trees for all threads together, so a garbage
# collection at the wrong moment breaks a request that parses something (python/cpython#106905). Such a request
# has been rolled back like any that breaks, so it may be made again.
INTERPRETER_FAULT = b"AST constructor recursion depth mismatch"


class Client:
	"""A logged-in user at the site's real address."""

	def __init__(self, base: str):
		import requests

		self.base, self.session = base, requests.Session()
		# The site is found by its name, whatever address the server listens on.
		self.session.headers["X-Frappe-Site-Name"] = SITE
		# A connection that is kept while a test waits may be closed by the server just as the next request
		# goes out. Browsers then ask again; this client may not, as it cannot know what has been done.
		self.session.headers["Connection"] = "close"

	def login(self, user: str, password: str) -> Client:
		response = self.post("/api/method/login", data={"usr": user, "pwd": password})
		assert response.status_code == 200, response.text
		page = self.get("/app")
		token = re.search(r'csrf_token\s*=\s*"([0-9a-f]+)"', page.text)
		if token:
			self.session.headers["X-Frappe-CSRF-Token"] = token.group(1)
		return self

	def request(self, method: str, path: str, **kwargs):
		response = self.once(method, path, **kwargs)
		if "files" not in kwargs and INTERPRETER_FAULT in response.content:
			response = self.once(method, path, **kwargs)
		return response

	def once(self, method: str, path: str, **kwargs):
		return self.session.request(method, urljoin(self.base, path), timeout=120, **kwargs)

	def get(self, path: str, **kwargs):
		return self.request("GET", path, **kwargs)

	def post(self, path: str, **kwargs):
		return self.request("POST", path, **kwargs)

	def put(self, path: str, **kwargs):
		return self.request("PUT", path, **kwargs)

	def delete(self, path: str, **kwargs):
		return self.request("DELETE", path, **kwargs)

	def call(self, method: str, **values):
		return self.post(f"/api/method/{method}", json=values)


@pytest.fixture(scope="session")
def http(demo_site):
	"""`http(user)` is a client logged in as a user of the demo; `http(None)` is nobody (Guest)."""
	import frappe

	from p2ham.demo import build

	clients: dict[str | None, Client] = {}

	def client(user: str | None, password: str = build.PASSWORD) -> Client:
		if user not in clients:
			frappe.db.commit()
			clients[user] = Client(os.environ["P2HAM_URL"])
			if user:
				clients[user].login(user, password)
		return clients[user]

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

	undo = []

	def change(doctype: str, name: str, values: dict) -> None:
		before = frappe.db.get_value(doctype, name, list(values), as_dict=True)
		undo.append((doctype, name, before))
		write(doctype, name, values)

	def write(doctype, name, values):
		frappe.db.set_value(doctype, name, values, update_modified=False)
		frappe.db.commit()
		frappe.clear_document_cache(doctype, name)

	yield change
	frappe.db.rollback()
	for doctype, name, before in reversed(undo):
		write(doctype, name, before)
