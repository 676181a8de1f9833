"""A sweep over every whitelisted function that can be told the name of a document: does any of them show an
assessment, its evidence, its history or what was said about it to somebody it is not for, or change it?

A victim is built in the demo regency, with a random word (a marker) in each of its texts. Then every function is
called by requests of HTTP as several people to whom the victim is nothing. No answer may hold a marker, and afterwards the
victim must be what it was. The same calls by Kabag Hukum, who may read it all, must bring every marker to light: a
sweep that cannot see would pass as well.

The functions are found by importing Frappe and the app, so one of a later version is looked at without anybody adding
it here. What a function is asked follows from the names of its parameters (`arguments`); what wants something special
stands in `special`, what is not called, with the reason, in `LEFT_OUT`.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import inspect
import io
import json
import os
import pkgutil
import secrets
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import frappe
import pypdf
import pytest

from p2ham.demo import build
from p2ham.demo import factories as make

PERIOD, UNIT, ABOVE, OTHER_UNIT = "P2HAM-2024", "RSP PENDOPO", "DINKES", "DINSOS"
KABAG, VERIFIER = "kabag.hukum@empatlawang.example", "verifikator@empatlawang.example"
PACKAGES = ("frappe", "p2ham")
# Parts of the packages that no site loads: tests, one-time patches, the command line.
NOT_SERVED = {"tests", "patches", "commands", "test_runner", "testing", "deprecation_dumpster", "demo"}

# What is not called, and why: whole names, or with a dot at the end beginnings of names.
LEFT_OUT = {
	"frappe.core.doctype.communication.email.mark_email_as_seen": "the pixel in a mail: notes that it was opened",
	"frappe.core.doctype.data_import.data_import.form_start_import": "hands work to a background worker",
	"frappe.core.doctype.prepared_report.prepared_report.make_prepared_report": "hands work to a background worker",
	"frappe.core.doctype.recorder.": "switches a recorder of all requests on",
	"frappe.core.doctype.rq_job.": "stops jobs of the whole bench",
	"frappe.core.doctype.scheduled_job_type.": "runs jobs of the scheduler",
	"frappe.core.doctype.sms_settings.": "sends messages to telephones",
	"frappe.core.doctype.user.user.": "passwords, keys and sessions; names users, not documents",
	"frappe.core.report.database_storage_usage_by_tables.": "optimizes tables, which locks them",
	"frappe.desk.page.setup_wizard.": "sets the site up anew",
	"frappe.desk.page.backups.": "makes backups in the background",
	"frappe.email.doctype.email_account.": "talks to mail servers",
	"frappe.email.doctype.email_group.": "mailing lists, which belong to no document",
	"frappe.email.doctype.email_queue.": "sends mails",
	"frappe.email.doctype.newsletter.": "sends mails",
	"frappe.email.doctype.auto_email_report.auto_email_report.send_now": "sends mails",
	"frappe.integrations.": "talks to other servers",
	"frappe.push_notification.": "talks to other servers",
	"frappe.printing.doctype.network_printer_settings.": "talks to printers",
	"frappe.utils.print_format.print_by_server": "talks to printers",
	"frappe.utils.print_format.download_multi_pdf_async": "hands work to a background worker",
	"frappe.modules.utils.export_customizations": "writes into the source of apps",
	"frappe.recorder.": "records all requests",
	"frappe.translate.": "texts of the interface",
	"frappe.utils.backups.": "makes backups",
	"frappe.utils.nestedset.rebuild_tree": "rebuilds a whole tree",
	"frappe.website.doctype.personal_data_deletion_request.": "sends mails",
	"frappe.website.doctype.website_settings.": "talks to other servers",
	"frappe.www.contact.": "sends mails",
	"frappe.www.login.": "logs in",
}

# Names of parameters that can name a document of ours, by what they want of it (`arguments`).
DOCTYPE_NAMES = (
	*("doctype", "dt", "reference_doctype", "ref_doctype", "reference_dt", "reminder_doctype", "for_doctype"),
	*("doctype_name", "goal_doctype", "child_type", "_doctype", "reference"),
)
DOCUMENT_NAMES = (
	*(
		"docname",
		"name",
		"dn",
		"doc_name",
		"reference_name",
		"reference_docname",
		"reference_doc",
		"ref_name",
	),
	*("reminder_docname", "document", "old_name", "old", "source_name", "assessment", "evidence", "older"),
	*(
		"communication",
		"event",
		"article",
		"notification",
		"note",
		"from_version",
		"to_version",
		"reply_name",
	),
	*("topic_name", "file_name", "page_name", "project_name"),
)
LIST_NAMES = ("docnames", "names", "source_names", "items", "reports", "queues")
OTHER_NAMES = (
	*(
		"doc",
		"docs",
		"parent",
		"filters",
		"fields",
		"txt",
		"text",
		"query",
		"search_term",
		"file_url",
		"fid",
		"files",
	),
	*(
		"file_list",
		"report_name",
		"reference_report",
		"chart",
		"chart_name",
		"args",
		"data",
		"board_name",
		"path",
	),
	*(
		"label",
		"comment",
		"content",
		"web_form",
		"web_form_name",
		"dashboard_name",
		"page",
		"template",
		"html",
		"url",
	),
	*("template_name", "tag", "period", "routes"),
)
NAMING = {*DOCTYPE_NAMES, *DOCUMENT_NAMES, *LIST_NAMES, *OTHER_NAMES}

# Functions that read the request itself and so name no parameter, or need none to show something.
READ_THE_REQUEST = (
	"frappe.core.api.file.get_files_in_folder",
	"frappe.desk.doctype.notification_log.notification_log.get_notification_logs",
	"frappe.desk.doctype.notification_settings.notification_settings.get_subscribed_documents",
	"frappe.desk.doctype.route_history.route_history.frequently_visited_links",
	"frappe.desk.form.utils.remove_attach",
	"frappe.desk.notifications.get_notifications",
	"frappe.desk.query_report.export_query",
	"frappe.desk.reportview.delete_items",
	"frappe.desk.reportview.export_query",
	"frappe.desk.reportview.get",
	"frappe.desk.reportview.get_count",
	"frappe.desk.reportview.get_list",
	"frappe.desk.treeview.add_node",
	"frappe.handler.upload_file",
)


@dataclass(frozen=True)
class Target:
	"""A record that belongs to the victim: `field` is a text of it, `parent` the DocType whose row it is. Every
	function is asked about the `central` ones, about the others those that have to do with their DocType."""

	doctype: str
	name: str
	field: str
	parent: str = ""
	central: bool = True


@dataclass
class Victim:
	"""What the sweep is after: the markers by where they stand, a word that stands beside each of them and may be
	searched for, and the records."""

	word: str
	markers: dict[str, str]
	assessment: str = ""
	cancelled: str = ""
	file_url: str = ""
	image_path: Path = Path()
	targets: list[Target] = field(default_factory=list)

	def text(self, place: str) -> str:
		return f"{self.word} {self.markers[place]}"

	def paths(self) -> list[Path]:
		return [self.image_path.with_name(Path(self.file_url).name), self.image_path]

	def central(self) -> list[Target]:
		return [target for target in self.targets if target.central]

	def of(self, doctype: str) -> Target:
		return next(target for target in self.targets if target.doctype == doctype)


@dataclass(frozen=True)
class Call:
	"""One request; `name` says in a report what it was."""

	name: str
	verb: str
	path: str
	data: dict

	def __str__(self):
		return f"{self.name} {self.verb} {json.dumps(self.data, default=str)[:400]}"


# What is called


def whitelisted() -> dict[str, Callable]:
	"""Return every whitelisted function by its dotted name, after importing all that a site could serve."""
	for package in PACKAGES:
		root = importlib.import_module(package)
		for module in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda name: None):
			parts = module.name.split(".")
			if NOT_SERVED.isdisjoint(parts) and not any(part.startswith("test_") for part in parts):
				with contextlib.suppress(Exception):  # what cannot be imported cannot be called either
					importlib.import_module(module.name)
	return {f"{found.__module__}.{found.__qualname__}": found for found in frappe.whitelisted}


def looked_at(functions: dict[str, Callable]) -> list[str]:
	"""Return the functions that can be told the name of a document. Methods of documents are called through their
	documents (`document_methods`, `tools`)."""
	return sorted(
		name
		for name, function in functions.items()
		if name == f"{function.__module__}.{function.__name__}"
		and not any(name == other or (other.endswith(".") and name.startswith(other)) for other in LEFT_OUT)
		and (name in READ_THE_REQUEST or NAMING.intersection(inspect.signature(function).parameters))
	)


def document_methods(functions: dict[str, Callable]) -> list[str]:
	"""Return the names of the methods that every document has and a client may call."""
	beginning = "frappe.model.document.Document."
	return sorted(name.removeprefix(beginning) for name in functions if name.startswith(beginning))


def calls(victim: Victim, functions: dict[str, Callable]) -> Iterator[Call]:
	"""Every request of the sweep."""
	yield from addresses(victim)
	extra = special(victim)
	for name in looked_at(functions):
		verbs = frappe.allowed_http_methods_for_whitelisted_func[functions[name]]
		verb = "POST" if "POST" in verbs else verbs[0]
		for data in without_repetition([*asked(victim, name, functions[name]), *extra.get(name, [])]):
			yield Call(name, verb, f"/api/method/{name}", data)
	for target in victim.central():
		for method in document_methods(functions):
			data = {"dt": target.doctype, "dn": target.name, "method": method, "args": {"text": "changed"}}
			name = f"{target.doctype}.{method}"
			yield Call(name, "POST", "/api/method/run_doc_method", data)
			path = f"/api/v2/document/{target.doctype}/{target.name}/method/{method}"
			yield Call(name, "POST", path, {"text": "changed", "name": "changed"})
	for method, doc in tools(victim):
		name = f"{doc['doctype']}.{method}"
		args = {"text": "changed"}
		yield Call(name, "POST", "/api/method/run_doc_method", {"method": method, "docs": doc, "args": args})
		data = {"method": method, "document": doc, "kwargs": args}
		yield Call(name, "POST", "/api/v2/method/run_doc_method", data)


def asked(victim: Victim, name: str, function: Callable) -> Iterator[dict]:
	"""Sets of arguments that follow from the names of a function's parameters, one for each record."""
	if name in READ_THE_REQUEST:
		return
	parameters = inspect.signature(function).parameters
	open_ended = any(parameter.kind == parameter.VAR_KEYWORD for parameter in parameters.values())
	wanted = {*parameters, *(("doctype", "name", "filters", "txt") if open_ended else ())}
	for target in victim.targets:
		about = frappe.scrub(target.doctype)
		if target.central or about in name or about in parameters:
			yield {key: value for key, value in arguments(victim, target).items() if key in wanted}


