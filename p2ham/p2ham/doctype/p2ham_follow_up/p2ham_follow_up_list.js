frappe.listview_settings["P2HAM Follow-up"] = {
	add_fields: ["status", "due_date", "progress"],

	get_indicator(doc) {
		const unfinished = ["Open", "In Progress"].includes(doc.status);
		if (unfinished && doc.due_date && doc.due_date < frappe.datetime.get_today()) {
			return [__("Overdue"), "red", `due_date,<,${frappe.datetime.get_today()}|status,!=,Closed`];
		}
		const colour = { Open: "orange", "In Progress": "blue", Completed: "green", Closed: "gray" }[
			doc.status
		];
		return [__(doc.status), colour || "gray", `status,=,${doc.status}`];
	},
};
