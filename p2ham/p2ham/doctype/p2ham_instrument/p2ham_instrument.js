// The form of an instrument: where it comes from, its structure (public/js/instrument), the steps of its life,
// its files (public/js/imports) and its next version.

frappe.provide("p2ham");

p2ham.InstrumentForm = class InstrumentForm extends p2ham.Form {
	refresh() {
		if (this.frm.is_new()) return;
		this.show_source();
		this.freeze();
		this.add_buttons();
		p2ham.show_structure(this.frm);
	}

	// Only a draft can be edited; the status moves by the buttons alone.
	freeze() {
		const frozen = this.doc.status !== "Draft";
		const fields = this.frm.fields.filter(({ df }) => df.fieldname && frappe.model.is_value_type(df));
		for (const fieldname of [...fields.map(({ df }) => df.fieldname), "thresholds"]) {
			this.frm.set_df_property(fieldname, "read_only", frozen ? 1 : 0);
		}
		this.frm.set_df_property("status", "read_only", 1);
		if (frozen) this.frm.disable_save();
		else this.frm.enable_save();
	}

	// ---------------------------------------------------------------- where it comes from

	show_source() {
		const { template, unverified_note, source_note, status } = this.doc;
		const parts = [
			unverified_note && [__("Not Verified"), unverified_note],
			source_note && [__("Source"), source_note],
		].filter(Boolean);
		if (!parts.length && !template) return;
		const text = ([title, note]) =>
			`<div class="p2ham-label">${title}</div><div class="p2ham-text">${p2ham.esc(note)}</div>`;
		this.frm.dashboard.set_headline_alert(
			`<details class="p2ham-source" ${status === "Draft" ? "open" : ""}>
				<summary><b>${this.source_title()}</b></summary>
				<div class="p2ham-source-text">${parts.map(text).join("")}</div>
			</details>`,
			template || unverified_note ? "orange" : "blue"
		);
	}

	source_title() {
		if (this.doc.template) {
			return __("Template: check it against the annex of the regulation before use");
		}
		return this.doc.unverified_note
			? __("Where this comes from, and what is not verified")
			: __("Where this comes from");
	}

	// ---------------------------------------------------------------- buttons

	add_buttons() {
		const may_create = frappe.model.can_create("P2HAM Instrument");
		if (this.may_write) this.add_step();
		if (may_create) this.frm.add_custom_button(__("New Version"), () => this.ask_new_version());
		if (may_create && this.may_write && this.doc.status === "Draft") {
			this.frm.add_custom_button(__("Replace from File"), () => this.replace_from_file());
		}
		if (this.frm.perm[0].export) {
			this.frm.add_custom_button(__("Excel"), () => this.export_as("xlsx"), __("Export"));
			this.frm.add_custom_button("JSON", () => this.export_as("json"), __("Export"));
		}
		for (const [label, doctype] of [
			[__("Criteria"), "P2HAM Criterion"],
			[__("Indicators"), "P2HAM Indicator"],
		]) {
			const show = () => this.show_list(doctype, { instrument: this.doc.name });
			this.frm.add_custom_button(label, show, __("View"));
		}
	}

	// The one step that its status allows.
	add_step() {
		const step = { Draft: this.activation(), Active: this.retirement() }[this.doc.status];
		const [label, question, status] = step || this.reactivation();
		const ask = () => frappe.confirm(question, () => this.set_status(status));
		if (this.doc.status === "Draft") this.add_primary_button(label, ask);
		else this.frm.add_custom_button(label, ask);
	}

	get bold_title() {
		return p2ham.esc(this.doc.title).bold();
	}

	activation() {
		const question = __(
			"Activate {0}? The instrument is checked as a whole. Once active, it and its criteria and indicators are frozen; a new version is a copy.",
			[this.bold_title]
		);
		return [__("Activate"), question, "Active"];
	}

	retirement() {
		const question = __("Retire this instrument? No new period can use it; what was assessed stays.");
		return [__("Retire"), question, "Retired"];
	}

	reactivation() {
		const question = __("Activate {0} again? New periods can use it again. It stays frozen.", [
			this.bold_title,
		]);
		return [__("Activate Again"), question, "Active"];
	}

	async set_status(status) {
		// The status changes alone: what is not saved yet is saved, and checked, first.
		if (this.frm.is_dirty()) await this.frm.save();
		if (!this.frm.is_dirty()) await this.save_status(status);
	}

	export_as(file_type) {
		const name = encodeURIComponent(this.doc.name);
		window.open(`/api/method/p2ham.api.instrument.export?name=${name}&file_type=${file_type}`);
	}

	replace_from_file() {
		p2ham.import_instrument({
			replaces: this.doc.name,
			on_imported: () => this.frm.reload_doc(),
		});
	}

	// ---------------------------------------------------------------- the next version

	ask_new_version() {
		const next = InstrumentForm.next_version(this.doc);
		const about = __(
			"A copy in Draft, with all criteria and indicators. Each indicator continues the one it is copied from, so that years stay comparable."
		);
		const dialog = new frappe.ui.Dialog({
			title: __("New Version"),
			fields: [
				{ fieldname: "about", fieldtype: "HTML", options: `<p>${about}</p>` },
				{
					fieldname: "code",
					fieldtype: "Data",
					label: __("Code"),
					reqd: 1,
					default: next.code,
					description: __(
						"Letters, digits, hyphen, dot and underscore. It cannot be changed later."
					),
				},
				{ fieldname: "title", fieldtype: "Data", label: __("Title"), reqd: 1, default: next.title },
			],
			primary_action_label: __("Create"),
			primary_action: (values) => this.make_new_version(dialog, values),
		});
		dialog.show();
	}

	// A-2018 -> A-2018-V2 -> A-2018-V3, and so for the title.
	static next_version(doc) {
		const [, code, number] = doc.code.match(/^(.*?)(?:-V(\d+))?$/);
		const version = `V${(cint(number) || 1) + 1}`;
		return { code: `${code}-${version}`, title: `${doc.title.replace(/ \(V\d+\)$/, "")} (${version})` };
	}

	async make_new_version(dialog, { code, title }) {
		const args = { name: this.doc.name, code, title };
		dialog.get_primary_btn().prop("disabled", true);
		try {
			const made = await frappe.xcall("p2ham.api.instrument.new_version", args);
			dialog.hide();
			frappe.show_alert({
				message: __("{0} is there as a Draft.", [p2ham.esc(made.name)]),
				indicator: "green",
			});
			frappe.set_route("Form", "P2HAM Instrument", made.name);
		} finally {
			dialog.get_primary_btn().prop("disabled", false);
		}
	}
};

frappe.ui.form.on("P2HAM Instrument", p2ham.InstrumentForm.events("refresh"));
