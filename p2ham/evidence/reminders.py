"""Documents that are about to expire: said once to those who can replace them, and counted for the desk."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import add_days, cint, escape_html, formatdate, get_url_to_list, getdate, nowdate

from p2ham.access import duties, scope
from p2ham.engine import lifecycle

EVIDENCE, SETTINGS = "P2HAM Evidence", "P2HAM Settings"
NAMED = 5


def remind() -> None:
	"""Tell the people of each unit which of its documents expire within the days that the settings name (0: none),
	or have expired since the last run.

	Each document is said once for each `valid_until`, however often and late this runs. The number of queries does
	not depend on that of the documents; each person gets one notification.
	"""
	settings, today = frappe.get_doc(SETTINGS), getdate(nowdate())
	days = cint(settings.reminder_days)
	if days:
		since = min(getdate(settings.reminders_run_on or today), today)
		remind_of(since, add_days(today, days))
	# Also when switched off: what expires meanwhile is not said all at once on the day it is switched on.
	frappe.db.set_single_value(SETTINGS, "reminders_run_on", today, update_modified=False)


def remind_of(first: datetime.date, last: datetime.date) -> None:
	units = {
		row.name: row
		for row in frappe.get_all(
			"P2HAM OPD", fields=["name", "opd_name", "parent_p2ham_opd", "is_active"], order_by="lft"
		)
	}
	people = people_of(units)
	expiring = due([opd for opd in people if units[opd].is_active], first, last)
	if not expiring:
		return
	told = defaultdict(list)
	for row in expiring:
		for user in people[row.opd]:
			told[user].append(row)
	for user, language in languages(told).items():
		notify(user, language, told[user], {opd: unit.opd_name for opd, unit in units.items()}, first, last)
	evidence = frappe.qb.DocType(EVIDENCE)
	(
		frappe.qb.update(evidence)
		.set(evidence.reminded_for, evidence.valid_until)
		.where(evidence.name.isin([row.name for row in expiring]))
		.run()
	)


def due(opds: list[str], first: datetime.date, last: datetime.date) -> list[frappe._dict]:
	"""Return what expires from `first` to `last` in these units and was not said yet, the most urgent first.

	Locks the rows, so that two runs at once do not both say it.
	"""
	if not opds:
		return []
	evidence = frappe.qb.DocType(EVIDENCE)
	return (
		frappe.qb.from_(evidence)
		.select(evidence.name, evidence.title, evidence.opd, evidence.valid_until)
		.where(evidence.opd.isin(opds) & evidence.valid_until[first:last])
		.where(evidence.reminded_for.isnull() | (evidence.reminded_for != evidence.valid_until))
		.orderby(evidence.valid_until)
		.orderby(evidence.name)
		.for_update()
		.run(as_dict=True)
	)


def people_of(units: Mapping[str, frappe._dict]) -> dict[str, set[str]]:
	"""Return for each unit who looks after its evidence today: its own clerks and heads, else those of the nearest
	unit above that has a clerk. A unit for which there is nobody is not in it."""
	holders, with_clerk = defaultdict(set), set()
	officers = [row for duty in lifecycle.UNIT_DUTIES for row in duties.holders(duty)]
	enabled = set(
		frappe.get_all(
			"User",
			filters={"name": ("in", [row.user for row in officers] or [""]), "enabled": 1},
			pluck="name",
			order_by="name",
		)
	)
	for row in officers:
		if row.user in enabled:
			holders[row.opd].add(row.user)
			if row.duty == lifecycle.OPD_CLERK:
				with_clerk.add(row.opd)
	found = {}
	for opd in units:
		responsible = opd if opd in holders else nearest_above(opd, units, with_clerk)
		if responsible:
			found[opd] = holders[responsible]
	return found


def nearest_above(opd: str, units: Mapping[str, frappe._dict], wanted: set[str]) -> str | None:
	above = units[opd].parent_p2ham_opd
	while above and above not in wanted:
		above = units[above].parent_p2ham_opd
	return above or None


def languages(users: Iterable[str]) -> dict[str, str]:
	"""Return the language of each user who has not switched the desk's notifications off."""
	users = list(users)
	silent = frappe.get_all(
		"Notification Settings", filters={"name": ("in", users), "enabled": 0}, pluck="name", order_by="name"
	)
	default = frappe.db.get_single_value("System Settings", "language") or "en"
	return {
		row.name: row.language or default
		for row in frappe.get_all(
			"User", filters={"name": ("in", users)}, fields=["name", "language"], order_by="name"
		)
		if row.name not in silent
	}


def notify(
	user: str,
	language: str,
	expiring: list[frappe._dict],
	unit_names: Mapping[str, str],
	first: datetime.date,
	last: datetime.date,
) -> None:
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": user,
			"from_user": frappe.session.user,
			"subject": subject(expiring, unit_names, language),
			# Who may not read the document any more does not read what was said about it either.
			"document_type": EVIDENCE,
			"document_name": expiring[0].name,
			"link": "" if len(expiring) == 1 else list_address(first, last),
		}
	).insert(ignore_permissions=True)


def subject(expiring: list[frappe._dict], unit_names: Mapping[str, str], language: str) -> str:
	"""Say in the language of the reader what expires, as HTML."""
	opds = dict.fromkeys(row.opd for row in expiring)
	units = listed([escape_html(unit_names[opd]) for opd in opds], language)
	documents = listed(
		[f"{escape_html(row.title)} ({formatdate(row.valid_until)})" for row in expiring], language
	)
	if len(expiring) == 1:
		return _("A document of {0} expires: {1}", language).format(units, documents)
	return _("{0} documents of {1} expire soon: {2}", language).format(len(expiring), units, documents)


def listed(words: list[str], language: str) -> str:
	named = ", ".join(words[:NAMED])
	if len(words) <= NAMED:
		return named
	return _("{0} and {1} more", language).format(named, len(words) - NAMED)


def list_address(first: datetime.date, last: datetime.date) -> str:
	"""Return the way to the list of what expires, without the site's address: the field is short."""
	between = json.dumps(["between", [str(first), str(last)]], separators=(",", ":"))
	return f"{urlsplit(get_url_to_list(EVIDENCE)).path}?valid_until={quote(between, safe='[],')}"


def expiring(days: int) -> int:
	"""Count the documents within the scope of the session's user whose last day is today or within `days`."""
	evidence, limit = frappe.qb.DocType(EVIDENCE), scope.condition(EVIDENCE)
	query = (
		frappe.qb.from_(evidence)
		.select(Count("*"))
		.where(evidence.valid_until[getdate(nowdate()) : getdate(add_days(nowdate(), days))])
	)
	return (query if limit is None else query.where(limit)).run()[0][0]
