"""Doors of Frappe that show documents without asking for the right to each of them, set right for ours.

`hooks.py` puts them in the place of Frappe's own (override_whitelisted_methods).
"""

import datetime
import inspect
from collections import Counter

import frappe
from frappe import client, email
from frappe.core.api import file as file_api
from frappe.desk import like, listview, reportview
from frappe.desk import search as desk_search
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.notification_log import notification_log
from frappe.desk.form import linked_with
from frappe.desk.form import load as form_load
from frappe.utils import cint, flt, get_datetime, getdate, global_search, nowdate

from p2ham.access import download_log, policies, printing, scope
from p2ham.access import files as file_rules
from p2ham.access.policies import TRACES


@frappe.whitelist()
def get_count(
	doctype: str, filters: dict | list | str | None = None, debug: bool = False, cache: bool = False
) -> int:
	"""Count documents like frappe.client.get_count; of P2HAM's DocTypes, and of what Frappe keeps about
	their documents and files, only those the user may see: who counts by hash or name finds out what others have.

	Raises frappe.PermissionError where the user may not read the DocType at all.
	"""
	if doctype not in (*policies.SCOPED, *policies.PARENTS, *TRACES, "File"):
		return client.get_count(doctype, filters, debug, cache)
	return _count_listed(doctype, frappe.parse_json(filters) if isinstance(filters, str) else filters)


def _count_listed(doctype: str, filters: dict | list | None) -> int:
	"""Count in SQL what the user's list of a DocType holds, the way the list itself counts: Frappe 15 counts with
	SQL in a field, which 16 refuses, and each keeps its own way behind this function, which reads the request."""
	asked = frappe.local.form_dict
	frappe.local.form_dict = frappe._dict(
		doctype=doctype,
		filters=filters,
		parent_doctype=policies.PARENTS.get(doctype),
		distinct=True,  # filters by rows of a table find a document once for each row
		save_user_settings="false",  # what is counted is not what the user looks at
	)
	try:
		return reportview.get_count()
	finally:
		frappe.local.form_dict = asked


@frappe.whitelist()
def validate_link(doctype: str, docname: str, fields: list | str | None = None) -> dict:
	"""Say whether a document exists like frappe.client.validate_link; of ours only those the user may see."""
	if doctype in policies.SCOPED and not scope.covers(doctype, docname):
		return frappe._dict(name=None)
	if not hasattr(client, "validate_link"):  # Frappe 16 asks its search instead, which keeps to the scope
		raise frappe.DoesNotExistError
	return client.validate_link(doctype, docname, fields)


