"""A sweep over every whitelisted function that can be told the name of a document: does any of them show an
assessment, its evidence, its history or what was said about it to somebody it is not for, or change it?

A victim is built in the demo regency, with a random word (a marker) in each of its texts. Then every function is
called over HTTP as several people who may not see the victim. No answer may hold a marker, and afterwards the victim
must be what it was. The same calls by Kabag Hukum, who may read it all, must bring every marker to light: a sweep that
cannot see would pass as well.

The functions are found by importing Frappe and the app, so a function of a later version is looked at without anybody
adding it here. What a function is asked follows from the names of its parameters (`arguments`); the few that want
something special stand in `SPECIAL`, those that are not called, with the reason, in `LEFT_OUT`.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import inspect
import io
import json
import pkgutil
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import frappe
import pypdf
import pytest

from p2ham.demo import build
from p2ham.demo import factories as make

PERIOD, UNIT, ABOVE = "P2HAM-2024", "RSP PENDOPO", "DINKES"
PACKAGES = ("frappe", "p2ham")
# Parts of the packages that no site loads: tests, one-time patches, the command line.
NOT_SERVED = {"tests", "patches", "commands", "test_runner", "testing", "deprecation_dumpster", "demo"}

# Functions that are not called, and why. Without a dot at the end a whole name, with one the beginning of names.
LEFT_OUT = {
	"frappe.core.doctype.submission_queue.": "hands work to a background worker",
	"frappe.core.doctype.data_import.data_import.form_start_import": "hands work to a background worker",
	"frappe.core.doctype.prepared_report.prepared_report.make_prepared_report": "hands work to a background worker",
	"frappe.core.doctype.recorder.": "switches a recorder of all requests on",
	"frappe.core.doctype.rq_job.": "stops jobs of the whole bench",
	"frappe.core.doctype.scheduled_job_type.": "runs jobs of the scheduler",
	"frappe.core.doctype.sms_settings.": "sends messages to telephones",
	"frappe.core.doctype.user.user.": "passwords, keys and sessions; names users, not documents",
	"frappe.core.report.database_storage_usage_by_tables.": "optimizes tables, which locks them",
	"frappe.custom.doctype.customize_form.customize_form.get_orphaned_columns": "columns of a table, no rows",
	"frappe.desk.page.setup_wizard.": "sets the site up anew",
	"frappe.desk.page.backups.": "makes backups in the background",
	"frappe.email.doctype.email_account.": "talks to mail servers",
	"frappe.email.doctype.email_group.": "mailing lists of the site's own, of no document",
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
	"frappe.client.get_js": "sends files of the source",
}

# Names of parameters that can name a document of ours, by what they want of a victim (see `arguments`).
DOCTYPE_NAMES = (
	"doctype dt reference_doctype ref_doctype reference_dt reminder_doctype for_doctype doctype_name goal_doctype "
	"child_type _doctype reference"
).split()
DOCUMENT_NAMES = (
	"docname name dn doc_name reference_name reference_docname reference_doc ref_name reminder_docname document "
	"old_name old source_name assessment evidence older communication event article notification note dn "
	"from_version to_version reply_name topic_name file_name page_name project_name article"
).split()
NAME_LISTS = "docnames names source_names items reports queues".split()
OTHER_NAMES = (
	"doc docs parent filters fields txt text query search_term file_url fid files file_list report_name "
	"reference_report chart chart_name args data board_name path label comment content web_form web_form_name "
	"dashboard_name page template template_name html url tag period routes"
).split()
NAMING = {*DOCTYPE_NAMES, *DOCUMENT_NAMES, *NAME_LISTS, *OTHER_NAMES}

# Functions that read the request itself and name no parameter, or need none to show something.
READ_THE_REQUEST = (
	"frappe.desk.reportview.get",
	"frappe.desk.reportview.get_list",
	"frappe.desk.reportview.get_count",
	"frappe.desk.reportview.export_query",
	"frappe.desk.reportview.delete_items",
	"frappe.desk.query_report.export_query",
	"frappe.desk.form.utils.remove_attach",
	"frappe.desk.treeview.add_node",
	"frappe.handler.upload_file",
	"frappe.desk.notifications.get_notifications",
	"frappe.desk.doctype.notification_log.notification_log.get_notification_logs",
	"frappe.desk.doctype.notification_settings.notification_settings.get_subscribed_documents",
	"frappe.desk.doctype.route_history.route_history.frequently_visited_links",
	"frappe.core.api.file.get_files_in_folder",
)


@dataclass(frozen=True)
class Target:
	"""A record that belongs to the victim: `field` is a text of it, `parent` the DocType whose row it is."""

	doctype: str
	name: str
	field: str
	parent: str = ""


@dataclass
class Victim:
	"""What the sweep is after: the markers by where they stand, a word that stands beside each of them and that
	searches may be given, and the records."""

	word: str
	markers: dict[str, str]
	assessment: str = ""
	cancelled: str = ""
	file_url: str = ""
	file_path: Path = Path()
	targets: list[Target] = field(default_factory=list)

	def text(self, marker: str) -> str:
		return f"{self.word} {self.markers[marker]}"


@dataclass(frozen=True)
class Call:
	"""One request: `function` says whose it is, for the report."""

	function: str
	verb: str
	path: str
	data: dict

	def __str__(self):
		return f"{self.function} {json.dumps(self.data, default=str)[:400]}"


# Functions


def whitelisted() -> dict[str, Callable]:
	"""Return every whitelisted function by its dotted name, after importing all that a site could serve."""
	for package in PACKAGES:
		root = importlib.import_module(package)
		for module in pkgutil.walk_packages(root.__path__, f"{package}.", onerror=lambda name: None):
			parts = set(module.name.split("."))
			if parts & NOT_SERVED or any(part.startswith("test_") for part in parts):
				continue
			with contextlib.suppress(Exception):  # what cannot be imported cannot be called either
				importlib.import_module(module.name)
	return {f"{found.__module__}.{found.__qualname__}": found for found in frappe.whitelisted}


def left_out(name: str) -> bool:
	return any(name == other or (other.endswith(".") and name.startswith(other)) for other in LEFT_OUT)


def looked_at(functions: dict[str, Callable]) -> list[str]:
	"""Return the functions that can be told the name of a document; methods of documents are called through
	their documents (`document_methods`)."""
	found = []
	for name, function in functions.items():
		module = function.__module__
		if name != f"{module}.{function.__name__}" or left_out(name):
			continue
		if name in READ_THE_REQUEST or NAMING.intersection(inspect.signature(function).parameters):
			found.append(name)
	return sorted(found)


def document_methods(functions: dict[str, Callable]) -> list[str]:
	"""Return the names of methods that every document has and a client may call."""
	beginning = "frappe.model.document.Document."
	return sorted(name[len(beginning) :] for name in functions if name.startswith(beginning))


# What each is asked


def arguments(victim: Victim, target: Target) -> dict:
	"""Return a value for every name of a parameter that can name a document, all about one record."""
	doctype, name = target.doctype, target.name
	one = {"doctype": doctype, "name": name}
	return {
		**dict.fromkeys(DOCTYPE_NAMES, doctype),
		**dict.fromkeys(DOCUMENT_NAMES, name),
		**dict.fromkeys(NAME_LISTS, [name]),
		"parent_doctype": target.parent or doctype,
		"parent": target.parent,
		"doc": {**one, target.field: "changed"},
		"docs": [{**one, "docname": name, target.field: "changed"}],
		"args": {**one, "assign_to": [], "description": "x", "fieldname": target.field},
		"data": {target.field: "changed"},
		"fieldname": target.field,
		"field": target.field,
		"value": "changed",
		"values": {target.field: "changed"},
		"fields": ["*"],
		"fields_list": ["*"],
		"filters": {"name": name},
		"current_filters": [[doctype, "name", "=", name]],
		"export_filters": {"name": name},
		"export_fields": {doctype: ["name", target.field]},
		"export_records": "all",
		"select_columns": {doctype: ["name", target.field]},
		"with_data": 1,
		"stats": ["_user_tags", target.field],
		"txt": victim.word,
		"text": victim.word,
		"query": victim.word,
		"search_term": victim.word,
		"tag": victim.word,
		"tags": [victim.word],
		"searchfield": target.field,
		"search_field": target.field,
		"filter_fields": [target.field],
		"as_dict": 1,
		"start": 0,
		"limit_start": 0,
		"page_len": 50,
		"page_length": 50,
		"limit_page_length": 0,
		"limit": 50,
		"file_url": victim.file_url,
		"fid": name,
		"files": [name],
		"file_list": [one],
		"report_name": "P2HAM Scoreboard",
		"reference_report": "P2HAM Scoreboard",
		"period": PERIOD,
		"path": victim.file_url,
		"action": "Submit",
		"start_date": "2024-01-01",
		"end": "2034-01-01",
		"from_date": "2024-01-01",
		"to_date": "2034-01-01",
		"field_map": {"start": "creation", "end": "modified", "title": target.field, "id": "name"},
		"merge": 0,
		"new": "changed",
		"new_name": "changed",
		"title": "changed",
		"content": "changed",
		"comment": "changed",
		"comment_email": "x@empatlawang.example",
		"comment_by": "x",
		"route": "/changed",
		"user": frappe.db.get_value("P2HAM Officer", {"duty": "Kabag Hukum"}, "user"),
		"assign_to": "verifikator@empatlawang.example",
		"perm_type": "read",
		"permission_to": "read",
		"like": 1,
		"add": "Yes",
		"print_format": "Standard",
		"format": "Standard",
		"method": "frappe.client.get",
		"workflow_state_field": "workflow_state",
		"states": ["Submitted", "Draft", "Cancelled"],
		"items": [name],
		"sort_field": "modified",
		"prev": 0,
		"reason": "x",
		"remind_at": "2034-01-01 00:00:00",
		"description": "x",
		"current_state": "Submitted",
		"frequency": "Daily",
	}


def special(victim: Victim) -> dict[str, list[dict]]:
	"""Return, for functions that want something special, sets of arguments that are asked as well; they add to
	what the names of the parameters give, about the assessment."""
	assessment, item = victim.assessment, "P2HAM Assessment Item"
	mine = {"filters": [["P2HAM Assessment", "name", "=", assessment]]}
	columns = [
		"`tabP2HAM Assessment`.`name`",
		"`tabP2HAM Assessment`.`return_note`",
		f"`tab{item}`.`self_note`",
		f"`tab{item}`.`verified_note`",
	]
	report_view = [
		{"doctype": target.doctype, "fields": ["*"], "filters": [[target.doctype, "name", "=", target.name]]}
		for target in victim.targets
	] + [
		{"doctype": "P2HAM Assessment", "fields": columns, **mine},
		{
			"doctype": item,
			"parent_doctype": "P2HAM Assessment",
			"parent": "P2HAM Assessment",
			"fields": ["*"],
			"filters": [[item, "parent", "=", assessment]],
		},
	]
	export = [
		{**request, "file_format_type": "CSV", "title": "x", "view": "Report"} for request in report_view
	]
	reports = [
		{
			"report_name": report,
			"file_format_type": "CSV",
			"filters": {
				"period": PERIOD,
				"doctype": target.doctype,
				"docname": target.name,
				"user": "kabag.hukum@empatlawang.example",
				"ref_doctype": target.doctype,
				"from_date": "2024-01-01",
				"to_date": "2034-01-01",
			},
		}
		for report in frappe.get_all(
			"Report",
			filters={"report_type": ("in", ("Script Report", "Query Report")), "disabled": 0},
			pluck="name",
			order_by="name",
		)
		for target in victim.targets[:1]
	]
	chart = {
		"chart_type": "Group By",
		"group_by_type": "Count",
		"document_type": "P2HAM Assessment",
		"group_by_based_on": "return_note",
		"filters_json": "[]",
		"type": "Bar",
		"timeseries": 0,
	}
	dotted = ["name", "items.self_note", "items.verified_note", "evidence_uses.evidence", "return_note"]
	return {
		"frappe.desk.reportview.get": report_view,
		"frappe.desk.reportview.get_list": report_view,
		"frappe.desk.reportview.get_count": report_view,
		"frappe.desk.reportview.export_query": export,
		"frappe.desk.reportview.delete_items": [
			{"doctype": target.doctype, "items": [target.name]} for target in victim.targets
		],
		"frappe.desk.query_report.run": [{**report, "ignore_prepared_report": 1} for report in reports],
		"frappe.desk.query_report.export_query": reports,
		"frappe.desk.form.utils.remove_attach": [
			{"fid": target.name, "dt": "P2HAM Evidence", "dn": target.name}
			for target in victim.targets
			if target.doctype == "File"
		],
		"frappe.handler.upload_file": [
			{"file_url": victim.file_url, "file_name": "x.pdf", "is_private": 0},
			{"file_url": victim.file_url, "file_name": "x.pdf", "is_private": 1},
			{"library_file_name": next(t.name for t in victim.targets if t.doctype == "File")},
		],
		"frappe.client.get_list": [
			{"doctype": "P2HAM Assessment", "fields": dotted, "filters": {"name": assessment}},
			{
				"doctype": "P2HAM Evidence Use",
				"parent": "P2HAM Assessment",
				"fields": ["name", "evidence.title", "evidence.file"],
			},
			{
				"doctype": "P2HAM Assessment Log",
				"fields": ["name", "assessment.return_note", "assessment.review_note"],
			},
		],
		"frappe.client.get": [
			{"doctype": "P2HAM Assessment", "filters": {"workflow_state": "Submitted", "opd": UNIT}}
		],
		"frappe.client.get_value": [
			{"doctype": target.doctype, "fieldname": ["*"], "filters": {"name": target.name}}
			for target in victim.targets
		],
		"frappe.client.validate_link": [
			{"doctype": target.doctype, "docname": target.name, "fields": ["name", target.field]}
			for target in victim.targets
		],
		"frappe.client.set_value": [
			{"doctype": "File", "name": target.name, "fieldname": "is_private", "value": 0}
			for target in victim.targets
			if target.doctype == "File"
		],
		"frappe.client.insert": [
			{
				"doc": {
					"doctype": "File",
					"file_url": victim.file_url,
					"is_private": private,
					"file_name": "x.pdf",
				}
			}
			for private in (0, 1)
		],
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": [
			{"chart": chart, "filters": [], "refresh": 1},
			{"chart": {**chart, "document_type": "P2HAM Evidence", "group_by_based_on": "title"}, "filters": []},
		],
		"frappe.desk.form.save.savedocs": [
			{"doc": {"doctype": target.doctype, "name": target.name, target.field: "changed"}, "action": action}
			for target in victim.targets
			for action in ("Save", "Submit", "Cancel", "Update")
		],
		"frappe.desk.form.save.cancel": [{"doctype": "P2HAM Assessment", "name": assessment}],
		"frappe.desk.form.load.get_docinfo": [
			{"doctype": target.doctype, "name": target.name} for target in victim.targets
		],
		"frappe.www.printview.get_html_and_style": [
			{"doc": target.doctype, "name": target.name} for target in victim.targets
		],
		"frappe.www.printview.get_rendered_raw_commands": [
			{"doc": target.doctype, "name": target.name} for target in victim.targets
		],
		"frappe.core.api.file.zip_files": [
			{"files": [target.name]} for target in victim.targets if target.doctype == "File"
		],
		"frappe.core.api.file.get_files_in_folder": [
			{"folder": folder, "start": 0, "page_length": 500} for folder in ("Home", "Home/Attachments")
		],
		"frappe.model.workflow.get_transitions": [{"doc": {"doctype": "P2HAM Assessment", "name": assessment}}],
		"frappe.utils.diff.version_query": [
			{
				"doctype": "Version",
				"txt": "",
				"filters": {"docname": assessment, "ref_doctype": "P2HAM Assessment"},
			}
		],
		"frappe.desk.doctype.tag.tag.get_documents_for_tag": [{"tag": victim.word}],
		"p2ham.api.assessment.compare": [{"name": assessment, "older": victim.cancelled}],
		"p2ham.api.assessment.take_step": [
			{"name": assessment, "action": action, "note": "x"} for action in ("Return", "Review", "Approve")
		],
	}


# DocTypes without a table of their own, whose methods take the name of a document, as the desk sends them.
def tools(victim: Victim) -> list[tuple[str, dict]]:
	assessment = {"doctype": "P2HAM Assessment", "document": victim.assessment}
	return [
		("compare_document", {"doctype": "Audit Trail", "doctype_name": "P2HAM Assessment", **{
			"document": victim.assessment}}),
		("debug", {"doctype": "Permission Inspector", "ref_doctype": "P2HAM Assessment", "docname": assessment[
			"document"], "user": "kabag.hukum@empatlawang.example", "permission_type": "read"}),
		("fetch_to_customize", {"doctype": "Customize Form", "doc_type": "P2HAM Assessment"}),
		("bulk_update", {"doctype": "Bulk Update", "document_type": "P2HAM Assessment", "field": "return_note",
			"update_value": "changed", "condition": f"name = '{victim.assessment}'", "limit": 10}),
		("optimize_file", {"doctype": "File", "__islocal": 1, "name": "new-file", "file_name": "x.png",
			"file_url": victim.file_url, "is_private": 1}),
	]


def calls(victim: Victim, functions: dict[str, Callable]) -> Iterator[Call]:
	"""Every request of the sweep, in a fixed order."""
	by_target = [arguments(victim, target) for target in victim.targets]
	specials = special(victim)
	for name in looked_at(functions):
		wanted = inspect.signature(functions[name]).parameters
		verbs = frappe.allowed_http_methods_for_whitelisted_func[functions[name]]
		verb = "POST" if "POST" in verbs else verbs[0]
		asked = []
		if name not in READ_THE_REQUEST:
			everything = any(one.kind == one.VAR_KEYWORD for one in wanted.values())
			asked += [
				{key: value for key, value in values.items() if key in wanted or (everything and key in (
					"doctype", "name", "filters", "txt"))}
				for values in by_target
			]
			asked += [
				{**{key: value for key, value in by_target[0].items() if key in wanted}, **extra}
				for extra in specials.get(name, [])
			]
		else:
			asked += specials.get(name, [{}])
		seen = set()
		for data in asked:
			key = json.dumps(data, sort_keys=True)
			if key not in seen:
				seen.add(key)
				yield Call(name, verb, f"/api/method/{name}", data)
	yield from addresses(victim)
	for target in victim.targets:
		for method in document_methods(functions):
			args = {"text": "changed", "name": "changed", "reason": "x"}
			yield Call(
				f"{target.doctype}.{method}",
				"POST",
				"/api/method/run_doc_method",
				{"dt": target.doctype, "dn": target.name, "method": method, "args": args},
			)
			yield Call(
				f"{target.doctype}.{method}",
				"POST",
				f"/api/v2/document/{target.doctype}/{target.name}/method/{method}",
				args,
			)
	for method, doc in tools(victim):
		for key in ("docs", "document"):
			version = "/api/method/" if key == "docs" else "/api/v2/method/"
			yield Call(
				f"{doc['doctype']}.{method}",
				"POST",
				f"{version}run_doc_method",
				{"method": method, key: doc},
			)


def addresses(victim: Victim) -> Iterator[Call]:
	"""Requests that are no function: REST in both versions, pages, and files."""
	for target in victim.targets:
		doctype, name = target.doctype, target.name
		own = json.dumps([["name", "=", name]])
		for verb, path, data in (
			("GET", f"/api/resource/{doctype}/{name}", {}),
			("GET", f"/api/resource/{doctype}", {"fields": '["*"]', "filters": own, "parent": target.parent}),
			("GET", f"/api/v2/document/{doctype}/{name}/", {}),
			("GET", f"/api/v2/document/{doctype}", {"fields": '["*"]', "filters": own, "parent": target.parent}),
			("GET", f"/api/v2/doctype/{doctype}/count", {"filters": own}),
			("PUT", f"/api/resource/{doctype}/{name}", {target.field: "changed"}),
			("PATCH", f"/api/v2/document/{doctype}/{name}/", {target.field: "changed"}),
			("DELETE", f"/api/resource/{doctype}/{name}", {}),
			("DELETE", f"/api/v2/document/{doctype}/{name}/", {}),
			("GET", "/printview", {"doctype": doctype, "name": name}),
			("GET", "/list", {"doctype": doctype}),
			("GET", f"/app/{frappe.scrub(doctype).replace('_', '-')}/{name}", {}),
		):
			yield Call(f"{verb} {path}", verb, path, data)
	yield Call("the file's address", "GET", victim.file_url, {})
	yield Call("the file's public address", "GET", victim.file_url.replace("/private", ""), {})
	yield Call("/search", "GET", "/search", {"q": victim.word})


# The victim


@contextlib.contextmanager
def kept_site() -> Iterator[None]:
	"""Put every row and every file of the site back to what it was. The sweep may do a lot that is allowed:
	boards, charts, tags and settings of the callers' own."""
	before = {table: _rows(table) for table in _tables()}
	files = _stored_files()
	try:
		yield
	finally:
		frappe.db.rollback()
		for table in _tables():
			now = _rows(table)
			if now == before.get(table, []):
				continue
			frappe.db.sql(f"delete from `{table}`")
			for row in before.get(table, []):
				names = ", ".join(f"`{column}`" for column in row)
				places = ", ".join(["%s"] * len(row))
				frappe.db.sql(f"insert into `{table}` ({names}) values ({places})", tuple(row.values()))
		frappe.db.commit()
		for path in _stored_files() - files:
			path.unlink()
		frappe.clear_cache()


