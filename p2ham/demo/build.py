"""Builds the demo regency on a site, through the documents' own methods and as the users concerned."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import frappe
from frappe import _
from frappe.utils import add_days, getdate, nowdate

from p2ham.api import guidance
from p2ham.demo import factories as make
from p2ham.engine import follow_up, lifecycle, participation
from p2ham.engine.duties import KABAG_HUKUM, MANAGER, OPD_CLERK, SEKDA, SINGLE_POSTS, UNIT_DUTIES, VERIFIER
from p2ham.follow_ups import from_guidance
from p2ham.instruments import store
from p2ham.notices import events

MARK = "p2ham_demo"
PASSWORD = "Empat-Lawang-2024"


class NotADemoSite(frappe.ValidationError):
	"""The site holds data of its own; the demo stays away from it."""


@events.untold()
def build(password: str = PASSWORD, say: Callable[[str], None] = print) -> None:
	"""Make what is missing of the demo regency; what is there stays as it is.

	Raises NotADemoSite on a site that holds units or assessments that the demo did not make.
	"""
	data = read()
	refuse_real_site(data)
	frappe.db.set_default(MARK, "1")
	say(data["note"])
	with make.acting_as("Administrator"):
		set_settings(data)
		ensure_system_manager(data, password)
		make.create_user(data["manager"]["user"], data["manager"]["full_name"], password, (MANAGER,))
		for officer in data["officers"]:
			make.create_user(officer["user"], officer["full_name"], password)
	with make.acting_as(data["manager"]["user"]):
		for opd in data["opd"]:
			make.create_opd(**opd)
	appoint(data)
	frappe.db.commit()  # nosemgrep: a command, not a document event
	say(_("{0} units, {1} officers").format(len(data["opd"]), len(data["officers"])))
	build_earlier_round(data, say)
	period = prepare_period(data, data["period"])
	frappe.db.commit()  # nosemgrep
	for entry in data["assessments"]:
		build_assessment(data, period, entry)
		frappe.db.commit()  # nosemgrep: each assessment is whole or not there
		say(f"{entry['opd']}: {_(state_of(period, entry['opd']))}")
	for entry in data["evidence"]:
		build_evidence(data, entry)
	for entry in data["checks"]:
		build_check(data, period, entry)
	frappe.db.commit()  # nosemgrep
	build_kkpham(data, say)
	for entry in data["guidance"]:
		build_guidance(data, entry)
	for entry in data["follow_ups"]:
		build_follow_up(data, period, entry)
	build_quarterly_report(data, period)
	frappe.db.commit()  # nosemgrep
	say(_("{0} follow-ups").format(len(data["follow_ups"])))


def read() -> dict:
	return json.loads((Path(__file__).parent / "empat_lawang.json").read_text(encoding="utf-8"))


def logins(password: str = PASSWORD) -> list[tuple[str, str, str]]:
	"""Return the demo's logins as (who, user, password)."""
	data = read()
	people = [("System Manager", data["system_manager"]["user"])]
	people = [person for person in people if frappe.db.exists("User", person[1])]
	people.append((MANAGER, data["manager"]["user"]))
	people += [
		(f"{officer['duty']} {officer.get('opd', '')}".strip(), officer["user"])
		for officer in data["officers"]
	]
	return [(who, user, password) for who, user in people]


def refuse_real_site(data: dict) -> None:
	known = {opd["abbreviation"] for opd in data["opd"]}
	marked = frappe.db.get_default(MARK)
	units = set(frappe.get_all("P2HAM OPD", pluck="name", order_by="name"))
	demo_periods = [period_name(data["period"]), period_name(data["earlier"]["period"])]
	foreign = frappe.db.exists("P2HAM Assessment", {"period": ("not in", demo_periods)})
	if (not marked and units) or foreign or (frappe.db.count("P2HAM Assessment") and not units & known):
		frappe.throw(
			_("This site holds data of its own ({0} units). The demo is only for an empty site.").format(
				len(units)
			),
			NotADemoSite,
		)


