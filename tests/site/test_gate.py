"""The gate in front of Frappe's generic doors: what a request may say, asked over HTTP as people of the demo."""

import json

import frappe
import pytest

from p2ham.access import gate, overrides, replaced_functions, scope
from p2ham.demo import factories as make

CARD = "frappe.desk.doctype.number_card.number_card"
CHART = "frappe.desk.doctype.dashboard_chart.dashboard_chart"
SHEET, EVIDENCE, OPD, USES = "P2HAM Assessment", "P2HAM Evidence", "P2HAM OPD", "P2HAM Evidence Use"
# What reads anything, wherever it is put in the place of a field.
SUBQUERY = "lft)*0 + (select count(*) from tabSessions"
REFUSAL = r"not understood|not for you"
PHONE = "0702-7654321"


@pytest.fixture
def website_user(committed):
	user = make.create_user("uji.situs@empatlawang.example", "Uji Situs", "Rahasia-Situs-2024")
	frappe.db.set_value("User", user, "user_type", "Website User")
	frappe.db.commit()
	return user


@pytest.fixture
def clerk(http, people):
	return http(people("OPD Clerk", "DINSOS"))


@pytest.fixture
def observer(http, people):
	return http(people("P2HAM Observer"))


@pytest.fixture
def sekda(http, people):
	return http(people("Sekda"))


@pytest.fixture
def flagged(committed):
	"""A document that shows citizens, used in a sheet that the observer may read."""
	uses = frappe.qb.DocType(USES)
	sheet = frappe.qb.DocType(SHEET)
	found = (
		frappe.qb.from_(uses)
		.join(sheet)
		.on(uses.parent == sheet.name)
		.select(uses.evidence, uses.parent)
		.where(sheet.workflow_state == "Approved")
		.orderby(uses.name)
		.limit(1)
		.run(as_dict=True)[0]
	)
	committed(EVIDENCE, found.evidence, {"contains_personal_data": 1, "title": "Surat Rahasia Warga"})
	return found


def call(client, method, **values):
	return client.call(method, **values)


def refused(answer) -> bool:
	return 400 <= answer.status_code < 500


def rows(answer) -> list:
	assert answer.status_code == 200, answer.text
	return answer.json()["message"]


# Names of fields


@pytest.mark.quick
@pytest.mark.parametrize("doctype", (OPD, "ToDo", "DocType"))
def test_a_card_adds_up_fields_only(clerk, website_user, http, doctype):
	for client in (clerk, http(website_user, "Rahasia-Situs-2024")):
		for name in (SUBQUERY, "lft), sleep(0", "nothing_of_the_kind", "`tabSessions`.sid"):
			doc = {"document_type": doctype, "function": "Sum", "aggregate_function_based_on": name}
			answer = call(client, f"{CARD}.get_result", doc=json.dumps(doc), filters="[]")
			assert refused(answer), (name, answer.text)


def test_a_card_still_adds_up_a_field(sekda):
	doc = {"document_type": SHEET, "function": "Average", "aggregate_function_based_on": "self_score"}
	answer = call(sekda, f"{CARD}.get_result", doc=json.dumps(doc), filters="[]")
	assert rows(answer) > 0


@pytest.mark.parametrize(
	"chart",
	(
		{
			"chart_type": "Group By",
			"group_by_type": "Sum",
			"group_by_based_on": "opd_type",
			"aggregate_function_based_on": SUBQUERY,
		},
		{"chart_type": "Group By", "group_by_type": "Count", "group_by_based_on": f"({SUBQUERY})"},
		{"chart_type": "Sum", "based_on": "creation", "value_based_on": SUBQUERY, "timespan": "Last Year"},
		{"chart_type": "Sum", "based_on": SUBQUERY, "value_based_on": "lft", "timespan": "Last Year"},
		{"chart_type": "Sum", "type": "Heatmap", "based_on": "creation", "value_based_on": SUBQUERY},
	),
	ids=lambda chart: f"{chart['chart_type']} {chart.get('type', '')}",
)
def test_a_chart_goes_by_fields_only(clerk, website_user, http, chart):
	for client in (clerk, http(website_user, "Rahasia-Situs-2024")):
		for doctype in (OPD, "ToDo"):
			sent = {"document_type": doctype, "time_interval": "Monthly", "filters_json": "[]", **chart}
			for method in (f"{CHART}.get", "p2ham.access.overrides.get_chart"):
				assert refused(call(client, method, chart=json.dumps(sent)))


