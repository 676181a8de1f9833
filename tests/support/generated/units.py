"""The units of a generated regency, and who works there."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt

import frappe

from generated import instruments
from generated.rows import Writer
from generated.sheet import People
from p2ham.engine.duties import KABAG_HUKUM, OBSERVER, OPD_CLERK, OPD_HEAD, SEKDA, VERIFIER


class Tree:
	"""A root beside whatever the site has, OPD below it, and the assessed units dealt out to them in turn."""

	def __init__(self, prefix: str, units: int):
		number = min(units, max(2, isqrt(units)))
		self.root = f"{prefix} KAB"
		self.parents = [f"{prefix} OPD {place + 1:02}" for place in range(number)]
		self.units = []
		for place in range(units):
			opd_type = instruments.UNIT_TYPES[place % len(instruments.UNIT_TYPES)]
			self.units.append(
				{
					"name": f"{prefix} UNIT {place + 1:03}",
					"opd_name": f"{opd_type} Uji {place + 1}",
					"opd_type": opd_type,
					"parent_p2ham_opd": self.parents[place % number],
				}
			)

	def named_parents(self) -> list[tuple[str, str]]:
		return [(parent, f"Dinas Uji {number}") for number, parent in enumerate(self.parents, start=1)]

	def write(self, writer: Writer) -> None:
		end = frappe.get_all("P2HAM OPD", pluck="rgt", order_by="rgt desc", limit=1)
		place = left = (end[0] if end else 0) + 1
		rows = []
		for number, (parent, opd_name) in enumerate(self.named_parents()):
			place += 1
			begin = place
			for unit in self.units[number :: len(self.parents)]:
				rows.append({**unit, "lft": place + 1, "rgt": place + 2})
				place += 2
			place += 1
			about = {
				"opd_name": opd_name,
				"opd_type": "Dinas",
				"parent_p2ham_opd": self.root,
			}
			rows.append({"name": parent, **about, "lft": begin, "rgt": place})
		about = {"opd_name": "Kabupaten Uji", "opd_type": "Kabupaten", "parent_p2ham_opd": None}
		rows.append({"name": self.root, **about, "lft": left, "rgt": place + 1})
		known = set(frappe.get_all("P2HAM OPD Type", pluck="name", order_by="name"))
		for kind in sorted({row["opd_type"] for row in rows} - known):
			writer.add("P2HAM OPD Type", {"name": kind, "type_name": kind})
		groups = {self.root, *self.parents}
		for row in rows:
			writer.add(
				"P2HAM OPD",
				{
					**row,
					"abbreviation": row["name"],
					"old_parent": row["parent_p2ham_opd"],
					"is_group": int(row["name"] in groups),
					"is_active": 1,
				},
			)


class Staff:
	"""A clerk and a head for each OPD, one clerk of a single unit, and the five of the regency."""

	def __init__(self, prefix: str, tree: Tree):
		def address(name: str) -> str:
			return f"{prefix.lower().replace(' ', '-')}.{name}@example.com"

		numbers = range(1, len(tree.parents) + 1)
		self.clerks = [address(f"operator.{number}") for number in numbers]
		self.heads = [address(f"kepala.{number}") for number in numbers]
		self.single = address("operator.unit")
		self.verifier, self.kabag, self.sekda, self.observer = map(
			address, ("verifikator", "kabag.hukum", "sekda", "pengamat")
		)
		# Not below the first OPD where there are two, so that he and its clerk see different units.
		self.place = min(1, len(tree.units) - 1)
		self.prefix, self.tree = prefix, tree

	def working_at(self, position: int) -> People:
		"""Return who works on the unit at a position."""
		parent = position % len(self.clerks)
		clerk = self.single if position == self.place else self.clerks[parent]
		return People(clerk, self.heads[parent], self.kabag, self.sekda)

	def officers(self) -> Iterable[tuple[str, str, str | None]]:
		"""Yield (user, duty, unit)."""
		for clerk, head, parent in zip(self.clerks, self.heads, self.tree.parents, strict=True):
			yield clerk, OPD_CLERK, parent
			yield head, OPD_HEAD, parent
		yield self.single, OPD_CLERK, self.tree.units[self.place]["name"]
		yield self.verifier, VERIFIER, None
		yield self.kabag, KABAG_HUKUM, None
		yield self.sekda, SEKDA, None
		yield self.observer, OBSERVER, None

	def write(self, writer: Writer) -> None:
		for number, (user, duty, opd) in enumerate(self.officers(), start=1):
			full_name = f"{duty} {opd or self.prefix}"
			writer.add(
				"User",
				{
					"name": user,
					"email": user,
					"first_name": full_name,
					"full_name": full_name,
					"enabled": 1,
					"user_type": "System User",
				},
			)
			writer.add_children("User", user, "roles", "Has Role", [{"role": duty}])
			writer.add(
				"P2HAM Officer",
				{
					"name": f"{self.prefix}-PJB-{number:03}",
					"user": user,
					"full_name": full_name,
					"position": duty,
					"duty": duty,
					"opd": opd,
					"from_date": "2000-01-01",
				},
			)