def ensure_system_manager(data: dict, password: str) -> None:
	"""Frappe makes the first user of a site that has no System Manager one; that must not be a demo person."""
	others = frappe.get_all(
		"Has Role",
		filters={"role": "System Manager", "parenttype": "User", "parent": ("!=", "Administrator")},
		limit=1,
		order_by="parent",
	)
	if not others:
		person = data["system_manager"]
		make.create_user(person["user"], person["full_name"], password, ("System Manager",))


def set_settings(data: dict) -> None:
	settings = frappe.get_doc("P2HAM Settings")
	if settings.regency_name:
		return
	settings.update(data["settings"])
	settings.notice = data["note"]
	settings.save()


def appoint(data: dict) -> None:
	"""The manager appoints clerks, heads, verifier and observer; the two posts need a System Manager."""
	for officer in data["officers"]:
		single = officer["duty"] in SINGLE_POSTS
		with make.acting_as("Administrator" if single else data["manager"]["user"]):
			make.create_officer(**officer)


def period_name(wanted: dict) -> str:
	return f"P2HAM-{wanted['year']}"


def build_earlier_round(data: dict, say: Callable[[str], None]) -> None:
	"""Build the year before under an older instrument, and close it: a year to compare with.

	It is whole or not there, and one that is there stays as it is, whatever people have done with it.
	"""
	wanted = data["earlier"]["period"]
	if frappe.db.exists("P2HAM Period", period_name(wanted)):
		return
	period = prepare_period(data, wanted, days_left=(0, 0, 0))
	for entry in data["earlier"]["assessments"]:
		build_assessment(data, period, entry)
	with make.acting_as(data["manager"]["user"]):
		doc = frappe.get_doc("P2HAM Period", period)
		doc.status = "Closed"
		doc.save()
	frappe.db.commit()  # nosemgrep: a command, not a document event
	say(f"{wanted['title']}: {_('Closed')}")


def prepare_period(data: dict, wanted: dict, days_left: tuple[int, int, int] = (60, 75, 90)) -> str:
	"""Open a period, with dates around today whenever the demo is built; a later run moves them on.

	`days_left` are the days from today to the end of filling, of review and of approval.
	"""
	name = period_name(wanted)
	fields = ("fill_until", "review_until", "approve_until")
	dates = {field: add_days(nowdate(), days) for field, days in zip(fields, days_left, strict=True)}
	with make.acting_as(data["manager"]["user"]):
		if frappe.db.exists("P2HAM Period", name):
			period = frappe.get_doc("P2HAM Period", name)
			if period.status == "Open" and getdate(period.fill_until) < getdate(nowdate()):
				period.update(dates)
				period.save()
			return name
		make.activate_instrument(wanted["instrument"])
		return make.create_period(
			wanted["instrument"],
			wanted["year"],
			[],
			title=wanted["title"],
			fill_from=wanted["fill_from"],
			target_units=wanted["target_units"],
			target_passed=wanted.get("target_passed", 0),
			target_score=wanted.get("target_score", 0),
			description=data["note"],
			participants=[
				{
					"opd": opd,
					"status": status,
					"ready_on": None if status == participation.INVITED else wanted["fill_from"],
					"declared_on": wanted["fill_from"] if status == "Declared" else None,
				}
				for opd, status in wanted["participants"]
			],
			**dates,
		)


def state_of(period: str, opd: str) -> str:
	return frappe.db.get_value("P2HAM Assessment", {"period": period, "opd": opd}, "workflow_state")


