// An assessment beside an earlier one of the same unit: the dialog around what `p2ham.api.assessment.compare` tells.

import { mark } from "../desk/mark.js";
import { esc } from "../desk/text.js";
import { ComparisonModel } from "./model.js";
import { choice_html, failure_html, result_html } from "./totals.js";

export class Comparison extends ComparisonModel {
	constructor(frm, choices) {
		super(frm, choices);
		this.dialog = new frappe.ui.Dialog({
			title: `${__("Compare")}: ${esc(frm.doc.opd_name || frm.doc.opd)}`,
			size: "extra-large",
		});
		this.$body = $(`<div class="p2ham-sheet p2ham-comparison"></div>`).appendTo(this.dialog.body);
		this.bind();
	}

	get $result() {
		return this.$body.find("> [data-part=result]");
	}

	// Asks what there is to compare with, and shows it or says kindly that there is nothing.
	static async open(frm) {
		const choices = await mark.until(
			frappe.xcall("p2ham.api.assessment.earlier", { name: frm.doc.name })
		);
		if (choices.length) return new Comparison(frm, choices).show();
		frappe.msgprint({
			title: __("Nothing to Compare With Yet"),
			message: __(
				"There is no earlier assessment of this unit that you may see. Once the unit has been assessed in a second year, the two years can be set side by side here."
			),
			indicator: "blue",
		});
	}

	show() {
		this.dialog.show();
		this.$body.html(`${choice_html(this)}<div data-part="result"></div>`);
		return this.load(this.choices[0].name);
	}

	bind() {
		this.$body
			.on("change", "select", (event) => this.load(event.currentTarget.value))
			.on("click", "[data-do=retry]", () => this.load(this.older))
			.on("click", "[data-filter]", (event) => this.filter_rows(event.currentTarget.dataset.filter));
	}

	async load(older) {
		this.older = older;
		this.$result.html(`<div class="p2ham-empty">${__("Comparing...")}</div>`);
		try {
			const data = await mark.until(
				frappe.xcall("p2ham.api.assessment.compare", { name: this.frm.doc.name, older })
			);
			if (this.older !== older) return; // another choice was made meanwhile
			this.data = data;
			this.filter = "all";
			this.$result.html(result_html(this));
		} catch (error) {
			if (this.older === older) this.$result.html(failure_html());
			throw error;
		}
	}

	filter_rows(filter) {
		this.filter = filter;
		this.$body.find("[data-filter]").each((_, button) => {
			button.setAttribute("aria-pressed", button.dataset.filter === filter);
		});
		this.$body.find("[data-direction]").each((_, row) => {
			row.hidden = filter !== "all" && row.dataset.direction !== filter;
		});
	}
}