def without_repetition(sets: Iterable[dict]) -> list[dict]:
	return list({json.dumps(data, sort_keys=True): data for data in sets}.values())


def arguments(victim: Victim, target: Target) -> dict:
	"""Return a value for every name of a parameter that can name a document, and what such functions want beside
	it, all about one record."""
	doctype, name, text = target.doctype, target.name, target.field
	one = {"doctype": doctype, "name": name}
	return {
		**dict.fromkeys(DOCTYPE_NAMES, doctype),
		**dict.fromkeys(DOCUMENT_NAMES, name),
		**{key: [name] for key in LIST_NAMES},
		**dict.fromkeys(("txt", "text", "query", "search_term", "tag"), victim.word),
		**dict.fromkeys(("file_url", "path", "url"), victim.file_url),
		**dict.fromkeys(("fieldname", "field", "searchfield", "search_field"), text),
		**dict.fromkeys(("value", "title", "content", "comment", "new", "new_name", "label"), "changed"),
		**dict.fromkeys(("start", "limit_start", "limit_page_length", "prev", "merge"), 0),
		**dict.fromkeys(("limit", "page_len", "page_length"), 50),
		**{key: {text: "changed"} for key in ("values", "data")},
		**dict.fromkeys(("report_name", "reference_report"), "P2HAM Scoreboard"),
		**dict.fromkeys(("as_dict", "with_data", "like"), 1),
		**{key: {doctype: ["name", text]} for key in ("export_fields", "select_columns")},
		**{key: {"name": name} for key in ("filters", "export_filters")},
		**dict.fromkeys(("start_date", "from_date"), "2024-01-01"),
		**dict.fromkeys(("end", "to_date", "remind_at"), "2034-01-01"),
		**dict.fromkeys(("print_format", "format"), "Standard"),
		**dict.fromkeys(("perm_type", "permission_to"), "read"),
		**dict.fromkeys(("reason", "description", "comment_by"), "x"),
		"parent": target.parent,
		"parent_doctype": target.parent or doctype,
		"doc": {**one, text: "changed"},
		"docs": [{**one, "docname": name, text: "changed"}],
		"args": {**one, "assign_to": [VERIFIER], "description": "x"},
		"fields": ["*"],
		"filter_fields": [text],
		"current_filters": [[doctype, "name", "=", name]],
		"export_records": "all",
		"stats": ["_user_tags", text],
		"tags": [victim.word],
		"fid": name,
		"files": [one],
		"file_list": [one],
		"period": PERIOD,
		"field_map": {"start": "creation", "end": "modified", "title": text, "id": "name"},
		"comment_email": "x@empatlawang.example",
		"route": "/changed",
		"user": KABAG,
		"assign_to": VERIFIER,
		"add": "Yes",
		"action": "Submit",
		"current_state": "Submitted",
		"workflow_state_field": "workflow_state",
		"states": ["Submitted", "Draft", "Cancelled"],
		"method": "frappe.client.get",
		"frequency": "Daily",
	}


