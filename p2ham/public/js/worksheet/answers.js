// What the unit and the verifier have answered, or are asked, as HTML.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { SIDES } from "./model.js";

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	accept: __("Accept unit's answer"),
	number: __("Number"),
});

export function side_html(sheet, row, side) {
	const fields = SIDES[side];
	const editable = sheet.side === side;
	const differs = side === "verified" && sheet.differs(row);
	const title = side === "self" ? __("Unit's answer") : __("Verifier's answer");
	const accept =
		editable && side === "verified" && !row.verified_answer && row.self_answer
			? `<button type="button" class="btn btn-default btn-xs" data-do="accept" data-key="${esc(
					`accept:${row.name}`
				)}">✓ ${words().accept}</button>`
			: "";
	return `<div class="p2ham-column is-${side}">
		<div class="p2ham-label" id="p2ham-${side}-${esc(row.name)}">${title}
			${differs ? pill(__("differs"), "orange") : ""}${side === "self" ? carried_mark_html(sheet, row) : ""}</div>
		${editable ? answer_html(sheet, row, side) + accept : given_html(sheet, row, row[fields.answer])}
		${editable ? note_html(row, side) : given_note_html(row[fields.note])}
		${editable && side === "self" ? confirm_html(sheet, row) : ""}
	</div>`;
}

export function carried_mark_html(sheet, row) {
	if (!row.carried_over) return "";
	const year = sheet.data.carried[row.carried_from];
	return pill(year ? __("Carried over from {0}", [year]) : __("Carried over"), "blue");
}

export function confirm_html(sheet, row) {
	if (!row.self_answer || !sheet.is_carried(row)) return "";
	return `<button type="button" class="btn btn-default btn-xs p2ham-confirm" data-do="confirm" data-key="${esc(
		`confirm:${row.name}`
	)}">✓ ${__("Confirm")}</button>`;
}

export function given_html(sheet, row, answer) {
	if (!answer) return `<div class="p2ham-none">${__("Not answered")}</div>`;
	const option = sheet.option(row, answer);
	const text = sheet.scale(row).kind === "Percentage" && !option ? `${answer}%` : __(answer);
	return `<div>${pill(text, tone(option))}</div>`;
}

export function given_note_html(note) {
	return note ? `<div class="p2ham-given p2ham-text">${esc(note)}</div>` : "";
}

export function note_html(row, side) {
	const label = side === "self" ? __("Note") : __("Verifier's note");
	return `<label class="p2ham-note"><span class="sr-only">${label} ${esc(row.code)}</span>
		<textarea class="form-control" rows="1" placeholder="${label}" data-note-of="${side}"
			data-key="${esc(`note:${side}:${row.name}`)}">${esc(row[SIDES[side].note])}</textarea></label>`;
}

export function answer_html(sheet, row, side) {
	return sheet.scale(row).kind === "Options"
		? choice_html(row, side, sheet.scale(row).options)
		: number_html(sheet, row, side);
}

export function choice_html(row, side, options) {
	const answer = row[SIDES[side].answer] || "";
	const suggested = side === "verified" && !answer ? row.self_answer : "";
	const buttons = options.map((option, index) => {
		const chosen = option.label === answer;
		// One stop for the Tab key; the arrow keys move within the group.
		const stop = chosen || (!options.some((other) => other.label === answer) && index === 0);
		return `<button type="button" role="radio" aria-checked="${chosen}" tabindex="${stop ? 0 : -1}"
			class="p2ham-${tone(option)} ${option.label === suggested ? "is-suggested" : ""}"
			title="${option.label === suggested ? __("Unit's answer") : ""}"
			data-do="answer" data-side="${side}" data-value="${esc(option.label)}"
			data-key="${esc(`answer:${side}:${row.name}:${option.label}`)}">${esc(__(option.label))}</button>`;
	});
	const clear = answer
		? `<button type="button" class="p2ham-link" data-do="clear" data-side="${side}">${__("Clear")}</button>`
		: "";
	return `<div class="p2ham-choice"><div class="p2ham-segments" role="radiogroup"
		aria-labelledby="p2ham-${side}-${esc(row.name)} p2ham-${esc(row.name)}">${buttons.join("")}</div>${clear}</div>`;
}

export function number_html(sheet, row, side) {
	const scale = sheet.scale(row);
	const answer = row[SIDES[side].answer] || "";
	const not_applicable = scale.options.filter((option) => option.not_applicable);
	const typed = not_applicable.some((option) => option.label === answer) ? "" : answer;
	const percent = scale.kind === "Percentage";
	const bands = percent
		? ""
		: scale.options
				.filter((option) => !option.not_applicable)
				.map((option) => `${esc(option.range)}: ${esc(option.label)}`)
				.join(" · ");
	return `<div class="p2ham-choice">
		<div class="p2ham-number"><input type="text" inputmode="decimal" class="form-control" autocomplete="off"
			value="${esc(typed)}" placeholder="${
				side === "verified" ? esc(row.self_answer) : percent ? "0–100" : words().number
			}" data-number-of="${side}" data-key="${esc(`number:${side}:${row.name}`)}"
			aria-labelledby="p2ham-${side}-${esc(row.name)} p2ham-${esc(row.name)}">
			${percent ? "<span>%</span>" : ""}</div>
		${not_applicable.length ? choice_html(row, side, not_applicable) : ""}
		<span class="p2ham-hint">${bands}</span>
	</div>`;
}

// Whether what has been changed is stored; heard by those who do not see it change.
export const saving_html = (dirty) =>
	pill(dirty ? __("Not saved") : __("Saved"), dirty ? "orange" : "gray", { live: true });

export function tone(option) {
	if (!option) return "blue";
	if (option.not_applicable) return "gray";
	if (option.points >= 100) return "green";
	return option.points > 0 ? "orange" : "red";
}
