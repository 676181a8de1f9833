"""Every person of the access table tries every action on an assessment in every state, by requests of HTTP: what succeeds
must be exactly what tests/support/access_table.py says."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable
from typing import NamedTuple

import access_table as table
import frappe
import pytest
from access_world import (
	ASSESSMENT,
	CHECK,
	EVIDENCE,
	FOLLOW_UP,
	GUIDANCE,
	INSTRUMENT,
	KKP,
	RESULT,
	STRANGER,
	TAG,
	WORD,
	YEAR,
	World,
)
from frappe import client
from frappe.installer import update_site_config
from way_back import finish_jobs

from p2ham.demo import factories as make

LOG = "P2HAM Assessment Log"
ITEM, SCORE, USE = "P2HAM Assessment Item", "P2HAM Assessment Score", "P2HAM Evidence Use"
REVISION, FINDING = "P2HAM Evidence Revision", "P2HAM Evidence Finding"
# Frappe 16 has replaced it in the course of its releases.
VALIDATE_LINK = "frappe.client.validate_link" + ("" if hasattr(client, "validate_link") else "_and_fetch")
# Judged by what the stranger has been told in the end.
MENTION = ("tell a stranger by a mention", "notification")
# Tried last, see imports_run_at_once.
IMPORT = ("write document numbers", "Data Import")
# What Frappe says where somebody else is at the same rows.
BUSY = ("QueryDeadlockError", "QueryTimeoutError")
# Frappe 15 breaks (and changes nothing) where it should refuse.
BREAKS = {("tag", "add_tag")}


def method(name: str) -> str:
	return f"/api/method/{name}"


def record(doctype: str, name: str = "") -> str:
	return f"/api/resource/{doctype}" + (f"/{name}" if name else "")


def put(ask, it, **values):
	return ask.put(record(ASSESSMENT, it.name), json=values)


def step(ask, it, action: str, note: str = ""):
	return ask.call("p2ham.api.assessment.take_step", name=it.name, action=action, note=note)


def workflow(ask, it, action: str):
	doc = json.dumps({"doctype": ASSESSMENT, "name": it.name})
	return ask.call("frappe.model.workflow.apply_workflow", doc=doc, action=action)


def bulk(ask, it, action: str, **values):
	return bulk_of(ask, ASSESSMENT, it.name, action, **values)


def bulk_of(ask, doctype: str, name: str, action: str, **values):
	return ask.call(
		"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
		doctype=doctype,
		docnames=json.dumps([name]),
		action=action,
		data=json.dumps(values),
	)


# --- Reading: who asks is shown it, or not -------------------------------------------------------------


class Reading(NamedTuple):
	"""One request about one assessment. `shows` tells whether the answer holds what was asked for."""

	ask: Callable
	shows: Callable = lambda response, it: says(response, it.title)


def says(response, words: str) -> bool:
	return words.encode() in response.content


def named(response, it) -> bool:
	return says(response, it.name)


def is_pdf(response, it) -> bool:
	return response.content.startswith(b"%PDF")


def is_its_file(response, it) -> bool:
	return response.content == it.content


def counted(response, it) -> bool:
	return bool(response.json().get("message"))


def packed(content: bytes, response) -> bool:
	"""Tell whether a file is in the ZIP of an answer."""
	with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
		return content in [archive.read(name) for name in archive.namelist()]


def zip_of_files(ask, name: str):
	return ask.call("frappe.core.api.file.zip_files", files=json.dumps([name]))


def take_along(ask, it):
	prepared = ask.call("p2ham.api.package.prepare", assessment=it.name)
	taken = ask.get(method("p2ham.api.package.download"), params={"assessment": it.name})
	assert prepared.ok == taken.ok, (prepared.text[-500:], taken.status_code)
	return taken


def printed(ask, it, door: str):
	return ask.get(door, params={"doctype": ASSESSMENT, "name": it.name})


READING = {
	("read", "REST"): Reading(lambda ask, it: ask.get(record(ASSESSMENT, it.name))),
	("read", "form"): Reading(lambda ask, it: printed(ask, it, method("frappe.desk.form.load.getdoc"))),
	("read", "worksheet"): Reading(
		lambda ask, it: printed(ask, it, method("p2ham.api.assessment.get_worksheet")),
		lambda response, it: says(response, INSTRUMENT),
	),
	("find", "validate_link"): Reading(
		lambda ask, it: ask.call(VALIDATE_LINK, doctype=ASSESSMENT, docname=it.name),
		lambda response, it: (response.json().get("message") or {}).get("name") == it.name,
	),
	("count", "client.get_count"): Reading(
		lambda ask, it: ask.call("frappe.client.get_count", doctype=ASSESSMENT, filters={"name": it.name}),
		counted,
	),
	("count", "desk count"): Reading(
		lambda ask, it: ask.get(
			method("frappe.desk.reportview.get_count"),
			params={"doctype": ASSESSMENT, "filters": json.dumps({"name": it.name})},
		),
		counted,
	),
	("count", "group by assignee"): Reading(
		lambda ask, it: ask.call(
			"frappe.desk.listview.get_group_by_count",
			doctype=ASSESSMENT,
			current_filters=json.dumps({"name": it.name}),
			field="assigned_to",
		),
		counted,
	),
	("read the log", "REST"): Reading(
		lambda ask, it: ask.get(record(LOG, it.log)), lambda response, it: says(response, it.log)
	),
	("read its follow-up", "REST"): Reading(
		lambda ask, it: ask.get(record(FOLLOW_UP, it.follow_up)), lambda response, it: says(response, WORD)
	),
	("read its follow-up", "form"): Reading(
		lambda ask, it: ask.get(
			method("frappe.desk.form.load.getdoc"), params={"doctype": FOLLOW_UP, "name": it.follow_up}
		),
		lambda response, it: says(response, WORD),
	),
	("read the unit's result of KKP HAM", "REST"): Reading(
		lambda ask, it: ask.get(record(RESULT, it.result)), lambda response, it: says(response, WORD)
	),
	("read the unit's preliminary check", "REST"): Reading(
		lambda ask, it: ask.get(record(CHECK, it.check)), lambda response, it: says(response, WORD)
	),
	("read guidance in which the unit takes part", "REST"): Reading(
		lambda ask, it: ask.get(record(GUIDANCE, it.guidance)), lambda response, it: says(response, WORD)
	),
	("read guidance in which the unit takes part", "calendar file"): Reading(
		lambda ask, it: ask.get(method("p2ham.api.guidance.calendar_file"), params={"name": it.guidance}),
		lambda response, it: says(response, WORD),
	),
	("see who is invited", "preview"): Reading(
		lambda ask, it: ask.get(
			method("p2ham.api.guidance.preview_invitation"), params={"name": it.guidance}
		),
		lambda response, it: says(response, "unreached"),
	),
	("see who is invited", "officers"): Reading(
		lambda ask, it: ask.get(
			method("p2ham.api.guidance.officers"), params={"units": json.dumps([it.unit])}
		),
		lambda response, it: says(response, it.unit),
	),
	("print", "print view"): Reading(lambda ask, it: printed(ask, it, "/printview")),
	("print", "HTML"): Reading(
		lambda ask, it: ask.call("frappe.www.printview.get_html_and_style", doc=ASSESSMENT, name=it.name)
	),
	("print", "Frappe's PDF"): Reading(
		lambda ask, it: printed(ask, it, method("frappe.utils.print_format.download_pdf")), is_pdf
	),
	("print", "official PDF"): Reading(
		lambda ask, it: printed(ask, it, method("p2ham.api.documents.show?document=assessment_sheet")), is_pdf
	),
	("read versions", "REST"): Reading(
		lambda ask, it: ask.get(record("Version", it.version)),
		lambda response, it: says(response, it.version),
	),
	("read evidence", "REST"): Reading(
		lambda ask, it: ask.get(record(EVIDENCE, it.evidence)), lambda response, it: says(response, WORD)
	),
	("read evidence", "link title"): Reading(
		lambda ask, it: ask.call("frappe.desk.search.get_link_title", doctype=EVIDENCE, docname=it.evidence),
		lambda response, it: says(response, WORD),
	),
	("read evidence", "file"): Reading(lambda ask, it: ask.get(it.file_url), is_its_file),
	("read evidence with personal data", "REST"): Reading(
		lambda ask, it: ask.get(record(EVIDENCE, it.personal)), lambda response, it: says(response, WORD)
	),
	("read evidence with personal data", "file"): Reading(lambda ask, it: ask.get(it.personal_url), is_pdf),
	("read evidence with personal data", "zip_files"): Reading(
		lambda ask, it: zip_of_files(ask, it.personal_file),
		lambda response, it: packed(it.personal_content, response),
	),
	("read evidence with personal data", "ZIP"): Reading(
		take_along, lambda response, it: packed(it.personal_content, response)
	),
	("pack its file", "zip_files"): Reading(
		lambda ask, it: zip_of_files(ask, it.file), lambda response, it: packed(it.content, response)
	),
	("take the evidence along", "ZIP"): Reading(
		take_along, lambda response, it: packed(it.content, response)
	),
	("print the list of evidence", "list"): Reading(
		lambda ask, it: printed(ask, it, method("p2ham.api.documents.show?document=evidence_list")), is_pdf
	),
	("see where evidence is used", "uses"): Reading(
		lambda ask, it: ask.call("p2ham.api.evidence.uses", name=it.evidence), named
	),
	("pick from the unit's evidence", "available"): Reading(
		lambda ask, it: ask.call(
			"p2ham.api.evidence.available", assessment=it.name, indicator=it.doc["items"][1]["indicator"]
		),
		lambda response, it: says(response, it.evidence),
	),
	# The answer comes later and is the same for all: that it is asked for must do.
	("ask a link", "check_link"): Reading(
		lambda ask, it: ask.call("p2ham.api.evidence.check_link", name=it.link), lambda response, it: True
	),
	("see who downloaded it", "downloads"): Reading(
		lambda ask, it: ask.call("p2ham.api.evidence.downloads", name=it.personal), counted
	),
}


# --- Surveys: one request shows whom of all cases one may see ------------------------------------------


class Survey(NamedTuple):
	"""One request about all assessments of the matrix. `mark` is what stands in the answer for one of them."""

	ask: Callable
	mark: Callable = lambda it: it.name


def listed(doctype: str, column: str, names: Callable = lambda it: it.name, parent: str | None = None):
	def ask(client, world):
		return client.call(
			"frappe.client.get_list",
			doctype=doctype,
			parent=parent,
			fields=["name", column],
			filters={column: ["in", [names(it) for it in world.cases.values()]]},
			limit_page_length=0,
		)

	return Survey(ask, names)


def of_period(world) -> str:
	return json.dumps({"period": world.period})


SURVEYS = {
	("find", "list"): listed(ASSESSMENT, "opd", lambda it: it.unit),
	("find", "desk list"): Survey(
		lambda ask, world: ask.post(
			method("frappe.desk.reportview.get"),
			data={"doctype": ASSESSMENT, "fields": '["name"]', "filters": of_period(world)},
		)
	),
	("find", "link search"): Survey(
		lambda ask, world: ask.call(
			"frappe.desk.search.search_link", doctype=ASSESSMENT, txt=world.period, page_length=50
		)
	),
	("find", "global search"): Survey(
		lambda ask, world: ask.call("frappe.utils.global_search.search", text=WORD, limit=50)
	),
	("find", "its tags"): listed("Tag Link", "document_name"),
	("find", "its followers"): listed("Document Follow", "ref_docname"),
	("count", "group by"): Survey(
		lambda ask, world: ask.call(
			"frappe.desk.listview.get_group_by_count",
			doctype=ASSESSMENT,
			current_filters=of_period(world),
			field="opd",
		),
		lambda it: it.unit,
	),
	("list rows", "items"): listed(ITEM, "parent", parent=ASSESSMENT),
	("list rows", "scores"): listed(SCORE, "parent", parent=ASSESSMENT),
	("list rows", "evidence uses"): listed(USE, "parent", parent=ASSESSMENT),
	("read the log", "list"): listed(LOG, "assessment"),
	("read its follow-up", "list"): listed(FOLLOW_UP, "assessment"),
	("read the unit's result of KKP HAM", "list"): listed(RESULT, "opd", lambda it: it.unit),
	("read the unit's preliminary check", "list"): listed(CHECK, "opd", lambda it: it.unit),
	("read the unit's preliminary check", "questions"): listed(
		f"{CHECK} Item", "parent", lambda it: it.check, CHECK
	),
	("read guidance in which the unit takes part", "list"): listed(GUIDANCE, "name", lambda it: it.guidance),
	("read guidance in which the unit takes part", "participants"): listed(
		"P2HAM Guidance Participant", "parent", lambda it: it.guidance, GUIDANCE
	),
	("read guidance in which the unit takes part", "decisions"): listed(
		"P2HAM Guidance Decision", "parent", lambda it: it.guidance, GUIDANCE
	),
	("see on the scoreboard", "report"): Survey(
		lambda ask, world: ask.call(
			"frappe.desk.query_report.run", report_name="P2HAM Scoreboard", filters=of_period(world)
		)
	),
	("export", "CSV"): Survey(
		lambda ask, world: ask.post(
			method("frappe.desk.reportview.export_query"),
			data={
				"doctype": ASSESSMENT,
				"file_format_type": "CSV",
				"title": "Uji",
				"fields": json.dumps([f"`tab{ASSESSMENT}`.`name`", f"`tab{ASSESSMENT}`.`opd_name`"]),
				"filters": of_period(world),
			},
		)
	),
	("export", "import template"): Survey(
		lambda ask, world: ask.post(
			method("frappe.core.doctype.data_import.data_import.download_template"),
			data={
				"doctype": ASSESSMENT,
				"export_fields": json.dumps({ASSESSMENT: ["name", "opd_name"], "items": ["self_note"]}),
				"export_records": "by_filter",
				"export_filters": of_period(world),
				"file_type": "CSV",
			},
		)
	),
	("export", "data export"): Survey(
		lambda ask, world: ask.post(
			method("frappe.core.doctype.data_export.exporter.export_data"),
			data={
				"doctype": ASSESSMENT,
				"with_data": 1,
				"select_columns": json.dumps({ASSESSMENT: ["name", "opd_name"]}),
				"filters": of_period(world),
				"file_type": "CSV",
				"export_without_column_meta": "true",
			},
		)
	),
	("read versions", "list"): listed("Version", "docname"),
	("read its comments and mails as records", "comments"): listed("Comment", "reference_name"),
	("read its comments and mails as records", "communications"): listed("Communication", "reference_name"),
	("read deleted evidence", "Deleted Document"): listed(
		"Deleted Document", "deleted_name", lambda it: it.deleted
	),
	("see it waiting (Workflow Action)", "list"): listed("Workflow Action", "reference_name"),
	("read evidence", "list"): listed(EVIDENCE, "name", lambda it: it.evidence),
	("read evidence", "revisions"): listed(REVISION, "parent", lambda it: it.evidence, EVIDENCE),
	("read evidence with personal data", "list"): listed(EVIDENCE, "name", lambda it: it.personal),
	("read evidence with personal data", "revisions"): listed(
		REVISION, "parent", lambda it: it.personal, EVIDENCE
	),
	("read evidence with personal data", "findings"): listed(
		FINDING, "parent", lambda it: it.personal, EVIDENCE
	),
}


# --- Changing: it is done when the server says so and something has become different ---------------------


def comment(ask, it, content: str = "<p>rahasia</p>"):
	return ask.call(
		"frappe.desk.form.utils.add_comment",
		reference_doctype=ASSESSMENT,
		reference_name=it.name,
		content=content,
		comment_email=STRANGER,
		comment_by="Asing",
	)


def mention(ask, it):
	name = f'<span class="mention" data-id="{STRANGER}" data-value="Asing">Asing</span>'
	return comment(ask, it, f"<p>{name} rahasia</p>")


def insert(ask, doctype: str, **values):
	return ask.post(record(doctype), json=values)


def follow(ask, it, user: str):
	return ask.call(
		"frappe.desk.form.document_follow.follow_document", doctype=ASSESSMENT, doc_name=it.name, user=user
	)


def upload(ask, it):
	return ask.post(
		method("upload_file"),
		data={"doctype": ASSESSMENT, "docname": it.name, "is_private": 1},
		files={"file": (f"lampiran-{it.stem}.pdf", io.BytesIO(make.make_pdf([it.name])))},
	)


def upload_evidence(ask, it, **values):
	"""Through the door of evidence, with a file that the unit does not have yet."""
	content = make.make_pdf([f"{it.name} lain"])
	return ask.post(
		method("p2ham.api.evidence.upload"),
		data=values,
		files={"file": (f"lain-{it.stem}.pdf", io.BytesIO(content))},
	)


def follow_up(ask, it, **values):
	return ask.put(record(FOLLOW_UP, it.follow_up), json=values)


def make_guidance(ask, it, **values):
	participants = [{"opd": it.unit, "person": f"Peserta {it.stem}"}]
	return insert(
		ask, GUIDANCE, subject=f"Baru {it.stem}", date="2031-01-01", participants=participants, **values
	)


CHANGING = {
	("comment", "form"): comment,
	MENTION: mention,
	("comment past the form", "REST"): lambda ask, it: insert(
		ask,
		"Comment",
		comment_type="Comment",
		reference_doctype=ASSESSMENT,
		reference_name=it.name,
		content="x",
	),
	("like", "toggle_like"): lambda ask, it: ask.call(
		"frappe.desk.like.toggle_like", doctype=ASSESSMENT, name=it.name, add="Yes"
	),
	("follow", "follow_document"): lambda ask, it: follow(ask, it, ask.user),
	("make a stranger follow", "follow_document"): lambda ask, it: follow(ask, it, STRANGER),
	("tag", "add_tag"): lambda ask, it: ask.call(
		"frappe.desk.doctype.tag.tag.add_tag", tag=f"{TAG}-2", dt=ASSESSMENT, dn=it.name
	),
	("assign to a stranger", "assign_to"): lambda ask, it: ask.call(
		"frappe.desk.form.assign_to.add",
		doctype=ASSESSMENT,
		name=it.name,
		assign_to=json.dumps([STRANGER]),
		description="x",
	),
	("assign to a stranger", "REST"): lambda ask, it: insert(
		ask,
		"ToDo",
		reference_type=ASSESSMENT,
		reference_name=it.name,
		allocated_to=STRANGER,
		description="x",
	),
	("share", "share.add"): lambda ask, it: ask.call(
		"frappe.share.add", doctype=ASSESSMENT, name=it.name, user=STRANGER, read=1
	),
	("share", "REST"): lambda ask, it: insert(
		ask, "DocShare", share_doctype=ASSESSMENT, share_name=it.name, user=STRANGER, read=1
	),
	("make a key to the print view", "REST"): lambda ask, it: insert(
		ask,
		"Document Share Key",
		reference_doctype=ASSESSMENT,
		reference_docname=it.name,
		key="kunci",
		expires_on="2099-01-01",
	),
	("write the unit's answer", "REST"): lambda ask, it: put(
		ask, it, **it.rows("items", self_answer="Tidak")
	),
	("write the unit's note", "REST"): lambda ask, it: put(ask, it, **it.rows("items", self_note="lain")),
	("add a use of evidence", "REST"): lambda ask, it: put(
		ask, it, evidence_uses=[*it.doc["evidence_uses"], it.use()]
	),
	("add a use of evidence", "add_to_assessment"): lambda ask, it: ask.call(
		"p2ham.api.evidence.add_to_assessment", assessment=it.name, **it.use()
	),
	("add a use of evidence", "upload"): lambda ask, it: upload_evidence(
		ask, it, assessment=it.name, indicator=it.doc["items"][0]["indicator"]
	),
	("remove a use of evidence", "REST"): lambda ask, it: put(
		ask, it, evidence_uses=it.doc["evidence_uses"][1:]
	),
	("write the verified answer", "REST"): lambda ask, it: put(
		ask,
		it,
		**it.rows("items", verified_answer="Tidak"),
	),
	("write the verifier's note", "REST"): lambda ask, it: put(
		ask, it, **it.rows("items", verified_note="lain")
	),
	("verify evidence", "REST"): lambda ask, it: put(
		ask, it, **it.rows("evidence_uses", verification="Returned", note="lain")
	),
	("write document numbers", "REST"): lambda ask, it: put(ask, it, sheet_number="1", record_number="2"),
	("write document numbers", "bulk edit"): lambda ask, it: bulk(ask, it, "update", sheet_number="1"),
	("write scores", "score"): lambda ask, it: put(ask, it, verified_score=77),
	("write scores", "points"): lambda ask, it: put(ask, it, **it.rows("items", verified_points=77)),
	("write scores", "bulk edit"): lambda ask, it: bulk(ask, it, "update", verified_score=77),
	("write stamps and notes", "stamps"): lambda ask, it: put(
		ask, it, submitted_by=STRANGER, reviewed_by=STRANGER, approved_by=STRANGER, snapshot_hash="0" * 64
	),
	("write stamps and notes", "notes"): lambda ask, it: put(
		ask, it, return_note="lain", review_note="lain", cancel_note="lain"
	),
	("write unit or period", "REST"): lambda ask, it: put(ask, it, opd="DINSOS", period="P2HAM-2024"),
	("change rows past their document", "PUT"): lambda ask, it: ask.put(
		record(ITEM, it.doc["items"][0]["name"]), json={"self_note": "lain", "verified_note": "lain"}
	),
	("change rows past their document", "DELETE"): lambda ask, it: ask.delete(
		record(USE, it.doc["evidence_uses"][0]["name"])
	),
	IMPORT: lambda ask, it: ask.call(
		"frappe.core.doctype.data_import.data_import.form_start_import", data_import=it.data_import
	),
	("attach a file to it", "upload"): upload,
	("delete it", "REST"): lambda ask, it: ask.delete(record(ASSESSMENT, it.name)),
	("delete it", "desk list"): lambda ask, it: ask.post(
		method("frappe.desk.reportview.delete_items"),
		data={"doctype": ASSESSMENT, "items": json.dumps([it.name])},
	),
	("rename it", "client.rename_doc"): lambda ask, it: ask.call(
		"frappe.client.rename_doc", doctype=ASSESSMENT, old_name=it.name, new_name=f"{it.name} LAIN"
	),
	("submit", "take_step"): lambda ask, it: step(ask, it, "Submit"),
	("submit", "workflow menu"): lambda ask, it: workflow(ask, it, "Submit"),
	("return with a note", "take_step"): lambda ask, it: step(ask, it, "Return", "perbaiki"),
	("review", "take_step"): lambda ask, it: step(ask, it, "Review"),
	("review", "workflow menu"): lambda ask, it: workflow(ask, it, "Review"),
	("approve", "take_step"): lambda ask, it: step(ask, it, "Approve"),
	("approve", "workflow menu"): lambda ask, it: workflow(ask, it, "Approve"),
	("cancel with a note", "take_step"): lambda ask, it: step(ask, it, "Cancel", "salah"),
	("return or cancel without a note", "workflow menu: Return"): lambda ask, it: workflow(ask, it, "Return"),
	("return or cancel without a note", "workflow menu: Cancel"): lambda ask, it: workflow(ask, it, "Cancel"),
	("step on in bulk", "bulk_workflow_approval"): lambda ask, it: ask.call(
		"frappe.model.workflow.bulk_workflow_approval",
		docnames=json.dumps([it.name]),
		doctype=ASSESSMENT,
		action={"Draft": "Submit", "Submitted": "Review", "Reviewed": "Approve"}.get(it.state, "Cancel"),
	),
	("approve by Frappe's submit", "client.submit"): lambda ask, it: ask.call(
		"frappe.client.submit", doc=it.doc
	),
	("approve by Frappe's submit", "form"): lambda ask, it: ask.call(
		"frappe.desk.form.save.savedocs", doc=json.dumps(it.doc), action="Submit"
	),
	("approve by Frappe's submit", "bulk"): lambda ask, it: bulk(ask, it, "submit"),
	("approve by Frappe's submit", "docstatus"): lambda ask, it: put(ask, it, docstatus=1),
	("cancel without a note", "client.cancel"): lambda ask, it: ask.call(
		"frappe.client.cancel", doctype=ASSESSMENT, name=it.name
	),
	("cancel without a note", "bulk"): lambda ask, it: bulk(ask, it, "cancel"),
	("write the state Draft, with a note", "REST"): lambda ask, it: put(
		ask, it, workflow_state="Draft", return_note="perbaiki"
	),
	("write the state Submitted, with a note", "REST"): lambda ask, it: put(
		ask, it, workflow_state="Submitted", **({} if it.state == "Draft" else {"return_note": "perbaiki"})
	),
	("write the state Reviewed", "REST"): lambda ask, it: put(ask, it, workflow_state="Reviewed"),
	("write the state Approved, not submitting", "REST"): lambda ask, it: put(
		ask, it, workflow_state="Approved"
	),
	("write the state Cancelled, not cancelling", "REST"): lambda ask, it: put(
		ask, it, workflow_state="Cancelled", cancel_note="salah"
	),
	("amend", "REST"): lambda ask, it: insert(
		ask, ASSESSMENT, period=it.doc["period"], opd=it.unit, amended_from=it.name
	),
	("copy its file", "REST"): lambda ask, it: insert(ask, "File", file_url=it.file_url, is_private=1),
	("make its file public", "copy"): lambda ask, it: insert(ask, "File", file_url=it.file_url, is_private=0),
	("make its file public", "PUT"): lambda ask, it: ask.put(record("File", it.file), json={"is_private": 0}),
	("store evidence of the unit", "upload"): lambda ask, it: upload_evidence(ask, it, opd=it.unit),
	("store evidence of the unit", "REST"): lambda ask, it: insert(
		ask, EVIDENCE, opd=it.unit, title="Tautan", kind="Link", url="https://example.go.id/tautan"
	),
	("change evidence", "title"): lambda ask, it: ask.put(record(EVIDENCE, it.evidence), json={"title": "x"}),
	("replace the file of evidence", "upload"): lambda ask, it: upload_evidence(
		ask, it, evidence=it.evidence
	),
	("say what was found is no personal data", "clear_findings"): lambda ask, it: ask.call(
		"p2ham.api.evidence.clear_findings", name=it.personal, note="nomor kantor"
	),
	("flag evidence as personal", "PUT"): lambda ask, it: ask.put(
		record(EVIDENCE, it.evidence), json={"contains_personal_data": 1}
	),
	("delete the file of evidence", "REST"): lambda ask, it: ask.delete(record("File", it.file)),
	("delete evidence in use", "REST"): lambda ask, it: ask.delete(record(EVIDENCE, it.evidence)),
	("delete evidence not in use", "REST"): lambda ask, it: ask.delete(record(EVIDENCE, it.unused)),
	("write the log", "insert"): lambda ask, it: insert(
		ask, LOG, assessment=it.name, sequence=99, action="Approve", to_state="Approved"
	),
	("write the log", "PUT"): lambda ask, it: ask.put(record(LOG, it.log), json={"note": "lain"}),
	("write the log", "DELETE"): lambda ask, it: ask.delete(record(LOG, it.log)),
	("write versions", "PUT"): lambda ask, it: ask.put(record("Version", it.version), json={"data": "{}"}),
	("write versions", "DELETE"): lambda ask, it: ask.delete(record("Version", it.version)),
	("say what the unit does", "REST"): lambda ask, it: follow_up(
		ask, it, action="rapat", responsible="Sekretaris", progress_note="mulai"
	),
	("say what the unit does", "bulk edit"): lambda ask, it: bulk_of(
		ask, FOLLOW_UP, it.follow_up, "update", progress_note="lain"
	),
	("begin it", "REST"): lambda ask, it: follow_up(ask, it, status="In Progress"),
	("complete it", "REST"): lambda ask, it: follow_up(ask, it, status="Completed"),
	("say what should be better", "REST"): lambda ask, it: follow_up(
		ask, it, recommendation=f"lain {it.stem}"
	),
	("move its due date", "REST"): lambda ask, it: follow_up(ask, it, due_date="2032-01-01"),
	("move its due date", "bulk edit"): lambda ask, it: bulk_of(
		ask, FOLLOW_UP, it.follow_up, "update", due_date="2032-01-01"
	),
	("move it to another unit", "REST"): lambda ask, it: follow_up(ask, it, opd="DINSOS", assessment=""),
	("close it", "REST"): lambda ask, it: follow_up(ask, it, status="Closed"),
	("set it back to Open", "REST"): lambda ask, it: follow_up(ask, it, status="Open"),
	("write its stamps while opening it again", "REST"): lambda ask, it: follow_up(
		ask, it, completed_on="2020-01-01", status="Open"
	),
	("write the days it was completed and closed", "REST"): lambda ask, it: follow_up(
		ask, it, completed_on="2020-01-01", closed_on="2020-01-01"
	),
	("delete a follow-up", "REST"): lambda ask, it: ask.delete(record(FOLLOW_UP, it.follow_up)),
	("delete a follow-up", "desk list"): lambda ask, it: ask.post(
		method("frappe.desk.reportview.delete_items"),
		data={"doctype": FOLLOW_UP, "items": json.dumps([it.follow_up])},
	),
	("make a follow-up of the unit", "REST"): lambda ask, it: insert(
		ask,
		FOLLOW_UP,
		opd=it.unit,
		assessment=it.name,
		recommendation=f"baru {it.stem}",
		due_date="2031-01-01",
	),
	("record a result of KKP HAM", "REST"): lambda ask, it: insert(
		ask, RESULT, opd=it.unit, assessment_year=YEAR + 1, instrument=KKP, score=70
	),
	("change a result of KKP HAM", "REST"): lambda ask, it: ask.put(
		record(RESULT, it.result), json={"score": 99}
	),
	("change a result of KKP HAM", "bulk edit"): lambda ask, it: bulk_of(
		ask, RESULT, it.result, "update", score=99
	),
	("delete a result of KKP HAM", "REST"): lambda ask, it: ask.delete(record(RESULT, it.result)),
	("hold a meeting with the unit", "REST"): lambda ask, it: make_guidance(
		ask, it, kind="Coordination Meeting", status="Scheduled"
	),
	("ask for guidance for the unit", "REST"): lambda ask, it: make_guidance(
		ask, it, kind="Request for Guidance", status="Requested"
	),
	("change the unit's request for guidance", "agenda"): lambda ask, it: ask.put(
		record(GUIDANCE, it.request), json={"agenda": "lain"}
	),
	("answer the unit's request for guidance", "status"): lambda ask, it: ask.put(
		record(GUIDANCE, it.request), json={"status": "Scheduled"}
	),
	("answer the unit's request for guidance", "step"): lambda ask, it: ask.call(
		"p2ham.api.guidance.take_step", name=it.request, action="Accept"
	),
	("withdraw the unit's request for guidance", "step"): lambda ask, it: ask.call(
		"p2ham.api.guidance.take_step",
		name=it.request,
		action="Withdraw",
		values={"cancel_reason": "tidak jadi"},
	),
	("change guidance in which the unit takes part", "REST"): lambda ask, it: ask.put(
		record(GUIDANCE, it.guidance), json={"outcome": "lain"}
	),
	("delete guidance", "REST"): lambda ask, it: ask.delete(record(GUIDANCE, it.guidance)),
	("change the unit's preliminary check", "REST"): lambda ask, it: ask.put(
		record(CHECK, it.check), json={"note": "lain"}
	),
	("change the unit's preliminary check", "bulk edit"): lambda ask, it: bulk_of(
		ask, CHECK, it.check, "update", note="lain"
	),
	("delete the unit's preliminary check", "REST"): lambda ask, it: ask.delete(record(CHECK, it.check)),
	("mark an answer as carried over", "REST"): lambda ask, it: put(
		ask, it, **it.rows("items", carried_over=1)
	),
}


def made_public(changed) -> bool:
	"""A copy of a private file stays private whatever one says; that is as good as a refusal."""
	return any(change.doctype == "File" and change.row and not change.row["is_private"] for change in changed)


# Where something else than "anything has changed" tells whether it was done.
EFFECT = {action: made_public for action in CHANGING if action[0] == "make its file public"}


# --- Trying ----------------------------------------------------------------------------------------------


class Outcome(NamedTuple):
	cell: table.Cell
	got: bool
	detail: str

	@property
	def fails(self) -> bool:
		return self.got != self.cell.expected

	def __str__(self) -> str:
		words = {True: "done", False: "refused"}
		cell = self.cell
		return (
			f"{cell.rule} ({cell.way}) · {cell.persona} · {cell.state}:"
			f" should be {words[cell.expected]}, was {words[self.got]} [{self.detail}]"
		)


def answer(response) -> str:
	"""An answer in a few words."""
	words = ""
	if "json" in response.headers.get("Content-Type", ""):
		body = response.json()
		words = body.get("exception") or body.get("_server_messages") or str(body.get("message", ""))
	return f"HTTP {response.status_code} {words[:160]}".strip()


IDLE = set(table.PERSONAS) - {cell.persona for cell in table.cells() if cell.expected}


def by_way(cells: list[table.Cell]) -> list[list[table.Cell]]:
	"""Return cells of one person in groups, those of a way together."""
	found: dict[tuple, list[table.Cell]] = {}
	for cell in cells:
		found.setdefault(cell.action, []).append(cell)
	return list(found.values())


class Matrix:
	"""Asks every cell."""

	def __init__(self, world: World, clients: dict):
		self.world, self.clients = world, clients
		self.outcomes: list[Outcome] = []
		self.wrong: list[str] = []
		self.tried = 0

	def run(self) -> None:
		cells = list(table.cells())
		surveyed: dict = {}
		for cell in cells:
			if cell.action in SURVEYS:
				key = (cell.persona, cell.action)
				if key not in surveyed:
					surveyed[key] = SURVEYS[cell.action].ask(self.clients[cell.persona], self.world)
				self.survey(cell, surveyed[key])
		single = [cell for cell in cells if cell.action in READING or cell.action in CHANGING]
		self.one_by_one([cell for cell in single if cell.action != IMPORT])
		self.one_by_one([cell for cell in single if cell.action == IMPORT])
		finish_jobs()
		told = self.told_to_the_stranger()
		for cell in cells:
			if cell.action == MENTION:
				found = (self.world.users[cell.persona], self.world.cases[cell.state].name) in told
				self.outcomes.append(Outcome(cell, found, "Notification Log of the stranger"))

	def one_by_one(self, cells: list[table.Cell]) -> None:
		"""Let each person try each cell. Who may do nothing in any state is refused before the state is looked at, and
		tries each way once, with the assessments of the states in turn; that decides all cells of the way."""
		for persona in table.PERSONAS:
			of_person = [cell for cell in cells if cell.persona == persona]
			if persona in IDLE:
				for number, of_way in enumerate(by_way(of_person)):
					tried = self.one(of_way[number % len(of_way)])
					self.outcomes += [tried._replace(cell=cell) for cell in of_way if cell.action != MENTION]
			else:
				for cell in of_person:
					outcome = self.one(cell)
					if cell.action != MENTION:  # which shows later
						self.outcomes.append(outcome)
			if found := self.world.put_back():  # what was refused must not have changed anything
				self.wrong.append(f"{persona}: refused, and yet {'; '.join(map(str, found[:5]))}")

	def ask(self, cell: table.Cell):
		"""Make the request of a cell; again, if the database chose another one made at the same time, or if what
		tidies up after a replaced file holds the document just now."""
		action = READING[cell.action].ask if cell.action in READING else CHANGING[cell.action]
		for _attempt in range(20):
			response = action(self.clients[cell.persona], self.world.cases[cell.state])
			if not any(says(response, busy) for busy in BUSY):
				break
			time.sleep(0.25)
		return response

	def one(self, cell: table.Cell) -> Outcome:
		self.tried += 1
		it, response = self.world.cases[cell.state], self.ask(cell)
		if cell.action in READING:
			reading = READING[cell.action]
			done = response.ok and reading.shows(response, it)
		else:
			changed = self.world.put_back() if response.ok else []
			done = EFFECT.get(cell.action, bool)(changed)
		self.look_at(cell, response)
		return Outcome(cell, done, "" if done == cell.expected else answer(response))

	def survey(self, cell: table.Cell, response) -> None:
		it = self.world.cases[cell.state]
		done = response.ok and says(response, SURVEYS[cell.action].mark(it))
		self.outcomes.append(Outcome(cell, done, "" if done == cell.expected else answer(response)))

	def look_at(self, cell: table.Cell, response) -> None:
		"""An answer may say no and still tell what it should not; and a request that breaks proves nothing."""
		where = f"{cell.rule} ({cell.way}) · {cell.persona} · {cell.state}"
		may_read = cell.persona in table.READ[cell.state]
		if not may_read and not cell.expected and says(response, WORD):
			self.wrong.append(f"{where}: the answer tells titles")
		if response.status_code >= 500 and cell.action not in BREAKS:
			self.wrong.append(f"{where}: {answer(response)}")

	def told_to_the_stranger(self) -> set[tuple[str, str]]:
		"""Who has made the stranger read something about which assessment."""
		rows = self.clients["stranger"].call(
			"frappe.client.get_list",
			doctype="Notification Log",
			fields=["from_user", "document_name"],
			limit_page_length=0,
		)
		return {(row["from_user"], row["document_name"]) for row in rows.json()["message"]}


@contextlib.contextmanager
def imports_run_at_once():
	"""Frappe starts a Data Import only with its scheduler running, or in developer mode and then at once.

	Frappe 16 reads the configuration once a minute, so this surrounds everything, and imports come last.
	"""
	with open(frappe.get_site_path("site_config.json")) as file:
		before = json.load(file).get("developer_mode")
	update_site_config("developer_mode", 1)
	try:
		yield
	finally:
		update_site_config("developer_mode", "None" if before is None else before)


@pytest.fixture
def world(people, demo_site):
	found = World(people, demo_site)
	with imports_run_at_once():
		found.build()
		yield found


@pytest.fixture
def clients(world, http):
	"""Everybody logged in, as `http` does it; each client knows its user."""
	found = {}
	for persona, user in {**world.users, "stranger": STRANGER}.items():
		admin = user == "Administrator"
		found[persona] = http(user, os.environ["P2HAM_ADMIN_PASSWORD"]) if admin else http(user)
		found[persona].user = user
	world.give_roles_by_hand()
	return found


def test_every_way_of_the_table_is_tried():
	tried = [*READING, *SURVEYS, *CHANGING]
	assert len(tried) == len(set(tried))
	assert set(tried) == {cell.action for cell in table.cells()}


def test_everybody_may_do_exactly_what_the_table_says(world, clients, figure):
	matrix = Matrix(world, clients)
	matrix.run()
	failing = [str(outcome) for outcome in matrix.outcomes if outcome.fails] + matrix.wrong
	done = sum(outcome.cell.expected for outcome in matrix.outcomes)
	figure(
		"access matrix",
		f"{len(matrix.outcomes)} cells, {len(table.PERSONAS)} people, {len(table.STATES)} states;"
		f" {done} allowed, {len(failing)} failing; {matrix.tried} requests, of the {len(IDLE)} people who may do"
		" nothing one for each way",
	)
	assert len(matrix.outcomes) == len(list(table.cells()))
	if failing:
		pytest.fail(f"{len(failing)} of {len(matrix.outcomes)} cells:\n" + "\n".join(sorted(failing)), False)
