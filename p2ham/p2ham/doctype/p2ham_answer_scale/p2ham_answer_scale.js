frappe.provide("p2ham");

p2ham.AnswerScaleForm = class AnswerScaleForm extends p2ham.Form {
	async refresh() {
		this.kind();
		if (!this.frm.is_new()) {
			await this.when_here(this.frozen_instruments(), (frozen) => this.say_what_is_frozen(frozen));
		}
	}

	// Bounds belong to bands only; a percentage needs rows only for answers such as "not applicable".
	kind() {
		const { grid } = this.frm.fields_dict.options;
		const bands = this.doc.kind === "Bands";
		for (const field of ["from_value", "to_value"]) {
			grid.update_docfield_property(field, "hidden", bands ? 0 : 1);
			grid.update_docfield_property(field, "in_list_view", bands ? 1 : 0);
		}
		grid.reset_grid();
		this.frm.set_df_property("options", "description", this.help());
	}

	help() {
		return {
			Options: __("One row for each answer, with the points (0-100) it earns."),
			Percentage: __(
				"The answer is a number from 0 to 100 and earns as many points. Rows only for answers such as 'not applicable'."
			),
			Bands: __(
				"The answer is a number; the band it lies in gives the points. From is included, To is not; empty means open."
			),
		}[this.doc.kind];
	}

	// ---------------------------------------------------------------- what is frozen

	// A scale that an instrument past Draft uses does not change: the server refuses it, the form says so before.
	say_what_is_frozen(instruments) {
		if (!instruments.length) return;
		const why = __(
			"This scale is used by instruments that no longer change; neither does it. For another one, duplicate it."
		);
		this.frm.set_intro("");
		this.frm.set_intro(`${why} ${instruments.map((row) => this.link_html(row)).join(", ")}`, "blue");
		this.frm.disable_form();
		if (frappe.model.can_create(this.frm.doctype)) {
			this.frm.add_custom_button(__("Duplicate"), () => this.frm.copy_doc());
		}
	}

	link_html({ name, title, status }) {
		const address = frappe.utils.get_form_link("P2HAM Instrument", name);
		return `<a class="p2ham-within" href="${p2ham.esc(address)}">${p2ham.esc(title)}</a> (${__(status)})`;
	}

	async frozen_instruments() {
		const users = await frappe.db.get_list("P2HAM Indicator", {
			filters: { scale: this.doc.name },
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
};

frappe.ui.form.on("P2HAM Answer Scale", p2ham.AnswerScaleForm.events("refresh", "kind"));