def test_no_card_or_chart_is_stored_that_adds_up_anything_else(clerk, committed):
	card = {"label": "Uji", "document_type": OPD, "function": "Sum", "aggregate_function_based_on": SUBQUERY}
	assert refused(call(clerk, f"{CARD}.create_number_card", args=json.dumps(card)))
	chart = {"chart_name": "Uji", "document_type": OPD, "chart_type": "Sum", "based_on": "creation"}
	chart |= {"value_based_on": SUBQUERY, "type": "Line", "timespan": "Last Year", "filters_json": "[]"}
	assert refused(call(clerk, f"{CHART}.create_dashboard_chart", args=json.dumps(chart)))


def test_a_card_that_was_stored_before_is_read_again(sekda, committed):
	card = frappe.get_doc(
		{
			"doctype": "Number Card",
			"label": "Uji Lama",
			"type": "Document Type",
			"document_type": OPD,
			"function": "Sum",
			"aggregate_function_based_on": "lft",
			"show_percentage_stats": 1,
			"stats_time_interval": "Daily",
			"filters_json": "[]",
		}
	).insert(ignore_permissions=True)
	committed("Number Card", card.name, {"aggregate_function_based_on": SUBQUERY})
	asked = {"doc": json.dumps({"name": card.name, "function": "Sum"}), "filters": "[]", "result": "1"}
	assert refused(call(sekda, f"{CARD}.get_percentage_difference", **asked))


def test_a_report_that_somebody_builds_asks_for_fields_only(clerk, committed):
	for built in (
		{"fields": [[SUBQUERY, OPD]]},
		{"fields": [["name", OPD]], "order_by": "(select 1)"},
		{"fields": [["name", OPD]], "filters": ["1=1) or (1=1"]},
		{"fields": [["title", EVIDENCE]]},
		{"columns": [{"doctype": EVIDENCE, "fieldname": "(select 1)"}]},
		{"fields": [["name", f"{OPD}`.`x"]]},
		{"fields": [["name", OPD]], "sort_by": f"{OPD}.(select 1)"},
		{"fields": [["name", OPD]], "sort_by": f"{OPD}.name", "sort_order": "desc, (select 1)"},
		{"fields": [["name", OPD]], "group_by": {"group_by": "(select 1)"}},
		{"fields": [["name", OPD]], "group_by": {"group_by": "name", "aggregate_function": "sleep"}},
	):
		answer = call(
			clerk,
			"frappe.desk.reportview.save_report",
			name="Uji",
			doctype=OPD,
			report_settings=json.dumps(built),
		)
		assert refused(answer), built


def test_nothing_else_is_stored_that_goes_into_a_query_later(people, as_user):
	as_user(people("P2HAM Verifier"))
	for doctype, values in (
		(
			"Number Card",
			{
				"label": "Uji",
				"type": "Document Type",
				"document_type": OPD,
				"function": "Sum",
				"aggregate_function_based_on": SUBQUERY,
				"filters_json": "[]",
			},
		),
		("Kanban Board", {"kanban_board_name": "Uji", "reference_doctype": OPD, "field_name": "opd_type.x"}),
		("Kanban Board", {"kanban_board_name": "Uji", "reference_doctype": OPD, "field_name": SUBQUERY}),
		(
			"Kanban Board",
			{
				"kanban_board_name": "Uji",
				"reference_doctype": OPD,
				"field_name": "opd_type",
				"filters": '["1=1"]',
			},
		),
		(
			"Dashboard Chart",
			{
				"chart_name": "Uji",
				"document_type": OPD,
				"based_on": "creation",
				"timespan": "Last Year",
				"filters_json": '[["opd_type.x", "=", 1]]',
			},
		),
	):
		with pytest.raises((frappe.ValidationError, frappe.PermissionError), match=REFUSAL):
			frappe.get_doc({"doctype": doctype, "columns": [], **values}).insert(ignore_permissions=True)


