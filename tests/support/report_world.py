"""What the tests of the reports share: a generated regency, its documents as a reader's plain Python sees them, and the
report run for a reader. The reckoning here is slow and obviously right, and shares nothing with the reports but the
rules in the engine.
"""

from __future__ import annotations

import dataclasses
import random
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import frappe
from frappe.desk import query_report
from frappe.utils import add_days, nowdate

from p2ham.access import duties
from p2ham.demo import factories as make
from p2ham.engine import scoring
from p2ham.engine.instrument import Threshold
from p2ham.instruments import store, writing

DECIDED = ("Reviewed", "Approved")
# The most that a report may ask the database for.
MAX_QUERIES = 8
# So far ahead that nobody else's results are there.
KKPHAM_YEARS = (2091, 2092, 2093)


class World:
	"""A generated regency and what each of its people may see, reckoned from the duties as design and law say it."""

	def __init__(self, made):
		self.made = made
		self.period = made.periods[-1]

	def documents(self, reader: str, period: str = "", decided: bool = False) -> list:
		"""The assessments of a period that a reader may see, cancelled ones left out, as documents."""
		frappe.set_user("Administrator")
		names = frappe.get_all(
			"P2HAM Assessment",
			filters={"period": period or self.period, "docstatus": ("<", 2)},
			pluck="name",
			order_by="opd",
		)
		docs = [frappe.get_doc("P2HAM Assessment", name) for name in names]
		docs = [doc for doc in docs if self.sees(reader, doc.opd, doc.workflow_state)]
		return [doc for doc in docs if doc.workflow_state in DECIDED] if decided else docs

	def opened(self) -> list[str]:
		"""All P2HAM periods of the site that are or were open, those of the demo among them, oldest first."""
		family = frappe.get_all(
			"P2HAM Instrument", filters={"family": "P2HAM"}, pluck="name", order_by="name"
		)
		periods = frappe.get_all(
			"P2HAM Period",
			filters={"instrument": ("in", family), "status": ("!=", "Draft")},
			fields=["name", "assessment_year", "fill_from"],
			order_by="name",
		)
		periods.sort(key=lambda row: (row.assessment_year, row.fill_from, row.name))
		return [row.name for row in periods]

	def sees(self, reader: str, opd: str, state: str = "") -> bool:
		if reader in ("kabag", "verifier", "sekda"):
			return True
		if reader == "observer":
			return state == "Approved"
		return opd in self.units_of(reader)

	def units_of(self, reader: str) -> set[str]:
		"""The units of a clerk or head: the one of the duty and everything below it, walked down the tree."""
		user = getattr(self.made, reader)
		(top,) = frappe.get_all("P2HAM Officer", filters={"user": user}, pluck="opd", order_by="name")
		found, wave = {top}, [top]
		while wave:
			wave = frappe.get_all(
				"P2HAM OPD", filters={"parent_p2ham_opd": ("in", wave)}, pluck="name", order_by="name"
			)
			found |= set(wave)
		return found

	def run(self, report: str, reader: str, **filters) -> dict:
		duties.clear_cache()
		frappe.set_user(getattr(self.made, reader))
		try:
			return query_report.run(
				report,
				{"period": self.period, **filters},
				ignore_prepared_report=True,
				are_default_filters=False,
			)
		finally:
			frappe.set_user("Administrator")

	def count_queries(self, queries, report: str, reader: str, **filters) -> int:
		"""How many queries a report asks once the instruments are in the cache."""
		method = frappe.get_attr(
			"p2ham.p2ham.report.{0}.{0}.execute".format(frappe.scrub(report).replace("-", "_"))
		)
		frappe.set_user(getattr(self.made, reader))
		try:
			given = {"period": self.period, **filters}
			method(dict(given))
			duties.clear_cache()
			frappe.db.value_cache.clear()
			with queries() as calls:
				method(dict(given))
		finally:
			frappe.set_user("Administrator")
		return len(calls)


def points(doc, row, side: str) -> scoring.Points:
	"""What an answer is worth by its scale, worked out from the answer and not from what is stored."""
	scales = {scale.title: scale for scale in store.load(doc.instrument).scales}
	return scoring.points_for(scales[row.scale], row.get(f"{side}_answer"))


def rounded(value: Fraction | None, decimals: int = 2) -> float | None:
	if value is None:
		return None
	whole = value * 10**decimals
	exact = Decimal(whole.numerator) / Decimal(whole.denominator)
	return float(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP) / 10**decimals)


def mean(values: list) -> float | None:
	return rounded(Fraction(sum(Decimal(str(value)) for value in values)) / len(values)) if values else None


def share(part: int, whole: int) -> float | None:
	return rounded(Fraction(100 * part, whole), 1) if whole else None


def kkpham_instrument(code: str, thresholds: tuple) -> str:
	made = make.make_instrument(code, 2090, {"Ada": 100, "Tidak": 0}, 1, 2)
	writing.create(dataclasses.replace(made, family="KKP HAM", thresholds=thresholds))
	make.activate_instrument(code)
	return code


def add_results(made, seed: int = 1) -> None:
	"""Results of three years for the regency's OPD, the last year by another instrument, with follow-ups."""
	draw = random.Random(seed)
	low, high = Threshold("Kurang", 0, "red"), Threshold("Peduli", 75, "green")
	old = kkpham_instrument(f"KKP-LAMA-{made.root}"[:40].replace(" ", "-"), (low, high))
	new = kkpham_instrument(
		f"KKP-BARU-{made.root}"[:40].replace(" ", "-"), (low, Threshold("Cukup", 60, "blue"), high)
	)
	with make.acting_as(made.verifier):
		for year in KKPHAM_YEARS:
			for opd in made.parents:
				if year == KKPHAM_YEARS[0] and opd == made.parents[-1]:
					continue
				frappe.get_doc(
					{
						"doctype": "P2HAM KKPHAM Result",
						"assessment_year": year,
						"data_year": year - 1,
						"opd": opd,
						"instrument": new if year == KKPHAM_YEARS[-1] else old,
						"score": round(draw.uniform(40, 95), 2),
						"finding": f"Temuan {opd} {year}",
						"reference": f"{year}/{opd}",
					}
				).insert()
		results = {
			row.opd: row.name
			for row in frappe.get_all(
				"P2HAM KKPHAM Result",
				filters={"assessment_year": KKPHAM_YEARS[-1]},
				fields=["name", "opd"],
				order_by="name",
			)
		}
		sheets = frappe.get_all(
			"P2HAM Assessment",
			filters={"period": made.periods[-1], "docstatus": ("<", 2)},
			fields=["name", "opd"],
			order_by="name",
		)
		for number in range(14):
			sheet = sheets[number % len(sheets)]
			parent = made.parents[number % len(made.parents)]
			source = {"assessment": sheet.name} if number % 2 else {"kkpham_result": results[parent]}
			doc = frappe.get_doc(
				{
					"doctype": "P2HAM Follow-up",
					"opd": sheet.opd if number % 2 else parent,
					"recommendation": f"Perbaiki {number}",
					"due_date": add_days(nowdate(), draw.choice((-40, -3, 0, 5, 60))),
					"status": ("Open", "In Progress", "Completed", "Closed")[number % 4],
					"progress_note": "Berjalan.",
					"progress": 50,
					**source,
				}
			)
			doc.insert()
