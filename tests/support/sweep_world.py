"""The people of a sweep and the victim, on the site as it is: what both files of the sweep begin with."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import frappe
from sweep_doors import load
from sweep_run import KEPT, Person, Sweep
from sweep_victim import KABAG, OTHER_UNIT, Victim, make_victim, secrets_of, stored_tools
from way_back import Point, finish_jobs

from p2ham.demo import build
from p2ham.demo import factories as make

# What an observer sees all of; what who keeps master data does.
OBSERVED = (
	*(
		"P2HAM OPD",
		"P2HAM KKPHAM Result",
		"P2HAM KKPHAM Right",
		"P2HAM Guidance",
		"P2HAM Guidance Participant",
	),
	"P2HAM Guidance Decision",
)


@dataclass
class World:
	"""The victim, and the sweep that is after it."""

	victim: Victim
	sweep: Sweep
	strangers: list[Person]


def prepare(demo_site: dict, http: Callable) -> World:
	"""Make the victim, with secrets of Kabag Hukum among its markers, and the people to whom it is nothing."""
	load()

	def officer(duty: str, opd: str = "") -> str:
		return build.officer(demo_site, duty, opd)

	victim = make_victim(officer)
	people = strangers(officer, demo_site["manager"]["user"], victim.in_sight)
	victim.tools = stored_tools()
	frappe.db.commit()
	finish_jobs()  # people are told of the victim in the background
	victim.markers |= secrets_of(KABAG, http(KABAG).session.cookies["sid"])
	return World(victim, Sweep(victim, Point(), os.environ["P2HAM_URL"]), people)


def strangers(officer: Callable, manager: str, in_sight: str) -> list[Person]:
	"""Return people to whom the victim is nothing. Each makes a part of the requests, another one than who comes before;
	who has hardly other rights than another, a smaller one. By night everybody makes all."""
	website, system, former = (
		make.create_user(f"uji.{name}@empatlawang.example", f"Uji {name}", build.PASSWORD, roles)
		for name, roles in (("situs", ()), ("sistem", ("System Manager",)), ("kabag", ("Kabag Hukum",)))
	)
	frappe.db.set_value("User", website, "user_type", "Website User")
	people = [
		Person("clerk of another OPD", officer("OPD Clerk", OTHER_UNIT), share=4),
		Person(
			"observer", officer("P2HAM Observer"), ("P2HAM Observer",), share=4, reads=(*OBSERVED, in_sight)
		),
		Person("Website User", website, share=8),
		Person("P2HAM Manager", manager, ("P2HAM Manager",), share=8, keeps_master_data=True, reads=KEPT),
		Person("head of another OPD", officer("OPD Head", OTHER_UNIT), share=16),
		Person(
			"System Manager without a duty",
			system,
			("System Manager",),
			share=8,
			keeps_master_data=True,
			reads=KEPT,
		),
		Person("role Kabag Hukum without the duty", former, share=16),
		Person("nobody", None),
	]
	for number, person in enumerate(people):
		person.first = number
		if os.environ.get("P2HAM_HYPOTHESIS") == "nightly":
			person.share = 1
	return people
