"""Who holds which duty today. P2HAM Officer is the only source; a role without a duty opens nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import getdate, nowdate
from pypika.queries import QueryBuilder
from pypika.terms import Criterion

from p2ham.engine.duties import BAGIAN_HUKUM, MANAGER, ROLES, UNIT_DUTIES
from p2ham.engine.terms import Term


@dataclass(frozen=True)
class Held:
	"""A duty somebody holds: for the regency (`opd` empty) or for a unit and everything below it (`units`)."""

	officer: str
	duty: str
	opd: str | None
	position: str
	acting_prefix: str
	full_name: str
	units: frozenset[str]


def held_by(user: str | None = None, on: datetime.date | None = None) -> list[Held]:
	"""Return the duties that `user` (default: the session's) holds on a day (default: today on the site)."""
	user = user or frappe.session.user
	day = on or datetime.date.fromisoformat(nowdate())
	key = (user, day)
	if key not in _cache():
		_cache()[key] = _held(user, day)
	return _cache()[key]


def _held(user: str, day: datetime.date) -> list[Held]:
	# With the units in the same query: every request of a clerk needs both.
	officer, top = frappe.qb.DocType("P2HAM Officer"), frappe.qb.DocType("P2HAM OPD").as_("top")
	unit = frappe.qb.DocType("P2HAM OPD")
	rows = (
		_officers({"user": user}, day, HELD_FIELDS)
		.left_join(top)
		.on(top.name == officer.opd)
		.left_join(unit)
		.on((unit.lft >= top.lft) & (unit.rgt <= top.rgt))
		.select(unit.name)
		.run()
	)
	units: dict[tuple, set[str]] = {}
	for *held, name in rows:
		units.setdefault(tuple(held), set()).update([name] if name else [])
	return [
		Held(name, duty, opd, position or "", acting_prefix or "", full_name, frozenset(reach))
		for (name, duty, opd, position, acting_prefix, full_name), reach in units.items()
	]


def holders(duty: str, opd: str | None = None, on: datetime.date | None = None) -> list[frappe._dict]:
	"""Return the officers who hold `duty` on a day, the latest appointed first; `opd` narrows to one unit."""
	filters = {"duty": duty}
	if opd:
		filters["opd"] = opd
	return _officers(filters, getdate(on or nowdate()), OFFICER_FIELDS).run(as_dict=True)


def holders_between(names: Iterable[str], first: datetime.date, last: datetime.date) -> list[frappe._dict]:
	"""Return the officers who hold one of several duties on any day from `first` to `last`, the latest appointed
	first: one query where many days are asked for."""
	officer = frappe.qb.DocType("P2HAM Officer")
	return (
		_all_officers(OFFICER_FIELDS)
		.where(officer.duty.isin(sorted(names)) & (officer.from_date <= last))
		.where(officer.to_date.isnull() | (officer.to_date >= first))
		.run(as_dict=True)
	)


def terms_of(user: str) -> list[frappe._dict]:
	"""Return the records of the duties that a user holds today or will hold."""
	officer = frappe.qb.DocType("P2HAM Officer")
	today = getdate(nowdate())
	return (
		_all_officers(OFFICER_FIELDS)
		.where((officer.user == user) & (officer.to_date.isnull() | (officer.to_date >= today)))
		.run(as_dict=True)
	)


HELD_FIELDS = ("name", "duty", "opd", "position", "acting_prefix", "full_name")
OFFICER_FIELDS = (
	"name",
	"user",
	"full_name",
	"position",
	"acting_prefix",
	"rank",
	"nip",
	"duty",
	"opd",
	"from_date",
	"to_date",
)


def _officers(filters: dict, day: datetime.date, fields: tuple[str, ...]) -> QueryBuilder:
	# The query builder, not get_all: this is asked in every request, and Frappe's list machinery costs more
	# than the query.
	officer = frappe.qb.DocType("P2HAM Officer")
	terms = [officer[field] == value for field, value in filters.items()]
	terms.append((officer.from_date <= day) & (officer.to_date.isnull() | (officer.to_date >= day)))
	return _all_officers(fields).where(Criterion.all(terms))


def _all_officers(fields: tuple[str, ...]) -> QueryBuilder:
	officer = frappe.qb.DocType("P2HAM Officer")
	return (
		frappe.qb.from_(officer)
		.select(*(officer[field] for field in fields))
		.orderby(officer.from_date, officer.creation, order=frappe.qb.desc)
	)


def term(officer) -> Term:
	"""Return the term of a record of P2HAM Officer."""
	return Term(getdate(officer.from_date), getdate(officer.to_date) if officer.to_date else None)


def for_unit(opd: str | None, user: str | None = None) -> list[Held]:
	"""Return the duties of `user` that reach the unit `opd`."""
	return [held for held in held_by(user) if held.duty not in UNIT_DUTIES or (opd and opd in held.units)]


def title(officer) -> str:
	"""Return the position of a holder as it is signed, with the acting prefix: "Plt. Kepala Bagian Hukum"."""
	return f"{officer.acting_prefix or ''} {officer.position or _(officer.duty)}".strip()


def names(held: list[Held]) -> set[str]:
	return {duty.duty for duty in held}


def is_bagian_hukum(user: str | None = None) -> bool:
	"""Tell whether `user` (default: the session's) is of Bagian Hukum: verifies, or heads it."""
	return bool(names(held_by(user)).intersection(BAGIAN_HUKUM))


def is_master_data_keeper(user: str | None = None) -> bool:
	"""Tell whether `user` keeps master data and periods: a plain role, not a duty."""
	roles = frappe.get_roles(user or frappe.session.user)
	return MANAGER in roles or "System Manager" in roles


def has_app_permission() -> bool:
	"""Tell whether the session's user has anything to do with P2HAM, for the apps screen."""
	return bool(set(frappe.get_roles()).intersection({*ROLES, "System Manager"}))


def clear_cache() -> None:
	"""Forget what was read in this request; called whenever an officer or the OPD tree changes."""
	frappe.local.p2ham_duties = {}


def _cache() -> dict:
	if not hasattr(frappe.local, "p2ham_duties"):
		frappe.local.p2ham_duties = {}
	return frappe.local.p2ham_duties
