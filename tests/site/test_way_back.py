"""The way back waits for what was asked of the background worker."""

from __future__ import annotations

import pytest
from frappe.utils.background_jobs import get_redis_conn
from rq.job import Job, JobStatus
from way_back import are_jobs_open, finish_jobs


@pytest.fixture
def job():
	"""A job that a worker has taken from its queue and has not begun: no list has it."""
	found = Job.create("frappe.ping", connection=get_redis_conn())
	found.set_status(JobStatus.QUEUED)
	found.save()
	yield found
	found.delete()


def test_a_job_between_two_lists_is_waited_for(job):
	assert are_jobs_open()
	with pytest.raises(AssertionError):
		finish_jobs(patience=0.1)
	job.set_status(JobStatus.FINISHED)
	finish_jobs()
