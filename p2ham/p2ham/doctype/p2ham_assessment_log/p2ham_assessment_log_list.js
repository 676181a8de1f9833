// The steps themselves write the log: nothing here can be added or changed.
frappe.listview_settings["P2HAM Assessment Log"] = {
	hide_name_column: true,

	onload(list) {
		list.can_create = false;
		list.page.clear_primary_action();
	},

	refresh(list) {
		list.page.clear_primary_action();
	},

	formatters: {
		action: (value) => frappe.utils.escape_html(__(value)),
		to_state: (value) => frappe.utils.escape_html(__(value)),
		duty: (value) => frappe.utils.escape_html(__(value)),
	},
};