def test_a_mailed_report_has_conditions_on_fields_only(people, as_user):
	as_user(people("P2HAM Verifier"))
	built = {
		"fields": [["name", OPD], ["_aggregate_column", OPD]],
		"filters": [[OPD, "lft", ">", 0]],
		"order_by": f"`tab{OPD}`.`name` asc",
		"sort_by": f"{OPD}.modified",
		"sort_order": "desc",
		"group_by": {
			"group_by": f"`tab{OPD}`.`opd_type`",
			"aggregate_function": "count",
			"aggregate_on_doctype": OPD,
		},
	}
	report = frappe.get_doc(
		{
			"doctype": "Report",
			"report_name": "Uji Bangun",
			"ref_doctype": OPD,
			"report_type": "Report Builder",
			"json": json.dumps(built),
		}
	).insert(ignore_permissions=True)
	mailed = {
		"doctype": "Auto Email Report",
		"report": report.name,
		"user": frappe.session.user,
		"email_to": "x@example.com",
		"format": "CSV",
		"frequency": "Daily",
	}
	for filters in ('["1=1"]', '{"(select 1)": "x"}'):
		with pytest.raises((frappe.ValidationError, frappe.PermissionError), match=REFUSAL):
			frappe.get_doc({**mailed, "filters": filters}).insert(ignore_permissions=True)
	assert frappe.get_doc({**mailed, "filters": '{"lft": [">", 0]}'}).insert(ignore_permissions=True).name


LISTS = (
	("POST", "/api/method/frappe.client.get_list"),
	("POST", "/api/method/frappe.desk.reportview.get"),
	("POST", "/api/method/frappe.desk.reportview.get_list"),
	("POST", "/api/v2/method/frappe.client.get_list"),
	("GET", f"/api/resource/{OPD}"),
	("GET", f"/api/v1/resource/{OPD}"),
	("GET", f"/api/v2/document/{OPD}"),
)


def ask(client, verb, path, **values):
	values = values if verb == "GET" else {"doctype": OPD, **values}
	sent = {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}
	return client.request(verb, path, **{"params" if verb == "GET" else "data": sent})


@pytest.mark.parametrize(("verb", "path"), LISTS)
@pytest.mark.parametrize(
	"asked",
	(
		{"fields": [f"({SUBQUERY})"]},
		{"fields": [f"sum({SUBQUERY}) as x"]},
		{"fields": ["name", "sleep(0)"]},
		{"fields": ["`tabP2HAM Evidence`.`title`"]},
		{"fields": {"name": "x"}, "filters": ["name", "lft"]},
		{"fields": ["nothing_of_the_kind"]},
		{"filters": ["1=1) or (1=1"]},
		{"filters": [["parent_p2ham_opd.phone", "like", "%1%"]]},
		{"filters": {"ifnull(phone, '')": ["like", "%1%"]}},
		{"filters": [["P2HAM Evidence", "title", "like", "%a%"]]},
		{"or_filters": [["(select 1)", "=", "1"]]},
		{"filters": [["name", "= '' or 1=1 --", "x"]]},
		{"order_by": "(select 1)"},
		{"order_by": "if(1=1, name, lft)"},
		{"group_by": "name, (select 1)"},
	),
	ids=str,
)
def test_lists_are_asked_in_one_grammar(clerk, verb, path, asked):
	answer = ask(clerk, verb, path, **asked)
	reads = "resource" in path or "document" in path or "client" in path
	if reads and "fields" in asked and isinstance(asked["fields"], dict):
		assert answer.status_code >= 400
	else:
		assert refused(answer), answer.text[:300]


