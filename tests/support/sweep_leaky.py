"""Functions that leak, one for each kind of what a sweep looks for: a sweep that does not find them finds nothing."""

from __future__ import annotations

import base64
import io
import json
import sys
import types
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe

MODULE = "p2ham.leaky"  # within an installed app, so that Frappe finds it; there is no such file


def shows_a_record(doctype: str, name: str):
	return frappe.get_all(doctype, filters={"name": name}, fields=["*"])


def shows_base64(doctype: str, name: str):
	return base64.b64encode(frappe.as_json(shows_a_record(doctype, name)).encode()).decode()


def shows_a_zip(doctype: str, name: str):
	packed = io.BytesIO()
	with zipfile.ZipFile(packed, "w") as file:
		file.writestr("x.json", frappe.as_json(shows_a_record(doctype, name)))
	frappe.local.response.filename = "x.zip"
	frappe.local.response.filecontent = packed.getvalue()
	frappe.local.response.type = "download"


def calculates(doctype: str, rank_column: str):
	return frappe.db.sql(f"select max({rank_column}) from `tab{doctype}`")


def tells_by_a_filter(doctype: str, hidden_filters: str):
	return len(frappe.get_all(doctype, filters=json.loads(hidden_filters)))


def changes_a_record(doctype: str, name: str):
	frappe.db.set_value(doctype, name, "modified_by", frappe.session.user)


def lets_in(user: str):
	table = frappe.qb.Table("tabSessions")
	return [row[0] for row in frappe.qb.from_(table).select(table.sid).where(table.user == user).run()]


LEAKS: tuple[Callable, ...] = (
	*(shows_a_record, shows_base64, shows_a_zip, calculates, tells_by_a_filter, changes_a_record, lets_in),
)


@contextmanager
def open_doors() -> Iterator[list[str]]:
	"""Let the site have these functions; return their names."""
	module = sys.modules[MODULE] = types.ModuleType(MODULE)
	made = []
	for leak in LEAKS:
		copy = types.FunctionType(leak.__code__, leak.__globals__, leak.__name__, leak.__defaults__)
		copy.__module__, copy.__annotations__ = MODULE, leak.__annotations__
		made.append(frappe.whitelist()(copy))
		setattr(module, leak.__name__, made[-1])
	try:
		yield [f"{MODULE}.{leak.__name__}" for leak in LEAKS]
	finally:
		del sys.modules[MODULE]
		for function in made:
			frappe.whitelisted.remove(function)
