"""What does it cost to save an assessment, against the same save of a document without our code? On a test site
with the app:

    env/bin/python apps/p2ham/benchmarks/saving.py SITE        (in the folder of a bench)

The baseline is a control DocType of the same shape: same fields, same links, same child tables, same rights, same
`track_changes`, submittable, but plain Frappe. It and its child tables are made here as custom DocTypes and
REMOVED AGAIN at the end, which is why this is for a test site. Everything else stays in one transaction that is
undone.

Each repetition is a request of its own: what a request remembers is forgotten before, what a worker keeps stays.
Ours and the control take turns; seconds are medians, and the ratio is the median of those of each turn, which other
work on the machine disturbs least. Only the save itself is measured.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import frappe
from on_site import add_people, add_units, address, counted, named_site, new_request, undone

from p2ham.demo import factories as make
from p2ham.engine.instrument import EvidenceSlot, Instrument, Scale
from p2ham.instruments import writing

SIZES = (60, 120)
REPETITIONS = 25
UNIT = "UJI UNIT"
USES = 20
CONTROLS = {
	"P2HAM Assessment": "UJI Kendali",
	"P2HAM Assessment Item": "UJI Kendali Butir",
	"P2HAM Assessment Score": "UJI Kendali Nilai",
	"P2HAM Evidence Use": "UJI Kendali Bukti",
}
OURS, CONTROL = "P2HAM Assessment", "UJI Kendali"
PEOPLE = {
	"clerk": ("OPD Clerk", UNIT),
	"verifier": ("P2HAM Verifier", None),
	"kabag": ("Kabag Hukum", None),
	"sekda": ("Sekda", None),
}


def add_controls() -> None:
	"""Make the DocTypes of the control; the database commits this by itself."""
	for doctype, name in reversed(CONTROLS.items()):  # children first: the parent's tables name them
		control = frappe.copy_doc(frappe.get_doc("DocType", doctype))
		control.update({"name": name, "custom": 1, "module": "Custom", "autoname": "hash", "naming_rule": ""})
		control.update({"actions": [], "links": [], "states": [], "default_print_format": None})
		for field in control.fields:
			field.options = CONTROLS.get(field.options, field.options)
		control.insert()


def remove_controls() -> None:
	names = list(CONTROLS.values())
	for name in names:
		frappe.delete_doc("DocType", name, force=True, ignore_missing=True, delete_permanently=True)
		frappe.db.sql_ddl(f"DROP TABLE IF EXISTS `tab{name}`")
	frappe.db.delete("Version", {"ref_doctype": "DocType", "docname": ("in", names)})
	frappe.db.commit()  # nosemgrep: a script, not a document event
	for name in names:
		frappe.clear_cache(doctype=name)


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


def add_instrument(size: int) -> str:
	"""Make and activate an instrument of which only the first indicators want a document."""
	plain = made(size)
	(scale,) = plain.scales
	scale = Scale(f"{scale.title} {size}", scale.kind, scale.options)
	instrument = dataclasses.replace(
		plain,
		scales=(scale,),
		indicators=tuple(
			dataclasses.replace(
				row,
				scale=scale.title,
				guidance=row.guidance.strip(),
				evidence_slots=tuple(
					dataclasses.replace(slot, mandatory=slot.mandatory and number < USES)
					for slot in row.evidence_slots
				),
			)
			for number, row in enumerate(plain.indicators)
		),
	)
	name = writing.create(instrument)
	make.activate_instrument(name)
	return name


def add_assessments(size: int) -> dict[str, str]:
	"""Make complete assessments of `size` items: one in Draft, one in Reviewed; {state: name}."""
	found = {}
	instrument = add_instrument(size)
	for state, year in (("Draft", 2090), ("Reviewed", 2091)):
		period = make.create_period(instrument, year, [UNIT])
		with make.acting_as(address("clerk")):
			doc = make.create_assessment(period, UNIT)
			make.fill(doc, [0, 1], note="Ruang tunggu, pintu timur.")
			for row in doc.items[:USES]:
				evidence = make.create_evidence(UNIT, f"Foto {row.code}", kind="Image")
				doc.append(
					"evidence_uses", {"indicator": row.indicator, "slot": "Foto", "evidence": evidence}
				)
			doc.save()
			if state == "Reviewed":
				make.take_step(doc.name, "Submit")
		if state == "Reviewed":
			with make.acting_as(address("verifier")):
				doc = frappe.get_doc(OURS, doc.name)
				make.verify(doc)
				doc.save()
			with make.acting_as(address("kabag")):
				make.take_step(doc.name, "Review")
		found[state] = doc.name
	return found


def add_twin(name: str) -> str:
	"""Make the control's document with the same values in every field and row."""
	doc = frappe.get_doc(OURS, name)
	values = frappe.copy_doc(doc).as_dict()
	values["doctype"] = CONTROL
	for field in doc.meta.get_table_fields():
		for row in values[field.fieldname]:
			row["doctype"] = CONTROLS[row["doctype"]]
	return frappe.get_doc(values).insert(ignore_permissions=True).name