@pytest.mark.parametrize(("verb", "path"), LISTS)
def test_what_the_desk_asks_is_answered(clerk, verb, path):
	for asked in (
		{"fields": ["`tabP2HAM OPD`.`name`", "`tabP2HAM OPD`.`opd_name`", "lft"]},
		{"fields": ["*"]},
		{
			"fields": ["count(name) as number"],
			"group_by": "`tabP2HAM OPD`.`opd_type`",
			"order_by": "number desc",
		},
		{
			"filters": [[OPD, "name", "like", "%DIN%", False], ["lft", ">", 0]],
			"order_by": "`tabP2HAM OPD`.`modified` desc",
		},
		{"filters": {"name": ["in", ["DINSOS"]]}, "or_filters": [["name", "is", "set"]]},
	):
		if path.endswith("reportview.get_list") or path.endswith("reportview.get"):
			asked = {"fields": ["name"], **asked}
		answer = ask(clerk, verb, path, **asked)
		assert answer.status_code == 200, (asked, answer.text[:300])


def test_the_list_of_each_doctype_is_answered_to_each_duty(http, people, demo_site):
	"""With the titles of what is linked, as the desk's list asks for them; one that is not for the reader is left out."""
	answered = 0
	for user in (
		people("OPD Clerk", "DINSOS"),
		*map(people, ("P2HAM Verifier", "Sekda", "P2HAM Observer")),
		demo_site["manager"]["user"],
	):
		for doctype in frappe.get_all(
			"DocType", filters={"module": "P2HAM", "istable": 0, "issingle": 0}, pluck="name", order_by="name"
		):
			if not frappe.has_permission(doctype, "read", user=user):
				continue
			answer = call(http(user), "frappe.desk.reportview.get", doctype=doctype, **_list_of(doctype))
			assert answer.status_code == 200, (user, doctype, answer.text[:500])
			answered += 1
	assert answered > 50


def _list_of(doctype: str) -> dict:
	meta = frappe.get_meta(doctype)
	fields = [
		f"`tab{doctype}`.`{name}`"
		for name in ("name", "owner", "modified", "_assign", "_comments", "docstatus")
	]
	for field in meta.fields:
		if field.fieldtype not in frappe.model.no_value_fields:
			fields.append(f"`tab{doctype}`.`{field.fieldname}`")
		linked = frappe.get_meta(field.options) if field.fieldtype == "Link" else None
		if linked and linked.show_title_field_in_link:
			fields.append(f"{field.fieldname}.{linked.title_field} as {field.fieldname}_{linked.title_field}")
	return {
		"fields": json.dumps(fields),
		"filters": "[]",
		"order_by": f"`tab{doctype}`.`modified` desc",
		"start": 0,
		"page_length": 20,
		"view": "List",
		"group_by": "",
		"with_comment_count": 1,
	}


def test_other_doctypes_keep_their_lists_but_no_sql(clerk):
	todo = {"doctype": "ToDo", "fields": ["name", "count(name) as number", "date(creation) as day"]}
	todo |= {"group_by": "status", "order_by": "creation desc", "filters": {"status": "Open"}}
	assert call(clerk, "frappe.client.get_list", **todo).status_code == 200
	for asked in (
		{"fields": ["(select 1)"]},
		{"fields": ["sum((select sid from tabSessions limit 1))"]},
		{"filters": ["1=1) or (1=1"]},
		{"order_by": "sleep(0)"},
	):
		assert refused(call(clerk, "frappe.client.get_list", doctype="ToDo", **asked)), asked
		assert refused(call(clerk, "frappe.desk.search.search_widget", doctype="ToDo", txt="", **asked)) or (
			"filters" not in asked
		)


