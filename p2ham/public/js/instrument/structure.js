// The structure of a P2HAM Instrument on its form: criteria and indicators as a tree with weights, what they
// amount to, and what is wrong or strange about them.
//
// It draws what `p2ham.api.instrument.get_structure` tells, anew at every refresh of the form, and decides
// nothing: criteria and indicators are changed in their own forms, which the rows lead to.

import { mark } from "../desk/mark.js";
import { DOCTYPES, StructureModel } from "./model.js";
import { bar_html, nothing_html, notes_html, table_html } from "./view.js";

export class InstrumentStructure extends StructureModel {
	static of(frm) {
		if (!frm.p2ham_structure) frm.p2ham_structure = new InstrumentStructure(frm);
		return frm.p2ham_structure;
	}

	constructor(frm) {
		super(frm);
		this.$body = $(`<div class="p2ham-sheet p2ham-structure"></div>`);
		frm.fields_dict.structure.$wrapper.empty().append(this.$body);
		this.bind();
	}

	async refresh() {
		const name = this.frm.doc.name;
		if (this.frm.is_new()) return;
		const loading = (this.loading = mark.until(
			frappe.xcall("p2ham.api.instrument.get_structure", { name })
		));
		if (this.shown !== name) {
			this.shown = name;
			this.closed = null;
			this.data = null;
			this.$body.html(`<div class="p2ham-empty">${__("Loading the structure...")}</div>`);
		}
		try {
			const data = await loading;
			if (this.loading !== loading) return; // another document, or a newer answer, is on its way
			this.data = data;
			this.arrange();
			this.render();
		} catch (error) {
			if (this.loading === loading) this.show_failure();
			throw error;
		}
	}

	show_failure() {
		this.shown = null;
		this.$body.html(
			`<div class="p2ham-empty">
				<p>${__("The structure could not be loaded.")}</p>
				<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
			</div>`
		);
	}

	render() {
		const focus = this.$body.find(":focus").attr("data-key");
		this.$body.html(
			`${notes_html(this)}
			${this.rows.length ? bar_html(this) + table_html(this) : nothing_html(this)}`
		);
		this.show_rows();
		if (focus) this.$body.find(`[data-key="${CSS.escape(focus)}"]`).trigger("focus");
	}

	// Which rows are seen follows from what is closed; nothing is drawn anew.
	show_rows() {
		this.$body.find("tr[data-row]").each((_, element) => {
			const row = this.by_key.get(element.dataset.row);
			element.hidden = row.above.some((key) => this.closed.has(key));
			const toggle = element.querySelector("button.p2ham-toggle");
			if (toggle) toggle.setAttribute("aria-expanded", String(!this.closed.has(row.key)));
		});
	}

	bind() {
		this.$body.on("click", "[data-do]", (event) => {
			event.preventDefault();
			this[`do_${event.currentTarget.dataset.do.replace(/-/g, "_")}`](event.currentTarget);
		});
	}

	do_retry() {
		this.refresh();
	}

	do_toggle(button) {
		const key = button.dataset.key;
		if (!this.closed.delete(key)) this.closed.add(key);
		this.show_rows();
	}

	do_expand() {
		this.closed = new Set();
		this.show_rows();
	}

	do_collapse() {
		this.closed = new Set(this.rows.filter((row) => row.has_below).map((row) => row.key));
		this.show_rows();
	}

	// Scroll to a row, opening what it lies in, and let it flash.
	do_jump(link) {
		const row = this.by_key.get(link.dataset.target);
		row.above.forEach((key) => this.closed.delete(key));
		this.show_rows();
		const $row = this.$body.find(`[data-row="${CSS.escape(row.key)}"]`);
		$row.get(0).scrollIntoView({ block: "center" });
		$row.removeClass("is-flashing");
		void $row.get(0).offsetWidth; // lets the animation start anew
		$row.addClass("is-flashing");
		$row.find(".p2ham-node-title a").get(0).focus({ preventScroll: true });
	}

	do_add_criterion(button) {
		this.add(DOCTYPES.criterion, { parent_criterion: button.dataset.parent || "" });
	}

	do_add_indicator(button) {
		this.add(DOCTYPES.indicator, { criterion: button.dataset.parent });
	}

	async add(doctype, values) {
		// What was typed in this form must not stay behind unsaved; if it cannot be saved, Frappe has said why.
		if (this.frm.is_dirty()) {
			const saved = await this.frm.save().then(
				() => !this.frm.is_dirty(),
				() => false
			);
			if (!saved) return;
		}
		frappe.new_doc(doctype, { instrument: this.frm.doc.name, ...values });
	}
}
