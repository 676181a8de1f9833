"""What a look at an upload costs beside Frappe's own upload of the same file.

Usage, in the folder of a bench: env/bin/python apps/p2ham/benchmarks/uploading.py SITE

A PDF of 20 MB is stored as Frappe stores uploads (the baseline); it is hashed and its type is detected; it is looked at
as a whole, which opens it in a process of its own; and it is stored as evidence. Everything is undone.
"""

from __future__ import annotations

import hashlib
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import frappe

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import on_site
from hostile_files import pages_of, stream

from p2ham.demo import factories as make
from p2ham.engine.duties import OPD_CLERK
from p2ham.evidence import intake

SIZE = 20 * 1024 * 1024
TIMES = 7
WANTED = 0.20
UNIT, CLERK = "UJI UNGGAH", "operator"


def main(site: str) -> None:
	with on_site.undone(site):
		on_site.add_units({UNIT: []})
		on_site.add_people({CLERK: (OPD_CLERK, UNIT)})
		settings = frappe.get_doc("P2HAM Settings")
		settings.evidence_max_mb = 25
		settings.save()
		frappe.set_user(on_site.address(CLERK))
		plain = median(upload)
		rows = {
			"Frappe's own upload (baseline)": plain,
			"SHA-256 and type of content": median(hash_and_detect),
			"the whole look, in a process of its own": median(look),
			"stored as evidence, all in all": median(store),
		}
	print(f"A PDF of {SIZE // 1024 // 1024} MB, median of {TIMES}")
	for what, seconds in rows.items():
		print(f"{what:42} {seconds * 1000:8.1f} ms   {seconds / plain:5.2f} x")
	share = rows["SHA-256 and type of content"] / plain
	print(f"Hashing and type detection add {share:.0%} (wanted: under {WANTED:.0%})")


def median(act: Callable[[bytes], None]) -> float:
	"""Return the median of the seconds that an act takes, each time with a file that is new to the site."""
	seconds = []
	for _ in range(TIMES):
		content = pdf()
		began = time.perf_counter()
		act(content)
		seconds.append(time.perf_counter() - began)
	return statistics.median(seconds)


def pdf() -> bytes:
	return pages_of([stream(os.urandom(SIZE))])


def upload(content: bytes) -> None:
	make.upload("uji.pdf", content)


def hash_and_detect(content: bytes) -> None:
	hashlib.sha256(content).hexdigest()
	intake.check_content("uji.pdf", content)


def look(content: bytes) -> None:
	intake.look_at("uji.pdf", content)


def store(content: bytes) -> None:
	doc = frappe.get_doc({"doctype": "P2HAM Evidence", "title": "Uji", "opd": UNIT, "kind": "File"})
	doc.receive(intake.look_at("uji.pdf", content))


if __name__ == "__main__":
	main(on_site.named_site(__doc__))
