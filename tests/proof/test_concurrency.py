"""Many people at once, over HTTP: one wins, the others are told, no answer is lost and no step is logged twice.

Two dozen clients work on six assessments at the same time, from the first answer to the approval, and then look at
what is stored. A refusal is either Frappe's "document has been modified" or one of the lifecycle, never an error of
the server or the database.
"""

import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import frappe
import made_regency
import pytest
from made_regency import ANSWERS

from p2ham.demo import factories as make
from p2ham.engine import lifecycle

UNITS = [f"UJI SERENTAK {number}" for number in range(1, 7)]
# Where one of them has rows, those of the next have a place of their own in the database: new ones for each race.
NEIGHBOURS = [[f"UJI TETANGGA {race} {number}" for number in range(1, 6)] for race in range(3)]
TABS = 4  # of each assessment
INDICATORS = 6
ROUNDS = 2  # changes by each tab, at least
BUSY = 240  # requests that are made while the drafts are filled, at least
MIN_REQUESTS = 500
RACES = 6
# A unit does not fill one instrument twice for the same year.
YEARS = itertools.count(2001)

MODIFIED = "TimestampMismatchError"
# What the lifecycle says no with: a right or step that is not there (any more), something that is missing.
LIFECYCLE = {"PermissionError": 403, "ValidationError": 417}


class NotARefusal(AssertionError):
	"""The server answered with an error of its own."""


@dataclass
class Record:
	"""What was asked and acknowledged, by all clients together."""

	requests: Counter = field(default_factory=Counter)
	refusals: Counter = field(default_factory=Counter)
	steps: Counter = field(default_factory=Counter)
	written: dict = field(default_factory=dict)
	evidence: list = field(default_factory=list)
	lock: threading.Lock = field(default_factory=threading.Lock)

	@property
	def total(self) -> int:
		return sum(self.requests.values())

	def wrote(self, name: str, row: str, fieldname: str, value: str, at: str) -> None:
		"""Keep the value that was acknowledged last, by the time stamp the server gave it."""
		with self.lock:
			key = (name, row, fieldname)
			if key not in self.written or self.written[key][0] < at:
				self.written[key] = (at, value)


class Tab:
	"""A tab of somebody's browser: a connection of its own, and the login of its user."""

	def __init__(self, client, record: Record):
		self.client = client.another(over_socket=True)
		self.record = record

	def ask(self, method: str, path: str, **kwargs) -> tuple[dict | None, str]:
		"""Return (what the server answers, "") or (None, why it refused).

		Raises NotARefusal for anything but the refusals that have a right to be there.
		"""
		response = self.client.request(method, path, **kwargs)
		answer = response.json() if "json" in response.headers.get("Content-Type", "") else {}
		why = "" if response.status_code == 200 else answer.get("exc_type") or "no reason"
		with self.record.lock:
			self.record.requests[method] += 1
			if why:
				self.record.refusals[why] += 1
		if not why:
			return answer, ""
		if response.status_code != {**LIFECYCLE, MODIFIED: 417}.get(why):
			raise NotARefusal(f"{method} {path}: {response.status_code} {why}\n{response.text[-3000:]}")
		return None, why

	def read(self, name: str, doctype: str = "P2HAM Assessment") -> dict:
		answer, why = self.ask("GET", f"/api/resource/{doctype}/{name}")
		assert answer, why
		return answer["data"]

	def call(self, method: str, **values) -> tuple[dict | None, str]:
		answer, why = self.ask("POST", f"/api/method/{method}", json=values)
		return (answer.get("message") or answer if answer else None), why

	def put(self, doc: dict, *fields: str) -> tuple[dict | None, str]:
		"""Send fields of a document as REST clients do."""
		values = {fieldname: doc[fieldname] for fieldname in fields}
		answer, why = self.ask("PUT", f"/api/resource/{doc['doctype']}/{doc['name']}", json=values)
		return (answer["data"] if answer else None), why

	def save_form(self, doc: dict) -> tuple[dict | None, str]:
		"""Send the whole document as the desk's form does."""
		answer, why = self.ask(
			"POST",
			"/api/method/frappe.desk.form.save.savedocs",
			json={"doc": json.dumps(doc), "action": "Save"},
		)
		return (answer["docs"][0] if answer else None), why

	def write(self, name: str, change: Callable[[dict], list], by_form: bool = False) -> str:
		"""Change what the document says until this is acknowledged; return "" or why it never will be.

		`change` changes a document and returns what it has written as (row, field, value).
		"""
		while True:
			doc = self.read(name)
			changed = change(doc)
			tables = "items", "evidence_uses"
			saved, why = self.save_form(doc) if by_form else self.put(doc, *tables, "modified")
			if saved:
				for row, fieldname, value in changed:
					self.record.wrote(name, row, fieldname, value, saved["modified"])
				return ""
			if why != MODIFIED:
				return why

	def take_step(self, name: str, action: str, note: str = "", seen: bool = False) -> str:
		"""Take a step until this is acknowledged or refused for good; return "" or why."""
		while True:
			modified = self.read(name)["modified"] if seen else None
			answer, why = self.call(
				"p2ham.api.assessment.take_step", name=name, action=action, note=note, modified=modified
			)
			if answer:
				with self.record.lock:
					self.record.steps[name, action] += 1
				return ""
			if why != MODIFIED:
				return why


