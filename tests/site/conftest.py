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
