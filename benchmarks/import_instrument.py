"""How long, and how many queries, does it take to import an instrument? On a site with the app:

    env/bin/python apps/p2ham/benchmarks/import_instrument.py SITE        (in the folder of a bench)

Imports made instruments of 50 and of 500 indicators and undoes it. The baseline, in the same run, inserts
indicators as single documents, the way a form does. Nothing is committed.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from p2ham.instruments import writing

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from on_site import named_site, undone

from p2ham.demo import factories as make
from p2ham.engine.instrument import EvidenceSlot, Instrument, dumps
from p2ham.instruments import exchange, workbook_writing

SIZES = (50, 500)
BASELINE = 50


def made(size: int) -> Instrument:
	"""Return an instrument with ten criteria and `size` indicators with two evidence slots each."""
	instrument = make.make_instrument(
		f"UJI-{size}",
		2024,
		{"Ada": 100, "Tidak": 0},
		10,
		size,
		guidance="Panduan pengisian. " * 9 + "Panduan.",
		weight=Decimal("2.5"),
		principles=("Participation",),
		evidence_slots=(EvidenceSlot("Foto", "Image", True), EvidenceSlot("Surat", "PDF")),
	)
	return dataclasses.replace(
		instrument,
		indicators=tuple(
			dataclasses.replace(row, continues=(f"UJI-LAMA:{row.code}",)) for row in instrument.indicators
		),
	)


@contextmanager
def counted(figures: dict):
	"""Count queries and seconds of what stands in the block."""
	run, number = frappe.db.sql, 0

	def counting(*args, **kwargs):
		nonlocal number
		number += 1
		return run(*args, **kwargs)

	frappe.db.sql = counting
	begin = time.perf_counter()
	try:
		yield
	finally:
		figures.update(seconds=time.perf_counter() - begin, queries=number)
		frappe.db.sql = run


def importing(file_name: str, content: bytes) -> dict:
	figures: dict = {}
	frappe.db.savepoint("measure")
	with counted(figures):
		checked = exchange.check(file_name, content)
		writing.create(checked.instrument)
	frappe.db.rollback(save_point="measure")
	return figures


def one_by_one() -> dict:
	"""The baseline: the same indicators as documents of their own."""
	frappe.db.savepoint("measure")
	instrument = made(BASELINE)
	writing.create(instrument)
	rows = [
		frappe.get_doc("P2HAM Indicator", f"{instrument.code}-{row.code}").as_dict()
		for row in instrument.indicators
	]
	writing.remove_tree(instrument.code)
	writing._write_criteria(instrument.code, instrument.criteria)
	figures: dict = {}
	with counted(figures):
		for row in rows:
			frappe.copy_doc(frappe.get_doc(row), ignore_no_copy=False).insert()
	frappe.db.rollback(save_point="measure")
	return {key: value / BASELINE for key, value in figures.items()}


def main(site: str) -> None:
	with undone(site):
		single = one_by_one()
		print(f"{'':26}{'seconds':>10}{'queries':>10}{'ratio of seconds':>20}")
		print(f"{'one indicator, as document':26}{single['seconds']:10.4f}{single['queries']:10.0f}{1:20.1f}")
		for ending in (exchange.JSON, exchange.EXCEL):
			for size in SIZES:
				instrument = made(size)
				content = (
					dumps(instrument).encode()
					if ending == exchange.JSON
					else workbook_writing.write(instrument)
				)
				figures = importing(f"uji.{ending}", content)
				ratio = figures["seconds"] / single["seconds"]
				name = f"{ending}, {size} indicators"
				print(f"{name:26}{figures['seconds']:10.4f}{figures['queries']:10}{ratio:20.1f}")


if __name__ == "__main__":
	main(named_site(__doc__))
