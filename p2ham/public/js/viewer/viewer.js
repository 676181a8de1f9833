// The evidence of a sheet, one document after another: the file in the middle, what is asked and was answered beside it, and
// the verifier's decision by button or by key.
//
// It stands over the form and shows the form's own rows and what the sheet (worksheet/worksheet.js) knows about them. Every
// decision goes into the rows through frappe.model.set_value, as the sheet does it, so the form's ordinary Save stores it.
// Nothing here decides anything; whoever may not verify sees the same without buttons.

import { fit_height } from "../desk/format.js";
import { save_first } from "../forms/form.js";
import { USE } from "../worksheet/model.js";
import { actions_html, saving_html } from "./actions.js";
import { ONCE, command } from "./keys.js";
import { ViewerModel, state_text } from "./model.js";
import { about_html, frame_html, list_html, progress_html } from "./panel.js";
import { item_html, warning_html } from "./question.js";
import { refresh_stage, take_focus_from_frame } from "./stage.js";

const STOPS = "a[href], button:not(:disabled), input, textarea, select, summary, iframe, [tabindex='0']";

export class EvidenceViewer extends ViewerModel {
	// Opens at one document, or at the first that waits for this reader.
	static open(frm, sheet, use_name = null) {
		if (frm.p2ham_viewer) return;
		const viewer = new EvidenceViewer(frm, sheet);
		const first = viewer.entry(use_name) || viewer.first_entry();
		if (!first) return;
		viewer.attach(use_name ? `view:${use_name}` : "look");
		viewer.show(first.use.name);
	}

	attach(opener) {
		this.opener = opener;
		this.$panel = $(frame_html(this)).appendTo(document.body);
		this.panel = this.$panel.get(0);
		document.body.classList.add("has-p2ham-viewer");
		this.frm.p2ham_viewer = this;
		this.bind();
		this.panel.focus();
	}

	close() {
		this.unbind();
		this.$panel.remove();
		document.body.classList.remove("has-p2ham-viewer");
		this.frm.p2ham_viewer = null;
		this.give_focus_back();
	}

	give_focus_back() {
		const opener = this.sheet.$body.find(`[data-key="${CSS.escape(this.opener)}"]`).get(0);
		if (opener) opener.focus();
	}

	part(name) {
		return this.$panel.find(`[data-part="${name}"]`);
	}

	// The file is drawn only when it is another one.
	refresh() {
		if (!this.current) return this.close();
		const focus = this.remember_focus();
		this.part("progress").html(progress_html(this));
		this.part("list").html(list_html(this));
		this.part("about").html(about_html(this));
		this.part("item").attr({ "data-item": this.current.row.name }).html(item_html(this));
		this.part("actions").html(actions_html(this));
		this.refresh_saving();
		refresh_stage(this);
		this.$panel.find("textarea").each((_, textarea) => fit_height(textarea));
		this.part("list")
			.find('[aria-current="true"]')
			.each((_, entry) => entry.scrollIntoView({ block: "nearest" }));
		this.restore_focus(focus);
	}

	refresh_saving() {
		this.part("saving").html(this.may_verify ? saving_html(this) : "");
	}

	refresh_warning() {
		this.part("warning").html(warning_html(this, this.current.row));
	}

	remember_focus() {
		const element = document.activeElement;
		if (!element || !this.panel.contains(element) || !element.dataset.key) return null;
		return { key: element.dataset.key, start: element.selectionStart, end: element.selectionEnd };
	}

	// Without a place of its own any more, the focus stays in the panel, where the keys are heard.
	restore_focus(focus) {
		if (this.panel.contains(document.activeElement) && !focus) return;
		let element = focus && this.$panel.find(`[data-key="${CSS.escape(focus.key)}"]`).get(0);
		if (element && element.getAttribute("role") === "radio") {
			element = $(element).parent().find('[tabindex="0"]').get(0);
		}
		(element || this.panel).focus({ preventScroll: true });
		if (element && element.tagName === "TEXTAREA") element.setSelectionRange(focus.start, focus.end);
	}

