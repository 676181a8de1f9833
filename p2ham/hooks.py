"""What p2ham tells Frappe about itself."""

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
app_include_css = ["/assets/p2ham/css/p2ham.css"]
doctype_js = {
	"P2HAM Assessment": ["public/js/assessment_worksheet.js", "public/js/assessment_comparison.js"],
	"P2HAM Instrument": ["public/js/instrument_structure.js", "public/js/instrument_import.js"],
	"P2HAM Criterion": "public/js/instrument_part.js",
	"P2HAM Indicator": "public/js/instrument_part.js",
}
doctype_list_js = {"P2HAM Instrument": "public/js/instrument_import.js"}
jinja = {"methods": ["p2ham.documents.assessment_sheet.assessment_sheet"]}

# Access: one condition for lists, documents, reports and files (p2ham/access/scope.py)
_scope_condition = "p2ham.access.scope.permission_query_conditions"
_scope_permission = "p2ham.access.scope.has_permission"
_scoped = (
	"P2HAM OPD",
	"P2HAM Assessment",
	"P2HAM Evidence",
	"P2HAM Assessment Log",
	"P2HAM OPD Type",
	"P2HAM Answer Scale",
	"P2HAM Instrument",
	"P2HAM Criterion",
	"P2HAM Indicator",
	"P2HAM Period",
)
_scoped_rows = (
	"P2HAM Assessment Item",
	"P2HAM Assessment Score",
	"P2HAM Evidence Use",
	"P2HAM Period Participant",
)
permission_query_conditions = {
	**dict.fromkeys((*_scoped, *_scoped_rows), _scope_condition),
	"File": "p2ham.access.files.permission_query_conditions",
}
has_permission = {
	**dict.fromkeys(_scoped, _scope_permission),
	"File": "p2ham.access.files.has_permission",
}

# Rows that no REST call may change or delete without their document (a test compares the list)
_rows = (
	*_scoped_rows,
	"P2HAM Evidence Slot",
	"P2HAM Indicator OPD Type",
	"P2HAM Indicator Predecessor",
	"P2HAM Scale Option",
	"P2HAM Threshold",
)
_row_alone = "p2ham.access.guard.refuse_row_alone"
_no_docstatus = "p2ham.access.guard.refuse_docstatus"

# Frappe counts without looking at anybody's rights; for our DocTypes it counts what the user may see.
override_whitelisted_methods = {"frappe.client.get_count": "p2ham.access.counting.get_count"}

doc_events = {
	"File": {
		"before_insert": "p2ham.access.files.before_insert",
		"validate": "p2ham.access.files.validate",
		"on_trash": "p2ham.access.files.on_trash",
	},
	"DocShare": {"validate": "p2ham.access.scope.refuse_share"},
	**{
		doctype: {"before_submit": _no_docstatus, "before_cancel": _no_docstatus}
		for doctype in _scoped
		if doctype != "P2HAM Assessment"
	},
	**{rows: {"before_validate": _row_alone, "on_trash": _row_alone} for rows in _rows},
}

scheduler_events = {"daily": ["p2ham.tasks.daily"]}

export_python_type_annotations = True
require_type_annotated_api_methods = True
