"""Words in the language of who reads them, whoever the job runs as; and the notification in the desk."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import formatdate, now


@contextmanager
def speaking(language: str) -> Iterator[None]:
	"""Translate into `language` what stands in the block, and write its dates and numbers so."""
	before = frappe.local.lang
	frappe.local.lang = language
	try:
		yield
	finally:
		frappe.local.lang = before


def day(date) -> str:
	"""Return a day written out in the language that is spoken: 30 Januari 2026."""
	return formatdate(date, "d MMMM yyyy") if date else ""


def plain(text: str | None) -> str:
	"""Return what somebody wrote as text: Frappe stores some of it as HTML already."""
	return html.unescape(text or "").strip()


def rendered(template: str, values: dict) -> str:
	"""Return a template filled in, without the space between its tags: the desk would show it."""
	return re.sub(r">\s+<", "><", frappe.get_template(template).render(values)).strip()


def notification_name(*parts: str) -> str:
	"""Return the name of the notification that says this, always the same: nobody is told it twice."""
	return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def notify(rows: Iterable[dict]) -> None:
	"""Write notifications of the desk, two queries for all of them. `rows` are fields of Notification Log, `name`
	among them; what is there already stays as it is.

	Past the document's own methods, which would send Frappe's mail besides ours for each.
	"""
	rows = [{"type": "Alert", "link": "", **row} for row in rows]
	if not rows:
		return
	write("Notification Log", rows)
	users = sorted({row["for_user"] for row in rows})
	settings = frappe.qb.DocType("Notification Settings")
	frappe.qb.update(settings).set(settings.seen, 0).where(settings.name.isin(users)).run()
	for user in users:
		frappe.publish_realtime("notification", after_commit=True, user=user)


def write(doctype: str, rows: Iterable[dict]) -> None:
	"""Write records by their fields, `name` among them, in one query; what is there already stays as it is."""
	common = {
		"creation": now(),
		"modified": now(),
		"owner": frappe.session.user,
		"modified_by": frappe.session.user,
		"docstatus": 0,
		"idx": 0,
	}
	rows = [{**common, **row} for row in rows]
	columns = list(rows[0])
	frappe.db.bulk_insert(
		doctype, columns, [[row[column] for column in columns] for row in rows], ignore_duplicates=True
	)
