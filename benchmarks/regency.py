"""Puts a regency on an empty site, for the benchmarks of the reports; commits batch by batch.

    env/bin/python apps/p2ham/benchmarks/regency.py SITE UNITS        (in the folder of a bench)

A thousand units over five years give about 300,000 answers and 100,000 uses of documents.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

import frappe
import generated

SIZE = {"years": 5, "indicators": 72, "uses": 22, "joined": 0.95}
KEPT = "p2ham_generated"
COUNTED = (
	"P2HAM Assessment",
	"P2HAM Assessment Item",
	"P2HAM Assessment Score",
	"P2HAM Evidence",
	"P2HAM Evidence Use",
	"P2HAM Assessment Log",
)


def main(site: str, units: int) -> None:
	frappe.init(site=site)
	frappe.connect()
	made = generated.regency(units, **SIZE, written=frappe.db.commit)
	# Names only, so that whoever measures finds what was made.
	frappe.db.set_default(KEPT, json.dumps(dataclasses.asdict(made)))
	frappe.db.commit()  # nosemgrep: a script, not a document event
	for doctype in COUNTED:
		print(f"{frappe.db.count(doctype):10,} {doctype}")
	frappe.destroy()


def read() -> generated.Generated:
	"""Return what was put on the site that is connected."""
	kept = json.loads(frappe.db.get_default(KEPT))
	return generated.Generated(
		**{name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
	)


if __name__ == "__main__":
	if len(sys.argv) != 3:
		raise SystemExit(__doc__)
	if Path("sites").is_dir():
		os.chdir("sites")
	main(sys.argv[1], int(sys.argv[2]))
