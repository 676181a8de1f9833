"""Who is told: the only place that decides it, by the duties held today. Nobody is told of what they may not read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import frappe
from frappe.utils import getdate, nowdate

from p2ham.access import duties
from p2ham.engine import notices
from p2ham.engine.duties import DUTIES, OPD_CLERK, REGENCY_DUTIES, UNIT_DUTIES


@dataclass(frozen=True)
class Person:
	"""A user who is enabled: their language, whether they want the desk's notifications, and their address if they want
	mails too."""

	user: str
	language: str
	desk: bool
	address: str


@dataclass
class Recipients:
	"""Everybody who holds a duty today, and the tree of units; as of one moment, by `load`."""

	units: Mapping[str, frappe._dict]
	people: Mapping[str, Person]
	by_duty: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
	of_opd: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

	def holding(self, *names: str) -> set[str]:
		"""Return who holds one of these duties for the regency."""
		return set().union(*(self.by_duty[duty] for duty in names if duty not in UNIT_DUTIES))

	def responsible(self, opd: str) -> str | None:
		"""Return the unit whose clerks and heads look after `opd`: itself, else the nearest above that has a clerk.
		None if there is nobody."""
		if self._at(opd):
			return opd
		above = self.units[opd].parent_p2ham_opd if opd in self.units else None
		while above and not self.of_opd.get((above, OPD_CLERK)):
			above = self.units[above].parent_p2ham_opd
		return above or None

	def of_unit(self, opd: str, names: Iterable[str] = UNIT_DUTIES) -> set[str]:
		"""Return who looks after a unit, those with these duties where there are any: a unit without a head is told
		through its clerk."""
		responsible = self.responsible(opd)
		if not responsible:
			return set()
		return self._at(responsible, names) or self._at(responsible)

	def concerned(self, whom: Iterable[str], opds: Iterable[str]) -> set[str]:
		"""Return the holders of these duties: those of a unit for the units `opds`, the others for the regency."""
		named = tuple(whom)
		of_units = tuple(duty for duty in named if duty in UNIT_DUTIES)
		found = self.holding(*named)
		for opd in opds if of_units else ():
			found |= self.of_unit(opd, of_units)
		return found

	def reaches(self, user: str, opd: str) -> bool:
		"""Tell whether a duty of `user` reaches a unit today, through the tree as well."""
		above: str | None = opd
		while above:
			if user in self._at(above):
				return True
			above = self.units[above].parent_p2ham_opd if above in self.units else None
		return user in self.holding(*REGENCY_DUTIES)

	def of_event(
		self, event: notices.Event, opds: Iterable[str], submitted_by: str | None = None
	) -> set[str]:
		"""Return who is told of an event that concerns these units."""
		opds = list(opds)
		found = self.holding(*(name for name in event.whom if name in DUTIES))
		if notices.UNIT in event.whom:
			found |= self.concerned(UNIT_DUTIES, opds)
		if notices.SUBMITTER in event.whom and submitted_by in self.people:
			found |= {submitted_by} if any(self.reaches(submitted_by, opd) for opd in opds) else set()
		return found

	def _at(self, opd: str, names: Iterable[str] = UNIT_DUTIES) -> set[str]:
		return set().union(*(self.of_opd.get((opd, duty), set()) for duty in names))


def load() -> Recipients:
	"""Read who holds which duty today and how they want to be told. Five queries, whatever the number of people."""
	today = getdate(nowdate())
	units = {
		row.name: row
		for row in frappe.get_all(
			"P2HAM OPD", fields=["name", "opd_name", "parent_p2ham_opd", "is_active"], order_by="lft"
		)
	}
	officers = duties.holders_between(DUTIES, today, today)
	found = Recipients(units, _people({row.user for row in officers}))
	for row in officers:
		if row.user not in found.people:
			continue
		if row.duty not in UNIT_DUTIES:
			found.by_duty[row.duty].add(row.user)
		elif row.opd:
			found.of_opd[row.opd, row.duty].add(row.user)
	return found


def _people(users: set[str]) -> dict[str, Person]:
	named = {"name": ("in", [*sorted(users), ""])}
	wishes = {
		row.name: row
		for row in frappe.get_all(
			"Notification Settings",
			filters=named,
			fields=["name", "enabled", "enable_email_notifications"],
			order_by="name",
		)
	}
	default = frappe.db.get_single_value("System Settings", "language") or "en"
	people = {}
	for row in frappe.get_all(
		"User", filters={**named, "enabled": 1}, fields=["name", "email", "language"], order_by="name"
	):
		wish = wishes.get(row.name)
		desk = not wish or bool(wish.enabled)
		mail = desk and (not wish or bool(wish.enable_email_notifications))
		people[row.name] = Person(row.name, row.language or default, desk, (row.email or "") if mail else "")
	return people
