// The form of a duty: whose it is, how far it reaches, and how it goes on to somebody else or ends.

frappe.provide("p2ham");

p2ham.OfficerForm = class OfficerForm extends p2ham.Form {
	setup() {
		this.frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		// Somebody new has no role yet, and so is no System User before the duty makes them one.
		this.frm.set_query("user", () => ({ filters: { ignore_user_type: 1 } }));
		this.frm.fields_dict.user.df.filter_description = __("Users of this site");
	}

	refresh() {
		this.duty();
		const { to_date } = this.doc;
		const is_current = !to_date || to_date > frappe.datetime.get_today();
		if (this.frm.is_new() || !is_current || !this.may_write) return;
		this.frm.add_custom_button(__("Hand Over"), () => this.ask_successor());
		this.frm.add_custom_button(__("End Duty"), () => this.end());
	}

	// How far the chosen duty reaches.
	duty() {
		const unit = `${__("Sees this unit and everything below it.")} ${__("Fills the sheet and may submit it.")}`;
		const reach = {
			"OPD Clerk": unit,
			"OPD Head": unit,
			"P2HAM Verifier": __("Sees the whole regency. Verifies submitted sheets."),
			"Kabag Hukum": __(
				"Sees the whole regency. Verifies, returns and reviews. Appointed by a System Manager."
			),
			Sekda: __(
				"Sees the whole regency. Returns, approves and cancels. Appointed by a System Manager."
			),
			"P2HAM Observer": __("Sees approved assessments, without drafts and without personal data."),
		};
		this.frm.set_df_property("duty", "description", reach[this.doc.duty] || "");
	}

	async user() {
		if (!this.doc.user || this.doc.full_name) return;
		const name = await this.name_of(this.doc.user);
		if (name && !this.doc.full_name) this.frm.set_value("full_name", name);
	}

	async name_of(user) {
		const answer = await frappe.db.get_value("User", user, "full_name");
		return answer?.message?.full_name;
	}

	end() {
		const name = p2ham.esc(this.doc.full_name).bold();
		frappe.confirm(
			__("End the duty of {0} with today as its last day? Use Hand Over where somebody follows.", [
				name,
			]),
			async () => {
				await this.frm.set_value("to_date", frappe.datetime.get_today());
				await this.frm.save();
			}
		);
	}

	// ---------------------------------------------------------------- handing over

	get post() {
		return `${__(this.doc.duty)} ${this.doc.opd || ""}`.trim();
	}

	ask_successor() {
		const dialog = new frappe.ui.Dialog({
			title: `${__("Hand Over")}: ${p2ham.esc(this.post)}`,
			fields: [
				this.explanation_field(),
				this.user_field(() => this.fetch_name(dialog)),
				...this.fields_of_person(),
				{ fieldtype: "Column Break" },
				...this.fields_of_duty(),
			],
			primary_action_label: __("Hand Over"),
			primary_action: (values) => this.hand_over(dialog, values),
		});
		dialog.show();
	}

	explanation_field() {
		const text = __(
			"{0} holds the duty until the day before, the successor from that day. Open assessments stay with the unit.",
			[this.doc.full_name]
		);
		return { fieldtype: "HTML", fieldname: "text", options: `<p>${p2ham.esc(text)}</p>` };
	}

	user_field(onchange) {
		return {
			fieldname: "user",
			fieldtype: "Link",
			options: "User",
			label: __("User"),
			reqd: 1,
			filter_description: __("Users of this site"),
			get_query: () => ({ filters: { ignore_user_type: 1, name: ["!=", this.doc.user] } }),
			onchange,
		};
	}

	fields_of_person() {
		return [
			{ fieldname: "full_name", fieldtype: "Data", label: __("Full Name with Degrees"), reqd: 1 },
			{ fieldname: "nip", fieldtype: "Data", label: __("NIP"), description: __("18 digits") },
			{ fieldname: "rank", fieldtype: "Data", label: __("Rank (Pangkat/Golongan)") },
		];
	}

	fields_of_duty() {
		const today = frappe.datetime.get_today();
		return [
			{ fieldname: "from_date", fieldtype: "Date", label: __("From"), reqd: 1, default: today },
			{ fieldname: "to_date", fieldtype: "Date", label: __("Until") },
			{ fieldname: "position", fieldtype: "Data", label: __("Position"), default: this.doc.position },
			{
				fieldname: "acting_prefix",
				fieldtype: "Select",
				label: __("Acting"),
				options: ["", "Pj.", "Plt.", "Plh."],
				description: __("Printed before the position"),
			},
		];
	}

	async fetch_name(dialog) {
		const user = dialog.get_value("user");
		if (!user || dialog.get_value("full_name")) return;
		const name = await this.name_of(user);
		if (name && !dialog.get_value("full_name")) dialog.set_value("full_name", name);
	}

	async hand_over(dialog, { text, ...values }) {
		const officer = this.doc.name;
		const answer = await frappe.xcall("p2ham.api.officer.hand_over", { officer, ...values });
		dialog.hide();
		frappe.show_alert({
			message: __("{0} was handed over.", [p2ham.esc(this.post)]),
			indicator: "green",
		});
		frappe.set_route("Form", "P2HAM Officer", answer.started);
	}
};

frappe.ui.form.on("P2HAM Officer", p2ham.OfficerForm.events("setup", "refresh", "duty", "user"));
