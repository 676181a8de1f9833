import contextlib
import html

import pytest


@pytest.fixture(autouse=True)
def _transaction(db):
	"""Every site test runs in a transaction of its own."""


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
