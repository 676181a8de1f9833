"""The sheets of a generated regency: answers, documents, figures and log, each as the app itself would leave them.

Nothing here is a guess at a figure: points, scores, category, completeness and hashes come from the functions that
the controllers call.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import frappe

from generated.making import Making
from generated.rows import ROWS, Writer
from generated.sheet import APPROVED, CANCELLED, SUBMITTED, People, Round, Sheet
from generated.shelf import Shelf
from p2ham.assessment import sealing
from p2ham.assessment import source as sources
from p2ham.paper.letterhead import OFFICE_FIELDS


@dataclass
class Sheets:
	"""Makes sheets; one after the other for each unit, so that its documents serve several years. `approved` is
	given each sheet that came so far."""

	writer: Writer
	chance: random.Random
	uses: int
	approved: Callable[[Sheet], None]
	number: int = 0

	def path(self, unit: str) -> list[frappe._dict]:
		"""Return the units from the regency down to this one, as they are stored."""
		bounds = self.tree[unit]
		return [
			frappe._dict({name: row[name] for name in OFFICE_FIELDS})
			for row in self.tree.values()
			if row.lft <= bounds.lft and row.rgt >= bounds.rgt
		]

	@cached_property
	def tree(self) -> dict[str, frappe._dict]:
		rows = frappe.get_all("P2HAM OPD", fields=[*OFFICE_FIELDS, "lft", "rgt"], order_by="lft")
		return {row.name: row for row in rows}

	@cached_property
	def officers(self) -> dict[str, frappe._dict]:
		"""The officers by user; everybody made here has one duty."""
		rows = frappe.get_all("P2HAM Officer", fields=list(sealing.SIGNATORY), order_by="name")
		return {row.user: row for row in rows}

	@cached_property
	def regency(self) -> frappe._dict:
		return sources.part(frappe.get_cached_doc("P2HAM Settings"), sources.REGENCY)

	def make(self, shelf: Shelf, unit: dict, round_: Round, people: People, course: str) -> None:
		"""Bring the sheet of a unit in a period as far as `course` says, and write it."""
		made = Making(self, shelf, unit, round_, people)
		made.go(course)
		if course == APPROVED:
			self.approved(made.sheet)
		if course == CANCELLED:
			Making(self, shelf, unit, round_, people, made).go(SUBMITTED)
		self.writer.flush(ROWS)
