// What is asked and was answered, beside the document, as HTML.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { answer_html, given_html, given_note_html, note_html } from "../worksheet/answers.js";
import { guidance_text } from "../worksheet/guidance.js";
import { flags } from "./facts.js";
import { STATES, is_open, state_of, state_text } from "./model.js";

// A word for an attribute of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({ mandatory: __("Mandatory where the answer earns points") });

export function item_html(viewer) {
	const { row, use } = viewer.current;
	const pills = flags(viewer, use).map(([text, colour]) => pill(text, colour));
	return `${state_html(use)}
		${pills.length ? `<div class="p2ham-viewer-flags">${pills.join("")}</div>` : ""}
		<div data-part="warning" aria-live="polite">${warning_html(viewer, row)}</div>
		<div class="p2ham-viewer-question"><span class="p2ham-code">${esc(row.code)}</span>
			<h4>${esc(row.title)} ${row.mandatory ? pill(__("Mandatory"), "red") : ""}</h4></div>
		${wanted_html(viewer, viewer.current)}
		${unit_html(viewer, row)}
		${verifier_html(viewer, row)}
		${guidance_html(viewer, row)}`;
}

function state_html(use) {
	const { sign, colour } = STATES[state_of(use)];
	const earlier = is_open(use) && use.note;
	const title = earlier ? __("Returned before") : `${sign} ${state_text(use)}`;
	return `<div class="p2ham-callout p2ham-${earlier ? "orange" : colour}" data-state="${state_of(use)}">
		<strong>${title}</strong>
		${use.note ? `<div class="p2ham-text">${esc(use.note)}</div>` : ""}</div>`;
}

export function warning_html(viewer, row) {
	if (!viewer.wants_note(row)) return "";
	return `<div class="p2ham-callout p2ham-red" data-warning="note"><strong>${__(
		"The verifier's note is needed"
	)}</strong><div>${__(
		"Mandatory evidence of this indicator is returned, but the verifier's answer earns full points. Without a note that says why, the sheet cannot be reviewed."
	)}</div></div>`;
}

function wanted_html(viewer, entry) {
	const slot = viewer.slot(entry);
	if (!slot)
		return `<div class="p2ham-slot"><div class="p2ham-slot-label">${__("Other evidence")}</div></div>`;
	const star = slot.mandatory
		? `<span class="p2ham-star" title="${words().mandatory}">*</span>
			<span class="p2ham-hint">${__("mandatory")}</span>`
		: "";
	const kind = slot.kind === "Any" ? "" : `<span class="p2ham-tag">${esc(__(slot.kind))}</span>`;
	return `<div class="p2ham-slot"><div class="p2ham-label">${__("Evidence that is wanted")}</div>
		<div class="p2ham-slot-label">${esc(slot.label)} ${star} ${kind}</div>
		${slot.example ? `<div class="p2ham-hint">${__("Example")}: ${esc(slot.example)}</div>` : ""}</div>`;
}

function guidance_html(viewer, row) {
	const { guidance } = viewer.sheet.indicator(row);
	if (!guidance) return "";
	return `<details class="p2ham-viewer-guidance" ${viewer.guidance_open ? "open" : ""}>
		<summary data-key="guidance">${__("What counts?")}</summary>
		<div class="p2ham-text">${guidance_text(guidance)}</div></details>`;
}

function unit_html(viewer, row) {
	return `<div class="p2ham-viewer-side"><div class="p2ham-label">${__("Unit's answer")}</div>
		${given_html(viewer.sheet, row, row.self_answer)}
		${given_note_html(row.self_note)}</div>`;
}

function verifier_html(viewer, row) {
	if (!viewer.may_verify && !viewer.sheet.shows_verifier(row)) return "";
	const accept =
		viewer.may_verify && !row.verified_answer && row.self_answer
			? `<button type="button" class="btn btn-default btn-xs" data-do="accept_answer"
				data-key="accept-answer">✓ ${__("Accept unit's answer")}</button>`
			: "";
	const given = given_html(viewer.sheet, row, row.verified_answer);
	return `<div class="p2ham-viewer-side is-verified"><div class="p2ham-label">${__("Verifier's answer")}
			${viewer.sheet.differs(row) ? pill(__("differs"), "orange") : ""}</div>
		${viewer.may_verify ? answer_html(viewer.sheet, row, "verified") + accept : given}
		${viewer.may_verify ? note_html(row, "verified") : given_note_html(row.verified_note)}</div>`;
}