def special(victim: Victim) -> dict[str, list[dict]]:
	"""Return what some functions are asked as well, because they want more than the names of their parameters say."""
	file, item, assessment = victim.of("File"), victim.of("P2HAM Assessment Item"), victim.assessment
	named = [{"doctype": target.doctype, "name": target.name} for target in victim.targets]
	own = [{"doctype": target.doctype, "docname": target.name} for target in victim.targets]
	printed = [{"doc": target.doctype, "name": target.name} for target in victim.targets]
	listed = [
		{
			"doctype": target.doctype,
			"parent": target.parent,
			"parent_doctype": target.parent,
			"fields": ["*"],
			"filters": [[target.doctype, "name", "=", target.name]],
		}
		for target in victim.targets
	]
	columns = ("name", "return_note"), ("self_note", "verified_note")
	joined = {
		"doctype": "P2HAM Assessment",
		"fields": [
			*(f"`tabP2HAM Assessment`.`{column}`" for column in columns[0]),
			*(f"`tab{item.doctype}`.`{column}`" for column in columns[1]),
		],
		"filters": [["P2HAM Assessment", "name", "=", assessment]],
	}
	exported = [
		{**one, "file_format_type": "CSV", "title": "x", "view": "Report"} for one in [*listed, joined]
	]
	reports = [
		{
			"report_name": report,
			"file_format_type": "CSV",
			"ignore_prepared_report": 1,
			"filters": {
				**{"doctype": "P2HAM Assessment", "docname": assessment, "ref_doctype": "P2HAM Assessment"},
				**{"user": KABAG, "period": PERIOD, "from_date": "2024-01-01", "to_date": "2034-01-01"},
			},
		}
		for report in frappe.get_all("Report", filters={"disabled": 0}, pluck="name", order_by="name")
	]
	grouped = {
		"chart_type": "Group By",
		"group_by_type": "Count",
		"document_type": "P2HAM Assessment",
		"group_by_based_on": "return_note",
		"filters_json": "[]",
	}
	copies = [
		{"doctype": "File", "file_url": victim.file_url, "is_private": private, "file_name": "x.pdf"}
		for private in (0, 1)
	]
	return {
		"frappe.client.get": [
			*named,
			{"doctype": "P2HAM Assessment", "filters": {"workflow_state": "Submitted", "opd": UNIT}},
		],
		"frappe.client.get_list": [
			*listed,
			{"doctype": "P2HAM Assessment", "fields": ["name", "items.self_note", "items.verified_note"]},
			{"doctype": "P2HAM Assessment Log", "fields": ["name", "assessment.return_note"]},
			{
				"doctype": "P2HAM Evidence Use",
				"parent": "P2HAM Assessment",
				"fields": ["name", "evidence.title", "evidence.file"],
			},
		],
		"frappe.client.get_value": [{**one, "fieldname": ["*"]} for one in listed],
		"frappe.client.get_password": [
			{**one, "fieldname": target.field} for one, target in zip(named, victim.targets, strict=True)
		],
		"frappe.client.validate_link": [{**one, "fields": ["name"]} for one in own],
		"frappe.client.insert": [{"doc": copy} for copy in copies],
		"frappe.client.set_value": [
			{"doctype": "File", "name": file.name, "fieldname": "is_private", "value": 0},
		],
		"frappe.core.api.file.get_files_in_folder": [
			{"folder": folder, "start": 0, "page_length": 500} for folder in ("Home", "Home/Attachments")
		],
		"frappe.core.api.file.zip_files": [{"files": [file.name]}],
		"frappe.core.doctype.communication.email.make": [
			{"content": "x", "subject": "x", "recipients": "x@example.com", "attachments": [file.name]}
		],
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": [
			{"chart": grouped, "filters": [], "refresh": 1},
			{
				"chart": {**grouped, "document_type": "P2HAM Evidence", "group_by_based_on": "title"},
				"filters": [],
				"refresh": 1,
			},
		],
		"frappe.desk.form.save.savedocs": [
			{"doc": {**one, target.field: "changed"}, "action": action}
			for one, target in zip(named, victim.targets, strict=True)
			for action in ("Save", "Submit", "Cancel")
		],
		"frappe.desk.form.linked_with.get": [{"doctype": "P2HAM Period", "docname": PERIOD}],
		"frappe.desk.form.linked_with.get_submitted_linked_docs": [
			{"doctype": "P2HAM Period", "name": PERIOD}
		],
		"frappe.desk.form.utils.remove_attach": [{"fid": file.name, "dt": "User", "dn": "{me}"}],
		"frappe.desk.like.toggle_like": [{**one, "add": "Yes"} for one in named],
		"frappe.desk.query_report.run": reports,
		"frappe.desk.query_report.export_query": reports,
		"frappe.desk.reportview.delete_items": [
			{"doctype": target.doctype, "items": [target.name]} for target in victim.targets
		],
		"frappe.desk.reportview.export_query": exported,
		"frappe.desk.reportview.get": [*listed, joined],
		"frappe.desk.reportview.get_count": listed,
		"frappe.desk.reportview.get_list": [*listed, joined],
		"frappe.desk.search.get_link_title": own,
		"frappe.email.relink": [
			{"name": victim.of("Communication").name, "reference_doctype": "User", "reference_name": "{me}"}
		],
		"frappe.handler.upload_file": [*copies, {"library_file_name": file.name}],
		"frappe.utils.diff.version_query": [
			{
				**{"doctype": "Version", "txt": "", "searchfield": "name", "start": 0, "page_len": 50},
				"filters": {"docname": assessment, "ref_doctype": "P2HAM Assessment"},
			}
		],
		"frappe.www.printview.get_html_and_style": printed,
		"frappe.www.printview.get_rendered_raw_commands": printed,
		"p2ham.api.assessment.compare": [{"name": assessment, "older": victim.cancelled}],
		"p2ham.api.assessment.take_step": [
			{"name": assessment, "action": action, "note": "x"} for action in ("Return", "Review", "Approve")
		],
	}


