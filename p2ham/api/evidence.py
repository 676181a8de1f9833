"""Doors of evidence: a document is added from the indicator that wants it, in one step."""

import frappe
from frappe import _

from p2ham.access import download_log, scope
from p2ham.engine import evidence as evidence_rules
from p2ham.engine import lifecycle
from p2ham.evidence import intake, links, personal_data_search, revisions
from p2ham.instruments import store


@frappe.whitelist(methods=["POST"])
def upload(
	assessment: str = "",
	indicator: str = "",
	slot: str = "",
	evidence: str = "",
	opd: str = "",
	title: str = "",
	contains_personal_data: int = 0,
	document_date: str | None = None,
	valid_from: str | None = None,
	valid_until: str | None = None,
	again: int = 0,
) -> dict:
	"""Store the file that is sent along as `file`, and use it: as a new document for an indicator of `assessment`,
	or of the unit `opd` alone, or as the next revision of `evidence`, which keeps the dates that are not sent.

	Nothing is stored if anything is refused. A file that the unit has already is not stored unless `again` says
	so; then `duplicate` names the document that has it. Raises frappe.PermissionError and
	frappe.ValidationError.
	"""
	sent = frappe.request.files.get("file") if frappe.request else None
	if not sent:
		frappe.throw(_("{0}: no file was sent.").format(_("File")), frappe.MandatoryError)
	sheet = _draft(assessment) if assessment else None
	record = _document(evidence, sheet.opd if sheet else opd)
	record.check_permission("write" if evidence else "create")
	looked = intake.look_at(sent.filename, sent.stream.read())
	if not int(again):
		duplicate = _duplicate(record, looked)
		if duplicate:
			return {"duplicate": duplicate}
	record.update(
		{
			"kind": "File",
			"title": title or record.title or _title(sheet, indicator, slot, looked),
			"contains_personal_data": int(contains_personal_data),
			**_sent_dates(document_date=document_date, valid_from=valid_from, valid_until=valid_until),
		}
	)
	record.receive(looked)
	if sheet and not evidence:
		sheet.append("evidence_uses", {"indicator": indicator, "slot": slot, "evidence": record.name})
	if sheet:
		sheet.save()
	return {
		"evidence": record.name,
		"title": record.title,
		"assessment": sheet.name if sheet else "",
		"scan_status": record.scan_status or "",
		"findings": [_shown(row) for row in record.findings],
	}


def _sent_dates(**dates: str | None) -> dict:
	"""Return the dates that were sent; an empty one takes away what was there."""
	return {field: date or None for field, date in dates.items() if date is not None}


def _draft(assessment: str):
	"""Return an assessment to which evidence may be added now."""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("write")
	if doc.workflow_state != lifecycle.DRAFT:
		frappe.throw(
			_("{0} is {1}; evidence can be added in the state {2} only.").format(
				assessment, _(doc.workflow_state), _(lifecycle.DRAFT)
			),
			frappe.PermissionError,
		)
	return doc


def _document(evidence: str, opd: str):
	if evidence:
		return frappe.get_doc("P2HAM Evidence", evidence)
	if not opd:
		frappe.throw(_("{0} must be filled.").format(_("OPD")), frappe.MandatoryError)
	return frappe.get_doc({"doctype": "P2HAM Evidence", "opd": opd, "kind": "File"})


def _title(sheet, indicator: str, slot: str, looked: intake.Looked) -> str:
	"""Name a document by what was wanted, else by its file."""
	if slot:
		return slot[:140]
	row = next((row for row in sheet.items if row.indicator == indicator), None) if sheet else None
	return (row.title if row else looked.file_name.rpartition(".")[0])[:140]


def _duplicate(record, looked: intake.Looked) -> dict | None:
	"""Return the document of the same unit that has the same file already, as it was sent or as it was stored."""
	row = frappe.qb.DocType("P2HAM Evidence")
	found = (
		frappe.qb.from_(row)
		.select(row.name, row.title, row.document_date, row.valid_until, row.revision)
		.where(
			(row.opd == record.opd)
			& (
				row.sha256.isin([looked.sha256, looked.uploaded_sha256])
				| (row.uploaded_sha256 == looked.uploaded_sha256)
			)
		)
		.orderby(row.creation)
		.limit(1)
		.run(as_dict=True)
	)
	return found[0] if found else None


def _shown(row) -> dict:
	return {"kind": row.kind, "place": row.place, "sample": row.sample, "count": row.count}


