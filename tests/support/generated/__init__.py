"""A regency of any size, inserted in bulk and past the controllers: for tests and benchmarks of what reads a lot.

Its figures are right: `bench p2ham-recompute --check` and `bench p2ham-verify-log` find nothing to say about it.
The same size, seed and day always give the same regency. Nothing is committed here.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass

from frappe.utils import getdate, nowdate

from generated import follow_ups, instruments, periods, sheet
from generated.rows import Writer
from generated.sheet import Round
from generated.sheets import Sheets
from generated.shelf import Shelf
from generated.units import Staff, Tree
from p2ham.access import duties
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


# How far the own assessments by the instrument of KKP HAM are: of the regency, then of its OPD in turn.
FORECASTS = (sheet.SUBMITTED, sheet.APPROVED, sheet.REVIEWED, sheet.PARTLY)


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

	tree = Tree(prefix, units)
	tree.write(writer)
	people = Staff(prefix, tree)
	people.write(writer)
	codes = _write_instruments(prefix, years, indicators, uses, first_year)
	rounds = periods.rounds(prefix, codes, years, today)
	plans = [periods.plan(units, number, years, joined, chance) for number in range(years)]
	for round_, plan in zip(rounds, plans, strict=True):
		periods.write(writer, round_, plan, tree, today, last=round_ is rounds[-1])
	writer.flush()

	after = follow_ups.FollowUps(prefix, writer, random.Random(f"{prefix}:{seed}:after"), today)
	make = Sheets(writer, chance, uses, approved=after.of_sheet)
	for position, unit in enumerate(tree.units):
		workers = people.working_at(position)
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


def _write_forecasts(
	prefix: str, make: Sheets, last: Round, tree: Tree, people: Staff, today: datetime.date
) -> None:
	"""Write what the regency and its OPD say of themselves by the instrument of KKP HAM, in the year of the last results."""
	writer, instrument = make.writer, store.load(f"{prefix}-KKP", anew=True)
	title = f"Penilaian mandiri KKP HAM {last.year}"
	# Before the other, which stays the newest period.
	begins = last.begins - datetime.timedelta(periods.DAYS_OPEN)
	round_ = Round(f"{prefix}-KKP-{last.year}", title, last.year, begins, instrument)
	kinds = {tree.root: ("Kabupaten Uji", "Kabupaten")}
	kinds.update((opd, (opd_name, "Dinas")) for opd, opd_name in tree.named_parents())
	periods.write(writer, round_, {}, tree, today, last=False)
	for number, (opd, (opd_name, opd_type)) in enumerate(kinds.items()):
		workers = people.working_at(max(0, number - 1))
		unit = {"name": opd, "opd_name": opd_name, "opd_type": opd_type}
		shelf = Shelf(opd, workers.clerk, today, writer, make.chance)
		make.make(shelf, unit, round_, workers, FORECASTS[number % len(FORECASTS)])


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
