"""What p2ham tells Frappe about itself. Which DocTypes there are, and what holds for each, stands in `access/policies.py`."""

from p2ham.access import policies as _policies

app_name = "p2ham"
app_title = "P2HAM"
app_publisher = "p2ham contributors"
app_description = "Human-rights-based public services (P2HAM), assessed in a regency"
app_email = "p2ham@example.com"
app_license = "mit"

add_to_apps_screen = [
	{
		"name": "p2ham",
		"logo": "/assets/p2ham/images/p2ham.svg",
		"title": "P2HAM",
		"route": "/app/p2ham",
		"has_permission": "p2ham.access.duties.has_app_permission",
	}
]
app_logo_url = "/assets/p2ham/images/p2ham.svg"

# Setup
before_install = "p2ham.setup.version.check"
after_install = "p2ham.setup.install.after_install"
after_sync = "p2ham.setup.install.after_sync"
after_migrate = "p2ham.setup.install.after_migrate"
before_uninstall = "p2ham.setup.uninstall.before_uninstall"
fixtures = [{"dt": "Workflow", "filters": [["name", "=", "P2HAM Assessment"]]}]

# Desk
app_include_js = "p2ham_desk.bundle.js"
app_include_css = "p2ham_desk.bundle.css"
extend_bootinfo = "p2ham.setup.boot.extend"
calendars = ["P2HAM Period"]
jinja = {"methods": ["p2ham.documents.catalogue.p2ham_document"]}

# For everybody: does a printed document still say what was approved?
page_renderer = ["p2ham.documents.public_page.VerificationPage"]

# Access: one condition for lists, documents, reports and files (p2ham/access/scope.py)
_scope_condition = "p2ham.access.scope.permission_query_conditions"
_scope_permission = "p2ham.access.scope.has_permission"
permission_query_conditions = {
	**dict.fromkeys((*_policies.SCOPED, *_policies.PARENTS), _scope_condition),
	**dict.fromkeys(_policies.TRACES, "p2ham.access.traces.permission_query_conditions"),
	"File": "p2ham.access.files.permission_query_conditions",
	"Prepared Report": "p2ham.access.prepared_reports.permission_query_conditions",
}
has_permission = {
	**dict.fromkeys(_policies.SCOPED, _scope_permission),
	**dict.fromkeys(_policies.TRACES, "p2ham.access.traces.has_permission"),
	"Audit Trail": "p2ham.access.traces.may_compare",
	"File": "p2ham.access.files.has_permission",
	"Prepared Report": "p2ham.access.prepared_reports.has_permission",
}

_row_alone = "p2ham.access.guard.refuse_row_alone"
_no_docstatus = "p2ham.access.guard.refuse_docstatus"
_keeps_name = "p2ham.access.guard.refuse_rename"
_before_print = ["p2ham.access.printing.before_print", "p2ham.documents.print_rights.show_text_as_text"]
# Every request to Frappe's generic doors is read before it is answered (p2ham/access/gate.py)
auth_hooks = ["p2ham.access.gate.check"]
# What no grammar can mend: functions of Frappe that show or change a document without asking for the right to it. Behind
# each, the versions in which it was seen; the gate makes them count at each of a function's addresses, and a migration
# names those that are not there any more (p2ham/access/replaced_functions.py).
override_whitelisted_methods = {
	"frappe.client.get_count": "p2ham.access.overrides.get_count",  # 15.45; 16.4 asks
	"frappe.client.validate_link": "p2ham.access.overrides.validate_link",  # 15.45; 16.4 has another
	"frappe.client.get_password": "p2ham.access.overrides.get_password",  # 15.45, 16.4
	"frappe.core.api.file.unzip_file": "p2ham.access.overrides.unzip_file",  # 15.45, 16.4
	"frappe.core.api.file.zip_files": "p2ham.access.overrides.zip_files",  # 15.45, 16.4
	"frappe.desk.doctype.dashboard_chart.dashboard_chart.get": "p2ham.access.overrides.get_chart",  # 15.45, 16.4
	"frappe.desk.doctype.notification_log.notification_log.mark_as_read": "p2ham.access.overrides.mark_as_read",  # 15.45, 16.4
	"frappe.desk.form.linked_with.get_submitted_linked_docs": "p2ham.access.overrides.get_submitted_linked_docs",  # 15.45, 16.4
	"frappe.desk.form.load.getdoc": "p2ham.access.overrides.getdoc",  # 15.45, 16.4: titles of what is linked
	"frappe.desk.like.toggle_like": "p2ham.access.overrides.toggle_like",  # 15.45, 16.4
	"frappe.desk.listview.get_group_by_count": "p2ham.access.overrides.get_group_by_count",  # 15.45; 16.4 asks
	"frappe.desk.search.get_link_title": "p2ham.access.overrides.get_link_title",  # 15.45, 16.4
	"frappe.email.relink": "p2ham.access.overrides.relink",  # 15.45, 16.4
	"frappe.utils.global_search.search": "p2ham.access.overrides.search",  # 15.45, 16.4
}

