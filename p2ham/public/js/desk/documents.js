// Opens official documents (p2ham.api.documents) beside the form.

export const documents = {
	address(document, name, choice = {}) {
		const values = new URLSearchParams({ document, name, ...choice });
		return `/api/method/p2ham.api.documents.show?${values}`;
	},

	show(document, name, choice) {
		window.open(documents.address(document, name, choice), "_blank", "noopener");
	},

	// A button for each of `kinds` (label -> key) in one group of the form.
	add_buttons(frm, kinds) {
		for (const [label, key] of Object.entries(kinds)) {
			frm.add_custom_button(__(label), () => documents.show(key, frm.doc.name), __("Print"));
		}
	},

	// The agenda clerk numbers what is signed, so the numbers come after the approval.
	ask_numbers(frm) {
		const field = (fieldname) => ({
			fieldname,
			fieldtype: "Data",
			label: __(frappe.meta.get_label(frm.doctype, fieldname)),
			default: frm.doc[fieldname] || "",
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Document Numbers"),
			fields: [
				{
					...field("sheet_number"),
					description: __("As the agenda clerk gives it, e.g. 100.2.1.6/0353/OTDA"),
				},
				field("record_number"),
			],
			primary_action_label: __("Save"),
			primary_action: async (values) => {
				await frappe.xcall("p2ham.api.assessment.give_numbers", {
					name: frm.doc.name,
					sheet_number: values.sheet_number || "",
					record_number: values.record_number || "",
				});
				dialog.hide();
				await frm.reload_doc();
				frappe.show_alert({ message: __("The documents have their numbers."), indicator: "green" });
			},
		});
		dialog.show();
	},
};
