frappe.listview_settings["P2HAM OPD"] = {
	add_fields: ["is_active", "opd_type"],

	get_indicator(doc) {
		return doc.is_active
			? [__("Active"), "green", "is_active,=,1"]
			: [__("Inactive"), "gray", "is_active,=,0"];
	},
};
