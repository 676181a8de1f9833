frappe.ui.form.on("P2HAM Right Owner", {
	setup(frm) {
		frm.set_query("instrument", () => ({ filters: { family: "KKP HAM" } }));
		frm.set_query("criterion", () => ({
			filters: { instrument: frm.doc.instrument || "", parent_criterion: ["is", "not set"] },
		}));
	},
});