# Linked records


@pytest.mark.parametrize(
	"field", ("evidence.title", "evidence.title as evidence_title", "evidence.findings_text")
)
def test_a_title_of_a_linked_record_follows_the_right_to_it(observer, sekda, flagged, field):
	asked = {
		"doctype": USES,
		"parent": SHEET,
		"fields": ["name", "evidence", field],
		"filters": {"parent": flagged.parent},
		"limit_page_length": 0,
	}
	answer = call(observer, "frappe.client.get_list", **asked)
	assert refused(answer) or "Surat Rahasia Warga" not in answer.text
	if "findings" not in field:
		assert "Surat Rahasia Warga" in call(sekda, "frappe.client.get_list", **asked).text


def test_fields_of_a_linked_unit_are_for_who_sees_the_unit(clerk, sekda, committed):
	committed(OPD, "DINKES", {"phone": PHONE})
	committed(
		"P2HAM KKPHAM Result",
		frappe.get_all("P2HAM KKPHAM Result", pluck="name", order_by="name")[0],
		{"opd": "DINKES", "is_regency": 1},
	)
	for place in ("fields", "filters", "order_by", "group_by"):
		asked = {"doctype": "P2HAM KKPHAM Result", "fields": ["name"]}
		asked[place] = {
			"fields": ["name", "opd.phone"],
			"filters": [["opd.phone", "like", "0702-7%"]],
			"order_by": "opd.phone",
			"group_by": "opd.phone",
		}[place]
		assert refused(call(clerk, "frappe.client.get_list", **asked)), place
	shown = call(sekda, "frappe.client.get_list", doctype="P2HAM KKPHAM Result", fields=["opd.phone"])
	assert PHONE in shown.text


def test_a_clerk_still_reads_the_name_of_the_unit_beside_its_sheets(clerk):
	shown = rows(
		call(clerk, "frappe.client.get_list", doctype=SHEET, fields=["name", "opd.opd_name as opd_opd_name"])
	)
	assert shown and all(row["opd_opd_name"] for row in shown)


# Flags, names and functions


def test_a_flag_does_not_switch_the_scope_off(clerk, people, http, demo_site):
	hidden = frappe.get_all(SHEET, filters={"opd": "DISDIKBUD"}, pluck="name", order_by="name")[0]
	for client in (clerk, http(people("OPD Head", "DINSOS")), http(demo_site["manager"]["user"])):
		for method in ("search_link", "search_widget"):
			for flag in (1, "1", True, "true"):
				asked = {"doctype": SHEET, "txt": "", "ignore_user_permissions": flag, "page_length": 100}
				answer = call(client, f"frappe.desk.search.{method}", **asked)
				assert hidden not in answer.text
				answer = call(
					client, f"frappe.desk.search.{method}", **asked, filters={"opd": ["like", "DISDIK%"]}
				)
				assert hidden not in answer.text


def test_a_link_search_with_the_flag_still_finds_what_is_seen(clerk):
	asked = {"doctype": SHEET, "txt": "", "ignore_user_permissions": 1, "reference_doctype": SHEET}
	assert rows(call(clerk, "frappe.desk.search.search_link", **asked))


def test_a_document_is_not_found_out_by_a_condition(clerk, committed):
	"""frappe.client.get answers 403 where a hidden document meets a condition and 404 where none does."""
	hidden = frappe.get_all(EVIDENCE, filters={"opd": "DISDIKBUD"}, pluck="name", order_by="name")[0]
	committed(EVIDENCE, hidden, {"title": "Zamrud Tersembunyi"})
	answers = [
		call(clerk, "frappe.client.get", doctype=EVIDENCE, filters={"title": ["like", beginning]})
		for beginning in ("Zamrud%", "Yakut%")
	]
	assert len({(answer.status_code, answer.text.replace("Zamrud", "Yakut")) for answer in answers}) == 1
	for name in ({"title": ["like", "Zamrud%"]}, [["title", "like", "Zamrud%"]]):
		for method in ("get", "set_value", "delete", "get_value", "cancel"):
			asked = {"doctype": EVIDENCE, "name": name, "fieldname": "title", "value": "x"}
			assert refused(call(clerk, f"frappe.client.{method}", **asked)) or method == "get_value"