@frappe.whitelist(methods=["POST"])
def add_to_assessment(
	assessment: str,
	indicator: str,
	slot: str = "",
	title: str = "",
	file_url: str = "",
	url: str = "",
	evidence: str | list = "",
	contains_personal_data: int = 0,
) -> dict:
	"""Use existing evidence (one name or a list) for an indicator, or store a link or a file that was uploaded
	before as evidence of the unit and use that; return the names. Nothing is stored if anything is refused.

	Raises frappe.PermissionError or frappe.ValidationError.
	"""
	doc = _draft(assessment)
	names = (
		frappe.parse_json(evidence) if isinstance(evidence, str) and evidence.startswith("[") else evidence
	)
	names = [names] if isinstance(names, str) and names else list(names or ())
	if not names:
		record = frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": title or slot,
				"opd": doc.opd,
				"kind": "Link" if url else "File",
				"file": file_url or None,
				"url": url or None,
				"contains_personal_data": contains_personal_data,
			}
		)
		names = [record.insert().name]
	for name in names:
		doc.append("evidence_uses", {"indicator": indicator, "slot": slot, "evidence": name})
	doc.save()
	return {"assessment": doc.name, "evidence": names, "modified": str(doc.modified)}


@frappe.whitelist(methods=["GET", "POST"])
def available(assessment: str, indicator: str, slot: str = "", text: str = "") -> list[dict]:
	"""List the unit's documents that fit a slot and do not stand there yet, those with all words of `text` in
	title or name, newest first, with how they stand to the data year. At most 100.

	Raises frappe.PermissionError.
	"""
	doc = frappe.get_doc("P2HAM Assessment", assessment)
	doc.check_permission("read")
	wanted = next((row for row in store.load(doc.instrument).indicators if row.code == indicator), None)
	kinds = {one.label: one.kind for one in wanted.evidence_slots} if wanted else {}
	row = frappe.qb.DocType("P2HAM Evidence")
	condition = row.opd == doc.opd
	limit = scope.condition("P2HAM Evidence")
	if limit is not None:
		condition &= limit
	for word in text.split():
		like = f"%{word.replace('%', '').replace('_', chr(92) + '_')}%"
		condition &= row.title.like(like) | row.name.like(like)
	there = [
		use.evidence for use in doc.evidence_uses if (use.indicator, use.slot or "") == (indicator, slot)
	]
	if there:
		condition &= row.name.notin(there)
	match kinds.get(slot, evidence_rules.ANY):
		case evidence_rules.LINK:
			condition &= row.kind == "Link"
		case evidence_rules.PDF:
			condition &= row.mime_type == "application/pdf"
		case evidence_rules.IMAGE:
			condition &= row.mime_type.like("image/%")
	found = (
		frappe.qb.from_(row)
		.select(
			row.name,
			row.title,
			row.kind,
			row.mime_type,
			row.document_date,
			row.valid_from,
			row.valid_until,
			row.contains_personal_data,
		)
		.where(condition)
		.orderby(row.creation, order=frappe.qb.desc)
		.limit(100)
		.run(as_dict=True)
	)
	year = frappe.db.get_value("P2HAM Period", doc.period, "data_year")
	uses = revisions.use_counts([one.name for one in found])
	for one in found:
		one.validity = evidence_rules.validity(year, one.document_date, one.valid_from, one.valid_until)
		one.uses = uses.get(one.name, 0)
	return found


@frappe.whitelist(methods=["GET", "POST"])
def uses(name: str) -> list[dict]:
	"""List where a document is used: the assessments that the session's user may see, newest first.

	Raises frappe.PermissionError.
	"""
	frappe.get_doc("P2HAM Evidence", name).check_permission("read")
	return revisions.uses(name)


@frappe.whitelist(methods=["POST"])
def clear_findings(name: str, note: str) -> None:
	"""Say that what the search found is no personal data. Raises frappe.PermissionError or
	frappe.ValidationError."""
	personal_data_search.clear(name, note)


@frappe.whitelist(methods=["POST"])
def check_link(name: str) -> None:
	"""Ask the address of a link whether it still answers, in the background. Raises frappe.PermissionError."""
	doc = frappe.get_doc("P2HAM Evidence", name)
	doc.check_permission("read")
	if doc.kind == "Link":
		links.enqueue_ask(doc.name)


@frappe.whitelist(methods=["GET", "POST"])
def downloads(name: str) -> list[dict]:
	"""Return who was handed the files of an evidence flagged as personal, the latest 50 first.

	Raises frappe.PermissionError for who is not Kabag Hukum, verifier or head of the unit.
	"""
	return download_log.for_evidence(name)
