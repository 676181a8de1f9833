frappe.listview_settings["P2HAM Instrument"] = {
	add_fields: ["status", "family"],

	get_indicator(doc) {
		const colour = { Draft: "orange", Active: "green", Retired: "gray" }[doc.status] || "gray";
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
