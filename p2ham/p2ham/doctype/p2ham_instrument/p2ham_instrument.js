frappe.ui.form.on("P2HAM Instrument", {
	refresh(frm) {
		frm.events.show_source(frm);
		if (frm.is_new()) return;
		frm.add_custom_button(__("Criteria"), () => p2ham_open_list(frm, "P2HAM Criterion"));
		frm.add_custom_button(__("Indicators"), () => p2ham_open_list(frm, "P2HAM Indicator"));
		frm.events.freeze(frm);
		if (!frm.perm[0].write) return;
		if (frm.doc.status === "Draft") frm.events.add_activate(frm);
		if (frm.doc.status === "Active") frm.events.add_retire(frm);
	},

	// Only a draft can be edited; the status moves by the buttons alone.
	freeze(frm) {
		const frozen = frm.doc.status !== "Draft";
		frm.fields
			.filter((field) => field.df.fieldname && frappe.model.is_value_type(field.df))
			.forEach((field) => frm.set_df_property(field.df.fieldname, "read_only", frozen ? 1 : 0));
		frm.set_df_property("thresholds", "read_only", frozen ? 1 : 0);
		frm.set_df_property("status", "read_only", 1);
		if (frozen) frm.disable_save();
		else frm.enable_save();
	},

	show_source(frm) {
		const note = frm.doc.source_note || "";
		if (!note || frm.is_new()) return;
		const text = frappe.utils.escape_html(note);
		const title = __("Where this comes from, and what is not verified");
		frm.dashboard.set_headline_alert(
			`<details ${frm.doc.status === "Draft" ? "open" : ""}><summary><b>${title}</b></summary>
			<div class="p2ham-text">${text}</div></details>`,
			"orange"
		);
	},

	add_activate(frm) {
		const button = frm.add_custom_button(__("Activate"), () => {
			frappe.confirm(
				__(
					"Activate {0}? The instrument is checked as a whole. Once active, it and its criteria and indicators are frozen; a new version is a copy.",
					[frappe.utils.escape_html(frm.doc.title).bold()]
				),
				() => p2ham_set_status(frm, "Active")
			);
		});
		button && button.removeClass("btn-default").addClass("btn-primary");
	},

	add_retire(frm) {
		frm.add_custom_button(__("Retire"), () => {
			frappe.confirm(__("Retire this instrument? No new period can use it; what was assessed stays."), () =>
				p2ham_set_status(frm, "Retired")
			);
		});
	},
});

function p2ham_open_list(frm, doctype) {
	frappe.set_route("List", doctype, { instrument: frm.doc.name });
}

async function p2ham_set_status(frm, status) {
	const before = frm.doc.status;
	await frm.set_value("status", status);
	// A refusal must not leave the form showing what is not so.
	const restore = () => frm.set_value("status", before);
	await frm.save("Save", (r) => r && r.exc && restore(), null, restore);
}
