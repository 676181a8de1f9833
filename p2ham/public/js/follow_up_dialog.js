// "Suggest Follow-ups": what an assessment, a result of KKP HAM or guidance suggests, edited and created together
// (p2ham.api.follow_up). A form adds a button that calls `p2ham.suggest_follow_ups(frm)`.

frappe.provide("p2ham");

p2ham.suggest_follow_ups = async (frm) => {
	if (frm.is_dirty()) {
		frappe.msgprint(__("Save the form first."));
		return;
	}
	const source = { doctype: frm.doctype, name: frm.doc.name };
	const data = await frappe.xcall("p2ham.api.follow_up.suggest", source);
	new p2ham.FollowUpDialog({ source, data, on_done: () => frm.reload_doc() });
};

// On an approved assessment, for Bagian Hukum: how much is not fully met, and the way to follow it up.
// `counts`: {unmet, followed}, null for everybody else.
p2ham.offer_follow_ups = (frm, counts) => {
	frm.set_intro("");
	if (!counts || !counts.unmet) return;
	frm.set_intro(
		counts.unmet === 1
			? __("1 indicator is not fully met; {0} has a follow-up.", [counts.followed])
			: __("{0} indicators are not fully met; {1} have a follow-up.", [counts.unmet, counts.followed]),
		counts.followed < counts.unmet ? "blue" : "green"
	);
	frm.add_custom_button(__("Suggest Follow-ups"), () => p2ham.suggest_follow_ups(frm));
};

// The officers of a unit as what a field of `frm` or of a dialog proposes; each unit is asked for once.
p2ham.officers = {
	known: {},

	of(opd) {
		if (!opd) return Promise.resolve([]);
		if (!p2ham.officers.known[opd]) {
			p2ham.officers.known[opd] = frappe.xcall("p2ham.api.follow_up.officers", { opd });
		}
		return p2ham.officers.known[opd];
	},

	// Let a text field propose them; whatever else is typed is as good.
	async propose(input, opd) {
		const names = await p2ham.officers.of(opd);
		const id = `p2ham-officers-${opd.replace(/\W+/g, "-")}`;
		if (!document.getElementById(id)) {
			const options = names.map((name) => `<option value="${frappe.utils.escape_html(name)}"></option>`);
			$(document.body).append(`<datalist id="${id}">${options.join("")}</datalist>`);
		}
		input.setAttribute("list", id);
	},
};

