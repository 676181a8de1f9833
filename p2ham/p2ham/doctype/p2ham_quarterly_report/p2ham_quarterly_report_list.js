frappe.listview_settings["P2HAM Quarterly Report"] = {
	add_fields: ["status"],

	get_indicator(doc) {
		const colour = { Draft: "orange", Sent: "green" }[doc.status];
		return [__(doc.status), colour || "gray", `status,=,${doc.status}`];
	},
};
