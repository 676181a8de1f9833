// What the dialogs that bring a file to the site share: how the file is chosen, what is refused before it is sent, and what
// they say of the server's answer.
//
// Not Frappe's FileUploader, which keeps each file as a File: here it is read, looked at and forgotten.

import { Refusal } from "../desk/send.js";
import { esc } from "../desk/text.js";

const MEGABYTE = 1024 * 1024;

// Where a file is chosen or dropped, as HTML; `label` and `hint` are HTML, `accept` names the endings.
export function drop_html(label, accept, hint) {
	const id = frappe.dom.get_unique_id();
	return `<div class="p2ham-drop">
		<label for="${id}">${label}</label>
		<input type="file" id="${id}" accept="${accept}">
		<p class="p2ham-hint">${hint} ${__("You can also drop the file here.")}</p>
	</div>`;
}

// Hand each file that is chosen or dropped to `take`.
export function bind_drop($body, take) {
	const $drop = $body.find(".p2ham-drop");
	const input = $drop.find("input[type=file]").get(0);
	// Choosing the same file again, after correcting it, is a change too.
	input.addEventListener("click", () => (input.value = ""));
	input.addEventListener("change", () => input.files.length && take(input.files[0]));
	$drop.on("dragenter dragover", (event) => {
		event.preventDefault();
		$drop.addClass("is-over");
	});
	$drop.on("dragleave drop", () => $drop.removeClass("is-over"));
	$drop.on("drop", (event) => {
		event.preventDefault();
		const files = event.originalEvent.dataTransfer.files;
		if (!files.length) return;
		input.files = files;
		take(files[0]);
	});
}

// A file as large as `most_mb` is taken; returns its size in MB where it is larger, "" otherwise.
export const excess_of = (file, most_mb) =>
	file.size > most_mb * MEGABYTE ? format_number(file.size / MEGABYTE, null, 1) : "";

export const unreadable = () => new Refusal(__("The browser could not read the file. Choose it again."));

// What went wrong, what that means for the site, and the way to try again, if there is one.
export function failure_html(error, outcome, retry = "") {
	if (!(error instanceof Refusal)) console.error(error);
	const text = error instanceof Refusal ? error.message : __("The file could not be checked.");
	const button = retry
		? `<button type="button" class="btn btn-default btn-sm" data-do="retry">${retry}</button>`
		: "";
	return `<div class="p2ham-callout p2ham-red" data-result="failed">
		<div class="p2ham-text">${esc(text)}</div>
		<p>${outcome}</p>${button}
	</div>`;
}

// `faults`: [{place, text}].
export function faults_table_html(faults) {
	const rows = faults.map(
		({ place, text }) => `<tr><td>${esc(place) || "–"}</td><td>${esc(text)}</td></tr>`
	);
	return `<div class="p2ham-faults" role="region" tabindex="0" aria-label="${words().faults}">
		<table>
			<thead><tr><th scope="col">${__("Place")}</th><th scope="col">${__("What Is Wrong")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody>
		</table>
	</div>`;
}

// A word for an attribute of the template above: bench does not find strings that stand inside quotes there.
const words = () => ({ faults: __("Everything that is wrong with the file") });
