frappe.ui.form.on("P2HAM Indicator", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { status: "Draft" } }));
		frm.set_query("criterion", () => ({ filters: { instrument: frm.doc.instrument || "" } }));
		frm.set_query("indicator", "continues", () => ({
			filters: { instrument: ["!=", frm.doc.instrument || ""] },
		}));
	},

	refresh: (frm) => p2ham.instrument_part.refresh(frm),

	instrument: (frm) => p2ham.instrument_part.drop_foreign_criterion(frm, "criterion"),
});
