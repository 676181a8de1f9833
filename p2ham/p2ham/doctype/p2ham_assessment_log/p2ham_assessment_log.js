frappe.ui.form.on("P2HAM Assessment Log", {
	onload(frm) {
		// Text is text, however it came in.
		frappe.meta.get_docfield(frm.doctype, "note", frm.docname).formatter = (value) =>
			frappe.utils.escape_html(value).replace(/\n/g, "<br>");
		const windows = { fill: __("Filling"), review: __("Review"), approve: __("Approval") };
		frappe.meta.get_docfield(frm.doctype, "window", frm.docname).formatter = (value) =>
			windows[value] || frappe.utils.escape_html(value || "");
		frappe.meta.get_docfield(frm.doctype, "means", frm.docname).formatter = (value) =>
			frappe.utils.escape_html(__(value || ""));
	},

	refresh(frm) {
		frm.disable_form();
		frm.set_intro(
			__(
				"The log is written by the steps themselves. Each entry seals the one before; nobody changes it."
			),
			"blue"
		);
	},
});
