// The head of a unit writes no period, but says of their units that they are ready or leave.

import { holds } from "../desk/duties.js";
import { send } from "../desk/send.js";

export class StepsOfHead {
	constructor(frm) {
		this.frm = frm;
	}

	async add_buttons() {
		if (!holds("opd_head") || frappe.session.user === "Administrator") return;
		const { name } = this.frm.doc;
		const units = await frappe.xcall("p2ham.api.period.my_steps", { period: name });
		if (this.frm.doc.name !== name) return;
		const those = (target) => units.filter((unit) => unit.steps.includes(target));
		const [invited, staying] = [those("Ready"), those("Withdrawn")];
		const form = p2ham.PeriodForm.of(this.frm);
		if (invited.length) form.add_primary_button(__("Declare Ready"), () => this.ask_ready(invited));
		if (staying.length) {
			this.frm.add_custom_button(__("Withdraw"), () => this.ask_withdrawal(staying));
		}
	}

	unit_field(units) {
		return {
			fieldname: "opd",
			fieldtype: "Select",
			label: __("OPD"),
			options: units.map((unit) => ({ value: unit.opd, label: unit.opd_name })),
			default: units.length === 1 ? units[0].opd : "",
			read_only: units.length === 1 ? 1 : 0,
			reqd: 1,
		};
	}

	ask_ready(units) {
		const today = frappe.datetime.get_today();
		const dialog = new frappe.ui.Dialog({
			title: __("Declare Ready"),
			fields: [
				this.unit_field(units),
				{
					fieldname: "ready_on",
					fieldtype: "Date",
					label: __("Ready On"),
					default: today,
					max_date: frappe.datetime.str_to_obj(today),
					reqd: 1,
				},
				{ fieldname: "letter", fieldtype: "HTML" },
			],
			primary_action_label: __("Declare Ready"),
			primary_action: (values) => this.declare_ready(dialog, values),
		});
		dialog.fields_dict.letter.$wrapper.html(this.letter_html());
		dialog.show();
	}

	letter_html() {
		return `<div class="form-group">
			<label class="control-label" for="p2ham-letter">${__("Letter of the head (PDF or picture)")}</label>
			<input type="file" id="p2ham-letter" class="form-control" style="height: auto" accept=".pdf,.jpg,.jpeg,.png">
			<p class="help-box small text-muted">${__("Stored privately with the period.")}</p></div>`;
	}

	async declare_ready(dialog, { opd, ready_on }) {
		const [file] = dialog.$wrapper.find("input[type=file]").get(0).files;
		const period = this.frm.doc.name;
		dialog.disable_primary_action();
		try {
			await send("p2ham.api.period.declare_ready", { period, opd, ready_on, file });
		} catch (refusal) {
			refusal.show(__("Not Stored"));
			return;
		} finally {
			dialog.enable_primary_action();
		}
		await this.done(dialog, `${opd}: ${__("Ready")}`, "green");
	}

	ask_withdrawal(units) {
		const dialog = new frappe.ui.Dialog({
			title: __("Withdraw"),
			fields: [
				this.unit_field(units),
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason for Withdrawal"), reqd: 1 },
			],
			primary_action_label: __("Withdraw"),
			primary_action: (values) => this.withdraw(dialog, values),
		});
		dialog.show();
	}

	async withdraw(dialog, { opd, reason }) {
		await frappe.xcall("p2ham.api.period.withdraw", { period: this.frm.doc.name, opd, reason });
		await this.done(dialog, `${opd}: ${__("Withdrawn")}`, "orange");
	}

	async done(dialog, message, indicator) {
		dialog.hide();
		await p2ham.PeriodForm.of(this.frm).reload_and_tell(message, indicator);
	}
}