@frappe.whitelist()
def search(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list:
	"""Search like frappe.utils.global_search.search, and leave out what the user may not see, files and
	what Frappe keeps about documents too."""
	found, asked = global_search.search(text, start, limit, doctype), {*TRACES, "File"}
	for scoped in {row.doctype for row in found}.intersection(policies.SCOPED):
		seen = scope.seen(scoped, [row.name for row in found if row.doctype == scoped])
		found = [row for row in found if row.doctype != scoped or row.name in seen]
	return [
		row
		for row in found
		if row.doctype not in asked or frappe.has_permission(row.doctype, "read", row.name)
	]


@frappe.whitelist()
def get_link_title(doctype: str, docname: str) -> str | None:
	"""Give the title of a document like frappe.desk.search.get_link_title; of ours only where it may be seen."""
	if doctype in policies.SCOPED and not scope.covers(doctype, docname):
		return docname
	return desk_search.get_link_title(doctype, docname)


@frappe.whitelist()
def getdoc(doctype: str, name: str) -> list | None:
	"""Load a form like frappe.desk.form.load.getdoc, which sends the titles of all linked documents along; those of
	ours only where they may be seen."""
	answer = form_load.getdoc(doctype, name)
	if titles := frappe.local.response.get("_link_titles"):
		frappe.local.response["_link_titles"] = printing.shown(titles)
	return answer


@frappe.whitelist()
def get_password(doctype: str, name: str, fieldname: str) -> str | None:
	"""Give a password like frappe.client.get_password, which would give any other field as well.

	Raises frappe.PermissionError for a field that is no password.
	"""
	field = frappe.get_meta(doctype).get_field(fieldname)
	if not field or field.fieldtype != "Password":
		raise frappe.PermissionError
	return client.get_password(doctype, name, fieldname)


@frappe.whitelist()
def unzip_file(name: str) -> list:
	"""Unpack a file like frappe.core.api.file.unzip_file, which deletes it, asks for no right and tells its name.

	Raises frappe.PermissionError for a file of ours that the user may not change.
	"""
	file = frappe.get_doc("File", name)
	if file_rules.is_ours(file.file_url):
		file.check_permission("write")
	return file_api.unzip_file(name)


@frappe.whitelist()
def zip_files(files: str | list) -> None:
	"""Pack files like frappe.core.api.file.zip_files, which asks neither the document nor the log; those of ours
	that the user may read, each noted where it shows citizens."""
	names = frappe.parse_json(files) if isinstance(files, str) else files
	records = [frappe.get_doc("File", name) for name in names if isinstance(name, str)]
	allowed = [file for file in records if file_rules.has_permission(file, "read") is not False]
	for file in allowed:
		download_log.note(file)
	file_api.zip_files(frappe.as_json([file.name for file in allowed]))


@frappe.whitelist(methods=["POST"])
def toggle_like(doctype: str, name: str, add: str | bool = False) -> None:
	"""Like a document as frappe.desk.like.toggle_like does; one of ours only who may read it, and no row or entry.

	Raises frappe.PermissionError.
	"""
	if doctype in policies.PARENTS or doctype in policies.WRITTEN_BY_STEPS:
		raise frappe.PermissionError
	if doctype in policies.SCOPED or doctype in TRACES or doctype == "File":
		frappe.get_doc(doctype, name).check_permission("read")
	like.toggle_like(doctype, name, add)


@frappe.whitelist(methods=["POST"])
def relink(name: str, reference_doctype: str | None = None, reference_name: str | None = None) -> None:
	"""Move a mail to another document as frappe.email.relink does, which would take it out of any document and so
	out of its protection. Raises frappe.PermissionError where a document of ours loses or gets it.
	"""
	about = frappe.db.get_value("Communication", name, "reference_doctype")
	if {about, reference_doctype}.intersection(policies.SCOPED):
		raise frappe.PermissionError
	email.relink(name, reference_doctype, reference_name)


@frappe.whitelist()
def get_submitted_linked_docs(doctype: str, name: str) -> dict:
	"""Name what hangs on a document like frappe.desk.form.linked_with.get_submitted_linked_docs; of ours only what
	the user may see."""
	found = linked_with.get_submitted_linked_docs(doctype, name)
	docs = found["docs"]
	for scoped in {row["doctype"] for row in docs}.intersection(policies.SCOPED):
		seen = scope.seen(scoped, [row["name"] for row in docs if row["doctype"] == scoped])
		docs = [row for row in docs if row["doctype"] != scoped or row["name"] in seen]
	return {"docs": docs, "count": len(docs)}


@frappe.whitelist()
def mark_as_read(docname: str) -> None:
	"""Mark a notification as read like Frappe does, one's own only. Raises frappe.PermissionError."""
	if docname and frappe.db.get_value("Notification Log", docname, "for_user") != frappe.session.user:
		raise frappe.PermissionError
	notification_log.mark_as_read(docname)


@frappe.whitelist()
def get_group_by_count(doctype: str, current_filters: str, field: str) -> list[dict]:
	"""Count by a field like frappe.desk.listview.get_group_by_count, which asks for no right when it counts by
	assignee; of ours only what the user may see."""
	if doctype not in policies.SCOPED or field != "assigned_to":
		return listview.get_group_by_count(doctype, current_filters, field)
	names = frappe.get_list(
		doctype,
		filters=frappe.parse_json(current_filters),
		pluck="name",
		limit_page_length=0,
		order_by="name",
	)
	users = frappe.get_all(
		"ToDo",
		filters={"reference_type": doctype, "reference_name": ("in", [*names, ""]), "status": "Open"},
		pluck="allocated_to",
		order_by="allocated_to",
	)
	return [{"name": user, "count": count} for user, count in Counter(users).most_common(50)]


@frappe.whitelist()
def get_chart(
	chart_name: str | None = None,
	chart: str | dict | None = None,
	no_cache: str | int | bool | None = None,
	filters: str | list | dict | None = None,
	from_date: str | None = None,
	to_date: str | None = None,
	timespan: str | None = None,
	time_interval: str | None = None,
	heatmap_year: str | int | None = None,
	refresh: str | int | bool | None = None,
) -> dict | None:
	"""Draw a chart like frappe.desk.doctype.dashboard_chart.dashboard_chart.get, which counts a heat map without asking
	for any right, and takes what the cache holds under a chart's name, whoever it is for (Frappe 15.45 and 16.4 put
	nothing there themselves). One about documents of ours is drawn from what the user may see.

	Raises frappe.PermissionError where the user may not read the DocType at all.
	"""
	given: dict = {"filters": filters, "from_date": from_date, "to_date": to_date, "timespan": timespan}
	given |= {"time_interval": time_interval, "heatmap_year": heatmap_year}
	wanted = frappe.get_doc("Dashboard Chart", chart_name) if chart_name else _definition(chart)
	ours = {*policies.SCOPED, *policies.PARENTS, *TRACES, "File", "Prepared Report"}
	if not ours.intersection({wanted.document_type, wanted.parent_document_type}):
		return dashboard_chart.get(
			chart_name=chart_name, chart=chart, no_cache=no_cache, refresh=refresh, **given
		)
	if wanted.type == "Heatmap" and wanted.chart_type != "Group By":
		return _heatmap(wanted, filters, heatmap_year)
	# What Frappe wraps into its cache, and there asks the lists of the user.
	return inspect.unwrap(dashboard_chart.get)(chart_name=chart_name, chart=chart, **given)


def _definition(chart: str | dict | None) -> frappe._dict:
	return frappe._dict(frappe.parse_json(chart) or {})


def _heatmap(chart, filters: str | list | dict | None, heatmap_year: str | int | None) -> dict:
	"""Count or add up by day like Frappe, which asks for no right here."""
	year = cint(heatmap_year or chart.heatmap_year) or getdate(nowdate()).year
	limits = frappe.parse_json(filters) or frappe.parse_json(chart.filters_json) or []
	if isinstance(limits, dict):
		limits = [[chart.document_type, field, "=", value] for field, value in limits.items()]
	limits = [limit[:4] for limit in limits] + [
		[chart.document_type, "docstatus", "<", 2],
		[chart.document_type, chart.based_on, ">=", f"{year}-01-01"],
		[chart.document_type, chart.based_on, "<", f"{year + 1}-01-01"],
	]
	value = chart.value_based_on if chart.chart_type != "Count" else None
	days: dict[datetime.date, list[float]] = {}
	for row in frappe.get_list(
		chart.document_type,
		fields=["name", chart.based_on, *([value] if value else [])],
		filters=limits,
		parent_doctype=chart.parent_document_type,
		limit_page_length=0,
		order_by=chart.based_on,
	):
		days.setdefault(getdate(row[chart.based_on]), []).append(flt(row[value]) if value else 1)
	mean = chart.chart_type == "Average"
	return {
		"labels": [],
		"dataPoints": {
			int(get_datetime(day).timestamp()): sum(found) / (len(found) if mean else 1)
			for day, found in days.items()
		},
	}
