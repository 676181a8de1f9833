frappe.ui.form.on("P2HAM KKPHAM Result", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { family: "KKP HAM", status: ["!=", "Draft"] } }));
		frm.set_query("criterion", "rights", () => ({
			filters: { instrument: frm.doc.instrument || "", parent_criterion: ["is", "not set"] },
		}));
	},

	refresh(frm) {
		p2ham.show_standing(frm);
		if (frm.is_new()) return;
		p2ham.documents.add_buttons(frm, { "KKP HAM Review Sheet": "kkpham_review" });
		frm.add_custom_button(__("Follow-ups"), () =>
			frappe.set_route("List", "P2HAM Follow-up", { kkpham_result: frm.doc.name })
		);
		if (!frappe.model.can_create("P2HAM Follow-up")) return;
		frm.add_custom_button(__("Make Findings and Follow-ups"), () => p2ham.suggest_follow_ups(frm));
		frm.add_custom_button(__("Create Follow-up"), () =>
			frappe.new_doc("P2HAM Follow-up", {
				opd: frm.doc.opd,
				kkpham_result: frm.doc.name,
				recommendation: frm.doc.recommendation,
			})
		);
	},

	assessment_year(frm) {
		if (frm.doc.assessment_year && !frm.doc.data_year)
			frm.set_value("data_year", frm.doc.assessment_year - 1);
	},
});
