// The officers of a unit as what a field of `frm` or of a dialog proposes; each unit is asked for once.

import { esc } from "./text.js";

export const officers = {
	known: {},

	of(opd) {
		if (!opd) return Promise.resolve([]);
		if (!officers.known[opd]) {
			officers.known[opd] = frappe.xcall("p2ham.api.follow_up.officers", { opd });
		}
		return officers.known[opd];
	},

	// Let a text field propose them; whatever else is typed is as good.
	async propose(input, opd) {
		const names = await officers.of(opd);
		const id = `p2ham-officers-${opd.replace(/\W+/g, "-")}`;
		if (!document.getElementById(id)) {
			const options = names.map((name) => `<option value="${esc(name)}"></option>`);
			$(document.body).append(`<datalist id="${id}">${options.join("")}</datalist>`);
		}
		input.setAttribute("list", id);
	},
};
