// What may be changed follows the table in p2ham/engine/follow_up.py; the server refuses the rest in any case.

frappe.provide("p2ham.follow_up");

const P2HAM_FIELDS_OF_UNIT = ["action", "responsible", "progress", "progress_note", "status", "evidence"];

frappe.ui.form.on("P2HAM Follow-up", {
	setup(frm) {
		frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		frm.set_query("assessment", () => ({ filters: { opd: frm.doc.opd || "", docstatus: ["<", 2] } }));
		frm.set_query("evidence", "evidence", () => ({
			filters: { opd: ["descendants of (inclusive)", frm.doc.opd || ""] },
		}));
	},

	refresh(frm) {
		const of_bagian_hukum = p2ham.follow_up.of_bagian_hukum();
		const closed = !frm.is_new() && Boolean(frm.doc.closed_on);
		const may_reopen = closed && frappe.user.has_role("Kabag Hukum");
		frm.meta.fields
			.filter((field) => field.fieldname && (field.fieldtype === "Table" || !frappe.model.no_value_type.includes(field.fieldtype)))
			.forEach(({ fieldname, read_only }) => {
				const open = closed
					? may_reopen && fieldname === "status"
					: of_bagian_hukum || P2HAM_FIELDS_OF_UNIT.includes(fieldname);
				frm.set_df_property(fieldname, "read_only", read_only || !open ? 1 : 0);
			});
		if (!of_bagian_hukum && !closed) {
			frm.set_df_property("status", "options", ["Open", "In Progress", "Completed"]);
		}
		p2ham.follow_up.show_intro(frm, closed, may_reopen);
		p2ham.follow_up.show_course(frm);
		p2ham.follow_up.propose_officers(frm);
		p2ham.follow_up.add_buttons(frm, closed, may_reopen);
	},

	opd: (frm) => p2ham.follow_up.propose_officers(frm),
});

Object.assign(p2ham.follow_up, {
	of_bagian_hukum: () => ["P2HAM Verifier", "Kabag Hukum"].some((role) => frappe.user.has_role(role)),

	show_intro(frm, closed, may_reopen) {
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

	// How it went on, newest first: what the app has noted at each change (table `progress_notes`).
	show_course(frm) {
		const esc = frappe.utils.escape_html;
		const people = (frm.doc.__onload && frm.doc.__onload.people) || {};
		const tones = { Open: "orange", "In Progress": "blue", Completed: "green", Closed: "gray" };
		const entries = [...(frm.doc.progress_notes || [])].reverse().map(
			(row) => `<li class="p2ham-${tones[row.status] || "gray"}">
				<span class="p2ham-pill p2ham-${tones[row.status] || "gray"}">${esc(__(row.status))} ${format_number(
					row.progress || 0,
					null,
					0
				)} %</span>
				<span class="p2ham-hint">${esc(frappe.datetime.str_to_user(row.noted_on))} · ${esc(
					people[row.noted_by] || row.noted_by || "–"
				)}</span>
				${row.note ? `<div class="p2ham-text">${esc(row.note)}</div>` : ""}
			</li>`
		);
		frm.fields_dict.history.$wrapper.html(`<ul class="p2ham-course">${entries.join("")}</ul>`);
	},

	propose_officers(frm) {
		const { $input } = frm.fields_dict.responsible;
		if ($input && frm.doc.opd) p2ham.officers.propose($input.get(0), frm.doc.opd);
	},

	add_buttons(frm, closed, may_reopen) {
		if (frm.is_new()) return;
		if (may_reopen) {
			frm.add_custom_button(__("Open Again"), () => p2ham.follow_up.open_again(frm));
		}
		const may_write = frm.perm[0] && frm.perm[0].write;
		if (closed || !may_write) return;
		const of_bagian_hukum = p2ham.follow_up.of_bagian_hukum();
		frm.add_custom_button(__("Add Progress"), () => p2ham.follow_up.add_progress(frm));
		if (!of_bagian_hukum) {
			frm.add_custom_button(__("Upload Evidence"), () => p2ham.follow_up.upload(frm));
		}
		if (frm.doc.status !== "Completed") {
			frm.add_custom_button(__("Mark Completed"), () => p2ham.follow_up.complete(frm));
		}
		if (of_bagian_hukum) {
			const button = frm.add_custom_button(__("Close Follow-up"), () => p2ham.follow_up.close(frm));
			if (frm.doc.status === "Completed") button.removeClass("btn-default").addClass("btn-primary");
		}
	},

	// Everything goes through the form's own Save: what is refused stays in the form.
	async change(frm, values) {
		await frm.set_value(values);
		await frm.save();
	},

	add_progress(frm) {
		const statuses = ["Open", "In Progress", "Completed"];
		const dialog = new frappe.ui.Dialog({
			title: __("Add Progress"),
			fields: [
				{
					fieldname: "status",
					fieldtype: "Select",
					label: __("Status"),
					options: statuses.map((value) => ({ value, label: __(value) })),
					default: frm.doc.status === "Open" ? "In Progress" : frm.doc.status,
					reqd: 1,
				},
				{
					fieldname: "progress",
					fieldtype: "Percent",
					label: __("Progress (%)"),
					default: frm.doc.progress || 0,
				},
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("Note"),
					description: __("What has been done since the last note, and what is in the way"),
				},
			],
			primary_action_label: __("Save"),
			primary_action: async ({ status, progress, note }) => {
				const values = { status, progress: status === "Completed" ? 100 : progress || 0 };
				if ((note || "").trim()) values.progress_note = note.trim();
				dialog.hide();
				await p2ham.follow_up.change(frm, values);
			},
		});
		dialog.show();
	},

	complete(frm) {
		const proved = (frm.doc.evidence || []).length;
		frappe.prompt(
			[
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("What was done?"),
					reqd: proved ? 0 : 1,
					default: frm.doc.progress_note,
					description: __("Add documents that show it below {0}.", [__("Evidence of Completion")]),
				},
			],
			({ note }) =>
				p2ham.follow_up.change(frm, {
					status: "Completed",
					progress: 100,
					progress_note: (note || "").trim() || frm.doc.progress_note,
				}),
			__("Mark Completed"),
			__("Mark Completed")
		);
	},

	close(frm) {
		frappe.prompt(
			[
				{
					fieldname: "closing_note",
					fieldtype: "Small Text",
					label: __("Closing Note"),
					description: __("Closed it stays on record; only Kabag Hukum opens it again."),
				},
			],
			({ closing_note }) =>
				p2ham.follow_up.change(frm, { closing_note: closing_note || "", status: "Closed" }),
			__("Close Follow-up"),
			__("Close Follow-up")
		);
	},

	open_again(frm) {
		frappe.confirm(__("Open {0} again? The unit can change it then.", [frm.doc.name]), () =>
			p2ham.follow_up.change(frm, { status: frm.doc.progress > 0 ? "In Progress" : "Open" })
		);
	},

	// A new document of the unit, named as evidence of this follow-up at once.
	async upload(frm) {
		if (frm.is_dirty()) {
			frappe.msgprint(__("Save the form first."));
			return;
		}
		p2ham.upload_evidence({
			target: { opd: frm.doc.opd },
			title: frm.doc.recommendation.slice(0, 140),
			...(frm.doc.__onload || {}).limits,
			on_done: (answers) => {
				answers.forEach(({ evidence }) => frm.add_child("evidence", { evidence }));
				frm.refresh_field("evidence");
				frm.save();
			},
		});
	},
});
