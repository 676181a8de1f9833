"""Made units, an instrument and a period, committed to the site: for tests in which several processes take part and
which therefore cannot work in one transaction. What they leave is removed again. People are the demo's:
the units stand below an OPD of its, so that its clerk and head fill them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import frappe
from way_back import no_trace

from p2ham.demo import build
from p2ham.demo import factories as make
from p2ham.engine.duties import KABAG_HUKUM, OPD_CLERK, OPD_HEAD, SEKDA, VERIFIER
from p2ham.engine.instrument import Instrument
from p2ham.instruments import writing

ANSWERS = ("Ada", "Sebagian", "Tidak")
OPD = "DINKES"


@dataclass(frozen=True)
class Regency:
	"""What was made, by name, and who works on it."""

	instrument: str
	period: str
	units: tuple[str, ...]
	manager: str
	clerk: str
	head: str
	verifier: str
	kabag: str
	sekda: str


@contextmanager
def committed(units: list[str], indicators: int) -> Iterator[Regency]:
	"""Make these units and what they need to be assessed; remove it afterwards with everything that became of it."""
	with no_trace():
		regency = _make(units, indicators)
		frappe.db.commit()
		yield regency


def _make(units: list[str], indicators: int) -> Regency:
	data = build.read()
	instrument = made_instrument(indicators)
	writing.create(instrument)
	make.activate_instrument(instrument.code)
	for unit in units:
		make.create_opd(unit, f"Unit {unit}", "Puskesmas", OPD)
	return Regency(
		instrument=instrument.code,
		period=make.create_period(instrument.code, 2090, units),
		units=tuple(units),
		manager=data["manager"]["user"],
		clerk=build.officer(data, OPD_CLERK, OPD),
		head=build.officer(data, OPD_HEAD, OPD),
		verifier=build.officer(data, VERIFIER),
		kabag=build.officer(data, KABAG_HUKUM),
		sekda=build.officer(data, SEKDA),
	)


def made_instrument(indicators: int) -> Instrument:
	"""Return an instrument with two criteria, whose indicators want no document."""
	answers = dict(zip(ANSWERS, (100, 50, 0), strict=True))
	return make.make_instrument("UJI-SERENTAK", 2090, answers, 2, indicators)


def start_assessment(regency: Regency, unit: str, period: str = "") -> str:
	"""Start the assessment of a unit as its clerk, with every answer given; return its name."""
	with make.acting_as(regency.clerk):
		doc = make.create_assessment(period or regency.period, unit)
		make.fill(doc, [0, 1])
		return doc.save().name


def review_assessment(regency: Regency, name: str) -> None:
	"""Bring a complete draft to the state Reviewed, each step by the person whose step it is."""
	with make.acting_as(regency.head):
		make.take_step(name, "Submit")
	with make.acting_as(regency.verifier):
		doc = frappe.get_doc("P2HAM Assessment", name)
		make.verify(doc)
		doc.save()
	with make.acting_as(regency.kabag):
		make.take_step(name, "Review")


def check_with_commands(site: str) -> None:
	"""Say, with the app's own commands, that figures and log of the whole site are right."""
	for command in (("p2ham-recompute", "--check"), ("p2ham-verify-log",)):
		done = subprocess.run(
			[sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site, *command],
			cwd=os.environ["P2HAM_SITES_PATH"],
			capture_output=True,
			text=True,
			timeout=120,
		)
		assert done.returncode == 0, done.stdout + done.stderr
