// The sheet of a P2HAM Assessment: criteria, indicators, answers, evidence and the verifier's side in one place.
//
// It shows the form's own rows (frm.doc) and what `p2ham.api.assessment.get_worksheet` tells about them. Every change goes
// into the rows through frappe.model.set_value, so the form's ordinary Save stores it. Points, scores and what is allowed
// are the server's business; nothing here decides anything.

import { accept_drops } from "../desk/drop.js";
import { fit_height } from "../desk/format.js";
import { mark } from "../desk/mark.js";
import { esc } from "../desk/text.js";
import { actions } from "./actions.js";
import { drop_files } from "./adding.js";
import { not_valid_html } from "./evidence.js";
import { carried_html, head_html, notes_html, notice_html } from "./head.js";
import { bar_html, filter_html, missing_html } from "./lists.js";
import { ITEM, SIDES, USE, WorksheetModel } from "./model.js";
import { accept_all_html, count_html, item_html, section_html } from "./view.js";

// A word for an attribute of a template below: bench does not find strings that stand inside quotes there.
const words = () => ({ progress: __("Progress and steps") });

export class Worksheet extends WorksheetModel {
	static of(frm) {
		if (!frm.p2ham_worksheet) frm.p2ham_worksheet = new Worksheet(frm);
		return frm.p2ham_worksheet;
	}

	constructor(frm) {
		super(frm);
		this.$body = $(`<div class="p2ham-sheet"></div>`);
		frm.fields_dict.worksheet.$wrapper.empty().append(this.$body);
		this.bind();
	}

	forget() {
		this.key = null;
	}

	async refresh() {
		if (this.frm.is_new()) return this.show_hint();
		const key = `${this.frm.doc.name} ${this.frm.doc.modified}`;
		if (this.key !== key) {
			this.key = key;
			this.loading = mark.until(
				frappe.xcall("p2ham.api.assessment.get_worksheet", { name: this.frm.doc.name })
			);
		}
		if (this.shown !== this.frm.doc.name) this.show_loading();
		try {
			const data = await this.loading;
			if (this.key !== key) return; // another document, or a newer answer, is on its way
			this.data = data;
			this.render();
			this.limit_tables();
		} catch (error) {
			if (this.key === key) this.show_failure();
			throw error;
		}
	}

	show_hint() {
		this.key = this.shown = this.data = null;
		this.$body.html(
			`<div class="p2ham-empty">
				<strong>${__("Choose the period and the unit, then save.")}</strong>
				<p>${__(
					"The sheet with all indicators, their guidance and the wanted evidence appears here after the first save."
				)}</p>
			</div>`
		);
	}

	show_loading() {
		this.shown = this.frm.doc.name;
		this.begin();
		this.$body.html(`<div class="p2ham-empty">${__("Loading the sheet...")}</div>`);
	}

	show_failure() {
		this.forget();
		this.$body.html(
			`<div class="p2ham-empty">
				<p>${__("The sheet could not be loaded. What you have typed is still in the form.")}</p>
				<button type="button" class="btn btn-default btn-sm" data-do="retry">${__("Try Again")}</button>
			</div>`
		);
	}

	// The raw tables below the sheet stay, but only what this side may change is open in them.
	limit_tables() {
		const side = this.data.side;
		const items = this.frm.fields_dict.items.grid;
		for (const [name, fields] of Object.entries(SIDES)) {
			items.update_docfield_property(fields.answer, "read_only", side === name ? 0 : 1);
			items.update_docfield_property(fields.note, "read_only", side === name ? 0 : 1);
		}
		const uses = this.frm.fields_dict.evidence_uses.grid;
		for (const field of ["indicator", "slot", "evidence"]) {
			uses.update_docfield_property(field, "read_only", 1);
		}
		for (const field of ["verification", "note"]) {
			uses.update_docfield_property(field, "read_only", side === "verified" ? 0 : 1);
		}
		items.refresh();
		uses.refresh();
	}

