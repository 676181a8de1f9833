// Copies are added on the form of the assessment.
frappe.listview_settings["P2HAM Signed Copy"] = {
	hide_name_column: true,

	onload(list) {
		list.can_create = false;
		list.page.clear_primary_action();
	},

	refresh(list) {
		list.page.clear_primary_action();
	},
};
