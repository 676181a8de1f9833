// The steps of an assessment's life, as the server lists them for this user and state: buttons, what stops a step, what it
// asks, and that it is taken.
//
//   p2ham.steps.take(frm, step)            in a form script; `step` as p2ham.api.assessment lists it

import { esc } from "../desk/text.js";
import { save_first } from "./form.js";

export const steps = {
	// Return and Cancel go back; everything else goes on.
	is_forward(step) {
		return !step.note_required;
	},

	in_order(all) {
		return [...all].sort((a, b) => steps.is_forward(a) - steps.is_forward(b));
	},

	// Whether a step is the next thing to do: a button that would be refused does not shine.
	is_ready(sheet, step) {
		return steps.is_forward(step) && !steps.gaps(sheet, step);
	},

	gaps(sheet, step) {
		const needed = step.needs_complete || step.needs_verified;
		return needed ? sheet.items.flatMap((row) => sheet.gaps(row)).length : 0;
	},

	add_buttons(frm, sheet) {
		for (const step of steps.in_order(sheet.data.steps)) {
			const button = frm.add_custom_button(__(step.action), () => steps.take(frm, step));
			if (button && steps.is_ready(sheet, step)) {
				button.removeClass("btn-default").addClass("btn-primary");
			}
		}
	},

	async take(frm, step) {
		await save_first(frm);
		const sheet = await p2ham.worksheet(frm);
		await sheet.refresh();
		if (steps.stops_at_gaps(sheet, step)) return;
		const answer = await steps.ask(frm, step);
		if (!answer) return;
		await frappe.xcall("p2ham.api.assessment.take_step", {
			name: frm.doc.name,
			action: step.action,
			note: answer.note,
			until: answer.until,
			modified: frm.doc.modified,
		});
		await frm.reload_doc();
		frappe.show_alert({ message: `${__(step.action)}: ${__(step.target)}`, indicator: "green" });
	},

	// What is missing is shown before anybody confirms anything; the server would refuse it anyway.
	stops_at_gaps(sheet, step) {
		const gaps = steps.gaps(sheet, step);
		if (!gaps) return false;
		sheet.show_missing();
		frappe.show_alert({
			message: step.needs_verified
				? __("{0} things are still to be verified. They are listed above the first indicator.", [
						gaps,
					])
				: __("{0} things are still missing. They are listed above the first indicator.", [gaps]),
			indicator: "orange",
		});
		return true;
	},

	// ---------------------------------------------------------------- what a step asks

	explanation(frm, step) {
		if (step.target === "Submitted" && frm.doc.workflow_state === "Reviewed") {
			return __("The sheet goes back to Bagian Hukum, which can verify it again.");
		}
		const texts = {
			Submitted: __(
				"The sheet goes to Bagian Hukum for verification. The unit cannot change it any more unless it is returned."
			),
			Draft: __("The sheet goes back to the unit, which can change it again."),
			Reviewed: __("The verified result goes to the Sekda for approval. Nobody changes it any more."),
			Approved: __("The result becomes final and is sealed with a fingerprint of its content."),
			Cancelled: __("The approved result is withdrawn. The unit can start again with Amend."),
		};
		return texts[step.target] || "";
	},

	// Resolves with the note and the day, or with null when the dialog is closed.
	ask(frm, step) {
		return new Promise((resolve) => {
			let answer = null;
			const dialog = new frappe.ui.Dialog({
				title: `${__(step.action)}: ${esc(frm.doc.opd_name || frm.doc.name)}`,
				fields: steps.fields(frm, step),
				primary_action_label: __(step.action),
				primary_action: (values) => {
					answer = steps.answer(step, values || {});
					if (answer) dialog.hide();
				},
				secondary_action_label: __("Back"),
				secondary_action: () => dialog.hide(),
			});
			dialog.onhide = () => resolve(answer);
			dialog.show();
		});
	},

	answer(step, { note, until }) {
		const reason = (note || "").trim();
		// Blanks are a value for Frappe's own check, but no reason.
		if (step.note_required && !reason) {
			frappe.msgprint(__("Give a reason."));
			return null;
		}
		return { note: reason, until: until || null };
	},

	fields(frm, step) {
		const dates = step.needs_complete ? frm.p2ham_worksheet.not_valid_html() : "";
		const text = `<p>${esc(steps.explanation(frm, step))}</p>${dates}`;
		return [
			{ fieldname: "text", fieldtype: "HTML", options: text },
			step.note_field && steps.note_field(step),
			step.correction && steps.until_field(step),
		].filter(Boolean);
	},

	note_field(step) {
		return {
			fieldname: "note",
			fieldtype: "Small Text",
			label: step.note_required ? __("Reason") : __("Note"),
			reqd: step.note_required ? 1 : 0,
		};
	},

	// The time for what a step gives back is over: it is given together with a day.
	until_field(step) {
		const { first, last } = step.correction;
		return {
			fieldname: "until",
			fieldtype: "Date",
			label: __("Correct Until"),
			reqd: 1,
			description: last
				? __("The time for this is over. Until {0} at the latest.", [
						frappe.datetime.str_to_user(last),
					])
				: __("The time for this is over."),
			min_date: frappe.datetime.str_to_obj(first),
			max_date: last ? frappe.datetime.str_to_obj(last) : null,
		};
	},
};
