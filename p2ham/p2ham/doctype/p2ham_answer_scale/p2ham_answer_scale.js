frappe.ui.form.on("P2HAM Answer Scale", {
	async refresh(frm) {
		p2ham_show_columns(frm);
		if (!frm.is_new()) await p2ham_say_what_is_frozen(frm);
	},
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

// A scale that an instrument past Draft uses does not change: the server refuses it, the form says so before.
async function p2ham_say_what_is_frozen(frm) {
	const name = frm.doc.name;
	const frozen = await p2ham_frozen_instruments(name);
	if (frm.doc.name !== name || !frozen.length) return;
	const links = frozen.map(
		(row) =>
			`<a class="p2ham-within" href="${frappe.utils.escape_html(
				frappe.utils.get_form_link("P2HAM Instrument", row.name)
			)}">${frappe.utils.escape_html(row.title)}</a> (${__(row.status)})`
	);
	frm.set_intro("");
	frm.set_intro(
		`${__("This scale is used by instruments that no longer change; neither does it. For another one, duplicate it.")}
		${links.join(", ")}`,
		"blue"
	);
	frm.disable_form();
	if (frappe.model.can_create(frm.doctype)) {
		frm.add_custom_button(__("Duplicate"), () => frm.copy_doc());
	}
}

async function p2ham_frozen_instruments(scale) {
	const users = await frappe.db.get_list("P2HAM Indicator", {
		filters: { scale },
		fields: ["instrument"],
		group_by: "instrument",
		order_by: "instrument",
		limit: 0,
	});
	if (!users.length) return [];
	return frappe.db.get_list("P2HAM Instrument", {
		filters: { name: ["in", users.map((row) => row.instrument)], status: ["!=", "Draft"] },
		fields: ["name", "title", "status"],
		order_by: "title",
		limit: 5,
	});
}
