// What goes through all of a sheet, as HTML: what is missing, the filters, the bar with the steps.

import { pill } from "../desk/pill.js";
import { esc } from "../desk/text.js";
import { steps } from "../forms/steps.js";
import { saving_html } from "./answers.js";

// A word for an attribute of the templates below: bench does not find strings that stand inside quotes there.
const words = () => ({ shown: __("Indicators shown") });

export function missing_html(sheet) {
	if (!sheet.side) return "";
	const gaps = sheet.items.flatMap((row) => sheet.gaps(row).map((gap) => ({ row, gap })));
	const of_verifier = sheet.side === "verified";
	if (!gaps.length) {
		return `<div class="p2ham-callout p2ham-green" data-missing="0">
			${frappe.utils.icon("solid-success", "sm")} ${
				of_verifier
					? __("Everything is verified.")
					: __("Nothing is missing. The sheet can be submitted.")
			}</div>`;
	}
	const entries = gaps.map(
		({ row, gap }) =>
			`<li><a href="#" data-do="show-item" data-target="${esc(row.name)}" data-key="${esc(
				`missing:${row.name}:${gap.text}`
			)}"><b>${esc(row.code)}</b> ${esc(row.title)}: ${esc(gap.text)}</a></li>`
	);
	const title = of_verifier ? __("Still to verify") : __("Still missing");
	return `<details class="p2ham-missing" data-missing="${gaps.length}" ${
		sheet.missing_closed ? "" : "open"
	}><summary>${title} ${pill(gaps.length, "orange")}</summary>
		<ul>${entries.join("")}</ul></details>`;
}

export function filter_html(sheet) {
	const filters = [
		["all", __("All")],
		["open", __("Unfinished")],
		["differs", __("Verifier differs")],
		["returned", __("Evidence returned")],
	];
	const buttons = filters
		.map(([name, label]) => [name, label, sheet.matching(name).length])
		.filter(([name, , count]) => count || name === "all" || name === sheet.filter)
		.map(
			([name, label, count]) =>
				`<button type="button" aria-pressed="${sheet.filter === name}" data-do="filter"
					data-filter="${name}" data-key="filter:${name}">${label} <b>${count}</b></button>`
		);
	const filter =
		buttons.length < 2
			? ""
			: `<div class="p2ham-filter" role="group" aria-label="${words().shown}">${buttons.join("")}</div>`;
	return `<div class="p2ham-filter-row">${filter}${look_html(sheet)}</div>`;
}

// The way into the viewer: the verifier to what they have not looked at, others to what came back.
export function look_html(sheet) {
	const uses = sheet.items.flatMap((row) => sheet.uses(row));
	if (!uses.length) return "";
	const count = (state) => uses.filter((use) => (use.verification || "Pending") === state).length;
	const left = sheet.side === "verified" ? count("Pending") : 0;
	const returned = count("Returned");
	const text = left
		? __("Look at Evidence ({0} to do)", [left])
		: returned
			? __("Look at Evidence ({0} returned)", [returned])
			: __("Look at Evidence");
	return `<button type="button" class="btn btn-default btn-sm" data-do="look" data-key="look">
		${frappe.utils.icon("view", "sm")} ${text}</button>`;
}

export function bar_html(sheet) {
	const count = sheet.count(sheet.items);
	const dirty = sheet.frm.is_dirty();
	const text =
		sheet.counted_side === "verified"
			? __("{0} of {1} verified", [count.answered, count.all])
			: __("{0} of {1} answered", [count.answered, count.all]);
	const save = dirty
		? `<button type="button" class="btn btn-primary btn-sm" data-do="save" data-key="save">${__("Save")}</button>`
		: "";
	const buttons = steps
		.in_order(sheet.data.steps)
		.map(
			(step) =>
				`<button type="button" class="btn btn-sm ${
					steps.is_ready(sheet, step) && !dirty ? "btn-primary" : "btn-default"
				}" data-do="step" data-action="${esc(step.action)}" data-key="${esc(`step:${step.action}`)}">${esc(
					__(step.action)
				)}</button>`
		);
	return `<div class="p2ham-bar-text"><span>${text}</span>
			${saving_html(dirty)}</div>
		<div class="p2ham-bar-buttons">${buttons.join("")}${save}</div>`;
}
