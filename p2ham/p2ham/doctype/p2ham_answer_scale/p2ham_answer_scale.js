frappe.ui.form.on("P2HAM Answer Scale", {
	refresh: (frm) => p2ham_show_columns(frm),
	kind: (frm) => p2ham_show_columns(frm),
});

// Bounds belong to bands only; a percentage needs rows only for answers such as "not applicable".
function p2ham_show_columns(frm) {
	const grid = frm.fields_dict.options.grid;
	const bands = frm.doc.kind === "Bands";
	for (const field of ["from_value", "to_value"]) {
		grid.update_docfield_property(field, "hidden", bands ? 0 : 1);
		grid.update_docfield_property(field, "in_list_view", bands ? 1 : 0);
	}
	grid.reset_grid();
	frm.set_df_property("options", "description", p2ham_scale_help(frm.doc.kind));
}

function p2ham_scale_help(kind) {
	return {
		Options: __("One row for each answer, with the points (0-100) it earns."),
		Percentage: __("The answer is a number from 0 to 100 and earns as many points. Rows only for answers such as 'not applicable'."),
		Bands: __("The answer is a number; the band it lies in gives the points. From is included, To is not; empty means open."),
	}[kind];
}
