frappe.listview_settings["P2HAM KKPHAM Result"] = {
	onload(listview) {
		// Who may create results is of Bagian Hukum; the server asks for the duty.
		if (!frappe.model.can_create("P2HAM KKPHAM Result")) return;
		listview.page.add_inner_button(__("Import from Excel"), () => {
			p2ham.import_results({ on_imported: () => listview.refresh() });
		});
	},
};
