frappe.listview_settings["P2HAM Preliminary Check"] = {
	add_fields: ["result"],

	get_indicator(doc) {
		const colour = { Qualified: "green", "Not Yet": "orange" }[doc.result] || "gray";
		return [__(doc.result || "To Be Checked"), colour, `result,=,${doc.result || ""}`];
	},
};
