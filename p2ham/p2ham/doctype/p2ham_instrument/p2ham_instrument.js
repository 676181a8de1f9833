// The form of an instrument: where it comes from, its structure (public/js/instrument), the steps
// of its life, its files (public/js/imports) and its next version.

frappe.provide("p2ham");

frappe.ui.form.on("P2HAM Instrument", {
	refresh(frm) {
		if (frm.is_new()) return;
		p2ham.instrument.show_source(frm);
		p2ham.instrument.freeze(frm);
		p2ham.instrument.add_buttons(frm);
		p2ham.show_structure(frm);
	},
});

p2ham.instrument = {
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

	// ---------------------------------------------------------------- where it comes from

	show_source(frm) {
		const { template, unverified_note, source_note, status } = frm.doc;
		const parts = [
			unverified_note && [__("Not Verified"), unverified_note],
			source_note && [__("Source"), source_note],
		].filter(Boolean);
		if (!parts.length && !template) return;
		const text = ([title, note]) =>
			`<div class="p2ham-label">${title}</div><div class="p2ham-text">${frappe.utils.escape_html(note)}</div>`;
		frm.dashboard.set_headline_alert(
			`<details class="p2ham-source" ${status === "Draft" ? "open" : ""}>
				<summary><b>${this.source_title(frm)}</b></summary>
				<div class="p2ham-source-text">${parts.map(text).join("")}</div>
			</details>`,
			template || unverified_note ? "orange" : "blue"
		);
	},

	source_title(frm) {
		if (frm.doc.template) {
			return __("Template: check it against the annex of the regulation before use");
		}
		return frm.doc.unverified_note
			? __("Where this comes from, and what is not verified")
			: __("Where this comes from");
	},

	// ---------------------------------------------------------------- buttons

	add_buttons(frm) {
		const may_create = frappe.model.can_create("P2HAM Instrument");
		if (frm.perm[0].write) this.add_steps(frm);
		if (may_create) frm.add_custom_button(__("New Version"), () => this.ask_new_version(frm));
		if (may_create && frm.perm[0].write && frm.doc.status === "Draft") {
			frm.add_custom_button(__("Replace from File"), () => this.replace_from_file(frm));
		}
		if (frm.perm[0].export) {
			frm.add_custom_button(__("Excel"), () => this.export_as(frm, "xlsx"), __("Export"));
			frm.add_custom_button("JSON", () => this.export_as(frm, "json"), __("Export"));
		}
		for (const [label, doctype] of [
			[__("Criteria"), "P2HAM Criterion"],
			[__("Indicators"), "P2HAM Indicator"],
		]) {
			frm.add_custom_button(
				label,
				() => frappe.set_route("List", doctype, { instrument: frm.doc.name }),
				__("View")
			);
		}
	},

	add_steps(frm) {
		const title = frappe.utils.escape_html(frm.doc.title).bold();
		const step = (label, question, status) =>
			frm.add_custom_button(label, () => frappe.confirm(question, () => this.set_status(frm, status)));
		if (frm.doc.status === "Draft") {
			const button = step(
				__("Activate"),
				__(
					"Activate {0}? The instrument is checked as a whole. Once active, it and its criteria and indicators are frozen; a new version is a copy.",
					[title]
				),
				"Active"
			);
			button && button.removeClass("btn-default").addClass("btn-primary");
		} else if (frm.doc.status === "Active") {
			step(
				__("Retire"),
				__("Retire this instrument? No new period can use it; what was assessed stays."),
				"Retired"
			);
		} else {
			step(
				__("Activate Again"),
				__("Activate {0} again? New periods can use it again. It stays frozen.", [title]),
				"Active"
			);
		}
	},

	async set_status(frm, status) {
		// The status changes alone: what is not saved yet is saved, and checked, first.
		if (frm.is_dirty()) await frm.save();
		if (frm.is_dirty()) return;
		const before = frm.doc.status;
		await frm.set_value("status", status);
		// A refusal must not leave the form showing what is not so.
		const restore = () => frm.set_value("status", before);
		await frm.save("Save", (r) => r && r.exc && restore(), null, restore);
	},

	export_as(frm, file_type) {
		const name = encodeURIComponent(frm.doc.name);
		window.open(`/api/method/p2ham.api.instrument.export?name=${name}&file_type=${file_type}`);
	},

	replace_from_file(frm) {
		p2ham.import_instrument({
			replaces: frm.doc.name,
			on_imported: () => frm.reload_doc(),
		});
	},

	// ---------------------------------------------------------------- the next version

	ask_new_version(frm) {
		const next = this.next_version(frm.doc);
		const dialog = new frappe.ui.Dialog({
			title: __("New Version"),
			fields: [
				{
					fieldname: "about",
					fieldtype: "HTML",
					options: `<p>${__(
						"A copy in Draft, with all criteria and indicators. Each indicator continues the one it is copied from, so that years stay comparable."
					)}</p>`,
				},
				{
					fieldname: "code",
					fieldtype: "Data",
					label: __("Code"),
					reqd: 1,
					default: next.code,
					description: __("Letters, digits, hyphen, dot and underscore. It cannot be changed later."),
				},
				{ fieldname: "title", fieldtype: "Data", label: __("Title"), reqd: 1, default: next.title },
			],
			primary_action_label: __("Create"),
			primary_action: (values) => this.make_new_version(frm, dialog, values),
		});
		dialog.show();
	},

	// A-2018 -> A-2018-V2 -> A-2018-V3, and so for the title.
	next_version(doc) {
		const [, code, number] = doc.code.match(/^(.*?)(?:-V(\d+))?$/);
		const version = `V${(cint(number) || 1) + 1}`;
		return { code: `${code}-${version}`, title: `${doc.title.replace(/ \(V\d+\)$/, "")} (${version})` };
	},

	async make_new_version(frm, dialog, { code, title }) {
		dialog.get_primary_btn().prop("disabled", true);
		try {
			const made = await frappe.xcall("p2ham.api.instrument.new_version", {
				name: frm.doc.name,
				code,
				title,
			});
			dialog.hide();
			frappe.show_alert({
				message: __("{0} is there as a Draft.", [frappe.utils.escape_html(made.name)]),
				indicator: "green",
			});
			frappe.set_route("Form", "P2HAM Instrument", made.name);
		} finally {
			dialog.get_primary_btn().prop("disabled", false);
		}
	},
};
