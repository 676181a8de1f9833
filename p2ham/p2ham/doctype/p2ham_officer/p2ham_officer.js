frappe.ui.form.on("P2HAM Officer", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		frm.events.show_reach(frm);
		const today = frappe.datetime.get_today();
		const current = !frm.doc.to_date || frm.doc.to_date > today;
		if (!frm.is_new() && current && frm.perm[0].write) {
			frm.add_custom_button(__("End Duty"), () => frm.events.end_duty(frm));
		}
	},

	duty: (frm) => frm.events.show_reach(frm),

	async user(frm) {
		if (!frm.doc.user || frm.doc.full_name) return;
		const answer = await frappe.db.get_value("User", frm.doc.user, "full_name");
		const name = answer && answer.message && answer.message.full_name;
		if (name && !frm.doc.full_name) frm.set_value("full_name", name);
	},

	show_reach(frm) {
		const unit = __("Sees this unit and everything below it.");
		const reach = {
			"OPD Clerk": `${unit} ${__("Fills the sheet and may submit it.")}`,
			"OPD Head": `${unit} ${__("Fills the sheet and may submit it.")}`,
			"P2HAM Verifier": __("Sees the whole regency. Verifies submitted sheets."),
			"Kabag Hukum": __("Sees the whole regency. Verifies, returns and reviews. Appointed by a System Manager."),
			Sekda: __("Sees the whole regency. Returns, approves and cancels. Appointed by a System Manager."),
			"P2HAM Observer": __("Sees approved assessments, without drafts and without personal data."),
		};
		frm.set_df_property("duty", "description", reach[frm.doc.duty] || "");
	},

	end_duty(frm) {
		const name = frappe.utils.escape_html(frm.doc.full_name).bold();
		frappe.confirm(
			__("End the duty of {0} with today as its last day? A handover is a new record for the successor.", [name]),
			async () => {
				await frm.set_value("to_date", frappe.datetime.get_today());
				await frm.save();
			}
		);
	},
});