def test_what_frappe_keeps_of_ours_is_not_found_out_either(clerk):
	"""Versions and files hold texts and addresses of documents, and are asked by the same doors."""
	name = {"data": ["like", "%DISDIKBUD%"]}
	for method, asked in (
		("frappe.automation.doctype.auto_repeat.auto_repeat.make_auto_repeat", {"docname": name}),
		("frappe.client.attach_file", {"docname": name, "filename": "x", "docfield": "data"}),
		("frappe.client.get_doc_permissions", {"docname": name}),
		("frappe.core.doctype.deleted_document.deleted_document.restore", {"name": name}),
	):
		answers = {
			call(
				clerk, method, doctype="Version", **json.loads(json.dumps(asked).replace("DISDIKBUD", word))
			).status_code
			for word in ("DISDIKBUD", "nothing")
		}
		assert answers == {417}, method
	file = frappe.get_all(
		"File", filters={"attached_to_doctype": EVIDENCE}, fields=["name", "file_name"], order_by="name"
	)
	hidden = next(
		row for row in file if frappe.get_doc("File", row.name).attached_to_name in _evidence_of("DISDIKBUD")
	)
	asked = {"doctype": "File", "txt": "", "filter_fields": '["file_name"]', "filters": {"name": hidden.name}}
	asked |= {"ignore_user_permissions": 1, "reference_doctype": "File"}
	assert hidden.name not in call(clerk, "frappe.desk.search.search_widget", **asked).text
	for beginning in (hidden.file_name[:6], "zzz"):
		answer = call(
			clerk,
			"frappe.client.get",
			doctype="File",
			filters={"file_name": ["like", f"{beginning}%"], "name": hidden.name},
		)
		assert answer.status_code == 404


def _evidence_of(opd: str) -> list[str]:
	return frappe.get_all(EVIDENCE, filters={"opd": opd}, pluck="name", order_by="name")


def test_a_document_of_ones_own_is_found_by_a_condition(clerk):
	answer = call(clerk, "frappe.client.get", doctype=SHEET, filters={"opd": "DINSOS"})
	assert rows(answer)["opd"] == "DINSOS"


def test_functions_that_know_no_right_are_not_for_ours(sekda):
	asked = {"doctype": SHEET, "workflow_state_field": "workflow_state", "states": "[]"}
	answer = call(sekda, "frappe.workflow.doctype.workflow.workflow.get_workflow_state_count", **asked)
	assert answer.status_code == 403
	assert call(sekda, "frappe.utils.nestedset.rebuild_tree", doctype=OPD).status_code == 403


def test_a_guarded_function_is_guarded_at_each_of_its_addresses(clerk):
	"""frappe.client.validate_link answers wherever a module has imported it, and Frappe replaces it at one address."""
	import frappe.desk.calendar

	hidden = frappe.get_all(SHEET, filters={"opd": "DISDIKBUD"}, pluck="name", order_by="name")[0]
	frappe.desk.calendar.count_of_all = frappe.client.get_count
	try:
		seen = rows(call(clerk, "frappe.client.get_count", doctype=SHEET))
		alias = "frappe.desk.calendar.count_of_all"
		assert seen < frappe.db.count(SHEET)
		assert rows(call(clerk, alias, doctype=SHEET)) == seen
		assert rows(clerk.post("/api/method/x", json={"cmd": alias, "doctype": SHEET})) == seen
		assert clerk.post(f"/api/v2/method/{alias}", json={"doctype": SHEET}).json()["data"] == seen
		assert clerk.post("/api/v2/method/Version/nothing", json={"doctype": SHEET}).status_code >= 400
	finally:
		del frappe.desk.calendar.count_of_all
	assert hidden


