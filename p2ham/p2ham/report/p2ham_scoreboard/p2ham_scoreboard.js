frappe.query_reports["P2HAM Scoreboard"] = {
	filters: [
		{
			fieldname: "period",
			label: __("Period"),
			fieldtype: "Link",
			options: "P2HAM Period",
		},
		{
			fieldname: "workflow_state",
			label: __("State"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Draft", label: __("Draft") },
				{ value: "Submitted", label: __("Submitted") },
				{ value: "Reviewed", label: __("Reviewed") },
				{ value: "Approved", label: __("Approved") },
			],
		},
	],

	onload(report) {
		// Without a period the server takes the newest one that has been opened; show which.
		if (report.get_filter_value("period")) return;
		frappe.db
			.get_list("P2HAM Period", {
				filters: { status: ["!=", "Draft"] },
				order_by: "assessment_year desc, creation desc",
				limit: 1,
			})
			.then((periods) => {
				if (periods.length) report.set_filter_value("period", periods[0].name);
			});
	},

	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		if (!data) return text;
		if (column.fieldname === "category" && data.category) {
			return `<span class="indicator-pill ${data.colour}">${frappe.utils.escape_html(data.category)}</span>`;
		}
		if (column.fieldname === "workflow_state") return __(data.workflow_state);
		if (column.fieldname === "rank" && !data.rank) return "–";
		if (column.fieldname === "verified_score" && data.verified_score === null) return "–";
		if (column.fieldname === "difference" && data.difference === null) return "–";
		return text;
	},
};
