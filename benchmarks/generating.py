"""What does it cost to make a thousand assessments at once, and does a killed process lose or double any? On a test site
with the app:

    env/bin/python apps/p2ham/benchmarks/generating.py SITE        (in the folder of a bench)

The baseline is `insert()` of the same assessments one by one: of a sample, spread over the units, in the same run. Makes
a thousand units, an instrument of 60 indicators and a period, COMMITTED, since processes of their own work on them, and
REMOVES THEM AGAIN past every rule: for a test site.

A process makes them and is killed half way; a second one completes them, and what is stored is counted. Then all are
removed, and a third makes them whole, which is what is measured, with the most memory it had in use beyond what it
needed before. Last, the same with everything of the year before carried over. Wanted, or it ends with an error: at most
a third of the time of the baseline, under 200 MB more memory, as many queries for a batch of 50 units as for one of 5,
and after the kill all of them there, none twice.
"""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from frappe.database.database import Database
from on_site import add_units, named_site, undone
from packaging import memory_before, peak
from saving import add_instrument

from p2ham.demo import factories as make
from p2ham.instruments import store, writing
from p2ham.periods import generation

UNITS, INDICATORS, SAMPLE = 1000, 60, 40
NAMES = [f"UJI {number:04}" for number in range(UNITS)]
MAX_TIME, MAX_MEMORY = 1 / 3, 200  # of the baseline, MB
CHILDREN = ("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use")


