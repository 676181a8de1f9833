// Choosing among the documents that the unit has already.
//
// Not Frappe's MultiSelectDialog: its rows are fields of the DocType, and here each says whether the document is valid in the
// year of this sheet and where it is used, which `p2ham.api.evidence.available` tells for one place.

import { mark } from "../desk/mark.js";
import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";

export class EvidencePicker {
	// `place`: assessment, indicator, slot; `on_pick(names)` may refuse by throwing.
	constructor({ place, unit, on_pick }) {
		Object.assign(this, { place, on_pick, chosen: new Set() });
		this.dialog = new frappe.ui.Dialog({
			title: __("Use Existing Evidence"),
			size: "large",
			fields: [
				{
					fieldname: "text",
					fieldtype: "Data",
					label: __("Search"),
					placeholder: __("Words of the title"),
				},
				{ fieldname: "list", fieldtype: "HTML" },
			],
			primary_action_label: __("Use"),
			primary_action: () => this.pick(),
		});
		this.dialog.$wrapper.addClass("p2ham-picker");
		this.$list = this.dialog.fields_dict.list.$wrapper;
		this.unit = unit;
		this.dialog.fields_dict.text.$input.on(
			"input",
			frappe.utils.debounce(() => this.load(), 300)
		);
		this.$list.on("change", "input[type=checkbox]", ({ currentTarget }) => {
			this.chosen[currentTarget.checked ? "add" : "delete"](currentTarget.value);
			this.refresh_button();
		});
		this.dialog.show();
		this.load();
	}

	async load() {
		const text = this.dialog.get_value("text") || "";
		const rows = await mark.until(frappe.xcall("p2ham.api.evidence.available", { ...this.place, text }));
		if (text !== (this.dialog.get_value("text") || "")) return; // a later search is under way
		this.$list.html(rows.length ? rows.map((row) => this.row_html(row)).join("") : this.empty_html(text));
		this.refresh_button();
	}

	empty_html(text) {
		return `<div class="p2ham-empty">${
			text
				? __("No document of {0} fits these words.", [esc(this.unit)])
				: __("{0} has no other document of this kind yet.", [esc(this.unit)])
		}</div>`;
	}

	row_html(row) {
		const colour = { Valid: "green", "Partly Valid": "orange", "Not Valid": "red" }[row.validity];
		const valid = colour ? pill(__(row.validity), colour) : "";
		const flag = row.contains_personal_data ? pill(__("Personal data"), "red") : "";
		const about = [
			row.document_date && frappe.datetime.str_to_user(row.document_date),
			row.uses ? __("used in {0} places", [row.uses]) : __("not used yet"),
		];
		return `<label class="p2ham-pick"><input type="checkbox" value="${esc(row.name)}" ${
			this.chosen.has(row.name) ? "checked" : ""
		}><span><b>${esc(row.title)}</b> ${valid}${flag}<br><span class="p2ham-hint">${esc(row.name)} · ${about
			.filter(Boolean)
			.map(esc)
			.join(" · ")}</span></span></label>`;
	}

	refresh_button() {
		const count = this.chosen.size;
		this.dialog
			.get_primary_btn()
			.text(count > 1 ? __("Use {0} Documents", [count]) : __("Use"))
			.prop("disabled", !count);
	}

	async pick() {
		this.dialog.disable_primary_action();
		try {
			await this.on_pick([...this.chosen]);
			this.dialog.hide();
		} finally {
			this.dialog.enable_primary_action();
		}
	}
}