	render() {
		const focus = this.remember_focus();
		// Keeps the page from jumping while the sheet is replaced.
		this.$body.css("min-height", this.$body.height());
		this.$body.html(
			`${notice_html(this)}
			${notes_html(this)}
			<div data-part="head">${head_html(this)}</div>
			<div data-part="carried">${carried_html(this)}</div>
			<div data-part="missing">${missing_html(this)}</div>
			<div data-part="filter">${filter_html(this)}</div>
			${this.sections()
				.map((section) => section_html(this, section))
				.join("")}
			<div class="p2ham-bar" data-part="bar" role="region" aria-label="${words().progress}">${bar_html(this)}</div>`
		);
		this.$body.css("min-height", "");
		this.$body.find("textarea").each((_, textarea) => fit_height(textarea));
		this.restore_focus(focus);
	}

	// What depends on several rows: called after each change.
	refresh_summary() {
		if (!this.data) return;
		this.part("head").html(head_html(this));
		this.part("carried").html(carried_html(this));
		this.part("missing").html(missing_html(this));
		this.part("filter").html(filter_html(this));
		for (const section of this.sections()) {
			this.$body
				.find(`[data-criterion="${CSS.escape(section.name)}"] > summary [data-part="count"]`)
				.html(count_html(this, section));
			this.$body
				.find(`[data-criterion="${CSS.escape(section.name)}"] > [data-part="accept-all"]`)
				.html(accept_all_html(this, section));
		}
		this.refresh_bar();
	}

	refresh_bar() {
		if (!this.data) return;
		const focus = this.remember_focus();
		this.part("bar").html(bar_html(this));
		this.restore_focus(focus);
	}

	refresh_item(name) {
		const row = this.item(name);
		if (!this.data || !row) return;
		const focus = this.remember_focus();
		const $old = this.$body.find(`[data-item="${CSS.escape(name)}"]`);
		const $new = $(item_html(this, row));
		// An answer must not make the guidance close and the page jump under the finger.
		$new.find(".p2ham-guidance").prop("open", $old.find(".p2ham-guidance").prop("open"));
		$old.replaceWith($new);
		$new.find("textarea").each((_, textarea) => fit_height(textarea));
		this.restore_focus(focus);
		this.refresh_summary();
	}

	part(name) {
		return this.$body.find(`> [data-part="${name}"]`);
	}

	remember_focus() {
		const element = document.activeElement;
		if (!element || !this.$body.get(0).contains(element) || !element.dataset.key) return null;
		return { key: element.dataset.key, start: element.selectionStart, end: element.selectionEnd };
	}

	restore_focus(focus) {
		if (!focus) return;
		let element = this.$body.find(`[data-key="${CSS.escape(focus.key)}"]`).get(0);
		if (element && element.getAttribute("role") === "radio") {
			element = $(element).parent().find('[tabindex="0"]').get(0);
		}
		if (!element) return;
		element.focus({ preventScroll: true });
		if (element.tagName === "TEXTAREA") element.setSelectionRange(focus.start, focus.end);
	}

	bind() {
		this.$body.on("click", "[data-do]", (event) => {
			event.preventDefault();
			this.act(event.currentTarget.dataset.do, event.currentTarget);
		});
		this.$body.on("keydown", '[role="radio"]', (event) => this.move_in_group(event));
		this.$body.on("input", "[data-note-of]", (event) => {
			fit_height(event.currentTarget);
			this.set(
				event.currentTarget,
				SIDES[event.currentTarget.dataset.noteOf].note,
				event.currentTarget.value
			);
		});
		this.$body.on("change", "[data-number-of]", (event) => this.type_number(event.currentTarget));
		// The click comes before the browser opens or closes.
		this.$body.on("click", "summary", (event) => {
			const details = event.currentTarget.parentElement;
			this.remember_open(details, !details.open);
		});
		$(this.frm.wrapper).on("dirty", () => this.refresh_bar());
		accept_drops(this.$body.get(0), ".p2ham-slot.takes-files", (slot, files) =>
			this.once(() => drop_files(this, slot, files))
		);
	}

	// What a button of the sheet does, here or where somebody else has drawn it.
	act(name, element) {
		return this.once(() => actions[name.replace(/-/g, "_")](this, element));
	}

