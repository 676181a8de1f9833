"""What does a run of the reminders cost, and does it grow with them? On a test site with the app:

    env/bin/python apps/p2ham/benchmarks/reminding.py SITE      (in the folder of a bench)

Follow-ups that are late, of a hundred made units with a head each, past the controllers; everything stays in one
transaction that is undone. The baseline is what Frappe offers by itself: a Notification Log inserted as a document for
each reminder. Each repetition is a request of its own; ours and the baseline take turns, seconds are medians, and the
ratio is the median of those of each turn.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from frappe.utils import add_days, nowdate
from on_site import add_people, add_units, address, counted, named_site, new_request, undone

from p2ham.digests import daily_digest
from p2ham.instruments import writing

SIZES = (100, 1000)
REPETITIONS = 5
UNITS = [f"UJI {number:03}" for number in range(100)]
FOLLOW_UP, LOG, DIGEST, SETTINGS = "P2HAM Follow-up", "Notification Log", "P2HAM Digest", "P2HAM Settings"


def add_follow_ups(number: int) -> None:
	"""Make so many follow-ups, due yesterday, ten for each unit."""
	writing._insert(
		FOLLOW_UP,
		[
			{
				"name": f"UJI-TL-{place:05}",
				"opd": UNITS[place // 10],
				"recommendation": f"Perbaiki {place}",
				"due_date": add_days(nowdate(), -1),
				"status": "Open",
			}
			for place in range(number)
		],
	)


def insert_each(number: int) -> None:
	"""Tell the same people the same, one document for each reminder."""
	for place in range(number):
		frappe.get_doc(
			{
				"doctype": LOG,
				"type": "Alert",
				"for_user": address(f"head{place // 10}"),
				"subject": f"Perbaiki {place}",
				"document_type": FOLLOW_UP,
				"document_name": f"UJI-TL-{place:05}",
			}
		).insert(ignore_permissions=True)


def once(act) -> dict:
	"""Do it once, as a request of its own, and take it back."""
	figures: dict = {}
	new_request("Administrator")
	frappe.db.savepoint("measure")
	with counted(figures):
		act()
	figures["digests"] = frappe.db.count(DIGEST)
	frappe.db.rollback(save_point="measure")
	return figures


def measure(number: int) -> int:
	"""Print one line of figures; return the queries of ours."""
	acts = (daily_digest.remind, lambda: insert_each(number))
	for act in acts:  # the first one fills what a worker keeps
		once(act)
	runs = [[once(act) for act in acts] for _number in range(REPETITIONS)]
	seconds = [statistics.median(run[side]["seconds"] for run in runs) for side in (0, 1)]
	ratio = statistics.median(run[0]["seconds"] / run[1]["seconds"] for run in runs)
	queries = [statistics.median_low(run[side]["queries"] for run in runs) for side in (0, 1)]
	print(
		f"{number:10}{runs[0][0]['digests']:10}{seconds[0] * 1000:10.0f}{seconds[1] * 1000:10.0f}{ratio:8.2f}"
		f"{queries[0]:10}{queries[1]:10}"
	)
	return queries[0]


def main(site: str) -> None:
	with undone(site):
		# What the site has of its own is not reminded of.
		for doctype, status in (("P2HAM Period", "Closed"), (FOLLOW_UP, "Closed")):
			table = frappe.qb.DocType(doctype)
			frappe.qb.update(table).set(table.status, status).run()
		frappe.db.delete(DIGEST)
		frappe.db.set_single_value(
			SETTINGS, {"remind_evidence": 0, "remind_follow_ups": 1, "reminders_run_on": None}
		)
		add_units({unit: [] for unit in UNITS})
		add_people({f"head{number}": ("OPD Head", unit) for number, unit in enumerate(UNITS)})
		print(
			f"{'reminders':>10}{'digests':>10}{'ms':>10}{'baseline':>10}{'ratio':>8}{'queries':>10}{'baseline':>10}"
		)
		found = []
		for number in SIZES:
			frappe.db.delete(FOLLOW_UP, {"name": ("like", "UJI-TL-%")})
			add_follow_ups(number)
			found.append(measure(number))
		if found[0] != found[-1]:
			raise SystemExit("The number of queries depends on that of the reminders.")


if __name__ == "__main__":
	main(named_site(__doc__))
