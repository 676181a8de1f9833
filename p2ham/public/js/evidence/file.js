// A file that is being uploaded, as HTML: what is asked about it, how far it has come, what the server says of it.

import { esc } from "../desk/text.js";

const MEGABYTE = 1024 * 1024;

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	title: __("Title of the document"),
	upload: __("Upload"),
	remove: __("Leave this file out"),
});

export const megabytes = (bytes) =>
	bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} kB` : `${format_number(bytes / MEGABYTE, null, 1)} MB`;

export function file_html(upload, entry) {
	const head = `<div class="p2ham-file-head"><span class="p2ham-file-name">${esc(entry.file.name)}</span>
		<span class="p2ham-hint">${megabytes(entry.file.size)}</span>
		<button type="button" class="p2ham-link" data-do="leave-out" title="${words().remove}"
			aria-label="${words().remove}">✕</button></div>`;
	const parts = {
		waiting: () => about_html(upload, entry),
		sending: () => progress_html(),
		refused: () =>
			`<div class="p2ham-said p2ham-red" role="alert">${esc(entry.text)}</div>${retry_html(entry)}`,
		duplicate: () => duplicate_html(upload, entry),
		stored: () => stored_html(entry),
	};
	return head + parts[entry.state]();
}

function about_html(upload, entry) {
	const date = (field, label) =>
		`<label class="p2ham-about-date"><span>${label}</span>
			<input type="date" class="form-control input-xs" data-field="${field}"
				value="${esc(upload.about[field] || "")}"></label>`;
	return `<div class="p2ham-about-file">
		<input type="text" class="form-control" maxlength="140" data-field="title" aria-label="${words().title}"
			placeholder="${words().title}" value="${esc(upload.default_title(entry.file))}">
		<div class="p2ham-about-dates">${date("document_date", __("Document Date"))}${date("valid_from", __("Valid From"))}${date(
			"valid_until",
			__("Valid Until")
		)}</div>
		<label class="p2ham-about-flag"><input type="checkbox" data-field="contains_personal_data"
			${upload.about.contains_personal_data ? "checked" : ""}>
			${__("Shows personal data of citizens (names, faces, NIK, health, children)")}</label>
	</div>`;
}

function progress_html() {
	return `<div class="p2ham-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"
		aria-label="${words().upload}"><div style="width: 0"></div></div><span class="p2ham-hint" data-part="percent">0%</span>`;
}

function retry_html(entry) {
	return entry.can_retry
		? `<button type="button" class="btn btn-default btn-xs" data-do="retry">${__("Try Again")}</button>`
		: "";
}

export function duplicate_html(upload, entry) {
	const there = entry.answer.duplicate;
	const name = `<b>${esc(there.title)}</b> (${esc(there.name)})`;
	const use =
		upload.target.assessment && !upload.target.evidence
			? `<button type="button" class="btn btn-primary btn-xs" data-do="use-existing">${__("Use That")}</button>`
			: "";
	return `<div class="p2ham-said p2ham-blue">${__("The unit has this file already: {0}.", [name])}</div>
		<div class="p2ham-slot-buttons">${use}<button type="button" class="btn btn-default btn-xs"
			data-do="store-again">${__("Store It Once More")}</button></div>`;
}

export function stored_html(entry) {
	const { findings = [], scan_status } = entry.answer;
	const stored = `<div class="p2ham-said p2ham-green">✓ ${__("Stored")}</div>`;
	if (scan_status === "Waiting") {
		return `${stored}<p class="p2ham-hint">${__(
			"It is still being searched for personal data. You will be told if something is found."
		)}</p>`;
	}
	if (scan_status === "No Text") {
		return `${stored}<p class="p2ham-hint">${__(
			"It has no text that can be searched (a scan or photo): look yourself whether it shows citizens."
		)}</p>`;
	}
	if (!findings.length) return stored;
	const found = findings.map(
		(row) =>
			`<li><b>${esc(__(row.kind))}</b> ${esc(row.sample)} (${esc(row.place)}${row.count > 1 ? `, ${row.count}×` : ""})</li>`
	);
	return `<div class="p2ham-said p2ham-orange" role="alert">${__(
		"Stored, and flagged: it shows personal data. Replace it by a copy in which they are covered, or keep it flagged. A flagged document is hidden from observers, and each download is logged."
	)}</div><ul class="p2ham-findings">${found.join("")}</ul>
		<div class="p2ham-slot-buttons"><button type="button" class="btn btn-default btn-xs" data-do="replace">${__(
			"Replace File"
		)}</button><button type="button" class="btn btn-default btn-xs" data-do="keep">${__("Keep Flagged")}</button></div>`;
}
