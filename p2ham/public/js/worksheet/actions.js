// What the buttons of a sheet do (data-do="accept-all" -> accept_all). Every change goes into the form's rows through
// frappe.model.set_value, so the form's ordinary Save stores it.

import { load } from "../desk/load.js";
import { steps } from "../forms/steps.js";
import { adding } from "./adding.js";
import { ITEM, SIDES, USE } from "./model.js";

export const actions = {
	...adding,

	retry(sheet) {
		sheet.refresh();
	},

	filter(sheet, button) {
		sheet.choose_filter(button.dataset.filter);
		sheet.render();
	},

	answer(sheet, button) {
		sheet.set(button, SIDES[button.dataset.side].answer, button.dataset.value);
	},

	clear(sheet, button) {
		sheet.set(button, SIDES[button.dataset.side].answer, "");
	},

	accept(sheet, button) {
		sheet.set(button, "verified_answer", sheet.row_of(button).self_answer);
	},

	accept_all(sheet, button) {
		sheet.items
			.filter((row) => row.criterion === button.dataset.criterionName)
			.filter((row) => !row.verified_answer && row.self_answer)
			.forEach((row) => frappe.model.set_value(ITEM, row.name, "verified_answer", row.self_answer));
	},

	confirm(sheet, button) {
		sheet.confirm_carried(sheet.row_of(button));
	},

	confirm_all(sheet) {
		const rows = sheet.carried_rows().filter((row) => row.self_answer);
		frappe.confirm(
			__(
				"Confirm {0} indicators as they are? You say that answers and evidence hold for this year too.",
				[rows.length]
			),
			() => rows.forEach((row) => sheet.confirm_carried(row))
		);
	},

	save(sheet) {
		// A number that is still being typed counts as well.
		if (document.activeElement) document.activeElement.blur();
		sheet.frm.save();
	},

	step(sheet, button) {
		steps.take(
			sheet.frm,
			sheet.data.steps.find((step) => step.action === button.dataset.action)
		);
	},

	show_item(sheet, link) {
		sheet.show_item(link.dataset.target);
	},

	async view(sheet, button) {
		const { name } = sheet.use_of(button);
		const { EvidenceViewer } = await load("viewer");
		EvidenceViewer.open(sheet.frm, sheet, name);
	},

	async look(sheet) {
		const { EvidenceViewer } = await load("viewer");
		EvidenceViewer.open(sheet.frm, sheet);
	},

	accept_evidence(sheet, button) {
		const use = sheet.use_of(button);
		const verification = use.verification === "Accepted" ? "Pending" : "Accepted";
		frappe.model.set_value(USE, use.name, { verification, note: "" });
	},

	return_evidence(sheet, button) {
		const use = sheet.use_of(button);
		frappe.prompt(
			[
				{
					fieldname: "note",
					fieldtype: "Small Text",
					label: __("What is wrong with this document?"),
					reqd: 1,
					default: use.note,
				},
			],
			({ note }) => frappe.model.set_value(USE, use.name, { verification: "Returned", note }),
			__("Return Evidence"),
			__("Return")
		);
	},

	remove(sheet, button) {
		const use = sheet.use_of(button);
		const row = sheet.row_of(button);
		frappe.model.clear_doc(USE, use.name);
		sheet.frm.refresh_field("evidence_uses");
		sheet.frm.dirty();
		sheet.refresh_item(row.name);
		frappe.show_alert({
			message: __(
				"Removed from this indicator when you save. The document stays in the list of evidence."
			),
			indicator: "blue",
		});
	},
};