def test_counting_brings_no_more_rows_the_more_there_are(people, monkeypatch):
	"""The database counts: of all the answers of a unit a single number comes back."""
	fetched, plain = [], frappe.db.sql

	def noting(*args, **kwargs):
		rows = plain(*args, **kwargs)
		fetched.append(len(rows) if isinstance(rows, list | tuple) else 0)
		return rows

	frappe.set_user(people("P2HAM Observer"))
	overrides.get_count("P2HAM Assessment Item")  # what is read once is in the caches then
	monkeypatch.setattr(frappe.db, "sql", noting)
	try:
		counted = overrides.get_count("P2HAM Assessment Item")
	finally:
		frappe.set_user("Administrator")
	assert max(fetched) < 20 < counted


def test_a_document_that_several_rows_find_is_counted_once(people):
	frappe.set_user(people("P2HAM Observer"))
	try:
		answered = [["P2HAM Assessment Item", "indicator", "is", "set"]]
		assert overrides.get_count(SHEET, answered) == len(frappe.get_list(SHEET, limit_page_length=0))
	finally:
		frappe.set_user("Administrator")


def test_a_guarded_function_is_not_called_through_another(clerk):
	asked = {"doctype": SHEET, "txt": "x", "query": "frappe.client.get_count"}
	assert call(clerk, "frappe.desk.search.search_link", **asked).status_code == 403
	asked = {"doctype": "ToDo", "txt": "x", "query": "frappe.desk.listview.get_group_by_count"}
	assert call(clerk, "frappe.desk.search.search_widget", **asked).status_code == 403
	answer = clerk.post(
		"/api/method/upload_file", data={"method": "frappe.client.get_count", "doctype": SHEET}
	)
	assert answer.status_code == 403


@pytest.mark.parametrize("version", ("resource", "v1/resource", "v2/document"))
def test_a_method_of_a_document_is_called_by_post(http, people, version):
	client = http(people("P2HAM Observer"))
	name = frappe.get_all(SHEET, filters={"workflow_state": "Approved"}, pluck="name", order_by="name")[0]
	before = frappe.db.count("Comment", {"reference_name": name})
	method = "/method/add_comment" if "v2" in version else "?run_method=add_comment"
	answer = client.get(f"/api/{version}/{SHEET}/{name}{method}", params={"text": "Diam-diam"})
	assert answer.status_code == 403
	asked = {"dt": SHEET, "dn": name, "method": "add_comment", "args": json.dumps({"text": "Diam-diam"})}
	assert client.get("/api/method/run_doc_method", params=asked).status_code == 403
	asked = {"method": "add_comment", "document": json.dumps({"doctype": SHEET, "name": name})}
	assert client.get("/api/v2/method/run_doc_method", params=asked).status_code == 403
	frappe.db.rollback()
	assert frappe.db.count("Comment", {"reference_name": name}) == before


def test_a_method_runs_on_no_record_that_the_client_made_his_own(clerk, people):
	hidden = next(
		row.name
		for row in frappe.get_all(
			"File",
			filters={"attached_to_doctype": EVIDENCE},
			fields=["name", "attached_to_name"],
			order_by="name",
		)
		if row.attached_to_name in _evidence_of("DISDIKBUD")
	)
	made_up = {
		"doctype": "File",
		"name": hidden,
		"owner": people("OPD Clerk", "DINSOS"),
		"file_name": "x",
		"is_private": 0,
	}
	args = {"text": "Diam-diam"}
	sent = {"method": "add_comment", "docs": json.dumps(made_up), "args": json.dumps(args)}
	assert clerk.post("/api/method/run_doc_method", data=sent).status_code == 403
	sent = {"method": "add_comment", "document": made_up, "kwargs": args}
	assert clerk.post("/api/v2/method/run_doc_method", json=sent).status_code == 403
	frappe.db.rollback()
	assert not frappe.db.exists("Comment", {"reference_name": hidden, "content": ["like", "%Diam-diam%"]})


