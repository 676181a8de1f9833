"""What does the gate in front of Frappe's generic doors cost a request? On a test site with the app:

    env/bin/python apps/p2ham/benchmarks/gate.py SITE        (in the folder of a bench)

Makes what `listing.py` makes, and removes it again. Each person asks for what the desk's list asks for, and searches for
a link, as whole requests through Frappe's WSGI application; the baseline, in turns with it, is the same request with the
gate open. Wanted, or it ends with an error: at most 2 ms more (the median of the differences of each turn), and not one
query. Fields of linked units are among what is asked, since they are what the gate has to think about.
"""

from __future__ import annotations

import json
import statistics
import sys
from unittest.mock import patch

import listing
from frappe.utils.password import update_password
from listing import DOCTYPE, PAGE, PASSWORD, PEOPLE, REPETITIONS, REQUESTS, TREE
from on_site import add_people, add_units, address, named_site
from werkzeug.test import Client

from p2ham.access import gate

MAX_MILLISECONDS, MAX_QUERIES = 2.0, 0
ASKED = {
	**REQUESTS,
	"linked fields": (
		"frappe.desk.reportview.get",
		{**PAGE, "fields": json.dumps([*json.loads(PAGE["fields"]), "opd.opd_name as opd_opd_name"])},
	),
	"link search": (
		"frappe.desk.search.search_link",
		{"doctype": DOCTYPE, "txt": "uji", "page_length": 10, "ignore_user_permissions": 0},
	),
}


def both(site: str, client: Client, name: str) -> tuple[float, float, int]:
	"""Return seconds with the gate, seconds without, and how many queries it adds."""
	guarded, queries = listing.once(site, client, *ASKED[name])
	with patch.object(gate, "check", lambda: None):
		open_, fewer = listing.once(site, client, *ASKED[name])
	return guarded, open_, queries - fewer


def compare(site: str, who: str, client: Client, name: str) -> bool:
	"""Print one line of figures; return whether the bounds hold."""
	both(site, client, name)  # fills what a worker keeps
	runs = [both(site, client, name) for _number in range(REPETITIONS)]
	more = statistics.median(guarded - open_ for guarded, open_, _queries in runs) * 1000
	queries = max(queries for _guarded, _open, queries in runs)
	guarded, open_ = (statistics.median(run[way] for run in runs) * 1000 for way in (0, 1))
	print(f"{name:16}{who:10}{guarded:8.1f}{open_:8.1f}{more:8.2f}{queries:9}")
	return more <= MAX_MILLISECONDS and queries <= MAX_QUERIES


def main(site: str) -> int:
	print("Makes units, assessments and users whose names begin with UJI, and removes them again.")
	try:
		with listing.committed(site):
			listing.remove()
			add_units(TREE)
			add_people(PEOPLE)
			for name in PEOPLE:
				update_password(address(name), PASSWORD)
			listing.add_assessments()
		print(f"{'':26}{'ms':>8}{'open':>8}{'more':>8}{'queries':>9}")
		clients = {who: listing.log_in(site, who) for who in PEOPLE}
		held = [compare(site, who, client, name) for name in ASKED for who, client in clients.items()]
	finally:
		with listing.committed(site):
			listing.remove()
	print(
		f"{len(held)} measurements, "
		+ ("all bounds hold" if all(held) else f"{held.count(False)} bounds do not hold")
	)
	return int(not all(held) or not held)


if __name__ == "__main__":
	sys.exit(main(named_site(__doc__)))