	bind() {
		this.$panel
			.on("click", "[data-do]", (event) => {
				event.preventDefault();
				this[`do_${event.currentTarget.dataset.do}`](event.currentTarget);
			})
			.on("keydown", '[role="radio"]', (event) => {
				this.sheet.move_in_group(event);
				if (event.isDefaultPrevented()) this.refresh();
			})
			.on("change", "[data-number-of]", (event) =>
				this.change_answer(() => this.sheet.type_number(event.currentTarget))
			)
			.on("input", "[data-note-of]", (event) => this.write_note(event.currentTarget))
			.on("change", "[data-note-of]", () => this.sheet.refresh_item(this.current.row.name))
			.on("input", '[data-part="reason"]', (event) => this.write_reason(event.currentTarget))
			.on("focusin", (event) => this.notice_focus(event.target))
			// That the mouse has left a frame is seen only where it arrives.
			.on("mousemove", (event) => event.target.tagName === "IFRAME" || take_focus_from_frame(this))
			// The click comes before the browser opens or closes.
			.on(
				"click",
				"summary",
				(event) => (this.guidance_open = !event.currentTarget.parentElement.open)
			);
		this.listeners = [
			[document, "keydown", (event) => this.hear_key(event)],
			[document, "focusin", (event) => this.hold_focus(event)],
			[window, "resize", () => this.picture && this.picture.layout()],
		];
		for (const [place, name, listener] of this.listeners) place.addEventListener(name, listener);
		this.on_dirty = () => this.refresh_saving();
		$(this.frm.wrapper).on("dirty", this.on_dirty);
		this.on_route = () => this.close();
		frappe.router.on("change", this.on_route);
	}

	unbind() {
		for (const [place, name, listener] of this.listeners) place.removeEventListener(name, listener);
		$(this.frm.wrapper).off("dirty", this.on_dirty);
		frappe.router.off("change", this.on_route);
	}

	// A message of Frappe's stands over the panel and has the keyboard until it is closed.
	get is_covered() {
		return Boolean(document.querySelector(".modal.show"));
	}

	notice_focus(element) {
		if (element.tagName === "IFRAME") return;
		this.last_focus = element;
		this.tabbing = false;
	}

	hold_focus(event) {
		if (!this.is_covered && !this.panel.contains(event.target)) this.panel.focus();
	}

	// Nothing of what is typed here reaches the desk's own shortcuts.
	hear_key(event) {
		if (this.is_covered) return;
		event.stopPropagation();
		if (event.defaultPrevented || event.isComposing) return;
		const name = command(event);
		if (!name) return;
		if (event.key !== "Tab") event.preventDefault();
		if (event.repeat && ONCE.includes(name)) return;
		this[`do_${name}`](event);
	}

	// The Tab key goes round within the panel.
	do_tab(event) {
		this.tabbing = true;
		const stops = this.$panel
			.find(STOPS)
			.filter((_, stop) => stop.tabIndex >= 0 && stop.checkVisibility());
		const [first, last] = [stops.get(0), stops.get(-1)];
		const at = document.activeElement;
		const target = event.shiftKey
			? (at === first || at === this.panel) && last
			: (at === last || !this.panel.contains(at)) && first;
		if (!target) return;
		event.preventDefault();
		target.focus();
	}

	do_leave_field(event) {
		if (event.target.id === "p2ham-viewer-note") return this.do_cancel_return();
		event.target.blur(); // a number that was being typed counts
		this.panel.focus();
	}

	do_escape() {
		if (this.part("keys").prop("hidden")) this.close();
		else this.do_keys();
	}

	do_close() {
		this.close();
	}

	do_keys() {
		const hidden = !this.part("keys").prop("hidden");
		this.part("keys").prop("hidden", hidden);
		this.$panel.find('[data-do="keys"]').attr("aria-expanded", !hidden);
	}

	do_fold() {
		this.unfolded = !this.unfolded;
		this.refresh();
	}

	show(use_name) {
		if (this.filtered && !this.filtered.has(use_name)) this.choose_filter("all");
		const other = this.use_name !== use_name;
		this.use_name = use_name;
		this.seen.add(use_name);
		this.unfolded = false;
		this.tabbing = false;
		this.refresh();
		if (other) this.part("item").add(this.part("item").parent()).scrollTop(0);
		this.say();
	}

