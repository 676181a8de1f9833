frappe.listview_settings["P2HAM Instrument"] = {
	add_fields: ["status", "family"],

	onload(listview) {
		if (!frappe.model.can_create("P2HAM Instrument")) return;
		listview.page.add_inner_button(__("Import from File"), () => {
			p2ham.import_instrument({
				on_imported: (name) => frappe.set_route("Form", "P2HAM Instrument", name),
			});
		});
	},

	get_indicator(doc) {
		const colour = { Draft: "orange", Active: "green", Retired: "gray" }[doc.status] || "gray";
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
