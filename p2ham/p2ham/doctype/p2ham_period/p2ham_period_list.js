frappe.listview_settings["P2HAM Period"] = {
	add_fields: ["status", "fill_until"],

	get_indicator(doc) {
		const colour = { Draft: "gray", Open: "green", Closed: "blue" }[doc.status] || "gray";
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
