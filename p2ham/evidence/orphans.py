"""Files that were uploaded into a form of evidence that nobody saved: Frappe keeps them for ever."""

from __future__ import annotations

import frappe
from frappe.utils import add_days, now_datetime

EVIDENCE = "P2HAM Evidence"
PAGE = 100
# Long enough for a form that stands open over night.
DAYS = 1


def remove() -> None:
	"""Delete the File records of evidence that does not exist, a day after they were uploaded, and the stored files
	that nothing else has.

	What belongs to an evidence that exists stays, whether a revision names it or not. A file that cannot be deleted
	is noted in the Error Log and stops no other.
	"""
	last = ""
	while page := orphans(after=last):
		for file in page:
			if not is_last_record_of_evidence(file):
				remove_one(file)
		frappe.db.commit()  # nosemgrep: a job of the scheduler; bytes that are gone stay gone
		last = page[-1].name


def orphans(after: str) -> list[frappe._dict]:
	"""Return the next page, by name: what could not be deleted is not met again in this run."""
	file, evidence = frappe.qb.DocType("File"), frappe.qb.DocType(EVIDENCE)
	return (
		frappe.qb.from_(file)
		.left_join(evidence)
		.on(evidence.name == file.attached_to_name)
		.select(file.name, file.file_url)
		.where((file.attached_to_doctype == EVIDENCE) & evidence.name.isnull())
		.where((file.creation < add_days(now_datetime(), -DAYS)) & (file.name > after))
		.orderby(file.name)
		.limit(PAGE)
		.run(as_dict=True)
	)


def remove_one(file: frappe._dict) -> None:
	frappe.db.savepoint("p2ham_orphan")
	try:
		frappe.delete_doc("File", file.name, ignore_permissions=True, delete_permanently=True)
	except Exception:
		frappe.db.rollback(save_point="p2ham_orphan")
		frappe.log_error(
			"P2HAM: a file that nobody kept was not removed",
			reference_doctype="File",
			reference_name=file.name,
		)


def is_last_record_of_evidence(file: frappe._dict) -> bool:
	"""Tell whether the stored file would go with this record although an evidence names it."""
	if not file.file_url or frappe.db.exists("File", {"file_url": file.file_url, "name": ("!=", file.name)}):
		return False
	return any(
		frappe.db.exists(doctype, {"file": file.file_url})
		for doctype in (EVIDENCE, "P2HAM Evidence Revision")
	)