def build_assessment(data: dict, period: str, entry: dict) -> None:
	"""Bring one unit's assessment to the state the demo shows, each step by the person whose step it is."""
	if state_of(period, entry["opd"]):
		return
	with make.acting_as(officer(data, OPD_CLERK, entry["opd"])):
		doc = make.create_assessment(period, entry["opd"])
		make.fill(doc, entry["quality"])
		if entry["state"] == lifecycle.DRAFT:
			for row in doc.items[len(doc.items) * entry.get("share", 100) // 100 :]:
				row.self_answer = None
			doc.save()
			return
		make.attach_needed_evidence(doc)
		doc.save()
		make.take_step(doc.name, "Submit")
	if entry["state"] == "Returned":
		with make.acting_as(officer(data, VERIFIER)):
			return_evidence(doc.name, entry["returned_evidence"])
		with make.acting_as(officer(data, KABAG_HUKUM)):
			make.take_step(doc.name, "Return", entry["return_note"])
		return
	if entry["state"] == lifecycle.SUBMITTED:
		return
	with make.acting_as(officer(data, VERIFIER)):
		doc = frappe.get_doc("P2HAM Assessment", doc.name)
		make.verify(doc, lowered_answers(doc, entry["lowered"]))
		doc.update(entry.get("numbers", {}))
		doc.save()
	with make.acting_as(officer(data, KABAG_HUKUM)):
		make.take_step(doc.name, "Review", "Telah diperiksa bersama tim.")
	if entry["state"] == lifecycle.APPROVED:
		with make.acting_as(officer(data, SEKDA)):
			make.take_step(doc.name, "Approve")


def return_evidence(name: str, reasons: dict[str, str]) -> None:
	"""The verifier gives documents back, each with a reason: `reasons` by the code of the indicator."""
	doc = frappe.get_doc("P2HAM Assessment", name)
	codes = {row.indicator: row.code for row in doc.items}
	for use in doc.evidence_uses:
		if codes[use.indicator] in reasons:
			use.verification, use.note = "Returned", reasons[codes[use.indicator]]
	doc.save()


def build_evidence(data: dict, entry: dict) -> None:
	"""Store a document that no assessment uses yet: one that expires soon, one that shows personal data."""
	if frappe.db.exists("P2HAM Evidence", {"opd": entry["opd"], "title": entry["title"]}):
		return
	until = add_days(nowdate(), entry["days_valid"]) if entry["days_valid"] else None
	with make.acting_as(officer(data, OPD_CLERK, entry["opd"])):
		make.create_evidence(entry["opd"], entry["title"], lines=entry["lines"], valid_until=until)


def build_check(data: dict, period: str, entry: dict) -> None:
	"""The preliminary check of a unit: one that qualifies, one that does not yet, one that is not finished."""
	if frappe.db.exists("P2HAM Preliminary Check", {"period": period, "opd": entry["opd"]}):
		return
	with make.acting_as(officer(data, VERIFIER)):
		make.create_preliminary_check(period, entry["opd"], entry["answers"], entry["note"])


def build_kkpham(data: dict, say: Callable[[str], None]) -> None:
	"""Record what the ministry gave the regency and its OPD, over several years, and whose each right is."""
	instrument, results = data["kkpham"]["instrument"], data["kkpham"]["results"]
	missing = [
		entry
		for entry in results
		if not frappe.db.exists(
			"P2HAM KKPHAM Result", {"opd": entry["opd"], "assessment_year": entry["year"]}
		)
	]
	if missing:
		with make.acting_as(data["manager"]["user"]):
			make.activate_instrument(instrument)
	with make.acting_as(officer(data, VERIFIER)):
		for entry in missing:
			scores = entry.get("rights", {})
			rights = [
				{"criterion": store.record_name(instrument, code), "score": score}
				for code, score in scores.items()
			]
			make.create_kkpham_result(**{**entry, "instrument": instrument, "rights": rights})
	with make.acting_as(data["manager"]["user"]):
		for code, opds in data["kkpham"]["owners"].items():
			for opd in opds:
				make.create_right_owner(instrument, store.record_name(instrument, code), opd)
	say(_("{0} results of KKP HAM").format(len(results)))


def build_guidance(data: dict, entry: dict) -> None:
	"""Bagian Hukum's guidance with what was decided and who came, or the request of a unit."""
	if frappe.db.exists("P2HAM Guidance", {"subject": entry["subject"]}):
		return
	fields = ("kind", "status", "host", "place", "agenda", "outcome")
	rows = [dict(zip(("opd", "person", "position"), row, strict=True)) for row in entry["participants"]]
	if "absent" in entry:
		rows = [{**row, "attended": int(row["opd"] not in entry["absent"])} for row in rows]
	unit = rows[0]["opd"] if entry["by"] in UNIT_DUTIES else ""
	with make.acting_as(officer(data, entry["by"], unit)):
		name = make.create_guidance(
			entry["subject"],
			rows,
			date=add_days(nowdate(), entry["days"]),
			decisions=[
				{
					"decision": decision,
					"opd": opd,
					"responsible": responsible,
					"due_date": add_days(nowdate(), days),
				}
				for decision, opd, responsible, days in entry.get("decisions", [])
			],
			**{field: entry[field] for field in fields},
			**entry.get("minutes", {}),
		)
		if entry.get("photo"):
			make.upload(
				"foto-rapat.png",
				make.make_png(entry["photo"]),
				attached_to_doctype="P2HAM Guidance",
				attached_to_name=name,
			)
	if entry.get("accepted"):
		with make.acting_as(officer(data, VERIFIER)):
			guidance.take_step(name, "Accept")


def build_follow_up(data: dict, period: str, entry: dict) -> None:
	"""Bagian Hukum says what should be better, the unit says how far it is and shows it, and Bagian Hukum closes."""
	opd = entry["opd"]
	if frappe.db.exists("P2HAM Follow-up", {"opd": opd, "recommendation": entry["recommendation"]}):
		return
	with make.acting_as(officer(data, VERIFIER)):
		name = make.create_follow_up(
			opd, entry["recommendation"], entry["due_days"], **source_of(period, entry)
		)
		if entry.get("guidance"):
			link_decision(entry, name)
	with make.acting_as(officer(data, OPD_CLERK, opd)):
		proofs = [
			{
				"evidence": make.create_evidence(opd, proof["title"], proof["kind"], "tindak-lanjut"),
				"note": proof["note"],
			}
			for proof in entry.get("evidence", ())
		]
		for step in entry["steps"]:
			doc = frappe.get_doc("P2HAM Follow-up", name)
			doc.update(step)
			doc.set("evidence", proofs)
			doc.save()
	if entry.get("closed"):
		with make.acting_as(officer(data, KABAG_HUKUM)):
			doc = frappe.get_doc("P2HAM Follow-up", name)
			doc.status, doc.closing_note = follow_up.CLOSED, entry["closed"]
			doc.save()


def build_quarterly_report(data: dict, period: str) -> None:
	"""The report of the quarter in which the demo is built, ready to be sent."""
	if frappe.db.count("P2HAM Quarterly Report"):
		return
	today = getdate(nowdate())
	with make.acting_as(officer(data, VERIFIER)):
		make.create_quarterly_report(
			today.year, (today.month + 2) // 3, period, report_date=today, **data["quarterly_report"]
		)


def source_of(period: str, entry: dict) -> dict:
	"""Return the links that say what a follow-up comes from."""
	opd = entry["opd"]
	if "indicator" in entry:
		assessment = frappe.db.get_value("P2HAM Assessment", {"period": period, "opd": opd}, "name")
		filters = {"parent": assessment, "code": entry["indicator"]}
		indicator = frappe.db.get_value("P2HAM Assessment Item", filters, "indicator")
		return {"assessment": assessment, "indicator": indicator}
	if "result" in entry:
		filters = {"opd": entry["result"], "assessment_year": entry["year"]}
		return {"kkpham_result": frappe.db.get_value("P2HAM KKPHAM Result", filters, "name")}
	return {"guidance": frappe.db.get_value("P2HAM Guidance", {"subject": entry["guidance"]}, "name")}


def link_decision(entry: dict, follow_up: str) -> None:
	"""Say in the decision of a meeting that has the words of a follow-up that it became this one."""
	doc = frappe.get_doc("P2HAM Guidance", {"subject": entry["guidance"]})
	names = {row.name: follow_up for row in doc.decisions if row.decision == entry["recommendation"]}
	if names:
		from_guidance.created(doc, names)


def lowered_answers(doc, codes: list[str]) -> dict[str, str]:
	"""Return, for these indicators, the answer one step worse than the unit's own."""
	found = {}
	for row in doc.items:
		if row.code in codes:
			best_first = make.scale_answers(row.scale)
			position = min(best_first.index(row.self_answer) + 1, len(best_first) - 1)
			found[row.code] = best_first[position]
	return found


def officer(data: dict, duty: str, opd: str = "") -> str:
	"""Return the user who holds a duty; for a unit without a clerk of its own, that of the unit above it."""
	parents = {row["abbreviation"]: row.get("parent", "") for row in data["opd"]}
	while True:
		for row in data["officers"]:
			if row["duty"] == duty and (not opd or row.get("opd") == opd):
				return row["user"]
		opd = parents[opd]