# Printing


@pytest.mark.parametrize("form", ("Standard", "Lembar Penilaian P2HAM"))
def test_a_print_shows_no_title_that_is_not_for_the_reader(observer, sekda, flagged, form):
	for client, sees in ((observer, False), (sekda, form == "Standard")):
		asked = {"doc": SHEET, "name": flagged.parent, "print_format": form}
		html = rows(call(client, "frappe.www.printview.get_html_and_style", **asked))["html"]
		page = client.get("/printview", params={"doctype": SHEET, "name": flagged.parent, "format": form})
		assert page.status_code == 200
		for text in (html, page.text):
			assert ("Surat Rahasia Warga" in text) <= sees
		if sees:
			assert "Surat Rahasia Warga" in html


def test_a_row_printed_alone_shows_no_title_that_is_not_for_the_reader(observer, sekda, flagged):
	"""Every record has a page of its own at /DocType/name, rows too."""
	row = frappe.get_all(USES, filters=dict(flagged), pluck="name", order_by="name")[0]
	for client, sees in ((observer, False), (sekda, True)):
		page = client.get(f"/{USES}/{row}")
		assert ("Surat Rahasia Warga" in page.text) == sees, page.status_code
		made_up = {"doctype": USES, "name": row, "parent": flagged.parent, "evidence": flagged.evidence}
		html = call(client, "frappe.www.printview.get_html_and_style", doc=json.dumps(made_up)).text
		assert ("Surat Rahasia Warga" in html) <= sees


def test_a_document_that_the_client_made_up_is_not_printed(observer, flagged):
	"""Its rows name whatever evidence he likes, and Frappe writes the titles beside."""
	made_up = {
		"doctype": SHEET,
		"name": flagged.parent,
		"opd": "DINSOS",
		"docstatus": 1,
		"evidence": [{"doctype": USES, "evidence": flagged.evidence}],
		"items": [{"doctype": "P2HAM Assessment Item", "self_note": "Buatan"}],
	}
	asked = {"doc": json.dumps(made_up), "print_format": "Standard"}
	answer = call(observer, "frappe.www.printview.get_html_and_style", **asked)
	assert answer.status_code == 200
	assert "Surat Rahasia Warga" not in answer.text
	assert "Buatan" not in answer.text
	made_up["name"] = "tidak ada"
	answer = call(observer, "frappe.www.printview.get_html_and_style", doc=json.dumps(made_up))
	assert refused(answer)


# The gate itself


def test_every_doctype_of_ours_is_known_to_the_gate():
	names = frappe.get_all("DocType", filters={"module": "P2HAM"}, pluck="name", order_by="name")
	assert names and all(map(gate.is_ours, names))


def test_all_that_we_replace_is_there():
	assert list(replaced_functions.faults()) == []


def test_a_list_costs_no_query_more(as_user, people, queries):
	"""What the gate reads of a DocType is what Frappe reads of it anyway."""
	as_user(people("OPD Clerk", "DINSOS"))
	asked = {
		"doctype": SHEET,
		"fields": json.dumps(["name", "opd.opd_name as opd_opd_name", "self_score"]),
		"filters": json.dumps([[SHEET, "opd", "=", "DINSOS"]]),
		"order_by": "`tabP2HAM Assessment`.`modified` desc",
	}
	scope.for_user()
	frappe.get_meta(SHEET)
	call = gate.Call(frappe.get_attr("frappe.desk.reportview.get"), "frappe.desk.reportview.get", asked)
	gate.Reading(call).check()
	with queries() as run:
		gate.Reading(call).check()
	assert run == []
