frappe.listview_settings["P2HAM Evidence"] = {
	add_fields: ["contains_personal_data", "valid_until", "kind"],

	get_indicator(doc) {
		if (doc.contains_personal_data) return [__("Personal Data"), "red", "contains_personal_data,=,1"];
		const today = frappe.datetime.get_today();
		if (doc.valid_until && doc.valid_until < today)
			return [__("Expired"), "orange", `valid_until,<,${today}`];
		return [__("Valid"), "green"];
	},
};