def _tables() -> list[str]:
	# Sessions stay: other tests are logged in. What does not begin so belongs to the database itself.
	return [
		table
		for table in frappe.db.get_tables(cached=False)
		if table.startswith(("tab", "__")) and table != "tabSessions"
	]


def _rows(table: str) -> list[dict]:
	return frappe.db.sql(f"select * from `{table}`", as_dict=True)


def _stored_files() -> set[Path]:
	folders = (Path(frappe.get_site_path("private", "files")), Path(frappe.get_site_path("public", "files")))
	return {path.resolve() for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def victim(demo_site) -> Iterator[Victim]:
	with kept_site():
		found = make_victim(lambda duty, opd="": build.officer(demo_site, duty, opd))
		frappe.db.commit()
		yield found


def make_victim(people: Callable) -> Victim:
	"""An assessment that was approved, cancelled, started again, reviewed and returned by Sekda, with evidence,
	comments, an e-mail, an assignment and a deleted evidence; every text of it carries a marker."""
	places = (
		"note replaced_note cancelled_note verified_note review_note return_note cancel_note title file_name "
		"file_content link comment notification email assignment deleted"
	)
	victim = Victim(
		word=f"kata{secrets.token_hex(5)}",
		markers={place: f"tanda{secrets.token_hex(6)}" for place in places.split()},
	)
	clerk, kabag, sekda = people("OPD Clerk", ABOVE), people("Kabag Hukum"), people("Sekda")
	with make.acting_as(clerk):
		first = make.create_assessment(PERIOD, UNIT)
		make.fill(first)
		first.items[0].self_note = victim.text("cancelled_note")
		make.attach_needed_evidence(first)
		name = f"{victim.word}-{victim.markers['file_name']}.pdf"
		content = make.make_pdf([victim.text("file_content")])
		evidence = _evidence(UNIT, victim.text("title"), make.upload(name, content))
		first.append("evidence_uses", {"indicator": first.items[0].indicator, "evidence": evidence})
		first.save()
		make.take_step(first.name, "Submit")
	_verify_and_review(victim, first.name, people)
	with make.acting_as(sekda):
		make.take_step(first.name, "Approve")
		make.take_step(first.name, "Cancel", victim.text("cancel_note"))
	with make.acting_as(clerk):
		doc = frappe.copy_doc(frappe.get_doc("P2HAM Assessment", first.name))
		doc.docstatus, doc.amended_from = 0, first.name
		doc.items[0].self_note = victim.text("replaced_note")
		doc.insert()
		doc.items[0].self_note = victim.text("note")
		doc.save()
		link = frappe.get_doc(
			{
				"doctype": "P2HAM Evidence",
				"title": victim.word,
				"opd": UNIT,
				"kind": "Link",
				"url": f"https://example.go.id/{victim.word}/{victim.markers['link']}",
			}
		).insert()
		doc.append("evidence_uses", {"indicator": doc.items[0].indicator, "evidence": link.name})
		doc.save()
		frappe.delete_doc("P2HAM Evidence", make.create_evidence(UNIT, victim.text("deleted"), "Link"))
		make.take_step(doc.name, "Submit")
	_verify_and_review(victim, doc.name, people)
	with make.acting_as(sekda):
		make.take_step(doc.name, "Return", victim.text("return_note"))
	with make.acting_as(kabag):
		doc = frappe.get_doc("P2HAM Assessment", doc.name)
		comment = doc.add_comment("Comment", victim.text("comment"))
		notice = frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",  # of which Frappe sends no e-mail
				"for_user": kabag,
				"subject": victim.text("notification"),
				"document_type": doc.doctype,
				"document_name": doc.name,
			}
		).insert(ignore_permissions=True)
		email = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Sent",
				"subject": victim.word,
				"content": victim.text("email"),
				"reference_doctype": doc.doctype,
				"reference_name": doc.name,
				"recipients": "kanwil@example.com",
			}
		).insert(ignore_permissions=True)
		todo = frappe.get_doc(
			{
				"doctype": "ToDo",
				"description": victim.text("assignment"),
				"reference_type": doc.doctype,
				"reference_name": doc.name,
				"allocated_to": people("P2HAM Verifier"),
				"assigned_by": kabag,
			}
		).insert(ignore_permissions=True)
	victim.assessment, victim.cancelled = doc.name, first.name
	file = frappe.get_doc("File", {"attached_to_name": evidence})
	victim.file_url, victim.file_path = file.file_url, Path(file.get_full_path())
	victim.targets = [
		Target("P2HAM Assessment", doc.name, "return_note"),
		Target("P2HAM Assessment", first.name, "cancel_note"),
		Target("P2HAM Evidence", evidence, "title"),
		Target("P2HAM Evidence", link.name, "url"),
		Target("File", file.name, "file_name"),
		Target("P2HAM Assessment Log", _last("P2HAM Assessment Log", assessment=doc.name), "note"),
		Target("P2HAM Assessment Item", doc.items[0].name, "self_note", "P2HAM Assessment"),
		Target("P2HAM Evidence Use", doc.evidence_uses[-1].name, "note", "P2HAM Assessment"),
		*(
			Target("Version", version, "data")
			for version in frappe.get_all(
				"Version",
				filters={"docname": doc.name, "data": ("like", f"%{victim.word}%")},
				pluck="name",
				order_by="creation",
			)
		),
		Target("Comment", comment.name, "content"),
		Target("Communication", email.name, "content"),
		Target("ToDo", todo.name, "description"),
		Target("Notification Log", notice.name, "subject"),
		Target("Deleted Document", _last("Deleted Document", data=("like", f"%{victim.markers['deleted']}%")), "data"),
	]
	return victim