@pytest.fixture(scope="module")
def regency(demo_site):
	with made_regency.committed(
		[*UNITS, "UJI BALAPAN", *itertools.chain(*NEIGHBOURS)], INDICATORS
	) as regency:
		yield regency


@pytest.fixture
def record():
	return Record()


@pytest.fixture
def tab(http, record):
	"""`tab(user)` opens a tab of the browser of a user."""
	return lambda user: Tab(http(user), record)


@pytest.fixture
def draft(regency):
	"""A complete draft in a period of its own, committed: `draft()` makes another one."""

	def made() -> tuple[str, str]:
		period = make.create_period(regency.instrument, next(YEARS), ["UJI BALAPAN"])
		name = made_regency.start_assessment(regency, "UJI BALAPAN", period)
		frappe.db.commit()
		return name, period

	return made


def at_once(*jobs: Callable) -> list:
	"""Do the jobs in parallel, all beginning at the same moment; return what they return."""
	start = threading.Barrier(len(jobs))

	def waiting(job):
		start.wait(60)
		return job()

	with ThreadPoolExecutor(len(jobs)) as pool:
		return [future.result() for future in [pool.submit(waiting, job) for job in jobs]]


def stored(name: str):
	frappe.db.rollback()  # what others have committed since
	return frappe.get_doc("P2HAM Assessment", name)


def check_log(name: str, steps: Counter | None = None) -> None:
	"""The log has one entry for each step that was acknowledged, in a row, and the stamps are those of the log."""
	doc = stored(name)
	entries = frappe.get_all(
		"P2HAM Assessment Log", filters={"assessment": name}, fields=["*"], order_by="sequence"
	)
	assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
	for before, after in itertools.pairwise(entries):
		assert after.from_state == before.to_state
	assert entries[-1].to_state == doc.workflow_state
	assert doc.docstatus == int(doc.workflow_state == lifecycle.APPROVED)
	if steps is not None:
		taken = Counter(entry.action for entry in entries if entry.action in lifecycle.ACTIONS)
		assert taken == Counter({action: n for (of, action), n in steps.items() if of == name and n})
	for action, stamp in (("Submit", "submitted"), ("Review", "reviewed"), ("Approve", "approved")):
		last = next((entry for entry in reversed(entries) if entry.action == action), None)
		assert doc.get(f"{stamp}_by") == (last.user if last else None)
		if last:
			seconds = (doc.get(f"{stamp}_on") - last.at).total_seconds()
			assert abs(seconds) < 60


