"""Who was handed a document that shows citizens: a row of Frappe's Access Log for each download, and who may read it.

The log lasts as long as the site wants it: Frappe clears its Access Log only where the site's Log Settings name it.
"""

from __future__ import annotations

import os

import frappe
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log

from p2ham.access import duties, scope
from p2ham.engine.duties import KABAG_HUKUM, OPD_HEAD, VERIFIER

EVIDENCE = "P2HAM Evidence"
# How a document left the site, as the log says it: alone, or with all others of an assessment.
METHOD, PACKED = "Download", "Evidence Package"
READERS = {KABAG_HUKUM, VERIFIER, OPD_HEAD}
# A viewer of PDFs asks for one file in many pieces.
SECONDS = 60


def note(file) -> None:
	"""Log that the session's user is handed the stored file of a File, for every evidence that it shows citizens in.

	At most once a minute for each user and evidence.
	"""
	for evidence in flagged(file):
		key = f"p2ham_download|{evidence}|{frappe.session.user}"
		if frappe.cache.get_value(key, expires=True):
			continue
		ending = os.path.splitext(file.file_url)[1].lstrip(".")
		make_access_log(doctype=EVIDENCE, document=evidence, method=METHOD, file_type=ending)
		frappe.cache.set_value(key, 1, expires_in_sec=SECONDS)


def flagged(file) -> list[str]:
	"""Return the evidence flagged as personal that has this stored file and that the session's user may read.

	By address: of several records with one address, Frappe takes whichever comes first.
	"""
	if not file.file_url:
		return []
	record, evidence = frappe.qb.DocType("File"), frappe.qb.DocType(EVIDENCE)
	query = (
		frappe.qb.from_(record)
		.join(evidence)
		.on(evidence.name == record.attached_to_name)
		.select(evidence.name)
		.distinct()
		.where((record.file_url == file.file_url) & (record.attached_to_doctype == EVIDENCE))
		.where(evidence.contains_personal_data == 1)
		.orderby(evidence.name)
	)
	limit = scope.condition(EVIDENCE)
	return (query if limit is None else query.where(limit)).run(pluck=True)


def for_evidence(evidence: str, limit: int = 50) -> list[dict]:
	"""Return who was handed the files of an evidence and when, the latest first: `user`, `full_name`, `on`.

	For Kabag Hukum, verifiers and the head of the unit, to whom Frappe does not show its log. Raises
	frappe.PermissionError for others, also where there is no such evidence.
	"""
	check_may_read(evidence)
	rows = frappe.get_all(
		"Access Log",
		filters={"export_from": EVIDENCE, "reference_document": evidence, "method": ("in", (METHOD, PACKED))},
		fields=["user", "creation"],
		order_by="creation desc",
		limit=limit,
	)
	names = dict(
		frappe.get_all(
			"User",
			filters={"name": ("in", [row.user for row in rows] or [""])},
			fields=["name", "full_name"],
			order_by="name",
			as_list=True,
		)
	)
	return [
		{"user": row.user, "full_name": names.get(row.user) or row.user, "on": row.creation} for row in rows
	]


def check_may_read(evidence: str) -> None:
	opd = frappe.db.get_value(EVIDENCE, evidence, "opd")
	if not opd or not READERS.intersection(duties.names(duties.for_unit(opd))):
		frappe.throw(
			_("Only Kabag Hukum, verifiers and the head of the unit see who downloaded a document."),
			frappe.PermissionError,
		)
