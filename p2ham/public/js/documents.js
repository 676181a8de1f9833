// Opens official documents (p2ham.api.documents) beside the form.

frappe.provide("p2ham");

p2ham.documents = {
	address(document, name, choice = {}) {
		const values = new URLSearchParams({ document, name, ...choice });
		return `/api/method/p2ham.api.documents.show?${values}`;
	},

	show(document, name, choice) {
		window.open(p2ham.documents.address(document, name, choice), "_blank", "noopener");
	},

	// A button for each of `kinds` (label -> key) in one group of the form.
	add_buttons(frm, kinds) {
		for (const [label, key] of Object.entries(kinds)) {
			frm.add_custom_button(__(label), () => p2ham.documents.show(key, frm.doc.name), __("Print"));
		}
	},
};
