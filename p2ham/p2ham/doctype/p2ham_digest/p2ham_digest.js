frappe.ui.form.on("P2HAM Digest", {
	refresh(frm) {
		frm.disable_form();
	},
});
