frappe.listview_settings["P2HAM Assessment"] = {
	add_fields: ["workflow_state", "completeness", "self_score", "verified_score", "category"],
	has_indicator_for_draft: true,
	has_indicator_for_cancelled: true,
	hide_name_filter: false,

	onload(listview) {
		if (!frappe.model.can_print(listview.doctype)) return;
		listview.page.add_actions_menu_item(
			__("Print as One PDF"),
			() => p2ham.print_together(listview.get_checked_items(true)),
			false
		);
	},

	get_indicator(doc) {
		const state = doc.workflow_state;
		const colours = {
			Draft: "gray",
			Submitted: "orange",
			Reviewed: "blue",
			Approved: "green",
			Cancelled: "red",
		};
		// Stored English states; what people read is translated.
		return [__(state), colours[state] || "gray", `workflow_state,=,${state}`];
	},

	formatters: {
		self_score: (value) => format_number(value || 0, null, 2),
		// Before verification the verified score is no result yet.
		verified_score: (value, df, doc) =>
			doc.workflow_state === "Draft" ? "–" : format_number(value || 0, null, 2),
		completeness(value) {
			const share = Math.max(0, Math.min(100, cint(value)));
			return `<span class="p2ham-bar-cell"><span class="p2ham-progress" style="width: 60px">
				<span class="${share === 100 ? "is-full" : ""}" style="width: ${share}%"></span></span>${share}%</span>`;
		},
	},
};
