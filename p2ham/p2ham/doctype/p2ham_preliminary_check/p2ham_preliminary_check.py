import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from p2ham.access import bagian_hukum
from p2ham.access.stored_values import Record
from p2ham.engine import participation, period_life
from p2ham.utils import insert_in_bulk, prepare

SETTINGS = "P2HAM Settings"
# A line of the settings that is no question.
REMARK = "#"


class P2HAMPreliminaryCheck(Record):
	"""The preliminary check (pemeriksaan awal) of a unit in a period: is there what an assessment needs? Kept by Bagian
	Hukum; it decides nothing by itself."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_preliminary_check_item.p2ham_preliminary_check_item import (
			P2HAMPreliminaryCheckItem,
		)

		checked_on: DF.Date | None
		items: DF.Table[P2HAMPreliminaryCheckItem]
		note: DF.SmallText | None
		opd: DF.Link
		opd_name: DF.Data | None
		period: DF.Link
		result: DF.Literal["", "Qualified", "Not Yet"]
	# end: auto-generated types

	def before_insert(self):
		bagian_hukum.check(self)
		self.ask()

	def validate(self):
		bagian_hukum.check(self)
		self.check_period()
		self.compute()
		if self.checked_on and getdate(self.checked_on) > getdate(nowdate()):
			frappe.throw(
				_("{0} must not be in the future.").format(_(self.meta.get_label("checked_on"))),
			)

	def on_trash(self):
		bagian_hukum.check(self)
		self.check_period()

	def ask(self):
		"""Copy the questions of the settings into a new check that brings none."""
		if not self.items:
			for question in questions():
				self.append("items", {"question": question})

	def compute(self):
		"""Say what the answers come to, and when they were complete."""
		self.result = participation.check_result([row.fulfilled or "" for row in self.items])
		if self.result and not self.checked_on:
			self.checked_on = nowdate()

	def check_period(self):
		if not self.period or not self.opd:
			return  # Frappe names what is mandatory
		status = frappe.db.get_value("P2HAM Period", self.period, "status")
		if status == period_life.CLOSED:
			frappe.throw(
				_("The period {0} is not open (status {1}).").format(self.period, _(status)),
				title=_("Period Not Open"),
			)
		if self.is_new() and not frappe.db.exists(
			"P2HAM Period Participant",
			{"parent": self.period, "opd": self.opd, "status": ("!=", participation.WITHDRAWN)},
		):
			frappe.throw(
				_("{0}: {1} takes no part in {2}. A P2HAM Manager can add it to the participants.").format(
					_("OPD"), self.opd, self.period
				),
				title=_("Not a Participant"),
			)


def questions() -> list[str]:
	"""Return the questions of the settings; those that are shipped where nobody has ever saved any."""
	text = frappe.get_cached_doc(SETTINGS).check_questions
	if text is None:
		text = frappe.get_meta(SETTINGS).get_field("check_questions").default or ""
	lines = (line.strip() for line in text.splitlines())
	return [line for line in lines if line and not line.startswith(REMARK)]


def make_missing(period: str) -> int:
	"""Make a check for every participant of a period that has none and has not withdrawn; return how many. The number of
	queries does not depend on how many."""
	# Locked: of two who press at once the second finds everything there.
	doc = frappe.get_doc("P2HAM Period", period, for_update=True)
	table = frappe.qb.DocType("P2HAM Preliminary Check")
	present = set(
		frappe.qb.from_(table)
		.select(table.opd)
		.where(table.period == period)
		.orderby(table.name)
		.for_update()
		.run(pluck=True)
	)
	units = [row.opd for row in doc.participants if row.opd in doc.staying() - present]
	names = dict(
		frappe.get_all(
			"P2HAM OPD",
			filters={"name": ("in", [*units, ""])},
			fields=["name", "opd_name"],
			order_by="name",
			as_list=True,
		)
	)
	checks = []
	for opd in units:
		check = frappe.get_doc(
			{"doctype": "P2HAM Preliminary Check", "period": period, "opd": opd, "opd_name": names[opd]}
		)
		check._set_defaults()
		check.ask()
		check.compute()
		checks.append(prepare(check, defaults=False))
	insert_in_bulk(checks)
	return len(checks)