	// For those who do not see the panel change.
	say() {
		const { row, use } = this.current;
		const place = this.entries().findIndex((entry) => entry.use === use) + 1;
		this.part("said").text(
			[`${place}/${this.entries().length}`, row.code, this.title(use), state_text(use)].join(", ")
		);
	}

	move(step) {
		const entries = this.listed();
		const index = entries.findIndex(({ use }) => use.name === this.use_name);
		const entry = entries[index === -1 ? 0 : index + step];
		if (entry) this.show(entry.use.name);
	}

	do_next() {
		this.move(1);
	}

	do_previous() {
		this.move(-1);
	}

	do_next_open() {
		const entry = this.may_verify && this.next_open_entry();
		if (entry) this.show(entry.use.name);
	}

	do_show(button) {
		this.show(button.dataset.use);
	}

	do_filter(button) {
		this.choose_filter(button.dataset.filter);
		this.refresh();
	}

	do_zoom_in() {
		if (this.picture) this.picture.zoom_by(1.5);
	}

	do_zoom_out() {
		if (this.picture) this.picture.zoom_by(1 / 1.5);
	}

	do_rotate() {
		this.picture.rotate();
	}

	// The row has its new values at once; only what follows from them in the form comes later. So a quick second
	// key means the next document, and not this one again.
	decide(verification, note) {
		const { use } = this.current;
		this.notes.delete(use.name);
		frappe.model.set_value(USE, use.name, { verification, note });
	}

	// On to what is still to do; after the last one everything stays, so that one sees it is done.
	decide_and_go_on(verification, note) {
		this.decide(verification, note);
		const next = this.next_open_entry();
		this.show(next ? next.use.name : this.use_name);
	}

	do_accept() {
		if (!this.may_verify) return;
		this.decide_and_go_on("Accepted", "");
	}

	do_return() {
		if (!this.may_verify) return;
		const { use } = this.current;
		if (!this.notes.has(use.name)) this.notes.set(use.name, use.note || "");
		this.refresh();
		this.focus_reason();
	}

	focus_reason() {
		const field = this.part("reason").get(0);
		field.focus();
		field.setSelectionRange(field.value.length, field.value.length);
	}

	write_reason(field) {
		fit_height(field);
		field.removeAttribute("aria-invalid");
		this.notes.set(this.use_name, field.value);
	}

	do_reason(button) {
		const field = this.part("reason").get(0);
		field.value = [field.value.trim(), button.dataset.reason].filter(Boolean).join("\n");
		this.write_reason(field);
		this.focus_reason();
	}

	do_confirm_return() {
		const note = (this.notes.get(this.use_name) || "").trim();
		if (note) return this.decide_and_go_on("Returned", note);
		this.part("reason").attr("aria-invalid", true);
		this.focus_reason();
	}

	do_cancel_return() {
		this.notes.delete(this.use_name);
		this.refresh();
		this.panel.focus();
	}

	do_undo() {
		this.decide("Pending", "");
		this.refresh();
	}

	// The sheet's own buttons, drawn here by the sheet and understood by it.
	change_answer(change) {
		change();
		this.refresh();
	}

	do_answer(button) {
		this.change_answer(() => this.sheet.act("answer", button));
	}

	do_clear(button) {
		this.change_answer(() => this.sheet.act("clear", button));
	}

	do_accept_answer(button) {
		this.change_answer(() => this.sheet.act("accept", button));
	}

	write_note(field) {
		fit_height(field);
		this.sheet.set(field, "verified_note", field.value);
		this.refresh_warning();
	}

	async do_save() {
		if (!this.may_verify || !this.frm.is_dirty()) return;
		const focus = this.remember_focus();
		// A number that is still being typed counts as well.
		if (document.activeElement) document.activeElement.blur();
		try {
			await save_first(this.frm);
		} catch {
			return; // Frappe has said why, over this panel
		}
		if (this.panel.isConnected) this.restore_focus(focus);
	}

	// The form was stored or loaded anew: other rows, perhaps another state.
	reload() {
		if (this.frm.doc.name !== this.sheet.viewing.name || !this.sheet.data) this.close();
		else this.refresh();
	}
}
