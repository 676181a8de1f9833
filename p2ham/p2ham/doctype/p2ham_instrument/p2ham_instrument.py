import frappe
from frappe import _
from frappe.model.document import Document

from p2ham.access.guard import changes
from p2ham.engine.instrument import check
from p2ham.instruments import frozen, store
from p2ham.utils import check_numbers

STEPS = {("Draft", "Active"), ("Active", "Retired"), ("Retired", "Active")}


class P2HAMInstrument(Document):
	"""One regulation in one version. Draft can be edited; Active is frozen; Retired gets no new periods."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from p2ham.p2ham.doctype.p2ham_threshold.p2ham_threshold import P2HAMThreshold

		code: DF.Data
		family: DF.Literal["P2HAM", "KKP HAM"]
		passing_score: DF.Float
		regulation: DF.Data
		source_note: DF.SmallText | None
		status: DF.Literal["Draft", "Active", "Retired"]
		thresholds: DF.Table[P2HAMThreshold]
		title: DF.Data
		year: DF.Int
	# end: auto-generated types

	def validate(self):
		check_numbers(self, "passing_score", least=0)
		for row in self.thresholds:
			check_numbers(row, "min_score", least=0)
		before = self.get_doc_before_save()
		if not before:
			self.status = frozen.DRAFT
			return
		if before.status != frozen.DRAFT:
			self.refuse_changes(before)
		if before.status != self.status:
			self.check_status_step(before.status)

	def refuse_changes(self, before):
		if any(change.field != "status" or change.table for change in changes(before, self)):
			frozen.refuse_if_frozen(self.name, self.title)

	def check_status_step(self, old: str):
		if (old, self.status) not in STEPS:
			frappe.throw(
				_("{0}: an instrument does not go from {1} to {2}.").format(
					_("Status"), _(old), _(self.status)
				)
			)
		if self.status == "Active":
			faults = check(store.load(self.name))
			if faults:
				frappe.throw(
					_("The instrument cannot be used yet:")
					+ "<ul>"
					+ "".join(f"<li>{frappe.utils.escape_html(str(fault))}</li>" for fault in faults)
					+ "</ul>",
					title=_("Instrument Not Valid"),
				)

	def on_trash(self):
		frozen.refuse_if_frozen(self.name, self.title)
		period = frappe.db.get_value("P2HAM Period", {"instrument": self.name}, "name")
		if period:
			frappe.throw(
				_("{0} cannot be deleted: the period {1} uses it.").format(self.name, period),
				frappe.LinkExistsError,
			)
		for doctype in ("P2HAM Indicator", "P2HAM Criterion"):
			for name in frappe.get_all(
				doctype, filters={"instrument": self.name}, pluck="name", order_by="creation desc, name desc"
			):
				frappe.delete_doc(doctype, name, ignore_permissions=True)
