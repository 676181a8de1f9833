frappe.ui.form.on("P2HAM Digest", {
	refresh(frm) {
		frm.disable_form();
		// As it was written, not as the editor of texts would show it; that one is for paper.
		frm.toggle_display("content", false);
		frm.get_field("shown").$wrapper.html(frappe.dom.remove_script_and_style(frm.doc.content || ""));
	},
});