class Group:
	"""The four tabs that work on one assessment, always at the same stage of its life."""

	def __init__(self, name: str, unit: str, tab: Callable, regency, record: Record):
		self.name, self.unit, self.record = name, unit, record
		self.barrier = threading.Barrier(TABS)
		self.fillers = [tab(user) for user in (regency.clerk, regency.head, regency.clerk, regency.head)]
		self.verifiers = [tab(regency.verifier) for _number in range(2)]
		self.kabag = [tab(regency.kabag) for _number in range(2)]
		self.sekda = [tab(regency.sekda) for _number in range(TABS)]

	def work(self, number: int) -> None:
		"""What the tab with this number does, from the first answer to the approval."""
		try:
			for stage in (self.fill, self.add_evidence, self.submit, self.verify, self.decide):
				self.barrier.wait(300)
				stage(number)
		except BaseException:
			self.barrier.abort()  # the others do not wait for somebody who does not come
			raise

	def fill(self, number: int) -> None:
		"""Each has an item of its own, and all of them fight about another one."""
		tab, turn = self.fillers[number], 0
		while turn < ROUNDS or self.record.total < BUSY:

			def change(doc, turn=turn):
				own, shared = doc["items"][number], doc["items"][-1]
				own["self_answer"], own["self_note"] = ANSWERS[turn % 3], f"tab {number}, {turn}"
				shared["self_note"] = f"bersama: tab {number}, {turn}"
				return [
					(own["name"], "self_answer", own["self_answer"]),
					(own["name"], "self_note", own["self_note"]),
					(shared["name"], "self_note", shared["self_note"]),
				]

			assert tab.write(self.name, change, by_form=number % 2) == ""
			turn += 1

	def add_evidence(self, number: int) -> None:
		tab = self.fillers[number]
		indicator = tab.read(self.name)["items"][number]["indicator"]
		while True:
			answer, why = tab.call(
				"p2ham.api.evidence.add_to_assessment",
				assessment=self.name,
				indicator=indicator,
				title=f"Foto dari tab {number}",
				url="https://uji.example.com/foto",
			)
			if answer:
				(evidence,) = answer["evidence"]
				self.record.evidence.append((self.name, evidence, indicator))
				return
			assert why == MODIFIED

	def submit(self, number: int) -> None:
		"""Two go on writing until they are told that it is no longer theirs; two hand it over at once."""
		tab, turn = self.fillers[number], 0
		if number > 1:
			tab.take_step(self.name, "Submit", seen=number == 2)
			return

		def change(doc):
			note = f"sampai akhir: {turn}"
			doc["items"][number]["self_note"] = note
			return [(doc["items"][number]["name"], "self_note", note)]

		while not (why := tab.write(self.name, change, by_form=number)):
			turn += 1
		assert why == "PermissionError"

	def verify(self, number: int) -> None:
		"""Two verify an item each time; two of Kabag Hukum's tabs try to review until it is done."""
		if number > 1:
			while (why := self.kabag[number - 2].take_step(self.name, "Review")) == "ValidationError":
				time.sleep(0.3)
			assert why in ("", "PermissionError")
			return
		for position in range(number, INDICATORS, 2):

			def change(doc, position=position):
				row = doc["items"][position]
				row["verified_answer"] = row["self_answer"]
				for use in doc["evidence_uses"]:
					use["verification"] = "Accepted"
				return [(row["name"], "verified_answer", row["self_answer"])]

			assert self.verifiers[number].write(self.name, change) == ""

	def decide(self, number: int) -> None:
		"""Two approve and two return at once. If it was returned, it is reviewed and approved, by two at once."""
		action, note = ("Approve", "") if number < 2 else ("Return", "Mohon diperiksa ulang.")
		self.sekda[number].take_step(self.name, action, note, seen=bool(number % 2))
		self.barrier.wait(300)
		if self.sekda[number].read(self.name)["workflow_state"] == lifecycle.APPROVED:
			return
		if number == 0:
			assert self.kabag[0].take_step(self.name, "Review") == ""
		self.barrier.wait(300)
		self.sekda[number].take_step(self.name, "Approve")


