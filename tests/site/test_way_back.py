"""The way back waits for what was asked of the background worker."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils.background_jobs import get_redis_conn
from rq.job import Job, JobStatus
from way_back import Point, are_jobs_open, finish_jobs

from p2ham.instruments import store


@pytest.fixture
def job():
	"""A job that a worker has taken from its queue and has not begun: no list has it."""
	found = Job.create("frappe.ping", connection=get_redis_conn())
	found.set_status(JobStatus.QUEUED)
	found.save()
	yield found
	found.delete()


def test_an_instrument_is_read_anew_after_rows_have_been_put_back(db):
	instrument = frappe.db.get_value("P2HAM Instrument", {"status": ("!=", "Draft")}, "name", order_by="name")
	scale = store.load(instrument).scales[0].title
	point, stored = Point(), "P2HAM Scale Option"
	frappe.db.set_value(stored, {"parent": scale, "idx": 1}, "label", "kata", update_modified=False)
	frappe.db.commit()
	frappe.cache.delete_keys("p2ham")
	assert store.load(instrument).scales[0].options[0].label == "kata"
	point.put_back()
	assert store.load(instrument).scales[0].options[0].label != "kata"


def test_a_job_between_two_lists_is_waited_for(job):
	assert are_jobs_open()
	with pytest.raises(AssertionError):
		finish_jobs(patience=0.1)
	job.set_status(JobStatus.FINISHED)
	finish_jobs()