def change_three(doc) -> None:
	for row in doc.items[1:4]:
		row.self_answer = "Ada" if row.self_answer == "Tidak" else "Tidak"


def submit(doc) -> None:
	doc.workflow_state = "Submitted"
	doc.save()


def approve(doc) -> None:
	doc.workflow_state = "Approved"
	doc.submit()


def once(user: str, doctype: str, name: str, change, act) -> dict:
	"""Do it once, as a request of its own, and take it back."""
	figures: dict = {}
	new_request(user)
	doc = frappe.get_doc(doctype, name)
	change(doc)
	frappe.db.savepoint("measure")
	with counted(figures):
		act(doc)
	frappe.db.rollback(save_point="measure")
	return figures


def compare(label: str, size: int, user: str, name: str, twin: str, change, act) -> int:
	"""Print one line of figures; return the queries that ours issues more than the control."""
	pairs = (OURS, name), (CONTROL, twin)
	for doctype, document in pairs:  # the first one fills what a worker keeps
		once(user, doctype, document, change, act)
	runs = [
		[once(user, doctype, document, change, act) for doctype, document in pairs]
		for _number in range(REPETITIONS)
	]
	seconds = [statistics.median(run[side]["seconds"] for run in runs) for side in (0, 1)]
	ratio = statistics.median(run[0]["seconds"] / run[1]["seconds"] for run in runs)
	queries = [statistics.median_low(run[side]["queries"] for run in runs) for side in (0, 1)]
	extra = queries[0] - queries[1]
	print(
		f"{label:14}{size:6}{seconds[0] * 1000:10.1f}{seconds[1] * 1000:10.1f}{ratio:8.2f}"
		f"{queries[0]:10}{queries[1]:10}{extra:8}"
	)
	return extra


def main(site: str) -> None:
	with undone(site):
		print("Makes the DocTypes {} and removes them again.".format(", ".join(CONTROLS.values())))
		try:
			remove_controls()  # what an interrupted run may have left
			add_controls()
			frappe.clear_cache()
			measure()
		finally:
			frappe.db.rollback()
			frappe.set_user("Administrator")
			remove_controls()


def measure() -> None:
	add_units({UNIT: []})
	add_people(PEOPLE)
	print(f"{'':20}{'ms':>10}{'control':>10}{'ratio':>8}{'queries':>10}{'control':>10}{'extra':>8}")
	for size in SIZES:
		frappe.set_user("Administrator")
		names = add_assessments(size)
		twins = {state: add_twin(name) for state, name in names.items()}
		clerk, sekda = address("clerk"), address("sekda")
		draft, reviewed = ((names[state], twins[state]) for state in ("Draft", "Reviewed"))
		compare("save", size, clerk, *draft, change_three, lambda doc: doc.save())
		compare("Submit", size, clerk, *draft, lambda doc: None, submit)
		compare("Approve", size, sekda, *reviewed, lambda doc: None, approve)


if __name__ == "__main__":
	main(named_site(__doc__))