def tools(victim: Victim) -> list[tuple[str, dict]]:
	"""Methods of records that the client sends along instead of naming a stored one: the desk's tools, which name
	the victim in a field, and records that only pretend to be new or somebody's own."""
	doctype, name = "P2HAM Assessment", victim.assessment
	image = victim.image_path
	sent = [
		("compare_document", {"doctype": "Audit Trail", "doctype_name": doctype, "document": name}),
		(
			"debug",
			{"doctype": "Permission Inspector", "ref_doctype": doctype, "docname": name, "user": KABAG},
		),
		("fetch_to_customize", {"doctype": "Customize Form", "doc_type": doctype}),
		(
			"bulk_update",
			{
				**{"doctype": "Bulk Update", "document_type": doctype, "condition": f"name = '{name}'"},
				**{"field": "return_note", "update_value": "changed", "limit": 10},
			},
		),
		("add_comment", {"doctype": doctype, "name": name, "opd": OTHER_UNIT, "period": PERIOD}),
		(
			"optimize_file",
			{
				**{"doctype": "File", "name": "new-file", "file_name": image.name, "is_private": 1},
				**{"file_url": f"/private/files/{image.name}", "file_size": 10, "content": "by {me}"},
			},
		),
	]
	return [(method, {**doc, "__islocal": 1, "owner": "{me}"}) for method, doc in sent]


