"""What reminders are tried on: a period of its own, the demo's out of the way, and other days than today."""

from __future__ import annotations

from contextlib import contextmanager

import frappe
from frappe.utils import add_days, getdate, nowdate
from freezegun import freeze_time

from p2ham import tasks
from p2ham.access import duties
from p2ham.demo import factories as make

SETTINGS, DIGEST, LOG = "P2HAM Settings", "P2HAM Digest", "Notification Log"
INSTRUMENT = "PERMENKUMHAM-25-2023"


def quiet_demo() -> None:
	"""Let nothing of the demo fall due, and begin with the settings as shipped, as if nothing was ever said."""
	for doctype, values in (
		("P2HAM Period", {"status": "Closed"}),
		("P2HAM Follow-up", {"status": "Closed"}),
		("P2HAM Guidance", {"status": "Cancelled"}),
		("P2HAM Evidence", {"valid_until": None}),
	):
		table = frappe.qb.DocType(doctype)
		query = frappe.qb.update(table)
		for field, value in values.items():
			query = query.set(table[field], value)
		query.run()
	frappe.db.delete(DIGEST)
	frappe.db.delete(LOG, {"document_type": ("like", "P2HAM%")})
	meta = frappe.get_meta(SETTINGS)
	shipped = {field.fieldname: field.default for field in meta.fields if field.default is not None}
	# The week has tests of its own.
	change(**{**shipped, "weekly_digest": 0, "reminders_run_on": None, "reminders_owed": ""})


def change(**values) -> None:
	frappe.db.set_single_value(SETTINGS, values)
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def period(units: list[str], **dates) -> str:
	"""Open a period in which these units may fill for 30 days from today, then 15 days each for the next steps."""
	values = {
		"fill_from": nowdate(),
		"fill_until": add_days(nowdate(), 30),
		"review_until": add_days(nowdate(), 45),
		"approve_until": add_days(nowdate(), 60),
		**dates,
	}
	return make.create_period(INSTRUMENT, 2031, units, **values)


@contextmanager
def on(day):
	"""Be at noon of another day on the site."""
	with freeze_time(f"{getdate(day)} 05:00:00"):  # UTC
		duties.clear_cache()
		assert nowdate() == str(getdate(day))
		yield
	duties.clear_cache()


def daily(day) -> dict[str, frappe._dict]:
	"""Let the scheduler run on a day; return the digests of that day that are new: user -> digest."""
	before = set(frappe.get_all(DIGEST, pluck="name", order_by="name"))
	with on(day):
		tasks.daily()
	rows = frappe.get_all(DIGEST, filters={"name": ("not in", [*before, ""])}, fields=["*"], order_by="user")
	assert len(rows) == len({row.user for row in rows}), "one digest for each person"
	for row in rows:
		assert (
			frappe.db.count(LOG, {"document_type": DIGEST, "document_name": row.name, "for_user": row.user})
			== 1
		)
	return {row.user: row for row in rows}
