frappe.ui.form.on("P2HAM OPD", {
	setup(frm) {
		frm.set_query("parent_p2ham_opd", () => ({
			filters: { is_group: 1, name: ["!=", frm.doc.name] },
		}));
	},

	refresh(frm) {
		frm.add_custom_button(__("Show Tree"), () => frappe.set_route("Tree", "P2HAM OPD"));
		if (frm.is_new()) return;
		frm.add_custom_button(__("Assessments"), () =>
			frappe.set_route("List", "P2HAM Assessment", { opd: frm.doc.name })
		);
		frm.add_custom_button(__("Evidence"), () =>
			frappe.set_route("List", "P2HAM Evidence", { opd: frm.doc.name })
		);
		frm.add_custom_button(__("Follow-ups"), () =>
			frappe.set_route("List", "P2HAM Follow-up", { opd: frm.doc.name })
		);
	},
});
