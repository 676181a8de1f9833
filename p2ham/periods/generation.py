"""The assessments of a whole period at once: what `insert()` of each would store, written in bulk.

A batch is a transaction of its own that begins with a lock of the period, as every assessment that somebody starts by
hand does. So a process that is killed leaves whole batches, running it again completes what is missing, and neither two
who press at once nor a clerk who begins meanwhile make one twice. The number of queries of a batch does not depend on
its units.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from frappe import _
from frappe.model.workflow import get_workflow_name
from frappe.utils import strip_html
from frappe.utils.background_jobs import is_job_enqueued
from frappe.utils.global_search import update_global_search
from frappe.workflow.doctype.workflow_action.workflow_action import get_next_possible_transitions

from p2ham.assessment import log, results, rows, sealed_content
from p2ham.engine import instrument_life, lifecycle, participation, period_life
from p2ham.engine.instrument import Instrument
from p2ham.evidence import revisions
from p2ham.instruments import store
from p2ham.periods.carrying import Carrying
from p2ham.utils import insert_in_bulk, prepare

ASSESSMENT, PERIOD = "P2HAM Assessment", "P2HAM Period"
# So many are made while the user waits; more go to the background with a progress bar.
IN_FOREGROUND = 20
BATCH = 50
# A batch that the database ended because of a deadlock is tried again so often.
TRIES = 3
PATIENCE = 60 * 60  # seconds a job may take
REMEMBERED = 24 * 60 * 60  # seconds
# A job that has said nothing for so long was killed (seconds); a batch takes a fraction of it.
SILENCE = 120

NONE, WAITING, RUNNING, DONE, FAILED = "none", "waiting", "running", "done", "failed"


@dataclass
class Outcome:
	"""What came of it: how many were created, how many of them with something carried over, and why others were not:
	reason by unit."""

	created: int = 0
	carried: int = 0
	failed: dict[str, str] = field(default_factory=dict)

	def add(self, other: Outcome) -> None:
		self.created += other.created
		self.carried += other.carried
		self.failed |= other.failed

	def as_data(self) -> dict:
		failed = [{"opd": opd, "reason": reason} for opd, reason in self.failed.items()]
		return {"created": self.created, "carried": self.carried, "failed": failed}


# --- How it is asked for --------------------------------------------------------------------------------


def start(period: str, carry_over: bool = False) -> dict:
	"""Make the assessments of every participant that is ready or declared and has none, few at once and many in the
	background. Returns the outcome, or `queued` (a number).

	Raises frappe.PermissionError for who does not keep periods, and frappe.ValidationError for a period that is not
	open or whose instrument is not active.
	"""
	check_may(period)
	check_open(period)
	known = _known(period)
	if is_running(period, known):
		return {"queued": known["total"], "failed": []}
	units = units_without(period)
	if len(units) <= IN_FOREGROUND:
		return make(period, carry_over).as_data()
	# A job of its own each time: what is left of one that was killed does not stand in the way.
	job = f"p2ham-generate::{period}::{frappe.generate_hash(length=8)}"
	_remember(period, WAITING, job=job, total=len(units), carry_over=int(carry_over))
	frappe.enqueue(
		"p2ham.periods.generation.run",
		queue="long",
		timeout=PATIENCE,
		enqueue_after_commit=True,
		job_id=job,
		period=period,
		carry_over=carry_over,
		job=job,
	)
	return {"queued": len(units), "failed": []}


def state(period: str) -> dict:
	"""Tell how far it has come: `state`, `done` of `total`, and what the last one came to."""
	known = _known(period)
	now = known.get("state", NONE)
	if now in (WAITING, RUNNING) and not is_running(period, known):
		now = FAILED
	message = known.get("message", "")
	if now == FAILED and not message:
		message = _("It was interrupted. What was made is there; start it again for the rest.")
	return {
		"state": now,
		"done": known.get("done", 0),
		"total": known.get("total", 0),
		"message": message,
		**{key: known.get(key) for key in ("created", "carried", "failed")},
	}


def is_running(period: str, known: dict) -> bool:
	"""Tell whether a job is at work or waits for a worker."""
	if known.get("state") == WAITING:
		# It is handed to the queue when the request that asked for it ends.
		return is_job_enqueued(known["job"]) or time.time() - known["at"] < 10
	return (
		known.get("state") == RUNNING
		and time.time() - known["at"] < SILENCE
		and is_job_enqueued(known["job"])
	)


def run(period: str, carry_over: bool, job: str) -> None:
	"""What the worker does, as who asked for it: batch by batch, each committed."""
	frappe.set_user_lang(frappe.session.user)  # a worker speaks English, and the message is for the user
	remembered = {"job": job, "carry_over": int(carry_over)}

	def say(done: int, total: int) -> None:
		frappe.db.commit()  # nosemgrep: a job, and each batch is whole
		_remember(period, RUNNING, done=done, total=total, **remembered)
		_publish("p2ham_generating", period=period, done=done, total=total)

	try:
		# The right may be gone since it was asked for.
		check_may(period)
		outcome = make(period, carry_over, say)
	except Exception as error:
		frappe.db.rollback()
		known = isinstance(error, frappe.ValidationError | frappe.PermissionError)
		told = strip_html(str(error)) if known else ""
		_remember(period, FAILED, message=told, **remembered)
		_publish("p2ham_generated", period=period)
		raise
	_remember(period, DONE, total=outcome.created, done=outcome.created, **outcome.as_data(), **remembered)
	_publish("p2ham_generated", period=period)


def _publish(event: str, **told) -> None:
	"""Tell who has started it, in all their windows, and nobody else: a clerk may open the period as well. What came of
	it is not told but asked for, with the right to it."""
	frappe.publish_realtime(event, told, user=frappe.session.user)


def check_may(period: str) -> None:
	frappe.get_doc(PERIOD, period).check_permission("write")


def check_open(period: str) -> None:
	"""Refuse a period that is not open, or whose instrument was retired meanwhile; both stay as they are until the
	transaction ends."""
	status, instrument = frappe.db.get_value(PERIOD, period, ["status", "instrument"], for_update=True)
	if status != period_life.OPEN:
		frappe.throw(
			_("{0} must be open before assessments can be created.").format(period),
			title=_("Period Not Open"),
		)
	instrument_status = frappe.db.get_value("P2HAM Instrument", instrument, "status", for_update=True)
	if instrument_status != instrument_life.ACTIVE:
		frappe.throw(
			_("{0}: {1} is not active (status {2}), so no assessment begins with it.").format(
				_("Instrument"), instrument, _(instrument_status)
			),
			title=_("Instrument Not Active"),
		)


def units_without(period: str) -> list[str]:
	"""Return the units that are ready or declared and have no assessment in this period, in the order of its rows, as
	they are committed now: what this transaction has seen before may be older."""
	row, sheet = frappe.qb.DocType("P2HAM Period Participant"), frappe.qb.DocType(ASSESSMENT)
	begun = set(
		frappe.qb.from_(sheet)
		.select(sheet.opd)
		.where((sheet.period == period) & (sheet.workflow_state != lifecycle.CANCELLED))
		.orderby(sheet.name)
		.for_update()
		.run(pluck=True)
	)
	taking_part = (
		frappe.qb.from_(row)
		.select(row.opd)
		.where((row.parent == period) & (row.parenttype == PERIOD))
		.where(row.status.isin(participation.TAKING_PART))
		.orderby(row.idx)
		.for_update()
		.run(pluck=True)
	)
	return [opd for opd in taking_part if opd not in begun]


# --- How it is made -------------------------------------------------------------------------------------


def make(
	period: str, carry_over: bool = False, say: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
	"""Make what is missing, batch by batch; tell `say` how many of how many are done, which may commit. A unit that is
	refused does not stop the others. Whoever calls this has checked the right to write the period."""
	outcome, done, total = Outcome(), 0, len(units_without(period))
	say(0, total)
	while True:
		check_open(period)  # and locks it, for what `say` has committed has ended the lock before
		units = [opd for opd in units_without(period) if opd not in outcome.failed][:BATCH]
		if not units:
			return outcome
		outcome.add(_with_retries(period, units, carry_over))
		done += len(units)
		say(done, max(total, done))


def _with_retries(period: str, units: list[str], carry_over: bool) -> Outcome:
	tries = 1
	while True:
		try:
			return make_batch(period, units, carry_over)
		except frappe.QueryDeadlockError:
			if tries == TRIES:
				raise
			tries += 1
			# The database has ended the transaction, and with it the lock of the period.
			frappe.db.rollback()
			check_open(period)
			left = set(units_without(period))
			units = [opd for opd in units if opd in left]


def make_batch(period: str, units: list[str], carry_over: bool) -> Outcome:
	"""Make the assessments of some units of a locked period. If the database refuses the batch, each is tried alone,
	so that only the one that is wrong is left out."""
	outcome = Outcome()
	batch = _Batch(period, units, carry_over)
	docs = batch.build(outcome)
	if not docs:
		return outcome
	frappe.db.savepoint("p2ham_batch")
	try:
		_store(docs)
	except Exception as error:
		if not frappe.db.is_duplicate_entry(error):
			raise
		frappe.db.rollback(save_point="p2ham_batch")
		if len(docs) == 1:
			outcome.failed[docs[0].opd] = _("Something of this name is there already: {0}").format(
				strip_html(str(error.args[-1]))
			)
			return outcome
		for doc in docs:
			outcome.add(make_batch(period, [doc.opd], carry_over))
		return outcome
	for doc in docs:
		update_global_search(doc)
	outcome.created += len(docs)
	outcome.carried += sum(doc.opd in batch.carried for doc in docs)
	return outcome


class _Batch:
	"""What the assessments of some units have in common, read once."""

	def __init__(self, period: str, units: list[str], carry_over: bool):
		self.period = frappe.db.get_value(
			PERIOD, period, ["name", "instrument", "family", "assessment_year", "data_year"], as_dict=True
		)
		self.units = units
		self.instrument: Instrument = store.load(self.period.instrument)
		self.codes = rows.codes_of(self.period.instrument)
		self.about = {
			row.name: row
			for row in frappe.get_all(
				"P2HAM OPD",
				filters={"name": ("in", units)},
				fields=["name", "opd_name", "opd_type"],
				order_by="name",
			)
		}
		self.cancelled = dict(
			frappe.get_all(
				ASSESSMENT,
				filters={"period": period, "opd": ("in", units), "docstatus": 2},
				fields=["opd", "name"],
				order_by="name",
				as_list=True,
			)
		)
		self.carrying = Carrying(self.period, self.instrument, units) if carry_over else None
		# Units to whose new assessment something was carried over.
		self.carried: set[str] = set()

	def build(self, outcome: Outcome) -> list:
		"""Return the new assessments, complete but not stored; who is refused goes to `outcome`."""
		docs = []
		for opd in self.units:
			said = len(frappe.local.message_log)
			try:
				docs.append(self.build_one(opd))
			except (frappe.ValidationError, frappe.DuplicateEntryError) as error:
				del frappe.local.message_log[said:]
				outcome.failed[opd] = strip_html(str(error))
		return docs

	def build_one(self, opd: str):
		"""Return one assessment as `insert()` would make it, up to the database."""
		if opd in self.cancelled:
			frappe.throw(
				_("{0} was cancelled: open it and choose Amend to start again.").format(self.cancelled[opd]),
				frappe.DuplicateEntryError,
			)
		doc = frappe.get_doc({"doctype": ASSESSMENT, "period": self.period.name, "opd": opd})
		doc._set_defaults()
		doc.begin_empty()
		doc.opd_name = self.about[opd].opd_name
		doc.instrument, doc.assessment_year = self.period.instrument, self.period.assessment_year
		asked = rows.asked_of(self.instrument, self.about[opd].opd_type)
		rows.set_items(doc, asked, self.codes)
		if self.carrying and self.carrying.fill(doc, asked):
			self.carried.add(opd)
		results.store_results(doc, results.compute(doc, self.instrument))
		return prepare(doc, defaults=False)


def _store(docs: list) -> None:
	"""Write assessments with their rows, the first entry of each log and what the workflow has waiting, in bulk."""
	rests_on = revisions.by_use(use for doc in docs for use in doc.evidence_uses)
	insert_in_bulk([*docs, *(_first_entry(doc, rests_on) for doc in docs), *_waiting(docs)])


def _first_entry(doc, rests_on):
	entry = log.entry_for(
		doc,
		lifecycle.CREATE,
		"",
		doc.workflow_state,
		(0, ""),
		sealed_content.content_hash(doc, rests_on),
	)
	return prepare(entry)


def _waiting(docs: list) -> list:
	"""Return what Frappe's workflow adds for each: a Workflow Action for the roles that may go on from here, with its
	rows. Conditions of transitions are asked of one, since all are new and alike."""
	workflow = get_workflow_name(ASSESSMENT)
	if not workflow:
		return []
	roles = {
		step.allowed for step in get_next_possible_transitions(workflow, docs[0].workflow_state, docs[0])
	}
	if not roles:
		return []
	found = []
	for doc in docs:
		action = frappe.get_doc(
			{
				"doctype": "Workflow Action",
				"reference_doctype": ASSESSMENT,
				"reference_name": doc.name,
				"workflow_state": doc.workflow_state,
				"status": "Open",
			}
		)
		for role in sorted(roles):
			action.append("permitted_roles", {"role": role})
		found.append(prepare(action))
	return found


# --- What is remembered of it ---------------------------------------------------------------------------


def _known(period: str) -> dict:
	return frappe.cache.get_value(_place(period), expires=True) or {}


def _remember(period: str, name: str, **values) -> None:
	frappe.cache.set_value(
		_place(period), {"state": name, "at": time.time(), **values}, expires_in_sec=REMEMBERED
	)


def _place(period: str) -> str:
	return f"p2ham_generation::{period}"