def close_when_done(manager: Tab, period: str, working: threading.Event) -> int:
	"""Try to close a period until it is closed; return how often that was refused."""
	refused = 0
	while True:
		doc = manager.read(period, "P2HAM Period")
		last_try = not working.is_set()
		closed, why = manager.put({**doc, "status": "Closed"}, "status", "modified")
		if closed:
			return refused
		assert why == "ValidationError" and not last_try, (
			"everything is approved and the period does not close"
		)
		refused += 1
		time.sleep(0.5)


@contextmanager
def set_while() -> Iterator[threading.Event]:
	event = threading.Event()
	event.set()
	try:
		yield event
	finally:
		event.clear()


def test_two_dozen_clients_lose_no_answer_and_log_every_step_once(regency, tab, record, site):
	names = [made_regency.start_assessment(regency, unit) for unit in UNITS]
	frappe.db.commit()
	groups = [Group(name, unit, tab, regency, record) for name, unit in zip(names, UNITS, strict=True)]
	manager = tab(regency.manager)
	with ThreadPoolExecutor(len(groups) * TABS + 1) as pool, set_while() as working:
		closing = pool.submit(close_when_done, manager, regency.period, working)
		futures = [pool.submit(group.work, number) for group in groups for number in range(TABS)]
		errors = [error for error in (future.exception() for future in futures) if error]
		# A broken barrier is what the others see of somebody's failure.
		assert not [error for error in errors if not isinstance(error, threading.BrokenBarrierError)]
		assert not errors
		working.clear()
		assert closing.result() > 0

	assert len(groups) * TABS >= 20
	assert record.total >= MIN_REQUESTS
	assert record.refusals[MODIFIED] > 0

	frappe.db.rollback()
	assert frappe.db.get_value("P2HAM Period", regency.period, "status") == "Closed"
	for name, unit in zip(names, UNITS, strict=True):
		doc = stored(name)
		rows = {row.name: row for row in doc.items}
		acknowledged = {key[1:]: value for key, (_at, value) in record.written.items() if key[0] == name}
		assert len(acknowledged) >= TABS * 2 + INDICATORS
		assert {key: rows[key[0]].get(key[1]) for key in acknowledged} == acknowledged
		uses = Counter((row.evidence, row.indicator) for row in doc.evidence_uses)
		assert uses == Counter(entry[1:] for entry in record.evidence if entry[0] == name)
		assert len(uses) == TABS == frappe.db.count("P2HAM Evidence", {"opd": unit})
		assert doc.workflow_state == lifecycle.APPROVED
		assert record.steps[name, "Submit"] == record.steps[name, "Approve"] == 1
		check_log(name, record.steps)
	made_regency.check_with_commands(site)


def test_whole_tables_read_at_the_same_moment_and_sent_without_a_time_do_not_overwrite_each_other(
	regency, tab, draft
):
	name, _period = draft()
	tabs = [tab(user) for user in (regency.clerk, regency.head, regency.clerk, regency.head)]
	docs = [each.read(name) for each in tabs]
	for number, doc in enumerate(docs):
		doc["items"][number]["self_note"] = f"dari tab {number}"
	# One after the other: the second has read what is no longer there.
	saved, _why = tabs[0].put(docs[0], "items")
	assert saved
	assert tabs[1].put(docs[1], "items") == (None, MODIFIED)
	assert [row.self_note for row in stored(name).items][:2] == ["dari tab 0", ""]
	# All at once: one of them wins.
	docs = [each.read(name) for each in tabs]
	for number, doc in enumerate(docs):
		doc["items"][number]["self_note"] = f"sekaligus dari tab {number}"
	answers = at_once(
		*(lambda each=each, doc=doc: each.put(doc, "items") for each, doc in zip(tabs, docs, strict=True))
	)
	winners = [number for number, (saved, _why) in enumerate(answers) if saved]
	assert len(winners) == 1
	assert {why for saved, why in answers if not saved} == {MODIFIED}
	changed = [row.self_note for row in stored(name).items if "sekaligus" in (row.self_note or "")]
	assert changed == [f"sekaligus dari tab {winners[0]}"]
	assert stored(name).items[0].self_note.endswith("dari tab 0")


