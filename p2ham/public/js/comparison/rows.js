// A comparison as HTML: criterion by criterion, indicator by indicator, and what cannot be compared.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { change_pill, direction, percent, points, score } from "./figures.js";

const LONG_LIST = 8;

// Words for attributes of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({
	shown: __("Indicators shown"),
	change: __("Change"),
	official: __("Official Score"),
	compared: __("Compared"),
});

function heads_html(first, others) {
	const cells = others.map((text) => `<th scope="col" class="is-number">${esc(text)}</th>`);
	return `<thead><tr><th scope="col">${esc(first)}</th>${cells.join("")}</tr></thead>`;
}

function number_cell(label, text, hint = "") {
	return `<td class="is-number" data-label="${esc(label)}">${text}${
		hint ? ` <span class="p2ham-hint">${esc(hint)}</span>` : ""
	}</td>`;
}

function node_html({ code, title }, notes = []) {
	const hints = notes.map((text) => ` <span class="p2ham-hint">${esc(text)}</span>`).join("");
	return `<div class="p2ham-node"><span class="p2ham-code">${esc(code)}</span>
		<span class="p2ham-node-title">${esc(title)}${hints}</span></div>`;
}

export function criteria_html(comparison) {
	const heads = [comparison.label("older"), comparison.label("newer"), words().change];
	if (comparison.has_gaps) heads.push(words().compared);
	if (comparison.has_gaps || comparison.has_other_official) heads.push(words().official);
	return `<h4>${comparison.is_plain ? __("By criterion") : __("By criterion, like for like")}</h4>
		<table class="p2ham-tree p2ham-by-criterion">
			${heads_html(__("Criterion"), heads)}
			<tbody>${comparison.data.criteria.map((row) => criterion_html(comparison, row)).join("")}</tbody>
		</table>`;
}

export function criterion_html(comparison, row) {
	const { old, new: now, change } = row.like_for_like;
	return `<tr data-criterion="${esc(row.code)}" style="--depth: ${cint(row.depth)}">
		<th scope="row">${node_html(row)}</th>
		${number_cell(comparison.label("older"), score(old))}
		${number_cell(comparison.label("newer"), score(now))}
		${number_cell("", change_pill(change))}
		${comparison.has_gaps ? number_cell(words().compared, percent(row.coverage)) : ""}
		${
			comparison.has_gaps || comparison.has_other_official
				? number_cell(words().official, official_text(row.official))
				: ""
		}
	</tr>`;
}

// A criterion of another instrument has no official score of the earlier year.
export function official_text(official) {
	return official.old === null ? score(official.new) : `${score(official.old)} → ${score(official.new)}`;
}

export function indicators_html(comparison) {
	const groups = comparison.data.groups.filter((group) => group.comparable);
	return `<h4>${__("By indicator")}</h4>
		${filter_html(comparison, groups)}
		<table class="p2ham-tree p2ham-by-indicator">
			${heads_html(__("Indicator"), [comparison.label("older"), comparison.label("newer"), words().change])}
			<tbody>${groups.map((group) => group_html(comparison, group)).join("")}</tbody>
		</table>`;
}

export function filter_html(comparison, groups) {
	const count = (filter) => groups.filter((group) => direction(group.change) === filter).length;
	const button = (filter, text, number) =>
		`<button type="button" data-filter="${filter}" aria-pressed="${comparison.filter === filter}"
			${number ? "" : "disabled"}>${text} (${number})</button>`;
	return `<div class="p2ham-filter" role="group" aria-label="${words().shown}">
		${button("all", __("All"), groups.length)}
		${button("better", __("Better"), count("better"))}
		${button("worse", __("Worse"), count("worse"))}
		${button("unchanged", __("Unchanged"), count("unchanged"))}
	</div>`;
}

export function group_html(comparison, group) {
	const hint = (members) => (members.length === 1 ? answer(members[0]) : "");
	return `<tr data-direction="${direction(group.change)}" data-kind="${esc(group.kind)}"
		style="--depth: 0">
		${question_html(comparison, group)}
		${number_cell(comparison.label("older"), points(group.old), hint(group.older))}
		${number_cell(comparison.label("newer"), points(group.new), hint(group.newer))}
		${number_cell("", change_pill(group.change, points))}
	</tr>`;
}

// What is asked now, and below it what it was before. Of several, each has its own answer beside it.
export function question_html(comparison, group) {
	const { older, newer } = group;
	const main = newer.length ? newer : older;
	const lines = newer.length ? predecessor_lines(comparison, group) : [];
	const pills = ["merged", "split", "regrouped"].includes(group.kind) ? pill(group.kind_label, "blue") : "";
	const below = pills + lines.map((text) => `<span class="p2ham-hint">${esc(text)}</span>`).join("");
	return `<th scope="row">
		${main.map((member) => node_html(member, notes(member, main.length > 1))).join("")}
		${below ? `<div class="p2ham-predecessors">${below}</div>` : ""}
	</th>`;
}

function notes(member, several) {
	return several ? [answer_and_points(member), member.reason_label].filter(Boolean) : [];
}

// The question of the earlier year is repeated only where it was another one.
export function predecessor_lines(comparison, { older, newer, not_asked }) {
	const same = (member) =>
		newer.length === 1 && newer[0].code === member.code && newer[0].title === member.title;
	const several = older.length > 1;
	const lines = older
		.filter((member) => several || !same(member))
		.map((member) =>
			[`${comparison.label("older")}: ${member.code} ${member.title}`, ...notes(member, several)].join(
				" · "
			)
		);
	for (const place of not_asked) {
		const question = `${place.code} ${place.title} (${comparison.label(place.side)})`;
		lines.push(__("Not asked of this unit: {0}", [question]));
	}
	return lines;
}

function answer(member) {
	return member.answered ? member.answer : __("not answered");
}

// A percentage is its own answer.
export function answer_and_points(member) {
	const number = points(member.points);
	const text = answer(member);
	return text === number ? number : `${text} (${number})`;
}

export function not_comparable_html(comparison) {
	const groups = comparison.left_out();
	if (!groups.length) return "";
	const heads = [comparison.label("older"), comparison.label("newer"), __("Why")];
	return `<details class="p2ham-left-out" ${groups.length <= LONG_LIST ? "open" : ""}>
		<summary><h4>${__("Not comparable")} (${groups.length})</h4></summary>
		<table class="p2ham-tree">
			<thead><tr><th scope="col">${__("Indicator")}</th>
				${heads.map((text) => `<th scope="col">${esc(text)}</th>`).join("")}</tr></thead>
			<tbody>${groups.map((group) => left_out_html(comparison, group)).join("")}</tbody>
		</table>
	</details>`;
}

export function left_out_html(comparison, group) {
	const cell = (side) => {
		const answers = group[side].map((member) => answer(member)).join(", ");
		return `<td data-label="${esc(comparison.label(side))}">${esc(answers || "–")}</td>`;
	};
	const members = [...group.older, ...group.newer];
	const reasons = [...new Set(members.map((member) => member.reason_label))].join(" ");
	return `<tr style="--depth: 0">${question_html(comparison, group)}${cell("older")}${cell("newer")}
		<td class="p2ham-hint">${esc(reasons)}</td></tr>`;
}