def _evidence(opd: str, title: str, file_url: str) -> str:
	values = {"title": title, "opd": opd, "kind": "File", "file": file_url}
	return frappe.get_doc({"doctype": "P2HAM Evidence", **values}).insert().name


def _last(doctype: str, **filters) -> str:
	return frappe.get_all(doctype, filters=filters, pluck="name", order_by="creation desc", limit=1)[0]


def _verify_and_review(victim: Victim, name: str, people: Callable) -> None:
	with make.acting_as(people("P2HAM Verifier")):
		doc = frappe.get_doc("P2HAM Assessment", name)
		make.verify(doc)
		doc.items[0].verified_note = victim.text("verified_note")
		doc.save()
	with make.acting_as(people("Kabag Hukum")):
		make.take_step(name, "Review", victim.text("review_note"))


def state_of(victim: Victim) -> dict:
	"""Return all that a call might have changed of the victim, and who was given anything of it."""
	frappe.db.rollback()
	found = {"file on disk": victim.file_path.read_bytes() if victim.file_path.exists() else None}
	names = [target.name for target in victim.targets]
	for target in victim.targets:
		found[f"{target.doctype} {target.name}"] = frappe.db.get_value(
			target.doctype, target.name, "*", as_dict=True
		)
	for doctype, filters in (
		("P2HAM Assessment Item", {"parent": ("in", names)}),
		("P2HAM Assessment Score", {"parent": ("in", names)}),
		("P2HAM Evidence Use", {"parent": ("in", names)}),
		("P2HAM Assessment Log", {"assessment": ("in", names)}),
		("P2HAM Evidence", {"opd": UNIT}),
		("File", {"file_url": victim.file_url}),
		("File", {"attached_to_doctype": "P2HAM Evidence"}),
		("File", {"attached_to_doctype": "P2HAM Assessment"}),
		("Version", {"docname": ("in", names)}),
		("Comment", {"reference_name": ("in", names)}),
		("Communication", {"reference_name": ("in", names)}),
		("ToDo", {"reference_name": ("in", names)}),
		("DocShare", {"share_name": ("in", names)}),
		("Document Follow", {"ref_docname": ("in", names)}),
		("Document Share Key", {"reference_docname": ("in", names)}),
		("Tag Link", {"document_name": ("in", names)}),
		("Property Setter", {"doc_type": ("like", "P2HAM%")}),
		("Custom DocPerm", {"parent": ("like", "P2HAM%")}),
	):
		rows = frappe.get_all(doctype, filters=filters, fields=["*"], order_by="name")
		found[f"{doctype} {filters}"] = {row.name: row for row in rows}
	return found


