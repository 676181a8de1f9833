frappe.ui.form.on("P2HAM Officer", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		// Somebody new has no role yet, and so is no System User before the duty makes him one.
		frm.set_query("user", () => ({ filters: { ignore_user_type: 1 } }));
		frm.fields_dict.user.df.filter_description = __("Users of this site");
	},

	refresh(frm) {
		frm.events.show_reach(frm);
		const today = frappe.datetime.get_today();
		const current = !frm.doc.to_date || frm.doc.to_date > today;
		if (!frm.is_new() && current && frm.perm[0].write) {
			frm.add_custom_button(__("Hand Over"), () => frm.events.hand_over(frm));
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
			__("End the duty of {0} with today as its last day? Use Hand Over where somebody follows.", [name]),
			async () => {
				await frm.set_value("to_date", frappe.datetime.get_today());
				await frm.save();
			}
		);
	},

	hand_over(frm) {
		const doc = frm.doc;
		const post = `${__(doc.duty)} ${doc.opd || ""}`.trim();
		const dialog = new frappe.ui.Dialog({
			title: `${__("Hand Over")}: ${frappe.utils.escape_html(post)}`,
			fields: [
				{
					fieldtype: "HTML",
					fieldname: "text",
					options: `<p>${frappe.utils.escape_html(
						__(
							"{0} holds the duty until the day before, the successor from that day. Open assessments stay with the unit.",
							[doc.full_name]
						)
					)}</p>`,
				},
				{
					fieldname: "user",
					fieldtype: "Link",
					options: "User",
					label: __("User"),
					reqd: 1,
					filter_description: __("Users of this site"),
					get_query: () => ({ filters: { ignore_user_type: 1, name: ["!=", doc.user] } }),
					onchange: () => frm.events.fetch_name(dialog),
				},
				{ fieldname: "full_name", fieldtype: "Data", label: __("Full Name with Degrees"), reqd: 1 },
				{ fieldname: "nip", fieldtype: "Data", label: __("NIP"), description: __("18 digits") },
				{ fieldname: "rank", fieldtype: "Data", label: __("Rank (Pangkat/Golongan)") },
				{ fieldtype: "Column Break" },
				{
					fieldname: "from_date",
					fieldtype: "Date",
					label: __("From"),
					reqd: 1,
					default: frappe.datetime.get_today(),
				},
				{ fieldname: "to_date", fieldtype: "Date", label: __("Until") },
				{ fieldname: "position", fieldtype: "Data", label: __("Position"), default: doc.position },
				{
					fieldname: "acting_prefix",
					fieldtype: "Select",
					label: __("Acting"),
					options: ["", "Pj.", "Plt.", "Plh."],
					description: __("Printed before the position"),
				},
			],
			primary_action_label: __("Hand Over"),
			primary_action: async (values) => {
				delete values.text;
				const answer = await frappe.xcall("p2ham.api.officer.hand_over", { officer: doc.name, ...values });
				dialog.hide();
				frappe.show_alert({ message: __("{0} was handed over.", [post]), indicator: "green" });
				frappe.set_route("Form", "P2HAM Officer", answer.started);
			},
		});
		dialog.show();
	},

	async fetch_name(dialog) {
		const user = dialog.get_value("user");
		if (!user || dialog.get_value("full_name")) return;
		const answer = await frappe.db.get_value("User", user, "full_name");
		const name = answer && answer.message && answer.message.full_name;
		if (name && !dialog.get_value("full_name")) dialog.set_value("full_name", name);
	},
});
