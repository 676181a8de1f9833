frappe.ui.form.on("P2HAM Signed Copy", {
	onload(frm) {
		// Text is text, however it came in.
		frappe.meta.get_docfield(frm.doctype, "note", frm.docname).formatter = (value) =>
			frappe.utils.escape_html(value).replace(/\n/g, "<br>");
	},

	refresh(frm) {
		frm.disable_form();
		frm.set_intro(
			__(
				"The file is stored as it was sent. Whether an electronic signature is valid is not verified here."
			),
			"blue"
		);
	},
});
