import frappe
from frappe import _
from frappe.utils import now_datetime

from p2ham.access.values import Record
from p2ham.engine import snapshot


class P2HAMAssessmentSnapshot(Record):
	"""What was approved, word for word, under the code by which anybody can check a print of it. Append-only, and
	nobody's to read: documents are made from it for those who may print them."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		assessment: DF.Link
		code: DF.Data | None
		content: DF.LongText | None
		content_hash: DF.Data | None
		sealed_on: DF.Datetime | None
	# end: auto-generated types

	def before_insert(self):
		if not self.flags.p2ham_seal:
			self.refuse()

	def validate(self):
		if not self.is_new():
			self.refuse()

	def on_trash(self):
		if not frappe.flags.in_uninstall:
			self.refuse()

	def refuse(self):
		frappe.throw(
			_("A snapshot is written by the approval itself; nobody adds, changes or deletes one."),
			frappe.PermissionError,
			title=_("Append-Only"),
		)


def add(assessment: str, content: str, code: str) -> None:
	"""Store what was approved (canonical text), in the transaction of the approval."""
	record = frappe.get_doc(
		{
			"doctype": "P2HAM Assessment Snapshot",
			"assessment": assessment,
			"code": code,
			"content": content,
			"content_hash": snapshot.sha256_of_text(content),
			"sealed_on": now_datetime().replace(microsecond=0),
		}
	)
	record.flags.p2ham_seal = True
	record.insert(ignore_permissions=True)


def of(assessment: str) -> frappe._dict | None:
	"""Return the snapshot of an assessment (`code`, `content`, `content_hash`), None before its approval."""
	return frappe.db.get_value(
		"P2HAM Assessment Snapshot", assessment, ["code", "content", "content_hash"], as_dict=True
	)


def stored_hash(assessment: str) -> str:
	"""Return the SHA-256 of the stored text as it is now, empty where there is none."""
	found = of(assessment)
	return snapshot.sha256_of_text(found.content or "") if found else ""
