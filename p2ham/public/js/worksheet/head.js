// The head of a sheet, as HTML: what is said to the reader, the figures, the time that is left.

import { date_text, two_decimals } from "../desk/format.js";
import { pill, shade } from "../desk/pill.js";
import { esc } from "../desk/text.js";

export function notice_html(sheet) {
	if (!sheet.data.notice) return "";
	return `<div class="p2ham-notice" role="note">${frappe.utils.icon("solid-info", "sm")}
		<span>${esc(sheet.data.notice)}</span></div>`;
}

export function notes_html(sheet) {
	const doc = sheet.frm.doc;
	const waiting = ["Draft", "Submitted"].includes(doc.workflow_state);
	const notes = [
		waiting && doc.return_note && ["return_note", "orange", __("Returned: please improve")],
		doc.review_note && ["review_note", "blue", __("Review note")],
		doc.cancel_note && ["cancel_note", "red", __("Cancelled: reason")],
	];
	return (
		closed_html(sheet) +
		notes
			.filter(Boolean)
			.map(
				([field, colour, title]) =>
					`<div class="p2ham-callout p2ham-${colour}" data-note="${field}">
						<strong>${title}</strong><div class="p2ham-text">${esc(doc[field])}</div>
						${field === "return_note" ? correct_until_html(sheet) : ""}
					</div>`
			)
			.join("")
	);
}

// Whose turn it is sees at once why they cannot write today.
function closed_html(sheet) {
	if (!sheet.data.closed) return "";
	return `<div class="p2ham-callout p2ham-red" data-note="closed" role="alert">
		<strong>${__("Closed for changes")}</strong><div class="p2ham-text">${esc(sheet.data.closed)}</div>
	</div>`;
}

function correct_until_html(sheet) {
	const day = sheet.frm.doc.correct_until;
	return day ? `<div class="p2ham-hint">${__("Correct Until")}: ${esc(date_text(day))}</div>` : "";
}

// How much still stands there unseen from an earlier year, and the way to confirm all of it.
export function carried_html(sheet) {
	const rows = sheet.carried_rows();
	if (!rows.length) return "";
	const answered = rows.filter((row) => row.self_answer).length;
	return `<div class="p2ham-callout p2ham-blue" data-note="carried">
		<strong>${__("{0} indicators carried over", [rows.length])}</strong>
		<div class="p2ham-text">${__(
			"Look at each answer and its evidence: change what is different now, confirm what still holds. Nothing can be submitted before."
		)}</div>
		${
			answered
				? `<button type="button" class="btn btn-default btn-sm" data-do="confirm-all" data-key="confirm-all">${__(
						"Confirm All ({0})",
						[answered]
					)}</button>`
				: ""
		}
	</div>`;
}

export function head_html(sheet) {
	const doc = sheet.frm.doc;
	return `<header class="p2ham-head">
		<div class="p2ham-about">
			<a href="${esc(frappe.utils.get_form_link("P2HAM Period", doc.period))}">${esc(doc.period)}</a>
			<span>${esc(sheet.data.instrument.title)}</span>
		</div>
		<div class="p2ham-figures">
			${progress_html(sheet)}
			${deadline_html(sheet)}
			${score_html(sheet, __("Unit's Score"), doc.self_score, true)}
			${score_html(sheet, __("Verified Score"), doc.verified_score, doc.workflow_state !== "Draft")}
			${category_html(sheet)}
		</div>
		${ladder_html(sheet)}
	</header>`;
}

export function progress_html(sheet) {
	const count = sheet.count(sheet.items);
	const share = count.all ? Math.floor((100 * count.done) / count.all) : 0;
	const of_verifier = sheet.counted_side === "verified";
	return `<div class="p2ham-figure p2ham-progress-figure">
		<span class="p2ham-label">${of_verifier ? __("Verified") : __("Complete")}</span>
		<span class="p2ham-value">${share}%</span>
		<div class="p2ham-progress" role="progressbar" aria-valuemin="0" aria-valuemax="100"
			aria-valuenow="${share}" aria-label="${of_verifier ? __("Verified") : __("Complete")}">
			<div class="${share === 100 ? "is-full" : ""}" style="width: ${share}%"></div>
		</div>
		<span class="p2ham-hint">${__("{0} of {1} indicators", [count.done, count.all])}</span>
	</div>`;
}

export function deadline_html(sheet) {
	const doc = sheet.frm.doc;
	const deadlines = {
		Draft: [__("Fill Until"), sheet.data.until.fill],
		Submitted: [__("Review Until"), sheet.data.until.review],
		Reviewed: [__("Approve Until"), sheet.data.until.approve],
	};
	if (doc.workflow_state === "Approved") {
		return figure_html(__("Approved On"), date_text(doc.approved_on), "");
	}
	const [label, date] = deadlines[doc.workflow_state] || [];
	if (!date) return "";
	const days = frappe.datetime.get_day_diff(date, frappe.datetime.get_today());
	const left =
		days === 0
			? __("today")
			: days === -1
				? __("1 day late")
				: days === 1
					? __("1 day left")
					: days < 0
						? __("{0} days late", [-days])
						: __("{0} days left", [days]);
	const tone = days < 0 ? "p2ham-late" : days <= 7 ? "p2ham-soon" : "";
	return figure_html(label, date_text(date), left, tone);
}

export function figure_html(label, value, hint, tone = "") {
	return `<div class="p2ham-figure"><span class="p2ham-label">${esc(label)}</span>
		<span class="p2ham-value">${esc(value)}</span>
		<span class="p2ham-hint ${tone}">${esc(hint)}</span></div>`;
}

export function score_html(sheet, label, score, known) {
	const hint = !known ? __("after verification") : sheet.frm.is_dirty() ? __("as last saved") : "";
	return figure_html(label, known ? two_decimals(score) : "–", hint);
}

export function category_html(sheet) {
	const doc = sheet.frm.doc;
	const category = sheet.category();
	let hint = "";
	if (sheet.data.instrument.has_pass_mark) {
		hint = doc.meets ? __("meets the criteria") : __("does not meet the criteria yet");
	}
	return `<div class="p2ham-figure"><span class="p2ham-label">${__("Category")}</span>
		<span class="p2ham-value">${doc.category ? pill(doc.category, category && category.colour) : "–"}</span>
		<span class="p2ham-hint">${esc(hint || __("internal assessment"))}</span></div>`;
}

// The thresholds as a ruler from 0 to 100, with a mark for each score.
export function ladder_html(sheet) {
	const steps = [...sheet.data.thresholds].sort((a, b) => a.min_score - b.min_score);
	if (steps.length < 2) return "";
	const ends = steps
		.slice(1)
		.map((step) => step.min_score)
		.concat(100);
	const zones = steps.map((step, index) => {
		const width = Math.max(0, Math.min(ends[index], 100) - step.min_score);
		return `<div class="p2ham-zone p2ham-${shade(step.colour)}" style="width: ${width}%"
			title="${esc(step.label)}: ${two_decimals(step.min_score)}+">${esc(step.label)}</div>`;
	});
	const doc = sheet.frm.doc;
	const mark = (score, kind, label) =>
		`<div class="p2ham-mark is-${kind}" style="left: ${Math.max(0, Math.min(100, score || 0))}%"
			title="${esc(label)}: ${two_decimals(score)}"></div>`;
	return `<div class="p2ham-ladder" aria-hidden="true"><div class="p2ham-zones">${zones.join("")}</div>
		${mark(doc.self_score, "self", __("Unit's Score"))}
		${doc.workflow_state === "Draft" ? "" : mark(doc.verified_score, "verified", __("Verified Score"))}
	</div>`;
}