def test_a_unit_does_not_withdraw_while_its_sheet_is_handed_over(regency, tab, draft):
	clerk, manager = tab(regency.clerk), tab(regency.manager)
	for _race in range(RACES):
		name, period = draft()

		def withdraw(period=period):
			doc = manager.read(period, "P2HAM Period")
			doc["participants"][0].update(status="Withdrawn", withdrawal_reason="Dilebur.")
			return manager.put(doc, "participants", "modified")[1]

		at_once(lambda name=name: clerk.take_step(name, "Submit"), withdraw)
		doc = stored(name)
		(row,) = frappe.get_doc("P2HAM Period", period).participants
		assert (doc.workflow_state, row.status) in ((lifecycle.SUBMITTED, "Declared"), ("Draft", "Withdrawn"))
		check_log(name)


def test_no_assessment_begins_in_a_period_that_is_being_closed(regency, tab):
	clerk, manager = tab(regency.clerk), tab(regency.manager)
	for _race in range(RACES):
		period = make.create_period(regency.instrument, next(YEARS), ["UJI BALAPAN"])
		frappe.db.commit()

		def begin(period=period):
			values = {"period": period, "opd": "UJI BALAPAN"}
			return clerk.ask("POST", "/api/resource/P2HAM Assessment", json=values)[1]

		def close(period=period):
			doc = manager.read(period, "P2HAM Period")
			return manager.put({**doc, "status": "Closed"}, "status", "modified")[1]

		refused = at_once(begin, close)
		frappe.db.rollback()
		status = frappe.db.get_value("P2HAM Period", period, "status")
		begun = frappe.get_all("P2HAM Assessment", filters={"period": period}, pluck="name", order_by="name")
		assert (status, len(begun)) in (("Closed", 0), ("Open", 1))
		assert sorted(refused) == ["", "ValidationError"]


def test_a_later_day_and_a_handover_at_once_both_stand_in_the_log(regency, tab, draft):
	clerk, manager = tab(regency.clerk), tab(regency.manager)
	for _race in range(RACES):
		name, period = draft()

		def extend(period=period):
			doc = manager.read(period, "P2HAM Period")
			doc["participants"][0].update(fill_until=doc["review_until"], extension_reason="Banjir.")
			return manager.put(doc, "participants", "modified")[1]

		assert at_once(lambda name=name: clerk.take_step(name, "Submit"), extend) == ["", ""]
		assert stored(name).workflow_state == lifecycle.SUBMITTED
		check_log(name)


def test_neighbours_use_their_first_evidence_at_the_same_moment(regency, tab):
	"""The rows of assessments whose names follow each other lie side by side in the database, which then locks one
	gap for all of them; whoever loses is told like anybody who came second."""
	clerks = [tab(regency.clerk) for _unit in NEIGHBOURS[0]]
	with make.acting_as(regency.clerk):
		evidence = make.create_evidence("DINKES", "Foto bersama", kind="Link")
	for units in NEIGHBOURS:
		period = make.create_period(regency.instrument, next(YEARS), units)
		names = [made_regency.start_assessment(regency, unit, period) for unit in units]
		frappe.db.commit()

		def use(doc):
			doc["evidence_uses"].append({"indicator": doc["items"][0]["indicator"], "evidence": evidence})
			return []

		jobs = [
			lambda clerk=clerk, name=name: clerk.write(name, use)
			for clerk, name in zip(clerks, names, strict=True)
		]
		assert at_once(*jobs) == [""] * len(units)
		assert [len(stored(name).evidence_uses) for name in names] == [1] * len(units)