# What no hook is asked for: downloads, files that come in by other documents, reports prepared for another
override_doctype_class = {
	"File": "p2ham.access.file_class.GuardedFile",
	"Prepared Report": "p2ham.access.prepared_reports.GuardedPreparedReport",
	"Access Log": "p2ham.access.technical_logs.GuardedAccessLog",
	"Auto Email Report": "p2ham.access.exports.GuardedAutoEmailReport",
}

# In spreadsheets text stays text
after_request = ["p2ham.access.exports.after_request"]

_clean_json = "p2ham.access.cleaning.clean_json"
doc_events = {
	# Before rules look, and again for what controllers have made of it
	"*": {"before_validate": _clean_json, "before_save": _clean_json},
	"File": {
		"before_insert": "p2ham.access.files.before_insert",
		"before_validate": "p2ham.access.files.validate",
		"validate": "p2ham.access.files.validate",
	},
	"Error Log": {"before_insert": "p2ham.access.technical_logs.clean_error_log"},
	"DocShare": {"validate": "p2ham.access.scope.refuse_share"},
	"Document Share Key": {"before_insert": "p2ham.access.traces.refuse_print_key"},
	"Document Follow": {"validate": "p2ham.access.traces.refuse_follower"},
	**{doctype: {"validate": "p2ham.access.others_desk.refuse"} for doctype in _policies.SHOWN_TO_OTHERS},
	"Kanban Board": {
		"before_insert": "p2ham.access.others_desk.make_board_private",
		"validate": ["p2ham.access.others_desk.refuse", "p2ham.access.gate.check_stored_names"],
	},
	"Comment": {
		"before_insert": "p2ham.access.traces.check_comment",
		"validate": "p2ham.access.traces.keep_author",
	},
	"Communication": {
		"before_validate": "p2ham.access.traces.check_mail",
		"validate": "p2ham.access.traces.check_mail",
	},
	"Communication Link": {"before_validate": "p2ham.access.traces.refuse_link_alone"},
	"ToDo": {"validate": "p2ham.access.traces.refuse_assignment"},
	"Auto Email Report": {
		"validate": [
			"p2ham.access.traces.refuse_report_of_another",
			"p2ham.access.gate.check_mailed_report",
		]
	},
	"Version": {
		"before_insert": "p2ham.access.traces.refuse_forged_version",
		"validate": "p2ham.access.traces.refuse_changed_version",
		"on_trash": "p2ham.access.traces.refuse_changed_version",
	},
	"OAuth Bearer Token": {"validate": "p2ham.notices.keys.watch_token"},
	"Property Setter": {"validate": "p2ham.access.traces.keep_tracking"},
	"DocType": {"validate": "p2ham.access.traces.keep_tracking_in_doctype"},
	# What Frappe puts into queries later is read as it is stored
	"Number Card": {"validate": "p2ham.access.gate.check_stored_names"},
	"Dashboard Chart": {"validate": "p2ham.access.gate.check_stored_names"},
	"Report": {"validate": "p2ham.access.gate.check_stored_report"},
	**{doctype: {"before_rename": _keeps_name} for doctype in _policies.WITH_WORDS},
	"Workflow": {"validate": "p2ham.access.guard.refuse_mail_links", "before_rename": _keeps_name},
	"User": {
		"before_validate": "p2ham.notices.keys.watch_user",
		"validate": "p2ham.access.roles.keep",
		"before_rename": "p2ham.access.roles.refuse_rename",
	},
	**{
		policy.doctype: {
			"before_print": _before_print,
			**({} if policy.renamed else {"before_rename": _keeps_name}),
			**({} if policy.submitted else {"before_submit": _no_docstatus, "before_cancel": _no_docstatus}),
		}
		for policy in _policies.POLICIES
	},
	# A row has an address of its own too
	**{
		rows: {"before_validate": _row_alone, "on_trash": _row_alone, "before_print": _before_print}
		for rows in _policies.PARENTS
	},
}

# Terms begin and end at midnight of the site, without anybody saving
on_session_creation = "p2ham.access.roles.sync_session"
scheduler_events = {
	"hourly": ["p2ham.tasks.hourly"],
	"daily": ["p2ham.tasks.daily"],
	"daily_long": ["p2ham.tasks.daily_long"],
}

global_search_doctypes = {
	"Default": [{"doctype": policy.doctype} for policy in _policies.POLICIES if policy.searched]
}

export_python_type_annotations = True
require_type_annotated_api_methods = True
