"""How long, and how many queries, does it take to import an instrument? On a site with the app:

    env/bin/python apps/p2ham/benchmarks/import_instrument.py SITE        (in the folder of a bench)

Imports made instruments of 50 and of 500 indicators and undoes it. The baseline, in the same run, inserts
indicators as single documents, the way a form does. Nothing is committed.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe

from p2ham.engine.instrument import (
	Criterion,
	EvidenceSlot,
	Indicator,
	Instrument,
	Scale,
	ScaleOption,
	Threshold,
	dumps,
)
from p2ham.instruments import files, store, workbook

SIZES = (50, 500)
BASELINE = 50


def made(size: int) -> Instrument:
	"""Return an instrument with ten criteria and `size` indicators with two evidence slots each."""
	return Instrument(
		code=f"UJI-{size}",
		title=f"Uji kecepatan, {size} indikator",
		regulation="Tidak ada",
		family="P2HAM",
		year=2024,
		source_note="Dibuat untuk mengukur kecepatan.",
		thresholds=(Threshold("Rendah", Decimal(0), "red"), Threshold("Baik", Decimal(75), "green")),
		scales=(
			Scale(
				"UJI Ada / Tidak",
				"Options",
				(ScaleOption("Ada", Decimal(100)), ScaleOption("Tidak", Decimal(0))),
			),
		),
		criteria=tuple(
			Criterion(code=f"K{number}", title=f"Kriteria {number}", weight=Decimal(10))
			for number in range(10)
		),
		indicators=tuple(
			Indicator(
				code=f"I{number}",
				criterion=f"K{number % 10}",
				title=f"Indikator {number}",
				guidance="Panduan pengisian. " * 9 + "Panduan.",
				scale="UJI Ada / Tidak",
				weight=Decimal("2.5"),
				principles=("Participation",),
				continues=(f"UJI-LAMA:I{number}",),
				evidence_slots=(EvidenceSlot("Foto", "Image", True), EvidenceSlot("Surat", "PDF")),
			)
			for number in range(size)
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
		checked = files.check(file_name, content)
		store.create(checked.instrument)
	frappe.db.rollback(save_point="measure")
	return figures


def one_by_one() -> dict:
	"""The baseline: the same indicators as documents of their own."""
	frappe.db.savepoint("measure")
	instrument = made(BASELINE)
	store.create(instrument)
	rows = [
		frappe.get_doc("P2HAM Indicator", f"{instrument.code}-{row.code}").as_dict()
		for row in instrument.indicators
	]
	store.remove_tree(instrument.code)
	store._write_criteria(instrument.code, instrument.criteria)
	figures: dict = {}
	with counted(figures):
		for row in rows:
			frappe.copy_doc(frappe.get_doc(row), ignore_no_copy=False).insert()
	frappe.db.rollback(save_point="measure")
	return {key: value / BASELINE for key, value in figures.items()}


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	try:
		single = one_by_one()
		print(f"{'':26}{'seconds':>10}{'queries':>10}{'ratio of seconds':>20}")
		print(f"{'one indicator, as document':26}{single['seconds']:10.4f}{single['queries']:10.0f}{1:20.1f}")
		for ending in (files.JSON, files.EXCEL):
			for size in SIZES:
				instrument = made(size)
				content = dumps(instrument).encode() if ending == files.JSON else workbook.write(instrument)
				figures = importing(f"uji.{ending}", content)
				ratio = figures["seconds"] / single["seconds"]
				name = f"{ending}, {size} indicators"
				print(f"{name:26}{figures['seconds']:10.4f}{figures['queries']:10}{ratio:20.1f}")
	finally:
		frappe.db.rollback()
		frappe.destroy()


if __name__ == "__main__":
	if len(sys.argv) != 2:
		raise SystemExit(__doc__)
	if Path("sites").is_dir():
		os.chdir("sites")
	main(sys.argv[1])
