// What may be changed follows the table in p2ham/engine/follow_up.py; the server refuses the rest in any case.

frappe.provide("p2ham");

p2ham.FollowUpForm = class FollowUpForm extends p2ham.Form {
	static OF_UNIT = ["action", "responsible", "progress", "progress_note", "status", "evidence"];
	static TONES = { Open: "orange", "In Progress": "blue", Completed: "green", Closed: "gray" };

	setup() {
		this.frm.set_query("opd", () => ({ filters: { is_active: 1 } }));
		this.frm.set_query("assessment", () => ({
			filters: { opd: this.doc.opd || "", docstatus: ["<", 2] },
		}));
		this.frm.set_query("evidence", "evidence", () => ({
			filters: { opd: ["descendants of (inclusive)", this.doc.opd || ""] },
		}));
	}

	refresh() {
		this.close_fields();
		this.show_intro();
		this.frm.fields_dict.history.$wrapper.html(this.course_html());
		this.propose_officers();
		if (!this.frm.is_new()) this.add_buttons();
	}

	opd() {
		this.propose_officers();
	}

	// ---------------------------------------------------------------- what may be changed

	get is_closed() {
		return !this.frm.is_new() && Boolean(this.doc.closed_on);
	}

	get may_reopen() {
		return this.is_closed && p2ham.holds("kabag_hukum");
	}

	is_open(fieldname) {
		if (this.is_closed) return this.may_reopen && fieldname === "status";
		return p2ham.holds("bagian_hukum") || FollowUpForm.OF_UNIT.includes(fieldname);
	}

	close_fields() {
		const holds_value = ({ fieldname, fieldtype }) =>
			fieldname && (fieldtype === "Table" || !frappe.model.no_value_type.includes(fieldtype));
		for (const { fieldname, read_only } of this.frm.meta.fields.filter(holds_value)) {
			this.frm.set_df_property(fieldname, "read_only", read_only || !this.is_open(fieldname) ? 1 : 0);
		}
		if (!p2ham.holds("bagian_hukum") && !this.is_closed) {
			this.frm.set_df_property("status", "options", ["Open", "In Progress", "Completed"]);
		}
	}

	// ---------------------------------------------------------------- how it stands

	show_intro() {
		this.frm.set_intro("");
		if (this.is_closed) {
			this.frm.set_intro(
				this.may_reopen
					? __("This follow-up is closed. Choosing another status opens it again.")
					: __("This follow-up is closed and no longer changes."),
				"blue"
			);
		} else if (this.days_late() > 0) {
			this.frm.set_intro(__("Overdue by {0} days.", [this.days_late()]), "orange");
		}
	}

	days_late() {
		const { due_date, status } = this.doc;
		if (!due_date || this.frm.is_new() || status === "Completed") return 0;
		return frappe.datetime.get_day_diff(frappe.datetime.get_today(), due_date);
	}

	// How it went on, newest first: what the app has noted at each change (table `progress_notes`).
	course_html() {
		const notes = [...(this.doc.progress_notes || [])].reverse();
		return `<ul class="p2ham-course">${notes.map((row) => this.note_html(row)).join("")}</ul>`;
	}

	note_html(row) {
		const { people = {} } = this.doc.__onload || {};
		const tone = FollowUpForm.TONES[row.status] || "gray";
		const state = `${__(row.status)} ${format_number(row.progress || 0, null, 0)} %`;
		const by = people[row.noted_by] || row.noted_by || "–";
		return `<li class="p2ham-${tone}">
			${p2ham.pill(state, tone)}
			<span class="p2ham-hint">${p2ham.esc(frappe.datetime.str_to_user(row.noted_on))} · ${p2ham.esc(by)}</span>
			${row.note ? `<div class="p2ham-text">${p2ham.esc(row.note)}</div>` : ""}
		</li>`;
	}

	propose_officers() {
		const { $input } = this.frm.fields_dict.responsible;
		if ($input && this.doc.opd) p2ham.officers.propose($input.get(0), this.doc.opd);
	}

	// ---------------------------------------------------------------- buttons

	add_buttons() {
		if (this.may_reopen) this.frm.add_custom_button(__("Open Again"), () => this.open_again());
		if (this.is_closed || !this.may_write) return;
		this.frm.add_custom_button(__("Add Progress"), () => this.add_progress());
		if (!p2ham.holds("bagian_hukum")) {
			this.frm.add_custom_button(__("Upload Evidence"), () => this.upload());
		}
		if (this.doc.status !== "Completed") {
			this.frm.add_custom_button(__("Mark Completed"), () => this.complete());
		}
		if (p2ham.holds("bagian_hukum")) this.add_closing_button();
	}

	add_closing_button() {
		const close = [__("Close Follow-up"), () => this.close()];
		if (this.doc.status === "Completed") this.add_primary_button(...close);
		else this.frm.add_custom_button(...close);
	}

	// Everything goes through the form's own Save: what is refused stays in the form.
	async change(values) {
		await this.frm.set_value(values);
		await this.frm.save();
	}

	add_progress() {
		const dialog = new frappe.ui.Dialog({
			title: __("Add Progress"),
			fields: [
				this.status_field(),
				{
					fieldname: "progress",
					fieldtype: "Percent",
					label: __("Progress (%)"),
					default: this.doc.progress || 0,
				},
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("Note"),
					description: __("What has been done since the last note, and what is in the way"),
				},
			],
			primary_action_label: __("Save"),
			primary_action: (values) => {
				dialog.hide();
				return this.change(this.progress_of(values));
			},
		});
		dialog.show();
	}

	status_field() {
		const statuses = ["Open", "In Progress", "Completed"];
		return {
			fieldname: "status",
			fieldtype: "Select",
			label: __("Status"),
			options: statuses.map((value) => ({ value, label: __(value) })),
			default: this.doc.status === "Open" ? "In Progress" : this.doc.status,
			reqd: 1,
		};
	}

	progress_of({ status, progress, note }) {
		const values = { status, progress: status === "Completed" ? 100 : progress || 0 };
		if ((note || "").trim()) values.progress_note = note.trim();
		return values;
	}

	complete() {
		const proved = (this.doc.evidence || []).length;
		const table = __("Evidence of Completion");
		const field = {
			fieldname: "note",
			fieldtype: "Small Text",
			label: __("What was done?"),
			reqd: proved ? 0 : 1,
			default: this.doc.progress_note,
			description: __("Add documents that show it below {0}.", [table]),
		};
		const take = ({ note }) => {
			const progress_note = (note || "").trim() || this.doc.progress_note;
			return this.change({ status: "Completed", progress: 100, progress_note });
		};
		frappe.prompt([field], take, __("Mark Completed"), __("Mark Completed"));
	}

	close() {
		const field = {
			fieldname: "closing_note",
			fieldtype: "Small Text",
			label: __("Closing Note"),
			description: __("Closed it stays on record; only Kabag Hukum opens it again."),
		};
		const take = ({ closing_note }) =>
			this.change({ closing_note: closing_note || "", status: "Closed" });
		frappe.prompt([field], take, __("Close Follow-up"), __("Close Follow-up"));
	}

	open_again() {
		frappe.confirm(__("Open {0} again? The unit can change it then.", [this.doc.name]), () =>
			this.change({ status: this.doc.progress > 0 ? "In Progress" : "Open" })
		);
	}

	// A new document of the unit, named as evidence of this follow-up at once.
	upload() {
		this.if_saved(__("Save the form first."), () => {
			p2ham.upload_evidence({
				target: { opd: this.doc.opd },
				title: this.doc.recommendation.slice(0, 140),
				...(this.doc.__onload || {}).limits,
				on_done: (answers) => this.add_evidence(answers),
			});
		});
	}

	add_evidence(answers) {
		for (const { evidence } of answers) this.frm.add_child("evidence", { evidence });
		this.frm.refresh_field("evidence");
		this.frm.save();
	}
};

frappe.ui.form.on("P2HAM Follow-up", p2ham.FollowUpForm.events("setup", "refresh", "opd"));
