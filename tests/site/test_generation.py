"""The assessments of a whole period at once: the same as if each had been inserted by itself, none twice, none lost."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import frappe
import made_regency
import pytest
from frappe.utils import global_search
from freezegun import freeze_time

from p2ham.api import period as doors
from p2ham.assessment import rows
from p2ham.assessment.log_verification import Verification
from p2ham.assessment.recomputation import Audit
from p2ham.demo import factories as make
from p2ham.periods import generation

INSTRUMENT = "PERMENKUMHAM-25-2023"
PERIOD = "P2HAM-2024"
# Of several kinds, none in a period of the demo.
UNITS = ["DISPAR", "BAPPEDA", "KEC SALING", "PKM SALING"]
TABLES = {
	"P2HAM Assessment": "name",
	"P2HAM Assessment Item": "parent",
	"P2HAM Assessment Score": "parent",
	"P2HAM Evidence Use": "parent",
	"P2HAM Assessment Log": "assessment",
	"Workflow Action": "reference_name",
	"Version": "docname",
	"Comment": "reference_name",
	"ToDo": "reference_name",
}
BY_HASH = ("P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use", "Workflow Action")


@pytest.fixture
def manager(as_user, demo_site):
	as_user(demo_site["manager"]["user"])
	return demo_site["manager"]["user"]


@pytest.fixture
def searched(monkeypatch):
	"""What the desk's search is told."""
	told = []
	monkeypatch.setattr(global_search, "sync_value_in_queue", told.append)
	return told


def everything_about(name: str) -> dict[str, list[dict]]:
	"""Every row that an assessment has left anywhere, without the names that are drawn by lot."""
	found = {}
	for doctype, field in TABLES.items():
		table = frappe.qb.DocType(doctype)
		rows = (
			frappe.qb.from_(table)
			.select("*")
			.where(table[field] == name)
			.orderby(table.idx)
			.run(as_dict=True)
		)
		if doctype == "Workflow Action":
			child = frappe.qb.DocType("Workflow Action Permitted Role")
			actions = [row.name for row in rows]
			roles = (
				frappe.qb.from_(child).select("*").where(child.parent.isin([*actions, ""])).run(as_dict=True)
			)
			# Frappe takes the roles from a set, in no order.
			kept = sorted(
				({**row, "name": "", "parent": "", "idx": 0} for row in roles), key=lambda row: row["role"]
			)
			found["Workflow Action Permitted Role"] = kept
		found[doctype] = [{**row, "name": ""} if doctype in BY_HASH else dict(row) for row in rows]
	return found


def test_it_stores_what_insert_stores_field_for_field(manager, searched):
	frappe.set_user("Administrator")
	period = make.create_period(INSTRUMENT, 2033, UNITS)
	frappe.set_user(manager)
	frappe.db.savepoint("begin")
	stored = {}
	for way in ("insert", "bulk"):
		searched.clear()
		with freeze_time("2026-03-04 05:06:07.123456"):
			if way == "insert":
				for opd in UNITS:
					doc = frappe.get_doc({"doctype": "P2HAM Assessment", "period": period, "opd": opd})
					doc.insert(ignore_permissions=True)
			else:
				assert doors.create_assessments(period) == {"created": 4, "carried": 0, "failed": []}
		stored[way] = [everything_about(f"{opd}-{period}") for opd in UNITS], list(searched)
		assert list(Audit().findings([f"{opd}-{period}" for opd in UNITS])) == []
		assert list(Verification().breaks([f"{opd}-{period}" for opd in UNITS])) == []
		frappe.db.rollback(save_point="begin")
	one, bulk = stored["insert"], stored["bulk"]
	for by_insert, in_bulk in zip(one[0], bulk[0], strict=True):
		for table, stored_rows in by_insert.items():
			assert in_bulk[table] == stored_rows, table
		assert by_insert["P2HAM Assessment Item"] and by_insert["P2HAM Assessment Score"]
		assert by_insert["Workflow Action Permitted Role"]
		assert by_insert["P2HAM Assessment"][0]["owner"] == manager
	assert bulk[1] == one[1] and len(bulk[1]) == len(UNITS)