def addresses(victim: Victim) -> Iterator[Call]:
	"""Requests that are no function: REST in both versions, what the desk's form loads, pages, and files."""
	for target in victim.targets:
		doctype, name = target.doctype, target.name
		this = {"fields": '["*"]', "filters": json.dumps([["name", "=", name]]), "parent": target.parent}
		for verb, path, data in (
			("GET", "/api/method/frappe.desk.form.load.getdoc", {"doctype": doctype, "name": name}),
			("GET", f"/api/resource/{doctype}/{name}", {}),
			("GET", f"/api/resource/{doctype}", this),
			("GET", f"/api/v2/document/{doctype}/{name}/", {}),
			("GET", f"/api/v2/document/{doctype}", this),
			("GET", f"/api/v2/doctype/{doctype}/count", this),
			("PUT", f"/api/resource/{doctype}/{name}", {target.field: "changed"}),
			("PATCH", f"/api/v2/document/{doctype}/{name}/", {target.field: "changed"}),
			("DELETE", f"/api/resource/{doctype}/{name}", {}),
			("DELETE", f"/api/v2/document/{doctype}/{name}/", {}),
		):
			yield Call(path, verb, path, data)
	for target in victim.central():
		yield Call("/printview", "GET", "/printview", {"doctype": target.doctype, "name": target.name})
	yield Call("the file's address", "GET", victim.file_url, {})
	yield Call(
		"the file's address, spelled differently", "GET", victim.file_url.replace("/files/", "/files//"), {}
	)
	yield Call("the file's public address", "GET", victim.file_url.replace("/private", ""), {})
	yield Call("/search", "GET", "/search", {"q": victim.word})
	yield Call("/list", "GET", "/list", {"doctype": "P2HAM Assessment"})


# The victim


@pytest.fixture(scope="module")
def officer(demo_site) -> Callable:
	return lambda duty, opd="": build.officer(demo_site, duty, opd)


@pytest.fixture(scope="module")
def victim(officer) -> Victim:
	found = make_victim(officer)
	frappe.db.commit()
	return found


PLACES = (
	*(
		"note",
		"replaced_note",
		"cancelled_note",
		"verified_note",
		"review_note",
		"return_note",
		"cancel_note",
		"title",
	),
	*("file_name", "file_content", "link", "comment", "notification", "email", "assignment", "deleted"),
	*("recommendation", "progress_note", "proof", "finding", "agenda", "outcome", "participant", "decision"),
	"right",
)


