"""What do official documents cost? On a test site with the demo:

    env/bin/python apps/p2ham/benchmarks/documents.py SITE        (in the folder of a bench; commits nothing)

The data of a sheet, of 15 and of 120 indicators: its queries, and its time beside the plain SQL for the same rows. Each
repetition is a request of its own that remembers only what a worker keeps; seconds are medians, and the ratio is the median
of those of each turn.

Many sheets as one PDF, beside the same sheets set one by one and thrown away: the processor's time, which other work on the
machine disturbs least, and the highest memory that the process had in use, less what it had before. Each way is a process
of its own.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from on_site import add_people, add_units, address, counted, new_request, undone
from packaging import memory_before, peak

from p2ham.demo import factories as make
from p2ham.documents import catalogue
from p2ham.documents.bundle import Bundle
from p2ham.instruments import writing

DOCTYPE, UNIT = "P2HAM Assessment", "UJI UNIT"
SIZES = (15, 120)
REPETITIONS = 25
SHEETS = (10, 50)
TABLES = {
	"P2HAM Assessment": "name",
	"P2HAM Assessment Item": "parent",
	"P2HAM Assessment Score": "parent",
	"P2HAM Evidence Use": "parent",
}


def main(site: str) -> None:
	with undone(site):
		add_units({UNIT: []})
		add_people({"clerk": ("OPD Clerk", UNIT), "kabag": ("Kabag Hukum", None)})
		compare_data()
	for count in SHEETS:
		compare_bundle(site, count)


# The data of one sheet


def compare_data() -> None:
	print(f"{'data of a sheet':18}{'ms':>10}{'SQL ms':>10}{'ratio':>8}{'queries':>10}")
	found = {}
	for size in SIZES:
		frappe.set_user("Administrator")
		name = add_assessment(size)
		for _warm in range(2):
			once(prepare, name), once(read_rows, name)
		runs = [(once(prepare, name), once(read_rows, name)) for _number in range(REPETITIONS)]
		ours, plain = (statistics.median(run[side]["seconds"] for run in runs) for side in (0, 1))
		ratio = statistics.median(run[0]["seconds"] / run[1]["seconds"] for run in runs)
		found[size] = runs[-1][0]["queries"]
		print(f"{size:4} indicators   {ours * 1000:10.1f}{plain * 1000:10.1f}{ratio:8.2f}{found[size]:10}")
	few, many = found.values()
	print("as many queries" if few == many else f"WRONG: {few} queries for {SIZES[0]}, {many} for {SIZES[1]}")


def add_assessment(size: int) -> str:
	"""Make an assessment of so many indicators, each answered and with a document."""
	answers = {"Ada": 100, "Proses": 50, "Tidak": 0}
	instrument = writing.create(make.make_instrument(f"UJI-{size}", 2090, answers, 5, size))
	make.activate_instrument(instrument)
	period = make.create_period(instrument, 2090 + SIZES.index(size), [UNIT])
	with make.acting_as(address("clerk")):
		doc = make.create_assessment(period, UNIT)
		make.fill(doc, [0, 1], note="Ruang tunggu, pintu timur.")
		evidence = make.create_evidence(UNIT, f"Foto {size}", kind="Image")
		for row in doc.items:
			doc.append("evidence_uses", {"indicator": row.indicator, "evidence": evidence})
		doc.save()
	return doc.name


def once(act, name: str) -> dict:
	"""Do it once, as a request of its own."""
	figures: dict = {}
	new_request(address("kabag"))
	gc.collect()
	with counted(figures):
		act(name)
	return figures


def prepare(name: str) -> None:
	catalogue.by_key("assessment_sheet").prepare(frappe.get_doc(DOCTYPE, name))


def read_rows(name: str) -> None:
	"""Read the rows of a sheet as one would by hand."""
	for table, column in TABLES.items():
		frappe.db.sql(f"select * from `tab{table}` where `{column}` = %s", name, as_dict=True)
	frappe.db.sql(
		"""select evidence.name, evidence.title, evidence.contains_personal_data from `tabP2HAM Evidence` evidence
		join `tabP2HAM Evidence Use` used on used.evidence = evidence.name where used.parent = %s""",
		name,
		as_dict=True,
	)


# Many sheets


def compare_bundle(site: str, count: int) -> None:
	alone, merged = (measured(site, way, count) for way in WAYS)
	print(f"\n{count} sheets, {merged['pages']} pages, {merged['size'] / 1024:.0f} kB")
	for name, run in (("one by one", alone), ("one PDF", merged)):
		print(f"{name:12}{run['seconds']:8.1f} s{run['memory']:8.0f} MB of extra memory")
	print(f"{'ratio':12}{merged['seconds'] / alone['seconds']:8.2f}")


def measured(site: str, way: str, count: int) -> dict:
	told = subprocess.run(
		[sys.executable, __file__, site, way, str(count)], check=True, stdout=subprocess.PIPE, text=True
	).stdout
	return json.loads(told.splitlines()[-1])


def measure(site: str, way: str, count: int) -> None:
	"""In a process of its own: the demo's sheets, over and over."""
	with undone(site):
		bundle = Bundle(frappe.get_all(DOCTYPE, pluck="name", order_by="name", limit=count))
		bundle.sheets = [bundle.sheets[number % len(bundle.sheets)] for number in range(count)]
		bundle.kind.render(frappe.get_doc(DOCTYPE, bundle.sheets[0].name))  # fonts are read once
		gc.collect()
		before, begin = memory_before(), time.process_time()
		more = WAYS[way](bundle)
		seconds = time.process_time() - begin
		print(json.dumps({"seconds": seconds, "memory": peak() - before, **more}))


def one_by_one(bundle: Bundle) -> dict:
	for sheet in bundle.sheets:
		bundle.kind.render(frappe.get_doc(DOCTYPE, sheet.name))
		gc.collect()
	return {}


def as_one_pdf(bundle: Bundle) -> dict:
	from pypdf import PdfReader

	with tempfile.TemporaryDirectory() as folder:
		path = Path(folder) / "bundle.pdf"
		bundle.write(path, lambda done: None)
		return {"size": path.stat().st_size, "pages": len(PdfReader(path).pages)}


WAYS = {"one_by_one": one_by_one, "as_one_pdf": as_one_pdf}


if __name__ == "__main__":
	if Path("sites").is_dir():
		os.chdir("sites")
	if len(sys.argv) == 4:
		measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
	elif len(sys.argv) == 2:
		main(sys.argv[1])
	else:
		raise SystemExit(__doc__)