def test_each_unit_is_asked_what_its_kind_is_asked(manager):
	names = [f"{opd}-{PERIOD}" for opd in ("DISPAR", "RSP PENDOPO")]
	period = frappe.get_doc("P2HAM Period", PERIOD)
	period.append("participants", {"opd": "DISPAR", "status": "Ready"})
	period.save()
	doors.create_assessments(PERIOD)
	for name in names:
		doc = frappe.get_doc("P2HAM Assessment", name)
		fresh = frappe.get_doc({"doctype": "P2HAM Assessment", "period": PERIOD, "opd": doc.opd})
		rows.build(fresh)
		assert [row.indicator for row in doc.items] == [row.indicator for row in fresh.items]


def test_only_who_is_ready_or_declared_gets_one_and_nobody_a_second(manager):
	first = doors.create_assessments(PERIOD)
	assert first["created"] >= 1 and not first["failed"]
	begun = set(frappe.get_all("P2HAM Assessment", {"period": PERIOD}, pluck="opd", order_by="opd"))
	invited = {
		row.opd for row in frappe.get_doc("P2HAM Period", PERIOD).participants if row.status == "Invited"
	}
	assert invited and not invited & begun
	assert doors.create_assessments(PERIOD)["created"] == 0


class TestRefused:
	def test_by_who_keeps_no_periods(self, http, people):
		for user in (people("OPD Head", "DINKES"), people("Kabag Hukum"), people("P2HAM Verifier"), None):
			for door in ("create_assessments", "creation_state"):
				assert http(user).call(f"p2ham.api.period.{door}", period=PERIOD).status_code in (401, 403)

	@pytest.mark.parametrize("status", ["Draft", "Closed"])
	def test_in_a_period_that_is_not_open(self, manager, status, said):
		frappe.db.set_value("P2HAM Period", PERIOD, "status", status)
		with pytest.raises(frappe.ValidationError) as caught:
			doors.create_assessments(PERIOD)
		assert PERIOD in said(caught)

	def test_with_an_instrument_that_was_retired_meanwhile(self, manager, said):
		frappe.db.set_value("P2HAM Instrument", INSTRUMENT, "status", "Retired")
		with pytest.raises(frappe.ValidationError) as caught:
			doors.create_assessments(PERIOD)
		assert INSTRUMENT in said(caught) and "Retired" in said(caught)

	def test_also_in_the_worker_whose_right_has_gone(self, people):
		frappe.set_user(people("P2HAM Verifier"))
		with pytest.raises(frappe.PermissionError):
			generation.run(PERIOD, False, "uji")
		assert generation.state(PERIOD)["state"] == generation.FAILED


def test_a_unit_that_is_refused_is_named_and_stops_nobody(manager):
	"""One was cancelled and is amended instead; of another the database has an entry of the log already."""
	frappe.set_user("Administrator")
	period = make.create_period(INSTRUMENT, 2033, UNITS)
	cancelled, logged = (f"{opd}-{period}" for opd in UNITS[:2])
	make.create_assessment(period, UNITS[0])
	frappe.db.set_value("P2HAM Assessment", cancelled, {"docstatus": 2, "workflow_state": "Cancelled"})
	make.create_assessment(period, UNITS[1])
	frappe.db.delete("P2HAM Assessment", {"name": logged})
	frappe.set_user(manager)
	answer = doors.create_assessments(period)
	reasons = {row["opd"]: row["reason"] for row in answer["failed"]}
	assert set(reasons) == set(UNITS[:2]) and "Amend" in reasons[UNITS[0]]
	assert answer["created"] == 2
	assert all(frappe.db.exists("P2HAM Assessment", f"{opd}-{period}") for opd in UNITS[2:])
	assert not frappe.db.exists("P2HAM Assessment Item", {"parent": logged, "docstatus": 0, "idx": 99})
	assert not frappe.local.message_log


