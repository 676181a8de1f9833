// What is suggested, as HTML: each follow-up a card that can be chosen and edited.

import { esc } from "../desk/text.js";

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	recommendation: __("Recommendation"),
	action: __("Action"),
	responsible: __("Responsible"),
	due_date: __("Due Date"),
	unit: __("Unit"),
});

export function body_html(dialog) {
	if (!dialog.rows.length) {
		return `<div class="p2ham-empty">${__("There is nothing to suggest: nothing is weak here.")}</div>`;
	}
	let index = 0;
	const groups = dialog.groups.map((group) => {
		const cards = group.suggestions.map((row) => card_html(dialog, row, index++));
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

function card_html(dialog, row, index) {
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
				${unit_html(dialog, row)}
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
function unit_html(dialog, row) {
	const unit = dialog.units.find((unit) => unit.name === row.opd);
	const title = unit ? unit.opd_name : row.opd;
	const fixed = dialog.units.length < 2 && unit;
	return `<label><span>${words().unit}</span><select class="form-control input-xs" data-field="opd"
		${fixed ? "disabled" : ""}><option value="${esc(row.opd)}">${esc(title)}</option></select></label>`;
}
