frappe.listview_settings["P2HAM Guidance"] = {
	add_fields: ["status"],

	get_indicator(doc) {
		const colour = {
			Requested: "orange",
			Accepted: "yellow",
			Scheduled: "blue",
			Held: "green",
			Cancelled: "gray",
		}[doc.status];
		return [__(doc.status), colour || "gray", `status,=,${doc.status}`];
	},
};
