// The criteria and indicators of a sheet, as HTML.

import { two_decimals } from "../desk/format.js";
import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { side_html } from "./answers.js";
import { evidence_html } from "./evidence.js";
import { guidance_text } from "./guidance.js";

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	score: __("Score"),
	done: __("Done"),
	unfinished: __("Unfinished"),
});

export function section_html(sheet, section) {
	const hidden = sheet.filtered && !section.rows.some((row) => sheet.filtered.has(row.name));
	return `<details class="p2ham-section ${hidden ? "p2ham-hidden" : ""}" data-criterion="${esc(section.name)}" style="--depth: ${
		section.depth
	}" ${sheet.closed.has(section.name) ? "" : "open"}>
		<summary><h4>${esc(section.title)}</h4><span data-part="count">${count_html(sheet, section)}</span></summary>
		<div data-part="accept-all">${accept_all_html(sheet, section)}</div>
		${section.rows.map((row) => item_html(sheet, row)).join("")}
	</details>`;
}

export function count_html(sheet, section) {
	const scores = (sheet.frm.doc.scores || []).find((row) => row.criterion === section.name) || {};
	const count = sheet.count(section.rows);
	const done = section.rows.length
		? pill(__("{0}/{1} done", [count.done, count.all]), count.done === count.all ? "green" : "gray")
		: "";
	// A criterion in which nothing applies has no score.
	const score = (side) => (scores[`${side}_not_applicable`] ? "–" : two_decimals(scores[`${side}_score`]));
	const verified = sheet.frm.doc.workflow_state === "Draft" ? "" : ` → <b>${score("verified")}</b>`;
	return `${done}<span class="p2ham-score" title="${words().score}">${score("self")}${verified}</span>`;
}

export function accept_all_html(sheet, section) {
	if (sheet.side !== "verified") return "";
	const open = section.rows.filter((row) => !row.verified_answer && row.self_answer).length;
	if (!open) return "";
	return `<button type="button" class="btn btn-default btn-xs" data-do="accept-all"
		data-criterion-name="${esc(section.name)}">${__("Accept all unanswered ({0})", [open])}</button>`;
}

export function item_html(sheet, row) {
	const indicator = sheet.indicator(row);
	const gaps = sheet.gaps(row);
	const tags = [...(indicator.vulnerable_groups || []), ...(indicator.principles || [])]
		.map((tag) => `<span class="p2ham-tag">${esc(__(tag))}</span>`)
		.join("");
	const hidden = sheet.filtered && !sheet.filtered.has(row.name) ? "p2ham-hidden" : "";
	return `<article class="p2ham-item ${gaps.length ? "" : "is-done"} ${hidden}" data-item="${esc(row.name)}"
		data-code="${esc(row.code)}" aria-labelledby="p2ham-${esc(row.name)}">
		<div class="p2ham-item-head">
			<span class="p2ham-code">${esc(row.code)}</span>
			<div class="p2ham-item-title">
				<h5 id="p2ham-${esc(row.name)}">${esc(row.title)}
					${row.mandatory ? pill(__("Mandatory"), "red") : ""}</h5>
				<div class="p2ham-tags">${tags}</div>
			</div>
			<span class="p2ham-check" title="${gaps.length ? words().unfinished : words().done}" aria-hidden="true">✓</span>
		</div>
		${guidance_html(sheet, row, indicator)}
		${last_year_html(sheet, row)}
		<div class="p2ham-columns ${sheet.shows_verifier(row) ? "has-verifier" : ""}">
			${side_html(sheet, row, "self")}
			${sheet.shows_verifier(row) ? side_html(sheet, row, "verified") : ""}
			${evidence_html(sheet, row, indicator)}
		</div>
	</article>`;
}

export function guidance_html(sheet, row, indicator) {
	if (!indicator.guidance) return "";
	// Open where the unit still has to decide; closed where it would only be in the way.
	const open = sheet.guidance.has(row.name)
		? sheet.guidance.get(row.name)
		: sheet.side === "self" && !row.self_answer;
	return `<details class="p2ham-guidance" ${open ? "open" : ""}>
		<summary>${__("What counts?")}</summary>
		<div class="p2ham-text">${guidance_text(indicator.guidance)}</div></details>`;
}

// What was verified last year, and what became of it: one quiet line, opened by whoever wants to know more.
export function last_year_html(sheet, row) {
	const last = (sheet.data.last_year || {})[row.indicator];
	if (!last) return "";
	const answer = ({ answer, points }) =>
		points === null ? __(answer) : `${__(answer)}, ${format_number(points, null, 0)}`;
	const state = ({ name, status, progress }) =>
		status === "In Progress"
			? `${name}: ${__(status)} ${format_number(progress, null, 0)} %`
			: `${name}: ${__(status)}`;
	const line = [
		__("Last year ({0}): {1}", [last.year, last.items.map(answer).join("; ") || "–"]),
		...last.follow_ups.slice(0, 1).map((row) => __("Follow-up {0}", [state(row)])),
		...(last.follow_ups.length > 1 ? [__("{0} more", [last.follow_ups.length - 1])] : []),
	].join(" · ");
	const items = last.items.map(
		(item) =>
			`<li><b>${esc(item.code)}</b> ${esc(item.title)}: ${esc(answer(item))}${
				item.note ? `<div class="p2ham-text p2ham-hint">${esc(item.note)}</div>` : ""
			}</li>`
	);
	const follow_ups = last.follow_ups.map(
		(row) =>
			`<li><a href="${esc(frappe.utils.get_form_link("P2HAM Follow-up", row.name))}">${esc(state(row))}</a>
				<div class="p2ham-text p2ham-hint">${esc(row.recommendation)}</div></li>`
	);
	const address = frappe.utils.get_form_link("P2HAM Assessment", last.assessment);
	return `<details class="p2ham-last-year" ${sheet.last_year_open.has(row.name) ? "open" : ""}>
		<summary>${esc(line)}</summary>
		<ul>${items.join("")}${follow_ups.join("")}</ul>
		<a href="${esc(address)}">${esc(last.period_title)}</a></details>`;
}
