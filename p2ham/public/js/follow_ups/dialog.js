// What an assessment, a result of KKP HAM or guidance suggests, edited and created together (p2ham.api.follow_up).

import { fit_height } from "../desk/format.js";
import { officers } from "../desk/officers.js";
import { esc } from "../desk/text.js";
import { body_html } from "./cards.js";

export class FollowUpDialog {
	// `source`: {doctype, name}; `data`: what p2ham.api.follow_up.suggest returns; `on_done(names)`: called when
	// they were created.
	constructor({ source, data, on_done }) {
		Object.assign(this, { source, on_done, units: data.units });
		this.groups = data.groups;
		this.rows = data.groups.flatMap((group) => group.suggestions);
		this.make();
	}

	make() {
		this.dialog = new frappe.ui.Dialog({
			title: __("Suggested Follow-ups"),
			size: "extra-large",
			// Not closed by a click beside it: what was edited would be gone.
			static: true,
			fields: [{ fieldname: "body", fieldtype: "HTML" }],
			primary_action_label: __("Create"),
			primary_action: () => this.create(),
			secondary_action_label: __("Close"),
			secondary_action: () => this.dialog.hide(),
		});
		this.dialog.$wrapper.addClass("p2ham-follow-ups");
		this.$body = $(`<div>${body_html(this)}</div>`);
		this.dialog.fields_dict.body.$wrapper.empty().append(this.$body);
		this.bind();
		this.dialog.$wrapper.one("shown.bs.modal", () =>
			this.$body.find("textarea").each((_, textarea) => fit_height(textarea))
		);
		this.dialog.show();
		this.refresh();
	}

	fill_units(select) {
		if (select.options.length > 1) return;
		const chosen = select.value;
		const options = this.units.map(
			(unit) =>
				`<option value="${esc(unit.name)}" ${unit.name === chosen ? "selected" : ""}>${esc(unit.opd_name)}</option>`
		);
		if (!this.units.some((unit) => unit.name === chosen)) options.unshift(`<option value=""></option>`);
		select.innerHTML = options.join("");
	}

	bind() {
		this.$body.on("change", '[data-do="choose"]', () => this.refresh());
		this.$body.on("change", '[data-do="group"]', ({ currentTarget }) => {
			$(currentTarget)
				.closest("section")
				.find(".p2ham-suggestion:not(.is-present) [data-do=choose]")
				.prop("checked", currentTarget.checked);
			this.refresh();
		});
		this.$body.on("click", '[data-do="all"], [data-do="none"]', ({ currentTarget }) => {
			const all = currentTarget.dataset.do === "all";
			const which = all ? ".p2ham-suggestion:not(.is-present) [data-do=choose]" : "[data-do=choose]";
			this.$body.find(which).prop("checked", all);
			this.refresh();
		});
		this.$body.on("click", '[data-do="set-due"]', () => {
			const day = this.$body.find('[data-part="due"]').val();
			if (day) this.chosen().find("[data-field=due_date]").val(day).attr("aria-invalid", null);
		});
		this.$body.on("input", "textarea", ({ currentTarget }) => fit_height(currentTarget));
		this.$body.on("input change", "[data-field]", ({ currentTarget }) => {
			currentTarget.removeAttribute("aria-invalid");
			currentTarget.dataset.touched = 1;
		});
		this.$body.on("focusin mousedown", "select[data-field=opd]", ({ currentTarget }) =>
			this.fill_units(currentTarget)
		);
		this.$body.on("change", "select[data-field=opd]", ({ currentTarget }) =>
			this.change_unit(currentTarget)
		);
		this.$body.on("focusin", "[data-field=responsible]", ({ currentTarget }) =>
			officers.propose(currentTarget, this.value($(currentTarget).closest("article"), "opd"))
		);
	}

	// Who was proposed belongs to the unit that was proposed; who was typed in stays.
	async change_unit(select) {
		const input = $(select).closest("article").find("[data-field=responsible]").get(0);
		if (input.dataset.touched) return;
		const [first] = await officers.of(select.value);
		input.value = first || "";
	}

	chosen() {
		return this.$body.find(".p2ham-suggestion").has("[data-do=choose]:checked");
	}

	value($card, field) {
		return ($card.find(`[data-field=${field}]`).val() || "").trim();
	}

	refresh() {
		let number = 0;
		this.$body.find(".p2ham-suggestion").each((_, card) => {
			const on = $(card).find("[data-do=choose]").prop("checked");
			$(card).toggleClass("is-off", !on);
			// As the server numbers them, where it says what is wrong.
			$(card)
				.find(".p2ham-suggestion-number")
				.text(on ? ++number : "");
		});
		this.$body.find("section").each((_, section) => {
			const $all = $(section).find("[data-do=choose]");
			const on = $all.filter(":checked").length;
			const $open = $(section).find(".p2ham-suggestion:not(.is-present) [data-do=choose]");
			$(section)
				.find("[data-do=group]")
				.prop({
					checked: on > 0 && on >= $open.length,
					indeterminate: on > 0 && on < $open.length,
					disabled: !$open.length,
				});
			$(section).find("[data-part=count]").text(`${on}/${$all.length}`);
		});
		this.$body.find("[data-part=total]").text(__("{0} of {1} selected", [number, this.rows.length]));
		this.dialog
			.get_primary_btn()
			.text(number === 1 ? __("Create 1 Follow-up") : __("Create {0} Follow-ups", [number]))
			.prop("disabled", !number)
			.toggle(this.rows.length > 0);
	}

	// What is plainly missing is shown where it is missing; everything else says the server.
	first_gap() {
		const today = frappe.datetime.get_today();
		for (const card of this.chosen().get()) {
			for (const field of ["recommendation", "opd", "due_date"]) {
				const value = this.value($(card), field);
				if (!value || (field === "due_date" && value < today))
					return $(card).find(`[data-field=${field}]`);
			}
		}
		return null;
	}

	async create() {
		const $gap = this.first_gap();
		if ($gap) {
			const number = $gap.closest("article").find(".p2ham-suggestion-number").text();
			$gap.attr("aria-invalid", "true").get(0).scrollIntoView({ block: "center" });
			$gap.trigger("focus");
			const missing = {
				recommendation: __("say what should be better"),
				opd: __("choose the unit"),
				due_date: __("give a due date from today on"),
			}[$gap.data("field")];
			frappe.show_alert({ message: __("Row {0}: {1}", [number, missing]), indicator: "orange" });
			return;
		}
		const rows = this.chosen()
			.get()
			.map((card) => {
				const { key, present } = this.rows[card.dataset.index];
				const values = ["opd", "recommendation", "action", "responsible", "due_date"].map((field) => [
					field,
					this.value($(card), field),
				]);
				return { key, present, ...Object.fromEntries(values) };
			});
		this.dialog.disable_primary_action();
		try {
			const names = await frappe.xcall("p2ham.api.follow_up.create", { ...this.source, rows });
			this.dialog.hide();
			frappe.show_alert({
				message:
					names.length === 1
						? __("The follow-up {0} was created.", [names[0]])
						: __("{0} follow-ups were created.", [names.length]),
				indicator: "green",
			});
			if (this.on_done) this.on_done(names);
		} finally {
			this.dialog.enable_primary_action();
		}
	}
}
