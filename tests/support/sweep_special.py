"""What some functions are asked beside what their parameters say: arguments that only together mean something."""

from __future__ import annotations

from sweep_victim import KABAG, OTHER_UNIT, PERIOD, UNIT, Victim


def special(victim: Victim) -> dict[str, list[dict]]:
	"""Return what some functions are asked as well, because they want more than the names of their parameters say."""
	file, item, assessment = victim.target("File"), victim.target("P2HAM Assessment Item"), victim.assessment
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
		"frappe.desk.reportview.delete_items": [
			{"doctype": target.doctype, "items": [target.name]} for target in victim.targets
		],
		"frappe.desk.reportview.export_query": exported,
		"frappe.desk.reportview.get": [*listed, joined],
		"frappe.desk.reportview.get_count": listed,
		"frappe.desk.reportview.get_list": [*listed, joined],
		"frappe.desk.search.get_link_title": own,
		"frappe.email.relink": [
			{
				"name": victim.target("Communication").name,
				"reference_doctype": "User",
				"reference_name": "{me}",
			}
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


def made_up(victim: Victim) -> list[tuple[str, dict]]:
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