def test_a_batch_asks_the_same_number_of_queries_whatever_its_units(manager, queries):
	frappe.set_user("Administrator")
	others = frappe.get_all("P2HAM OPD", {"opd_type": "Kecamatan"}, pluck="name", order_by="name")
	few = make.create_period(INSTRUMENT, 2033, UNITS[:2])
	many = make.create_period(INSTRUMENT, 2034, others[:9])
	frappe.set_user(manager)
	for carry_over in (0, 1):
		counts = []
		for period in (few, many):
			frappe.db.savepoint("begin")
			doors.create_assessments(period, carry_over)  # warms caches
			frappe.db.rollback(save_point="begin")
			with queries() as calls:
				assert doors.create_assessments(period, carry_over)["created"] > 1
			counts.append([" ".join(str(call).split())[:90] for call in calls])
			frappe.db.rollback(save_point="begin")
		assert not set(counts[0]) ^ set(counts[1]) and len(counts[0]) == len(counts[1]), set(counts[0]) ^ set(
			counts[1]
		)


# --- Several processes ----------------------------------------------------------------------------------

MANY = [f"UJI MASSAL {number:02}" for number in range(30)]


@pytest.fixture(scope="module")
def regency(demo_site):
	with made_regency.committed(MANY, indicators=6) as regency:
		yield regency


@pytest.fixture
def empty_period(regency):
	"""A period of all those units in which nothing has begun, committed."""
	frappe.set_user("Administrator")
	year = 2001 + len(frappe.get_all("P2HAM Period", {"instrument": regency.instrument}, order_by="name"))
	period = make.create_period(regency.instrument, year, MANY)
	frappe.db.commit()
	return period


def check_whole(period: str) -> None:
	"""Every unit has one assessment, whole, with one entry in its log."""
	frappe.db.rollback()
	sheets = frappe.get_all("P2HAM Assessment", {"period": period}, ["name", "opd"], order_by="name")
	assert sorted(row.opd for row in sheets) == MANY
	names = [row.name for row in sheets]
	for table, field, number in (
		("P2HAM Assessment Item", "parent", 6),
		("P2HAM Assessment Score", "parent", 2),
		("P2HAM Assessment Log", "assessment", 1),
	):
		rows = frappe.get_all(table, {field: ("in", names)}, pluck=field, order_by="name")
		assert {rows.count(name) for name in names} == {number}, table
	assert list(Verification().breaks(names)) == [] and list(Audit().findings(names)) == []


class Generating:
	"""A process that makes the assessments of a period, a few in a batch, and tells after each commit."""

	def __init__(self, site: str, period: str, user: str):
		reading, writing = os.pipe()
		self.pid = os.fork()
		if not self.pid:
			self.run(writing, site, period, user)
		os.close(writing)
		self.said = os.fdopen(reading, "rb", buffering=0)

	@staticmethod
	def run(writing: int, site: str, period: str, user: str) -> None:
		"""What the new process does. It never returns to the tests, and never speaks on their connection."""
		try:
			inherited = frappe.local.db  # kept, not closed: the parent goes on with it
			frappe.release_local(frappe.local)
			frappe.init(site=site, sites_path=".")
			frappe.connect()
			assert frappe.local.db is not inherited
			frappe.set_user(user)
			generation.BATCH = 4

			def say(done, total):
				frappe.db.commit()
				os.write(writing, b".")

			generation.make(period, say=say)
			signal.pause()
		finally:
			os._exit(1)

	def kill_after(self, batches: int, wait: float) -> None:
		"""Kill it some time (seconds) after so many batches."""
		for _number in range(batches + 1):
			assert self.said.read(1) == b"."
		time.sleep(wait)
		os.kill(self.pid, signal.SIGKILL)
		_pid, status = os.waitpid(self.pid, 0)
		assert os.WTERMSIG(status) == signal.SIGKILL
		self.said.close()


def test_a_process_that_is_killed_leaves_whole_batches_and_the_next_one_the_rest(site, regency, empty_period):
	waits = [0, 0.005, 0.01, 0.02, 0.03, 0.05]
	for batches, wait in enumerate(waits):
		Generating(site, empty_period, regency.manager).kill_after(min(batches, 1), wait)
		frappe.db.rollback()
		# Whoever asks for the lock waits until the database has ended what the killed process had begun.
		frappe.db.get_value("P2HAM Period", empty_period, "name", for_update=True)
		made = frappe.get_all("P2HAM Assessment", {"period": empty_period}, pluck="name", order_by="name")
		rows = frappe.get_all(
			"P2HAM Assessment Item", {"parent": ("in", [*made, ""])}, pluck="parent", order_by="name"
		)
		assert len(rows) == 6 * len(made)
		assert frappe.db.count("P2HAM Assessment Log", {"assessment": ("in", [*made, ""])}) == len(made)
		assert len(made) % 4 in (0, len(MANY) % 4)
		frappe.db.rollback()
	with make.acting_as(regency.manager):
		left = len(generation.units_without(empty_period))
		assert generation.make(empty_period).created == left
	frappe.db.commit()
	check_whole(empty_period)


