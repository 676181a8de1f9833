frappe.listview_settings["P2HAM Officer"] = {
	add_fields: ["from_date", "to_date", "duty", "opd", "acting_prefix"],

	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (doc.to_date && doc.to_date < today) return [__("Ended"), "gray", `to_date,<,${today}`];
		if (doc.from_date > today) return [__("Future"), "blue", `from_date,>,${today}`];
		return [__("Current"), "green", `from_date,<=,${today}`];
	},

	formatters: {
		duty: (value) => frappe.utils.escape_html(__(value)),
	},
};
