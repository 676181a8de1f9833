// What may be changed follows the table in p2ham/engine/follow_up.py; the server refuses the rest in any case.

const P2HAM_FIELDS_OF_UNIT = ["action", "responsible", "progress", "progress_note", "status"];

frappe.ui.form.on("P2HAM Follow-up", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		frm.set_query("assessment", () => ({ filters: { opd: frm.doc.opd || "", docstatus: ["<", 2] } }));
	},

	refresh(frm) {
		const of_bagian_hukum = ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role));
		const closed = !frm.is_new() && Boolean(frm.doc.closed_on);
		const may_reopen = closed && frappe.user.has_role("Kabag Hukum");
		frm.meta.fields
			.filter((field) => field.fieldname && !frappe.model.no_value_type.includes(field.fieldtype))
			.forEach(({ fieldname, read_only }) => {
				const open = closed
					? may_reopen && fieldname === "status"
					: of_bagian_hukum || P2HAM_FIELDS_OF_UNIT.includes(fieldname);
				frm.set_df_property(fieldname, "read_only", read_only || !open ? 1 : 0);
			});
		if (!of_bagian_hukum && !closed) {
			frm.set_df_property("status", "options", ["Open", "In Progress", "Completed"]);
		}
		frm.set_intro("");
		if (closed) {
			frm.set_intro(
				may_reopen
					? __("This follow-up is closed. Choosing another status opens it again.")
					: __("This follow-up is closed and no longer changes."),
				"blue"
			);
		} else if (frm.doc.due_date && !frm.is_new() && frm.doc.status !== "Completed") {
			const late = frappe.datetime.get_day_diff(frappe.datetime.get_today(), frm.doc.due_date);
			if (late > 0) frm.set_intro(__("Overdue by {0} days.", [late]), "orange");
		}
	},
});