def make_victim(officer: Callable) -> Victim:
	"""An assessment that was approved, cancelled, started again, reviewed, and returned by Sekda, with evidence, a
	comment, an e-mail, an assignment, a notification, and an evidence that was deleted."""
	victim = Victim(
		word=f"kata{secrets.token_hex(5)}",
		markers={place: f"tanda{secrets.token_hex(6)}" for place in PLACES},
	)
	clerk, sekda = officer("OPD Clerk", ABOVE), officer("Sekda")
	with make.acting_as(clerk):
		first = make.create_assessment(PERIOD, UNIT)
		make.fill(first)
		first.items[0].self_note = victim.text("cancelled_note")
		make.attach_needed_evidence(first)
		name = f"{victim.word}-{victim.markers['file_name']}.pdf"
		url = make.upload(name, make.make_pdf([victim.text("file_content")]))
		evidence = store_evidence(victim.text("title"), kind="File", file=url)
		picture = make.upload(f"{victim.word}.png", make.make_png(victim.word))
		for used in (evidence, store_evidence(victim.word, kind="File", file=picture)):
			first.append("evidence_uses", {"indicator": first.items[0].indicator, "evidence": used})
		first.save()
		make.take_step(first.name, "Submit")
	verify_and_review(victim, first.name, officer)
	with make.acting_as(sekda):
		make.take_step(first.name, "Approve")
		make.take_step(first.name, "Cancel", victim.text("cancel_note"))
	with make.acting_as(clerk):
		doc = frappe.copy_doc(frappe.get_doc("P2HAM Assessment", first.name))
		doc.docstatus, doc.amended_from = 0, first.name
		doc.items[0].self_note = victim.text("replaced_note")
		doc.insert()
		doc.items[0].self_note = victim.text("note")
		address = f"https://example.go.id/{victim.word}/{victim.markers['link']}"
		link = store_evidence(victim.word, kind="Link", url=address)
		doc.append("evidence_uses", {"indicator": doc.items[0].indicator, "evidence": link})
		doc.save()
		frappe.delete_doc("P2HAM Evidence", store_evidence(victim.text("deleted"), kind="Link", url=address))
		make.take_step(doc.name, "Submit")
	verify_and_review(victim, doc.name, officer)
	with make.acting_as(sekda):
		make.take_step(doc.name, "Return", victim.text("return_note"))
	victim.assessment, victim.cancelled = doc.name, first.name
	file = frappe.get_doc("File", {"attached_to_name": evidence})
	victim.file_url = file.file_url
	victim.image_path = Path(frappe.get_site_path("private", "files", Path(picture).name))
	doc = frappe.get_doc("P2HAM Assessment", doc.name)
	victim.targets = [
		Target("P2HAM Assessment", doc.name, "return_note"),
		Target("P2HAM Evidence", evidence, "title", central=False),
		Target("File", file.name, "file_name"),
		Target("P2HAM Assessment Item", doc.items[0].name, "self_note", "P2HAM Assessment"),
		Target("Version", newest("Version", docname=doc.name, data=("like", f"%{victim.word}%")), "data"),
		Target("P2HAM Assessment", first.name, "cancel_note", central=False),
		Target("P2HAM Evidence", link, "url", central=False),
		Target(
			"P2HAM Evidence Revision",
			newest("P2HAM Evidence Revision", parent=evidence),
			"title",
			"P2HAM Evidence",
			central=False,
		),
		Target(
			"P2HAM Assessment Log", newest("P2HAM Assessment Log", assessment=doc.name), "note", central=False
		),
		Target("P2HAM Evidence Use", doc.evidence_uses[-1].name, "note", "P2HAM Assessment", central=False),
		Target(
			"Deleted Document",
			newest("Deleted Document", deleted_doctype="P2HAM Evidence"),
			"data",
			central=False,
		),
		*what_follows(victim, doc, officer),
		*said_about(victim, doc),
	]
	return victim


def what_follows(victim: Victim, doc, officer: Callable) -> list[Target]:
	"""Bagian Hukum records a result of KKP HAM, holds a meeting, and wants something done; the unit does it."""
	with make.acting_as(officer("P2HAM Verifier")):
		result = make.create_kkpham_result(
			UNIT,
			2019,
			60,
			"PERMENKUMHAM-22-2021",
			finding=victim.text("finding"),
			rights=[{"criterion": "PERMENKUMHAM-22-2021-1", "score": 60}],
		)
		guidance = make.create_guidance(
			victim.word,
			[{"opd": UNIT, "person": victim.text("participant")}],
			agenda=victim.text("agenda"),
			outcome=victim.text("outcome"),
			decisions=[{"decision": victim.text("decision"), "opd": UNIT}],
		)
		follow_up = make.create_follow_up(
			UNIT,
			victim.text("recommendation"),
			assessment=doc.name,
			kkpham_result=result,
			guidance=guidance,
		)
	with make.acting_as(officer("OPD Clerk", ABOVE)):
		done = frappe.get_doc("P2HAM Follow-up", follow_up)
		done.update({"status": "In Progress", "progress_note": victim.text("progress_note")})
		done.append("evidence", {"evidence": doc.evidence_uses[0].evidence, "note": victim.text("proof")})
		done.save()
	[row], [decision] = (
		frappe.get_all(table, filters={"parent": guidance}, pluck="name", order_by="idx")
		for table in ("P2HAM Guidance Participant", "P2HAM Guidance Decision")
	)
	[right] = frappe.get_all("P2HAM KKPHAM Right", filters={"parent": result}, pluck="name", order_by="idx")
	# The title is the criterion's; nobody but this test writes another.
	frappe.db.set_value("P2HAM KKPHAM Right", right, "title", victim.text("right"))
	return [
		Target("P2HAM KKPHAM Result", result, "finding"),
		Target("P2HAM KKPHAM Right", right, "title", "P2HAM KKPHAM Result", central=False),
		Target("P2HAM Follow-up", follow_up, "progress_note"),
		*(
			Target(row.doctype, row.name, "note", "P2HAM Follow-up", central=False)
			for row in (done.progress_notes[0], done.evidence[0])
		),
		Target("P2HAM Guidance", guidance, "agenda"),
		Target("P2HAM Guidance Participant", row, "person", "P2HAM Guidance", central=False),
		Target("P2HAM Guidance Decision", decision, "decision", "P2HAM Guidance", central=False),
	]


