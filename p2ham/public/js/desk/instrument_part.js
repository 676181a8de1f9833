// What the forms of a criterion and of an indicator have in common: they belong to an instrument, lead back to
// it, and are closed once it is past Draft.

import { esc } from "./text.js";

export const instrument_part = {
	async refresh(frm) {
		if (!frm.doc.instrument) return;
		const { name, instrument } = frm.doc;
		frm.add_custom_button(__("Instrument"), () =>
			frappe.set_route("Form", "P2HAM Instrument", instrument)
		);
		const { message } = await frappe.db.get_value("P2HAM Instrument", instrument, ["title", "status"]);
		if (frm.doc.name !== name || !message) return;
		if (message.status !== "Draft") this.close(frm, message);
	},

	// A criterion of the instrument that was chosen before does not go with another one. (Frappe calls this also
	// for a new document whose fields are all given.)
	async drop_foreign_criterion(frm, field) {
		const criterion = frm.doc[field];
		if (!criterion) return;
		const { message } = await frappe.db.get_value("P2HAM Criterion", criterion, "instrument");
		if (frm.doc[field] === criterion && message && message.instrument !== frm.doc.instrument) {
			frm.set_value(field, "");
		}
	},

	// The server refuses changes in any case; the form says so before somebody types.
	close(frm, { title, status }) {
		const address = frappe.utils.get_form_link("P2HAM Instrument", frm.doc.instrument);
		const link = `<a class="p2ham-within" href="${esc(address)}">${esc(title)}</a>`;
		frm.set_intro("");
		frm.set_intro(
			__("The instrument {0} is {1} and no longer changes. Make a new version of it.", [
				link,
				__(status),
			]),
			"blue"
		);
		frm.disable_form();
	},
};
