// What can be done with a document, as HTML: the decision, the reason of a return, the way on.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { saving_html as stored_html } from "../worksheet/answers.js";
import { reasons } from "./facts.js";
import { STATES, state_of } from "./model.js";

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	previous: __("Previous"),
	next: __("Next"),
	reasons: __("Frequent reasons"),
});

export function saving_html(viewer) {
	const dirty = viewer.frm.is_dirty();
	const save = dirty
		? `<button type="button" class="btn btn-primary btn-sm" data-do="save" data-key="save">${__(
				"Save"
			)} <kbd>S</kbd></button>`
		: "";
	return stored_html(dirty) + save;
}

export function actions_html(viewer) {
	if (!viewer.may_verify) return reading_html(viewer) + moving_html(viewer);
	const writing = viewer.notes.has(viewer.use_name);
	return (writing ? return_html(viewer) : deciding_html(viewer)) + moving_html(viewer);
}

function reading_html(viewer) {
	return `<p class="p2ham-hint">${esc(
		viewer.sheet.data.closed ||
			__("For reading only: Bagian Hukum verifies evidence while the sheet is submitted.")
	)}</p>`;
}

function deciding_html(viewer) {
	const state = state_of(viewer.current.use);
	const button = (action, value, text, key) =>
		`<button type="button" class="btn btn-md ${state === value ? "btn-primary" : "btn-default"}"
			aria-pressed="${state === value}" data-do="${action}" data-key="${action}">${
				STATES[value].sign
			} ${text} <kbd>${key}</kbd></button>`;
	const undo =
		state === "Pending"
			? ""
			: `<button type="button" class="p2ham-link" data-do="undo" data-key="undo">${__("Undo")}</button>`;
	return `<div class="p2ham-viewer-decide">
		${button("accept", "Accepted", __("Accept"), "A")}
		${button("return", "Returned", __("Return"), "R")}${undo}</div>`;
}

function return_html(viewer) {
	const chips = reasons(viewer, viewer.current.use).map(
		(reason) =>
			`<button type="button" data-do="reason" data-reason="${esc(reason)}">${esc(reason)}</button>`
	);
	return `<div class="p2ham-viewer-return">
		<label for="p2ham-viewer-note">${__("What is wrong with this document?")}</label>
		<textarea id="p2ham-viewer-note" class="form-control" rows="2" data-key="reason"
			data-part="reason">${esc(viewer.notes.get(viewer.use_name))}</textarea>
		<div class="p2ham-filter" role="group" aria-label="${words().reasons}">${chips.join("")}</div>
		<div class="p2ham-viewer-decide">
			<button type="button" class="btn btn-primary btn-md" data-do="confirm_return"
				data-key="confirm-return">${STATES.Returned.sign} ${__("Return")} <kbd>Ctrl ↵</kbd></button>
			<button type="button" class="btn btn-default btn-md" data-do="cancel_return"
				data-key="cancel-return">${__("Cancel")} <kbd>Esc</kbd></button>
		</div></div>`;
}

function moving_html(viewer) {
	const left = viewer.may_verify ? viewer.matching("open").length : 0;
	const arrow = (action, sign, key) =>
		`<button type="button" class="btn btn-default btn-sm" data-do="${action}" data-key="${action}"
			aria-label="${words()[action]}" title="${words()[action]}">${sign} <kbd>${key}</kbd></button>`;
	const next_open = left
		? `<button type="button" class="btn btn-default btn-sm" data-do="next_open" data-key="next-open">${__(
				"Next to do ({0})",
				[left]
			)} <kbd>N</kbd></button>`
		: viewer.may_verify
			? pill(__("All documents are verified"), "green")
			: "";
	return `<div class="p2ham-viewer-move">${arrow("previous", "↑", "K")}${arrow("next", "↓", "J")}
		${next_open}</div>`;
}