	// A second click while a dialog is still on its way opens no second one.
	once(act) {
		if (this.acting) return;
		const done = act();
		if (!done || !done.finally) return;
		this.acting = true;
		return done.finally(() => (this.acting = false));
	}

	row_of(element) {
		return this.item($(element).closest("[data-item]").attr("data-item"));
	}

	use_of(element) {
		const name = $(element).closest("[data-use]").attr("data-use");
		return (this.frm.doc.evidence_uses || []).find((use) => use.name === name);
	}

	set(element, field, value) {
		const row = this.row_of(element);
		if (row) return frappe.model.set_value(ITEM, row.name, field, value);
	}

	remember_open(details, open) {
		if (details.matches(".p2ham-section")) {
			this.closed[open ? "delete" : "add"](details.dataset.criterion);
		} else if (details.matches(".p2ham-guidance")) {
			this.guidance.set($(details).closest("[data-item]").attr("data-item"), open);
		} else if (details.matches(".p2ham-last-year")) {
			this.last_year_open[open ? "add" : "delete"]($(details).closest("[data-item]").attr("data-item"));
		} else if (details.matches(".p2ham-missing")) {
			this.missing_closed = !open;
		}
	}

	move_in_group(event) {
		const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
		const $all = $(event.currentTarget).parent().find('[role="radio"]');
		const index = $all.index(event.currentTarget);
		let next = null;
		if (event.key in steps) next = (index + steps[event.key] + $all.length) % $all.length;
		else if (event.key === "Home") next = 0;
		else if (event.key === "End") next = $all.length - 1;
		if (next === null) return;
		event.preventDefault();
		$all.get(next).focus();
		this.act("answer", $all.get(next));
	}

	type_number(input) {
		const row = this.row_of(input);
		const text = input.value.trim();
		const wrong = !this.accepts_number(row, text);
		input.setAttribute("aria-invalid", wrong);
		if (wrong) {
			frappe.show_alert({
				message: __("{0}: {1} is not an answer here.", [esc(row.code), esc(text)]),
				indicator: "red",
			});
			return;
		}
		this.set(input, SIDES[input.dataset.numberOf].answer, text);
	}

	confirm_carried(row) {
		if (row.carried_over) frappe.model.set_value(ITEM, row.name, "carried_over", 0);
		this.uses(row)
			.filter((use) => use.carried_over)
			.forEach((use) => frappe.model.set_value(USE, use.name, "carried_over", 0));
	}

	// A new answer is the unit's own, and so is what stands beside it: the server says the same when it is saved.
	answered(name) {
		const row = this.item(name);
		if (row && this.side === "self") this.confirm_carried(row);
		this.refresh_item(name);
	}

	// Scroll to a row, opening its section, and let it flash.
	show_item(name) {
		if (this.filtered && !this.filtered.has(name)) {
			this.choose_filter("all");
			this.render();
		}
		const $item = this.$body.find(`[data-item="${CSS.escape(name)}"]`);
		const $section = $item.closest("details").prop("open", true);
		this.closed.delete($section.attr("data-criterion"));
		$item.get(0).scrollIntoView({ block: "center" });
		$item.removeClass("is-flashing");
		void $item.get(0).offsetWidth; // lets the animation start anew
		$item.addClass("is-flashing");
		const target = $item.find('[role="radio"][tabindex="0"], input, .p2ham-slot.is-wanted button').get(0);
		if (target) target.focus({ preventScroll: true });
	}

	show_missing() {
		this.missing_closed = false;
		this.part("missing").html(missing_html(this));
		this.part("missing").get(0).scrollIntoView({ block: "center" });
		this.part("missing").find("a").first().trigger("focus");
	}

	async reload(row) {
		await this.frm.reload_doc();
		await this.refresh();
		this.flash(row);
	}

	// For the question before a sheet is handed over (the form's script).
	not_valid_html() {
		return not_valid_html(this);
	}

	flash(name) {
		this.$body.find(`[data-item="${CSS.escape(name)}"]`).addClass("is-flashing");
	}
}
