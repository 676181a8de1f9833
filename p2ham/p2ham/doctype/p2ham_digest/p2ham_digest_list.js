// The scheduler writes digests: nothing here can be added or changed.
frappe.listview_settings["P2HAM Digest"] = {
	hide_name_column: true,

	onload(list) {
		list.can_create = false;
		list.page.clear_primary_action();
	},

	refresh(list) {
		list.page.clear_primary_action();
	},
};