def said_about(victim: Victim, doc) -> list[Target]:
	"""Let Kabag Hukum comment, write, assign and be notified."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	with make.acting_as(KABAG):
		made = [
			{"doctype": "Comment", "comment_type": "Comment", "content": victim.text("comment"), **about},
			{
				"doctype": "Communication",
				"communication_medium": "Email",
				"subject": victim.word,
				"content": victim.text("email"),
				"recipients": "kanwil@example.com",
				**about,
			},
			{
				"doctype": "ToDo",
				"description": victim.text("assignment"),
				"reference_type": doc.doctype,
				"reference_name": doc.name,
				"allocated_to": VERIFIER,
				"assigned_by": KABAG,
			},
			{
				"doctype": "Notification Log",
				"type": "Alert",  # of which Frappe sends no e-mail
				"subject": victim.text("notification"),
				"for_user": KABAG,
				"document_type": doc.doctype,
				"document_name": doc.name,
			},
		]
		texts = {"Comment": "content", "Communication": "content", "ToDo": "description"}
		return [
			Target(
				values["doctype"],
				frappe.get_doc(values).insert(ignore_permissions=True).name,
				texts.get(values["doctype"], "subject"),
				central=False,
			)
			for values in made
		]


def store_evidence(title: str, **fields) -> str:
	return frappe.get_doc({"doctype": "P2HAM Evidence", "title": title, "opd": UNIT, **fields}).insert().name


def newest(doctype: str, **filters) -> str:
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by="creation desc", limit=1)[0]


def verify_and_review(victim: Victim, name: str, officer: Callable) -> None:
	with make.acting_as(officer("P2HAM Verifier")):
		doc = frappe.get_doc("P2HAM Assessment", name)
		make.verify(doc)
		doc.items[0].verified_note = victim.text("verified_note")
		doc.save()
	with make.acting_as(officer("Kabag Hukum")):
		make.take_step(name, "Review", victim.text("review_note"))


# Whether a link answers is asked in the background, at any time.
ASKED_LATER = ("link_state", "link_checked_on", "link_note")


def state_of(victim: Victim) -> dict[str, dict]:
	"""Return all that a call might have changed of the victim, or given away of it: records, and files on disk."""
	frappe.db.rollback()
	names = ("in", [target.name for target in victim.targets])
	found = {"on disk": {path.name: path.exists() and path.read_bytes() for path in victim.paths()}}
	for doctype, filters in (
		*((target.doctype, {"name": target.name}) for target in victim.targets),
		("P2HAM Assessment Item", {"parent": names}),
		("P2HAM Assessment Score", {"parent": names}),
		("P2HAM Evidence Use", {"parent": names}),
		("P2HAM Assessment Log", {"assessment": names}),
		("P2HAM Evidence", {"opd": UNIT}),
		("P2HAM Evidence Revision", {"parent": names}),
		("P2HAM Evidence Finding", {"parent": names}),
		("P2HAM Guidance Participant", {"parent": names}),
		("P2HAM Follow-up Progress", {"parent": names}),
		("P2HAM Follow-up Evidence", {"parent": names}),
		("P2HAM Guidance Decision", {"parent": names}),
		("P2HAM KKPHAM Result", {"opd": UNIT}),
		("P2HAM KKPHAM Right", {"parent": names}),
		("P2HAM Follow-up", {"opd": UNIT}),
		("File", {"file_url": ("like", f"%{victim.word}%")}),
		("File", {"attached_to_name": names}),
		("Version", {"docname": names}),
		("Comment", {"reference_name": names}),
		("Communication", {"reference_name": names}),
		("ToDo", {"reference_name": names}),
		("DocShare", {"share_name": names}),
		("Document Follow", {"ref_docname": names}),
		("Document Share Key", {"reference_docname": names}),
		("Tag Link", {"document_name": names}),
	):
		for row in frappe.get_all(doctype, filters=filters, fields=["*"], order_by="name"):
			found[f"{doctype} {row.name}"] = {key: row[key] for key in row if key not in ASKED_LATER}
	frappe.db.rollback()  # a read that is kept open would make the server wait with a change of the schema
	return found


def differences(before: dict[str, dict], after: dict[str, dict]) -> list[str]:
	"""Name each value that is not what it was."""
	found = []
	for record in sorted({*before, *after}):
		old, new = before.get(record, {}), after.get(record, {})
		found += [
			f"{record} {key}: {str(old.get(key))[:200]} -> {str(new.get(key))[:200]}"
			for key in sorted({*old, *new})
			if old.get(key) != new.get(key)
		]
	return found


# Calling


def ask(client, call: Call, me: str):
	"""Send a request as the desk does: a form, whose values are JSON where they are not plain. "{me}" is the caller."""
	data = {
		key: (value if isinstance(value, str) else json.dumps(value)).replace("{me}", me)
		for key, value in call.data.items()
	}
	kind = "params" if call.verb in ("GET", "DELETE") else "data"
	return client.request(call.verb, call.path, allow_redirects=False, **{kind: data})


def readable(response) -> str:
	"""Return what an answer says, whatever it is wrapped in."""
	return "\n".join([*response.headers.values(), *unpacked(response.content)])


def unpacked(content: bytes) -> Iterator[str]:
	yield content.decode("utf-8", "replace")
	with contextlib.suppress(Exception):  # what only begins like one of these has been yielded as it is
		if content.startswith(b"%PDF"):
			yield from (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
		elif content.startswith(b"PK"):
			packed = zipfile.ZipFile(io.BytesIO(content))
			for name in packed.namelist():
				yield name
				yield from unpacked(packed.read(name))


def shown(victim: Victim, call: Call, response) -> set[str]:
	"""Return the markers that an answer shows; one that the request itself names proves nothing."""
	request, answer = f"{call.path} {json.dumps(call.data)}", readable(response)
	return {
		place
		for place, marker in victim.markers.items()
		if any(form in answer for form in forms(marker)) and marker not in request
	}


def forms(marker: str) -> list[str]:
	"""A marker as it is, and as it looks inside base64, which depends on where it begins."""
	encoded = [base64.b64encode(b"x" * shift + marker.encode()).decode() for shift in range(3)]
	return [marker, encoded[0][:-4], encoded[1][4:-4], encoded[2][4:-4]]


@pytest.fixture(scope="module")
def strangers(victim, officer, demo_site) -> dict[str, str | None]:
	"""People to whom the victim is nothing: by what they are, their logins."""
	alone = make.create_user(
		"uji.sistem@empatlawang.example", "Uji Sistem", build.PASSWORD, ("System Manager",)
	)
	former = make.create_user("uji.kabag@empatlawang.example", "Uji Kabag", build.PASSWORD, ("Kabag Hukum",))
	frappe.db.commit()
	return {
		"clerk of another OPD": officer("OPD Clerk", OTHER_UNIT),
		"System Manager without a duty": alone,
		"P2HAM Manager": demo_site["manager"]["user"],
		"role Kabag Hukum without the duty": former,
		"Guest": None,
	}


@dataclass
class Swept:
	"""What came out of the sweep."""

	functions: int
	requests: list[Call]
	leaks: list[str] = field(default_factory=list)
	changed: list[str] = field(default_factory=list)
	figure: str = ""


@pytest.fixture(scope="module")
def swept(victim, strangers, http) -> Swept:
	"""Let each of them make all requests."""
	functions = whitelisted()
	found = Swept(len(looked_at(functions)), list(calls(victim, functions)))
	closed = {name for name, function in functions.items() if function not in frappe.guest_methods}
	begin, made = time.monotonic(), 0
	for who, user in strangers.items():
		client, before = http(user), state_of(victim)
		for call in found.requests if user else once_each(found.requests, closed):
			made += 1
			places = shown(victim, call, ask(client, call, user or "Guest"))
			if places:
				found.leaks.append(f"{who}: {call}\n    shows {sorted(places)}")
		found.changed += [f"{who}: {line}" for line in differences(before, state_of(victim))]
	took = time.monotonic() - begin
	found.figure = f"{found.functions} functions, {made} requests by {len(strangers)} people in {took:.0f} s"
	return found


def once_each(requests: list[Call], names: set[str]) -> Iterator[Call]:
	"""Yield one request of each of these, and all others: what is closed to Guest is so whatever it is asked."""
	asked = set()
	for call in requests:
		if call.name not in names or call.name not in asked:
			asked.add(call.name)
			yield call


def test_many_functions_are_looked_at(swept, figure):
	figure("leak sweep", swept.figure)
	assert swept.functions > 150
	assert len(swept.requests) > 1000


def test_what_is_left_out_is_there():
	"""A reason for something that has gone would hide what took its place."""
	names = list(whitelisted())
	for left_out in LEFT_OUT:
		assert any(name.startswith(left_out) for name in names), left_out


def test_strangers_see_no_marker(swept):
	assert not swept.leaks, "\n".join(swept.leaks)


def test_strangers_change_nothing(swept):
	assert not swept.changed, "\n".join(swept.changed)


def test_the_same_requests_of_those_who_may_read_show_every_marker(swept, victim, http):
	"""Kabag Hukum reads the victim and what is said about it; what was deleted is Administrator's to see."""
	unseen = set(victim.markers)
	for user, password, places in (
		(KABAG, build.PASSWORD, set(PLACES) - {"deleted"}),
		("Administrator", os.environ["P2HAM_ADMIN_PASSWORD"], {"deleted"}),
	):
		client = http(user, password)
		for call in swept.requests:
			if unseen.isdisjoint(places):
				break
			unseen -= shown(victim, call, ask(client, call, user))
	assert not unseen
