"""A regency of any size, inserted in bulk and past the controllers: for tests and benchmarks of what reads a lot.

Its figures are right: `bench p2ham-recompute --check` and `bench p2ham-verify-log` find nothing to say about it.
The same size, seed and day always give the same regency. Nothing is committed here.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, isqrt

import frappe
from frappe.utils import getdate, nowdate

from p2ham.access import duties
from p2ham.demo import generated_follow_ups as follow_ups
from p2ham.demo import generated_instruments as instruments
from p2ham.demo import generated_sheets as sheets
from p2ham.demo.generated_sheets import People, Round, Sheets, Shelf, Writer
from p2ham.engine.duties import KABAG_HUKUM, OBSERVER, OPD_CLERK, OPD_HEAD, SEKDA, VERIFIER
from p2ham.engine.instrument import Instrument
from p2ham.instruments import store, writing


@dataclass(frozen=True)
class Generated:
	"""What was made, by name. `clerk` and `head` are those of the first parent, `single` the clerk of one unit."""

	root: str
	parents: tuple[str, ...]
	units: tuple[str, ...]
	instruments: tuple[str, ...]
	periods: tuple[str, ...]
	clerk: str
	head: str
	verifier: str
	kabag: str
	sekda: str
	observer: str
	single: str


# How far the first units are in the last period, in this order, so that small regencies show as much as they can:
# a course of the sheet, or the status of a participant that has not begun one.
INVITED, READY, WITHDRAWN = "Invited", "Ready", "Withdrawn"
FIRST = (
	sheets.APPROVED,
	sheets.REVIEWED,
	sheets.VERIFIED,
	sheets.SUBMITTED,
	sheets.PARTLY,
	sheets.UNTOUCHED,
	sheets.CANCELLED,
	READY,
	sheets.APPROVED,
	INVITED,
	WITHDRAWN,
	sheets.RETURNED,
)
# And all others.
SHARES = {
	sheets.APPROVED: 55,
	sheets.REVIEWED: 10,
	sheets.VERIFIED: 6,
	sheets.SUBMITTED: 9,
	sheets.PARTLY: 8,
	sheets.UNTOUCHED: 3,
	sheets.RETURNED: 3,
	READY: 2,
	INVITED: 2,
	WITHDRAWN: 2,
}
# How far the own assessments by the instrument of KKP HAM are: of the regency, then of its OPD in turn.
FORECASTS = (sheets.SUBMITTED, sheets.APPROVED, sheets.REVIEWED, sheets.PARTLY)
DAYS_OPEN = 90  # so long ago the last period began


def regency(
	units: int = 12,
	years: int = 3,
	indicators: int = 12,
	seed: int = 1,
	uses: int = 6,
	prefix: str = "UJI",
	joined: float = 0.6,
	today: datetime.date | None = None,
	written: Callable[[], None] = lambda: None,
) -> Generated:
	"""Insert a regency with `units` assessed units over `years` periods, the last of them open today.

	`indicators` are asked by each instrument (a unit answers those for its kind), `uses` documents stand in a
	sheet, and all names begin with `prefix`, which must be new to the site. In the first year a part of the units,
	`joined`, takes part. `written` is called after each batch of rows, for who wants to commit.
	"""
	chance = random.Random(f"{prefix}:{seed}:{units}:{years}:{indicators}:{uses}")
	today = getdate(today or nowdate())
	first_year = today.year - years + 1
	writer = Writer(random.Random(f"{prefix}:{seed}"), written)

	tree = _Tree(prefix, units)
	tree.write(writer)
	people = _People(prefix, tree)
	people.write(writer)
	codes = _write_instruments(prefix, years, indicators, uses, first_year)
	rounds = _rounds(prefix, codes, years, today)
	plans = [_plan(units, number, years, joined, chance) for number in range(years)]
	for round_, plan in zip(rounds, plans, strict=True):
		_write_period(writer, round_, plan, tree, today, last=round_ is rounds[-1])
	writer.flush()

	after = follow_ups.FollowUps(prefix, writer, random.Random(f"{prefix}:{seed}:after"), today)
	make = Sheets(writer, chance, uses, approved=after.of_sheet)
	for position, unit in enumerate(tree.units):
		workers = people.of(position)
		shelf = Shelf(unit["name"], workers.clerk, today, writer, chance)
		for round_, plan in zip(rounds, plans, strict=True):
			_status, course = plan.get(position, ("", ""))
			if course:
				make.make(shelf, unit, round_, workers, course)
	_write_instrument(follow_ups.instrument(prefix, first_year), "Active")
	after.results(rounds, tree)
	after.guidance(rounds, tree)
	after.owners(rounds, tree)
	_write_forecasts(prefix, make, rounds[-1], tree, people, today)
	writer.flush()
	duties.clear_cache()
	return Generated(
		root=tree.root,
		parents=tuple(tree.parents),
		units=tuple(unit["name"] for unit in tree.units),
		instruments=tuple(codes),
		periods=tuple(round_.period for round_ in rounds),
		clerk=people.clerks[0],
		head=people.heads[0],
		verifier=people.verifier,
		kabag=people.kabag,
		sekda=people.sekda,
		observer=people.observer,
		single=people.single,
	)


class _Tree:
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


class _People:
	"""A clerk and a head for each OPD, one clerk of a single unit, and the five of the regency."""

	def __init__(self, prefix: str, tree: _Tree):
		def address(name: str) -> str:
			return f"{prefix.lower().replace(' ', '-')}.{name}@example.com"

		numbers = range(1, len(tree.parents) + 1)
		self.clerks = [address(f"operator.{number}") for number in numbers]
		self.heads = [address(f"kepala.{number}") for number in numbers]
		self.single = address("operator.unit")
		self.verifier, self.kabag, self.sekda, self.observer = map(
			address, ("verifikator", "kabag.hukum", "sekda", "pengamat")
		)
		# Not below the first OPD where there are two, so that this clerk and the OPD's see different units.
		self.place = min(1, len(tree.units) - 1)
		self.prefix, self.tree = prefix, tree

	def of(self, position: int) -> People:
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


def _write_instruments(prefix: str, years: int, indicators: int, uses: int, first_year: int) -> list[str]:
	"""Write as many versions as the years ask for; return their codes, oldest first."""
	number = 1 if years == 1 else 2 if years < 5 else 3
	codes = []
	for instrument in instruments.versions(prefix, number, indicators, uses, first_year):
		_write_instrument(instrument, "Retired" if not codes and number > 1 else "Active")
		codes.append(instrument.code)
	return codes


def _write_instrument(instrument: Instrument, status: str) -> None:
	record = writing._record(instrument)
	thresholds = record.pop("thresholds")
	writing._insert("P2HAM Instrument", [{"name": instrument.code, **record, "status": status}])
	writing._insert(
		"P2HAM Threshold",
		[
			{**row, **store.child_of("P2HAM Instrument", instrument.code, "thresholds", place)}
			for place, row in enumerate(thresholds, start=1)
		],
	)
	writing._write_scales(instrument.scales)
	writing._write_opd_types(instrument)
	writing._write_criteria(instrument.code, instrument.criteria)
	writing._write_indicators(instrument.code, instrument.indicators)
	writing._link_continuations(instrument)


def _rounds(prefix: str, codes: list[str], years: int, today: datetime.date) -> list[Round]:
	"""Return the periods, oldest first, with the instrument that each of them asks."""
	loaded = {code: store.load(code, anew=True) for code in codes}
	rounds = []
	for number in range(years):
		year = today.year - years + 1 + number
		last = number == years - 1
		begins = today - datetime.timedelta(DAYS_OPEN) if last else datetime.date(year, 3, 1)
		instrument = loaded[codes[number * len(codes) // years]]
		rounds.append(Round(f"{prefix}-{year}", f"Penilaian uji {year}", year, begins, instrument))
	return rounds


def _plan(
	units: int, number: int, years: int, first: float, chance: random.Random
) -> dict[int, tuple[str, str]]:
	"""Say of each unit that takes part in a period, by its position, its status and how far its sheet comes
	(empty where there is none)."""
	if number == years - 1:
		plan = {}
		for position in range(units):
			course = (
				FIRST[position]
				if position < len(FIRST)
				else chance.choices(list(SHARES), list(SHARES.values()))[0]
			)
			plan[position] = (course, "") if course in (INVITED, READY, WITHDRAWN) else ("Declared", course)
		return plan
	# Earlier, fewer units took part.
	joined = ceil(units * (first + (1 - first) * number / (years - 1)))
	plan = {}
	for position in range(joined):
		plan[position] = "Declared", sheets.APPROVED
		rare = chance.random() if position >= len(FIRST) else 1
		if rare < 0.02:
			del plan[position]
		elif rare < 0.03:
			plan[position] = WITHDRAWN, sheets.PARTLY
		elif rare < 0.04:
			plan[position] = INVITED, ""
	# One of each also in a small regency: left out, withdrawn after it had begun, never answered the invitation.
	others = min(joined, len(FIRST)) - 2
	if others >= 4:
		plan.pop(2 + number % others)
		plan[2 + (number + 1) % others] = WITHDRAWN, sheets.PARTLY
		plan[2 + (number + 3) % others] = INVITED, ""
	return plan


def _write_forecasts(
	prefix: str, make: Sheets, last: Round, tree: _Tree, people: _People, today: datetime.date
) -> None:
	"""Write what the regency and its OPD say of themselves by the instrument of KKP HAM, in the year of the last results."""
	writer, instrument = make.writer, store.load(f"{prefix}-KKP", anew=True)
	title = f"Penilaian mandiri KKP HAM {last.year}"
	# Before the other, which stays the newest period.
	begins = last.begins - datetime.timedelta(DAYS_OPEN)
	round_ = Round(f"{prefix}-KKP-{last.year}", title, last.year, begins, instrument)
	kinds = {tree.root: ("Kabupaten Uji", "Kabupaten")}
	kinds.update((opd, (opd_name, "Dinas")) for opd, opd_name in tree.named_parents())
	_write_period(writer, round_, {}, tree, today, last=False)
	for number, (opd, (opd_name, opd_type)) in enumerate(kinds.items()):
		workers = people.of(max(0, number - 1))
		unit = {"name": opd, "opd_name": opd_name, "opd_type": opd_type}
		shelf = Shelf(opd, workers.clerk, today, writer, make.chance)
		make.make(shelf, unit, round_, workers, FORECASTS[number % len(FORECASTS)])


def _write_period(
	writer: Writer, round_: Round, plan: dict[int, tuple[str, str]], tree: _Tree, today, last: bool
) -> None:
	def day(number: int) -> datetime.date:
		return round_.begins + datetime.timedelta(number)

	writer.add(
		"P2HAM Period",
		{
			"name": round_.period,
			"title": round_.title,
			"instrument": round_.instrument.code,
			"family": round_.instrument.family,
			"assessment_year": round_.year,
			"data_year": round_.data_year,
			"status": "Open" if last else "Closed",
			"target_units": len(tree.units),
			"fill_from": round_.begins,
			"fill_until": day(DAYS_OPEN + 30),
			"review_until": day(DAYS_OPEN + 45),
			"approve_until": day(DAYS_OPEN + 60),
		},
	)
	rows = []
	for position, (status, _course) in plan.items():
		ready_on = None if status == INVITED else day(position % 5 - 14)
		declared_on = day(position % 4 - 7) if status == "Declared" else None
		rows.append(
			{
				"opd": tree.units[position]["name"],
				"status": status,
				"ready_on": ready_on,
				"declared_on": declared_on,
			}
		)
	writer.add_children("P2HAM Period", round_.period, "participants", "P2HAM Period Participant", rows)