p2ham.FollowUpDialog = (() => {
	const esc = (text) => frappe.utils.escape_html(text);

	// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
	const words = () => ({
		recommendation: __("Recommendation"),
		action: __("Action"),
		responsible: __("Responsible"),
		due_date: __("Due Date"),
		unit: __("Unit"),
	});

	function fit_height(textarea) {
		textarea.style.height = "auto";
		textarea.style.height = `${textarea.scrollHeight + 2}px`;
	}

	return class FollowUpDialog {
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
			this.$body = $(`<div>${this.body_html()}</div>`);
			this.dialog.fields_dict.body.$wrapper.empty().append(this.$body);
			this.bind();
			this.dialog.$wrapper.one("shown.bs.modal", () =>
				this.$body.find("textarea").each((_, textarea) => fit_height(textarea))
			);
			this.dialog.show();
			this.refresh();
		}

		// ---------------------------------------------------------------- drawing

		body_html() {
			if (!this.rows.length) {
				return `<div class="p2ham-empty">${__("There is nothing to suggest: nothing is weak here.")}</div>`;
			}
			let index = 0;
			const groups = this.groups.map((group) => {
				const cards = group.suggestions.map((row) => this.card_html(row, index++));
				return `<section class="p2ham-suggested">
					<label class="p2ham-suggested-head"><input type="checkbox" data-do="group">
						<span>${esc(group.title)}</span><span class="p2ham-hint" data-part="count"></span></label>
					${cards.join("")}
				</section>`;
			});
			return `<div class="p2ham-suggested-bar">
					<span data-part="total" aria-live="polite"></span>
					<button type="button" class="btn btn-default btn-xs" data-do="all">${__("Select All")}</button>
					<button type="button" class="btn btn-default btn-xs" data-do="none">${__("Select None")}</button>
					<label class="p2ham-suggested-due">${__("Due date for all selected")}
						<input type="date" class="form-control input-xs" data-part="due" min="${frappe.datetime.get_today()}"></label>
					<button type="button" class="btn btn-default btn-xs" data-do="set-due">${__("Set")}</button>
				</div>${groups.join("")}`;
		}

		card_html(row, index) {
			const text = words();
			const present = row.present.map(
				(name) =>
					`<a href="${esc(frappe.utils.get_form_link("P2HAM Follow-up", name))}" target="_blank">${esc(name)}</a>`
			);
			const there = present.length
				? `<div class="p2ham-hint">${__("There is a follow-up already: {0}. Tick it to create another one.", [
						present.join(", "),
				  ])}</div>`
				: "";
			return `<article class="p2ham-suggestion ${present.length ? "is-present" : ""}" data-index="${index}">
				<input type="checkbox" data-do="choose" ${present.length ? "" : "checked"}
					aria-label="${esc(row.indicator || row.key)}">
				<span class="p2ham-suggestion-number" aria-hidden="true"></span>
				<div class="p2ham-suggestion-fields">
					${there}
					<textarea class="form-control" rows="1" data-field="recommendation" placeholder="${text.recommendation}"
						aria-label="${text.recommendation}">${esc(row.recommendation)}</textarea>
					<div class="p2ham-suggestion-line">
						${this.unit_html(row)}
						<label><span>${text.action}</span><input type="text" class="form-control input-xs" data-field="action"
							value="${esc(row.action)}"></label>
						<label><span>${text.responsible}</span><input type="text" class="form-control input-xs"
							data-field="responsible" autocomplete="off" maxlength="140" value="${esc(row.responsible)}"></label>
						<label class="is-date"><span>${text.due_date}</span><input type="date" class="form-control input-xs"
							data-field="due_date" min="${frappe.datetime.get_today()}" value="${esc(row.due_date)}"></label>
					</div>
				</div>
			</article>`;
		}

		// The units are filled in when somebody wants to choose: a hundred lists of all of them would be slow.
		unit_html(row) {
			const unit = this.units.find((unit) => unit.name === row.opd);
			const title = unit ? unit.opd_name : row.opd;
			const fixed = this.units.length < 2 && unit;
			return `<label><span>${words().unit}</span><select class="form-control input-xs" data-field="opd"
				${fixed ? "disabled" : ""}><option value="${esc(row.opd)}">${esc(title)}</option></select></label>`;
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

		// ---------------------------------------------------------------- acting

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
			this.$body.on("focusin mousedown", "select[data-field=opd]", ({ currentTarget }) => this.fill_units(currentTarget));
			this.$body.on("change", "select[data-field=opd]", ({ currentTarget }) => this.change_unit(currentTarget));
			this.$body.on("focusin", "[data-field=responsible]", ({ currentTarget }) =>
				p2ham.officers.propose(currentTarget, this.value($(currentTarget).closest("article"), "opd"))
			);
		}

		// Who was proposed belongs to the unit that was proposed; who was typed in stays.
		async change_unit(select) {
			const input = $(select).closest("article").find("[data-field=responsible]").get(0);
			if (input.dataset.touched) return;
			const [first] = await p2ham.officers.of(select.value);
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
				$(card).find(".p2ham-suggestion-number").text(on ? ++number : "");
			});
			this.$body.find("section").each((_, section) => {
				const $all = $(section).find("[data-do=choose]");
				const on = $all.filter(":checked").length;
				const $open = $(section).find(".p2ham-suggestion:not(.is-present) [data-do=choose]");
				$(section)
					.find("[data-do=group]")
					.prop({ checked: on > 0 && on >= $open.length, indeterminate: on > 0 && on < $open.length, disabled: !$open.length });
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
					if (!value || (field === "due_date" && value < today)) return $(card).find(`[data-field=${field}]`);
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
	};
})();