def test_two_who_press_at_once_and_clerks_who_begin_make_none_twice(http, regency, empty_period):
	manager, clerk = http(regency.manager), http(regency.clerk)

	def press():
		return manager.call("p2ham.api.period.create_assessments", period=empty_period)

	def begin(opd):
		return clerk.post("/api/resource/P2HAM Assessment", json={"period": empty_period, "opd": opd})

	with ThreadPoolExecutor(8) as pool:
		pressed = [pool.submit(press) for _number in range(2)]
		begun = [pool.submit(begin, opd) for opd in (MANY[0], MANY[15], MANY[-1])]
		assert {answer.result().status_code for answer in pressed} == {200}
		# A clerk who comes second is told so.
		assert {answer.result().status_code for answer in begun} <= {200, 409, 417}
	wait_until_done(manager, empty_period)
	check_whole(empty_period)


def test_many_are_made_in_the_background_and_a_form_that_is_loaded_again_knows(http, regency, empty_period):
	manager = http(regency.manager)
	answer = manager.call("p2ham.api.period.create_assessments", period=empty_period).json()["message"]
	assert answer == {"queued": len(MANY), "failed": []}
	known = wait_until_done(manager, empty_period)
	assert (known["created"], known["done"], known["failed"]) == (len(MANY), len(MANY), [])
	check_whole(empty_period)


class TestTold:
	"""What whoever has started it hears while it goes on, over the desk's own connection."""

	@pytest.fixture
	def told(self, monkeypatch):
		"""What is published: event, message, room."""
		found = []
		monkeypatch.setattr(frappe.realtime, "emit_via_redis", lambda *published: found.append(published))
		return found

	def run(self, user: str, period: str) -> None:
		with make.acting_as(user):
			generation.run(period, carry_over=False, job="uji")
		frappe.db.commit()

	def test_each_batch_and_the_end_and_nobody_else_hears_of_it(
		self, regency, empty_period, told, monkeypatch
	):
		monkeypatch.setattr(generation, "BATCH", 12)
		self.run(regency.manager, empty_period)
		ours = [each for each in told if each[0] == "progress" or empty_period in str(each)]
		room = frappe.realtime.get_user_room(regency.manager)
		assert ours == [
			*(
				("p2ham_generating", {"period": empty_period, "done": done, "total": 30}, room)
				for done in (0, 12, 24, 30)
			),
			("p2ham_generated", {"period": empty_period}, room),
		]

	def test_the_end_also_when_it_fails_but_not_why(self, regency, empty_period, told):
		frappe.db.set_value("P2HAM Period", empty_period, "status", "Closed")
		frappe.db.commit()
		with pytest.raises(frappe.ValidationError):
			self.run(regency.manager, empty_period)
		assert [each for each in told if empty_period in str(each)][-1] == (
			"p2ham_generated",
			{"period": empty_period},
			frappe.realtime.get_user_room(regency.manager),
		)
		assert generation.state(empty_period)["state"] == generation.FAILED


def test_a_job_that_was_killed_does_not_stand_in_the_way(manager, monkeypatch):
	begun = time.time()
	generation._remember(PERIOD, generation.RUNNING, job="uji-mati", done=3, total=9)
	known = generation.state(PERIOD)
	assert known["state"] == generation.FAILED and "start it again" in known["message"]
	assert doors.create_assessments(PERIOD)["created"] >= 1
	assert time.time() >= begun


def wait_until_done(client, period: str) -> dict:
	for _second in range(60):
		known = client.get("/api/method/p2ham.api.period.creation_state", params={"period": period}).json()[
			"message"
		]
		if known["state"] == generation.DONE:
			return known
		assert known["state"] in (generation.WAITING, generation.RUNNING, generation.NONE), known
		time.sleep(1)
	raise AssertionError(known)
