frappe.ui.form.on("P2HAM Criterion", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { status: "Draft" } }));
		frm.set_query("parent_criterion", () => ({
			filters: { instrument: frm.doc.instrument || "", name: ["!=", frm.doc.name] },
		}));
	},

	refresh: (frm) => p2ham.instrument_part.refresh(frm),

	instrument: (frm) => p2ham.instrument_part.drop_foreign_criterion(frm, "parent_criterion"),
});
