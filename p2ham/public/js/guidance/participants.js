// Who takes part in a meeting: units by choice, then the officers of those units.

import { esc } from "../desk/text.js";
import { read } from "./door.js";

export class Participants {
	constructor(frm) {
		this.frm = frm;
	}

	get rows() {
		return this.frm.doc.participants || [];
	}

	async choose_units() {
		const units = await frappe.db.get_list("P2HAM OPD", {
			fields: ["name", "opd_name"],
			filters: { is_active: 1, parent_p2ham_opd: ["is", "set"] }, // not the regency itself
			order_by: "lft",
			limit: 0,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Add Units"),
			fields: [this.units_field(units)],
			size: "large",
			primary_action_label: __("Add"),
			primary_action: () => {
				this.add_units(units, dialog.get_value("units") || []);
				dialog.hide();
			},
		});
		dialog.show();
	}

	units_field(units) {
		const there = new Set(this.rows.map((row) => row.opd));
		return {
			fieldname: "units",
			fieldtype: "MultiCheck",
			label: __("Units that take part"),
			select_all: true,
			sort_options: false,
			columns: 2,
			options: units
				.filter((unit) => !there.has(unit.name))
				.map((unit) => ({ label: esc(unit.opd_name), value: unit.name })),
		};
	}

	add_units(units, chosen) {
		const names = Object.fromEntries(units.map((unit) => [unit.name, unit.opd_name]));
		for (const opd of chosen) this.frm.add_child("participants", { opd, opd_name: names[opd] });
		this.changed();
	}

	async add_officers() {
		const units = [...new Set(this.rows.map((row) => row.opd).filter(Boolean))];
		if (!units.length) {
			frappe.msgprint(__("Add the units first."));
			return;
		}
		const found = await read("officers", { units: JSON.stringify(units) });
		let added = 0;
		for (const officer of found.rows) added += this.add_officer(officer) ? 1 : 0;
		this.changed();
		frappe.show_alert({
			message: __("Officers added: {0}", [added]),
			indicator: added ? "green" : "orange",
		});
		if (found.without.length) {
			frappe.msgprint(__("Nobody holds a duty there today: {0}", [esc(found.without.join(", "))]));
		}
	}

	// A row of a unit without a person takes its first officer, the others follow. Tells whether somebody came in.
	add_officer(officer) {
		const rows = this.rows.filter((row) => row.opd === officer.opd);
		if (rows.some((row) => row.person === officer.person)) return false;
		const empty = rows.find((row) => !row.person);
		const { opd_name } = rows[0];
		Object.assign(empty || this.frm.add_child("participants", { opd_name }), officer);
		return true;
	}

	changed() {
		this.frm.refresh_field("participants");
		this.frm.dirty();
	}
}
