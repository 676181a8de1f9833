// The steps of guidance that the session's user can take come from the server (p2ham/engine/guidance.py); here stands what
// each of them asks before it is taken.

const OCCASION = ["date", "start_time", "end_time", "place", "host"];
const FORWARD = ["Accept", "Schedule", "Record as Held"];

export class Steps {
	constructor(frm) {
		this.frm = frm;
	}

	static LABELS = {
		Accept: () => __("Accept"),
		Schedule: () => __("Schedule"),
		"Record as Held": () => __("Record as Held"),
		Decline: () => __("Decline"),
		Withdraw: () => __("Withdraw"),
		Cancel: () => __("Cancel"),
		Reopen: () => __("Reopen"),
	};

	get form() {
		return p2ham.GuidanceForm.of(this.frm);
	}

	add_buttons() {
		const { __onload: loaded = {} } = this.frm.doc;
		for (const action of loaded.steps || []) {
			const take = () => this.form.if_stored(() => this.ask(action));
			const label = Steps.LABELS[action]();
			if (FORWARD.includes(action)) this.form.add_primary_button(label, take);
			else this.frm.add_custom_button(label, take);
		}
	}

	ask(action) {
		const question = this.question(action);
		const fields = this.fields(action);
		if (question) frappe.confirm(question, () => this.take(action));
		else if (fields) this.open_dialog(action, fields);
		else this.take(action);
	}

	question(action) {
		return {
			"Record as Held": __(
				"Was it held on this day? Attendance, outcome and decisions can be recorded then."
			),
			Reopen: __("Open it again? Its reason of the cancellation is removed."),
		}[action];
	}

	fields(action) {
		if (action === "Schedule") return OCCASION.map((fieldname) => this.field(fieldname));
		return ["Decline", "Withdraw", "Cancel"].includes(action) ? [this.reason_field()] : null;
	}

	field(fieldname) {
		const { fieldtype, label } = this.frm.get_docfield(fieldname);
		return {
			fieldname,
			fieldtype,
			label: __(label),
			default: this.frm.doc[fieldname],
			reqd: fieldname === "date" ? 1 : 0,
		};
	}

	reason_field() {
		const label = __(frappe.meta.get_label(this.frm.doctype, "cancel_reason"));
		return { fieldname: "cancel_reason", fieldtype: "Small Text", label, reqd: 1 };
	}

	open_dialog(action, fields) {
		const label = Steps.LABELS[action]();
		const dialog = new frappe.ui.Dialog({
			title: label,
			fields,
			primary_action_label: label,
			primary_action: async () => {
				// Also what was emptied.
				const values = fields.map(({ fieldname }) => [
					fieldname,
					dialog.get_value(fieldname) || null,
				]);
				await this.take(action, Object.fromEntries(values));
				dialog.hide();
			},
		});
		dialog.show();
	}

	async take(action, values = {}) {
		const { name } = this.frm.doc;
		const status = await frappe.xcall("p2ham.api.guidance.take_step", { name, action, values });
		await this.form.reload_and_tell(__("Status: {0}", [__(status)]));
	}
}
