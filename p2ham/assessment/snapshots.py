"""What was approved, word for word: one record for each approval, under the code that is printed."""

from __future__ import annotations

import frappe
from frappe.utils import now_datetime

from p2ham.engine import snapshot


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
	record.write()


def for_assessment(assessment: str) -> frappe._dict | None:
	"""Return the snapshot of an assessment (`code`, `content`, `content_hash`), None before its approval."""
	return frappe.db.get_value(
		"P2HAM Assessment Snapshot", assessment, ["code", "content", "content_hash"], as_dict=True
	)


def stored_hash(assessment: str) -> str:
	"""Return the SHA-256 of the stored text as it is now, empty where there is none."""
	found = for_assessment(assessment)
	return snapshot.sha256_of_text(found.content or "") if found else ""