def main(site: str) -> None:
	with undone(site):
		try:
			period, later = prepare()
			one = statistics.median(inserted(period, opd) for opd in NAMES[:: UNITS // SAMPLE])
			queries = [queries_of_batch(period, number) for number in (5, 50)]
			left = killed_half_way(site, period)
			measured(site, period)
			whole = check_whole(period)
			remove_assessments(period)
			run = measured(site, period)
			check_whole(period)
			approve(period)
			carried = measured(site, later, "carry")
		finally:
			frappe.db.rollback()
			frappe.set_user("Administrator")
			remove()
	base = one * UNITS
	print(f"{UNITS} assessments of {INDICATORS} items")
	print(f"{'insert()':24}{base:8.1f} s  ({one * 1000:.0f} ms each, {SAMPLE} of them)")
	print(
		f"{'in bulk':24}{run['seconds']:8.1f} s  ratio {run['seconds'] / base:.2f}, {run['memory']:.0f} MB more memory"
	)
	print(
		f"{'with carry-over':24}{carried['seconds']:8.1f} s  ratio {carried['seconds'] / base:.2f}, "
		f"{carried['memory']:.0f} MB more memory, {carried['carried']} with answers of the year before"
	)
	print(f"{'queries of a batch':24}{queries[0]:8} for 5 units, {queries[1]} for 50")
	print(f"{'killed half way':24}{left:8} were there, then {whole}")
	broken = [
		f"{run['seconds'] / base:.2f} of the baseline" if run["seconds"] > MAX_TIME * base else "",
		f"{run['memory']:.0f} MB" if run["memory"] > MAX_MEMORY else "",
		f"{queries[1]} queries" if queries[0] != queries[1] else "",
	]
	if any(broken):
		raise SystemExit("beyond its bounds: " + ", ".join(filter(None, broken)))


def prepare() -> tuple[str, str]:
	"""Make units, instrument and two periods, and commit them; return their names."""
	remove()  # what an interrupted run may have left
	add_units({"UJI SEMUA": NAMES})
	instrument = add_instrument(INDICATORS)
	period, later = (make.create_period(instrument, year, [], opens=False) for year in (2090, 2091))
	for name in (period, later):
		rows = [{"opd": opd, "status": "Declared"} for opd in NAMES]
		writing._insert(
			"P2HAM Period Participant",
			[
				{**store.child_of("P2HAM Period", name, "participants", number), **row}
				for number, row in enumerate(rows, 1)
			],
		)
		frappe.db.set_value("P2HAM Period", name, "status", "Open")
	frappe.db.commit()  # nosemgrep: a script, not a document event
	frappe.clear_cache()
	return period, later


def inserted(period: str, opd: str) -> float:
	"""Return the seconds that `insert()` of one takes; it is undone."""
	frappe.db.savepoint("measure")
	begin = time.perf_counter()
	frappe.get_doc({"doctype": "P2HAM Assessment", "period": period, "opd": opd}).insert(
		ignore_permissions=True
	)
	seconds = time.perf_counter() - begin
	frappe.db.rollback(save_point="measure")
	return seconds


def queries_of_batch(period: str, number: int) -> int:
	run, calls = Database.sql, []

	def sql(*args, **kwargs):
		calls.append(args[1])
		return run(*args, **kwargs)

	frappe.db.savepoint("measure")
	generation.make_batch(period, NAMES[:number], False)  # the first fills what a worker keeps
	frappe.db.rollback(save_point="measure")
	with patch.object(Database, "sql", sql):
		generation.make_batch(period, NAMES[:number], False)
	frappe.db.rollback(save_point="measure")
	return len(calls)


def killed_half_way(site: str, period: str) -> int:
	"""Kill a process once half of the assessments are there; return how many were."""
	frappe.db.commit()  # nosemgrep: a script, not a document event
	process = subprocess.Popen([sys.executable, __file__, site, period, "plain"], stdout=subprocess.DEVNULL)
	while count(period) < UNITS / 2:
		time.sleep(0.05)
		if process.poll() is not None:
			raise SystemExit("it was done before it could be killed")
	os.kill(process.pid, signal.SIGKILL)
	process.wait()
	# Whoever asks for the lock waits until the database has ended what the killed process had begun.
	frappe.db.get_value("P2HAM Period", period, "name", for_update=True)
	left = count(period)
	if not UNITS / 2 <= left < UNITS:
		raise SystemExit(f"{left} were left by the killed process")
	frappe.db.rollback()
	return left


def count(period: str) -> int:
	frappe.db.rollback()
	return frappe.db.count("P2HAM Assessment", {"period": period})


def check_whole(period: str) -> str:
	"""Raise SystemExit unless each unit has one assessment with all its rows and one entry in its log."""
	frappe.db.rollback()
	names = frappe.get_all("P2HAM Assessment", {"period": period}, pluck="name", order_by="name")
	items = frappe.db.count("P2HAM Assessment Item", {"parent": ("in", names)})
	entries = frappe.db.count("P2HAM Assessment Log", {"assessment": ("in", names)})
	found = f"{len(names)} with {items} items and {entries} entries"
	if (len(names), items, entries) != (UNITS, UNITS * INDICATORS, UNITS):
		raise SystemExit(f"not whole: {found}")
	return found


def approve(period: str) -> None:
	"""Make of all of them what a year leaves, past every rule: approved, each answer accepted."""
	sheets = {"period": period}
	names = frappe.get_all("P2HAM Assessment", sheets, pluck="name", order_by="name")
	rows = {"parent": ("in", names)}
	answers = {"self_answer": "Ada", "verified_answer": "Ada", "self_note": "Ruang tunggu, pintu timur."}
	frappe.db.set_value("P2HAM Assessment Item", rows, answers)
	frappe.db.set_value("P2HAM Assessment", sheets, {"docstatus": 1, "workflow_state": "Approved"})
	frappe.db.commit()  # nosemgrep: a script, not a document event


def measured(site: str, period: str, way: str = "plain") -> dict:
	frappe.db.commit()  # nosemgrep: a script, not a document event
	told = subprocess.run(
		[sys.executable, __file__, site, period, way], check=True, stdout=subprocess.PIPE, text=True
	).stdout
	return json.loads(re.search(r"^\{.*\}$", told, re.M)[0])


# In a process of its own


def measure(site: str, period: str, way: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.flags.mute_emails = True
	store.load(frappe.db.get_value("P2HAM Period", period, "instrument"))
	frappe.db.rollback()
	before, begin = memory_before(), time.perf_counter()
	outcome = generation.make(period, way == "carry", lambda done, total: frappe.db.commit())
	print()
	print(
		json.dumps(
			{
				"seconds": time.perf_counter() - begin,
				"memory": peak() - before,
				"created": outcome.created,
				"carried": outcome.carried,
			}
		)
	)
	frappe.destroy()


# Away again


def remove_assessments(period: str) -> None:
	for name in CHILDREN:
		table, sheet = frappe.qb.DocType(name), frappe.qb.DocType("P2HAM Assessment")
		sheets = frappe.qb.from_(sheet).select(sheet.name).where(sheet.period == period)
		frappe.qb.from_(table).delete().where(table.parent.isin(sheets)).run()
	actions = frappe.get_all(
		"Workflow Action", {"reference_name": ("like", f"UJI%-{period}")}, pluck="name", order_by="name"
	)
	if actions:
		frappe.db.delete("Workflow Action Permitted Role", {"parent": ("in", actions)})
		frappe.db.delete("Workflow Action", {"name": ("in", actions)})
	frappe.db.delete("P2HAM Assessment Log", {"assessment": ("like", f"UJI%-{period}")})
	frappe.db.delete("P2HAM Assessment", {"period": period})
	frappe.db.commit()  # nosemgrep: a script, not a document event


def remove() -> None:
	instruments = frappe.get_all(
		"P2HAM Instrument", {"name": ("like", "UJI%")}, pluck="name", order_by="name"
	)
	for period in frappe.get_all(
		"P2HAM Period", {"instrument": ("in", [*instruments, ""])}, pluck="name", order_by="name"
	):
		remove_assessments(period)
		frappe.db.delete("P2HAM Period Participant", {"parent": period})
		frappe.db.delete("P2HAM Period", {"name": period})
	for instrument in instruments:
		writing.remove_tree(instrument)
		frappe.db.delete("P2HAM Threshold", {"parent": instrument})
		frappe.db.delete("P2HAM Instrument", {"name": instrument})
	for doctype in ("P2HAM Scale Option", "P2HAM Answer Scale"):
		field = "parent" if doctype == "P2HAM Scale Option" else "name"
		frappe.db.delete(doctype, {field: ("like", "Uji%")})
	frappe.db.delete("P2HAM OPD", {"name": ("like", "UJI%")})
	frappe.db.commit()  # nosemgrep: a script, not a document event
	frappe.clear_cache()


if __name__ == "__main__":
	if len(sys.argv) == 4:
		measure(*sys.argv[1:])
	else:
		main(named_site(__doc__))
