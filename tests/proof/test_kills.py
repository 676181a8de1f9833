"""A process that is killed in the middle of an approval leaves the state before or the state after, nothing between.

Each time a process of its own takes the step as the Sekda, on a connection of its own, and is killed with SIGKILL:
at once, after its commit, and fifty times in between, the delays spread over the time an approval takes and then
drawn to the moment at which one outcome turns into the other.
"""

import os
import signal
import statistics
import time

import frappe
import made_regency
import pytest

from p2ham.assessment.log_verification import Verification
from p2ham.assessment.recomputation import Audit
from p2ham.demo import factories as make

SPREAD, DRAWN = 30, 20
BEFORE, AFTER = "before", "after"
TABLES = (
	"P2HAM Assessment",
	"P2HAM Assessment Item",
	"P2HAM Assessment Score",
	"P2HAM Evidence Use",
	"P2HAM Assessment Log",
	"P2HAM Assessment Snapshot",
)


@pytest.fixture(scope="module")
def regency(demo_site):
	with made_regency.committed(["UJI BUNUH"], indicators=4) as regency:
		yield regency


@pytest.fixture(scope="module")
def reviewed(regency):
	"""An assessment that waits for the Sekda, committed."""
	name = made_regency.start_assessment(regency, "UJI BUNUH")
	made_regency.review_assessment(regency, name)
	frappe.db.commit()
	return name


class Approval:
	"""A process that approves; it says when it begins and when it has committed, and then waits for its end."""

	def __init__(self, site: str, name: str, sekda: str):
		reading, writing = os.pipe()
		self.pid = os.fork()
		if not self.pid:
			self.run(writing, site, name, sekda)
		os.close(writing)
		self.said = os.fdopen(reading, "rb", buffering=0)
		assert self.said.read(1) == b"b"
		self.begin = time.perf_counter()

	@staticmethod
	def run(writing: int, site: str, name: str, sekda: str) -> None:
		"""What the new process does. It never returns to the tests, and never speaks on their connection."""
		try:
			inherited = frappe.local.db  # kept, not closed: the parent goes on with it
			frappe.release_local(frappe.local)
			frappe.init(site=site, sites_path=".")
			frappe.connect()
			assert frappe.local.db is not inherited
			frappe.flags.mute_emails = True
			frappe.set_user(sekda)
			os.write(writing, b"b")
			make.take_step(name, "Approve")
			frappe.db.commit()
			os.write(writing, b"c")
			signal.pause()
		finally:
			os._exit(1)

	def wait_for_commit(self) -> float:
		"""Return the seconds from beginning to commit."""
		assert self.said.read(1) == b"c"
		return time.perf_counter() - self.begin

	def kill(self, after: float) -> None:
		time.sleep(max(0, after - (time.perf_counter() - self.begin)))
		os.kill(self.pid, signal.SIGKILL)
		_pid, status = os.waitpid(self.pid, 0)
		assert os.WTERMSIG(status) == signal.SIGKILL  # it was killed, and did not end by an error of its own
		self.said.close()


@pytest.fixture
def approve(site, regency, reviewed):
	return lambda: Approval(site, reviewed, regency.sekda)


@pytest.fixture
def stored(reviewed):
	"""The rows of the assessment and of its log as they were before anybody approved."""
	return {table: rows_of(table, reviewed) for table in TABLES}


def rows_of(table: str, name: str) -> list[dict]:
	field = {"P2HAM Assessment": "name", **dict.fromkeys(TABLES[-2:], "assessment")}.get(table, "parent")
	rows = frappe.qb.DocType(table)
	return frappe.qb.from_(rows).select("*").where(rows[field] == name).orderby(rows.name).run(as_dict=True)


def put_back(stored: dict, name: str) -> None:
	"""Take an approval back, past every rule, so that the next one finds the same."""
	for table, rows in stored.items():
		for row in rows_of(table, name):
			frappe.db.delete(table, {"name": row["name"]})
		if rows:
			frappe.db.bulk_insert(table, list(rows[0]), [list(row.values()) for row in rows])
	frappe.db.commit()


def outcome(name: str, stored: dict, sekda: str) -> str:
	"""Say which state a killed approval has left; fails for anything that is neither."""
	frappe.db.rollback()
	# Whoever asks for the lock waits until the database has ended what the killed process had begun.
	frappe.db.get_value("P2HAM Assessment", name, "name", for_update=True)
	frappe.db.rollback()
	now = {table: rows_of(table, name) for table in TABLES}
	if now == stored:
		return BEFORE
	(doc,), (was,) = now["P2HAM Assessment"], stored["P2HAM Assessment"]
	assert (doc.workflow_state, doc.docstatus, doc.approved_by) == ("Approved", 1, sekda)
	assert doc.approved_on > was.reviewed_on
	assert {row.docstatus for table in TABLES[1:4] for row in now[table]} == {1}
	old, new = (sorted(rows["P2HAM Assessment Log"], key=lambda row: row.sequence) for rows in (stored, now))
	assert new[:-1] == old
	assert (new[-1].action, new[-1].user, new[-1].sequence) == ("Approve", sekda, len(new))
	assert len(doc.snapshot_hash) == 64 and doc.snapshot_hash == new[-1].snapshot_hash
	assert [row.content_hash for row in now["P2HAM Assessment Snapshot"]] == [doc.snapshot_hash]
	return AFTER


def check(name: str) -> None:
	assert list(Verification().breaks([name])) == []
	assert list(Audit().findings([name])) == []


def test_a_killed_approval_leaves_the_state_before_or_after(approve, regency, reviewed, stored, site):
	sekda, outcomes = regency.sekda, []

	def kill(after: float) -> str:
		approval = approve()
		approval.kill(after)
		left = outcome(reviewed, stored, sekda)
		check(reviewed)
		if left == BEFORE:
			with make.acting_as(sekda):
				assert make.take_step(reviewed, "Approve")["workflow_state"] == "Approved"
			frappe.db.rollback()
		else:
			put_back(stored, reviewed)
		outcomes.append((after, left))
		return left

	def whole() -> float:
		"""Let an approval commit, kill what is left of it, and return the seconds it took."""
		approval = approve()
		seconds = approval.wait_for_commit()
		approval.kill(0)
		assert outcome(reviewed, stored, sekda) == AFTER
		check(reviewed)
		put_back(stored, reviewed)
		outcomes.append((seconds, AFTER))
		return seconds

	lasts = statistics.median(whole() for _number in range(5))
	assert kill(0) == BEFORE
	for number in range(SPREAD):
		kill(lasts * 1.2 * number / SPREAD)
	# Then to and fro over the commit: later after a state before, earlier after a state after.
	delay, step = lasts, lasts / 4
	for _number in range(DRAWN):
		delay = max(0, delay + (step if kill(delay) == BEFORE else -step))
		step = max(step * 0.8, lasts / 50)

	assert len(outcomes) >= 50
	assert {left for _after, left in outcomes} == {BEFORE, AFTER}
	with make.acting_as(sekda):
		make.take_step(reviewed, "Approve")
	frappe.db.commit()
	made_regency.check_with_commands(site)