def differences(before: dict, after: dict) -> list[str]:
	"""Name each value that is not what it was."""
	found = []
	for key, old in before.items():
		new = after[key]
		if old == new:
			continue
		if not isinstance(old, dict) or not isinstance(new, dict):
			found.append(f"{key}: gone or changed")
			continue
		for part in sorted({*old, *new}, key=str):
			if old.get(part) != new.get(part):
				found.append(f"{key} {part}: {str(old.get(part))[:300]} -> {str(new.get(part))[:300]}")
	return found


# Calling


def ask(client, call: Call):
	"""Send a request as the desk does: a form, with everything that is not plain as JSON."""
	data = {
		key: value if isinstance(value, str) else json.dumps(value)
		for key, value in call.data.items()
		if value is not None
	}
	if call.verb in ("GET", "DELETE"):
		return client.request(call.verb, call.path, params=data, allow_redirects=False)
	return client.request(call.verb, call.path, data=data, allow_redirects=False)


def readable(response) -> str:
	"""Return what an answer says, whatever it is wrapped in."""
	return "\n".join([*response.headers.values(), *_unpacked(response.content)])


def _unpacked(content: bytes) -> Iterator[str]:
	yield content.decode("utf-8", "replace")
	if content.startswith(b"%PDF"):
		with contextlib.suppress(Exception):
			yield from (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
	if content.startswith(b"PK"):
		with zipfile.ZipFile(io.BytesIO(content)) as packed:
			for name in packed.namelist():
				yield name
				yield from _unpacked(packed.read(name))


def shown(victim: Victim, call: Call, text: str) -> set[str]:
	"""Return the markers that an answer shows; one that the request itself names proves nothing."""
	asked = f"{call.path} {json.dumps(call.data)}"
	return {
		place
		for place, marker in victim.markers.items()
		if marker not in asked and any(form in text for form in _forms(marker))
	}


def _forms(marker: str) -> list[str]:
	"""A marker as it is, and as it looks inside base64, which depends on where it begins."""
	encoded = [base64.b64encode(b"x" * shift + marker.encode()).decode() for shift in range(3)]
	return [marker, encoded[0][:-4], encoded[1][4:-4], encoded[2][4:-4]]


@dataclass
class Swept:
	"""What came out: `leaks` by who, call and markers; `changed` what was not as before; `seen` by Kabag Hukum."""

	functions: int = 0
	calls: int = 0
	leaks: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
	changed: dict[str, list[str]] = field(default_factory=dict)
	seen: set[str] = field(default_factory=set)


def callers(people: Callable, manager: str) -> dict[str, str | None]:
	"""People to whom the victim is nothing: by what they are, their logins."""
	alone = make.create_user("uji.sistem@empatlawang.example", "Uji Sistem", build.PASSWORD, ("System Manager",))
	former = make.create_user("uji.kabag@empatlawang.example", "Uji Kabag", build.PASSWORD, ("Kabag Hukum",))
	frappe.db.commit()
	return {
		"clerk of another OPD": people("OPD Clerk", "DINSOS"),
		"System Manager without a duty": alone,
		"P2HAM Manager": manager,
		"role Kabag Hukum without the duty": former,
		"Guest": None,
	}


@pytest.fixture(scope="module")
def swept(victim, http, demo_site) -> Swept:
	people = lambda duty, opd="": build.officer(demo_site, duty, opd)  # noqa: E731
	functions = whitelisted()
	requests = list(calls(victim, functions))
	found = Swept(functions=len(looked_at(functions)), calls=len(requests))
	begin = time.monotonic()
	for who, user in callers(people, demo_site["manager"]["user"]).items():
		before = state_of(victim)
		client = http(user)
		for call in requests:
			markers = shown(victim, call, readable(ask(client, call)))
			if markers:
				found.leaks.append((who, str(call), tuple(sorted(markers))))
		found.changed[who] = differences(before, state_of(victim))
	kabag = http(people("Kabag Hukum"))
	for call in requests:
		found.seen |= shown(victim, call, readable(ask(kabag, call)))
	print(
		f"\n{found.functions} functions looked at, {found.calls} calls each by {len(found.changed)} people and "
		f"Kabag Hukum, {time.monotonic() - begin:.0f} s"
	)
	return found


def test_many_functions_are_looked_at(swept):
	assert swept.functions > 150
	assert swept.calls > 1000


def test_kabag_hukum_sees_every_marker(swept, victim):
	assert swept.seen == set(victim.markers)


def test_nobody_else_sees_one(swept):
	assert not swept.leaks, "\n".join(f"{who}: {call}\n    shows {markers}" for who, call, markers in swept.leaks)


def test_nobody_else_changes_anything(swept):
	changed = {who: lines for who, lines in swept.changed.items() if lines}
	assert not changed, json.dumps(changed, indent=1)


def test_what_is_left_out_exists(swept):
	"""A reason for something that is not there any more would hide what took its place."""
	names = list(whitelisted())
	for beginning in LEFT_OUT:
		assert any(name.startswith(beginning) for name in names), beginning
